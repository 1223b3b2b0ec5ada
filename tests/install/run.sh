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
  (cd "$moved/include" && find seathold -name '*.h' | sort | sed 's/.*/#include <&>/') \
    >"$work/every_header.h"
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

# refuses TEXT FIND_PACKAGE_ARGUMENTS: configuring fails, and what CMake says has TEXT in it.
refuses() {
  text=$1; shift
  rm -rf "$work/refused"
  mkdir -p "$work/refused"
  printf 'cmake_minimum_required(VERSION 3.25)\nproject(p CXX)\nfind_package(seathold %s)\n' "$*" \
    >"$work/refused/CMakeLists.txt"
  if cmake -S "$work/refused" -B "$work/refused/build" -G Ninja "-DCMAKE_PREFIX_PATH=$moved" \
    >"$work/refused.log" 2>&1; then echo "find_package(seathold $*) is taken"; return 1; fi
  tr -s ' \n' ' ' <"$work/refused.log" | grep -F "$text" >/dev/null || { cat "$work/refused.log"; false; }
}

# Files of an installation, without the versions in their names.
installed() { (cd "$1" && find . ! -type d | sort); }

# Each component by itself, and all of them together are the whole. The web host is where it was built.
components() {
  parts="runtime dev cli"
  if [ -x "$build/seathold-web" ]; then parts="$parts web"; fi
  for component in $parts; do
    cmake --install "$build" --prefix "$work/of/$component" --component $component || return 1
  done
  installed "$work/of/runtime" | grep -vE '/libseathold\.so\.[0-9.]+$|/licenses/' && return 1
  installed "$work/of/cli" | grep -vE '/bin/seathold$|/licenses/' && return 1
  "$work/of/cli/bin/seathold" --version || return 1
  if [ -x "$build/seathold-web" ]; then
    installed "$work/of/web" | grep -vE '/bin/seathold-web$|/licenses/' && return 1
    "$work/of/web/bin/seathold-web" --version || return 1
  fi
  for component in $parts; do installed "$work/of/$component"; done | sort -u >"$work/parts"
  installed "$moved" | diff "$work/parts" -
}

older_cxx_is_told() {
  ! echo '#include <seathold/wallet.h>' |
    c++ -std=c++17 "-I$moved/include" -fsyntax-only -x c++ - 2>"$work/cxx.log" &&
    sed -n 1,4p "$work/cxx.log" | grep -F 'need C++20'
}

no_strange_definitions() {
  PKG_CONFIG_PATH=$(dirname "$(find "$moved" -name seathold-cpp.pc)") \
    pkg-config --cflags seathold-cpp >"$work/cflags" && ! grep -e " -D\|^-D" "$work/cflags"
}

says_what_it_builds() {
  cmake -S . -B "$work/untyped" -G Ninja -DSEATHOLD_TESTS=OFF -DSEATHOLD_BENCH=OFF |
    grep -F 'no CMAKE_BUILD_TYPE was given' && grep -x 'CMAKE_BUILD_TYPE:STRING=Release' \
    "$work/untyped/CMakeCache.txt"
}

check "a tree that can be moved" install_and_move
check "no path of the build remembered" no_paths_remembered
check "find_package" with_cmake "$work/found" "-DCMAKE_PREFIX_PATH=$moved"
check "find_package of another major version is refused" refuses 'compatible with requested version' 99 REQUIRED
check "find_package of another minor version is refused" refuses 'compatible with requested version' 0.1 REQUIRED
check "an unknown component is named" refuses 'no component "shared"' REQUIRED COMPONENTS shared
check "the components are the whole" components
check "an older C++ is told what is needed" older_cxx_is_told
check "no definition of another library leaks" no_strange_definitions
check "a build without a type says so" says_what_it_builds
check "pkg-config" with_pkg_config
# Not optimised: it is the project that is tested. As deep in the tree as other builds, so that
# ccache (CCACHE_NOHASHDIR=1) knows their objects.
rm -rf build/consumer
check "add_subdirectory" with_cmake "$source/build/consumer" "-DSEATHOLD_SOURCE=$source" \
  -C cmake/Quick.cmake
