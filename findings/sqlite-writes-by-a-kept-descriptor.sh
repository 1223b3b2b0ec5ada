#!/bin/sh
# SQLite 3.40.1 (Debian 12: libsqlite3-0 3.40.1-2+deb12u2): a file that its user may no longer write (mode 0400) is still
# opened to write, by a new connection, in a process that once closed another connection to it while it had one open.
# The descriptor of the closed one was kept, so as not to drop the process's POSIX locks, and the new one takes it:
# open(2) is never asked. Where no connection was closed before, the new one only reads, as its mode says.
#
# Seen, with one connection open all the time: nothing closed before "INSERT" 8 (SQLITE_READONLY); one closed before
# 0 (done); with none open any more 8.
set -eu
. "$(dirname "$0")/unpack.sh"
unpack libsqlite3-0=3.40.1-2+deb12u2 libsqlite3-dev=3.40.1-2+deb12u2

cat >"$root/kept.c" <<'C'
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static sqlite3* Open(const char* path) {
  sqlite3* db;
  if (sqlite3_open(path, &db) != SQLITE_OK) exit(1);
  return db;
}
static int Run(sqlite3* db, const char* sql) { return sqlite3_exec(db, sql, NULL, NULL, NULL); }

/* What an INSERT through a new connection answers. */
static int Insert(const char* path) {
  sqlite3* db = Open(path);
  const int code = Run(db, "INSERT INTO seats VALUES (1)");
  sqlite3_close(db);
  return code;
}
static void Try(const char* path, int close_one) {
  sqlite3* first = Open(path);
  if (Run(first, "PRAGMA journal_mode = WAL; CREATE TABLE seats (n)") != SQLITE_OK) exit(1);
  if (close_one) {
    sqlite3* second = Open(path);
    Run(second, "SELECT * FROM seats");
    sqlite3_close(second);
  }
  chmod(path, 0400);
  printf("%d ", Insert(path));
  sqlite3_close(first);
  if (close_one) printf("%d ", Insert(path));
}
int main(void) {
  Try("none-closed.db", 0);
  Try("one-closed.db", 1);
  return 0;
}
C
cc -I"$include" "$root/kept.c" "$libraries/libsqlite3.so.0" -Wl,-rpath,"$libraries" -o "$root/kept"
# Modes do not bind root.
mkdir "$root/work"
as_nobody=
if [ "$(id -u)" = 0 ]; then
  chmod 755 "$root"
  chown 65534 "$root/work"
  as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
fi
set -- $(cd "$root/work" && $as_nobody ../kept)
expect "nothing was closed before, INSERT into a file of mode 0400" 8 "$1"
expect "a connection was closed before, INSERT into a file of mode 0400" 0 "$2"
expect "and once none is open" 8 "$3"
