#!/bin/sh
# Redis 7.0.15 in cluster mode (Debian 12: redis-tools 5:7.0.15-1~deb12u10): while a slot is being
# moved, a script over two keys that nobody has yet can be run nowhere. The node that gives the slot
# away sends it on (ASK), as it should: none of the keys is there. The node that takes the slot over
# answers TRYAGAIN to it, ASKING in front or not, as if some keys were here and some there. With one
# absent key it runs; so does it with two once both have come over. Since new records with two keys
# are never in a node of either kind, they cannot be made until the whole slot has moved.
#
# Seen, over one slot on its way: giver ASK; taker TRYAGAIN for two absent keys, ok for one, ok for
# two that had come over.
#
# So a client that follows ASK as it is told must not try again until it works, however soon.
set -eu
. "$(dirname "$0")/redis.sh"

giver=$((11000 + $$ % 8000)) taker=$((11001 + $$ % 8000))
start_nodes $giver $taker

seats="seat:{p1}:1 seat:{p1}:2"
slot=$(ask $giver CLUSTER KEYSLOT '{p1}')
ask $giver CLUSTER ADDSLOTSRANGE 0 16383 >/dev/null
ask $taker CLUSTER SET-CONFIG-EPOCH 2 >/dev/null
ask $giver CLUSTER MEET 127.0.0.1 $taker $((taker + 10000)) >/dev/null
until ask $taker CLUSTER INFO | grep -q cluster_state:ok; do sleep 0.1; done
ask $giver SET '{p1}:both:1' x >/dev/null
ask $giver SET '{p1}:both:2' x >/dev/null
ask $taker CLUSTER SETSLOT "$slot" IMPORTING "$(ask $giver CLUSTER MYID)" >/dev/null
ask $giver CLUSTER SETSLOT "$slot" MIGRATING "$(ask $taker CLUSTER MYID)" >/dev/null
ask $giver MIGRATE 127.0.0.1 $taker '' 0 5000 KEYS '{p1}:both:1' '{p1}:both:2' >/dev/null

first_word() { sed 's/ .*//'; }
script="return 'ok'"
asking() { printf 'ASKING\n%s\n' "$1" | ask $taker | grep -v '^$' | tail -n 1 | first_word; }
expect "two absent keys at the giver" ASK \
  "$(ask $giver EVAL "$script" 2 'seat:{p1}:1' 'seat:{p1}:2' | first_word)"
expect "two absent keys at the taker" TRYAGAIN "$(asking "EVAL \"$script\" 2 $seats")"
expect "one absent key at the taker" ok "$(asking "EVAL \"$script\" 1 seat:{p1}:1")"
expect "two keys that came over" ok "$(asking "EVAL \"$script\" 2 {p1}:both:1 {p1}:both:2")"
