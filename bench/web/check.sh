#!/bin/sh
# What must hold under load, at a tenth of the counts of run.sh. No figure of time can fail it.
# Prints "ok NAME", "not ok NAME - why" or "skip NAME - why".
#   sh bench/web/check.sh BUILD_DIR [REQUESTS SEATS PAID]
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${1:?the folder of a build} requests=${2:-10000} seats=${3:-200} paid=${4:-1000}
load=$build/seathold_web_load
if [ ! -x "$load" ] || [ ! -x "$build/seathold-web" ]; then
  echo "skip web load - no seathold_web_load in $build (SEATHOLD_BUILD_WEB, SEATHOLD_BENCH)"
  exit 0
fi
SEATHOLD_WEB=$build/seathold-web
export SEATHOLD_WEB
folder=$(mktemp -d "${TMPDIR:-/tmp}/seathold-load-XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM
bad=0

# verdict NAME COMMAND...
verdict() {
  name=$1; shift
  if "$@" >"$folder/out" 2>&1; then echo "ok $name"; else
    sed 's/^/  /' "$folder/out"
    echo "not ok $name - $(grep -m 1 FAILED "$folder/out" || tail -n 1 "$folder/out")"
    bad=1
  fi
  grep -E ' paid|found again|killed after' "$folder/out" | sed 's/^/  /'
}
books() { "$build/seathold" --db "$folder/$1.db" verify; }

# A generator that waits for answers would see no more of a stall than the requests under way.
stall_is_seen() {
  "$load" run --mix reads --rate 1000 --seconds 3 --connections 16 --stall-ms 900 --json \
    >"$folder/stall" || return 1
  p95=$(sed 's/.*"latency":{[^}]*"p95_ms":\([0-9]*\).*/\1/' "$folder/stall")
  echo "FAILED: 900 ms without an answer in 3 s, and a p95 of $p95 ms"
  [ "$p95" -ge 300 ]
}

verdict "web load: every request of a mix is answered as it should be" \
  "$load" run --mix journey --rate 500 --seconds 2
verdict "web load: a stall counts from when requests were due" stall_is_seen
verdict "web load: a rush of $requests for $seats seats sells each once" \
  "$load" rush --requests "$requests" --seats "$seats" --rate 5000 --db "$folder/rush.db"
verdict "web load: the books of the rush" books rush
verdict "web load: every answered payment of $paid outlives a kill" \
  "$load" kill --paid "$paid" --rate 1500 --db "$folder/kill.db"
verdict "web load: the books after the kill" books kill
exit $bad
