#!/bin/sh
# Runs the benchmarks and prints their medians as Markdown tables, with the machine they ran on.
#
#   sh bench/run.sh                     builds build/release, runs all of it, then the sale benchmark
#   sh bench/run.sh BINARY [FILTER]     a binary that is there; FILTER is a regular expression
#
# SEATHOLD_BENCH_DIR    where the databases go (default: the system's temporary folder)
# SEATHOLD_BENCH_TIME   seconds a repetition, default 0.5
# SEATHOLD_BENCH_TIMES  repetitions, interleaved at random, default 7
set -eu
cd "$(dirname "$0")/.."
if [ $# -ge 1 ]; then
  binary=$1
else
  . bench/release.sh
  binary=build/release/seathold_bench
  build_release seathold_bench
fi
filter=${2:-.}
folder=${SEATHOLD_BENCH_DIR:-${TMPDIR:-/tmp}}
out=$(mktemp)
trap 'rm -f "$out"' EXIT

load() { cut -d ' ' -f 1 /proc/loadavg; }
load_before=$(load)
"$binary" --benchmark_filter="$filter" --benchmark_min_time="${SEATHOLD_BENCH_TIME:-0.5}" \
  --benchmark_repetitions="${SEATHOLD_BENCH_TIMES:-7}" \
  --benchmark_enable_random_interleaving=true \
  --benchmark_out="$out" --benchmark_out_format=json >/dev/null 2>"$out.err" ||
  { cat "$out.err" >&2; rm -f "$out.err"; exit 1; }

echo "Machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1);" \
  "SQLite $(sed -n 's/^sqlite: //p' "$out.err");" \
  "$(df -T "$folder" | awk 'NR == 2 { print $2 }') under the databases;" \
  "load average $load_before before, $(load) after;" \
  "median of ${SEATHOLD_BENCH_TIMES:-7} interleaved repetitions."
echo
awk -f bench/table.awk "$out"
rm -f "$out.err"
if [ $# -eq 0 ]; then
  echo
  sh bench/sale/run.sh
fi
