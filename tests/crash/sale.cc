#include "tests/crash/sale.h"

#include <algorithm>

namespace seathold::testing {
namespace {

Answer OfHold(const HoldReply& reply) {
  Answer answer;
  answer.code = reply.status.code();
  answer.replayed = reply.replayed;
  answer.advisory = reply.advisory;
  if (!reply.status.ok()) return answer;
  for (const SeatTicket& ticket : reply.seats) {
    answer.seats.at(answer.n_seats++) = OrdinalOf(ticket.seat);
  }
  answer.expires_at_us = reply.expires_at.value;
  answer.total_minor = reply.total.minor;
  return answer;
}

template <class Reply>
Answer OfTransfer(const Reply& reply) {
  Answer answer;
  answer.code = reply.status.code();
  answer.replayed = reply.replayed;
  answer.balance_minor = reply.balance_after.minor;
  if constexpr (requires { reply.total; }) answer.total_minor = reply.total.minor;
  return answer;
}

}  // namespace

Answer Perform(Engine& engine, const Hall& hall, const Op& op, const CallOptions& options) {
  const Buyer buyer{engine, hall, UserId{op.user}};
  switch (op.kind) {
    case OpKind::kCharge:
      return OfTransfer(buyer.Charge({op.transfer}, op.amount_minor, options));
    case OpKind::kHold:
      return OfHold(
          buyer.Hold({op.hold}, {op.seats.begin(), op.seats.begin() + op.n_seats}, options));
    case OpKind::kConfirm:
      return OfTransfer(buyer.Pay({op.hold}, {op.transfer},
                                  op.external ? ToString(op.transfer) : std::string(), options));
    case OpKind::kRefund:
      return OfTransfer(buyer.Refund({op.hold}, {op.transfer}, options));
    case OpKind::kCancel:
      break;
  }
  Answer answer;
  answer.code = buyer.Cancel({op.hold}, options).code();
  return answer;
}

Uuid Seller::DrawId() {
  Uuid id;
  for (std::uint8_t& byte : id) byte = static_cast<std::uint8_t>(random_());
  id[0] |= 1;
  return id;
}

Op Seller::DrawFrom(std::vector<Op>* from) {
  const auto at = from->begin() + static_cast<std::ptrdiff_t>(Draw(from->size()));
  const Op op = *at;
  from->erase(at);
  return op;
}

Op Seller::DrawHold(Op op) {
  op.kind = OpKind::kHold;
  op.hold = DrawId();
  op.n_seats = static_cast<std::uint8_t>(1 + Draw(4));
  const std::uint32_t first = static_cast<std::uint32_t>(Draw(hall_.seats - 8));
  for (std::uint32_t i = 0; i < op.n_seats; ++i) op.seats.at(i) = first + 2 * i;
  return op;
}

Op Seller::Next() {
  Op op;
  op.user = 1 + index_ * kUsers + Draw(kUsers);
  const std::uint64_t dice = Draw(100);
  if (dice < 40 && !held_.empty()) {
    const Op hold = DrawFrom(&held_);
    op = hold;
    op.kind = dice < 30 ? OpKind::kConfirm : OpKind::kCancel;
    op.external = dice < 12;
    if (op.kind == OpKind::kConfirm) op.transfer = DrawId();
  } else if (dice < 50 && !paid_.empty()) {
    op = DrawFrom(&paid_);
    op.kind = OpKind::kRefund;
    op.transfer = DrawId();
  } else if (dice < 65) {
    op.kind = OpKind::kCharge;
    op.transfer = DrawId();
    op.amount_minor = static_cast<std::int64_t>(100 + Draw(4'000));
  } else {
    op = DrawHold(op);
  }
  op.number = index_ << 32 | ++asked_;
  return op;
}

void Seller::Hear(const Op& op, const Answer& answer) {
  const bool done = answer.code == Code::kOk;
  if (op.kind == OpKind::kHold && done) held_.push_back(op);
  if (op.kind == OpKind::kConfirm && done) paid_.push_back(op);
  if (op.kind == OpKind::kConfirm && answer.code == Code::kInsufficientFunds) held_.push_back(op);
}

}  // namespace seathold::testing
