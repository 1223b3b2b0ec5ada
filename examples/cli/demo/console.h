// Where the demo talks: a terminal that can be painted and redrawn, a pipe that gets plain lines,
// or nobody. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/money.h"

namespace seathold::demo {

enum class Tone : std::uint8_t { kPlain, kStrong, kDim, kGood, kBad, kFree, kHeld, kSold, kAccent };

struct ConsoleTraits {
  bool quiet = false;  // nothing is printed
  bool live = false;   // a terminal: what was drawn can be drawn again
  bool colour = false;
  int width = 80, height = 24;
};
// Looks at standard output, NO_COLOR and TERM.
ConsoleTraits LookAtStdout();

class Console {
 public:
  explicit Console(const ConsoleTraits& traits) : traits_(traits) {}
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  const ConsoleTraits& traits() const { return traits_; }
  bool live() const { return traits_.live && !traits_.quiet; }

  void Line(std::string_view text = "");
  // "  label        text", the label dimmed, the text broken to fit a terminal.
  void Fact(std::string_view label, std::string_view text);
  void Heading(std::string_view act, std::string_view title);
  // Replaces what the last Draw drew, when live.
  void Draw(const std::vector<std::string>& lines);
  // What was drawn stays; the next Draw begins below.
  void Keep();

  std::string Paint(Tone tone, std::string_view text) const;
  // A bar of `width` cells of which `share` (0 .. 1) is filled.
  std::string Bar(double share, int width, Tone tone) const;

 private:
  ConsoleTraits traits_;
  std::size_t drawn_ = 0;  // lines of the last Draw
};

// "1,234,567".
std::string Grouped(std::uint64_t number);
// "1,234,567.50 GBP".
std::string MoneyText(const Money& amount);
// "00:07:32".
std::string ClockText(double seconds);
// "41.2 ms", "3.1 s".
std::string DurationText(double seconds);
// "3.2 MiB".
std::string BytesText(std::uint64_t bytes);

}  // namespace seathold::demo
