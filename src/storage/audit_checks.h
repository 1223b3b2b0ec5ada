// The names of the checks of an audit. Each storage makes them by its own means; a test breaks each
// of them.
#pragma once

namespace seathold::audit {

// Seats 0 .. n-1 of each performance are there, and no others.
inline constexpr const char* kSeatsComplete = "seats_complete";
// A held or sold seat names exactly one hold, in that state, of that user and deadline, with that
// seat.
inline constexpr const char* kOneOwnerASeat = "one_owner_a_seat";
// Every seat of a held or confirmed hold names it, and no two such holds share a seat.
inline constexpr const char* kHoldsOwnTheirSeats = "holds_own_their_seats";
// A seat that is available or blocked names nobody.
inline constexpr const char* kFreeSeatsUnowned = "free_seats_unowned";
// A hold's total is the sum of its prices, and its lists can be read.
inline constexpr const char* kHoldTotals = "hold_totals";
inline constexpr const char* kBlocksMatchSeats = "blocks_match_seats";
inline constexpr const char* kPerformanceCounters = "performance_counters";
// Confirmed seats and live holds of a user, where the performance has a limit a user.
inline constexpr const char* kLimitsConfirmed = "limits_confirmed";
inline constexpr const char* kLimitsLive = "limits_live";
// Wallets, revenue and the outside world sum to zero in each currency.
inline constexpr const char* kLedgerSumsToZero = "ledger_sums_to_zero";
inline constexpr const char* kBalancesMatchTransfers = "balances_match_transfers";
inline constexpr const char* kBalanceAfterChain = "balance_after_chain";
inline constexpr const char* kStatementLinesGapFree = "statement_lines_gap_free";
// A confirmed reservation has exactly one payment, of its total.
inline constexpr const char* kOneDebitAReservation = "one_debit_a_reservation";
// A refunded one also has exactly one refund, the reverse of its payment.
inline constexpr const char* kOneRefundAtMost = "one_refund_at_most";
inline constexpr const char* kNoPaymentWithoutReservation = "no_payment_without_reservation";
inline constexpr const char* kReferencesMatchPayments = "references_match_payments";
inline constexpr const char* kFeedGapFree = "feed_gap_free";
// A seat's version is its last event, and the event's kind is the seat's state.
inline constexpr const char* kSeatVersions = "seat_versions";

inline constexpr const char* kAll[] = {
    kSeatsComplete,
    kOneOwnerASeat,
    kHoldsOwnTheirSeats,
    kFreeSeatsUnowned,
    kHoldTotals,
    kBlocksMatchSeats,
    kPerformanceCounters,
    kLimitsConfirmed,
    kLimitsLive,
    kLedgerSumsToZero,
    kBalancesMatchTransfers,
    kBalanceAfterChain,
    kStatementLinesGapFree,
    kOneDebitAReservation,
    kOneRefundAtMost,
    kNoPaymentWithoutReservation,
    kReferencesMatchPayments,
    kFeedGapFree,
    kSeatVersions,
};

}  // namespace seathold::audit
