#!/bin/sh
# Installs what is missing, builds SeatHold and runs every test.
#
#   sh tests/run.sh               everything, randomised tests at a tenth of their full counts
#   sh tests/run.sh --full        everything at full counts (the sanitizers stay at a tenth)
#   sh tests/run.sh --quick       build and tests only
#   sh tests/run.sh --stage NAME  one stage: build, tests, install, capi, go, python, tidy, sanitize,
#                                 mutants, web, examples, bench
#
# The last line is "N passed, N failed, N skipped"; the exit code is 0 when nothing failed and
# something passed.
set -u
cd "$(dirname "$0")/.." || exit 2
. cmake/packages.sh

# What runs under AddressSanitizer with UndefinedBehaviorSanitizer, and under ThreadSanitizer.
# The processes and two_sqlites of tests/ measure time and locks, which a sanitizer bends.
asan_folders="accounts accounts_crypto bad_input capi claims cli crash demo engine flows journal line mirror
  model plan postgres queue redis rules storage util web"
tsan_folders="claims engine flows journal line mirror queue util web"
# One thread computes these from beginning to end: ThreadSanitizer has nothing to find in them.
tsan_without="MirrorOrders.*:TwoEnginesAtOnce.*:*/BitFlips.*:JournalDiskFaults.*:ChangeCode.*"
tsan_without="$tsan_without:SeatPicture.*:NormalText.IsAFixedPoint*"

# They wait for other processes and for the clock, alone on the machine. What a pause of the machine
# makes one of them fail by is seen once: such a suite is run again, once, and the summary names it.
by_the_clock="processes|redis|postgres"

# A suite that hangs has failed: far above what any takes on a slow machine.
limit_s=600

stages="build tests install capi go python tidy sanitize mutants web examples bench"
while [ $# -gt 0 ]; do
  case $1 in
    --full) limit_s=7200 SEATHOLD_FULL=1; export SEATHOLD_FULL ;;
    --quick) stages="build tests" ;;
    --stage) stages=${2:?--stage NAME}; shift ;;
    *) sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
  shift
done

run=build/run            # logs and tallies of this run
jobs=$(nproc)
export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$PWD"  # one object serves every folder and clone
rm -rf $run
mkdir -p $run

# tally PASSED FAILED SKIPPED
tally() { echo "$1 $2 $3" >>$run/totals; }
fail() { echo "FAIL $1"; echo "$1" >>$run/failed; tally 0 1 0; }

# Runs a command quietly; its output is shown when it fails.
quietly() {
  log=$run/quiet.log
  "$@" >$log 2>&1 || { tail -n 100 $log; return 1; }
}

# Runs a script whose checks print "ok NAME", "not ok NAME - why" or "skip NAME - why", and
# "again NAME - why" of what failed once and is run again.
checks() {
  log=$run/checks.log
  { "$@" 2>&1; echo "exit $?"; } | tee $log | grep -v '^exit '
  grep '^not ok ' $log | sed 's/^not ok //' >>$run/failed
  grep '^skip ' $log | sed 's/^skip //' >>$run/skipped
  grep '^again ' $log | sed 's/^again //' >>$run/again
  tally "$(grep '^ok ' $log | sort -u | grep -c .)" "$(grep -c '^not ok ' $log)" "$(grep -c '^skip ' $log)"
  if ! grep -q '^exit 0$' $log && ! grep -q '^not ok ' $log; then
    fail "$*: $(grep '^exit ' $log)"
  fi
}

# beside NAME COMMAND...: runs it beside what follows; after a `wait`, `told NAME` prints what it
# printed and ends as it did.
beside() {
  name=$1; shift
  ( "$@" >"$run/$name.out" 2>&1; echo $? >"$run/$name.rc" ) &
}
told() { cat "$run/$1.out"; return "$(cat "$run/$1.rc")"; }

# on PRESET COMMAND...: one at a time works on a build folder.
on() { preset=$1; shift; flock "build/$preset.lock" ${gently:-} "$@"; }

# The web host is built where its libraries are there, which may be since the folder was made.
configure() {  # configure PRESET OPTIONS...
  preset=$1; shift
  quietly on "$preset" cmake --preset "$preset" -USEATHOLD_BUILD_WEB "$@" ||
    { fail "configure $preset"; return 1; }
}
has_web() { grep -q '^SEATHOLD_BUILD_WEB:BOOL=ON' "build/$1/CMakeCache.txt"; }

# build PRESET TARGETS...: of a folder that is configured.
build() {
  preset=$1; shift
  on "$preset" cmake --build "build/$preset" -j "$jobs" ${1:+--target "$@"} >$run/build.log 2>&1 ||
    { grep -A 40 -m 3 'FAILED' $run/build.log || tail -n 60 $run/build.log
      fail "build $preset"; return 1; }
}

# gtests BUILD_DIR CTEST_ARGUMENTS...: runs the suites and counts every test in them.
gtests() {
  dir=$1; shift
  rm -rf "$dir/results" "$dir/Testing"
  ${as_is:-} ctest --test-dir "$dir" -j "$jobs" --output-on-failure --timeout $limit_s \
    --test-output-size-passed 1000000 --test-output-size-failed 1000000 "$@" |
    tee $run/ctest.log || true
  # Before the log is that of another call of ctest.
  sed -n 's/^COUNT //p' "$dir/Testing/Temporary/LastTest.log" 2>/dev/null >>$run/counts
  cp "$dir/Testing/Temporary/LastTestsFailed.log" $run/bad_suites 2>/dev/null || : >$run/bad_suites
  for suite in $(sed -n 's/^ *[0-9]*\/[0-9]* *Test *#[0-9]*: \([^ ]*\) .*\*\*\*.*/\1/p' $run/ctest.log); do
    grep -q ":$suite\$" $run/bad_suites || echo "suite $suite" >>$run/again
  done
  for suite in $(ctest --test-dir "$dir" -N "$@" | sed -n 's/^ *Test *#[0-9]*: //p'); do
    count_suite "$suite" "$dir/results/$suite.xml" $run/bad_suites
  done
}

# A suite that ends badly without a failed test (a crash, a sanitizer's report) is one failure.
count_suite() {
  if [ ! -f "$2" ]; then fail "suite $1 ended without a report"; return; fi
  awk -f tests/tally.awk "$2" >$run/suite.log
  sed -n 's/^FAIL //p' $run/suite.log >>$run/failed
  sed -n 's/^SKIP //p' $run/suite.log >>$run/skipped
  tally $(tail -n 1 $run/suite.log)
  if grep -q ":$1\$" "$3" 2>/dev/null && ! grep -q '^FAIL ' $run/suite.log; then
    fail "suite $1 ended badly after its last test"
  fi
}

stage_build() { configure dev && build dev; }
# All but the web host, which has a stage of its own. Processes that wait for each other step by step,
# as those of scale do, take thirty times as long beside what computes: they go first.
stage_tests() {
  stage_build || return
  gtests build/dev -R '^scale$' --repeat until-pass:2
  ahead
  gtests build/dev -E "^(web|scale|$by_the_clock)\$"
  gtests build/dev -R "^($by_the_clock)\$" --repeat until-pass:2
}

# promtool, out of a package that would bring a server with it. Where it cannot be had, its test is
# skipped.
unpack_promtool() {
  mkdir -p build/promtool
  PATH=$PATH:$PWD/build/promtool/usr/bin; export PATH
  if command -v promtool >/dev/null; then return; fi
  ( cd build/promtool && apt-get download -qq prometheus &&
    dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool && rm prometheus_*.deb
  ) >$run/promtool.log 2>&1 || true
}

# The web host, which needs Boost, and its pages, which need a browser. The tests wait more than they
# compute, and go beside what compiles; pages are slow where something else computes, and go alone.
stage_web() {
  ensure_packages $packages_web $packages_browser
  configure dev -DSEATHOLD_BUILD_WEB=ON && build dev || return
  unpack_promtool
  beside web_mutants sh tests/mutants/run.sh $(ls tests/mutants | sed -n 's/^\(web-.*\)\.patch$/\1/p')
  gtests build/dev -R '^web$' --repeat until-pass:2
  wait
  checks told web_mutants
  checks sh tests/web/browser/mutants.sh build/dev
  checks sh tests/web/browser/run.sh build/dev
  checks sh bench/web/check.sh build/dev
}
stage_install() { stage_build && checks sh tests/install/run.sh build/dev; }
stage_capi() { stage_build && checks sh tests/capi/run.sh build/dev; }
stage_go() {
  stage_build && ensure_packages $packages_go &&
    checks sh tests/support/with_servers.sh sh capi/go/test.sh build/dev
}
stage_python() {
  stage_build && ensure_packages $packages_python $packages_python_tests &&
    checks sh tests/support/with_servers.sh sh capi/python/test.sh build/dev
}
stage_tidy() {
  ensure_packages $packages_tidy
  checks sh tests/tidy/run.sh; checks sh tests/tidy/self_test.sh
}

# sanitizable PRESET FOLDERS...: builds their tests; sets $folders to those that there are.
sanitizable() {
  configure "$1" || return
  preset=$1; shift
  targets= folders=
  for folder in "$@"; do
    if [ "$folder" = web ] && ! has_web "$preset"; then
      echo "web under $preset - the libraries of the web host are missing" >>$run/skipped
      tally 0 0 1
    elif ls tests/"$folder"/*_test.cc >/dev/null 2>&1; then
      targets="$targets test_$folder" folders="$folders|$folder"
    fi
  done
  [ -n "$targets" ] && build "$preset" $targets
}
sanitize() {
  sanitizable "$@" && gtests "build/$1" -R "^(${folders#|})(\\.[01])?\$"
}

# What the stages to come compile is compiled beside tests, on what those leave of the processor
# while they wait. What fails here is told by its stage, which comes back to it.
ahead() {
  case " $stages " in *" sanitize "*) ;; *) return ;; esac
  ensure_packages $packages_sanitizers
  ( ensure_packages $packages_web )  # where they cannot be had, the web host is left out
  [ ! -d $run/ahead ] || return 0
  mkdir $run/ahead
  (
    run=$run/ahead gently="chrt --idle 0"
    sanitizable asan-ubsan $asan_folders
    sanitizable tsan $tsan_folders
    case " $stages " in *" mutants "*) $gently sh tests/mutants/run.sh --prepare ;; esac
  ) >$run/ahead.log 2>&1 &
}

# With clang, which compiles instrumented code in half of g++'s time and checks who holds which
# mutex besides.
stage_sanitize() {
  ahead
  # ThreadSanitizer cannot live with the address randomisation of newer kernels.
  as_is=; if setarch -R true 2>/dev/null; then as_is="setarch -R"; fi
  full=${SEATHOLD_FULL:-}; unset SEATHOLD_FULL
  sanitize asan-ubsan $asan_folders
  GTEST_FILTER=-$tsan_without; export GTEST_FILTER
  sanitize tsan $tsan_folders
  unset GTEST_FILTER
  if [ -n "$full" ]; then SEATHOLD_FULL=$full; export SEATHOLD_FULL; fi
}

stage_mutants() {
  if ls tests/mutants/*.patch >/dev/null 2>&1; then checks sh tests/mutants/run.sh; fi
}

stage_examples() {
  if ls examples/cli/*.cc >/dev/null 2>&1; then
    if SEATHOLD_PRESET=dev quietly sh examples/quickstart.sh; then echo "ok quickstart"; tally 1 0 0
    else fail "quickstart"; fi
    if SEATHOLD_TOOL=build/quickstart/seathold quietly sh examples/cluster.sh; then
      echo "ok cluster"; tally 1 0 0
    else fail "cluster"; fi
  fi
  if [ -f tests/readme/run.sh ]; then checks sh tests/readme/run.sh; fi
}

stage_bench() {
  ls bench/*.cc >/dev/null 2>&1 || return 0
  configure dev && build dev seathold_bench seathold_sale || return
  if quietly build/dev/seathold_bench --benchmark_min_time=0.01; then
    echo "ok bench runs"; tally 1 0 0
  else fail "bench runs"; fi
  checks sh bench/sale/run.sh --quick --build build/dev
}

list() {  # list HEADING FILE
  if [ -s "$2" ]; then echo; echo "$1"; sort "$2" | uniq | sed 's/^/  /'; fi
}

ensure_packages $packages_library $packages_cli $packages_tests $packages_servers
for stage in $stages; do
  echo "== $stage"
  began=$(date +%s)
  "stage_$stage" || true
  echo "== $stage took $(($(date +%s) - began)) s"
  if [ "$stage" = build ] && [ -s $run/failed ]; then break; fi
done

list "Counts that ran" $run/counts
list "Skipped" $run/skipped
list "Failed once, and run again" $run/again
list "Failed" $run/failed
echo
awk '{ p += $1; f += $2; s += $3 }
     END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit !(p > 0 && f == 0) }' \
  $run/totals 2>/dev/null || { [ -f $run/totals ] || echo "0 passed, 0 failed, 0 skipped"; exit 1; }
