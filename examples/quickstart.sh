#!/bin/sh
# Builds the library and the command line tool, then sells out a hall: `seathold demo`.
#   sh examples/quickstart.sh [options of seathold demo]
# SEATHOLD_PRESET names another preset to build; tests/run.sh has compiled most of one already.
set -eu
cd "$(dirname "$0")/.."
. examples/build_tool.sh
exec $tool demo "$@"
