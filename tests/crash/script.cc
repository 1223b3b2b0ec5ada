#include "tests/crash/script.h"

namespace seathold::testing {
namespace {

Uuid IdOf(std::uint8_t kind, std::uint8_t n) {
  Uuid id{};
  id[0] = kind;
  id[15] = n;
  return id;
}

class Writer {
 public:
  explicit Writer(std::vector<Op>* out) : out_(out) {}

  void Charge(std::uint64_t user, std::int64_t amount_minor) {
    Op op = Make(OpKind::kCharge, user, 0);
    op.amount_minor = amount_minor;
    out_->push_back(op);
  }
  void Hold(std::uint64_t user, std::uint8_t hold, std::uint32_t first) {
    Op op = Make(OpKind::kHold, user, hold);
    op.n_seats = 2;
    op.seats = {first, first + 1};
    out_->push_back(op);
  }
  void Confirm(std::uint64_t user, std::uint8_t hold, bool external) {
    Op op = Make(OpKind::kConfirm, user, hold);
    op.external = external;
    op.n_seats = 2;
    out_->push_back(op);
  }
  void Cancel(std::uint64_t user, std::uint8_t hold) {
    out_->push_back(Make(OpKind::kCancel, user, hold));
  }
  void Refund(std::uint64_t user, std::uint8_t hold) {
    Op op = Make(OpKind::kRefund, user, hold);
    op.n_seats = 2;
    out_->push_back(op);
  }

 private:
  Op Make(OpKind kind, std::uint64_t user, std::uint8_t hold) const {
    Op op;
    op.number = out_->size() + 1;
    op.kind = kind;
    op.user = user;
    op.transfer = IdOf(0xAA, static_cast<std::uint8_t>(op.number));
    op.hold = IdOf(0xBB, hold);
    return op;
  }

  std::vector<Op>* const out_;
};

// Fifteen ops. Every round has users, holds and seats of its own.
void WriteRound(std::uint32_t round, Writer* out) {
  Writer& write = *out;
  const std::uint64_t one = 2 * round + 1, two = one + 1;
  const std::uint32_t seat = 30 * (round / 5) + 2 * (round % 5);
  const auto hold = [round](int n) { return static_cast<std::uint8_t>(5 * round + n); };
  write.Charge(one, 5'000);
  write.Hold(one, hold(1), seat);
  write.Confirm(one, hold(1), false);
  write.Hold(two, hold(2), seat + 10);
  write.Confirm(two, hold(2), true);
  write.Hold(one, hold(3), seat + 20);
  write.Cancel(one, hold(3));
  write.Refund(one, hold(1));
  write.Hold(two, hold(4), seat);
  write.Confirm(two, hold(4), false);  // no money: a decision that is kept
  write.Charge(two, 3'000);
  write.Confirm(two, hold(4), false);
  write.Hold(one, hold(5), seat + 20);
  write.Confirm(one, hold(5), true);
  write.Refund(two, hold(2));
}

}  // namespace

std::vector<Op> SaleOfRounds(std::uint32_t rounds) {
  std::vector<Op> script;
  Writer write(&script);
  for (std::uint32_t round = 0; round < rounds; ++round) WriteRound(round, &write);
  return script;
}
std::vector<Op> ShortSale() { return SaleOfRounds(1); }
std::vector<Op> LongSale() { return SaleOfRounds(4); }

std::vector<Told> PlayScript(Engine& engine, const Hall& hall, const std::vector<Op>& script) {
  std::vector<Told> told;
  for (const Op& op : script) told.push_back({op, Perform(engine, hall, op)});
  return told;
}

}  // namespace seathold::testing
