#!/bin/sh
# Counts, with valgrind, the instructions of a batch of 1,000 through C and through C++. Where the
# machine is busy this figure stays the same.
#
#   sh bench/instructions.sh [BINARY]     build/release/seathold_bench where none is given
set -eu
cd "$(dirname "$0")/.."
binary=${1:-build/release/seathold_bench}
out=$(mktemp)
trap 'rm -f "$out"' EXIT
command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 2; }

count() {  # count KIND SIDE FUNCTION
  valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect="*$3*" \
    "$binary" --benchmark_filter="^capi/count/$1/$2/" >/dev/null 2>"$out" ||
    { cat "$out" >&2; exit 1; }
  sed -n 's/.*Collected : //p' "$out"
}

echo "| 20 batches of 1,000 | C++ instructions | C instructions | C more by |"
echo "|---|---|---|---|"
for kind in refuse hold; do
  cpp=$(count $kind cpp CApiCallCpp)
  c=$(count $kind c CApiCallC)
  awk -v kind=$kind -v cpp="$cpp" -v c="$c" \
    'BEGIN { printf "| %s | %d | %d | %.2f %% |\n", kind, cpp, c, (c / cpp - 1) * 100 }'
done
