// Schema version 2, release 0.2: what is added to version 1. A new database takes both steps.
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
UPDATE control SET copy = randomblob(16), wal = 1;

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

// All views, made again.
inline constexpr const char* kStep2Views = R"sql(
DROP VIEW v_seats;
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

DROP VIEW v_sales;
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

DROP VIEW v_ledger;
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
