#!/bin/sh
# SQLite 3.40.1 (Debian 12: libsqlite3-0 3.40.1-2+deb12u2): VACUUM INTO writes a new file and
# changes nothing in the database it reads. A connection that was opened read-only may do it. One
# under PRAGMA query_only, which only keeps the database from being changed, may not, and leaves an
# empty file under the name of the copy, which is a valid, empty database to whoever opens it.
#
# Seen: read-only: a copy with its row; query_only: SQLITE_READONLY (8) and a file of 0 bytes.
#
# So a backup is written aside and named when it is whole, and an engine that guards itself with
# query_only cannot make one through that connection.
set -eu
. "$(dirname "$0")/unpack.sh"
unpack libsqlite3-0=3.40.1-2+deb12u2 libsqlite3-dev=3.40.1-2+deb12u2

cat >"$root/copy.c" <<'C'
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
static int run(sqlite3* db, const char* sql) { return sqlite3_exec(db, sql, 0, 0, 0); }
static long bytes(const char* path) {
  struct stat info;
  return stat(path, &info) == 0 ? (long)info.st_size : -1;
}
int main(void) {
  sqlite3 *db, *reader, *guarded, *copy;
  sqlite3_open("hall.db", &db);
  if (run(db, "PRAGMA journal_mode=WAL; CREATE TABLE t(x); INSERT INTO t VALUES(1)")) return 2;
  sqlite3_open_v2("hall.db", &reader, SQLITE_OPEN_READONLY, 0);
  printf("%d\n", run(reader, "VACUUM INTO 'one.db'"));
  sqlite3_open("one.db", &copy);
  printf("%d\n", run(copy, "SELECT x FROM t"));
  sqlite3_open("hall.db", &guarded);
  run(guarded, "PRAGMA query_only=1");
  printf("%d\n", run(guarded, "VACUUM INTO 'two.db'"));
  printf("%ld\n", bytes("two.db"));
  return 0;
}
C
gcc -I"$include" "$root/copy.c" "$libraries/libsqlite3.so.0" -Wl,-rpath,"$libraries" -o "$root/copy"
set -- $(cd "$root" && ./copy)
expect "VACUUM INTO of a read-only connection" 0 "$1"
expect "its copy can be read" 0 "$2"
expect "VACUUM INTO under query_only" 8 "$3"
expect "bytes it leaves" 0 "$4"
