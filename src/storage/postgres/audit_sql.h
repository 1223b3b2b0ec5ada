// The SQL of the audit. Each check answers one line of text for each place where it does not hold.
// $1 is engine time, $2 how many lines are wanted.
#pragma once

#include <string>

#include "src/storage/audit_checks.h"

namespace seathold::postgres {

// What several checks ask for: the seats of holds that own them, and the last event of each seat. A
// list that is none counts as empty here and is found by kHoldTotals.
#define SEATHOLD_SQL_LIST(x) "CASE json_typeof(" x ") WHEN 'array' THEN " x " ELSE '[]'::json END"
inline constexpr const char* kAuditShared = R"sql(WITH
owned AS (
  SELECT h.performance, h.hold, h.state, (e.value->>0)::numeric AS ordinal
  FROM holds h, json_array_elements()sql" SEATHOLD_SQL_LIST("h.seats") R"sql() e
  WHERE h.state IN (1, 2)),
last_event AS (
  SELECT f.performance, e.value::numeric AS ordinal, max(f.counter) AS counter
  FROM feed f, json_array_elements_text()sql" SEATHOLD_SQL_LIST("f.seats") R"sql() e
  GROUP BY 1, 2)
)sql";

struct AuditCheck {
  const char* name;
  const char* sql;
};

inline std::string AuditText(const AuditCheck& check) {
  return std::string(kAuditShared) + "SELECT line FROM (" + check.sql +  // tidy: sql
         ") lines(line) LIMIT $2";
}

inline constexpr AuditCheck kAuditChecks[] = {
    {audit::kSeatsComplete, R"sql(
SELECT 'performance ' || p.performance || ': ' || p.seats || ' seats, ' || count(s.ordinal) ||
       ' found'
FROM performances p LEFT JOIN seats s ON s.performance = p.performance
GROUP BY p.performance
HAVING count(s.ordinal) <> p.seats OR max(s.ordinal) <> p.seats - 1
UNION ALL
SELECT 'performance ' || performance || ': seats without a performance' FROM seats
WHERE performance NOT IN (SELECT performance FROM performances) GROUP BY performance)sql"},

    {audit::kOneOwnerASeat, R"sql(
SELECT 'performance ' || s.performance || ', seat ' || s.ordinal ||
       CASE WHEN h.hold IS NULL THEN ': taken without a hold'
            ELSE ': does not agree with its hold' END
FROM seats s
LEFT JOIN holds h ON h.performance = s.performance AND h.hold = s.hold
LEFT JOIN (SELECT performance, ordinal, hold, count(*) AS times FROM owned GROUP BY 1, 2, 3) o
  ON o.performance = s.performance AND o.ordinal = s.ordinal AND o.hold = s.hold
WHERE s.state IN (1, 2)
  AND (h.hold IS NULL OR h.state <> s.state OR h."user" <> s."user"
       OR (s.state = 1 AND s.expires_at_us <> h.expires_at_us) OR o.times IS DISTINCT FROM 1))sql"},

    {audit::kHoldsOwnTheirSeats, R"sql(
SELECT 'performance ' || o.performance || ', hold ' || encode(o.hold, 'hex') || ': seat ' ||
       coalesce(o.ordinal::text, '?') || ' is not its own'
FROM owned o
LEFT JOIN seats s ON s.performance = o.performance AND s.ordinal = o.ordinal
WHERE s.hold IS DISTINCT FROM o.hold OR s.state <> o.state
UNION ALL
SELECT 'performance ' || h.performance || ', hold ' || encode(h.hold, 'hex') || ': no seats'
FROM holds h
WHERE h.state IN (1, 2) AND json_array_length()sql" SEATHOLD_SQL_LIST("h.seats") R"sql() = 0
UNION ALL
SELECT 'performance ' || performance || ', seat ' || ordinal || ': in ' || count(*) || ' holds'
FROM owned GROUP BY performance, ordinal HAVING count(*) > 1)sql"},

    {audit::kFreeSeatsUnowned, R"sql(
SELECT 'performance ' || performance || ', seat ' || ordinal || ': free, and names an owner'
FROM seats
WHERE state IN (0, 3) AND (hold IS NOT NULL OR "user" <> 0 OR expires_at_us <> 0))sql"},

    {audit::kHoldTotals, R"sql(
SELECT 'performance ' || performance || ', hold ' || encode(hold, 'hex') || ': total ' ||
       total_minor
FROM holds
WHERE json_typeof(seats) <> 'array'
   OR total_minor <> (SELECT coalesce(sum((e.value->>2)::numeric), 0)
                      FROM json_array_elements()sql" SEATHOLD_SQL_LIST("seats") R"sql() e))sql"},

    {audit::kBlocksMatchSeats, R"sql(
SELECT 'performance ' || s.performance || ', seat ' || s.ordinal || ': blocked without a reason'
FROM seats s LEFT JOIN blocks b ON b.performance = s.performance AND b.ordinal = s.ordinal
WHERE s.state = 3 AND b.ordinal IS NULL
UNION ALL
SELECT 'performance ' || b.performance || ', seat ' || b.ordinal || ': a reason, and not blocked'
FROM blocks b LEFT JOIN seats s ON s.performance = b.performance AND s.ordinal = b.ordinal
WHERE s.state IS DISTINCT FROM 3)sql"},

    {audit::kPerformanceCounters, R"sql(
SELECT 'performance ' || p.performance || ': sold ' || p.sold || ', blocked ' || p.blocked
FROM performance_state p
LEFT JOIN (SELECT performance, count(*) FILTER (WHERE state = 2) AS sold,
                  count(*) FILTER (WHERE state = 3) AS blocked
           FROM seats GROUP BY 1) s ON s.performance = p.performance
WHERE p.sold <> coalesce(s.sold, 0) OR p.blocked <> coalesce(s.blocked, 0)
UNION ALL
SELECT 'performance ' || performance || ': no state' FROM performances
WHERE performance NOT IN (SELECT performance FROM performance_state))sql"},

    // Staff's holds (flag 1) and performances without a limit are not counted a user.
    {audit::kLimitsConfirmed, R"sql(
SELECT 'performance ' || coalesce(c.performance, l.performance) || ', user ' ||
       coalesce(c."user", l."user") || ': ' || coalesce(c.seats, 0) || ' confirmed, not ' ||
       coalesce(l.confirmed, 0)
FROM (SELECT h.performance, h."user",
             sum(json_array_length()sql" SEATHOLD_SQL_LIST("h.seats") R"sql()) AS seats
      FROM holds h JOIN performances p ON p.performance = h.performance
      WHERE h.state = 2 AND h.flags & 1 = 0 AND p.user_limit > 0
      GROUP BY 1, 2) c
FULL JOIN limits l ON l.performance = c.performance AND l."user" = c."user"
WHERE coalesce(c.seats, 0) <> coalesce(l.confirmed, 0))sql"},

    {audit::kLimitsLive, R"sql(
WITH noted AS (
  SELECT l.performance, l."user", e.value->>0 AS hold, (e.value->>1)::numeric AS seats,
         (e.value->>2)::numeric AS expires_at_us
  FROM limits l, json_array_elements()sql" SEATHOLD_SQL_LIST("l.live") R"sql() e
  WHERE (e.value->>2)::numeric > $1),
alive AS (
  SELECT h.performance, h."user", encode(h.hold, 'hex') AS hold,
         json_array_length()sql" SEATHOLD_SQL_LIST("h.seats") R"sql()::numeric AS seats,
         h.expires_at_us::numeric AS expires_at_us
  FROM holds h JOIN performances p ON p.performance = h.performance
  WHERE h.state = 1 AND h.expires_at_us > $1 AND h.flags & 1 = 0 AND p.user_limit > 0)
SELECT 'performance ' || performance || ', user ' || "user" || ', hold ' || hold || ': not noted'
FROM (SELECT * FROM alive EXCEPT SELECT * FROM noted) missing
UNION ALL
SELECT 'performance ' || performance || ', user ' || "user" || ', hold ' || hold || ': not alive'
FROM (SELECT * FROM noted EXCEPT SELECT * FROM alive) surplus
UNION ALL
SELECT 'performance ' || performance || ', user ' || "user" || ': the list cannot be read'
FROM limits WHERE json_typeof(live) <> 'array')sql"},

    {audit::kLedgerSumsToZero, R"sql(
SELECT currency || ': ' || sum(minor) || ' too much' FROM (
  SELECT currency, sum(balance_minor) AS minor FROM balances GROUP BY currency
  UNION ALL
  SELECT currency, sum(CASE WHEN credit <> 1 THEN amount_minor ELSE 0 END -
                       CASE WHEN debit <> 1 THEN amount_minor ELSE 0 END)
  FROM transfers WHERE code = 0 GROUP BY currency) sides
GROUP BY currency HAVING sum(minor) <> 0)sql"},

    {audit::kBalancesMatchTransfers, R"sql(
WITH moved AS (
  SELECT "user", currency,
         sum(CASE WHEN credit = 1 THEN amount_minor ELSE -amount_minor END) AS minor
  FROM transfers WHERE code = 0 AND (credit = 1 OR debit = 1) GROUP BY 1, 2)
SELECT 'user ' || b."user" || ', ' || b.currency || ': balance ' || b.balance_minor
FROM balances b LEFT JOIN moved m ON m."user" = b."user" AND m.currency = b.currency
WHERE b.balance_minor <> coalesce(m.minor, 0)
UNION ALL
SELECT 'user ' || m."user" || ', ' || m.currency || ': transfers without a balance'
FROM moved m LEFT JOIN balances b ON b."user" = m."user" AND b.currency = m.currency
WHERE b."user" IS NULL)sql"},

    {audit::kBalanceAfterChain, R"sql(
SELECT 'user ' || "user" || ', ' || currency || ', line ' || line || ': ' || after FROM (
  SELECT "user", currency, line, balance_after_minor::numeric AS after,
         CASE WHEN credit = 1 THEN amount_minor ELSE -amount_minor END AS minor,
         lag(balance_after_minor::numeric, 1, 0)
           OVER (PARTITION BY "user", currency ORDER BY line) AS before
  FROM transfers WHERE line > 0 AND code = 0) chain
WHERE after <> before + minor)sql"},

    {audit::kStatementLinesGapFree, R"sql(
SELECT 'transfer ' || encode(transfer, 'hex') || ': line ' || line FROM transfers
WHERE (line > 0) <> (code = 0 AND (credit = 1 OR debit = 1))
UNION ALL
SELECT 'user ' || b."user" || ', ' || b.currency || ': ' || b.transfers || ' lines'
FROM balances b LEFT JOIN (
  SELECT "user", currency, count(*) AS lines, max(line) AS last
  FROM transfers WHERE line > 0 AND code = 0 GROUP BY 1, 2) t
  ON t."user" = b."user" AND t.currency = b.currency
WHERE coalesce(t.lines, 0) <> b.transfers OR coalesce(t.last, 0) <> b.transfers)sql"},

    {audit::kOneDebitAReservation, R"sql(
SELECT 'performance ' || h.performance || ', hold ' || encode(h.hold, 'hex') || ': ' ||
       count(t.transfer) || ' payments'
FROM holds h
LEFT JOIN transfers t ON t.performance = h.performance AND t.hold = h.hold AND t.kind = 3
  AND t.code = 0
WHERE h.state IN (2, 5)
GROUP BY h.performance, h.hold
HAVING count(t.transfer) <> 1
    OR NOT bool_and(coalesce(
         t.transfer = h.payment AND t.amount_minor = h.total_minor AND t.currency = h.currency
         AND t."user" = h."user" AND t.credit = 2
         AND t.debit = CASE t.tender WHEN 1 THEN 1 WHEN 2 THEN 3 END, false)))sql"},

    {audit::kOneRefundAtMost, R"sql(
SELECT 'performance ' || h.performance || ', hold ' || encode(h.hold, 'hex') || ': ' ||
       count(r.transfer) || ' refunds'
FROM holds h
LEFT JOIN transfers r ON r.performance = h.performance AND r.hold = h.hold AND r.kind = 4
  AND r.code = 0
LEFT JOIN transfers p ON p.transfer = h.payment
GROUP BY h.performance, h.hold
HAVING count(r.transfer) <> CASE h.state WHEN 5 THEN 1 ELSE 0 END
    OR (h.state = 5 AND NOT bool_and(coalesce(
         r.transfer = h.refund AND r.amount_minor = p.amount_minor AND r.currency = p.currency
         AND r."user" = p."user" AND r.debit = p.credit AND r.credit = p.debit, false))))sql"},

    {audit::kNoPaymentWithoutReservation, R"sql(
SELECT 'transfer ' || encode(t.transfer, 'hex') || ': its hold is not ' ||
       CASE t.kind WHEN 3 THEN 'confirmed' ELSE 'refunded' END
FROM transfers t LEFT JOIN holds h ON h.performance = t.performance AND h.hold = t.hold
WHERE t.code = 0 AND t.kind IN (3, 4)
  AND CASE t.kind WHEN 3 THEN h.state IS NULL OR h.state NOT IN (2, 5)
       ELSE h.state IS DISTINCT FROM 5 END)sql"},

    {audit::kReferencesMatchPayments, R"sql(
SELECT 'reference ' || encode(r.digest, 'hex') || ': no such payment'
FROM provider_references r LEFT JOIN transfers t ON t.transfer = r.transfer
WHERE NOT coalesce(t.kind = 3 AND t.code = 0 AND t.tender = 2, false)
UNION ALL
SELECT 'transfer ' || encode(t.transfer, 'hex') || ': ' || count(r.digest) || ' references'
FROM transfers t LEFT JOIN provider_references r ON r.transfer = t.transfer
WHERE t.kind = 3 AND t.code = 0 AND t.tender = 2
GROUP BY t.transfer HAVING count(r.digest) <> 1)sql"},

    {audit::kFeedGapFree, R"sql(
SELECT 'performance ' || p.performance || ': events ' || p.feed_first || ' to ' || p.feed || ', ' ||
       count(f.counter) || ' found'
FROM performance_state p LEFT JOIN feed f ON f.performance = p.performance
GROUP BY p.performance
HAVING count(f.counter) <> p.feed - p.feed_first + 1
    OR min(f.counter) <> p.feed_first OR max(f.counter) <> p.feed
UNION ALL
SELECT 'performance ' || performance || ': events without a state' FROM feed
WHERE performance NOT IN (SELECT performance FROM performance_state) GROUP BY performance)sql"},

    {audit::kSeatVersions, R"sql(
SELECT 'performance ' || s.performance || ', seat ' || s.ordinal || ': version ' || s.version
FROM seats s
JOIN performance_state p ON p.performance = s.performance
LEFT JOIN last_event e ON e.performance = s.performance AND e.ordinal = s.ordinal
LEFT JOIN feed f ON f.performance = e.performance AND f.counter = e.counter
WHERE CASE WHEN e.counter IS NULL THEN s.version >= p.feed_first
           ELSE s.version <> e.counter
             OR s.state <> CASE f.kind WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 6 THEN 3 ELSE 0 END
             OR (s.state IN (1, 2) AND s.hold IS DISTINCT FROM f.hold) END)sql"},
};
#undef SEATHOLD_SQL_LIST

// One row: what the report counts.
inline constexpr const char* kAuditCounts = R"sql(
SELECT (SELECT count(*) FROM seats),
       (SELECT count(*) FROM seats WHERE state = 2),
       (SELECT count(*) FROM seats WHERE state = 1 AND expires_at_us > $1),
       (SELECT count(*) FROM seats WHERE state = 3),
       (SELECT count(*) FROM holds),
       (SELECT count(*) FROM holds WHERE state = 2),
       (SELECT count(*) FROM transfers),
       (SELECT count(*) FROM (SELECT "user" FROM holds UNION SELECT "user" FROM balances) u))sql";

// currency, revenue, wallets, external: one row a currency. A sum beyond 64 bits is shown as their
// end; kLedgerSumsToZero says what is wrong with it.
#define SEATHOLD_SQL_CLAMPED(x) \
  "greatest(least(" x ", 9223372036854775807), -9223372036854775808)::bigint"
inline constexpr const char* kAuditSums =
    "SELECT currency, " SEATHOLD_SQL_CLAMPED("sum(revenue)") ", " SEATHOLD_SQL_CLAMPED(
        "sum(wallets)") ", " SEATHOLD_SQL_CLAMPED("sum(outside)") R"sql( FROM (
  SELECT currency,
         sum(CASE WHEN credit = 2 THEN amount_minor ELSE 0 END -
             CASE WHEN debit = 2 THEN amount_minor ELSE 0 END) AS revenue,
         0::numeric AS wallets,
         sum(CASE WHEN debit = 3 THEN amount_minor ELSE 0 END -
             CASE WHEN credit = 3 THEN amount_minor ELSE 0 END) AS outside
  FROM transfers WHERE code = 0 GROUP BY currency
  UNION ALL
  SELECT currency, 0, sum(balance_minor), 0 FROM balances GROUP BY currency) sides
GROUP BY currency ORDER BY currency)sql";
#undef SEATHOLD_SQL_CLAMPED

}  // namespace seathold::postgres
