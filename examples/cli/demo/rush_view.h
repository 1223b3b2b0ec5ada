// What is shown while something long runs: bars, rates and the hall on a terminal, a line a second
// elsewhere.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "examples/cli/demo/console.h"
#include "examples/cli/demo/hall_picture.h"
#include "examples/cli/demo/rush.h"

namespace seathold::demo {

// True at most once per interval of real time.
class Pace {
 public:
  explicit Pace(double interval_s) : interval_s_(interval_s) {}
  bool Due();

 private:
  double interval_s_;
  std::int64_t last_ns_ = 0;
};

class RushView {
 public:
  RushView(Console& console, const Hall& hall);
  void Show(const RushMoment& moment);
  // Draws the last moment, however soon after the one before.
  void Finish();

 private:
  void Draw(const RushMoment& moment);
  void PrintLine(const RushMoment& moment);

  Console& console_;
  const Hall& hall_;
  HallPicture picture_;
  Pace pace_;
  RushMoment last_, second_ago_;
  double hold_rate_ = 0, refusal_rate_ = 0;
};

// One bar for work that is counted: "accounts  ######....  120 of 200  24/s".
class WorkView {
 public:
  WorkView(Console& console, std::string label, std::uint64_t total);
  void Show(std::uint64_t done, bool last = false);

 private:
  Console& console_;
  std::string label_;
  std::uint64_t total_;
  std::int64_t began_ns_;
  Pace pace_;
};

}  // namespace seathold::demo
