#!/bin/sh
# Builds the library and the command line tool, then sells out a hall: `seathold demo`.
#   sh examples/quickstart.sh [options of seathold demo]
# SEATHOLD_PRESET names another preset to build; tests/run.sh has compiled most of one already.
set -eu
cd "$(dirname "$0")/.."
. cmake/packages.sh
ensure_packages $packages_library $packages_cli

build=build/quickstart
mkdir -p build
if [ ! -f $build/build.ninja ]; then
  echo "Configuring ($build)"
  cmake --preset "${SEATHOLD_PRESET:-release}" -B $build -DSEATHOLD_TESTS=OFF \
    -DSEATHOLD_BENCH=OFF >$build.log 2>&1 || { cat $build.log; exit 1; }
fi
echo "Building the library and the command line tool"
cmake --build $build
exec $build/seathold demo "$@"
