#!/bin/sh
# SQLite 3.40.1 (Debian 12: libsqlite3-0 3.40.1-2+deb12u2) in WAL mode with synchronous=FULL: a COMMIT
# whose sync fails answers SQLITE_IOERR, and its connection then shows that nothing was committed. Yet
# the frames, the commit mark among them, stand in the WAL: when the process ends without a
# checkpoint and the file is opened again, recovery takes the WAL as it finds it, and the row is
# there. It was not synced then either: a power loss may still take it, and nothing tells.
#
# Seen: the transaction fails with 10 (SQLITE_IOERR); the connection counts 0 rows, a new process 1.
#
# So "the commit failed" is not "nothing happened"; a retry by the same key may find the row; and what
# recovery finds has to be synced before anybody is told of it.
set -eu
. "$(dirname "$0")/unpack.sh"
unpack libsqlite3-0=3.40.1-2+deb12u2 libsqlite3-dev=3.40.1-2+deb12u2

cat >"$root/commit.c" <<'C'
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

/* Syncs as a disk would answer them that begins to fail: these stand before the C library's. */
static int failing;
static int Sync(void) {
  if (failing) errno = EIO;
  return failing ? -1 : 0;
}
int fdatasync(int fd) { (void)fd; return Sync(); }
int fsync(int fd) { (void)fd; return Sync(); }

static int Rows(sqlite3* db) {
  sqlite3_stmt* count;
  sqlite3_prepare_v2(db, "SELECT count(*) FROM t", -1, &count, NULL);
  const int rows = sqlite3_step(count) == SQLITE_ROW ? sqlite3_column_int(count, 0) : -1;
  sqlite3_finalize(count);
  return rows;
}
int main(int argc, char** argv) {
  sqlite3* db;
  if (sqlite3_open(argv[1], &db) != SQLITE_OK) return 1;
  if (argc > 2) {
    sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    sqlite3_exec(db, "PRAGMA synchronous=FULL; CREATE TABLE t(x)", NULL, NULL, NULL);
    failing = 1;
    printf("%d ", sqlite3_exec(db, "BEGIN; INSERT INTO t VALUES(1); COMMIT", NULL, NULL, NULL));
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
  }
  printf("%d\n", Rows(db));
  fflush(stdout);
  _exit(0); /* as a process that is killed: nothing is closed */
}
C
cc -I"$include" "$root/commit.c" "$libraries/libsqlite3.so.0" -Wl,-rpath,"$libraries" -o "$root/commit"
set -- $("$root/commit" "$root/t.db" write)
expect "COMMIT with a failing sync answers (10 = SQLITE_IOERR)" 10 "$1"
expect "rows that its connection sees" 0 "$2"
expect "rows that a new process sees" 1 "$("$root/commit" "$root/t.db")"
