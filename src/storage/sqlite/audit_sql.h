// The SQL of the audit. Each check answers one line of text for each place where it does not hold.
// ?1 is engine time.
#pragma once

#include "src/storage/audit_checks.h"

namespace seathold::sqlite {

// What several checks ask for, worked out once: the seats of holds that own them, and the last
// event of each seat. A list that is no JSON counts as empty here and is found by kHoldTotals.
inline constexpr const char* kAuditPrepare = R"sql(
CREATE TEMP TABLE audit_owned AS
SELECT h.performance, h.hold, h.state, CAST(json_extract(e.value, '$[0]') AS INTEGER) AS ordinal
FROM holds h
JOIN json_each(CASE WHEN is_list(h.seats) THEN h.seats ELSE '[]' END) e
WHERE h.state IN (1, 2);
CREATE INDEX temp.audit_owned_by ON audit_owned (performance, ordinal, hold);
CREATE TEMP TABLE audit_last_event AS
SELECT f.performance, CAST(e.value AS INTEGER) AS ordinal, max(f.counter) AS counter
FROM feed f
JOIN json_each(CASE WHEN is_list(f.seats) THEN f.seats ELSE '[]' END) e
GROUP BY 1, 2;
CREATE INDEX temp.audit_last_event_of ON audit_last_event (performance, ordinal);
)sql";

struct AuditCheck {
  const char* name;
  const char* sql;
};

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
FROM seats s LEFT JOIN holds h ON h.performance = s.performance AND h.hold = s.hold
WHERE s.state IN (1, 2)
  AND (h.hold IS NULL OR h.state <> s.state OR h."user" <> s."user"
       OR (s.state = 1 AND s.expires_at_us <> h.expires_at_us)
       OR (SELECT count(*) FROM audit_owned o WHERE o.performance = s.performance
             AND o.ordinal = s.ordinal AND o.hold = s.hold) <> 1))sql"},

    {audit::kHoldsOwnTheirSeats, R"sql(
SELECT 'performance ' || o.performance || ', hold ' || lower(hex(o.hold)) || ': seat '
   || o.ordinal ||
       ' is not its own'
FROM audit_owned o
LEFT JOIN seats s ON s.performance = o.performance AND s.ordinal = o.ordinal
WHERE s.hold IS NOT o.hold OR s.state <> o.state
UNION ALL
SELECT 'performance ' || h.performance || ', hold ' || lower(hex(h.hold)) || ': no seats'
FROM holds h
WHERE h.state IN (1, 2) AND h.seats = '[]'
UNION ALL
SELECT 'performance ' || performance || ', seat ' || ordinal || ': in ' || count(*) || ' holds'
FROM audit_owned GROUP BY performance, ordinal HAVING count(*) > 1)sql"},

    {audit::kFreeSeatsUnowned, R"sql(
SELECT 'performance ' || performance || ', seat ' || ordinal || ': free, and names an owner'
FROM seats
WHERE state IN (0, 3) AND (hold IS NOT NULL OR "user" <> 0 OR expires_at_us <> 0))sql"},

    {audit::kHoldTotals, R"sql(
SELECT 'performance ' || performance || ', hold ' || lower(hex(hold)) || ': total ' || total_minor
FROM holds
WHERE CASE WHEN is_list(seats)
           THEN total_minor <> (SELECT coalesce(sum(json_extract(value, '$[2]')), 0)
                                FROM json_each(holds.seats))
           ELSE 1 END)sql"},

    {audit::kBlocksMatchSeats, R"sql(
SELECT 'performance ' || s.performance || ', seat ' || s.ordinal || ': blocked without a reason'
FROM seats s LEFT JOIN blocks b ON b.performance = s.performance AND b.ordinal = s.ordinal
WHERE s.state = 3 AND b.ordinal IS NULL
UNION ALL
SELECT 'performance ' || b.performance || ', seat ' || b.ordinal || ': a reason, and not blocked'
FROM blocks b LEFT JOIN seats s ON s.performance = b.performance AND s.ordinal = b.ordinal
WHERE s.state IS NOT 3)sql"},

    {audit::kPerformanceCounters, R"sql(
SELECT 'performance ' || p.performance || ': sold ' || p.sold || ', blocked ' || p.blocked
FROM performance_state p
WHERE (p.sold, p.blocked) <> (SELECT count(*) FILTER (WHERE state = 2),
                                     count(*) FILTER (WHERE state = 3)
                              FROM seats s WHERE s.performance = p.performance)
UNION ALL
SELECT 'performance ' || performance || ': no state' FROM performances
WHERE performance NOT IN (SELECT performance FROM performance_state))sql"},

    // Staff's holds (flag 1) and performances without a limit are not counted a user.
    {audit::kLimitsConfirmed, R"sql(
WITH counted AS (
  SELECT h.performance, h."user", sum(json_array_length(h.seats)) AS seats
  FROM holds h JOIN performances p ON p.performance = h.performance
  WHERE h.state = 2 AND h.flags & 1 = 0 AND p.user_limit > 0 AND is_list(h.seats)
  GROUP BY 1, 2)
SELECT 'performance ' || c.performance || ', user ' || c."user" || ': ' || c.seats || ' confirmed'
FROM counted c LEFT JOIN limits l ON l.performance = c.performance AND l."user" = c."user"
WHERE l.confirmed IS NOT c.seats
UNION ALL
SELECT 'performance ' || l.performance || ', user ' || l."user" || ': none confirmed, not ' ||
       l.confirmed
FROM limits l LEFT JOIN counted c ON c.performance = l.performance AND c."user" = l."user"
WHERE c.seats IS NULL AND l.confirmed <> 0)sql"},

    {audit::kLimitsLive, R"sql(
WITH noted AS (
  SELECT l.performance, l."user", json_extract(e.value, '$[0]') AS hold,
         json_extract(e.value, '$[1]') AS seats, json_extract(e.value, '$[2]') AS expires_at_us
  FROM limits l JOIN json_each(CASE WHEN is_list(l.live) THEN l.live ELSE '[]' END) e
  WHERE json_extract(e.value, '$[2]') > ?1),
alive AS (
  SELECT h.performance, h."user", lower(hex(h.hold)) AS hold,
         json_array_length(h.seats) AS seats, h.expires_at_us
  FROM holds h JOIN performances p ON p.performance = h.performance
  WHERE h.state = 1 AND h.expires_at_us > ?1 AND h.flags & 1 = 0 AND p.user_limit > 0
    AND is_list(h.seats))
SELECT 'performance ' || performance || ', user ' || "user" || ', hold ' || hold || ': not noted'
FROM (SELECT * FROM alive EXCEPT SELECT * FROM noted)
UNION ALL
SELECT 'performance ' || performance || ', user ' || "user" || ', hold ' || hold || ': not alive'
FROM (SELECT * FROM noted EXCEPT SELECT * FROM alive)
UNION ALL
SELECT 'performance ' || performance || ', user ' || "user" || ': the list cannot be read'
FROM limits WHERE NOT is_list(live))sql"},

    {audit::kLedgerSumsToZero, R"sql(
SELECT currency || ': ' || sum(minor) || ' too much' FROM (
  SELECT currency, sum(balance_minor) AS minor FROM balances GROUP BY currency
  UNION ALL
  SELECT currency, sum(CASE WHEN credit <> 1 THEN amount_minor ELSE 0 END -
                       CASE WHEN debit <> 1 THEN amount_minor ELSE 0 END)
  FROM transfers WHERE code = 0 GROUP BY currency)
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
  SELECT "user", currency, line, balance_after_minor AS after,
         CASE WHEN credit = 1 THEN amount_minor ELSE -amount_minor END AS minor,
         lag(balance_after_minor, 1, 0) OVER (PARTITION BY "user", currency ORDER BY line) AS before
  FROM transfers WHERE line > 0 AND code = 0)
WHERE after <> before + minor)sql"},

    {audit::kStatementLinesGapFree, R"sql(
SELECT 'transfer ' || lower(hex(transfer)) || ': line ' || line FROM transfers
WHERE (line > 0) <> (code = 0 AND (credit = 1 OR debit = 1))
UNION ALL
SELECT 'user ' || b."user" || ', ' || b.currency || ': ' || b.transfers || ' lines'
FROM balances b LEFT JOIN (
  SELECT "user", currency, count(*) AS lines, max(line) AS last
  FROM transfers WHERE line > 0 AND code = 0 GROUP BY 1, 2) t
  ON t."user" = b."user" AND t.currency = b.currency
WHERE coalesce(t.lines, 0) <> b.transfers OR coalesce(t.last, 0) <> b.transfers)sql"},

    {audit::kOneDebitAReservation, R"sql(
SELECT 'performance ' || h.performance || ', hold ' || lower(hex(h.hold)) || ': '
   || count(t.transfer) ||
       ' payments'
FROM holds h
LEFT JOIN transfers t ON t.performance = h.performance AND t.hold = h.hold AND t.kind = 3
   AND t.code = 0
WHERE h.state IN (2, 5)
GROUP BY h.performance, h.hold
HAVING count(t.transfer) <> 1
    OR NOT min(coalesce(t.transfer = h.payment AND t.amount_minor = h.total_minor
                        AND t.currency = h.currency AND t."user" = h."user" AND t.credit = 2
                        AND t.debit = CASE t.tender WHEN 1 THEN 1 WHEN 2 THEN 3 END, 0)))sql"},

    {audit::kOneRefundAtMost, R"sql(
SELECT 'performance ' || h.performance || ', hold ' || lower(hex(h.hold)) || ': '
   || count(r.transfer) ||
       ' refunds'
FROM holds h
LEFT JOIN transfers r ON r.performance = h.performance AND r.hold = h.hold AND r.kind = 4
   AND r.code = 0
LEFT JOIN transfers p ON p.transfer = h.payment
GROUP BY h.performance, h.hold
HAVING count(r.transfer) <> (h.state = 5)
    OR (h.state = 5 AND NOT min(coalesce(r.transfer = h.refund AND r.amount_minor = p.amount_minor
        AND r.currency = p.currency AND r."user" = p."user" AND r.debit = p.credit
        AND r.credit = p.debit, 0))))sql"},

    {audit::kNoPaymentWithoutReservation, R"sql(
SELECT 'transfer ' || lower(hex(t.transfer)) || ': its hold is not ' ||
       CASE t.kind WHEN 3 THEN 'confirmed' ELSE 'refunded' END
FROM transfers t LEFT JOIN holds h ON h.performance = t.performance AND h.hold = t.hold
WHERE t.code = 0 AND t.kind IN (3, 4)
  AND CASE t.kind WHEN 3 THEN h.state IS NULL OR h.state NOT IN (2, 5)
       ELSE h.state IS NOT 5 END)sql"},

    {audit::kReferencesMatchPayments, R"sql(
SELECT 'reference ' || lower(hex(r.digest)) || ': no such payment'
FROM provider_references r LEFT JOIN transfers t ON t.transfer = r.transfer
WHERE NOT coalesce(t.kind = 3 AND t.code = 0 AND t.tender = 2, 0)
UNION ALL
SELECT 'transfer ' || lower(hex(t.transfer)) || ': ' || count(r.digest) || ' references'
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
LEFT JOIN audit_last_event e ON e.performance = s.performance AND e.ordinal = s.ordinal
LEFT JOIN feed f ON f.performance = e.performance AND f.counter = e.counter
WHERE CASE WHEN e.counter IS NULL THEN s.version >= p.feed_first
           ELSE s.version <> e.counter
             OR s.state <> CASE f.kind WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 6 THEN 3 ELSE 0 END
             OR (s.state IN (1, 2) AND s.hold IS NOT f.hold) END)sql"},
};

// One row: what the report counts.
inline constexpr const char* kAuditCounts = R"sql(
SELECT (SELECT count(*) FROM seats),
       (SELECT count(*) FROM seats WHERE state = 2),
       (SELECT count(*) FROM seats WHERE state = 1 AND expires_at_us > ?1),
       (SELECT count(*) FROM seats WHERE state = 3),
       (SELECT count(*) FROM holds),
       (SELECT count(*) FROM holds WHERE state = 2),
       (SELECT count(*) FROM transfers),
       (SELECT count(*) FROM (SELECT "user" FROM holds UNION SELECT "user" FROM balances)))sql";

// currency, revenue, wallets, external: one row a currency.
inline constexpr const char* kAuditSums = R"sql(
SELECT currency, sum(revenue), sum(wallets), sum(outside) FROM (
  SELECT currency,
         sum((credit = 2) * amount_minor - (debit = 2) * amount_minor) AS revenue, 0 AS wallets,
         sum((debit = 3) * amount_minor - (credit = 3) * amount_minor) AS outside
  FROM transfers WHERE code = 0 GROUP BY currency
  UNION ALL
  SELECT currency, 0, sum(balance_minor), 0 FROM balances GROUP BY currency)
GROUP BY currency ORDER BY currency)sql";

}  // namespace seathold::sqlite
