// Text for people: aligned tables, times, counts, and bytes that are safe to print. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold::cli {

// Columns that `text` takes on a terminal: wide characters two, combining marks none.
std::size_t DisplayWidth(std::string_view text);
// What came from outside, made safe for a terminal: control characters and bytes that are no UTF-8
// come out as "\x1b".
std::string Printable(std::string_view text);

// "2036-12-31T19:30:00Z", "-" for none. `Exact` keeps the microseconds that are not zero.
std::string TimeText(TimeUs time);
std::string ExactTimeText(TimeUs time);
// RFC 3339 with a zone: "2036-12-31T19:30:00Z", "2036-12-31T20:30:00.5+01:00"; 1970 .. 9999.
std::optional<TimeUs> ParseTime(std::string_view text);

std::string CountText(std::uint64_t count);  // "1,234,567"
std::string CodeText(Code code);             // "seat_taken" of kSeatTaken
std::string BytesText(std::uint64_t bytes);  // "4.2 MiB"
// ", 3 s ahead of this machine's clock", nothing below a second.
std::string BehindText(std::int64_t ms);

// Whole decimal numbers without a sign or a blank; nullopt beyond the type.
std::optional<std::uint64_t> ParseNumber(std::string_view text);

// Rows under headings, columns two blanks apart. A heading that starts with '>' stands right.
class Table {
 public:
  explicit Table(std::vector<std::string> headings) : rows_{std::move(headings)} {}

  void Add(std::vector<std::string> row);  // REQUIRES: as many cells as headings
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace seathold::cli
