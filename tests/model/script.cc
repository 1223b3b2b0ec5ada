#include "tests/model/script.h"

#include <algorithm>

namespace seathold::testing {
namespace {

constexpr std::size_t kPastMax = 300;
// How often each alternative of Op is drawn, in percent.
constexpr int kWeights[] = {30, 14, 22, 8, 6, 12, 8};

std::int64_t TtlOf(int draw) {
  switch (draw) {
    case 0:
      return 1'000;
    case 1:
      return 30'000;
    case 2:
      return 90'000;  // over the shorter of two caps
    case 3:
      return 400'000;  // over both, but not for staff
    case 4:
      return 100'000'000;  // over staff's, too
    case 5:
      return 31LL * 86'400'000;
    default:
      return 0;
  }
}

}  // namespace

Uuid Script::NewId() {
  Uuid id{};
  std::uint64_t value = ++ids_;
  for (int i = 15; value != 0; --i, value >>= 8) id[static_cast<std::size_t>(i)] = value & 0xFF;
  id[0] = 7;
  return id;
}

Op Script::Next() {
  int draw = Below(100);
  std::size_t kind = 0;
  while (draw >= kWeights[kind]) draw -= kWeights[kind++];
  return NextOf(kind);
}

Op Script::NextOf(std::size_t kind) {
  std::vector<std::size_t> same;
  for (std::size_t i = 0; i < past_.size(); ++i) {
    if (past_[i].index() == kind) same.push_back(i);
  }
  Op op;
  if (!same.empty() && Chance(18)) {
    // The last one often: then both are likely to be in one batch.
    const std::size_t at =
        Chance(30) ? same.back()
                   : same[static_cast<std::size_t>(Below(static_cast<int>(same.size())))];
    op = Chance(50) ? past_[at] : Changed(past_[at]);
  } else {
    op = Fresh(kind);
  }
  if (past_.size() == kPastMax) past_.erase(past_.begin());
  past_.push_back(op);
  if (const auto* hold = std::get_if<HoldOp>(&op)) {
    asked_.push_back({{hold->performance, hold->id}, hold->user});
  } else if (const auto* best = std::get_if<BestOp>(&op)) {
    asked_.push_back({{best->performance, best->id}, best->user});
  }
  return op;
}

Op Script::Fresh(std::size_t kind) {
  switch (kind) {
    case 0:
      return FreshHold();
    case 1:
      return FreshBest();
    case 2:
      return FreshConfirm();
    case 3: {
      const HoldKey key = AnyHold();
      return CancelOp{key.first, key.second, OwnerOf(key)};
    }
    case 4: {
      const HoldKey key = AnyHold();
      return RefundOp{AnyTransferId(), key.first, key.second};
    }
    case 5:
      return FreshWallet();
    default:
      return FreshBlock();
  }
}

PerformanceId Script::AnyPerformance() {
  if (Chance(1)) return PerformanceId{};
  if (Chance(2)) return PerformanceId{99};
  auto at = model_.performances.begin();
  std::advance(at, Below(static_cast<int>(model_.performances.size())));
  return at->first;
}

SeatId Script::AnySeat(PerformanceId performance) {
  const auto found = model_.performances.find(performance);
  VenueId venue = found == model_.performances.end() ? VenueId{1} : found->second.venue;
  if (Chance(1)) venue = VenueId{7};
  const int beyond = Chance(1) ? 3 : 0;
  const int seats = static_cast<int>(model_.plan().seats.size());
  return MakeSeatId(venue, static_cast<std::uint32_t>(Below(seats) + beyond));
}

Op Script::FreshHold() {
  HoldOp op;
  op.id = HoldId{NewId()};
  op.user = AnyUser();
  op.performance = AnyPerformance();
  op.staff = Chance(15);
  op.ttl_ms = TtlOf(Below(40));
  const int seats = Chance(2) ? Below(18) : 1 + Below(2 + Below(2));
  for (int i = 0; i < seats; ++i) {
    SeatTicket ticket{AnySeat(op.performance), 0};
    if (Chance(10)) ticket.ticket_type = Chance(90) ? 1 : 9;
    const bool twice = std::ranges::any_of(
        op.seats, [&](const SeatTicket& had) { return had.seat == ticket.seat; });
    if (!twice || Chance(3)) op.seats.push_back(ticket);
  }
  return op;
}

Op Script::FreshBest() {
  BestOp op;
  op.id = HoldId{NewId()};
  op.user = AnyUser();
  op.performance = AnyPerformance();
  op.staff = Chance(15);
  op.ttl_ms = TtlOf(Below(40));
  op.seats = Chance(3) ? Below(18) : 1 + Below(4);
  if (Chance(30)) op.category = static_cast<std::uint32_t>(Chance(90) ? Below(2) : 5);
  op.ticket_type = Chance(85) ? 0 : static_cast<std::uint32_t>(1 + Below(2));
  op.allow_split = Chance(70);
  return op;
}

HoldKey Script::AnyHold() {
  if (asked_.empty() || Chance(2)) return {AnyPerformance(), HoldId{NewId()}};
  if (model_.holds.empty() || Chance(20)) {  // of this batch, perhaps
    const int size = static_cast<int>(asked_.size());
    return asked_[static_cast<std::size_t>(size - 1 - Below(std::min(size, 10)))].first;
  }
  auto at = model_.holds.begin();
  for (int tries = 0; tries < 6; ++tries) {  // one that lives, more often than not
    at = model_.holds.begin();
    std::advance(at, Below(static_cast<int>(model_.holds.size())));
    if (at->second.state == HoldState::kHeld) break;
  }
  return at->first;
}

UserId Script::OwnerOf(const HoldKey& key) {
  if (Chance(8)) return AnyUser();
  for (auto at = asked_.rbegin(); at != asked_.rend(); ++at) {
    if (at->first == key) return at->second;
  }
  return AnyUser();
}

TransferId Script::AnyTransferId() {
  if (!transfers_.empty() && Chance(4)) {
    return transfers_[static_cast<std::size_t>(Below(static_cast<int>(transfers_.size())))];
  }
  transfers_.push_back(TransferId{NewId()});
  return transfers_.back();
}

Currency Script::AnyCurrency() { return *ParseCurrency(Chance(50) ? "EUR" : "JPY"); }

std::optional<Money> Script::AnyExpectation(const HoldKey& key) {
  if (Chance(60)) return std::nullopt;
  const auto hold = model_.holds.find(key);
  const auto performance = model_.performances.find(key.first);
  if (hold == model_.holds.end() || performance == model_.performances.end()) return std::nullopt;
  Money money{hold->second.total, performance->second.currency};
  if (Chance(15)) money.minor += 1;
  if (Chance(8)) money.currency = *ParseCurrency("USD");
  return money;
}

Op Script::FreshConfirm() {
  ConfirmOp op;
  const HoldKey key = AnyHold();
  op.performance = key.first;
  op.hold = key.second;
  op.payment = AnyTransferId();
  op.user = OwnerOf(key);
  op.expected_total = AnyExpectation(key);
  if (Chance(30)) {
    op.tender = Tender::kExternal;
    op.reference = "provider-" + std::to_string(Chance(25) ? Below(5) : Below(100'000));
  }
  if (Chance(1)) op.reference = op.reference.empty() ? "not for a wallet" : "";
  return op;
}

Op Script::FreshWallet() {
  WalletOp op;
  op.kind = Chance(65) ? TransferKind::kCharge : TransferKind::kWithdraw;
  op.id = AnyTransferId();
  op.user = AnyUser();
  op.amount = Money{1 + Below(4'000), AnyCurrency()};
  if (Chance(2)) op.amount.minor = kAmountMinorMax;
  if (Chance(2)) op.amount.minor = Chance(50) ? 0 : kAmountMinorMax + 1;
  if (Chance(20)) op.reference = "note";
  return op;
}

Op Script::FreshBlock() {
  BlockOp op;
  op.performance = AnyPerformance();
  op.block = Chance(40);
  const int seats = 1 + Below(4);
  for (int i = 0; i < seats; ++i) {
    const SeatId seat = AnySeat(op.performance);
    const bool twice = std::ranges::find(op.seats, seat) != op.seats.end();
    if (!twice || Chance(5)) op.seats.push_back(seat);
  }
  return op;
}

Op Script::Changed(Op op) {
  if (auto* hold = std::get_if<HoldOp>(&op)) {
    switch (Below(5)) {
      case 0:
        hold->user = AnyUser();
        break;
      case 1:
        hold->ttl_ms = hold->ttl_ms == 0 ? 1'000 : 0;
        break;
      case 2:
        hold->staff = !hold->staff;
        break;
      case 3:
        std::ranges::reverse(hold->seats);
        break;  // which is the same request
      default:
        if (!hold->seats.empty()) hold->seats[0] = {AnySeat(hold->performance), 0};
    }
  } else if (auto* best = std::get_if<BestOp>(&op)) {
    switch (Below(5)) {
      case 0:
        best->user = AnyUser();
        break;
      case 1:
        best->allow_split = !best->allow_split;
        break;
      case 2:
        best->seats = 1 + Below(4);
        break;
      case 3:
        best->category = static_cast<std::uint32_t>(Below(2));
        break;
      default:
        best->ticket_type = best->ticket_type == 0 ? 1 : 0;
    }
  } else if (auto* confirm = std::get_if<ConfirmOp>(&op)) {
    switch (Below(4)) {
      case 0:
        confirm->user = AnyUser();
        break;
      case 1:
        confirm->payment = AnyTransferId();
        break;
      case 2:
        confirm->expected_total = Money{Below(3) * 1'000, AnyCurrency()};
        break;
      default:
        confirm->hold = AnyHold().second;
    }
  } else if (auto* refund = std::get_if<RefundOp>(&op)) {
    Chance(50) ? void(refund->id = AnyTransferId()) : void(refund->hold = AnyHold().second);
  } else if (auto* move = std::get_if<WalletOp>(&op)) {
    switch (Below(4)) {
      case 0:
        move->user = AnyUser();
        break;
      case 1:
        move->amount.minor += 1;
        break;
      case 2:
        move->reference = "other";
        break;
      default:
        move->amount.currency = AnyCurrency();
    }
  }
  return op;
}

}  // namespace seathold::testing
