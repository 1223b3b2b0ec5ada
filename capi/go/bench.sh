#!/bin/sh
# Measures Go beside C++ and C in one run: rounds of both in turn, and the medians.
#   sh capi/go/bench.sh RELEASE_BUILD_DIR [ROUNDS]
# Build it before: cmake --preset release && cmake --build --preset release
set -eu
cd "$(dirname "$0")/../.."
build=$(cd "${1:?a build directory}" && pwd)
rounds=${2:-7}
work=$build/go-bench
rm -rf "$work"
mkdir -p "$work"
cmake --install "$build" --prefix "$work/prefix" >"$work/install.log"
pc=$(find "$work/prefix" -name seathold.pc)
export PKG_CONFIG_PATH="${pc%/*}" LD_LIBRARY_PATH="${pc%/pkgconfig/*}"
export GOPROXY=off GOFLAGS=-mod=mod GOTOOLCHAIN=local GOCACHE="$work/cache" GOENV=off GOWORK=off
(cd capi/go && go test -c -o "$work/bench" .)

round=0
while [ $round -lt "$rounds" ]; do
  (cd capi/go && "$work/bench" -test.run '^$' -test.bench . -test.benchtime 0.3s) |
    awk '/^Benchmark/ { sub(/-[0-9]+$/, "", $1); sub(/^Benchmark/, "go ", $1)
      for (i = 3; i < NF; i += 2)
        if ($(i + 1) ~ /ns\/item/ || (!/item/ && $(i + 1) == "ns/op"))
          print $1 "|" $(i + 1) "|" $i }'
  "$build/seathold_bench" --benchmark_filter='capi/(refuse|hold)' --benchmark_min_time=0.3 \
    --benchmark_out="$work/out.csv" --benchmark_out_format=csv >"$work/bench.log" 2>&1
  # name, iterations, real_time, cpu_time, ...; of the holds, cpu_time has the giving back in it.
  awk -F, '/^"capi/ { gsub(/"|capi\/|\/manual_time/, "", $1); n = $1 ~ /1000/ ? 1000 : 1
      print $1 "|ns/item|" $3 / n
      if ($1 ~ /refuse/) print $1 "|cpu-ns/item|" $4 / n }' "$work/out.csv"
  round=$((round + 1))
done >"$work/rows"

echo "Load average $(cut -d' ' -f1 /proc/loadavg); medians (least) of $rounds rounds in turn"
sort -t'|' -k1,2 -k3,3g "$work/rows" | awk -F'|' '
  function row() {
    if (n) printf "%-30s %-12s %9.0f (%.0f)\n", name, unit, value[int((n + 1) / 2)], value[1]
  }
  $1 "|" $2 != last { row(); n = 0; last = $1 "|" $2; name = $1; unit = $2 }
  { value[++n] = $3 }
  END { row() }'
