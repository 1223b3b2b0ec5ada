#!/bin/sh
# The benchmarks over PostgreSQL and Redis, against servers made for them and thrown away.
#
#   sh bench/servers.sh                 builds build/release/seathold_bench, runs all of it
#   sh bench/servers.sh BINARY          a binary that is there
#   sh bench/servers.sh --shell         starts the servers, prints where they are, waits for ^D
#
# PostgreSQL listens on a unix socket, set as it is shipped (fsync and synchronous_commit on); Redis
# on a loopback port, nothing written to disk.
#
# SEATHOLD_BENCH_DIR    where the databases go (default: the system's temporary folder)
# SEATHOLD_BENCH_TIME   seconds a repetition, default 1
# SEATHOLD_BENCH_TIMES  rounds, of which medians are taken, default 5
set -eu
cd "$(dirname "$0")/.."
time=${SEATHOLD_BENCH_TIME:-1}
times=${SEATHOLD_BENCH_TIMES:-5}
. bench/release.sh
binary=${1:-build/release/seathold_bench}
[ $# -ge 1 ] || build_release seathold_bench
. examples/servers.sh
folder=$(mktemp -d "${SEATHOLD_BENCH_DIR:-${TMPDIR:-/tmp}}/seathold-servers-XXXXXX")
trap stop_servers EXIT
trap 'exit 1' INT TERM
start_servers "$folder"
[ -z "$servers_missing" ] || { echo "$servers_missing" >&2; exit 2; }
SEATHOLD_BENCH_POSTGRES=$postgres_uri
SEATHOLD_BENCH_REDIS="$redis_uri/0?timeout_ms=1000"
export SEATHOLD_BENCH_POSTGRES SEATHOLD_BENCH_REDIS

if [ "${1:-}" = --shell ]; then
  echo "SEATHOLD_BENCH_POSTGRES='$SEATHOLD_BENCH_POSTGRES' SEATHOLD_BENCH_REDIS='$SEATHOLD_BENCH_REDIS'"
  cat >/dev/null
  exit 0
fi
SEATHOLD_BENCH_TIME=$time SEATHOLD_BENCH_TIMES=$times sh bench/run.sh "$binary" 'postgres|redis'

# pgbench: what a service writes by hand, a seat and a record a transaction.
psql() { "$programs/psql" -X -q -h "$folder/pg" -U postgres -d postgres "$@"; }
psql -c "CREATE TABLE bench_seats (seat bigint PRIMARY KEY, state int NOT NULL, hold bigint);
  CREATE TABLE bench_holds (hold bigserial PRIMARY KEY, seat bigint NOT NULL, at timestamptz);
  INSERT INTO bench_seats SELECT i, 0, NULL FROM generate_series(1, 100000) i; ANALYZE"
cat >"$folder/service.sql" <<'SQL'
\set seat random(1, 100000)
BEGIN;
SELECT state FROM bench_seats WHERE seat = :seat FOR UPDATE;
UPDATE bench_seats SET state = 1 - state, hold = :client_id WHERE seat = :seat;
INSERT INTO bench_holds (seat, at) VALUES (:seat, now());
COMMIT;
SQL
cat >"$folder/update.sql" <<'SQL'
\set seat random(1, 100000)
UPDATE bench_seats SET state = 1 - state, hold = :client_id WHERE seat = :seat;
SQL
chmod 644 "$folder"/*.sql
rate() {  # rate SCRIPT: transactions a second of 32 clients
  "$programs/pgbench" -n -M prepared -c 32 -j 2 -T "$((time * 3))" -f "$folder/$1.sql" \
    -h "$folder/pg" -U postgres postgres 2>/dev/null | sed -n 's/^tps = \([0-9]*\).*/\1/p'
}
callers() {  # callers FILTER OUT: operations a second of 32 blocking callers (a sale is two)
  "$binary" --benchmark_filter="$1" --benchmark_min_time="$((time * 3))" \
    --benchmark_out="$2.json" --benchmark_out_format=json >/dev/null 2>&1
  sed -n 's/.*"items_per_second": \([0-9.e+]*\).*/\1/p' "$2.json" |
    awk '{ sum += 2 * $1 } END { printf "%d\n", sum }' >>"$2"
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { printf "%d (%d - %d)", v[int((NR + 1) / 2)], v[1], v[NR] }'; }
round=0
while [ $round -lt "$times" ]; do
  rate service >>"$folder/service"
  callers 'sell/32_callers/postgres/' "$folder/engine"
  rate update >>"$folder/update"
  callers 'sell/32_callers/postgres_redis/' "$folder/engine_redis"
  round=$((round + 1))
done
echo
echo "32 blocking callers, operations a second, medians of $times rounds in turn (least - most)"
echo
echo "| | |"
echo "|---|---|"
echo "| pgbench: BEGIN; SELECT FOR UPDATE; UPDATE; INSERT; COMMIT | $(median "$folder/service") |"
echo "| pgbench: one bare UPDATE | $(median "$folder/update") |"
echo "| the engine: a hold of two seats, or its payment | $(median "$folder/engine") |"
echo "| the same with claims on Redis | $(median "$folder/engine_redis") |"

echo
echo "Engine processes with 32 callers each, operations a second together"
echo
echo "| processes | together |"
echo "|---|---|"
for processes in 1 2 4 8; do
  rm -f "$folder"/part.*
  n=0
  pids=
  while [ $n -lt $processes ]; do
    callers 'sell/32_callers/postgres/' "$folder/part.$n" &
    pids="$pids $!"
    n=$((n + 1))
  done
  wait $pids
  echo "| $processes | $(awk '{ sum += $1 } END { print sum }' "$folder"/part.?) |"
done
