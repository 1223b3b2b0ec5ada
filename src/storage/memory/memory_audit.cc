#include "src/storage/memory/memory_audit.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/storage/audit_checks.h"

namespace seathold::memory {
namespace {

using SeatKey = SeatRecord::Key;
using Account = std::pair<UserId, Currency>;

std::string At(PerformanceId performance) {
  return "performance " + std::to_string(performance.value);
}
std::string At(const SeatKey& key) {
  return At(std::get<0>(key)) + ", seat " + std::to_string(std::get<1>(key));
}
std::string At(const HoldRecord& hold) {
  return At(hold.performance) + ", hold " + ToString(hold.hold.value);
}
std::string At(const TransferRecord& transfer) {
  return "transfer " + ToString(transfer.transfer.value);
}
std::string At(const Account& account) {
  return "user " + std::to_string(account.first.value) + ", " + std::string(account.second.text());
}

bool Owns(const HoldRecord& hold) {
  return hold.state == HoldState::kHeld || hold.state == HoldState::kConfirmed;
}
bool Happened(const TransferRecord& transfer) { return transfer.code == Code::kOk; }
bool MovesWallet(const TransferRecord& transfer) {
  return Happened(transfer) &&
         (transfer.debit == LedgerSide::kUser || transfer.credit == LedgerSide::kUser);
}
std::int64_t InWallet(const TransferRecord& transfer) {
  return transfer.credit == LedgerSide::kUser ? transfer.amount_minor : -transfer.amount_minor;
}

// One pass over the tables each; every check says what it found through Find().
class Auditor {
 public:
  Auditor(const Tables& tables, TimeUs now, AuditReport* report)
      : tables_(tables), now_(now), report_(report) {}

  void Run() {
    GatherHolds();
    GatherTransfers();
    CheckPlaces();
    CheckSeats();
    CheckHolds();
    CheckBlocks();
    CheckLimits();
    CheckWallets();
    CheckPayments();
    CheckFeed();
    CheckSeatVersions();
    CountAll();
    for (const char* check : audit::kAll) report_->checks.emplace_back(check);
  }

 private:
  template <class R>
  const typename Table<R>::Rows& rows() const {
    return tables_.of<R>().rows();
  }
  void Find(const char* check, std::string detail) {
    if (found_[check]++ >= AuditReport::kFindingsMax) return;
    report_->findings.push_back({check, std::move(detail)});
  }
  void Expect(bool right, const char* check, const std::string& detail) {
    if (!right) Find(check, detail);
  }

  bool Limited(const HoldRecord& hold) const {
    const auto* performance = tables_.of<PerformanceRecord>().Find({hold.performance});
    return performance != nullptr && performance->user_limit > 0 && (hold.flags & kHoldStaff) == 0;
  }

  void GatherHolds() {
    for (const auto& [key, hold] : rows<HoldRecord>()) {
      if (!Owns(hold)) continue;
      for (const HoldSeat& seat : hold.seats) ++owners_[{hold.performance, seat.ordinal}];
      if (!Limited(hold)) continue;
      const LimitRecord::Key user{hold.performance, hold.user};
      const auto seats = static_cast<std::uint32_t>(hold.seats.size());
      if (hold.state == HoldState::kConfirmed) confirmed_[user] += seats;
      if (hold.state == HoldState::kHeld && hold.expires_at > now_) {
        live_.emplace(user, std::tuple(hold.hold, seats, hold.expires_at));
      }
    }
  }

  void GatherTransfers() {
    for (const auto& [key, transfer] : rows<TransferRecord>()) {
      if (!Happened(transfer)) continue;
      const HoldRecord::Key hold{transfer.performance, transfer.hold};
      if (transfer.kind == TransferKind::kPayment) payments_[hold].push_back(&transfer);
      if (transfer.kind == TransferKind::kRefund) refunds_[hold].push_back(&transfer);
      if (MovesWallet(transfer))
        statements_[{transfer.user, transfer.currency}].push_back(&transfer);
    }
  }

  // Seats of each performance, and the counters over them.
  void CheckPlaces() {
    struct Counted {
      std::uint32_t seats = 0, last = 0, sold = 0, blocked = 0;
    };
    std::map<PerformanceId, Counted> counted;
    for (const auto& [key, seat] : rows<SeatRecord>()) {
      Counted& count = counted[seat.performance];
      ++count.seats;
      count.last = seat.ordinal;
      count.sold += seat.state == SeatState::kSold;
      count.blocked += seat.state == SeatState::kBlocked;
    }
    for (const auto& [key, performance] : rows<PerformanceRecord>()) {
      const Counted& count = counted[performance.performance];
      const bool dense = count.seats == 0 || count.last == count.seats - 1;
      Expect(count.seats == performance.seats && dense, audit::kSeatsComplete,
             At(performance.performance));
      const auto* state = tables_.of<PerformanceStateRecord>().Find({performance.performance});
      Expect(state != nullptr, audit::kPerformanceCounters, At(performance.performance));
    }
    for (const auto& [key, state] : rows<PerformanceStateRecord>()) {
      const Counted& count = counted[state.performance];
      Expect(state.sold == count.sold && state.blocked == count.blocked,
             audit::kPerformanceCounters, At(state.performance));
    }
    for (const auto& [performance, count] : counted) {
      Expect(tables_.of<PerformanceRecord>().Find({performance}) != nullptr, audit::kSeatsComplete,
             At(performance));
    }
  }

  void CheckSeats() {
    for (const auto& [key, seat] : rows<SeatRecord>()) {
      const bool taken = seat.state == SeatState::kHeld || seat.state == SeatState::kSold;
      if (!taken) {
        Expect(!seat.hold && !seat.user && seat.expires_at.value == 0, audit::kFreeSeatsUnowned,
               At(key));
        continue;
      }
      const HoldRecord* hold = tables_.of<HoldRecord>().Find({seat.performance, seat.hold});
      Expect(hold != nullptr && Agree(seat, *hold), audit::kOneOwnerASeat, At(key));
    }
  }
  static bool Agree(const SeatRecord& seat, const HoldRecord& hold) {
    const HoldState state =
        seat.state == SeatState::kHeld ? HoldState::kHeld : HoldState::kConfirmed;
    const bool same_deadline = seat.state != SeatState::kHeld || seat.expires_at == hold.expires_at;
    const auto named = std::ranges::count(hold.seats, seat.ordinal, &HoldSeat::ordinal);
    return hold.state == state && hold.user == seat.user && same_deadline && named == 1;
  }

  void CheckHolds() {
    for (const auto& [key, hold] : rows<HoldRecord>()) {
      std::int64_t total = 0;
      for (const HoldSeat& seat : hold.seats) total += seat.price_minor;
      Expect(total == hold.total_minor, audit::kHoldTotals, At(hold));
      if (!Owns(hold)) continue;
      Expect(!hold.seats.empty(), audit::kHoldsOwnTheirSeats, At(hold));
      const SeatState state = hold.state == HoldState::kHeld ? SeatState::kHeld : SeatState::kSold;
      for (const HoldSeat& held : hold.seats) {
        const SeatRecord* seat = tables_.of<SeatRecord>().Find({hold.performance, held.ordinal});
        Expect(seat != nullptr && seat->hold == hold.hold && seat->state == state,
               audit::kHoldsOwnTheirSeats, At(hold));
      }
    }
    for (const auto& [key, owners] : owners_) {
      Expect(owners == 1, audit::kHoldsOwnTheirSeats, At(key));
    }
  }

  void CheckBlocks() {
    for (const auto& [key, seat] : rows<SeatRecord>()) {
      const bool reason = tables_.of<BlockRecord>().Find(key) != nullptr;
      Expect(reason == (seat.state == SeatState::kBlocked), audit::kBlocksMatchSeats, At(key));
    }
    for (const auto& [key, block] : rows<BlockRecord>()) {
      Expect(tables_.of<SeatRecord>().Find(key) != nullptr, audit::kBlocksMatchSeats, At(key));
    }
  }

  void CheckLimits() {
    for (const auto& [key, limit] : rows<LimitRecord>()) {
      const std::string where =
          At(limit.performance) + ", user " + std::to_string(limit.user.value);
      const auto counted = confirmed_.find(key);
      Expect(limit.confirmed == (counted == confirmed_.end() ? 0 : counted->second),
             audit::kLimitsConfirmed, where);
      std::set<std::tuple<HoldId, std::uint32_t, TimeUs>> in_row, alive;
      for (const LiveHold& live : limit.live) {
        if (live.expires_at > now_) in_row.emplace(live.hold, live.seats, live.expires_at);
      }
      const auto [from, to] = live_.equal_range(key);
      for (auto it = from; it != to; ++it) alive.insert(it->second);
      Expect(in_row == alive, audit::kLimitsLive, where);
    }
    const auto& limits = tables_.of<LimitRecord>();
    for (const auto& [key, seats] : confirmed_) {
      Expect(limits.Find(key) != nullptr, audit::kLimitsConfirmed, At(std::get<0>(key)));
    }
    for (const auto& [key, hold] : live_) {
      Expect(limits.Find(key) != nullptr, audit::kLimitsLive, At(std::get<0>(key)));
    }
  }

  void CheckWallets() {
    for (const auto& [key, transfer] : rows<TransferRecord>()) {
      Expect((transfer.line > 0) == MovesWallet(transfer), audit::kStatementLinesGapFree,
             At(transfer));
    }
    for (auto& [account, lines] : statements_) {
      std::ranges::sort(lines, {}, &TransferRecord::line);
      std::int64_t balance = 0;
      std::uint64_t line = 0;
      for (const TransferRecord* transfer : lines) {
        const std::int64_t after = balance + InWallet(*transfer);
        Expect(transfer->balance_after_minor == after, audit::kBalanceAfterChain, At(*transfer));
        Expect(transfer->line == ++line, audit::kStatementLinesGapFree, At(*transfer));
        balance = transfer->balance_after_minor;
      }
      Expect(tables_.of<BalanceRecord>().Find({account.first, account.second}) != nullptr,
             audit::kBalancesMatchTransfers, At(account));
    }
    for (const auto& [key, balance] : rows<BalanceRecord>()) CheckBalance(balance);
    CheckSums();
  }
  void CheckBalance(const BalanceRecord& balance) {
    const Account account{balance.user, balance.currency};
    const auto statement = statements_.find(account);
    std::int64_t sum = 0;
    std::uint64_t lines = 0;
    if (statement != statements_.end()) {
      for (const TransferRecord* transfer : statement->second) sum += InWallet(*transfer);
      lines = statement->second.size();
    }
    Expect(balance.balance_minor == sum, audit::kBalancesMatchTransfers, At(account));
    Expect(balance.transfers == lines, audit::kStatementLinesGapFree, At(account));
  }

  // Wallets from the balances, the other accounts from the transfers: two sources that must agree.
  void CheckSums() {
    struct Sums {
      std::int64_t revenue = 0, wallets = 0, external = 0;
    };
    std::map<Currency, Sums> sums;
    for (const auto& [key, balance] : rows<BalanceRecord>()) {
      sums[balance.currency].wallets += balance.balance_minor;
    }
    for (const auto& [key, transfer] : rows<TransferRecord>()) {
      if (!Happened(transfer)) continue;
      Sums& sum = sums[transfer.currency];
      const std::int64_t amount = transfer.amount_minor;
      if (transfer.credit == LedgerSide::kRevenue) sum.revenue += amount;
      if (transfer.debit == LedgerSide::kRevenue) sum.revenue -= amount;
      if (transfer.debit == LedgerSide::kExternal) sum.external += amount;
      if (transfer.credit == LedgerSide::kExternal) sum.external -= amount;
    }
    for (const auto& [currency, sum] : sums) {
      Expect(sum.revenue + sum.wallets == sum.external, audit::kLedgerSumsToZero,
             std::string(currency.text()));
      report_->revenue.push_back({sum.revenue, currency});
      report_->wallets.push_back({sum.wallets, currency});
      report_->external.push_back({sum.external, currency});
    }
  }

  void CheckPayments() {
    for (const auto& [key, hold] : rows<HoldRecord>()) {
      const bool paid = hold.state == HoldState::kConfirmed || hold.state == HoldState::kRefunded;
      const TransferRecord* payment = OnlyOne(payments_, key);
      if (paid) Expect(Pays(payment, hold), audit::kOneDebitAReservation, At(hold));
      const TransferRecord* refund = OnlyOne(refunds_, key);
      const bool right = hold.state == HoldState::kRefunded ? Reverses(refund, payment, hold)
                                                            : !refunds_.contains(key);
      Expect(right, audit::kOneRefundAtMost, At(hold));
    }
    for (const auto& [key, transfers] : payments_) CheckReservation(key, *transfers.front(), false);
    for (const auto& [key, transfers] : refunds_) CheckReservation(key, *transfers.front(), true);
    CheckReferences();
  }
  using ByHold = std::map<HoldRecord::Key, std::vector<const TransferRecord*>>;
  static const TransferRecord* OnlyOne(const ByHold& transfers, const HoldRecord::Key& hold) {
    const auto it = transfers.find(hold);
    return it != transfers.end() && it->second.size() == 1 ? it->second.front() : nullptr;
  }
  static bool Pays(const TransferRecord* payment, const HoldRecord& hold) {
    if (payment == nullptr) return false;
    const LedgerSide from =
        payment->tender == Tender::kWallet ? LedgerSide::kUser : LedgerSide::kExternal;
    return payment->transfer == hold.payment && payment->amount_minor == hold.total_minor &&
           payment->currency == hold.currency && payment->user == hold.user &&
           payment->tender != Tender::kNone && payment->debit == from &&
           payment->credit == LedgerSide::kRevenue;
  }
  static bool Reverses(const TransferRecord* refund, const TransferRecord* payment,
                       const HoldRecord& hold) {
    if (refund == nullptr || payment == nullptr) return false;
    return refund->transfer == hold.refund && refund->amount_minor == payment->amount_minor &&
           refund->currency == payment->currency && refund->user == payment->user &&
           refund->debit == payment->credit && refund->credit == payment->debit;
  }
  void CheckReservation(const HoldRecord::Key& key, const TransferRecord& transfer, bool refund) {
    const HoldRecord* hold = tables_.of<HoldRecord>().Find(key);
    const bool right = hold != nullptr && (hold->state == HoldState::kRefunded ||
                                           (!refund && hold->state == HoldState::kConfirmed));
    Expect(right, audit::kNoPaymentWithoutReservation, At(transfer));
  }
  void CheckReferences() {
    std::map<TransferId, int> references;
    for (const auto& [key, reference] : rows<ReferenceRecord>()) {
      ++references[reference.transfer];
      const TransferRecord* payment = tables_.of<TransferRecord>().Find({reference.transfer});
      Expect(payment != nullptr && IsExternalPayment(*payment), audit::kReferencesMatchPayments,
             "reference " + ToString(reference.digest));
    }
    for (const auto& [key, transfer] : rows<TransferRecord>()) {
      if (!IsExternalPayment(transfer)) continue;
      Expect(references[transfer.transfer] == 1, audit::kReferencesMatchPayments, At(transfer));
    }
  }
  static bool IsExternalPayment(const TransferRecord& transfer) {
    return Happened(transfer) && transfer.kind == TransferKind::kPayment &&
           transfer.tender == Tender::kExternal;
  }

  void CheckFeed() {
    std::map<PerformanceId, std::vector<std::uint64_t>> counters;
    for (const auto& [key, event] : rows<FeedRecord>()) {
      counters[event.performance].push_back(event.counter);
      for (const std::uint32_t ordinal : event.seats) {
        last_event_[{event.performance, ordinal}] = &event;
      }
    }
    for (const auto& [key, state] : rows<PerformanceStateRecord>()) {
      const auto& found = counters[state.performance];
      const bool whole = found.size() == state.feed + 1 - state.feed_first;
      const bool ends =
          found.empty() || (found.front() == state.feed_first && found.back() == state.feed);
      Expect(whole && ends, audit::kFeedGapFree, At(state.performance));
    }
    for (const auto& [performance, found] : counters) {
      Expect(tables_.of<PerformanceStateRecord>().Find({performance}) != nullptr,
             audit::kFeedGapFree, At(performance));
    }
  }

  void CheckSeatVersions() {
    for (const auto& [key, seat] : rows<SeatRecord>()) {
      const auto* state = tables_.of<PerformanceStateRecord>().Find({seat.performance});
      if (state == nullptr) continue;  // kPerformanceCounters says so
      const auto last = last_event_.find(key);
      const bool right = last == last_event_.end() ? seat.version < state->feed_first
                                                   : Follows(seat, *last->second);
      Expect(right, audit::kSeatVersions, At(key));
    }
  }
  static bool Follows(const SeatRecord& seat, const FeedRecord& event) {
    SeatState state = SeatState::kAvailable;
    if (event.kind == FeedKind::kHeld) state = SeatState::kHeld;
    if (event.kind == FeedKind::kConfirmed) state = SeatState::kSold;
    if (event.kind == FeedKind::kBlocked) state = SeatState::kBlocked;
    const bool owned = state == SeatState::kHeld || state == SeatState::kSold;
    return seat.version == event.counter && seat.state == state &&
           (!owned || seat.hold == event.hold);
  }

  void CountAll() {
    std::set<UserId> users;
    for (const auto& [key, seat] : rows<SeatRecord>()) {
      ++report_->seats;
      report_->sold += seat.state == SeatState::kSold;
      report_->held += seat.state == SeatState::kHeld && seat.expires_at > now_;
      report_->blocked += seat.state == SeatState::kBlocked;
    }
    for (const auto& [key, hold] : rows<HoldRecord>()) {
      report_->confirmed += hold.state == HoldState::kConfirmed;
      users.insert(hold.user);
    }
    for (const auto& [key, balance] : rows<BalanceRecord>()) users.insert(balance.user);
    report_->holds = rows<HoldRecord>().size();
    report_->transfers = rows<TransferRecord>().size();
    report_->users = users.size();
  }

  const Tables& tables_;
  const TimeUs now_;
  AuditReport* const report_;

  std::map<std::string, int> found_;
  std::map<SeatKey, int> owners_;
  std::map<LimitRecord::Key, std::uint32_t> confirmed_;
  std::multimap<LimitRecord::Key, std::tuple<HoldId, std::uint32_t, TimeUs>> live_;
  ByHold payments_, refunds_;
  std::map<Account, std::vector<const TransferRecord*>> statements_;
  std::map<SeatKey, const FeedRecord*> last_event_;
};

}  // namespace

void AuditTables(const Tables& tables, TimeUs now, AuditReport* report) {
  *report = AuditReport();
  Auditor(tables, now, report).Run();
}

}  // namespace seathold::memory
