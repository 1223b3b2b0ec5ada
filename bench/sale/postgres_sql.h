// The box office on PostgreSQL: its tables and its statements, prepared once a connection.
#pragma once

namespace seathold::sale {

// Seats are updated twice in their life: pages with room make most of that happen in place. A key
// is performance << 20 | seat.
inline constexpr const char* kPostgresSchema = R"sql(
DROP TABLE IF EXISTS seats, holds, wallets, ledger;
CREATE TABLE seats (
  seat          bigint PRIMARY KEY,
  state         smallint NOT NULL,  -- 0 free, 1 held, 2 sold
  expires_at_us bigint NOT NULL,
  hold          uuid
) WITH (fillfactor = 50);
CREATE TABLE holds (
  hold          uuid PRIMARY KEY,
  owner         bigint NOT NULL,
  first_seat    bigint NOT NULL,
  seats         smallint NOT NULL,
  total_minor   bigint NOT NULL,
  state         smallint NOT NULL,  -- 0 ended, 1 held, 2 sold
  created_at_us bigint NOT NULL,
  expires_at_us bigint NOT NULL,
  payment       uuid
);
CREATE INDEX holds_due ON holds (expires_at_us) WHERE state = 1;
CREATE TABLE wallets (owner bigint PRIMARY KEY, balance_minor bigint NOT NULL)
  WITH (fillfactor = 50);
CREATE TABLE ledger (
  payment      uuid PRIMARY KEY,
  owner        bigint NOT NULL,
  hold         uuid NOT NULL,
  amount_minor bigint NOT NULL,
  at_us        bigint NOT NULL
);
)sql";

// One statement, which commits by itself. $1 first seat, $2 now, $3 deadline, $4 hold, $5 user,
// $6 total. A row: held. Both seats are locked in order before either is written.
inline constexpr const char* kHoldOneSql = R"sql(
WITH free AS MATERIALIZED (
  SELECT seat FROM seats WHERE seat BETWEEN $1 AND $1 + 1
    AND (state = 0 OR (state = 1 AND expires_at_us <= $2)) ORDER BY seat FOR UPDATE),
claimed AS (
  UPDATE seats s SET state = 1, expires_at_us = $3, hold = $4 FROM free f
  WHERE s.seat = f.seat AND (SELECT count(*) FROM free) = 2 RETURNING s.seat)
INSERT INTO holds
SELECT $4::uuid, $5::bigint, $1::bigint, 2, $6::bigint, 1, $2::bigint, $3::bigint, NULL
WHERE (SELECT count(*) FROM claimed) = 2 RETURNING 1
)sql";

// $1 now, $2 hold, $3 payment, $4 user. A row: paid. The hold's row is what two payments meet at. A
// payment's id that another hold used is a unique violation, and nothing happened.
inline constexpr const char* kPayOneSql = R"sql(
WITH h AS MATERIALIZED (
  SELECT hold, first_seat, total_minor FROM holds
  WHERE hold = $2 AND owner = $4 AND state = 1 AND expires_at_us > $1 FOR UPDATE),
debited AS (
  UPDATE wallets w SET balance_minor = balance_minor - h.total_minor FROM h
  WHERE w.owner = $4 AND w.balance_minor >= h.total_minor RETURNING w.owner),
sold AS (
  UPDATE holds t SET state = 2, payment = $3 FROM h, debited WHERE t.hold = h.hold
  RETURNING t.hold, t.first_seat, t.total_minor),
seated AS (
  UPDATE seats s SET state = 2 FROM sold
  WHERE s.seat BETWEEN sold.first_seat AND sold.first_seat + 1 AND s.hold = sold.hold)
INSERT INTO ledger SELECT $3::uuid, $4::bigint, hold, total_minor, $1::bigint FROM sold RETURNING 1
)sql";

inline constexpr const char* kFindLineSql = "SELECT 1 FROM ledger WHERE payment = $1 AND hold = $2";

// As a service has it: a statement a step, between BEGIN and COMMIT.
inline constexpr const char* kLockSeatsSql =
    "SELECT state, expires_at_us FROM seats WHERE seat BETWEEN $1 AND $1 + 1 "
    "ORDER BY seat FOR UPDATE";
inline constexpr const char* kClaimSeatsSql =
    "UPDATE seats SET state = 1, expires_at_us = $2, hold = $3 WHERE seat BETWEEN $1 AND $1 + 1";
inline constexpr const char* kInsertHoldSql =
    "INSERT INTO holds VALUES ($1, $2, $3, 2, $4, 1, $5, $6, NULL)";

inline constexpr const char* kLockHoldSql =
    "SELECT first_seat, total_minor FROM holds "
    "WHERE hold = $1 AND owner = $2 AND state = 1 AND expires_at_us > $3 FOR UPDATE";
inline constexpr const char* kDebitSql =
    "UPDATE wallets SET balance_minor = balance_minor - $2 "
    "WHERE owner = $1 AND balance_minor >= $2";
inline constexpr const char* kSellHoldSql =
    "UPDATE holds SET state = 2, payment = $2 WHERE hold = $1";
inline constexpr const char* kSellSeatsSql =
    "UPDATE seats SET state = 2 WHERE seat BETWEEN $1 AND $1 + 1 AND hold = $2";
inline constexpr const char* kInsertLineSql = "INSERT INTO ledger VALUES ($1, $2, $3, $4, $5)";

// Many at once, in one statement. $1 now, $2 deadline, $3 total, $4 holds, $5 users, $6 first seats
// (no seat twice), $7 all seats. The rows: what was held. The limit, which cuts nothing, tells the
// planner how many there are.
inline constexpr const char* kHoldManySql = R"sql(
WITH wish AS MATERIALIZED (
  SELECT * FROM unnest($4::uuid[], $5::bigint[], $6::bigint[]) AS w(hold, owner, first_seat)),
free AS MATERIALIZED (
  SELECT seat FROM seats WHERE seat = ANY ($7::bigint[])
    AND (state = 0 OR (state = 1 AND expires_at_us <= $1)) ORDER BY seat FOR UPDATE),
won AS MATERIALIZED (
  SELECT w.* FROM wish w JOIN free a ON a.seat = w.first_seat JOIN free b
    ON b.seat = w.first_seat + 1),
claimed AS (
  UPDATE seats s SET state = 1, expires_at_us = $2, hold = w.hold
  FROM (SELECT first_seat AS seat, hold FROM won UNION ALL SELECT first_seat + 1, hold FROM won
        LIMIT cardinality($7::bigint[])) w
  WHERE s.seat = w.seat)
INSERT INTO holds SELECT hold, owner, first_seat, 2, $3::bigint, 1, $1::bigint, $2::bigint, NULL
FROM won RETURNING hold
)sql";

// $1 now, $2 holds (each once), $3 payments, $4 users. The rows: what was paid now. Holds and
// wallets are locked in order; a wallet pays for all of its owner's holds of the call, or for none.
inline constexpr const char* kPayManySql = R"sql(
WITH wish AS MATERIALIZED (
  SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::bigint[]) AS w(hold, payment, owner)),
valid AS MATERIALIZED (
  SELECT hold, owner, first_seat, total_minor FROM holds
  WHERE hold = ANY ($2) AND state = 1 AND expires_at_us > $1 ORDER BY hold FOR UPDATE),
asked AS MATERIALIZED (SELECT v.*, w.payment FROM valid v JOIN wish w USING (hold, owner)),
bill AS MATERIALIZED (
  SELECT owner, sum(total_minor)::bigint AS total_minor FROM asked GROUP BY owner),
wallet AS MATERIALIZED (
  SELECT owner FROM wallets WHERE owner = ANY (ARRAY(SELECT owner FROM bill))
  ORDER BY owner FOR UPDATE),
debited AS (
  UPDATE wallets w SET balance_minor = balance_minor - b.total_minor FROM bill b JOIN wallet k
    USING (owner)
  WHERE w.owner = b.owner AND w.balance_minor >= b.total_minor RETURNING w.owner),
paid AS MATERIALIZED (SELECT a.* FROM asked a JOIN debited d USING (owner)),
sold AS (
  UPDATE holds t SET state = 2, payment = p.payment FROM paid p WHERE t.hold = p.hold),
seat AS MATERIALIZED (
  SELECT seat FROM seats WHERE seat = ANY (ARRAY(
    SELECT first_seat FROM paid UNION ALL SELECT first_seat + 1 FROM paid))
  ORDER BY seat FOR UPDATE),
seated AS (
  UPDATE seats s SET state = 2
  FROM (SELECT first_seat AS seat, hold FROM paid UNION ALL SELECT first_seat + 1, hold FROM paid) p
  WHERE s.seat = p.seat AND s.hold = p.hold AND (SELECT count(*) FROM seat) > 0)
INSERT INTO ledger SELECT payment, owner, hold, total_minor, $1::bigint FROM paid RETURNING hold
)sql";

// $1 the first key of a performance, $2 now.
inline constexpr const char* kTakenSeatsSql =
    "SELECT (seat & 1048575)::bigint, state FROM seats WHERE seat BETWEEN $1 AND $1 + 1048575 "
    "AND (state = 2 OR (state = 1 AND expires_at_us > $2))";

}  // namespace seathold::sale
