#!/bin/sh
# Runs what README.md tells its readers to run.
#   sh tests/readme/run.sh [BUILD_DIR]     build/dev or build/quickstart where none is given
#
#   <!-- run -->      before a ```sh block: run with the built tool first in PATH; all blocks share
#                     one new directory, in the order of the page, each in a shell of its own
#   <!-- program -->  before a ```cpp block: compiled against the installed tree and run, once
#                     found by CMake and once by pkg-config
#   <!-- install -->  before a ```sh block: run in the root of the checkout with a home of its own
set -u
cd "$(dirname "$0")/../.." || exit 2
readme=${SEATHOLD_README:-$PWD/README.md}
if [ ! -f "$readme" ]; then echo "skip readme - there is no README.md"; exit 0; fi

build=${1:-}
for candidate in build/dev build/quickstart; do
  if [ -z "$build" ] && [ -x "$candidate/seathold" ]; then build=$candidate; fi
done
build=$(cd "${build:?no build with the tool was found; name one}" && pwd) || exit 2
work=$(mktemp -d "${TMPDIR:-/tmp}/seathold-readme.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/run" "$work/program"

# extract MARK LANGUAGE SUFFIX: writes each marked block to its own file, named by its line.
extract() {
  awk -v mark="<!-- $1 -->" -v fence="\`\`\`$2" -v prefix="$work/$1-" -v suffix="$3" '
    $0 == "```" && file { close(file); file = ""; next }
    file { print > file; next }
    $0 == mark { marked = NR; next }
    marked && $0 == fence { file = sprintf("%s%05d.%s", prefix, NR, suffix); printf "" > file }
    marked && $0 !~ /^[ \t]*$/ { marked = 0 }' "$readme"
}

# check NAME COMMAND...
check() {
  name=$1; shift
  if "$@" >"$work/check.log" 2>&1; then echo "ok readme: $name"
  else
    code=$?
    sed 's/^/  /' "$work/check.log" | tail -n 40
    echo "not ok readme: $name - exit code $code, see above"
    failed=1
  fi
}

run_block() {
  (cd "$work/run" && unset SEATHOLD_DB SEATHOLD_TOKEN && PATH="$build:$PATH" sh -eu "$1" </dev/null)
}

# As a user whose home is empty; what it installs is taken for the rest of the block alone.
install_block() {
  mkdir -p "$work/home" && env HOME="$work/home" sh -eu "$1" </dev/null &&
    "$work/home/.local/bin/seathold" --version
}

install_tree() {
  cmake --install "$build" --prefix "$work/tree"
}

with_cmake() {
  cat >"$work/program/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(program CXX)
find_package(seathold REQUIRED)
add_executable(program ${PROGRAM})
target_link_libraries(program PRIVATE seathold::cpp)
CMAKE
  cmake -G Ninja -S "$work/program" -B "$work/program/build" "-DCMAKE_PREFIX_PATH=$work/tree" \
    "-DPROGRAM=$1" && cmake --build "$work/program/build" &&
    run_in "$work/program/cmake" "$work/program/build/program"
}

with_pkg_config() {
  PKG_CONFIG_PATH=$(dirname "$(find "$work/tree" -name seathold-cpp.pc)")
  export PKG_CONFIG_PATH
  c++ -std=c++20 "$1" -o "$work/program/by-pkg-config" \
    $(pkg-config --cflags --libs seathold-cpp) &&
    run_in "$work/program/pc" "$work/program/by-pkg-config"
}

run_in() {
  mkdir -p "$1" && (cd "$1" && "$2")
}

failed=0
extract run sh sh
extract program cpp cc
extract install sh sh
set -- "$work"/run-*.sh
if [ ! -f "$1" ]; then
  echo "not ok readme: commands - no block is marked <!-- run -->"
  failed=1
  set --
fi
for block in "$@"; do
  line=$(basename "$block" .sh | sed 's/run-0*//')
  check "the commands at line $line" run_block "$block"
done

set -- "$work"/install-*.sh
if [ ! -x build/quickstart/seathold ]; then
  echo "skip readme: installing - build/quickstart was not built; sh examples/quickstart.sh does it"
else
  check "installing" install_block "$1"
fi

set -- "$work"/program-*.cc
[ -f "$1" ] || { echo "not ok readme: program - no block is marked <!-- program -->"; exit 1; }
check "the library can be installed" install_tree
for program in "$@"; do
  line=$(basename "$program" .cc | sed 's/program-0*//')
  check "the program at line $line, found by CMake" with_cmake "$program"
  check "the program at line $line, found by pkg-config" with_pkg_config "$program"
done
exit $failed
