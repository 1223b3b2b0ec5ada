#!/bin/sh
# Builds the wheel: the package with a self-contained library inside. It downloads nothing.
#   sh capi/python/build_wheel.sh OUT_DIR [LIBRARY_BUILD_DIR]
# Prints the path of the wheel.
set -eu
cd "$(dirname "$0")/../.."
. cmake/packages.sh
mkdir -p "${1:?where to put the wheel}"
out=$(cd "$1" && pwd)
library=${2:-build/wheel}
ensure_packages $packages_library $packages_python >&2
export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$PWD"

# Log lines are polled (Engine.log_lines): nothing in the wheel writes to standard error.
cmake -S . -B "$library" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSEATHOLD_SELF_CONTAINED=ON \
  -DSEATHOLD_UNITY=ON -DSEATHOLD_TESTS=OFF -DSEATHOLD_CLI=OFF \
  -DSEATHOLD_BENCH=OFF >&2
cmake --build "$library" --target seathold_c >&2

stage=$out/stage
rm -rf "$stage" "$out"/*.whl
mkdir -p "$stage/licenses"
cp -r capi/python/pyproject.toml capi/python/setup.py capi/python/README.md capi/python/src LICENSE \
  "$stage"
inside=$stage/src/seathold/_lib
mkdir -p "$inside"
cp "$library/libseathold.so.0.2" "$inside"
strip --strip-unneeded "$inside/libseathold.so.0.2"
# What is linked into the library comes with its notices.
for package in libsqlite3-dev libssl-dev libargon2-dev libfmt-dev; do
  if [ -f "/usr/share/doc/$package/copyright" ]; then
    cp "/usr/share/doc/$package/copyright" "$stage/licenses/$package.txt"
  fi
done
(cd "$stage" && PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
  /usr/bin/python3 -m pip --quiet wheel --no-index --no-deps --no-build-isolation -w "$out" .) >&2
rm -rf "$stage"
ls "$out"/*.whl
