#!/bin/sh
# Sells out one hall through four engine processes over PostgreSQL and Redis, kills a Redis master
# and an engine on the way, then counts the books: all on this machine, and gone afterwards.
#   sh examples/cluster.sh
# SEATHOLD_TOOL names a built `seathold`; else it is built as examples/quickstart.sh does.
# SEATHOLD_REDIS=one takes a single Redis server instead of a cluster of six nodes.
set -eu
cd "$(dirname "$0")/.."
if [ -z "${SEATHOLD_TOOL:-}" ]; then
  packages_more="libpq-dev postgresql-15 libhiredis-dev redis-server"
  cmake_more="-USEATHOLD_POSTGRES -USEATHOLD_REDIS"  # they may be there since it was made
  . examples/build_tool.sh
else tool=$SEATHOLD_TOOL; fi
tool=$(realpath "$tool")
. examples/servers.sh

rows=30 row_seats=100 seats=3000
engines="1 2 3 4"
engine_pids=
work=$(mktemp -d "${TMPDIR:-/tmp}/seathold-cluster.XXXXXX")
end() {
  for pid in $engine_pids $node_pids; do kill -KILL "$pid" 2>/dev/null || true; done
  stop_servers || true
  rm -rf "$work"
}
node_pids=
trap end EXIT
trap 'exit 130' INT TERM
heading() { printf '\n%s\n' "$1"; }

# A cluster of six nodes: three masters, each with a replica.
start_cluster() {
  first=$(free_port)
  nodes=
  for port in $(seq "$first" $((first + 5))); do
    start_redis "node-$port" "$port" --cluster-enabled yes --cluster-node-timeout 2000 \
      --cluster-port $((port + 10000)) --cluster-config-file nodes.conf --repl-diskless-sync-delay 0
    node_pids="$node_pids $redis_pid"
    nodes="$nodes 127.0.0.1:$port"
  done
  redis_pid=
  redis-cli --cluster create $nodes --cluster-replicas 1 --cluster-yes >"$work/create.log" 2>&1 ||
    { tail -n 5 "$work/create.log"; exit 1; }
  # Each finds out by itself that all is well; a replica that never had its data takes nothing over.
  for port in $(seq "$first" $((first + 5))); do
    patient sh -c "redis-cli -p $port cluster info | grep -q cluster_state:ok"
    patient sh -c "redis-cli -p $port info replication | grep -qE 'role:master|link_status:up'"
  done
  redis_uri="redis://127.0.0.1:$first,127.0.0.1:$((first + 1)),127.0.0.1:$((first + 2))?cluster=1"
}

heading "Servers"
start_servers "$(mktemp -d "${TMPDIR:-/tmp}/seathold-servers.XXXXXX")"
if [ -n "$servers_missing" ]; then echo "$servers_missing" >&2; exit 2; fi
victim=$redis_pid killed="the Redis server"
# A build that knows clusters says of one that is not there that it is unfit; others refuse the URI.
if [ "${SEATHOLD_REDIS:-cluster}" = cluster ] &&
  [ "$("$tool" -q doctor "redis://127.0.0.1:1?cluster=1" 2>/dev/null || true)" = unfit ]; then
  single=$redis_pid
  start_cluster
  redis_pid=$single
  victim=${node_pids# } victim=${victim%% *} killed="the first of three Redis masters"
fi
export SEATHOLD_DB="$postgres_uri" SEATHOLD_KEYS="$work/hall.keys"
export SEATHOLD_CLAIMS="$redis_uri" SEATHOLD_LINE="$redis_uri"
"$tool" doctor

heading "A hall of $seats seats"
"$tool" init >/dev/null
"$tool" venue make --name Barn --rows $rows --seats $row_seats
"$tool" show add --title "Winter journey"
"$tool" performance add --show 1 --venue 1 --date 2036-12-31 --time 19:30 --currency EUR \
  --price "*=45.00"
"$tool" show add --title "Encore" --queue --active-max 1 >/dev/null
first_place=$("$tool" -q queue join --show 2 --user 1)
second_place=$("$tool" -q queue join --show 2 --user 2)

# What an engine was answered is in a file of its own: 17 bytes an answer, the first an H (held) or
# a P (paid).
heading "Four engines sell it, each with four sellers"
began=$(date +%s)
for engine in $engines; do
  "$tool" --db "$SEATHOLD_DB" demo --sell-until-killed --ack-fd 4 --seed "$engine" \
    4>"$work/answers-$engine" &
  engine_pids="$engine_pids $!"
done
answers() { cat "$work"/answers-* | wc -c | awk '{ print int($1 / 17) }'; }
paid() { od -An -v -tx1 -w17 "$work/answers-$1" | grep -c '^ 50' || true; }
wait_for_answers() {
  tries=0
  until [ "$(answers)" -ge "$1" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 1200 ]; then echo "the engines sell nothing" >&2; exit 1; fi
    sleep 0.05
  done
}
wait_for_answers 400
kill -KILL "$victim"
echo "after $(answers) answers: kill -9 of $killed"
wait_for_answers 1200
set -- $engine_pids
kill -KILL "$2"
echo "after $(answers) answers: kill -9 of engine 2"
for pid in $engine_pids; do wait "$pid" 2>/dev/null || true; done
engine_pids=
for engine in $engines; do
  echo "engine $engine: $(paid "$engine") payments acknowledged"
done
echo "sold in $(($(date +%s) - began)) s"

heading "The waiting line"
if [ "$killed" = "the Redis server" ]; then start_redis redis "$redis_port"; fi
for place in "$first_place" "$second_place"; do
  patient "$tool" -q queue status --place "$place"
  "$tool" queue status --place "$place"
done

heading "The audit"
"$tool" verify
sold=$("$tool" --json stats | sed -n 's/^ *"sold": \([0-9]*\).*/\1/p')
left=$("$tool" --json stats | sed -n 's/^ *"available": \([0-9]*\).*/\1/p')
confirmed=$("$tool" --json verify | sed -n 's/^ *"confirmed": \([0-9]*\).*/\1/p')
heard=0
for engine in $engines; do heard=$((heard + $(paid "$engine"))); done
echo
echo "$sold seats sold, $left left; $confirmed payments in the books, $heard acknowledged,"
echo "$((confirmed - heard)) answered to the engine that was killed before it could say so"
# Four sellers of the killed engine had one request each in flight; what it held lapses later.
if [ "$heard" -gt "$confirmed" ] || [ $((confirmed - heard)) -gt 4 ]; then exit 1; fi
echo "Every payment that a buyer heard of is in the books."
