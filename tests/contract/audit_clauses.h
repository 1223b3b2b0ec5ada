// Each clause of each check of an audit, broken by itself in the rows of a sale that is right in
// all else.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "tests/contract/storage_sale.h"

namespace seathold::testing {

struct ClauseBreak {
  const char* check;  // must be among the findings
  const char* what;
  // Changes the sale, and what is beyond it, before it is written.
  std::function<void(SampleSale& sale, ChangeSet* more)> breaks;
};

inline HoldRecord AnotherHold(const SampleSale& sale, HoldState state) {
  HoldRecord hold = sale.holds[2];
  hold.hold.value = NumberedId(90);
  hold.state = state;
  return hold;
}

// The same under another id, further down its statement.
inline TransferRecord Again(TransferRecord transfer) {
  transfer.transfer.value = NumberedId(150);
  if (transfer.line > 0) transfer.line += 10;
  return transfer;
}

inline std::vector<ClauseBreak> OwnerClauses() {
  using S = SampleSale;
  using C = ChangeSet;
  return {
      {"seats_complete", "one is missing", [](S& s, C*) { s.seats.pop_back(); }},
      {"seats_complete", "as many, and another", [](S& s, C*) { s.seats[7].ordinal = 9; }},
      {"seats_complete", "seats of no performance",
       [](S&, C* more) {
         Insert(more, SeatRecord{{2}, 0});
       }},
      {"one_owner_a_seat", "no such hold",
       [](S& s, C*) { s.seats[0].hold.value = NumberedId(99); }},
      {"one_owner_a_seat", "sold by a hold that is held",
       [](S& s, C*) {
         s.seats[3].state = SeatState::kSold;
         s.seats[3].expires_at = TimeUs{};
       }},
      {"one_owner_a_seat", "another user", [](S& s, C*) { s.seats[0].user = {77}; }},
      {"one_owner_a_seat", "another deadline", [](S& s, C*) { s.seats[3].expires_at = {1}; }},
      {"one_owner_a_seat", "a hold that does not name it",
       [](S& s, C*) { s.holds[0].seats[1].ordinal = 7; }},
      {"one_owner_a_seat", "a hold that names it twice",
       [](S& s, C*) { s.holds[0].seats.push_back(s.holds[0].seats[1]); }},
      {"holds_own_their_seats", "a seat that names another hold",
       [](S& s, C*) { s.seats[3].hold = s.holds[0].hold; }},
      {"holds_own_their_seats", "a seat in another state",
       [](S& s, C*) { s.seats[3].state = SeatState::kSold; }},
      {"holds_own_their_seats", "a seat that is not there",
       [](S& s, C*) {
         s.holds[2].seats.push_back({9, 0, 0});
       }},
      {"holds_own_their_seats", "held, and no seats", [](S& s, C*) { s.holds[2].seats.clear(); }},
      {"holds_own_their_seats", "confirmed, and no seats",
       [](S& s, C*) { s.holds[1].seats.clear(); }},
      {"holds_own_their_seats", "a seat twice",
       [](S& s, C*) {
         s.holds[2].seats.push_back({3, 0, 0});
       }},
  };
}

inline std::vector<ClauseBreak> SeatClauses() {
  using S = SampleSale;
  using C = ChangeSet;
  return {
      {"hold_totals", "a minor unit too much", [](S& s, C*) { ++s.holds[2].total_minor; }},
      {"hold_totals", "of a hold that is over",
       [](S& s, C* more) {
         HoldRecord over = AnotherHold(s, HoldState::kExpired);
         --over.total_minor;
         Insert(more, over);
       }},
      {"blocks_match_seats", "blocked without a reason", [](S& s, C*) { s.block.ordinal = 99; }},
      {"blocks_match_seats", "a reason for a free seat",
       [](S&, C* more) {
         Insert(more, BlockRecord{{1}, 7, "x", {}});
       }},
      {"blocks_match_seats", "a reason for a sold seat",
       [](S&, C* more) {
         Insert(more, BlockRecord{{1}, 0, "x", {}});
       }},
      {"blocks_match_seats", "a reason for no seat",
       [](S&, C* more) {
         Insert(more, BlockRecord{{1}, 8, "x", {}});
       }},
      {"performance_counters", "sold", [](S& s, C*) { ++s.state.sold; }},
      {"performance_counters", "blocked", [](S& s, C*) { ++s.state.blocked; }},
      {"performance_counters", "no state", [](S& s, C*) { s.state.performance = {2}; }},
      {"seat_versions", "above every event",
       [](S& s, C*) { s.seats[7].version = s.state.feed + 1; }},
      {"seat_versions", "of an event that is not of this seat",
       [](S& s, C*) { s.seats[7].version = 1; }},
      {"seat_versions", "before its last event", [](S& s, C*) { --s.seats[0].version; }},
      {"seat_versions", "held, and the event names another hold",
       [](S& s, C*) { s.feed[4].hold = s.holds[0].hold; }},
  };
}

inline std::vector<ClauseBreak> FreeSeatAndEventClauses() {
  using S = SampleSale;
  using C = ChangeSet;
  std::vector<ClauseBreak> all;
  for (const std::uint32_t free : {6u, 7u}) {
    const char* what = free == 6 ? "blocked" : "available";
    all.push_back({"free_seats_unowned", what, [=](S& s, C*) { s.seats[free].user = {5}; }});
    all.push_back({"free_seats_unowned", what, [=](S& s, C*) { s.seats[free].expires_at = {5}; }});
    all.push_back(
        {"free_seats_unowned", what, [=](S& s, C*) { s.seats[free].hold.value = NumberedId(99); }});
  }
  // The last event of a sold, a held, a refunded and a blocked seat says that it is something else.
  using K = FeedKind;
  for (const auto& [seat, kind] : {std::pair(0u, K::kHeld),
                                   {0u, K::kCancelled},
                                   {0u, K::kBlocked},
                                   {3u, K::kConfirmed},
                                   {3u, K::kExpired},
                                   {3u, K::kBlocked},
                                   {5u, K::kHeld},
                                   {5u, K::kConfirmed},
                                   {5u, K::kBlocked},
                                   {6u, K::kUnblocked},
                                   {6u, K::kHeld},
                                   {6u, K::kConfirmed}}) {
    all.push_back(
        {"seat_versions", "an event of another kind",
         // Named anew: clang 14 captures no structured binding.
         [at = seat, as = kind](S& s, C*) { s.feed[s.seats[at].version - 1].kind = as; }});
  }
  return all;
}

inline std::vector<ClauseBreak> LimitClauses() {
  using S = SampleSale;
  using C = ChangeSet;
  return {
      {"limits_confirmed", "one too many", [](S& s, C*) { ++s.limits[0].confirmed; }},
      {"limits_confirmed", "one too few", [](S& s, C*) { --s.limits[0].confirmed; }},
      {"limits_confirmed", "not noted", [](S& s, C*) { s.limits[1].user = {99}; }},
      {"limits_confirmed", "noted for one who has none",
       [](S& s, C*) { s.limits[2].confirmed = 1; }},
      {"limits_confirmed", "of staff", [](S& s, C*) { s.holds[1].flags = kHoldStaff; }},
      {"limits_confirmed", "where there is no limit",
       [](S& s, C*) { s.performance.user_limit = 0; }},
      {"limits_live", "not noted", [](S& s, C*) { s.limits[2].live.clear(); }},
      {"limits_live", "no row", [](S& s, C*) { s.limits[2].user = {99}; }},
      {"limits_live", "fewer seats", [](S& s, C*) { s.limits[2].live[0].seats = 1; }},
      {"limits_live", "another deadline",
       [](S& s, C*) { s.limits[2].live[0].expires_at = AddMs(S::kHeldUntil, 1); }},
      {"limits_live", "another hold",
       [](S& s, C*) { s.limits[2].live[0].hold.value = NumberedId(99); }},
      {"limits_live", "noted for one who has none",
       [](S& s, C*) { s.limits[0].live = s.limits[2].live; }},
      {"limits_live", "of staff", [](S& s, C*) { s.holds[2].flags = kHoldStaff; }},
      {"limits_live", "where there is no limit", [](S& s, C*) { s.performance.user_limit = 0; }},
      {"limits_live", "confirmed, and noted as live",
       [](S& s, C*) {
         s.limits[1].live = {{s.holds[1].hold, 1, S::kHeldUntil}};
       }},
  };
}

// Transfers of the sale: 0 the charge, 1 and 2 the payments of the first two holds (from the wallet
// and outside), 3 and 4 the payment and the refund of the last one, 5 a refused payment.
inline std::vector<ClauseBreak> WalletClauses() {
  using S = SampleSale;
  using C = ChangeSet;
  static constexpr auto kDollars = [] { return *ParseCurrency("USD"); };
  return {
      {"ledger_sums_to_zero", "a balance", [](S& s, C*) { ++s.balance.balance_minor; }},
      {"ledger_sums_to_zero", "a charge", [](S& s, C*) { --s.transfers[0].amount_minor; }},
      {"ledger_sums_to_zero", "a payment", [](S& s, C*) { --s.transfers[1].amount_minor; }},
      {"ledger_sums_to_zero", "a refund", [](S& s, C*) { --s.transfers[4].amount_minor; }},
      {"ledger_sums_to_zero", "another currency",
       [](S& s, C*) { s.transfers[0].currency = kDollars(); }},
      {"balances_match_transfers", "too much", [](S& s, C*) { ++s.balance.balance_minor; }},
      {"balances_match_transfers", "a balance without transfers",
       [](S& s, C* more) {
         Insert(more, BalanceRecord{{99}, s.performance.currency, 5, 0});
       }},
      {"balances_match_transfers", "transfers without a balance",
       [](S& s, C*) { s.balance.user = {99}; }},
      {"balances_match_transfers", "another currency",
       [](S& s, C*) { s.balance.currency = kDollars(); }},
      {"balance_after_chain", "the first line",
       [](S& s, C*) { s.transfers[0].balance_after_minor -= 1; }},
      {"balance_after_chain", "a line between",
       [](S& s, C*) { s.transfers[1].balance_after_minor -= 1; }},
      {"balance_after_chain", "the last line",
       [](S& s, C*) { s.transfers[4].balance_after_minor -= 1; }},
      {"statement_lines_gap_free", "a line of a payment outside",
       [](S& s, C*) { s.transfers[2].line = 1; }},
      {"statement_lines_gap_free", "a line of a refused payment",
       [](S& s, C*) { s.transfers[5].line = 1; }},
      {"statement_lines_gap_free", "a payment without a line",
       [](S& s, C*) { s.transfers[4].line = 0; }},
      {"statement_lines_gap_free", "a line left out", [](S& s, C*) { s.transfers[4].line = 7; }},
      {"statement_lines_gap_free", "the count of the account",
       [](S& s, C*) { ++s.balance.transfers; }},
      {"statement_lines_gap_free", "a count without lines",
       [](S& s, C* more) {
         Insert(more, BalanceRecord{{99}, s.performance.currency, 0, 1});
       }},
      {"references_match_payments", "none", [](S& s, C*) { s.reference.transfer.value[0] ^= 1; }},
      {"references_match_payments", "of no transfer",
       [](S&, C* more) {
         Insert(more, ReferenceRecord{NumberedId(201), {NumberedId(202)}});
       }},
      {"references_match_payments", "of a payment from the wallet",
       [](S& s, C* more) {
         Insert(more, ReferenceRecord{NumberedId(201), s.transfers[1].transfer});
       }},
      {"references_match_payments", "of a refused payment",
       [](S& s, C* more) {
         s.transfers[5].tender = Tender::kExternal;
         Insert(more, ReferenceRecord{NumberedId(201), s.transfers[5].transfer});
       }},
      {"references_match_payments", "of a refund",
       [](S& s, C* more) {
         s.transfers[4].tender = Tender::kExternal;
         Insert(more, ReferenceRecord{NumberedId(201), s.transfers[4].transfer});
       }},
      {"references_match_payments", "two of one payment",
       [](S& s, C* more) {
         Insert(more, ReferenceRecord{NumberedId(201), s.transfers[2].transfer});
       }},
  };
}

inline std::vector<ClauseBreak> DebitClauses() {
  using S = SampleSale;
  using C = ChangeSet;
  std::vector<ClauseBreak> all;
  // Of a reservation paid from the wallet, of one paid outside, and of one that was refunded.
  for (const std::size_t at : {1u, 2u, 3u}) {
    const char* const debit = "one_debit_a_reservation";
    all.insert(
        all.end(),
        {{debit, "refused", [=](S& s, C*) { s.transfers[at].code = Code::kInsufficientFunds; }},
         {debit, "another kind", [=](S& s, C*) { s.transfers[at].kind = TransferKind::kCharge; }},
         {debit, "of another hold", [=](S& s, C*) { s.transfers[at].hold.value = NumberedId(99); }},
         {debit, "of another performance", [=](S& s, C*) { s.transfers[at].performance = {2}; }},
         {debit, "not the one that the hold names",
          [=](S& s, C*) { s.holds[at == 3 ? 3 : at - 1].payment.value = NumberedId(99); }},
         {debit, "another amount", [=](S& s, C*) { ++s.transfers[at].amount_minor; }},
         {debit, "another currency",
          [=](S& s, C*) { s.transfers[at].currency = *ParseCurrency("USD"); }},
         {debit, "of another user", [=](S& s, C*) { s.transfers[at].user = {13}; }},
         {debit, "to nobody's revenue",
          [=](S& s, C*) {
            s.transfers[at].credit = at == 2 ? LedgerSide::kUser : LedgerSide::kExternal;
          }},
         {debit, "from the other side",
          [=](S& s, C*) {
            s.transfers[at].debit = at == 2 ? LedgerSide::kUser : LedgerSide::kExternal;
          }},
         {debit, "by the other tender",
          [=](S& s, C*) {
            s.transfers[at].tender = at == 2 ? Tender::kWallet : Tender::kExternal;
          }},
         {debit, "by no tender", [=](S& s, C*) { s.transfers[at].tender = Tender::kNone; }},
         {debit, "twice", [=](S& s, C* more) { Insert(more, Again(s.transfers[at])); }}});
  }
  return all;
}

inline std::vector<ClauseBreak> RefundClauses() {
  using S = SampleSale;
  using C = ChangeSet;
  const char* const refund = "one_refund_at_most";
  return {
      {refund, "refused", [](S& s, C*) { s.transfers[4].code = Code::kInternal; }},
      {refund, "another kind", [](S& s, C*) { s.transfers[4].kind = TransferKind::kCharge; }},
      {refund, "of another hold", [](S& s, C*) { s.transfers[4].hold.value = NumberedId(99); }},
      {refund, "of another performance", [](S& s, C*) { s.transfers[4].performance = {2}; }},
      {refund, "not the one that the hold names",
       [](S& s, C*) { s.holds[3].refund.value = NumberedId(99); }},
      {refund, "more than was paid", [](S& s, C*) { ++s.transfers[4].amount_minor; }},
      {refund, "less than was paid", [](S& s, C*) { --s.transfers[4].amount_minor; }},
      {refund, "another currency",
       [](S& s, C*) { s.transfers[4].currency = *ParseCurrency("USD"); }},
      {refund, "to another user", [](S& s, C*) { s.transfers[4].user = {13}; }},
      {refund, "to the outside", [](S& s, C*) { s.transfers[4].credit = LedgerSide::kExternal; }},
      {refund, "from the outside", [](S& s, C*) { s.transfers[4].debit = LedgerSide::kExternal; }},
      {refund, "of a reservation that stands",
       [](S& s, C* more) {
         TransferRecord another = Again(s.transfers[4]);
         another.hold = s.holds[0].hold;
         Insert(more, another);
       }},
      {refund, "of a hold that was never paid",
       [](S& s, C* more) {
         TransferRecord another = Again(s.transfers[4]);
         another.hold = s.holds[2].hold;
         Insert(more, another);
       }},
      {refund, "twice", [](S& s, C* more) { Insert(more, Again(s.transfers[4])); }}};
}

inline std::vector<ClauseBreak> PaymentClauses() {
  using S = SampleSale;
  using C = ChangeSet;
  std::vector<ClauseBreak> all;
  // A payment, or a refund, for a hold in each state that has none, and for none.
  for (const HoldState state : {HoldState::kHeld, HoldState::kConfirmed, HoldState::kCancelled,
                                HoldState::kExpired, HoldState::kNone}) {
    for (const std::size_t at : {2u, 4u}) {
      if (at == 2 && state == HoldState::kConfirmed) continue;
      all.push_back({"no_payment_without_reservation", at == 2 ? "a payment" : "a refund",
                     [=](S& s, C* more) {
                       const HoldRecord hold = AnotherHold(s, state);
                       TransferRecord transfer = Again(s.transfers[at]);
                       transfer.hold = hold.hold;
                       Insert(more, transfer);
                       if (state != HoldState::kNone) Insert(more, hold);
                     }});
    }
  }
  return all;
}

inline std::vector<ClauseBreak> FeedClauses() {
  using S = SampleSale;
  using C = ChangeSet;
  return {
      {"feed_gap_free", "one between is missing",
       [](S& s, C*) { s.feed.erase(s.feed.begin() + 3); }},
      {"feed_gap_free", "the first is missing", [](S& s, C*) { s.feed.erase(s.feed.begin()); }},
      {"feed_gap_free", "the last is missing", [](S& s, C*) { s.feed.pop_back(); }},
      {"feed_gap_free", "the first stands before the first",
       [](S& s, C*) { s.feed[0].counter = 0; }},
      {"feed_gap_free", "the last stands behind the last",
       [](S& s, C*) { ++s.feed.back().counter; }},
      {"feed_gap_free", "the state is ahead", [](S& s, C*) { ++s.state.feed; }},
      {"feed_gap_free", "the state is behind", [](S& s, C*) { --s.state.feed; }},
      {"feed_gap_free", "trimmed, and still there", [](S& s, C*) { s.state.feed_first = 2; }},
      {"feed_gap_free", "events of no performance",
       [](S& s, C* more) {
         FeedRecord event = s.feed[0];
         event.performance = {2};
         Insert(more, event);
       }},
  };
}

inline std::vector<ClauseBreak> ClauseBreaks() {
  std::vector<ClauseBreak> all;
  for (const auto& some :
       {OwnerClauses(), SeatClauses(), FreeSeatAndEventClauses(), LimitClauses(), WalletClauses(),
        DebitClauses(), RefundClauses(), PaymentClauses(), FeedClauses()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace seathold::testing
