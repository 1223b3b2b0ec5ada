#!/bin/sh
# What the web host carries: steps up to where it breaks, a rush, a kill, idle viewers.
#
#   sh bench/web/run.sh            builds build/release, runs all of it (some ten minutes)
#   sh bench/web/run.sh --quick    half a minute; fails on correctness alone
#   sh bench/web/run.sh BUILD_DIR  a build that is there
#
# SEATHOLD_LOAD_TIMES    rounds of steps, of which medians are taken, default 3
# SEATHOLD_LOAD_SECONDS  a step, default 5
# SEATHOLD_LOAD_FROM     the rate of the first step, default 3000
# TMPDIR                 where the databases go: a disk, not memory, for figures that mean anything
#
# The generator and the host share the machine.
set -eu
cd "$(dirname "$0")/../.."
quick=
case ${1:-} in
  --quick) quick=yes; shift ;;
  --*) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
build=${1:-build/release}
times=${SEATHOLD_LOAD_TIMES:-3} seconds=${SEATHOLD_LOAD_SECONDS:-5} from=${SEATHOLD_LOAD_FROM:-3000}
if [ $# -eq 0 ]; then
  . bench/release.sh
  ensure_packages $packages_web $packages_tests
  cmake_more="-DSEATHOLD_BUILD_WEB=ON -DSEATHOLD_TESTS=ON"
  targets="seathold_web_load seathold_cli"
  if [ -z "$quick" ]; then targets="$targets test_web"; fi
  # shellcheck disable=SC2086 # several words
  build_release $targets
fi
if [ -n "$quick" ]; then exec sh bench/web/check.sh "$build"; fi

SEATHOLD_WEB=$build/seathold-web
export SEATHOLD_WEB
load=$build/seathold_web_load
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
trap 'exit 1' INT TERM
average() { cut -d ' ' -f 1-2 /proc/loadavg; }

echo "Machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
  "shared by host and generator; $(df -T "${TMPDIR:-/tmp}" | awk 'NR == 2 { print $2 }') under the" \
  "databases; load average $(average) before."
for mix in reads holds journey; do
  round=0
  while [ $round -lt "$times" ]; do
    echo
    echo "$mix, round $((round + 1)) of $times, load average $(average)"
    echo
    "$load" steps --mix $mix --rate "$from" --seconds "$seconds" | tee "$out/steps"
    sed -n 's/.*: \([0-9]*\)\/s carried.*/\1/p' "$out/steps" >>"$out/$mix"
    round=$((round + 1))
  done
done
echo
echo "Carried with a p95 below 50 ms and nothing refused or failed, medians of $times (least - most)"
echo
echo "| mix | requests a second |"
echo "|---|---|"
for mix in reads holds journey; do
  sort -n "$out/$mix" | awk -v mix=$mix '{ v[NR] = $1 }
    END { printf "| %s | %d (%d - %d) |\n", mix, v[int((NR + 1) / 2)], v[1], v[NR] }'
done

echo
echo "A rush of 100,000 requests for 2,000 seats, and a kill after 10,000 payments"
bad=0
sh bench/web/check.sh "$build" 100000 2000 10000 || bad=1
echo
echo "Viewers of one map"
SEATHOLD_FULL=1 "$build/test_web" --gtest_brief=1 --gtest_filter='Viewers.*' >"$out/viewers" 2>&1 ||
  { bad=1; cat "$out/viewers"; }
grep -E 'streams|viewers' "$out/viewers"
echo "load average $(average) after"
exit $bad
