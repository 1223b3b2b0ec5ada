#include "tests/model/hall_model.h"

#include <algorithm>

namespace seathold::testing {
namespace {

constexpr std::int64_t kTtlMax = 30LL * 86'400'000;

template <class AnyReply>
AnyReply RefusedAs(Code code) {
  AnyReply reply;
  reply.status = Status(code);
  return reply;
}

bool SameHold(const HoldOp& a, const HoldOp& b) {
  return a.user == b.user && Sorted(a.seats) == Sorted(b.seats) && a.ttl_ms == b.ttl_ms &&
         a.staff == b.staff;
}
template <class AnyOp>
Code CheckIds(const AnyOp& op) {
  if (!op.id || !op.user || !op.performance) return Code::kInvalidArgument;
  return op.ttl_ms < 0 || op.ttl_ms > kTtlMax ? Code::kInvalidArgument : Code::kOk;
}

}  // namespace

std::vector<SeatTicket> Sorted(std::vector<SeatTicket> seats) {
  std::ranges::sort(seats);
  return seats;
}

const ModelHold* HallModel::OwnerOf(PerformanceId performance, std::uint32_t ordinal) const {
  for (const auto& [key, hold] : holds) {
    if (key.first != performance || !hold.seats.contains(ordinal)) continue;
    if (hold.state == HoldState::kConfirmed) return &hold;
    if (hold.state == HoldState::kHeld && now < hold.expires_at) return &hold;
  }
  return nullptr;
}

SeatState HallModel::SeatAt(PerformanceId performance, std::uint32_t ordinal) const {
  if (blocks.contains({performance, ordinal})) return SeatState::kBlocked;
  const ModelHold* owner = OwnerOf(performance, ordinal);
  if (owner == nullptr) return SeatState::kAvailable;
  return owner->state == HoldState::kConfirmed ? SeatState::kSold : SeatState::kHeld;
}

bool HallModel::IsFree(PerformanceId performance, std::uint32_t ordinal) const {
  return SeatAt(performance, ordinal) == SeatState::kAvailable;
}

std::vector<HoldKey> HallModel::Lapsed() const {
  std::vector<HoldKey> keys;
  for (const auto& [key, hold] : holds) {
    if (IsOver(hold)) keys.push_back(key);
  }
  return keys;
}

TimeUs HallModel::NextRelease(PerformanceId performance,
                              std::optional<std::uint32_t> category) const {
  TimeUs soonest;
  for (std::uint32_t o = 0; o < plan_.seats.size(); ++o) {
    if (category && plan_.seats[o].category != *category) continue;
    if (SeatAt(performance, o) != SeatState::kHeld) continue;
    const TimeUs at = OwnerOf(performance, o)->expires_at;
    if (soonest.value == 0 || at < soonest) soonest = at;
  }
  return soonest;
}

std::uint32_t HallModel::SeatsOf(PerformanceId performance, UserId user) const {
  std::uint32_t count = 0;
  for (const auto& [key, hold] : holds) {
    if (key.first != performance || hold.user != user || hold.staff) continue;
    const bool counts = hold.state == HoldState::kConfirmed ||
                        (hold.state == HoldState::kHeld && now < hold.expires_at);
    if (counts) count += static_cast<std::uint32_t>(hold.seats.size());
  }
  return count;
}

std::optional<std::int64_t> HallModel::PriceOf(const ModelPerformance& p, std::uint32_t ordinal,
                                               std::uint32_t type) const {
  const auto at = p.prices.find({plan_.seats[ordinal].category, type});
  return at == p.prices.end() ? std::nullopt : std::optional(at->second);
}

Code HallModel::CheckSale(const ModelPerformance& p) const {
  if (p.starts_at.value != 0 && now >= p.starts_at) return Code::kSaleEnded;
  if (p.ends_at.value != 0 && now >= p.ends_at) return Code::kSaleEnded;
  if (!p.on_sale || (p.opens_at.value != 0 && now < p.opens_at)) return Code::kSaleNotOpen;
  return Code::kOk;
}

Code HallModel::CheckTickets(const ModelPerformance& p,
                             const std::vector<SeatTicket>& seats) const {
  for (const SeatTicket& ticket : seats) {
    const bool here =
        VenueOf(ticket.seat) == p.venue && OrdinalOf(ticket.seat) < plan_.seats.size();
    if (!here) return Code::kUnknownSeat;
  }
  for (const SeatTicket& ticket : seats) {
    if (!PriceOf(p, OrdinalOf(ticket.seat), ticket.ticket_type)) return Code::kUnknownTicketType;
  }
  return Code::kOk;
}

Code HallModel::CheckRequest(const ModelPerformance& p, int seats, std::int64_t ttl_ms,
                             bool staff) const {
  if (seats > max_seats_) return Code::kTooManySeats;
  const std::int64_t own = p.ttl_ms > 0 ? p.ttl_ms : ttl_ms_;
  return ttl_ms > (staff ? staff_ttl_max_ms_ : own) ? Code::kHoldTooLong : Code::kOk;
}

void HallModel::Conflicts(PerformanceId performance, const std::vector<SeatTicket>& seats,
                          HoldReply* reply) const {
  for (const SeatTicket& ticket : Sorted(seats)) {
    const std::uint32_t ordinal = OrdinalOf(ticket.seat);
    const SeatState state = SeatAt(performance, ordinal);
    if (state == SeatState::kAvailable) continue;
    const bool blocked = state == SeatState::kBlocked;
    const TimeUs free_at =
        state == SeatState::kHeld ? OwnerOf(performance, ordinal)->expires_at : TimeUs{};
    reply->conflicts.push_back(
        {ticket.seat, blocked ? Code::kSeatBlocked : Code::kSeatTaken, free_at});
    if (reply->status.ok()) reply->status = Status(reply->conflicts[0].reason);
  }
}

void HallModel::End(const HoldKey& key, HoldState to, FeedKind kind) {
  ModelHold& hold = holds.at(key);
  hold.state = to;
  hold.ended_at = now;
  hold.history.push_back(kind);
  ++events[key.first];
}

void HallModel::Expire(const HoldKey& key) { End(key, HoldState::kExpired, FeedKind::kExpired); }

HoldReply HallModel::Replay(const HoldKey& key, bool same) {
  if (!same) return RefusedAs<HoldReply>(Code::kIdempotencyMismatch);
  ModelHold& hold = holds.at(key);
  if (IsOver(hold)) Expire(key);
  HoldReply reply;
  reply.replayed = true;
  reply.state = hold.state;
  reply.expires_at = hold.expires_at;
  reply.total = Money{hold.total, performances.at(key.first).currency};
  for (const auto& [ordinal, ticket] : hold.seats) {
    reply.seats.push_back({MakeSeatId(performances.at(key.first).venue, ordinal), ticket.first});
  }
  return reply;
}

template <class AnyOp>
HoldReply HallModel::Grant(const AnyOp& op, const std::vector<SeatTicket>& seats) {
  const ModelPerformance& p = performances.at(op.performance);
  // The whole of a lapsed hold ends with the first of its seats that goes to someone else.
  for (const HoldKey& key : Lapsed()) {
    if (key.first != op.performance) continue;
    const bool touched = std::ranges::any_of(seats, [&](const SeatTicket& ticket) {
      return holds.at(key).seats.contains(OrdinalOf(ticket.seat));
    });
    if (touched) Expire(key);
  }
  ModelHold hold;
  hold.user = op.user;
  hold.asked = op;
  hold.staff = op.staff;
  hold.created_at = now;
  const std::int64_t ttl = op.ttl_ms > 0 ? op.ttl_ms : p.ttl_ms > 0 ? p.ttl_ms : ttl_ms_;
  hold.expires_at = TimeUs{now.value + ttl * 1'000};
  HoldReply reply;
  reply.state = HoldState::kHeld;
  reply.expires_at = hold.expires_at;
  for (const SeatTicket& ticket : Sorted(seats)) {
    const std::uint32_t ordinal = OrdinalOf(ticket.seat);
    const std::int64_t price = *PriceOf(p, ordinal, ticket.ticket_type);
    hold.seats[ordinal] = {ticket.ticket_type, price};
    hold.total += price;
    reply.seats.push_back(ticket);
  }
  reply.total = Money{hold.total, p.currency};
  holds.emplace(HoldKey{op.performance, op.id}, std::move(hold));
  ++events[op.performance];
  return reply;
}

HoldReply HallModel::GrantBest(const BestOp& op, const std::vector<SeatTicket>& seats) {
  return Grant(op, seats);
}

HoldReply HallModel::Hold(const HoldOp& op) {
  if (const Code code = CheckIds(op); code != Code::kOk) return RefusedAs<HoldReply>(code);
  if (op.seats.empty()) return RefusedAs<HoldReply>(Code::kInvalidArgument);
  if (op.seats.size() > 16) return RefusedAs<HoldReply>(Code::kTooManySeats);
  std::set<SeatId> distinct;
  for (const SeatTicket& ticket : op.seats) distinct.insert(ticket.seat);
  if (distinct.size() < op.seats.size()) return RefusedAs<HoldReply>(Code::kDuplicateSeat);

  const HoldKey key{op.performance, op.id};
  if (const auto known = holds.find(key); known != holds.end()) {
    const auto* asked = std::get_if<HoldOp>(&known->second.asked);
    return Replay(key, asked != nullptr && SameHold(*asked, op));
  }
  const auto found = performances.find(op.performance);
  if (found == performances.end()) return RefusedAs<HoldReply>(Code::kUnknownPerformance);
  const ModelPerformance& p = found->second;
  Code code = CheckSale(p);
  if (code == Code::kOk) code = CheckTickets(p, op.seats);
  if (code == Code::kOk) {
    code = CheckRequest(p, static_cast<int>(op.seats.size()), op.ttl_ms, op.staff);
  }
  if (code != Code::kOk) return RefusedAs<HoldReply>(code);
  HoldReply reply;
  Conflicts(op.performance, op.seats, &reply);
  if (!reply.status.ok()) return reply;
  const bool limited = p.user_limit > 0 && !op.staff;
  if (limited && SeatsOf(op.performance, op.user) + op.seats.size() > p.user_limit) {
    return RefusedAs<HoldReply>(Code::kUserLimit);
  }
  return Grant(op, op.seats);
}

std::optional<HoldReply> HallModel::MayRefuse(const HoldOp& op) const {
  if (CheckIds(op) != Code::kOk || op.seats.empty() || op.seats.size() > 16) return std::nullopt;
  const auto found = performances.find(op.performance);
  if (found == performances.end()) return std::nullopt;
  const ModelPerformance& p = found->second;
  if (CheckSale(p) != Code::kOk || CheckTickets(p, op.seats) != Code::kOk) return std::nullopt;
  const int count = static_cast<int>(op.seats.size());
  if (CheckRequest(p, count, op.ttl_ms, op.staff) != Code::kOk) return std::nullopt;
  for (const SeatTicket& ticket : op.seats) {
    const ModelHold* owner = OwnerOf(op.performance, OrdinalOf(ticket.seat));
    if (owner != nullptr && owner->user == op.user) return std::nullopt;
  }
  HoldReply reply;
  Conflicts(op.performance, op.seats, &reply);
  if (reply.status.ok()) return std::nullopt;
  return reply;
}

PayReply HallModel::ReceiptOf(const TransferId& id, const ModelTransfer& t) {
  const TransferId stands = t.code == Code::kOk ? id : TransferId{};
  return {Status(t.code), false,    false,
          stands,         t.amount, Money{t.balance_after, t.amount.currency}};
}

PayReply HallModel::Confirm(const ConfirmOp& op) {
  if (!op.performance || !op.hold || !op.payment || !op.user) {
    return RefusedAs<PayReply>(Code::kInvalidArgument);
  }
  const bool wallet = op.tender == Tender::kWallet;
  const bool tender_known = wallet || op.tender == Tender::kExternal;
  if (!tender_known || op.reference.empty() != wallet) {
    return RefusedAs<PayReply>(Code::kInvalidArgument);
  }
  if (const auto known = transfers.find(op.payment); known != transfers.end()) {
    const auto* had = std::get_if<ConfirmOp>(&known->second.asked);
    const bool same = had != nullptr && had->performance == op.performance &&
                      had->hold == op.hold && had->user == op.user && had->tender == op.tender &&
                      had->reference == op.reference && had->expected_total == op.expected_total;
    if (!same) return RefusedAs<PayReply>(Code::kIdempotencyMismatch);
    PayReply reply = ReceiptOf(op.payment, known->second);
    reply.replayed = true;
    return reply;
  }
  if (!performances.contains(op.performance)) {
    return RefusedAs<PayReply>(Code::kUnknownPerformance);
  }
  const HoldKey key{op.performance, op.hold};
  const auto found = holds.find(key);
  if (found == holds.end()) return RefusedAs<PayReply>(Code::kUnknownHold);
  ModelHold& hold = found->second;
  if (hold.user != op.user) return RefusedAs<PayReply>(Code::kNotHoldOwner);
  if (hold.state == HoldState::kConfirmed) {
    PayReply reply = ReceiptOf(hold.payment, transfers.at(hold.payment));
    reply.already = true;
    return reply;
  }
  if (hold.state == HoldState::kCancelled) return RefusedAs<PayReply>(Code::kHoldCancelled);
  if (hold.state == HoldState::kRefunded) return RefusedAs<PayReply>(Code::kHoldRefunded);
  if (IsOver(hold)) Expire(key);
  if (hold.state == HoldState::kExpired) return RefusedAs<PayReply>(Code::kHoldExpired);

  const Currency currency = performances.at(op.performance).currency;
  const AccountKey account{op.user, currency};
  ModelTransfer t{op,       Code::kOk, TransferKind::kPayment, op.user, Money{hold.total, currency},
                  op.tender};
  if (op.expected_total && op.expected_total->currency != currency) {
    return RefusedAs<PayReply>(Code::kCurrencyMismatch);
  }
  if (op.expected_total && op.expected_total->minor != hold.total) {
    t.code = Code::kPriceMismatch;
  } else if (!wallet && references.contains(op.reference)) {
    return RefusedAs<PayReply>(Code::kReferenceUsed);
  } else if (wallet && balances[account] < hold.total) {
    t.code = Code::kInsufficientFunds;
    t.balance_after = balances[account];
  }
  if (t.code == Code::kOk) {
    if (wallet) {
      MoveBalance(account, -hold.total, op.payment);
      t.balance_after = balances[account];
    } else {
      references.insert(op.reference);
    }
    hold.payment = op.payment;
    End(key, HoldState::kConfirmed, FeedKind::kConfirmed);
  }
  transfers.emplace(op.payment, t);
  return ReceiptOf(op.payment, t);
}

Status HallModel::Cancel(const CancelOp& op) {
  if (!op.performance || !op.hold || !op.user) return Status(Code::kInvalidArgument);
  if (!performances.contains(op.performance)) return Status(Code::kUnknownPerformance);
  const HoldKey key{op.performance, op.hold};
  const auto found = holds.find(key);
  if (found == holds.end()) return Status(Code::kUnknownHold);
  const ModelHold& hold = found->second;
  if (hold.user != op.user) return Status(Code::kNotHoldOwner);
  if (hold.state == HoldState::kConfirmed) return Status(Code::kHoldConfirmed);
  if (hold.state == HoldState::kRefunded) return Status(Code::kHoldRefunded);
  if (IsOver(hold)) {
    Expire(key);
  } else if (hold.state == HoldState::kHeld) {
    End(key, HoldState::kCancelled, FeedKind::kCancelled);
  }
  return Status();
}

PayReply HallModel::Refund(const RefundOp& op) {
  if (!op.id || !op.performance || !op.hold) return RefusedAs<PayReply>(Code::kInvalidArgument);
  if (const auto known = transfers.find(op.id); known != transfers.end()) {
    const auto* had = std::get_if<RefundOp>(&known->second.asked);
    const bool same = had != nullptr && had->performance == op.performance && had->hold == op.hold;
    if (!same) return RefusedAs<PayReply>(Code::kIdempotencyMismatch);
    PayReply reply = ReceiptOf(op.id, known->second);
    reply.replayed = true;
    return reply;
  }
  if (!performances.contains(op.performance)) {
    return RefusedAs<PayReply>(Code::kUnknownPerformance);
  }
  const HoldKey key{op.performance, op.hold};
  const auto found = holds.find(key);
  if (found == holds.end()) return RefusedAs<PayReply>(Code::kUnknownHold);
  ModelHold& hold = found->second;
  if (hold.state == HoldState::kRefunded) return RefusedAs<PayReply>(Code::kHoldRefunded);
  if (hold.state != HoldState::kConfirmed) return RefusedAs<PayReply>(Code::kNotConfirmed);
  const ModelTransfer paid = transfers.at(hold.payment);
  const AccountKey account{paid.user, paid.amount.currency};
  ModelTransfer t{op, Code::kOk, TransferKind::kRefund, paid.user, paid.amount, paid.tender};
  if (paid.tender == Tender::kWallet) {
    if (balances[account] + paid.amount.minor > kAmountMinorMax) {
      return RefusedAs<PayReply>(Code::kAmountOutOfRange);
    }
    MoveBalance(account, paid.amount.minor, op.id);
    t.balance_after = balances[account];
  }
  transfers.emplace(op.id, t);
  hold.refund = op.id;
  End(key, HoldState::kRefunded, FeedKind::kRefunded);
  return ReceiptOf(op.id, t);
}

void HallModel::MoveBalance(const AccountKey& account, std::int64_t by, const TransferId& id) {
  balances[account] += by;
  statements[account].push_back(id);
}

TransferReply HallModel::Move(const WalletOp& op) {
  if (!op.id || !op.user) return RefusedAs<TransferReply>(Code::kInvalidArgument);
  if (op.amount.minor < 1 || op.amount.minor > kAmountMinorMax) {
    return RefusedAs<TransferReply>(Code::kAmountOutOfRange);
  }
  if (const auto known = transfers.find(op.id); known != transfers.end()) {
    const auto* had = std::get_if<WalletOp>(&known->second.asked);
    const bool same = had != nullptr && had->kind == op.kind && had->user == op.user &&
                      had->amount == op.amount && had->reference == op.reference;
    if (!same) return RefusedAs<TransferReply>(Code::kIdempotencyMismatch);
    return {Status(known->second.code), true,
            Money{known->second.balance_after, op.amount.currency}};
  }
  const AccountKey account{op.user, op.amount.currency};
  const bool charge = op.kind == TransferKind::kCharge;
  const std::int64_t had = balances[account];
  if (charge && had + op.amount.minor > kAmountMinorMax) {
    return RefusedAs<TransferReply>(Code::kAmountOutOfRange);
  }
  ModelTransfer t{op, Code::kOk, op.kind, op.user, op.amount};
  if (!charge && had < op.amount.minor) {
    t.code = Code::kInsufficientFunds;
  } else {
    MoveBalance(account, charge ? op.amount.minor : -op.amount.minor, op.id);
  }
  t.balance_after = balances[account];
  transfers.emplace(op.id, t);
  return {Status(t.code), false, Money{t.balance_after, op.amount.currency}};
}

BlockReplies HallModel::Block(const BlockOp& op) {
  const std::set<SeatId> distinct(op.seats.begin(), op.seats.end());
  if (!op.performance) return BlockReplies(op.seats.size(), Status(Code::kInvalidArgument));
  if (distinct.size() < op.seats.size()) {
    return BlockReplies(op.seats.size(), Status(Code::kDuplicateSeat));
  }
  const auto found = performances.find(op.performance);
  if (found == performances.end()) {
    return BlockReplies(op.seats.size(), Status(Code::kUnknownPerformance));
  }
  BlockReplies replies;
  bool changed = false;
  for (const SeatId seat : op.seats) {
    const std::uint32_t ordinal = OrdinalOf(seat);
    if (VenueOf(seat) != found->second.venue || ordinal >= plan_.seats.size()) {
      replies.emplace_back(Code::kUnknownSeat);
      continue;
    }
    const SeatState state = SeatAt(op.performance, ordinal);
    if (!op.block) {
      changed = blocks.erase({op.performance, ordinal}) > 0 || changed;
      replies.emplace_back();
    } else if (state == SeatState::kHeld || state == SeatState::kSold) {
      replies.emplace_back(Code::kSeatTaken);
    } else {
      for (const HoldKey& key : Lapsed()) {
        if (key.first == op.performance && holds.at(key).seats.contains(ordinal)) Expire(key);
      }
      changed = blocks.emplace(std::pair(op.performance, ordinal), now).second || changed;
      replies.emplace_back();
    }
  }
  if (changed) ++events[op.performance];
  return replies;
}

void HallModel::SetSale(PerformanceId performance, bool on_sale) {
  performances.at(performance).on_sale = on_sale;
}

}  // namespace seathold::testing
