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

}  // namespace

std::vector<Op> ShortSale() {
  std::vector<Op> script;
  Writer write(&script);
  write.Charge(1, 5'000);
  write.Hold(1, 1, 0);
  write.Confirm(1, 1, false);
  write.Hold(2, 2, 10);
  write.Confirm(2, 2, true);
  write.Hold(1, 3, 20);
  write.Cancel(1, 3);
  write.Refund(1, 1);
  write.Hold(2, 4, 0);
  write.Confirm(2, 4, false);  // no money: a decision that is kept
  write.Charge(2, 3'000);
  write.Confirm(2, 4, false);
  write.Hold(1, 5, 20);
  write.Confirm(1, 5, true);
  write.Refund(2, 2);
  return script;
}

std::vector<Told> PlayScript(Engine& engine, const Hall& hall, const std::vector<Op>& script) {
  std::vector<Told> told;
  for (const Op& op : script) told.push_back({op, Perform(engine, hall, op)});
  return told;
}

}  // namespace seathold::testing
