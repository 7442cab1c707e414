#!/bin/sh
# lints every template that the tests make, each content once: the example's and those of every test organization but the
# random ones; where the tests have run before and kept their templates, those
set -eu
cd "$(dirname "$0")/.."
if [ -z "$(ls -A "${KEEP_TEMPLATES:-/none}" 2>/dev/null)" ]; then
  KEEP_TEMPLATES="$(mktemp -d)"
  export KEEP_TEMPLATES
  trap 'rm -rf "$KEEP_TEMPLATES"' EXIT
  CDK_VALIDATION=false npx jest --ci --silent --testPathIgnorePatterns properties isolation limits mistakes public-values review
fi
rehearsal/python.sh test/cfn_lint.py "$KEEP_TEMPLATES"
