#!/bin/sh
# lints every template that the tests make, each content once: the example's and those of every test organization but the
# random ones
set -eu
cd "$(dirname "$0")/.."
KEEP_TEMPLATES="$(mktemp -d)"
export KEEP_TEMPLATES
trap 'rm -rf "$KEEP_TEMPLATES"' EXIT
CDK_VALIDATION=false npx jest --ci --silent --testPathIgnorePatterns properties isolation
mkdir "$KEEP_TEMPLATES/once"
find "$KEEP_TEMPLATES" -name '*.template.json' ! -path '*/once/*' | while read -r template; do
  # some tests define an empty stack to look at it; that none of ours is empty is a test of templates.test.ts
  grep -q '"Resources"' "$template" || { echo "left out, because a test left it empty: ${template##*/}" && continue; }
  cp "$template" "$KEEP_TEMPLATES/once/$(cksum < "$template" | tr ' ' '-').template.json"
done
count="$(find "$KEEP_TEMPLATES/once" -type f | wc -l)"
test "$count" -ge 50 || { echo "fails: only $count templates to lint" >&2; exit 1; }
rehearsal/python.sh -c "import sys; from cfnlint.runner import main; sys.exit(main())" --ignore-checks W --non-zero-exit-code error --format parseable "$KEEP_TEMPLATES/once/*.template.json"
echo "cfn-lint: no error in $count templates"
