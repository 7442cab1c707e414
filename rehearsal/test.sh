#!/bin/sh
# runs the tests of the emulator and the rehearsal; arguments go to pytest
set -eu
cd "$(dirname "$0")"
exec ./python.sh -m pytest "$@"
