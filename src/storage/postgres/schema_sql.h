// The parts of the schema that no record says: the control row, the writers, what the books must
// keep whatever the code above says, indexes and views. Amounts are CHECKed against kAmountMinorMax
// of money.h.
#pragma once

namespace seathold::postgres {

inline constexpr const char* kControlSql[] = {
    // One row: who may use this schema.
    R"sql(CREATE TABLE control (
  id             bigint PRIMARY KEY CHECK (id = 1),
  schema_version bigint NOT NULL,
  oldest_writer  bigint NOT NULL,  -- older releases must not write
  pair           bytea  NOT NULL,  -- names this database to files that belong to it
  created_by     text   NOT NULL
))sql",
    // One row a process that writes: what all of them would otherwise queue for in one row. Row 0
    // is what those noted that are gone.
    R"sql(CREATE TABLE writers (
  writer       bigint      PRIMARY KEY,
  commits      bigint      NOT NULL,
  time_mark_us bigint      NOT NULL,  -- engine time never falls below the highest
  seen_at      timestamptz NOT NULL
) WITH (fillfactor = 50))sql",
    R"sql(INSERT INTO control VALUES (1, 1, 1, uuid_send(gen_random_uuid()), 'seathold 0.2'))sql",
    R"sql(INSERT INTO writers VALUES (0, 0, 0, clock_timestamp()))sql",
};

inline constexpr const char* kConstraintsSql[] = {
    "ALTER TABLE prices ADD CHECK (price_minor BETWEEN 0 AND 1000000000000000)",
    "ALTER TABLE performance_state ADD CHECK (sold >= 0 AND blocked >= 0)",
    "ALTER TABLE holds ADD CHECK (total_minor BETWEEN 0 AND 1000000000000000)",
    R"(CREATE INDEX holds_of_user ON holds ("user", performance, hold))",
    "CREATE INDEX holds_due ON holds (expires_at_us, performance, hold) WHERE state = 1",
    "ALTER TABLE limits ADD CHECK (confirmed >= 0)",
    "ALTER TABLE balances ADD CHECK (balance_minor BETWEEN 0 AND 1000000000000000)",
    "ALTER TABLE transfers ADD CHECK (amount_minor BETWEEN 0 AND 1000000000000000)",
    "ALTER TABLE transfers ADD CHECK (balance_after_minor >= 0 AND credit <> debit)",
    R"(CREATE UNIQUE INDEX transfers_of_account ON transfers ("user", currency, line)
  WHERE line > 0 AND code = 0)",
    // A hold is paid at most once and refunded at most once.
    R"(CREATE UNIQUE INDEX transfers_of_hold ON transfers (performance, hold, kind)
  WHERE code = 0 AND hold IS NOT NULL)",
};

// An id and a user as the API gives them: dashes; the library's own users have the top bit set,
// which SQL would show as a negative number.
#define SEATHOLD_SQL_UUID(x) "encode(" x ", 'hex')::uuid"
#define SEATHOLD_SQL_USER(x) \
  "CASE WHEN " x " < 0 THEN " x " + 18446744073709551616 ELSE " x "::numeric END"
#define SEATHOLD_SQL_TIME(x) \
  "to_char(to_timestamp(" x " / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"

// Whether a hold is alive (src/util/lapse.h) goes by the later of the server's clock and the mark,
// as in SQLite's.
inline constexpr const char* kViewsSql[] = {
    R"sql(CREATE VIEW v_seats AS
WITH clock(now_us) AS (
  SELECT greatest(max(time_mark_us), (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
  FROM writers),
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
LEFT JOIN plan_rows r ON r.venue = p.venue AND r."row" = p."row")sql",

    R"sql(CREATE VIEW v_sales AS
SELECT s.performance, s.ordinal, p.guid, r.section, r.name AS "row", p.number,
       )sql" SEATHOLD_SQL_USER("h.\"user\"") R"sql( AS "user",
       (seat->>1)::bigint AS ticket_type, (seat->>2)::bigint AS price_minor, h.currency,
       )sql" SEATHOLD_SQL_UUID("h.hold") R"sql( AS hold,
       )sql" SEATHOLD_SQL_UUID("h.payment") R"sql( AS payment,
       CASE t.tender WHEN 1 THEN 'wallet' WHEN 2 THEN 'external' END AS tender,
       )sql" SEATHOLD_SQL_TIME("h.ended_at_us") R"sql( AS sold_at
FROM seats s
JOIN performances f ON f.performance = s.performance
JOIN holds h ON h.performance = s.performance AND h.hold = s.hold
JOIN LATERAL json_array_elements(h.seats) seat ON (seat->>0)::bigint = s.ordinal
LEFT JOIN transfers t ON t.transfer = h.payment
LEFT JOIN plan_seats p ON p.venue = f.venue AND p.ordinal = s.ordinal
LEFT JOIN plan_rows r ON r.venue = p.venue AND r."row" = p."row"
WHERE s.state = 2)sql",

    R"sql(CREATE VIEW v_ledger AS
SELECT )sql" SEATHOLD_SQL_UUID("transfer") R"sql( AS transfer,
       CASE kind WHEN 1 THEN 'charge' WHEN 2 THEN 'withdraw' WHEN 3 THEN 'payment'
                 ELSE 'refund' END AS kind,
       CASE debit WHEN 1 THEN 'user:' || )sql" SEATHOLD_SQL_USER("\"user\"") R"sql(
                  WHEN 2 THEN 'revenue:' || performance ELSE 'external' END AS debit_account,
       CASE credit WHEN 1 THEN 'user:' || )sql" SEATHOLD_SQL_USER("\"user\"") R"sql(
                   WHEN 2 THEN 'revenue:' || performance ELSE 'external' END AS credit_account,
       amount_minor, currency, reference,
       )sql" SEATHOLD_SQL_TIME("created_at_us") R"sql( AS at
FROM transfers
WHERE code = 0)sql",
};
#undef SEATHOLD_SQL_UUID
#undef SEATHOLD_SQL_USER
#undef SEATHOLD_SQL_TIME

}  // namespace seathold::postgres
