// A small sale whose books are right, as the records that an engine would have written, and one way
// to break each promise of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "seathold/adapter/storage.h"

namespace seathold::testing {

inline Uuid NumberedId(std::uint8_t n) {
  Uuid id{};
  id[0] = 0xA0;
  id[15] = n;
  return id;
}

template <class R>
void Insert(ChangeSet* changes, const R& row) {
  changes->of<R>().changes.push_back({row, ChangeKind::kInsert, 0});
}
template <class R>
void Update(ChangeSet* changes, const R& row, std::uint64_t version_seen = 0) {
  changes->of<R>().changes.push_back({row, ChangeKind::kUpdate, version_seen});
}
template <class R>
void Remove(ChangeSet* changes, const R& row) {
  changes->of<R>().changes.push_back({row, ChangeKind::kRemove, 0});
}

// Performance 1, eight seats: 0 and 1 sold to user 10 from the wallet, 2 sold to user 11 through a
// provider, 3 and 4 held by user 12 until kHeldUntil, 5 refunded to user 10, 6 blocked, 7
// untouched.
struct SampleSale {
  static constexpr TimeUs kNow{1'000};
  static constexpr TimeUs kHeldUntil{5'000};
  static constexpr std::int64_t kPrice = 4'500;

  PerformanceRecord performance;
  PerformanceStateRecord state;
  std::vector<SeatRecord> seats;
  std::vector<HoldRecord> holds;  // of users 10, 11, 12, 10
  std::vector<TransferRecord> transfers;
  std::vector<LimitRecord> limits;
  std::vector<FeedRecord> feed;
  BalanceRecord balance;
  BlockRecord block;
  ReferenceRecord reference;

  SampleSale() {
    performance.performance = {1};
    performance.show = {1};
    performance.venue = {1};
    performance.currency = *ParseCurrency("EUR");
    performance.user_limit = 6;
    performance.seats = 8;
    state.performance = {1};
    state.on_sale = true;
    for (std::uint32_t i = 0; i < 8; ++i) seats.push_back(Seat(i));
    Charge();
    Hold(10, {0, 1});
    Confirm(0, Tender::kWallet, 2, 11'000);
    Hold(11, {2});
    Confirm(1, Tender::kExternal, 0, 0);
    Hold(12, {3, 4});
    Hold(10, {5});
    Confirm(3, Tender::kWallet, 3, 6'500);
    Refund(3);
    Block(6);
    Refuse();
    balance = {{10}, performance.currency, 11'000, 4};
    limits = {
        {{1}, {10}, 2, {}}, {{1}, {11}, 1, {}}, {{1}, {12}, 0, {{holds[2].hold, 2, kHeldUntil}}}};
  }

  ChangeSet Changes() const {
    ChangeSet changes;
    Insert(&changes, performance);
    Insert(&changes, state);
    Insert(&changes, balance);
    Insert(&changes, block);
    Insert(&changes, reference);
    for (const auto& row : seats) Insert(&changes, row);
    for (const auto& row : holds) Insert(&changes, row);
    for (const auto& row : transfers) Insert(&changes, row);
    for (const auto& row : limits) Insert(&changes, row);
    for (const auto& row : feed) Insert(&changes, row);
    return changes;
  }

  TransferRecord Transfer(TransferKind kind, LedgerSide debit, LedgerSide credit,
                          std::uint64_t user, std::int64_t amount) const {
    TransferRecord transfer;
    transfer.transfer.value = NumberedId(static_cast<std::uint8_t>(100 + transfers.size()));
    transfer.kind = kind;
    transfer.debit = debit;
    transfer.credit = credit;
    transfer.user = {user};
    transfer.currency = performance.currency;
    transfer.amount_minor = amount;
    transfer.created_at = kNow;
    return transfer;
  }

 private:
  static SeatRecord Seat(std::uint32_t ordinal) {
    SeatRecord seat;
    seat.performance = {1};
    seat.ordinal = ordinal;
    return seat;
  }

  void Event(FeedKind kind, const HoldRecord* hold, const Ordinals& ordinals) {
    FeedRecord event;
    event.performance = {1};
    event.counter = ++state.feed;
    event.kind = kind;
    if (hold != nullptr) {
      event.hold = hold->hold;
      event.user = hold->user;
    }
    if (kind == FeedKind::kHeld) event.expires_at = hold->expires_at;
    event.at = kNow;
    event.seats = ordinals;
    feed.push_back(event);
  }

  void Hold(std::uint64_t user, std::vector<std::uint32_t> ordinals) {
    HoldRecord hold;
    hold.performance = {1};
    hold.hold.value = NumberedId(static_cast<std::uint8_t>(1 + holds.size()));
    hold.user = {user};
    hold.currency = performance.currency;
    hold.state = HoldState::kHeld;
    hold.expires_at = kHeldUntil;
    Ordinals list;
    for (const std::uint32_t ordinal : ordinals) {
      list.push_back(ordinal);
      hold.seats.push_back({ordinal, 0, kPrice});
      hold.total_minor += kPrice;
      seats[ordinal] = {{1},       ordinal,    SeatState::kHeld, hold.hold,
                        hold.user, kHeldUntil, state.feed + 1};
    }
    Event(FeedKind::kHeld, &hold, list);
    holds.push_back(hold);
  }

  void Confirm(std::size_t index, Tender tender, std::uint64_t line, std::int64_t after) {
    HoldRecord& hold = holds[index];
    const bool wallet = tender == Tender::kWallet;
    TransferRecord payment =
        Transfer(TransferKind::kPayment, wallet ? LedgerSide::kUser : LedgerSide::kExternal,
                 LedgerSide::kRevenue, hold.user.value, hold.total_minor);
    payment.performance = {1};
    payment.hold = hold.hold;
    payment.tender = tender;
    payment.line = line;
    payment.balance_after_minor = after;
    transfers.push_back(payment);
    if (!wallet) reference = {NumberedId(200), payment.transfer};
    hold.state = HoldState::kConfirmed;
    hold.payment = payment.transfer;
    hold.ended_at = kNow;
    Ordinals list;
    for (const HoldSeat& held : hold.seats) {
      list.push_back(held.ordinal);
      SeatRecord& seat = seats[held.ordinal];
      seat.state = SeatState::kSold;
      seat.expires_at = TimeUs{};
      seat.version = state.feed + 1;
    }
    Event(FeedKind::kConfirmed, &hold, list);
    state.sold += static_cast<std::uint32_t>(hold.seats.size());
  }

  void Refund(std::size_t index) {
    HoldRecord& hold = holds[index];
    TransferRecord refund = Transfer(TransferKind::kRefund, LedgerSide::kRevenue, LedgerSide::kUser,
                                     hold.user.value, hold.total_minor);
    refund.performance = {1};
    refund.hold = hold.hold;
    refund.tender = Tender::kWallet;
    refund.line = 4;
    refund.balance_after_minor = 11'000;
    transfers.push_back(refund);
    hold.state = HoldState::kRefunded;
    hold.refund = refund.transfer;
    Ordinals list;
    for (const HoldSeat& held : hold.seats) {
      list.push_back(held.ordinal);
      seats[held.ordinal] = Seat(held.ordinal);
      seats[held.ordinal].version = state.feed + 1;
    }
    Event(FeedKind::kRefunded, &hold, list);
    state.sold -= static_cast<std::uint32_t>(hold.seats.size());
  }

  void Charge() {
    TransferRecord charge =
        Transfer(TransferKind::kCharge, LedgerSide::kExternal, LedgerSide::kUser, 10, 20'000);
    charge.line = 1;
    charge.balance_after_minor = 20'000;
    transfers.push_back(charge);
  }

  void Refuse() {
    TransferRecord refused = Transfer(TransferKind::kPayment, LedgerSide::kUser,
                                      LedgerSide::kRevenue, 12, holds[2].total_minor);
    refused.performance = {1};
    refused.hold = holds[2].hold;
    refused.tender = Tender::kWallet;
    refused.code = Code::kInsufficientFunds;
    transfers.push_back(refused);
  }

  void Block(std::uint32_t ordinal) {
    block = {{1}, ordinal, "camera", kNow};
    seats[ordinal].state = SeatState::kBlocked;
    seats[ordinal].version = state.feed + 1;
    Ordinals list;
    list.push_back(ordinal);
    Event(FeedKind::kBlocked, nullptr, list);
    state.blocked = 1;
  }
};

struct SaleBreak {
  const char* check;  // must be among the findings
  std::function<void(const SampleSale&, ChangeSet*)> changes;
};

inline std::vector<SaleBreak> SeatBreaks() {
  const auto seat = [](const SampleSale& sale, std::uint32_t ordinal) {
    return sale.seats[ordinal];
  };
  return {
      {"seats_complete", [=](const SampleSale& sale, ChangeSet* to) { Remove(to, seat(sale, 7)); }},
      {"one_owner_a_seat",
       [=](const SampleSale& sale, ChangeSet* to) {
         SeatRecord sold = seat(sale, 7);
         sold.state = SeatState::kSold;
         sold.hold.value = NumberedId(99);
         Update(to, sold);
       }},
      {"holds_own_their_seats",
       [=](const SampleSale& sale, ChangeSet* to) {
         SeatRecord free;
         free.performance = {1};
         free.ordinal = 3;
         Update(to, free, sale.seats[3].version);
       }},
      {"free_seats_unowned",
       [=](const SampleSale& sale, ChangeSet* to) {
         SeatRecord owned = seat(sale, 7);
         owned.user = {99};
         Update(to, owned);
       }},
      {"hold_totals",
       [](const SampleSale& sale, ChangeSet* to) {
         HoldRecord hold = sale.holds[0];
         hold.hold.value = NumberedId(90);
         hold.state = HoldState::kExpired;
         hold.total_minor -= 1;
         Insert(to, hold);
       }},
      {"blocks_match_seats", [](const SampleSale& sale, ChangeSet* to) { Remove(to, sale.block); }},
      {"performance_counters",
       [](const SampleSale& sale, ChangeSet* to) {
         PerformanceStateRecord state = sale.state;
         state.sold += 1;
         Update(to, state, state.feed);
       }},
      {"limits_confirmed",
       [](const SampleSale& sale, ChangeSet* to) {
         LimitRecord limit = sale.limits[0];
         limit.confirmed += 1;
         Update(to, limit);
       }},
      {"limits_live",
       [](const SampleSale& sale, ChangeSet* to) {
         LimitRecord limit = sale.limits[2];
         limit.live.clear();
         Update(to, limit);
       }},
      {"feed_gap_free", [](const SampleSale& sale, ChangeSet* to) { Remove(to, sale.feed[3]); }},
      {"seat_versions",
       [=](const SampleSale& sale, ChangeSet* to) {
         SeatRecord moved = seat(sale, 7);
         moved.version = 3;
         Update(to, moved);
       }},
  };
}

inline std::vector<SaleBreak> MoneyBreaks() {
  return {
      {"ledger_sums_to_zero",
       [](const SampleSale& sale, ChangeSet* to) {
         BalanceRecord balance = sale.balance;
         balance.balance_minor += 1;
         Update(to, balance, balance.transfers);
       }},
      {"balances_match_transfers",
       [](const SampleSale& sale, ChangeSet* to) {
         BalanceRecord balance = sale.balance;
         balance.balance_minor -= 1;
         Update(to, balance, balance.transfers);
       }},
      {"balance_after_chain",
       [](const SampleSale& sale, ChangeSet* to) {
         TransferRecord wrong = sale.transfers[0];
         wrong.transfer.value = NumberedId(91);
         wrong.user = {14};
         wrong.balance_after_minor = 19'999;
         Insert(to, wrong);
         Insert(to, BalanceRecord{{14}, wrong.currency, 20'000, 1});
       }},
      {"statement_lines_gap_free",
       [](const SampleSale& sale, ChangeSet* to) {
         TransferRecord late = sale.transfers[0];
         late.transfer.value = NumberedId(91);
         late.user = {14};
         late.line = 2;
         Insert(to, late);
         Insert(to, BalanceRecord{{14}, late.currency, 20'000, 1});
       }},
      {"one_debit_a_reservation",
       [](const SampleSale& sale, ChangeSet* to) { Remove(to, sale.transfers[1]); }},
      {"one_refund_at_most",
       [](const SampleSale& sale, ChangeSet* to) { Remove(to, sale.transfers[4]); }},
      {"no_payment_without_reservation",
       [](const SampleSale& sale, ChangeSet* to) {
         TransferRecord payment = sale.transfers[2];
         payment.transfer.value = NumberedId(92);
         payment.hold = sale.holds[2].hold;
         Insert(to, payment);
       }},
      {"references_match_payments",
       [](const SampleSale& sale, ChangeSet* to) { Remove(to, sale.reference); }},
  };
}

// At least one for every check of an audit.
inline std::vector<SaleBreak> SaleBreaks() {
  std::vector<SaleBreak> all = SeatBreaks();
  const std::vector<SaleBreak> money = MoneyBreaks();
  all.insert(all.end(), money.begin(), money.end());
  return all;
}

}  // namespace seathold::testing
