// Money: charge, withdraw, look. Payments and refunds are ReservationSystem's, since they move with
// the seats.
//
// Double entry: a transfer debits one account and credits another. Charge = external -> user,
// withdraw = user -> external. A user's account never goes below zero. A view on an Engine, valid
// while it lives; thread-safe; batches as in ReservationSystem.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/ids.h"
#include "seathold/money.h"
#include "seathold/status.h"
#include "seathold/time.h"
#include "seathold/types.h"

namespace seathold {

// `id` is the caller's and makes the call safe to repeat. amount.minor 1 .. kAmountMinorMax.
struct ChargeRequest {
  TransferId id;
  UserId user;
  Money amount;
  std::string_view reference = {};  // at most 200 bytes, for the statement
};

struct [[nodiscard]] TransferReply {
  Status status;
  bool replayed = false;
  Money balance_after;  // of the first answer, when replayed

  bool ok() const { return status.ok(); }
};

struct TransferView {
  TransferId id;
  TransferKind kind{};
  Code code = Code::kOk;  // a decision against it, kept under its id
  UserId user;
  Money amount;
  PerformanceId performance;
  HoldId hold;
  Tender tender = Tender::kNone;
  std::string reference;
  TimeUs created_at;
};

// amount_minor is signed: what it did to this account.
struct StatementLine {
  std::uint64_t line = 0;  // 1, 2, 3, ...
  TransferId id;
  TransferKind kind{};
  std::int64_t amount_minor = 0;
  std::int64_t balance_after_minor = 0;
  PerformanceId performance;
  std::string reference;
  TimeUs created_at;
};

class Wallet {
 public:
  virtual ~Wallet() = default;

  // Errors in order: kInvalidArgument, kInvalidText, kAmountOutOfRange, kClosed,
  // kIdempotencyMismatch, kAmountOutOfRange (the balance would pass its bound), then storage's.
  virtual void Charge(std::span<const ChargeRequest> requests, std::span<TransferReply> replies,
                      const CallOptions& options = {}) = 0;
  TransferReply Charge(const ChargeRequest& request, const CallOptions& options = {}) {
    TransferReply reply;
    Charge({&request, 1}, {&reply, 1}, options);
    return reply;
  }
  // As Charge, with kInsufficientFunds, which is kept under the id.
  virtual void Withdraw(std::span<const ChargeRequest> requests, std::span<TransferReply> replies,
                        const CallOptions& options = {}) = 0;
  TransferReply Withdraw(const ChargeRequest& request, const CallOptions& options = {}) {
    TransferReply reply;
    Withdraw({&request, 1}, {&reply, 1}, options);
    return reply;
  }
  // A user without an account in this currency has 0. Errors: kInvalidArgument, kClosed, storage's.
  virtual Result<Money> Balance(UserId user, Currency currency,
                                const CallOptions& options = {}) = 0;
  // Lines after line `after`, oldest first, at most lines_max (1 .. 10,000). Errors in order:
  // kInvalidArgument, kClosed, storage's.
  virtual Result<std::vector<StatementLine>> Statement(UserId user, Currency currency,
                                                       std::uint64_t after, int lines_max,
                                                       const CallOptions& options = {}) = 0;
  // `settle` as in ReservationSystem::Get. Errors: kInvalidArgument, kClosed, kUnknownTransfer,
  // storage's.
  virtual Result<TransferView> GetTransfer(TransferId id, bool settle = false,
                                           const CallOptions& options = {}) = 0;
};

}  // namespace seathold
