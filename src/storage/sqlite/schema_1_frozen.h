// Frozen; add a step (schema_2.h). Schema version 1, as release 0.1 made it: databases that have it
// never take it again, and a test compares it with one. Column names and order, all steps together,
// are those of the records.
#pragma once

namespace seathold::sqlite {

// Amounts are CHECKed against kAmountMinorMax of money.h.
inline constexpr const char* kSchemaTables = R"sql(
-- One row. Every transaction reads it first, so that any release can tell who may use the file.
CREATE TABLE control (
  id             INTEGER PRIMARY KEY CHECK (id = 1),
  mode           TEXT    NOT NULL,  -- 'shared': any number of processes
  epoch          INTEGER NOT NULL,  -- raised when the mode changes
  schema_version INTEGER NOT NULL,
  oldest_writer  INTEGER NOT NULL,  -- older releases must not write
  time_mark_us   INTEGER NOT NULL,  -- engine time never falls below it
  commits        INTEGER NOT NULL,
  writer         INTEGER NOT NULL,  -- who committed last
  pair           BLOB    NOT NULL,  -- names this database to the files beside it
  created_by     TEXT    NOT NULL
) STRICT;

CREATE TABLE sequences (
  name INTEGER NOT NULL PRIMARY KEY,  -- 1 venue, 2 show, 3 performance, 4 user
  next INTEGER NOT NULL
) STRICT;

CREATE TABLE venues (
  venue         INTEGER NOT NULL PRIMARY KEY,
  name          TEXT    NOT NULL,
  zone          TEXT    NOT NULL,
  seats         INTEGER NOT NULL CHECK (seats >= 0),
  created_at_us INTEGER NOT NULL
) STRICT;

CREATE TABLE categories (
  venue    INTEGER NOT NULL,
  category INTEGER NOT NULL,
  name     TEXT    NOT NULL,
  color    TEXT    NOT NULL,
  PRIMARY KEY (venue, category)
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_rows (
  venue         INTEGER NOT NULL,
  "row"         INTEGER NOT NULL,
  section       TEXT    NOT NULL,
  name          TEXT    NOT NULL,
  section_index INTEGER NOT NULL,
  rank          INTEGER NOT NULL,
  PRIMARY KEY (venue, "row")
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_seats (
  venue      INTEGER NOT NULL,
  ordinal    INTEGER NOT NULL,
  guid       TEXT    NOT NULL,
  number     TEXT    NOT NULL,
  attributes TEXT    NOT NULL,
  x          REAL    NOT NULL,
  y          REAL    NOT NULL,
  category   INTEGER NOT NULL,
  "row"      INTEGER NOT NULL,
  place      INTEGER NOT NULL,
  PRIMARY KEY (venue, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE shows (
  show          INTEGER NOT NULL PRIMARY KEY,
  title         TEXT    NOT NULL,
  requires_pass INTEGER NOT NULL CHECK (requires_pass IN (0, 1)),
  active_max    INTEGER NOT NULL,
  rate_per_s    INTEGER NOT NULL,
  grace_ms      INTEGER NOT NULL,
  pass_ms       INTEGER NOT NULL,
  created_at_us INTEGER NOT NULL
) STRICT;

CREATE TABLE lines (
  show       INTEGER NOT NULL PRIMARY KEY,
  epoch      INTEGER NOT NULL,
  lost_at_us INTEGER NOT NULL
) STRICT;

CREATE TABLE performances (
  performance      INTEGER NOT NULL PRIMARY KEY,
  show             INTEGER NOT NULL,
  venue            INTEGER NOT NULL,
  local_date       TEXT    NOT NULL,
  local_time       TEXT    NOT NULL,
  starts_at_us     INTEGER NOT NULL,
  sale_opens_at_us INTEGER NOT NULL,
  sale_ends_at_us  INTEGER NOT NULL,
  currency         TEXT    NOT NULL,
  user_limit       INTEGER NOT NULL,
  hold_ttl_ms      INTEGER NOT NULL,
  seats            INTEGER NOT NULL,
  created_at_us    INTEGER NOT NULL
) STRICT;

CREATE TABLE prices (
  performance INTEGER NOT NULL,
  category    INTEGER NOT NULL,
  ticket_type INTEGER NOT NULL,
  name        TEXT    NOT NULL,
  price_minor INTEGER NOT NULL CHECK (price_minor BETWEEN 0 AND 1000000000000000),
  PRIMARY KEY (performance, category, ticket_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE performance_state (
  performance INTEGER NOT NULL PRIMARY KEY,
  on_sale     INTEGER NOT NULL CHECK (on_sale IN (0, 1)),
  feed        INTEGER NOT NULL,
  feed_first  INTEGER NOT NULL,
  sold        INTEGER NOT NULL CHECK (sold >= 0),
  blocked     INTEGER NOT NULL CHECK (blocked >= 0)
) STRICT;

CREATE TABLE seats (
  performance   INTEGER NOT NULL,
  ordinal       INTEGER NOT NULL,
  state         INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
  hold          BLOB,
  "user"        INTEGER NOT NULL,
  expires_at_us INTEGER NOT NULL,
  version       INTEGER NOT NULL,
  PRIMARY KEY (performance, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE blocks (
  performance   INTEGER NOT NULL,
  ordinal       INTEGER NOT NULL,
  reason        TEXT    NOT NULL,
  blocked_at_us INTEGER NOT NULL,
  PRIMARY KEY (performance, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE holds (
  performance    INTEGER NOT NULL,
  hold           BLOB    NOT NULL,
  "user"         INTEGER NOT NULL,
  seats          TEXT    NOT NULL,  -- [[ordinal, ticket type, price], ...]
  currency       TEXT    NOT NULL,
  total_minor    INTEGER NOT NULL CHECK (total_minor BETWEEN 0 AND 1000000000000000),
  flags          INTEGER NOT NULL,
  asked_category INTEGER NOT NULL,
  asked_ttl_ms   INTEGER NOT NULL,
  sequence       INTEGER NOT NULL,
  created_at_us  INTEGER NOT NULL,
  state          INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),
  expires_at_us  INTEGER NOT NULL,
  ended_at_us    INTEGER NOT NULL,
  payment        BLOB,
  refund         BLOB,
  PRIMARY KEY (performance, hold)
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_of_user ON holds ("user");
CREATE INDEX holds_due ON holds (performance, expires_at_us) WHERE state = 1;

CREATE TABLE limits (
  performance INTEGER NOT NULL,
  "user"      INTEGER NOT NULL,
  confirmed   INTEGER NOT NULL CHECK (confirmed >= 0),
  live        TEXT    NOT NULL,  -- [["hold", seats, expires_at_us], ...]
  PRIMARY KEY (performance, "user")
) STRICT, WITHOUT ROWID;

CREATE TABLE feed (
  performance   INTEGER NOT NULL,
  counter       INTEGER NOT NULL,
  kind          INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 7),
  hold          BLOB,
  "user"        INTEGER NOT NULL,
  expires_at_us INTEGER NOT NULL,
  at_us         INTEGER NOT NULL,
  seats         TEXT    NOT NULL,  -- [ordinal, ...]
  PRIMARY KEY (performance, counter)
) STRICT, WITHOUT ROWID;

CREATE TABLE balances (
  "user"        INTEGER NOT NULL,
  currency      TEXT    NOT NULL,
  balance_minor INTEGER NOT NULL CHECK (balance_minor BETWEEN 0 AND 1000000000000000),
  transfers     INTEGER NOT NULL,
  PRIMARY KEY ("user", currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE transfers (
  transfer            BLOB    NOT NULL PRIMARY KEY,
  kind                INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
  code                INTEGER NOT NULL,  -- 0 = it happened, else why it was refused
  debit               INTEGER NOT NULL CHECK (debit BETWEEN 1 AND 3),
  credit              INTEGER NOT NULL CHECK (credit BETWEEN 1 AND 3 AND credit <> debit),
  "user"              INTEGER NOT NULL,
  currency            TEXT    NOT NULL,
  amount_minor        INTEGER NOT NULL CHECK (amount_minor BETWEEN 0 AND 1000000000000000),
  performance         INTEGER NOT NULL,
  hold                BLOB,
  tender              INTEGER NOT NULL CHECK (tender BETWEEN 0 AND 2),
  reference           TEXT    NOT NULL,
  expected_minor      INTEGER NOT NULL,
  balance_after_minor INTEGER NOT NULL CHECK (balance_after_minor >= 0),
  line                INTEGER NOT NULL,
  created_at_us       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX transfers_of_account ON transfers ("user", currency, line)
  WHERE line > 0 AND code = 0;
-- A hold is paid at most once and refunded at most once, whatever the code above says.
CREATE UNIQUE INDEX transfers_of_hold ON transfers (performance, hold, kind)
  WHERE code = 0 AND hold IS NOT NULL;

CREATE TABLE provider_references (
  digest   BLOB NOT NULL PRIMARY KEY,
  transfer BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE spent_sequences (
  show    INTEGER NOT NULL,
  "user"  INTEGER NOT NULL,
  through INTEGER NOT NULL,
  PRIMARY KEY (show, "user")
) STRICT, WITHOUT ROWID;

CREATE TABLE logins (
  "user"             INTEGER NOT NULL PRIMARY KEY,
  email              TEXT    NOT NULL,
  external           BLOB,
  created_at_us      INTEGER NOT NULL,
  password_hash      TEXT    NOT NULL,
  token_epoch        INTEGER NOT NULL,
  disabled           INTEGER NOT NULL CHECK (disabled IN (0, 1)),
  failures           INTEGER NOT NULL,
  last_failure_at_us INTEGER NOT NULL,
  locked_until_us    INTEGER NOT NULL
) STRICT;

CREATE TABLE emails (
  digest BLOB    NOT NULL PRIMARY KEY,
  "user" INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE external_users (
  digest BLOB    NOT NULL PRIMARY KEY,
  "user" INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// Read these with any SQL tool; never write to the tables.
inline constexpr const char* kSchemaViews = R"sql(
CREATE VIEW v_seats AS
SELECT s.performance, s.ordinal, p.guid, r.section, r.name AS "row", p.number,
       CASE s.state WHEN 0 THEN 'available' WHEN 1 THEN 'held' WHEN 2 THEN 'sold'
                    ELSE 'blocked' END AS state,
       lower(hex(s.hold)) AS hold, s."user",
       CASE WHEN s.state = 1 THEN strftime('%Y-%m-%dT%H:%M:%SZ', s.expires_at_us / 1000000,
                                           'unixepoch') END AS held_until,
       s.version
FROM seats s
JOIN performances f ON f.performance = s.performance
LEFT JOIN plan_seats p ON p.venue = f.venue AND p.ordinal = s.ordinal
LEFT JOIN plan_rows r ON r.venue = p.venue AND r."row" = p."row";

CREATE VIEW v_sales AS
SELECT s.performance, s.ordinal, p.guid, r.section, r.name AS "row", p.number, h."user",
       json_extract(seat.value, '$[1]') AS ticket_type,
       json_extract(seat.value, '$[2]') AS price_minor, h.currency,
       lower(hex(h.hold)) AS hold, lower(hex(h.payment)) AS payment,
       CASE t.tender WHEN 1 THEN 'wallet' WHEN 2 THEN 'external' END AS tender,
       strftime('%Y-%m-%dT%H:%M:%SZ', h.ended_at_us / 1000000, 'unixepoch') AS sold_at
FROM seats s
JOIN performances f ON f.performance = s.performance
JOIN holds h ON h.performance = s.performance AND h.hold = s.hold
JOIN json_each(h.seats) seat ON json_extract(seat.value, '$[0]') = s.ordinal
LEFT JOIN transfers t ON t.transfer = h.payment
LEFT JOIN plan_seats p ON p.venue = f.venue AND p.ordinal = s.ordinal
LEFT JOIN plan_rows r ON r.venue = p.venue AND r."row" = p."row"
WHERE s.state = 2;

CREATE VIEW v_ledger AS
SELECT lower(hex(transfer)) AS transfer,
       CASE kind WHEN 1 THEN 'charge' WHEN 2 THEN 'withdraw' WHEN 3 THEN 'payment'
                 ELSE 'refund' END AS kind,
       CASE debit WHEN 1 THEN 'user:' || "user" WHEN 2 THEN 'revenue:' || performance
                  ELSE 'external' END AS debit_account,
       CASE credit WHEN 1 THEN 'user:' || "user" WHEN 2 THEN 'revenue:' || performance
                   ELSE 'external' END AS credit_account,
       amount_minor, currency, reference,
       strftime('%Y-%m-%dT%H:%M:%SZ', created_at_us / 1000000, 'unixepoch') AS at
FROM transfers
WHERE code = 0;
)sql";

}  // namespace seathold::sqlite
