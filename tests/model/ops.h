// One command of the model test, as plain values that the engine and the model both read.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "seathold/reservation_system.h"
#include "seathold/wallet.h"

namespace seathold::testing {

struct HoldOp {
  HoldId id;
  UserId user;
  PerformanceId performance;
  std::vector<SeatTicket> seats;
  std::int64_t ttl_ms = 0;
  bool staff = false;
};
struct BestOp {
  HoldId id;
  UserId user;
  PerformanceId performance;
  int seats = 1;
  std::optional<std::uint32_t> category;
  std::uint32_t ticket_type = 0;
  bool allow_split = true;
  std::int64_t ttl_ms = 0;
  bool staff = false;
};
struct ConfirmOp {
  PerformanceId performance;
  HoldId hold;
  TransferId payment;
  UserId user;
  Tender tender = Tender::kWallet;
  std::string reference;
  std::optional<Money> expected_total;
};
struct CancelOp {
  PerformanceId performance;
  HoldId hold;
  UserId user;
};
struct RefundOp {
  TransferId id;
  PerformanceId performance;
  HoldId hold;
};
struct WalletOp {
  TransferKind kind = TransferKind::kCharge;
  TransferId id;
  UserId user;
  Money amount;
  std::string reference;
};
struct BlockOp {
  PerformanceId performance;
  std::vector<SeatId> seats;  // at most kSeatsPerHoldCap
  bool block = true;
};

using Op = std::variant<HoldOp, BestOp, ConfirmOp, CancelOp, RefundOp, WalletOp, BlockOp>;
// The replies, by the same index as Op.
using BlockReplies = std::vector<Status>;
using Reply =
    std::variant<HoldReply, HoldReply, PayReply, Status, PayReply, TransferReply, BlockReplies>;

std::string Describe(const Op& op);
std::string Describe(const Reply& reply);

}  // namespace seathold::testing
