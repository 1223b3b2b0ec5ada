#!/bin/sh
# The gate of the C ABI: the header, the symbols, the layout, the ABI, and those who use it.
#   sh tests/capi/run.sh BUILD_DIR
#   sh tests/capi/run.sh --accept BUILD_DIR   takes the build's layout and ABI as the new baselines
set -u
cd "$(dirname "$0")/../.." || exit 2
accept=
if [ "${1:-}" = --accept ]; then accept=yes; shift; fi
build=$(cd "${1:?a build directory}" && pwd) || exit 2
source=$PWD
header=capi/include/seathold.h
layout=tests/capi/layout.golden
abi=capi/abi/libseathold.abi
work=$build/capi-gate
moved="$work/moved tree"
rm -rf "$work"
mkdir -p "$work"

check() {  # check NAME COMMAND...
  name=$1; shift
  if "$@" >"$work/check.log" 2>&1; then echo "ok capi: $name"
  else
    code=$?
    sed 's/^/  /' "$work/check.log" | tail -n 40
    echo "not ok capi: $name - exit code $code, see above"
  fi
}

warnings="-pedantic -Wall -Wextra -Werror"

header_alone() {  # header_alone COMPILER LANGUAGE STANDARD
  for alone in seathold.h seathold_single.h; do
    echo "#include <$alone>" |
      $1 -x "$2" -std="$3" $warnings -Wconversion -I capi/include -fsyntax-only - || return 1
  done
}

header_includes_two() {
  [ "$(grep '^ *# *include' $header)" = "$(printf '#include <stddef.h>\n#include <stdint.h>')" ]
}

declared() {
  ${CC:-cc} -E -P -I capi/include $header | tr '\n' ' ' | grep -oE 'seathold_[a-z_0-9]+ ?\(' |
    tr -d ' (' | sort -u
}

exported() { nm -D --defined-only "$build/libseathold.so" | awk '$2 != "A" { print $3 }' |
  sed 's/@.*//' | sort -u; }

symbols_are_declarations() {
  declared >"$work/declared"
  exported >"$work/exported"
  [ "$(wc -l <"$work/declared")" -gt 60 ] && diff "$work/declared" "$work/exported"
}

# Every call is documented with its errors: the header is the manual.
errors_documented() {
  awk '/^\/\*\*/ { comment = "" } { comment = comment $0 }
    /^SEATHOLD_API/ && comment !~ /Errors|Never fails/ { print FILENAME ":" NR ": " $0; bad = 1 }
    END { exit bad }' $header
}

print_layout() {
  awk -f tests/capi/layout.awk $header >"$work/layout.c" &&
    ${CC:-cc} -std=c99 $warnings -I capi/include "$work/layout.c" -o "$work/layout" &&
    "$work/layout" >"$work/layout.txt" && [ "$(wc -l <"$work/layout.txt")" -gt 150 ]
}
layout_unchanged() { print_layout && diff $layout "$work/layout.txt"; }

write_abi() {
  abidw --exported-interfaces-only --no-corpus-path --no-comp-dir-path --no-show-locs \
    --out-file "$1" "$build/libseathold.so"
}
abi_unchanged() { write_abi "$work/now.abi" && abidiff --no-added-syms $abi "$work/now.abi"; }

# The baseline must be one that a change would differ from: a record that grew is found.
abi_notices_a_change() {
  sed 's/type-id-missing//; s/\(class-decl name=.seathold_hold_result. size-in-bits=.\)512/\1576/' \
    $abi >"$work/changed.abi" && ! cmp -s $abi "$work/changed.abi" &&
    ! abidiff --no-added-syms "$work/changed.abi" "$work/now.abi"
}

old_client_runs() {
  ${CC:-cc} -std=c99 $warnings tests/capi/old_client.c -L "$build" -lseathold \
    -Wl,-rpath,"$build" -o "$work/old_client" && "$work/old_client"
}

loads_and_unloads() {
  ${CC:-cc} -std=c99 $warnings -I capi/include tests/capi/loader.c -ldl -o "$work/loader" &&
    "$work/loader" "$1"
}

install_and_move() {
  cmake --install "$build" --prefix "$work/first" && mv "$work/first" "$moved"
}

no_paths_remembered() {
  ! grep -rnF -e "$source" -e "$build" --include='*.cmake' --include='*.pc' --include='*.h' "$moved"
}

with_cmake() {  # with_cmake DIR CMAKE_ARGUMENTS...
  dir=$1; shift
  cmake -S tests/capi/consumer -B "$dir" -G Ninja "-DPROGRAM=$source/examples/box_office.c" "$@" &&
    cmake --build "$dir" --target consumer && "$dir/consumer"
}

with_pkg_config() {  # with_pkg_config NAME PKG_CONFIG_ARGUMENTS
  PKG_CONFIG_PATH=$(dirname "$(find "$moved" -name seathold.pc)")
  export PKG_CONFIG_PATH
  # eval: pkg-config escapes the blank in the path.
  eval "${CC:-cc} -std=c99 $warnings examples/box_office.c -o '$work/$1' \
    $(pkg-config $2 --cflags --libs seathold)"
}
pkg_config_shared() {
  with_pkg_config shared "" &&
    LD_LIBRARY_PATH=$(dirname "$(find "$moved" -name libseathold.so)") "$work/shared" \
      "sqlite:$work/concert.db"
}
# The archive is there beside the shared library, which the linker would take: it is hidden from it.
pkg_config_static() {
  find "$moved" -name 'libseathold.so*' -delete
  with_pkg_config static --static && "$work/static" && ! ldd "$work/static" | grep seathold
}

static_is_ours_alone() {
  ar t "$build/libseathold.a" | grep -vE '\.o$' && return 1
  ! nm --defined-only "$build/libseathold.a" 2>/dev/null |
    grep -E ' T (sqlite3_open|argon2_hash|EVP_DigestInit)'
}

no_strangers() {  # installs no signal handler, writes to no stream by itself
  ! nm -D --undefined-only "$build/libseathold.so" |
    grep -E ' U (signal|sigaction|atexit|on_exit|system|popen)(@|$)'
}

reference() {
  mkdir -p build/capi-reference && doxygen capi/Doxyfile &&
    [ -s build/capi-reference/html/seathold_8h.html ]
}

if [ -n "$accept" ]; then
  print_layout && cp "$work/layout.txt" $layout && write_abi $abi
  exit
fi

check "each header alone is C99" header_alone "${CC:-cc}" c c99
check "each header alone is C11" header_alone "${CC:-cc}" c c11
check "each header alone is C++20" header_alone "${CXX:-c++}" c++ c++20
check "the header includes stddef.h and stdint.h only" header_includes_two
check "the symbols are the declarations" symbols_are_declarations
check "the errors of every call are documented" errors_documented
check "sizes and offsets are the golden ones" layout_unchanged
if command -v abidiff >/dev/null; then
  check "the ABI is the baseline's" abi_unchanged
  check "abidiff notices a record that grew" abi_notices_a_change
else
  echo "skip capi: the ABI is the baseline's - abigail-tools is not installed"
fi
check "an old client runs" old_client_runs
check "no signal or exit handlers" no_strangers
check "the archive holds our objects only" static_is_ours_alone
check "a tree that can be moved" install_and_move
check "no path of the build remembered" no_paths_remembered
check "find_package from C" with_cmake "$work/found" "-DCMAKE_PREFIX_PATH=$moved"
check "find_package of the archive from C" with_cmake "$work/static_found" \
  "-DCMAKE_PREFIX_PATH=$moved" -DLIBRARY=c_static
check "pkg-config with cc" pkg_config_shared
check "a hundred loads and unloads leave nothing" \
  loads_and_unloads "$(find "$moved" -name libseathold.so)"
check "pkg-config --static with cc" pkg_config_static
# As tests/install/run.sh does, so that ccache (CCACHE_NOHASHDIR=1) has most objects already.
rm -rf build/c_consumer
check "add_subdirectory from C" with_cmake "$source/build/c_consumer" "-DSEATHOLD_SOURCE=$source" \
  -C cmake/Quick.cmake
if command -v doxygen >/dev/null; then
  check "the reference builds without a warning" reference
else
  echo "skip capi: the reference builds without a warning - doxygen is not installed"
fi
