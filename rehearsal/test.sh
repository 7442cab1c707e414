#!/bin/sh
# runs the tests of the emulator and the rehearsal; arguments go to pytest
set -eu
cd "$(dirname "$0")"
python="${REHEARSAL_PYTHON:-python3}"
sum="$(cat requirements-dev.txt | cksum | cut -d' ' -f1)-$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')"
venv="${XDG_CACHE_HOME:-$HOME/.cache}/cdk-multi-account-org/tests-$sum"
if [ ! -f "$venv/complete" ]; then
  rm -rf "$venv"
  "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
  touch "$venv/complete"
fi
exec "$venv/bin/python" -B -m pytest "$@"
