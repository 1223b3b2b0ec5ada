#!/bin/sh
# The sale benchmark: ours beside SQLite, Redis and PostgreSQL, one workload for all. README.md has the
# method. Starts the servers that are installed on loopback, and stops them.
#
#   sh bench/sale/run.sh                    builds build/release, runs all of it (under 20 minutes)
#   sh bench/sale/run.sh --only batches,callers
#   sh bench/sale/run.sh --quick            under a minute; fails on correctness alone
#   sh bench/sale/run.sh --build DIR ...    a build that is there
#   sh bench/sale/run.sh --to DIR ...       where sale.json, sale.md and the pictures go
#                                           (default: build/sale)
#   sh bench/sale/run.sh --publish          and from there into README.md and docs/
#
# Everything else is for the program: --contestants, --rounds, --seconds, --sustained.
# SEATHOLD_BENCH_DIR   where the databases go (default: the system's temporary folder): a disk, not
#                      memory, for figures that mean anything
set -eu
cd "$(dirname "$0")/../.."
build= to=build/sale quick= publish=
words=
while [ $# -gt 0 ]; do
  case $1 in
    --build) build=${2:?--build DIR}; shift ;;
    --to) to=${2:?--to DIR}; shift ;;
    --help) sed -n '2,17s/^# \{0,1\}//p' "$0"; exit 2 ;;
    --publish) publish=yes ;;
    --quick) quick=yes; words="$words --quick" ;;
    *) words="$words $1" ;;
  esac
  shift
done
. bench/release.sh
if [ -z "$build" ]; then
  build=build/release
  build_release seathold_sale
fi

. examples/servers.sh
folder=$(mktemp -d "${SEATHOLD_BENCH_DIR:-${TMPDIR:-/tmp}}/seathold-sale-XXXXXX")
first_redis_pid=
stop_all() {
  [ -z "$first_redis_pid" ] || kill -INT "$first_redis_pid" 2>/dev/null || true
  stop_servers
}
trap stop_all EXIT
trap 'exit 1' INT TERM
start_servers "$folder"
if [ -n "$servers_missing" ]; then echo "skip sale: beside servers - $servers_missing"; fi
if [ -n "$postgres_uri" ]; then
  export SEATHOLD_SALE_POSTGRES="$postgres_uri" SEATHOLD_SALE_POSTGRES_PID="$postgres_pid"
fi
if [ -n "$redis_uri" ]; then
  export SEATHOLD_SALE_REDIS="$redis_port" SEATHOLD_SALE_REDIS_PID="$redis_pid"
  first_redis_pid=$redis_pid
  aof_port=$(free_port)
  # Never rewritten meanwhile: that would be work which no caller asked for.
  start_redis aof $aof_port --appendonly yes --appendfsync always --auto-aof-rewrite-percentage 0 &&
    export SEATHOLD_SALE_REDIS_AOF="$aof_port" SEATHOLD_SALE_REDIS_AOF_PID="$redis_pid"
fi

if [ -n "$quick" ]; then
  # shellcheck disable=SC2086 # several words
  "$build/seathold_sale" $words
  exit
fi
mkdir -p "$to"
# shellcheck disable=SC2086 # several words
"$build/seathold_sale" $words --out "$to/sale.json"
python3 bench/sale/table.py "$to/sale.json" >"$to/sale.md"
python3 bench/sale/plot.py "$to/sale.json" "$to"
cat "$to/sale.md"
if [ -n "$publish" ]; then python3 bench/sale/publish.py "$to"; fi
