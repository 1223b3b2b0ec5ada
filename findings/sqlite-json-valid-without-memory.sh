#!/bin/sh
# SQLite 3.40.1 (Debian 12: libsqlite3-0 3.40.1-2+deb12u2): where json_valid finds no memory to read a text,
# it answers 0, "no JSON", and the statement goes on and ends well. json_each, json_extract and
# json_array_length end it with SQLITE_NOMEM, as they should.
#
# Seen: with each allocation failing once, a count of three good texts is wrong at 3 points by
# json_valid, without an error, and at none by json_array_length.
#
# So a check that counts texts which are no JSON may find some in a good file.
set -eu
. "$(dirname "$0")/unpack.sh"
unpack libsqlite3-0=3.40.1-2+deb12u2 libsqlite3-dev=3.40.1-2+deb12u2

cat >"$root/count.c" <<'C'
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

/* Before the C library's: a heap in which one allocation fails. */
static long asked, fails_at;
void* __libc_malloc(size_t);
void* malloc(size_t size) { return ++asked == fails_at ? NULL : __libc_malloc(size); }

static int WrongOf(sqlite3* db, const char* query) {
  int wrong = 0;
  for (long at = 1;; ++at) {
    sqlite3_stmt* count = NULL;
    asked = 0;
    fails_at = at;
    long counted = -1;
    int code = sqlite3_prepare_v2(db, query, -1, &count, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(count);
    if (code == SQLITE_ROW) counted = sqlite3_column_int64(count, 0);
    fails_at = 0;
    sqlite3_finalize(count);
    wrong += code == SQLITE_ROW && counted != 3;
    if (asked < at) return wrong;
  }
}
int main(void) {
  sqlite3* db;
  if (sqlite3_open(":memory:", &db) != SQLITE_OK) return 1;
  sqlite3_db_config(db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0);
  sqlite3_exec(db, "CREATE TABLE t(x); INSERT INTO t VALUES('[[1,2]]'), ('[[3,4]]'), ('[[5,6]]')",
               NULL, NULL, NULL);
  printf("%d ", WrongOf(db, "SELECT count(*) FROM t WHERE json_valid(x)"));
  printf("%d\n", WrongOf(db, "SELECT count(*) FROM t WHERE json_array_length(x) = 1"));
  return 0;
}
C
cc -fno-builtin -I"$include" "$root/count.c" "$libraries/libsqlite3.so.0" -Wl,-rpath,"$libraries" -o "$root/count"
set -- $("$root/count")
expect "wrong counts by json_valid" 3 "$1"
expect "wrong counts by json_array_length" 0 "$2"
