// The tables of a box office on SQLite alone: no more of them, and no more indexes, than the
// workload needs. A seat's key is performance << 20 | seat, so that neighbours are neighbours.
#pragma once

namespace seathold::sale {

inline constexpr const char* kSqliteSchema = R"sql(
CREATE TABLE seats (
  seat          INTEGER PRIMARY KEY,
  state         INTEGER NOT NULL,  -- 0 free, 1 held, 2 sold
  expires_at_us INTEGER NOT NULL,
  hold          BLOB
) STRICT;
CREATE TABLE holds (
  hold          BLOB PRIMARY KEY,
  user          INTEGER NOT NULL,
  first_seat    INTEGER NOT NULL,
  seats         INTEGER NOT NULL,
  total_minor   INTEGER NOT NULL,
  state         INTEGER NOT NULL,  -- 0 ended, 1 held, 2 sold
  created_at_us INTEGER NOT NULL,
  expires_at_us INTEGER NOT NULL,
  payment       BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_due ON holds (expires_at_us) WHERE state = 1;
CREATE TABLE wallets (user INTEGER PRIMARY KEY, balance_minor INTEGER NOT NULL) STRICT;
CREATE TABLE ledger (
  payment      BLOB PRIMARY KEY,
  user         INTEGER NOT NULL,
  hold         BLOB NOT NULL,
  amount_minor INTEGER NOT NULL,
  at_us        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// One owner of the file, as ours behind a journal; a cache that all of it fits into; the log copied
// back every 16 MiB.
inline constexpr const char* kSqlitePragmas =
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 4096; PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY;";

inline constexpr const char* kClaimSeats =
    "UPDATE seats SET state = 1, expires_at_us = ?2, hold = ?3 WHERE seat BETWEEN ?1 AND ?1 + 1 "
    "AND (state = 0 OR (state = 1 AND expires_at_us <= ?4))";
inline constexpr const char* kFreeSeats =
    "UPDATE seats SET state = 0, expires_at_us = 0, hold = NULL "
    "WHERE seat BETWEEN ?1 AND ?1 + 1 AND state = 1 AND hold = ?2";
inline constexpr const char* kInsertHold =
    "INSERT INTO holds VALUES (?1, ?2, ?3, 2, ?4, 1, ?5, ?6, NULL)";
inline constexpr const char* kFindHold =
    "SELECT first_seat, total_minor FROM holds "
    "WHERE hold = ?1 AND user = ?2 AND state = 1 AND expires_at_us > ?3";
inline constexpr const char* kSellHold = "UPDATE holds SET state = 2, payment = ?2 WHERE hold = ?1";
inline constexpr const char* kSellSeats =
    "UPDATE seats SET state = 2 WHERE seat BETWEEN ?1 AND ?1 + 1 AND hold = ?2";
inline constexpr const char* kDebit =
    "UPDATE wallets SET balance_minor = balance_minor - ?2 WHERE user = ?1 AND balance_minor >= ?2";
inline constexpr const char* kCredit =
    "UPDATE wallets SET balance_minor = balance_minor + ?2 WHERE user = ?1";
inline constexpr const char* kInsertLine =
    "INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
inline constexpr const char* kFindLine = "SELECT 1 FROM ledger WHERE payment = ?1 AND hold = ?2";
inline constexpr const char* kFindDue =
    "SELECT hold, first_seat FROM holds WHERE state = 1 AND expires_at_us <= ?1 LIMIT ?2";
inline constexpr const char* kEndHold = "UPDATE holds SET state = 0 WHERE hold = ?1";

inline constexpr const char* kTakenSeats =
    "SELECT seat & 0xFFFFF, state FROM seats WHERE seat BETWEEN ?1 AND ?1 + 0xFFFFF "
    "AND (state = 2 OR (state = 1 AND expires_at_us > ?2))";

}  // namespace seathold::sale
