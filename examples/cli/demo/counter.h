// A counter of the box office: one thread that serves its own buyers, step by step of the sale
// clock, each as their script says.
//
// Not thread-safe; distinct counters run at once. What many buyers want in one step goes to the box
// office as one batch, as a host's event loop would do it; payments go one by one.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "examples/cli/demo/box_office.h"
#include "examples/cli/demo/script.h"
#include "examples/cli/demo/tally.h"

namespace seathold::demo {

inline constexpr int kStepSeconds = 2;  // of the sale clock

class Counter {
 public:
  // Borrows both.
  Counter(BoxOffice& office, const Hall& hall, int steps_max);

  void Expect(std::uint64_t seed, std::uint32_t buyer, UserId user, std::string access_token);
  // Serves everybody who is due in this step. `map` is what their browsers show.
  void Serve(int step, TimeUs now, const HallMap& map);

  const Tally& tally() const { return tally_; }
  std::size_t buyers() const { return buyers_.size(); }

 private:
  enum class Stage : std::uint8_t {
    kJoining,
    kWaiting,
    kChoosing,
    kPaying,
    kSettling,
    kCancelling
  };
  static constexpr std::size_t kStages = 6;
  struct Buyer {
    BuyerScript script;
    Dice dice;
    Visit visit;
    Stage stage = Stage::kJoining;
    int tries_left = 0;
    int gone_at_step = 0;  // walks away from the line; 0 = stays
  };
  using Buyers = std::vector<Buyer*>;

  void After(Buyer& buyer, Stage stage, int seconds);
  void End(Buyer& buyer, Fate fate);
  void GoHome(Buyer& buyer, Fate fate);
  void ComeAgain(Buyer& buyer);

  void ServeJoins(const Buyers& buyers);
  void ServePolls(const Buyers& buyers, const HallMap& map);
  void AfterLine(Buyer& buyer);
  void ServeChoosers(const Buyers& buyers, const HallMap& map);
  bool SeesSeats(Buyer& buyer, const HallMap& map);
  void AskForSeats(const Buyers& buyers, bool best);
  void AfterHold(Buyer& buyer);
  void AfterHoldRefused(Buyer& buyer);
  void TryAgain(Buyer& buyer);
  void Pay(Buyer& buyer);
  void Settle(Buyer& buyer);
  void ClickAgain(Buyer& buyer);
  void AfterShort(Buyer& buyer);
  void AfterHoldLost(Buyer& buyer);
  void Cancel(Buyer& buyer);
  Uuid DrawId(Buyer& buyer) const;

  BoxOffice& office_;
  const Hall& hall_;
  std::deque<Buyer> buyers_;  // a deque: visits are pointed at
  std::vector<Buyers> due_;   // by step
  Tally tally_;
  int step_ = 0;
  TimeUs now_;
};

}  // namespace seathold::demo
