#!/bin/sh
# Builds the wheel, installs it into a clean environment and tests it there, as a user would have
# it; then tests the package on the system's library of a build. Prints "ok NAME",
# "not ok NAME - why" or "skip NAME - why".
#   sh capi/python/test.sh BUILD_DIR
set -u
cd "$(dirname "$0")/../.." || exit 2
build=$(cd "${1:?a build directory}" && pwd) || exit 2
. cmake/packages.sh
ensure_packages $packages_library $packages_python $packages_python_tests
work=$build/python
venv=$work/venv
rm -rf "$work"
mkdir -p "$work"
failed=0

check() {  # check NAME COMMAND...
  name=$1; shift
  if "$@" >"$work/check.log" 2>&1; then echo "ok python: $name"
  else
    sed 's/^/  /' "$work/check.log" | tail -n 40
    echo "not ok python: $name - $(tail -n 1 "$work/check.log")"
    failed=1
  fi
}

# Nothing of the source tree may be found by the tests but the tests.
SEATHOLD_HEADER=$PWD/capi/include/seathold.h
SEATHOLD_EXAMPLES=$PWD/examples/python
SEATHOLD_README=$PWD/capi/python/README.md
PYTHONDONTWRITEBYTECODE=1
export SEATHOLD_HEADER SEATHOLD_EXAMPLES SEATHOLD_README PYTHONDONTWRITEBYTECODE
unset SEATHOLD_LIBRARY PYTHONPATH

# Without pip of its own a venv is made in a third of the time; the system's installs into it.
clean_environment() { /usr/bin/python3 -m venv --without-pip "$venv"; }
install_wheel() {
  PIP_DISABLE_PIP_VERSION_CHECK=1 /usr/bin/python3 -m pip --python "$venv/bin/python" install \
    --quiet --no-index "$work"/wheel/*.whl
}
# A notice for whatever is linked into the library or stands beside it.
has_notices() {
  notices=$(echo "$venv"/lib/python3*/site-packages/seathold-*.dist-info/licenses)
  for notice in LICENSE libsqlite3-dev.txt libssl-dev.txt libargon2-dev.txt libfmt-dev.txt \
    libutf8proc-dev.txt libhowardhinnant-date-dev.txt nlohmann-json3-dev.txt libxxhash-dev.txt; do
    grep -qi 'copyright\|public domain\|CC0' "$notices/$notice" || { echo "no $notice"; return 1; }
  done
}
needs_little() {
  for inside in "$venv"/lib/python3*/site-packages/seathold/_lib/lib*.so*; do
    readelf -d "$inside" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | while read -r needed; do
      [ -e "${inside%/*}/$needed" ] || echo "$needed"
    done
  done >"$work/needed"
  ! grep -vE '^(libc|libm|libstdc\+\+|libgcc_s|ld-linux[-a-z0-9_]*)\.so' "$work/needed"
}
# The tag says the newest glibc that any symbol needs, and 2.36 (arc4random) is not among them.
tag_is_true() {
  newest=$(readelf --version-info --wide "$venv"/lib/python3*/site-packages/seathold/_lib/lib*.so* |
    sed -n 's/.*Name: GLIBC_2\.\([0-9]*\).*/\1/p' | sort -n | tail -n 1)
  [ "$newest" -lt 36 ] && ls "$work"/wheel/seathold-*-py3-none-manylinux_2_"$newest"_*.whl
}
install_from_the_checkout() {
  /usr/bin/python3 -m venv --without-pip "$work/checkout" &&
    PIP_DISABLE_PIP_VERSION_CHECK=1 /usr/bin/python3 -m pip --python "$work/checkout/bin/python" \
      install --no-index ./capi/python &&
    (cd / && "$work/checkout/bin/python" -c 'import seathold; print(seathold.library_path)')
}
uses_the_library_inside() {
  "$venv/bin/python" -c '
import seathold
assert "/site-packages/seathold/_lib/" in seathold.library_path, seathold.library_path
assert seathold.has_feature("self-contained")
print(seathold.library_version())'
}
types() { (cd capi/python/src && mypy --cache-dir "$work/mypy" --config-file ../pyproject.toml -p seathold); }

check "a wheel, built offline" sh capi/python/build_wheel.sh "$work/wheel" build/wheel
check "a clean environment" clean_environment
check "pip install --no-index" install_wheel
check "the wheel brings its notices" has_notices
check "the library inside needs nothing that a machine may lack" needs_little
check "the wheel says which glibc it needs" tag_is_true
check "pip install ./capi/python" install_from_the_checkout
check "the library inside is the one that is used" uses_the_library_inside
check "types, strictly" types
check "the benchmark runs" "$venv/bin/python" capi/python/bench.py --rounds 1
"$venv/bin/python" -X dev -W error capi/python/tests/run.py "python wheel" || failed=1

# The system's build: what differs is the library, so only what reaches far into it is repeated.
if [ -e "$build/libseathold.so.0.2" ]; then
  SEATHOLD_LIBRARY=$build/libseathold.so.0.2 PYTHONPATH=capi/python/src \
    /usr/bin/python3 -W error capi/python/tests/run.py "python system" \
    Servers Abi Codes Opening Closing Forking Threads HostSqlite Batches || failed=1
else
  echo "skip python system - $build has no libseathold.so.0.2"
fi
exit $failed
