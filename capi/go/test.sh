#!/bin/sh
# Installs a build and tests the Go binding against it, as a user of a checkout would.
#   sh capi/go/test.sh BUILD_DIR
# Prints "ok go: NAME", "not ok go: NAME - why" or "skip go: NAME - why" for each check and test.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=$(cd "${1:?a build directory}" && pwd) || exit 2
work=$build/go
bad=0
if ! command -v go >/dev/null; then
  echo "skip go: everything - go is not installed"
  exit 0
fi
mkdir -p "$work"
rm -rf "$work/prefix"
cmake --install "$build" --prefix "$work/prefix" >"$work/install.log" 2>&1 || {
  tail -n 20 "$work/install.log"
  echo "not ok go: install - cmake --install failed"
  exit 1
}
pc=$(find "$work/prefix" -name seathold.pc)
export PKG_CONFIG_PATH="${pc%/*}" LD_LIBRARY_PATH="${pc%/pkgconfig/*}"
# Nothing is fetched: the standard library is all it needs.
export GOPROXY=off GOFLAGS=-mod=mod GOTOOLCHAIN=local GOCACHE="$work/cache" GOENV=off GOWORK=off

# From Go 1.21 on the full pointer check is chosen when building, before that when running.
full_pointer_check() {
  case $(go env GOVERSION) in
    go1.19* | go1.20*) GODEBUG=cgocheck=2 "$@" ;;
    *) GOEXPERIMENT=cgocheck2 "$@" ;;
  esac
}

# check NAME COMMAND...
check() {
  name=$1; shift
  if "$@" >"$work/check.log" 2>&1; then echo "ok go: $name"
  else
    tail -n 40 "$work/check.log" | sed 's/^/  /'
    echo "not ok go: $name - see above"
    bad=1
  fi
}

# gotest NAME COMMAND...: go test -v, whose every test is counted. What a failed one wrote is shown.
gotest() {
  name=$1; shift
  "$@" >"$work/check.log" 2>&1
  code=$?
  sed -n -e "s/^ *--- PASS: \([^ ]*\).*/ok go: $name: \1/p" \
    -e "s/^ *--- FAIL: \([^ ]*\).*/not ok go: $name: \1 - see below/p" "$work/check.log"
  # With -v a test writes its reason just before the line that says that it was skipped.
  awk -v name="$name" '/^=== RUN/ { why = "" } /^    / { why = $0; sub(/^ */, "", why) }
    /^--- SKIP: / { print "skip go: " name ": " $3 " - " why }' "$work/check.log"
  if [ $code = 0 ] && grep -q '^--- PASS' "$work/check.log"; then return; fi
  awk '/^=== RUN/ { said = "" } { said = said "  " $0 "\n" } /^--- FAIL/ { printf "%s", said }' \
    "$work/check.log"
  bad=1
  if ! grep -q '^--- FAIL' "$work/check.log"; then
    tail -n 60 "$work/check.log" | sed 's/^/  /'
    echo "not ok go: $name - go test ended with $code"
  fi
}

formatted() { [ -z "$(gofmt -l capi/go examples/go | tee /dev/stderr)" ]; }
within() { (cd "$1" && shift && "$@"); }
clean_books() {
  "$@" >"$work/example.log" 2>&1 && cat "$work/example.log" &&
    grep -qx 'the books are clean' "$work/example.log"
}
# Here each commit is synced to disk.
sell_from_a_file() {
  dir=$(mktemp -d) || return 1
  clean_books within examples/go go run . "sqlite:$dir/concert.db"
  code=$?
  rm -r "$dir"
  return $code
}
# The checkout is left as it was: no go.sum, no edited go.mod, no database.
if [ -e .git ] && command -v git >/dev/null; then
  before=$(git status --porcelain -- capi/go examples/go)
  untouched() { [ "$before" = "$(git status --porcelain -- capi/go examples/go)" ]; }
fi

check "gofmt" formatted
check "vet" within capi/go go vet ./...
check "vet the example" within examples/go go vet ./...
gotest "tests" within capi/go go test -v -count=1 ./...
gotest "race detector" within capi/go go test -v -count=1 -race ./...
gotest "every pointer checked" full_pointer_check within capi/go go test -v -count=1 ./...
gotest "example" within examples/go go test -v -count=1 .
check "the example from memory" clean_books within examples/go go run .
check "the example from a file" sell_from_a_file
check "the benchmark runs" within capi/go go test -run '^$' -bench . -benchtime 10x .
if [ -n "${before+set}" ]; then check "nothing is left in the checkout" untouched
else echo "skip go: nothing is left in the checkout - git does not know this tree"
fi
exit $bad
