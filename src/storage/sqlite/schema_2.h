// Schema version 2: what release 0.2 adds to version 1. A new database takes both steps. Open until
// that release is out; then this file is frozen by name and first line, and schema_3.h adds.
//
// Release 0.1 may still write what this step makes: new columns have a default, new tables are
// not its business, and views are for readers.
#pragma once

namespace seathold::sqlite {

inline constexpr const char* kStep2Tables = R"sql(
-- What a WAL is told by (see wal_note.h).
ALTER TABLE control ADD COLUMN copy BLOB NOT NULL DEFAULT x'';  -- a backup draws its own
ALTER TABLE control ADD COLUMN life INTEGER NOT NULL DEFAULT 0;  -- raised by a clean close
ALTER TABLE control ADD COLUMN wal  INTEGER NOT NULL DEFAULT 0;  -- 0 none, 1 in use, 2 and noted
ALTER TABLE plan_seats ADD COLUMN blocked TEXT NOT NULL DEFAULT '';  -- the reason
-- What is due, of any performance: a sweep costs with that, not with what there ever was.
DROP INDEX holds_due;
CREATE INDEX holds_due ON holds (expires_at_us, performance, hold) WHERE state = 1;
UPDATE control SET copy = randomblob(16), wal = 1;

ALTER TABLE control ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;  -- of a journal in front

-- Failed logins by address, known or not; bounded (see attempts.h).
CREATE TABLE attempts (
  place              INTEGER NOT NULL PRIMARY KEY,
  address            BLOB,              -- keyed hash
  failures           INTEGER NOT NULL,
  inherited          INTEGER NOT NULL,  -- of these, from who had the place before
  last_failure_at_us INTEGER NOT NULL,
  locked_until_us    INTEGER NOT NULL
) STRICT;
)sql";

// An id and a user as the API gives them: dashes; the library's own users have the top bit set,
// which SQL would show as a negative number.
#define SEATHOLD_SQL_UUID(x)                                                                \
  "CASE WHEN " x " IS NOT NULL THEN lower(substr(hex(" x "), 1, 8) || '-' || substr(hex(" x \
  "), 9, 4) || '-' || substr(hex(" x "), 13, 4) || '-' || substr(hex(" x                    \
  "), 17, 4) || '-' || substr(hex(" x "), 21)) END"
#define SEATHOLD_SQL_USER(x) "CASE WHEN " x " < 0 THEN printf('%u', " x ") ELSE " x " END"
#define SEATHOLD_SQL_TIME(x) "strftime('%Y-%m-%dT%H:%M:%SZ', " x " / 1000000, 'unixepoch')"

// All views, made again. Whether a hold is alive (src/util/lapse.h) goes by the later of the
// machine's clock and the mark: a hold that has lapsed is over, swept or not. (Under a manual clock
// that stands in the past every hold has lapsed by that; held_until in `seats` and `holds` is what
// was written.)
inline constexpr const char* kStep2Views = R"sql(
DROP VIEW v_seats;
CREATE VIEW v_seats AS
WITH clock(now_us) AS (
  SELECT max(time_mark_us, CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER))
  FROM control),
seen AS (
  SELECT performance, ordinal, hold, "user", expires_at_us, version,
         CASE WHEN state = 1 AND expires_at_us <= now_us THEN 0 ELSE state END AS state
  FROM seats, clock)
SELECT s.performance, s.ordinal, p.guid, r.section, r.name AS "row", p.number,
       CASE s.state WHEN 0 THEN 'available' WHEN 1 THEN 'held' WHEN 2 THEN 'sold'
                    ELSE 'blocked' END AS state,
       CASE WHEN s.state IN (1, 2) THEN )sql" SEATHOLD_SQL_UUID("s.hold") R"sql( END AS hold,
       CASE WHEN s.state IN (1, 2) THEN )sql" SEATHOLD_SQL_USER("s.\"user\"") R"sql( END AS "user",
       CASE WHEN s.state = 1 THEN )sql" SEATHOLD_SQL_TIME(
    "s.expires_at_us") R"sql( END AS held_until,
       s.version
FROM seen s
JOIN performances f ON f.performance = s.performance
LEFT JOIN plan_seats p ON p.venue = f.venue AND p.ordinal = s.ordinal
LEFT JOIN plan_rows r ON r.venue = p.venue AND r."row" = p."row";

DROP VIEW v_sales;
CREATE VIEW v_sales AS
SELECT s.performance, s.ordinal, p.guid, r.section, r.name AS "row", p.number,
       )sql" SEATHOLD_SQL_USER("h.\"user\"") R"sql( AS "user",
       json_extract(seat.value, '$[1]') AS ticket_type,
       json_extract(seat.value, '$[2]') AS price_minor, h.currency,
       )sql" SEATHOLD_SQL_UUID("h.hold") R"sql( AS hold,
       )sql" SEATHOLD_SQL_UUID("h.payment") R"sql( AS payment,
       CASE t.tender WHEN 1 THEN 'wallet' WHEN 2 THEN 'external' END AS tender,
       )sql" SEATHOLD_SQL_TIME("h.ended_at_us") R"sql( AS sold_at
FROM seats s
JOIN performances f ON f.performance = s.performance
JOIN holds h ON h.performance = s.performance AND h.hold = s.hold
JOIN json_each(h.seats) seat ON json_extract(seat.value, '$[0]') = s.ordinal
LEFT JOIN transfers t ON t.transfer = h.payment
LEFT JOIN plan_seats p ON p.venue = f.venue AND p.ordinal = s.ordinal
LEFT JOIN plan_rows r ON r.venue = p.venue AND r."row" = p."row"
WHERE s.state = 2;

DROP VIEW v_ledger;
CREATE VIEW v_ledger AS
SELECT )sql" SEATHOLD_SQL_UUID("transfer") R"sql( AS transfer,
       CASE kind WHEN 1 THEN 'charge' WHEN 2 THEN 'withdraw' WHEN 3 THEN 'payment'
                 ELSE 'refund' END AS kind,
       CASE debit WHEN 1 THEN 'user:' || printf('%u', "user")
                  WHEN 2 THEN 'revenue:' || performance ELSE 'external' END AS debit_account,
       CASE credit WHEN 1 THEN 'user:' || printf('%u', "user")
                   WHEN 2 THEN 'revenue:' || performance ELSE 'external' END AS credit_account,
       amount_minor, currency, reference,
       )sql" SEATHOLD_SQL_TIME("created_at_us") R"sql( AS at
FROM transfers
WHERE code = 0;
)sql";
#undef SEATHOLD_SQL_UUID
#undef SEATHOLD_SQL_USER
#undef SEATHOLD_SQL_TIME

}  // namespace seathold::sqlite
