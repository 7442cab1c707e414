#!/bin/sh
# runs python with what the tests need; arguments go to it
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
python="${REHEARSAL_PYTHON:-python3}"
sum="$(cksum < "$here/requirements-dev.txt" | cut -d' ' -f1)-$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')"
venv="${XDG_CACHE_HOME:-$HOME/.cache}/cdk-multi-account-org/tests-$sum"
if [ ! -f "$venv/complete" ]; then
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$here/requirements-dev.txt"
  touch "$venv/complete"
fi
exec "$venv/bin/python" -B "$@"
