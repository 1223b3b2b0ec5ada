#!/bin/sh
# SQLite 3.40.1 (Debian 12: libsqlite3-0 3.40.1-2+deb12u2): a ROLLBACK that was prepared in advance, for the moment
# when memory is out, is compiled once more at its next step if a function was given another body, or foreign_keys
# switched, after it was prepared. Without memory it then answers SQLITE_NOMEM (7), and the transaction stays open.
# Prepared as the last thing, it needs no memory, and rolls back.
#
# Seen, with every allocation failing: ROLLBACK made before abs() is replaced 7, transaction open; before the pragma 7,
# open; behind both 101 (SQLITE_DONE), closed.
set -eu
. "$(dirname "$0")/unpack.sh"
unpack libsqlite3-0=3.40.1-2+deb12u2 libsqlite3-dev=3.40.1-2+deb12u2

cat >"$root/ready.c" <<'C'
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

/* Before the C library's: a heap that is used up at will. */
static int none_left;
void* __libc_malloc(size_t);
void* __libc_realloc(void*, size_t);
void* malloc(size_t size) { return none_left ? NULL : __libc_malloc(size); }
void* realloc(void* old, size_t size) { return none_left ? NULL : __libc_realloc(old, size); }

static void Abs(sqlite3_context* context, int n, sqlite3_value** values) {
  (void)n, (void)values;
  sqlite3_result_int(context, 1);
}
static void Replace(sqlite3* db) {
  sqlite3_create_function(db, "abs", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, Abs, NULL, NULL);
}
static void Switch(sqlite3* db) { sqlite3_exec(db, "PRAGMA foreign_keys = 1", NULL, NULL, NULL); }

/* Prints what ROLLBACK answers and whether the transaction is still open. */
static void Try(void (*before)(sqlite3*), void (*behind)(sqlite3*)) {
  sqlite3* db;
  sqlite3_stmt* rollback;
  if (sqlite3_open(":memory:", &db) != SQLITE_OK) exit(1);
  sqlite3_db_config(db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0);
  sqlite3_exec(db, "CREATE TABLE t(x)", NULL, NULL, NULL);
  if (before != NULL) before(db), Replace(db), Switch(db);
  if (sqlite3_prepare_v3(db, "ROLLBACK", -1, SQLITE_PREPARE_PERSISTENT, &rollback, NULL)) exit(1);
  if (behind != NULL) behind(db);
  sqlite3_exec(db, "BEGIN; INSERT INTO t VALUES(1)", NULL, NULL, NULL);
  none_left = 1;
  const int code = sqlite3_step(rollback);
  none_left = 0;
  printf("%d-%s ", code, sqlite3_get_autocommit(db) ? "closed" : "open");
}
int main(void) {
  Try(NULL, Replace);
  Try(NULL, Switch);
  Try(Replace, NULL);
  return 0;
}
C
cc -fno-builtin -I"$include" "$root/ready.c" "$libraries/libsqlite3.so.0" -Wl,-rpath,"$libraries" -o "$root/ready"
set -- $("$root/ready")
expect "ROLLBACK made before abs() is replaced" 7-open "$1"
expect "ROLLBACK made before foreign_keys is switched" 7-open "$2"
expect "ROLLBACK made behind both" 101-closed "$3"
