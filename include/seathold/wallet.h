// Money: charge, withdraw, look. Payments and refunds are ReservationSystem's, since they move with
// the seats.
//
//   TransferReply charged = engine->wallet().Charge(
//       {.id = TransferId{*IdFromText("pi_3Nx")}, .user = ann, .amount = {9'000, eur}});
//   Money left = engine->wallet().Balance(ann, eur).value();
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

// `id` is the caller's and makes the call safe to repeat: IdFromText of the payment provider's own
// number makes its webhook and the buyer's browser one charge. amount.minor 1 .. kAmountMinorMax. A
// user has one account a currency, which begins with the first transfer.
struct ChargeRequest {
  TransferId id;
  UserId user;
  Money amount;
  std::string_view reference = {};  // at most 200 bytes, for the statement
};

struct [[nodiscard]] TransferReply {
  Status status;
  bool replayed = false;  // the id was known: its first answer again, nothing moved twice
  Money balance_after;    // of the first answer, when replayed

  bool ok() const { return status.ok(); }
};

// One transfer, of any kind, under its id: what to show or to ask for when an answer was lost.
// `code` is kOk where money moved; kInsufficientFunds or kPriceMismatch where it was refused for
// good under this id.
struct TransferView {
  TransferId id;
  TransferKind kind{};
  Code code = Code::kOk;
  UserId user;
  Money amount;
  PerformanceId performance;      // of a payment or refund; else zero
  HoldId hold;                    // likewise
  Tender tender = Tender::kNone;  // of a payment or refund: wallet, or outside
  std::string reference;          // what the request said
  TimeUs created_at;
};

// A line of an account's statement: charges, withdrawals, and what was paid and given back. Its
// lines sum up to its balance: that of line n is the sum of all amounts up to it.
struct StatementLine {
  std::uint64_t line = 0;  // 1, 2, 3, ...
  TransferId id;
  TransferKind kind{};
  std::int64_t amount_minor = 0;  // signed: what it did to this account
  std::int64_t balance_after_minor = 0;
  PerformanceId performance;
  std::string reference;
  TimeUs created_at;
};

class Wallet {
 public:
  virtual ~Wallet() = default;

  // Books money that came from outside: call it when the payment provider says that it has come.
  // Errors in order: kInvalidArgument, kInvalidText, kAmountOutOfRange, kClosed,
  // kIdempotencyMismatch, kAmountOutOfRange (the balance would pass its bound), then storage's.
  virtual void Charge(std::span<const ChargeRequest> requests, std::span<TransferReply> replies,
                      const CallOptions& options = {}) = 0;
  TransferReply Charge(const ChargeRequest& request, const CallOptions& options = {}) {
    TransferReply reply;
    Charge({&request, 1}, {&reply, 1}, options);
    return reply;
  }
  // Books money that goes back outside. As Charge, with kInsufficientFunds, which is kept under the
  // id: ask again under a new one.
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
