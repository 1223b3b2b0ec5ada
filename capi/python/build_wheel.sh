#!/bin/sh
# Builds the wheel: the package with a self-contained library inside. It downloads nothing but the
# Debian packages that are missing.
#   sh capi/python/build_wheel.sh OUT_DIR [LIBRARY_BUILD_DIR]
# Prints the path of the wheel.
set -eu
cd "$(dirname "$0")/../.."
. cmake/packages.sh
mkdir -p "${1:?where to put the wheel}"
out=$(cd "$1" && pwd)
SEATHOLD_WHEEL_BUILD=${2:-build/wheel}
ensure_packages $packages_library $packages_python >&2
export SEATHOLD_WHEEL_BUILD CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$PWD"
rm -f "$out"/*.whl
PYTHONPATH=capi/python PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -c '
import sys
import backend
backend.build_wheel(sys.argv[1])' "$out" >&2
ls "$out"/*.whl
