// What a rush needs of a box office. Two exist: SeatHold, and the textbook way.
//
// Thread-safe: several counters serve at once, each for buyers of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "examples/cli/demo/hall.h"
#include "examples/cli/demo/script.h"
#include "seathold/ids.h"
#include "seathold/queue_manager.h"
#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold::demo {

// One buyer's business with the box office. Each call leaves its answer in `code`.
struct Visit {
  std::uint32_t buyer = 0;
  UserId user;
  std::string access_token;  // of those who logged in; shown when they first join
  // The line.
  LineState place = LineState::kAbsent;
  SignedText token, pass;
  // The hold.
  HoldId hold;
  int wanted = 1;
  Seats seats;  // wanted, then held
  std::int64_t total_minor = 0;
  TransferId payment;
  // The answer.
  Code code = Code::kOk;
  bool replayed = false;
};

using Visits = std::span<Visit* const>;
using Funding = std::pair<UserId, std::int64_t>;  // user, amount in minor units

class BoxOffice {
 public:
  virtual ~BoxOffice() = default;

  // Money into wallets before the sale.
  virtual Status Fund(std::span<const Funding> fundings) = 0;
  // Once per step of the sale clock, by one thread, while nobody is served: lapsed holds,
  // admission.
  virtual Status Tick(TimeUs now) = 0;
  virtual Result<std::shared_ptr<const HallMap>> Look() = 0;
  virtual std::uint64_t waiting() = 0;
  virtual std::uint64_t inside() = 0;

  virtual void Join(Visits visits) = 0;
  virtual void Poll(Visits visits) = 0;
  virtual void Leave(Visit& visit) = 0;
  // The seats of `visit.seats`; HoldBest: `visit.wanted` seats of the office's choice.
  virtual void Hold(Visits visits) = 0;
  virtual void HoldBest(Visits visits) = 0;
  virtual void Cancel(Visit& visit) = 0;
  virtual void TopUp(Visit& visit, std::int64_t amount_minor) = 0;
  // A payment takes time: it begins when the buyer presses the button and is finished when the
  // provider has answered. Only after kOk of the first comes the second.
  virtual void BeginPayment(Visit& visit, Purse purse) = 0;
  virtual void FinishPayment(Visit& visit, Purse purse) = 0;
};

}  // namespace seathold::demo
