#include "examples/cli/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <chrono>

#include "src/util/text.h"

namespace seathold::cli {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 1;
  bool printable = false;
};

// The clean character at `at`, or one byte that is not printable.
CodePoint NextCodePoint(std::string_view text, std::size_t at) {
  const auto lead = static_cast<std::uint8_t>(text[at]);
  const std::size_t bytes = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (text.size() - at < bytes || !IsCleanText(text.substr(at, bytes), bytes))
    return {lead, 1, false};
  std::uint32_t value = bytes == 1 ? lead : lead & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    value = value << 6 | (static_cast<std::uint8_t>(text[at + i]) & 0x3Fu);
  }
  // C1 controls steer terminals as the C0 ones do; the others turn the direction of writing.
  const bool steers = (value >= 0x80 && value < 0xA0) || (value >= 0x202A && value <= 0x202E) ||
                      (value >= 0x2066 && value <= 0x2069);
  return {value, bytes, !steers};
}

struct Range {
  std::uint32_t first, last;
};

template <std::size_t N>
bool InRanges(const std::array<Range, N>& ranges, std::uint32_t value) {
  return std::ranges::any_of(
      ranges, [&](const Range& range) { return range.first <= value && value <= range.last; });
}

std::size_t ColumnsOf(std::uint32_t value) {
  static constexpr std::array<Range, 4> kCombining = {
      {{0x300, 0x36F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};
  static constexpr std::array<Range, 9> kWide = {{{0x1100, 0x115F},
                                                  {0x2E80, 0xA4CF},
                                                  {0xAC00, 0xD7A3},
                                                  {0xF900, 0xFAFF},
                                                  {0xFE30, 0xFE6F},
                                                  {0xFF00, 0xFF60},
                                                  {0xFFE0, 0xFFE6},
                                                  {0x1F300, 0x1FAFF},
                                                  {0x20000, 0x3FFFD}}};
  if (InRanges(kCombining, value)) return 0;
  return InRanges(kWide, value) ? 2 : 1;
}

bool StandsRight(const std::string& heading) { return heading.starts_with('>'); }

std::string Padded(std::string_view cell, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, DisplayWidth(cell)), ' ');
  return right ? blanks + std::string(cell) : std::string(cell) + blanks;
}

// Takes digits from the front of `text`.
std::optional<int> TakeDigits(std::string_view* text, std::size_t digits) {
  if (text->size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text->substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text->remove_prefix(digits);
  return value;
}

bool TakeChar(std::string_view* text, std::string_view any_of) {
  if (text->empty() || any_of.find(text->front()) == std::string_view::npos) return false;
  text->remove_prefix(1);
  return true;
}

std::optional<std::int64_t> TakeDate(std::string_view* text) {
  const auto year = TakeDigits(text, 4);
  if (!year || *year < 1970 || !TakeChar(text, "-")) return std::nullopt;
  const auto month = TakeDigits(text, 2);
  if (!month || !TakeChar(text, "-")) return std::nullopt;
  const auto day = TakeDigits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86'400};
}

std::optional<std::int64_t> TakeHourMinute(std::string_view* text) {
  const auto hour = TakeDigits(text, 2);
  if (!hour || *hour > 23 || !TakeChar(text, ":")) return std::nullopt;
  const auto minute = TakeDigits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  return *hour * 3'600 + *minute * 60;
}

// Up to six digits behind the point, as microseconds.
std::optional<std::int64_t> TakeFraction(std::string_view* text) {
  if (!TakeChar(text, ".")) return 0;
  std::int64_t us = 0;
  std::int64_t unit = 100'000;
  bool any = false;
  for (; !text->empty() && text->front() >= '0' && text->front() <= '9'; unit /= 10) {
    if (unit == 0) return std::nullopt;
    us += (text->front() - '0') * unit;
    text->remove_prefix(1);
    any = true;
  }
  return any ? std::optional(us) : std::nullopt;
}

std::optional<std::int64_t> TakeZone(std::string_view* text) {
  if (TakeChar(text, "Zz")) return 0;
  const bool west = text->starts_with('-');
  if (!TakeChar(text, "+-")) return std::nullopt;
  const auto seconds = TakeHourMinute(text);
  if (!seconds) return std::nullopt;
  return west ? -*seconds : *seconds;
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = NextCodePoint(text, at);
    width += ColumnsOf(point.value);
    at += point.bytes;
  }
  return width;
}

std::string Printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = NextCodePoint(text, at);
    if (point.printable) {
      out.append(text.substr(at, point.bytes));
    } else {
      for (const char c : text.substr(at, point.bytes)) {
        out.append(fmt::format("\\x{:02x}", static_cast<std::uint8_t>(c)));
      }
    }
    at += point.bytes;
  }
  return out;
}

std::string TimeText(TimeUs time) {
  if (time.value == 0) return "-";
  return ExactTimeText(TimeUs{time.value - time.value % kUsPerSecond});
}

std::string ExactTimeText(TimeUs time) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::microseconds> at{std::chrono::microseconds(time.value)};
  const auto midnight = floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{midnight};
  const std::chrono::hh_mm_ss of_day{at - midnight};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  of_day.hours().count(), of_day.minutes().count(), of_day.seconds().count());
  if (of_day.subseconds().count() != 0) text += fmt::format(".{:06}", of_day.subseconds().count());
  return text + "Z";
}

std::optional<TimeUs> ParseTime(std::string_view text) {
  const auto date = TakeDate(&text);
  if (!date || !TakeChar(&text, "Tt")) return std::nullopt;
  const auto of_day = TakeHourMinute(&text);
  if (!of_day || !TakeChar(&text, ":")) return std::nullopt;
  const auto seconds = TakeDigits(&text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  const auto us = TakeFraction(&text);
  if (!us) return std::nullopt;
  const auto offset = TakeZone(&text);
  if (!offset || !text.empty()) return std::nullopt;
  const TimeUs time{(*date + *of_day + *seconds - *offset) * kUsPerSecond + *us};
  return time.value > 0 && time <= kTimeMax ? std::optional(time) : std::nullopt;
}

std::string BehindText(std::int64_t ms) {
  return ms < 1'000 ? "" : fmt::format(", {} s ahead of this machine's clock", ms / 1'000);
}

std::string CodeText(Code code) {
  const CodeInfo* info = FindCode(code);
  std::string name;
  const std::string_view full = info == nullptr ? "kInternal" : info->name;
  for (const char c : full.substr(1)) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital && !name.empty()) name.push_back('_');
    name.push_back(capital ? static_cast<char>(c | 0x20) : c);
  }
  return name;
}

std::string CountText(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string BytesText(std::uint64_t bytes) {
  static constexpr std::array<const char*, 4> kUnits = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1'024) return fmt::format("{} bytes", bytes);
  double value = static_cast<double>(bytes) / 1'024;
  std::size_t unit = 0;
  for (; value >= 1'024 && unit + 1 < kUnits.size(); ++unit) value /= 1'024;
  return fmt::format("{:.1f} {}", value, kUnits.at(unit));
}

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void Table::Add(std::vector<std::string> row) {
  assert(row.size() == rows_.front().size());
  rows_.push_back(std::move(row));
}

std::string Table::text() const {
  const std::vector<std::string>& headings = rows_.front();
  std::vector<std::size_t> widths(headings.size(), 0);
  const auto cell = [&](std::size_t row, std::size_t column) {
    std::string_view text = rows_[row][column];
    if (row == 0 && StandsRight(headings[column])) text.remove_prefix(1);
    return Printable(text);
  };
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    for (std::size_t column = 0; column < widths.size(); ++column) {
      widths[column] = std::max(widths[column], DisplayWidth(cell(row, column)));
    }
  }
  std::string out;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    std::string line;
    for (std::size_t column = 0; column < widths.size(); ++column) {
      if (column > 0) line += "  ";
      line += Padded(cell(row, column), widths[column], StandsRight(headings[column]));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace seathold::cli
