#!/bin/sh
# Shows that the suite can fail: applies each planted bug, and the tests named for it must catch it.
#   sh tests/mutants/run.sh [NAME...]      default: every tests/mutants/*.patch, but for those of the
#                                          web host (web-*), which the stage web names
#   sh tests/mutants/run.sh --prepare        only builds the trees, without a bug
#
# A patch opens with its header, then `diff -u` text for patch -p1:
#   # plants: the sweep frees by seat id
#   # tests: test_rules Sweep.*:Expiry.LateSweep*
# "# tests:" names an executable and a GoogleTest filter, and may stand more than once. A patch that
# does not apply, does not compile, reaches no test or is caught by none fails the script; so does a
# named test that fails without the bug, or one that takes over a minute. Each has two tries, since a
# machine may pause, and a race need not show at once; "again NAME" tells of it.
set -u
unset SEATHOLD_FULL  # a planted bug shows at the small counts, or is not caught in time
cd "$(dirname "$0")/../.." || exit 2
root=$PWD
export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$root"
all=$root/build/mutants-tree
# One worker a core, each with a tree of its own; ccache compiles for the first and copies for the
# others.
workers=$(nproc)
command -v ccache >/dev/null || workers=1

# work_in N: the tree that the functions below work in.
work_in() {
  work=$all/$1
  # As deep in its tree as build/dev is in ours: what was compiled there comes out of the cache here.
  build=$work/build/mutants
  mkdir -p "$work"
}

tracked_files() {
  git ls-files --cached --others --exclude-standard 2>/dev/null ||
    find . -path ./build -prune -o -type f -print | sed 's|^\./||'
}

# Brings the work tree up to date; files that are the same keep their time, so little is rebuilt.
copy_tree() {
  tracked_files | grep -E '^(CMakeLists|CMakePresets|cmake/|include/|src/|capi/|tests/|examples/)' |
    grep -v '^tests/mutants/' | sort >"$work/files"
  find "$work/src" "$work/include" "$work/tests" -type f 2>/dev/null | sed "s|^$work/||" | sort |
    comm -23 - "$work/files" | while read -r gone; do rm "$work/$gone"; done
  while read -r file; do
    [ -f "$file" ] || continue
    cmp -s "$file" "$work/$file" || { mkdir -p "$work/$(dirname "$file")"; cp "$file" "$work/$file"; }
  done <"$work/files"
}

header() { sed -n "/^---/q; s/^# $1: *//p" "$2"; }
lose() { echo "not ok mutant $1 - $2"; }

build_tests() { cmake --build "$build" -j "$(nproc)" --target $1 >"$work/build.log" 2>&1; }

# run_tests EXECUTABLE FILTER: the exit code, 124 when over time; sets $first to the first test that
# failed or, after a crash, to the one that was running.
run_tests() {
  (cd "$build" && SEATHOLD_SOURCE_DIR=$work SEATHOLD_CLI=$build/seathold \
    timeout -k 5 60 "./$1" --gtest_fail_fast "--gtest_filter=$2") >"$work/tests.log" 2>&1 9>&-
  code=$?
  ran=$(grep -c '^\[ RUN ' "$work/tests.log")
  first=$(sed -n 's/^\[  FAILED  \] \([^ ,]*\).* ([0-9]* ms)$/\1/p' "$work/tests.log" | head -n 1)
  [ -n "$first" ] || first=$(awk '/^\[ RUN /{ open = $4 } /^\[ .*(OK|SKIPPED) /{ open = "" }
    END { print open }' "$work/tests.log")
  return $code
}

# The named tests must pass without the bug, else catching it says nothing. Run before any bug is
# planted: afterwards the executables are those of the bug before.
baseline() {
  header tests "$1" | sort -u | while read -r executable filter; do
    grep -qxF "$executable $filter" "$all/passed" && continue
    bug=$(basename "$1" .patch)
    run_tests "$executable" "$filter" ||
      { echo "again mutant $bug - $executable $filter failed without the bug" >&2
        run_tests "$executable" "$filter"; } ||
      { echo "$bug $executable $filter fails without the bug"; exit; }
    [ "$ran" -gt 0 ] || { echo "$bug $executable $filter runs no test"; exit; }
    echo "$executable $filter" >>"$all/passed"
  done
}

# Prints who caught it; nothing when nobody did.
catch() {
  for try in first second; do header tests "$1" | sed "s/^/$try /"; done |
  while read -r try executable filter; do
    run_tests "$executable" "$filter"
    code=$?
    [ $code != 124 ] && [ $code != 137 ] || { echo "over time: $executable $filter"; exit; }
    [ $code != 0 ] && [ -n "$first" ] || continue
    echo "caught by $executable $first"
    [ $try = first ] || echo "again mutant $(basename "$1" .patch) - missed once" >&2
    exit
  done
}

try() {
  name=$(basename "$1" .patch)
  targets=$(header tests "$1" | awk '{ print $1 }' | sort -u)
  [ -n "$targets" ] && [ -n "$(header plants "$1")" ] || { lose "$name" "its header is incomplete"; return; }
  trouble=$(sed -n "s/^$name //p" "$all/troubled")
  [ -z "$trouble" ] || { lose "$name" "$trouble"; return; }
  if ! (cd "$work" && patch -p1 -s -F0 --dry-run <"$1") >"$work/patch.log" 2>&1; then
    lose "$name" "does not apply: $(head -n 1 "$work/patch.log")"; return
  fi
  (cd "$work" && patch -p1 -s -F0 --no-backup-if-mismatch <"$1")
  if build_tests "$targets"; then
    result=$(catch "$1")
    case $result in
      caught*) echo "ok mutant $name: $result" ;;
      *) lose "$name" "${result:-MISSED: $(header plants "$1")}" ;;
    esac
  else
    grep -m 3 -E 'error|FAILED' "$work/build.log"
    lose "$name" "does not compile"
  fi
  (cd "$work" && patch -p1 -s -R <"$1")
}

patches= only_prepare=
if [ "${1:-}" = --prepare ]; then only_prepare=yes; shift; fi
for name in "$@"; do patches="$patches $root/tests/mutants/$name.patch"; done
[ -n "$patches" ] || patches=$(ls "$root"/tests/mutants/*.patch | grep -v /web-)

needed=$(for patch in $patches; do header tests "$patch"; done | awk '{ print $1 }' | sort -u)
prepare() {
  work_in "$1"
  copy_tree
  (cd "$work" && cmake --preset mutants -USEATHOLD_BUILD_WEB -B "$build") >"$work/build.log" 2>&1 &&
    build_tests "$needed" ||
    { tail -n 40 "$work/build.log"; echo "not ok mutants - the tree does not build"; exit 1; }
}

# share COMMAND: for every patch, by whichever worker takes it first.
share() {
  rm -rf "$all/taken"
  mkdir -p "$all/taken"
  for worker in $(seq "$workers"); do
    (
      work_in "$worker"
      for patch in $patches; do
        if mkdir "$all/taken/$(basename "$patch")" 2>/dev/null; then "$1" "$patch"; fi
      done
    ) &
  done
  wait
}

mkdir -p "$all"
exec 9>"$all/lock"
flock 9  # two runs share the trees, one after the other
for worker in $(seq "$workers"); do prepare "$worker"; done
[ -z "$only_prepare" ] || exit 0
echo "ok mutants: the tree builds"
: >"$all/passed"
share baseline >"$all/troubled"
share try | tee "$all/results"
caught=$(grep -c '^ok mutant ' "$all/results")
tried=$(for patch in $patches; do echo; done | grep -c '')
echo "mutants: $caught of $tried caught"
[ "$caught" = "$tried" ]
