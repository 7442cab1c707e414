#!/bin/sh
# scans the templates of the example by checkov, where the tests have run before and kept their templates, those
set -eu
cd "$(dirname "$0")/.."
if [ -z "$(ls -A "${KEEP_TEMPLATES:-/none}" 2>/dev/null)" ]; then
  KEEP_TEMPLATES="$(mktemp -d)"
  export KEEP_TEMPLATES
  trap 'rm -rf "$KEEP_TEMPLATES"' EXIT
  CDK_VALIDATION=false npx jest --ci --silent --coverage=false test/templates.test.ts
fi
REQUIREMENTS=requirements-checkov.txt rehearsal/python.sh test/checkov_example.py "$KEEP_TEMPLATES"
