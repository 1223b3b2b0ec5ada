// The rush: every buyer of a seed against one box office, on a sale clock that this drives.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "examples/cli/demo/box_office.h"
#include "examples/cli/demo/tally.h"
#include "seathold/clock.h"

namespace seathold::demo {

// Set by Ctrl-C; everything that takes long looks at it.
using StopFlag = std::atomic<bool>;

// Somebody with an account and a login, instead of a number of the host's.
struct LoggedIn {
  UserId user;
  std::string access_token;
};

struct RushOptions {
  int buyers = 0;
  int threads = 1;
  std::uint64_t seed = 1;
  std::vector<LoggedIn> accounts;  // the first buyers are these
};

// A moment of the rush, for whoever watches.
struct RushMoment {
  double wall_s = 0, sale_s = 0;
  std::uint64_t buyers = 0, finished = 0, waiting = 0, inside = 0;
  std::uint64_t holds = 0, refused = 0, payments = 0, polls = 0;
  std::shared_ptr<const HallMap> map;
};
using Watcher = std::function<void(const RushMoment&)>;

struct RushResult {
  Status status;  // why it ended early; kOk: everybody was served
  Tally tally;
  double wall_s = 0, sale_s = 0;
  std::uint64_t undecided = 0;
  std::shared_ptr<const HallMap> map;  // at the end
};

// The user that buyer number `buyer` is, unless they have an account.
UserId HostUser(std::uint32_t buyer);

// Puts money into the wallets of those who pay from one. Part of the story, not of the rush.
Status FundWallets(BoxOffice& office, const Hall& hall, const RushOptions& options,
                   std::uint64_t* funded, std::int64_t* funded_minor);

RushResult RunRush(BoxOffice& office, const Hall& hall, const RushOptions& options,
                   ManualClock& clock, const StopFlag& stop, const Watcher& watch);

}  // namespace seathold::demo
