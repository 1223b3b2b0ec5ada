#!/bin/sh
# Redis 7.0.15 in cluster mode (Debian 12: redis-tools 5:7.0.15-1~deb12u10): a node that is told too
# early that a slot it gives away is another's (it still has keys of it) refuses, and keeps its mark
# MIGRATING. That is as documented. But the mark stays when the node hears from the new owner that
# the slot is gone and throws the keys away, and it stays when the slot comes back later with a key:
# then the owner sends who asks for any other key on to the node of long ago (ASK), and that one sends
# them back (MOVED), for ever. Every node agrees on the owner meanwhile, and cluster_state is ok.
#
# Seen: slot away from the first node and back. First node, absent key: ASK to the second; second:
# MOVED to the first; cluster_state:ok at both. CLUSTER SETSLOT .. STABLE at the first node ends it.
#
# So whoever moves a slot looks at the answer of SETSLOT .. NODE, and ends with STABLE; and a client
# bounds how often it follows.
set -eu
. "$(dirname "$0")/redis.sh"

first=$((11000 + $$ % 8000)) second=$((11001 + $$ % 8000))  # below those of outgoing connections
start_nodes $first $second
first_word() { sed 's/ .*//'; }
until_not_its_own() { until ask "$1" GET '{p1}:seat' | grep -q ^MOVED; do sleep 0.1; done; }

slot=$(ask $first CLUSTER KEYSLOT '{p1}')
ask $first CLUSTER ADDSLOTSRANGE "$slot" 16383 >/dev/null
ask $second CLUSTER ADDSLOTSRANGE 0 $((slot - 1)) >/dev/null
ask $second CLUSTER SET-CONFIG-EPOCH 2 >/dev/null
ask $first CLUSTER MEET 127.0.0.1 $second $((second + 10000)) >/dev/null
for port in $first $second; do
  until ask $port CLUSTER INFO | grep -q cluster_state:ok; do sleep 0.1; done
done
first_id=$(ask $first CLUSTER MYID) second_id=$(ask $second CLUSTER MYID)

ask $first SET '{p1}:seat' x >/dev/null
ask $second CLUSTER SETSLOT "$slot" IMPORTING "$first_id" >/dev/null
ask $first CLUSTER SETSLOT "$slot" MIGRATING "$second_id" >/dev/null
expect "the first node, told while it has a key" ERR \
  "$(ask $first CLUSTER SETSLOT "$slot" NODE "$second_id" | first_word)"
expect "the second node" OK "$(ask $second CLUSTER SETSLOT "$slot" NODE "$second_id")"
until_not_its_own $first

ask $second SET '{p1}:other' x >/dev/null
ask $first CLUSTER SETSLOT "$slot" IMPORTING "$second_id" >/dev/null
ask $second CLUSTER SETSLOT "$slot" MIGRATING "$first_id" >/dev/null
ask $second MIGRATE 127.0.0.1 $first '{p1}:other' 0 5000 >/dev/null
expect "the first node has it back" OK "$(ask $first CLUSTER SETSLOT "$slot" NODE "$first_id")"
ask $second CLUSTER SETSLOT "$slot" NODE "$first_id" >/dev/null
until_not_its_own $second

expect "an absent key at the first node" ASK "$(ask $first GET '{p1}:seat' | first_word)"
expect "the same at the second" MOVED "$(ask $second GET '{p1}:seat' | first_word)"
expect "the cluster meanwhile" cluster_state:ok \
  "$(ask $first CLUSTER INFO | tr -d '\r' | grep cluster_state)"
ask $first CLUSTER SETSLOT "$slot" STABLE >/dev/null
expect "an absent key behind STABLE" "" "$(ask $first GET '{p1}:seat')"
