#!/bin/sh
# PostgreSQL 15 (Debian 12: postgresql-15 15.18-0+deb12u1), READ COMMITTED: an UPDATE, or a SELECT ..
# FOR UPDATE, that comes to a row which another transaction is changing waits, looks at it again, and
# passes it over where it no longer matches the WHERE clause, as the manual says. But it keeps that
# row locked until its own transaction ends: a row that it was refused. A row that never matched is
# not locked.
#
# Seen: the second who comes for a free seat gets no row, by either statement, and whoever asks for
# that seat with NOWAIT meanwhile is told that it is locked; where the seat was taken before the
# second one came, it is not locked.
#
# So transactions that take several seats lock seats that they were refused, in an order that no
# ORDER BY of what they got shows, and two of them end in a deadlock over seats that neither has.
set -eu
. "$(dirname "$0")/unpack.sh"
unpack postgresql-15=15.18-0+deb12u1 postgresql-client-15=15.18-0+deb12u1 libpq5=15.18-0+deb12u1 \
  libllvm14=1:14.0.6-12
LD_LIBRARY_PATH=$libraries
export LD_LIBRARY_PATH
bin=$root/usr/lib/postgresql/15/bin
chmod 755 "$root"
mkdir "$root/data" && chown nobody "$root/data"
as_nobody() { setpriv --reuid=nobody --clear-groups "$@"; }  # it refuses to run as root
[ "$(id -u)" = 0 ] || as_nobody() { "$@"; }
as_nobody "$bin/initdb" -D "$root/data" -U seller -A trust \
  -L "$root/usr/share/postgresql/15" >/dev/null
server() { as_nobody "$bin/pg_ctl" -D "$root/data" "$@" >/dev/null 2>&1; }
trap 'server stop -m immediate; rm -rf "$root"' EXIT
server start -w -o "-k $root/data -c listen_addresses= -c fsync=off"
PGHOST=$root/data PGUSER=seller PGDATABASE=postgres
export PGHOST PGUSER PGDATABASE
sql() { "$bin/psql" -XAtq "$@" 2>&1; }
sql -c "CREATE TABLE seat(id int PRIMARY KEY, state text)"

# Three sessions: the first changes the seat, the second comes for it, the third looks at its lock.
session() {  # session NAME: reads statements from a pipe
  mkfifo "$root/$1" && "$bin/psql" -XAtq <"$root/$1" >"$root/$1.out" 2>&1 &
}
after() { until [ "$(sql -c "$1")" = t ]; do sleep 0.1; done; }
cat >"$root/ask" <<EOF
"$bin/psql" -XAtqc "SELECT 'not locked' FROM seat WHERE id = 1 FOR UPDATE NOWAIT" 2>&1 |
  sed -n 's/.*could not obtain lock.*/locked/p;/^not locked/p'
EOF
chmod 755 "$root/ask"
second_comes_with() {  # second_comes_with STATEMENT
  sql -c "TRUNCATE seat; INSERT INTO seat VALUES (1, 'free')"
  rm -f "$root/first" "$root/second"
  session first
  session second
  while [ ! -p "$root/first" ] || [ ! -p "$root/second" ]; do sleep 0.1; done
  exec 3>"$root/first" 4>"$root/second"
  echo "BEGIN; UPDATE seat SET state = 'held' WHERE id = 1;" >&3
  after "SELECT count(*) = 1 FROM pg_stat_activity WHERE state = 'idle in transaction'"
  echo "BEGIN; $1;" >&4
  after "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
  echo "COMMIT;" >&3
  after "SELECT count(*) = 1 FROM pg_stat_activity WHERE state = 'idle in transaction'"
  third=$(sh "$root/ask")
  echo "COMMIT;" >&4
  exec 3>&- 4>&-
  after "SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"
}

for statement in "SELECT 'got ' || id FROM seat WHERE state = 'free' FOR UPDATE" \
  "UPDATE seat SET state = 'held' WHERE state = 'free' RETURNING 'got ' || id"; do
  second_comes_with "$statement"
  expect "rows that the second got by ${statement%% *}" "" "$(cat "$root/second.out")"
  expect "the seat meanwhile" locked "$third"
done
sql -c "UPDATE seat SET state = 'sold'"
expect "after an UPDATE that came too late to wait" "not locked" "$(sql -c "BEGIN" \
  -c "UPDATE seat SET state = 'held' WHERE state = 'free'" -c "\\! $root/ask" -c COMMIT)"
