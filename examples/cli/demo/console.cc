#include "examples/cli/demo/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "seathold/seat_colours.h"

namespace seathold::demo {
namespace {

std::string SeatSequence(SeatState state) {
  return fmt::format("\x1b[38;5;{}m", ColourOf(state).terminal);
}

std::string Sequence(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kStrong:
      return "\x1b[1m";
    case Tone::kDim:
      return "\x1b[38;5;245m";
    case Tone::kGood:
      return "\x1b[1;38;5;78m";
    case Tone::kBad:
      return "\x1b[1;38;5;203m";
    case Tone::kFree:
      return SeatSequence(SeatState::kAvailable);
    case Tone::kHeld:
      return SeatSequence(SeatState::kHeld);
    case Tone::kSold:
      return SeatSequence(SeatState::kSold);
    case Tone::kAccent:
      return "\x1b[38;5;110m";
  }
  return "";
}

bool IsSet(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

// Columns that text takes on a terminal: colour sequences take none, UTF-8 one a character.
std::size_t Columns(std::string_view text) {
  std::size_t columns = 0;
  bool sequence = false;
  for (const char c : text) {
    if (c == '\x1b')
      sequence = true;
    else if (sequence)
      sequence = c != 'm';
    else
      columns += (c & 0xC0) != 0x80;
  }
  return columns;
}

// Breaks at blanks so that no line is wider than `width`, where that is possible.
std::vector<std::string> Wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' ', 1), text.size());
    const std::string_view word = text.substr(0, end);
    if (Columns(lines.back()) + Columns(word) > width && !lines.back().empty()) {
      lines.emplace_back(word.substr(std::min(word.find_first_not_of(' '), word.size())));
    } else {
      lines.back() += word;
    }
    text.remove_prefix(end);
  }
  return lines;
}

void Write(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

}  // namespace

ConsoleTraits LookAtStdout() {
  ConsoleTraits traits;
  const char* term = std::getenv("TERM");
  traits.live = isatty(STDOUT_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
  traits.colour = traits.live && !IsSet("NO_COLOR");
  winsize size{};
  if (traits.live && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    traits.width = size.ws_col;
    traits.height = size.ws_row;
  }
  return traits;
}

Console::~Console() { Keep(); }

void Console::Line(std::string_view text) {
  if (traits_.quiet) return;
  Keep();
  Write(text);
  Write("\n");
  std::fflush(stdout);
}

void Console::Fact(std::string_view label, std::string_view text) {
  const std::size_t room = static_cast<std::size_t>(std::clamp(traits_.width, 60, 120)) - 15;
  for (const std::string& line : Wrap(text, traits_.live ? room : text.size())) {
    Line(fmt::format("  {} {}", Paint(Tone::kDim, fmt::format("{:<11}", label)), line));
    label = "";
  }
}

void Console::Heading(std::string_view act, std::string_view title) {
  Line();
  Line(fmt::format("{}  {}", Paint(Tone::kAccent, act), Paint(Tone::kStrong, title)));
}

void Console::Draw(const std::vector<std::string>& lines) {
  if (!live()) return;
  std::string out = drawn_ == 0 ? "\x1b[?25l" : fmt::format("\x1b[{}A", drawn_);
  for (const std::string& line : lines) out += fmt::format("\r\x1b[2K{}\n", line);
  for (std::size_t i = lines.size(); i < drawn_; ++i) out += "\r\x1b[2K\n";
  drawn_ = std::max(drawn_, lines.size());
  Write(out);
  std::fflush(stdout);
}

void Console::Keep() {
  if (drawn_ == 0) return;
  drawn_ = 0;
  Write("\x1b[?25h");
  std::fflush(stdout);
}

std::string Console::Paint(Tone tone, std::string_view text) const {
  if (!traits_.colour || tone == Tone::kPlain) return std::string(text);
  return fmt::format("{}{}\x1b[0m", Sequence(tone), text);
}

std::string Console::Bar(double share, int width, Tone tone) const {
  static constexpr std::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::clamp(share, 0.0, 1.0) * width * 8);
  std::string filled;
  for (int i = 0; i < eighths / 8; ++i) filled += "█";
  filled += kEighths[eighths % 8];
  const int rest = width - (eighths + 7) / 8;
  return Paint(tone, filled) + Paint(Tone::kFree, std::string(static_cast<std::size_t>(rest), '.'));
}

std::string Grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string MoneyText(const Money& amount) {
  std::string text = ToString(amount);
  const std::size_t first = text.find_first_of("0123456789");
  for (std::size_t at = std::min(text.find('.'), text.find(' ')); at > first + 3;) {
    text.insert(at -= 3, ",");
  }
  return text;
}

std::string ClockText(double seconds) {
  const int s = static_cast<int>(seconds);
  return fmt::format("{:02}:{:02}:{:02}", s / 3'600, s / 60 % 60, s % 60);
}

std::string DurationText(double seconds) {
  if (seconds < 0.001) return fmt::format("{:.0f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.1f} ms", seconds * 1e3);
  return fmt::format("{:.1f} s", seconds);
}

std::string BytesText(std::uint64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} bytes", Grouped(bytes));
  if (bytes < (1u << 20)) return fmt::format("{:.1f} KiB", static_cast<double>(bytes) / 1024);
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

}  // namespace seathold::demo
