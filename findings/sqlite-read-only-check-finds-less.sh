#!/bin/sh
# SQLite 3.40.1 (Debian 12: libsqlite3-0 3.40.1-2+deb12u2): PRAGMA integrity_check also looks for rows
# that break a CHECK constraint, but only through a connection that could write. Opened read-only, or
# as immutable, the same file is "ok": CHECK constraints are not even read from the schema then. NOT
# NULL is looked at either way. Nothing is said.
#
# Seen, for one file: read-write "CHECK constraint failed in seats"; read-only and immutable "ok"; with
# a NULL where none may be, all three name it.
#
# So an auditor's read-only copy passes where the original would not: what a backup must hold to is to
# be asked of a copy that may be written.
set -eu
. "$(dirname "$0")/unpack.sh"
unpack libsqlite3-0=3.40.1-2+deb12u2 libsqlite3-dev=3.40.1-2+deb12u2

cat >"$root/check.c" <<'C'
#include <sqlite3.h>
#include <stdio.h>
static int print(void* unused, int count, char** values, char** names) {
  (void)unused, (void)count, (void)names;
  puts(values[0]);
  return 1;
}
static void check(const char* name, int flags) {
  sqlite3* db;
  sqlite3_open_v2(name, &db, flags | SQLITE_OPEN_URI, 0);
  sqlite3_exec(db, "PRAGMA integrity_check", print, 0, 0);
  sqlite3_close(db);
}
int main(void) {
  const char* broken[] = {"UPDATE seats SET row = -1",
                          "UPDATE seats SET row = 1;"
                          "PRAGMA writable_schema = ON;"
                          "UPDATE sqlite_schema SET sql = replace(sql, 'name', 'name NOT NULL')"};
  sqlite3* db;
  sqlite3_open("hall.db", &db);
  sqlite3_exec(db, "CREATE TABLE seats(row CHECK(row > 0), name); INSERT INTO seats VALUES(1, NULL);"
                   "PRAGMA ignore_check_constraints = ON", 0, 0, 0);
  for (int i = 0; i < 2; ++i) {
    if (sqlite3_exec(db, broken[i], 0, 0, 0)) return 2;
    check("file:hall.db", SQLITE_OPEN_READWRITE);
    check("file:hall.db", SQLITE_OPEN_READONLY);
    check("file:hall.db?immutable=1", SQLITE_OPEN_READWRITE);
  }
  return 0;
}
C
gcc -I"$include" "$root/check.c" "$libraries/libsqlite3.so.0" -Wl,-rpath,"$libraries" -o "$root/check"
(cd "$root" && ./check >seen)
line() { sed -n "$1p" "$root/seen"; }
expect "a broken CHECK, read-write" "CHECK constraint failed in seats" "$(line 1)"
expect "a broken CHECK, read-only" ok "$(line 2)"
expect "a broken CHECK, immutable" ok "$(line 3)"
expect "a NULL too many, read-write" "NULL value in seats.name" "$(line 4)"
expect "a NULL too many, read-only" "NULL value in seats.name" "$(line 5)"
expect "a NULL too many, immutable" "NULL value in seats.name" "$(line 6)"
