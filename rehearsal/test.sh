#!/bin/sh
# runs the tests of the emulator and the rehearsal, by two workers unless the arguments say otherwise; they go to pytest
set -eu
cd "$(dirname "$0")"
exec ./python.sh -m pytest -n 2 --dist worksteal "$@"
