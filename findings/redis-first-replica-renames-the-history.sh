#!/bin/sh
# Redis 7.0.15 (Debian 12: redis-tools 5:7.0.15-1~deb12u10): master_replid, which INFO gives as the
# name of a data set's history, changes when the first replica is attached, though the master lost
# nothing and nobody took over; it stays as it is when a second one comes, and master_replid2, where
# a name that was left would stand, says nothing of it. A master that goes down in order and comes
# back with every key has another name, too, and the old one in master_replid2, as after a failover
# that lost writes.
#
# Seen: the name differs after the first replica, is the same after the second, differs after a
# restart with all data; master_replid2 is forty zeros, and after the restart the name before it.
#
# So a name that is another does not tell that something was lost: who takes it for that, as whoever
# must not give a number twice, pays for a planned step as for a failover.
set -eu
. "$(dirname "$0")/redis.sh"

master=$((20000 + $$ % 10000)) first=$((20001 + $$ % 10000)) second=$((20002 + $$ % 10000))
start() {  # start PORT OPTIONS...
  port=$1; shift
  mkdir -p "$root/$port"
  (cd "$root/$port" && exec "$server" --port "$port" --bind 127.0.0.1 --save '' --appendonly no \
    --repl-diskless-sync-delay 0 "$@" >/dev/null 2>&1) &
  pids="${pids:-} $!"
  until [ "$(ask "$port" PING)" = PONG ]; do sleep 0.1; done
}
trap 'kill $pids 2>/dev/null || true; wait; rm -rf "$root"' EXIT
history() { ask $master INFO replication | tr -d '\r' | sed -n "s/^$1://p"; }
attach() {  # attach PORT NUMBER
  start "$1" --replicaof 127.0.0.1 $master
  until [ "$(ask $master INFO replication | grep -c 'state=online')" = "$2" ]; do sleep 0.1; done
}
same() { if [ "$1" = "$2" ]; then echo same; else echo another; fi; }

start $master
ask $master SET places 41 >/dev/null
alone=$(history master_replid)
attach $first 1
one=$(history master_replid)
expect "the name after the first replica" another "$(same "$alone" "$one")"
attach $second 2
expect "the name after the second replica" same "$(same "$one" "$(history master_replid)")"
zeros=0000000000000000000000000000000000000000
expect "an older name after the first replica" $zeros "$(history master_replid2)"

ask $first SHUTDOWN NOSAVE >/dev/null || true
ask $second SHUTDOWN NOSAVE >/dev/null || true
ask $master SHUTDOWN SAVE >/dev/null || true
start $master
expect "the data after a restart in order" 41 "$(ask $master GET places)"
expect "the name after a restart in order" another "$(same "$one" "$(history master_replid)")"
expect "the older name after a restart in order" same "$(same "$one" "$(history master_replid2)")"
