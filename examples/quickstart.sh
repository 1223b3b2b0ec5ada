#!/bin/sh
# Builds the library and the command line tool, then sells out a hall: `seathold demo`.
#   sh examples/quickstart.sh [options of seathold demo]
# With --web first: the web host instead, with a hall on sale to a crowd; prints its address.
#   sh examples/quickstart.sh --web [options of seathold-web]
# SEATHOLD_PRESET names another preset to build; tests/run.sh has compiled most of one already.
set -eu
cd "$(dirname "$0")/.."
if [ "${1:-}" = --web ]; then
  shift
  . cmake/packages.sh
  packages_more=$packages_web
  cmake_more=-DSEATHOLD_BUILD_WEB=ON
  . examples/build_tool.sh
  exec $build/seathold-web --demo --log-level warning "$@"
fi
. examples/build_tool.sh
exec $tool demo "$@"
