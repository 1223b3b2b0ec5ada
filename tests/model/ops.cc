#include "tests/model/ops.h"

#include <sstream>

namespace seathold::testing {
namespace {

std::string Short(const Uuid& id) { return ToString(id).substr(24); }

std::string Text(const Money& money) {
  return std::to_string(money.minor) + std::string(money.currency.text());
}

void Add(std::ostream& out, const SeatTicket& ticket) {
  out << ' ' << VenueOf(ticket.seat).value << ':' << OrdinalOf(ticket.seat);
  if (ticket.ticket_type != 0) out << '/' << ticket.ticket_type;
}

struct OpText {
  std::ostringstream out;

  void operator()(const HoldOp& op) {
    out << "hold " << Short(op.id.value) << " user " << op.user.value << " performance "
        << op.performance.value << " ttl " << op.ttl_ms << (op.staff ? " staff" : "") << " seats";
    for (const SeatTicket& ticket : op.seats) Add(out, ticket);
  }
  void operator()(const BestOp& op) {
    out << "best " << Short(op.id.value) << " user " << op.user.value << " performance "
        << op.performance.value << " ttl " << op.ttl_ms << (op.staff ? " staff" : "") << " seats "
        << op.seats << " type " << op.ticket_type << (op.allow_split ? "" : " together");
    if (op.category) out << " category " << *op.category;
  }
  void operator()(const ConfirmOp& op) {
    out << "confirm " << Short(op.hold.value) << " payment " << Short(op.payment.value) << " user "
        << op.user.value << " performance " << op.performance.value << " tender "
        << static_cast<int>(op.tender) << ' ' << op.reference;
    if (op.expected_total) out << " expecting " << Text(*op.expected_total);
  }
  void operator()(const CancelOp& op) {
    out << "cancel " << Short(op.hold.value) << " user " << op.user.value << " performance "
        << op.performance.value;
  }
  void operator()(const RefundOp& op) {
    out << "refund " << Short(op.hold.value) << " id " << Short(op.id.value) << " performance "
        << op.performance.value;
  }
  void operator()(const WalletOp& op) {
    out << (op.kind == TransferKind::kCharge ? "charge " : "withdraw ") << Short(op.id.value)
        << " user " << op.user.value << ' ' << Text(op.amount) << ' ' << op.reference;
  }
  void operator()(const BlockOp& op) {
    out << (op.block ? "block" : "unblock") << " performance " << op.performance.value;
    for (const SeatId seat : op.seats) Add(out, {seat, 0});
  }
};

struct ReplyText {
  std::ostringstream out;

  void Code(const Status& status) { out << FindCode(status.code())->name; }
  // `advisory` is left out: whether memory or storage refused is not part of the answer.
  void operator()(const HoldReply& reply) {
    Code(reply.status);
    out << (reply.replayed ? " replayed" : "") << " state " << static_cast<int>(reply.state)
        << " until " << reply.expires_at.value << " total " << Text(reply.total) << " seats";
    for (const SeatTicket& ticket : reply.seats) Add(out, ticket);
    for (const SeatConflict& conflict : reply.conflicts) {
      out << " conflict " << OrdinalOf(conflict.seat) << ' ' << FindCode(conflict.reason)->name
          << " until " << conflict.free_at.value;
    }
    out << " next " << reply.next_release_at.value << " free " << reply.seats_free;
  }
  void operator()(const PayReply& reply) {
    Code(reply.status);
    out << (reply.replayed ? " replayed" : "") << (reply.already ? " already" : "") << " total "
        << Text(reply.total) << " left " << Text(reply.balance_after) << " stands "
        << ToString(reply.payment.value);
  }
  void operator()(const TransferReply& reply) {
    Code(reply.status);
    out << (reply.replayed ? " replayed" : "") << " left " << Text(reply.balance_after);
  }
  void operator()(const Status& reply) { Code(reply); }
  void operator()(const BlockReplies& replies) {
    for (const Status& reply : replies) {
      Code(reply);
      out << ' ';
    }
  }
};

}  // namespace

std::string Describe(const Op& op) {
  OpText text;
  std::visit(text, op);
  return text.out.str();
}

std::string Describe(const Reply& reply) {
  ReplyText text;
  std::visit(text, reply);
  return text.out.str();
}

}  // namespace seathold::testing
