// What the buyers of a rush lived through, counted as it happened. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "examples/cli/demo/hall.h"
#include "seathold/ids.h"
#include "seathold/status.h"

namespace seathold::demo {

// How a buyer's evening ended.
enum class Fate : std::uint8_t {
  kUndecided,
  kPaid,
  kWalkedAway,  // from the line
  kSoldOut,     // told so
  kGaveUp,      // tried, and went home
  kLetLapse,    // held seats and never came back
  kCancelled,
  kNoMoney,  // short, and did not top up
  kTooLate,  // the hold ended while the provider was thinking
};
inline constexpr std::size_t kFates = 9;
std::string_view FateText(Fate fate);

// A buyer was told "paid": these seats for this money.
struct Receipt {
  UserId user;
  HoldId hold;
  Seats seats;
  std::int64_t paid_minor = 0;
};

struct Tally {
  std::array<std::uint64_t, kFates> fates{};
  std::map<Code, std::uint64_t> refusals;  // heard from the box office
  std::uint64_t joins = 0, polls = 0, hold_asks = 0, holds = 0, seats_held = 0, payments = 0;
  std::uint64_t cancels = 0, repeats = 0, replays = 0, top_ups = 0, busy = 0, rejoins = 0;
  std::vector<Receipt> receipts;

  std::uint64_t fate(Fate f) const { return fates[static_cast<std::size_t>(f)]; }
  std::uint64_t finished() const;  // buyers whose fate is decided
  std::uint64_t refused() const;
  std::int64_t paid_minor() const;
  void Note(Code code);  // anything but kOk
  void Add(const Tally& other);
};

}  // namespace seathold::demo
