// What the engine should answer, told by maps and loops: written from the design, not from the
// rules. Nothing here is fast, and nothing is shared with the code under test but the public
// structs.
#pragma once

#include <map>
#include <set>
#include <tuple>

#include "seathold/plan.h"
#include "tests/model/ops.h"

namespace seathold::testing {

struct ModelPerformance {
  VenueId venue;
  bool on_sale = true;
  TimeUs starts_at, opens_at, ends_at;  // 0 = none
  std::int64_t ttl_ms = 300'000;
  std::uint32_t user_limit = 0;
  Currency currency;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> prices;  // (category, type)
};

struct ModelHold {
  UserId user;
  std::map<std::uint32_t, std::pair<std::uint32_t, std::int64_t>> seats;  // ordinal -> type, price
  std::int64_t total = 0;
  std::variant<HoldOp, BestOp> asked;
  bool staff = false;
  TimeUs created_at, expires_at, ended_at;
  HoldState state = HoldState::kHeld;
  TransferId payment, refund;
  std::vector<FeedKind> history{FeedKind::kHeld};
};

struct ModelTransfer {
  std::variant<ConfirmOp, RefundOp, WalletOp> asked;
  Code code = Code::kOk;
  TransferKind kind{};
  UserId user;
  Money amount;
  Tender tender = Tender::kNone;
  std::int64_t balance_after = 0;
};

using HoldKey = std::pair<PerformanceId, HoldId>;
using AccountKey = std::pair<UserId, Currency>;

class HallModel {
 public:
  HallModel(Plan plan, int max_seats, std::int64_t ttl_ms, std::int64_t staff_ttl_max_ms)
      : plan_(std::move(plan)),
        max_seats_(max_seats),
        ttl_ms_(ttl_ms),
        staff_ttl_max_ms_(staff_ttl_max_ms) {}

  // --- the state, open to the checks of the test ---
  TimeUs now;
  std::map<PerformanceId, ModelPerformance> performances;
  std::map<HoldKey, ModelHold> holds;
  std::map<std::pair<PerformanceId, std::uint32_t>, TimeUs> blocks;
  std::map<TransferId, ModelTransfer> transfers;
  std::map<AccountKey, std::int64_t> balances;
  std::map<AccountKey, std::vector<TransferId>> statements;  // in order
  std::set<std::string> references;
  std::map<PerformanceId, std::uint64_t> events;

  const Plan& plan() const { return plan_; }
  SeatState SeatAt(PerformanceId performance, std::uint32_t ordinal) const;
  // The living or confirmed hold on a seat.
  const ModelHold* OwnerOf(PerformanceId performance, std::uint32_t ordinal) const;
  std::vector<HoldKey> Lapsed() const;
  static PayReply ReceiptOf(const TransferId& id, const ModelTransfer& t);
  // Some row has so many seats of the category side by side, whoever has them.
  bool SomeRowHas(int seats, std::optional<std::uint32_t> category) const;
  TimeUs NextRelease(PerformanceId performance, std::optional<std::uint32_t> category) const;

  // --- commands: what the reply should be, with the state after it ---
  HoldReply Hold(const HoldOp& op);
  // `got`: what the engine answered. A grant is judged (free, enough, as close together as can be)
  // and then taken over; `wrong` says what is wrong with it.
  HoldReply Best(const BestOp& op, const HoldReply& got, std::string* wrong);
  PayReply Confirm(const ConfirmOp& op);
  Status Cancel(const CancelOp& op);
  PayReply Refund(const RefundOp& op);
  TransferReply Move(const WalletOp& op);
  BlockReplies Block(const BlockOp& op);
  void SetSale(PerformanceId performance, bool on_sale);
  // Why no hold may be made now, or kOk.
  Code CheckSale(const ModelPerformance& p) const;
  void Expire(const HoldKey& key);

  // The refusal that memory may give in front of a transaction: a conflict, and none of the seats
  // is this user's. nullopt: it must not.
  std::optional<HoldReply> MayRefuse(const HoldOp& op) const;

 private:
  bool IsFree(PerformanceId performance, std::uint32_t ordinal) const;
  bool IsOver(const ModelHold& hold) const {
    return hold.state == HoldState::kHeld && now >= hold.expires_at;
  }
  std::uint32_t SeatsOf(PerformanceId performance, UserId user) const;
  std::optional<std::int64_t> PriceOf(const ModelPerformance& p, std::uint32_t ordinal,
                                      std::uint32_t type) const;
  Code CheckTickets(const ModelPerformance& p, const std::vector<SeatTicket>& seats) const;
  Code CheckRequest(const ModelPerformance& p, int seats, std::int64_t ttl_ms, bool staff) const;
  Code CheckBest(const BestOp& op) const;
  HoldReply RefuseBest(const BestOp& op) const;
  // 0 = side by side, 1 = one row, 2 = adjacent rows, 3 = one section, 4 = anywhere, 5 = not at
  // all.
  int BestKind(const BestOp& op) const;
  int KindOf(const std::vector<std::uint32_t>& ordinals) const;
  std::string JudgeBest(const BestOp& op, const HoldReply& got) const;
  HoldReply Replay(const HoldKey& key, bool same);
  template <class AnyOp>
  HoldReply Grant(const AnyOp& op, const std::vector<SeatTicket>& seats);
  HoldReply GrantBest(const BestOp& op, const std::vector<SeatTicket>& seats);
  void Conflicts(PerformanceId performance, const std::vector<SeatTicket>& seats,
                 HoldReply* reply) const;
  void End(const HoldKey& key, HoldState to, FeedKind kind);
  void MoveBalance(const AccountKey& account, std::int64_t by, const TransferId& id);

  Plan plan_;
  int max_seats_;
  std::int64_t ttl_ms_, staff_ttl_max_ms_;
};

// A hold's seats in canonical order.
std::vector<SeatTicket> Sorted(std::vector<SeatTicket> seats);

}  // namespace seathold::testing
