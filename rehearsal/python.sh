#!/bin/sh
# runs python with what the tests need, or what else $REQUIREMENTS names; arguments go to it
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
python="${REHEARSAL_PYTHON:-python3}"
requirements="$here/${REQUIREMENTS:-requirements-dev.txt}"
sum="$(cksum < "$requirements" | cut -d' ' -f1)-$("$python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')"
venv="${XDG_CACHE_HOME:-$HOME/.cache}/cdk-multi-account-org/python-$sum"
if [ ! -d "$venv" ]; then
  mkdir -p "$(dirname "$venv")"
  # complete when it has its name: of two at once, the second throws its own away
  unfinished="$(mktemp -d "$venv.unfinished-XXXXXX")"
  trap 'rm -rf "$unfinished"' EXIT
  "$python" -m venv "$unfinished"
  "$unfinished/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$requirements"
  "$python" -c 'import os, sys; os.path.isdir(sys.argv[2]) or os.rename(*sys.argv[1:])' "$unfinished" "$venv"
  rm -rf "$unfinished"
fi
exec "$venv/bin/python" -B "$@"
