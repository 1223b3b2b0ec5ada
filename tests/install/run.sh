#!/bin/sh
# Installs a build, moves the installed tree, and builds a consumer against it in every supported way.
#   sh tests/install/run.sh BUILD_DIR
set -u
cd "$(dirname "$0")/../.." || exit 2
build=$(cd "${1:?a build directory}" && pwd) || exit 2
source=$PWD
work=$build/consumers
moved="$work/moved tree"
rm -rf "$work"
mkdir -p "$work/pc"

check() {  # check NAME COMMAND...
  name=$1; shift
  if "$@" >"$work/check.log" 2>&1; then echo "ok install: $name"
  else
    sed 's/^/  /' "$work/check.log" | tail -n 40
    echo "not ok install: $name"
  fi
}

install_and_move() {
  cmake --install "$build" --prefix "$work/first" && mv "$work/first" "$moved" || return 1
  for header in "$moved"/include/seathold/*.h; do
    echo "#include <seathold/${header##*/}>"
  done >"$work/every_header.h"
}

# The installed text files must not remember where they were built or first installed.
no_paths_remembered() {
  ! grep -rnF -e "$source" -e "$build" --include='*.cmake' --include='*.pc' --include='*.h' "$moved"
}

with_cmake() {  # with_cmake DIR CMAKE_ARGUMENTS...
  dir=$1; shift
  mkdir -p "$dir" && cp "$work/every_header.h" "$dir" &&
    cmake -S tests/install -B "$dir" -G Ninja "$@" && cmake --build "$dir" --target consumer &&
    "$dir/consumer"
}

with_pkg_config() {
  PKG_CONFIG_PATH=$(dirname "$(find "$moved" -name seathold-cpp.pc)")
  export PKG_CONFIG_PATH
  # eval: pkg-config escapes the blank in the path.
  eval "c++ -std=c++20 '-I$work' tests/install/consumer.cc -o '$work/pc/consumer' \
    $(pkg-config --cflags --libs seathold-cpp)" && "$work/pc/consumer"
}

other_major_is_refused() {
  printf 'cmake_minimum_required(VERSION 3.25)\nproject(p CXX)\nfind_package(seathold 99 REQUIRED)\n' \
    >"$work/pc/CMakeLists.txt"
  ! cmake -S "$work/pc" -B "$work/pc/build" -G Ninja "-DCMAKE_PREFIX_PATH=$moved"
}

check "a tree that can be moved" install_and_move
check "no path of the build remembered" no_paths_remembered
check "find_package" with_cmake "$work/found" "-DCMAKE_PREFIX_PATH=$moved"
check "find_package of another major version is refused" other_major_is_refused
check "pkg-config" with_pkg_config
# Not optimised: it is the project that is tested. As deep in the tree as other builds, so that
# ccache (CCACHE_NOHASHDIR=1) knows their objects.
rm -rf build/consumer
check "add_subdirectory" with_cmake "$source/build/consumer" "-DSEATHOLD_SOURCE=$source" \
  -C cmake/Quick.cmake
