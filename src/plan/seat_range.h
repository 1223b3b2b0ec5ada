// What box offices write where a seat is meant: "12A", "1-10", "１～１０". Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace seathold {

struct SeatRange {
  std::uint32_t first = 0, last = 0, step = 1;
  std::size_t digits = 0;  // "01-10" keeps its zeros
};

// "1-10", "31-1/2", with digits of any script, any dash, and blanks around it; nothing when the
// text is no range.
std::optional<SeatRange> ParseSeatRange(std::string_view text);

// Whether a reader would take the text for several seats: numbers with a dash, a blank or a word
// between them, a dash with one end, a dash between numbers of any kind ("①-⑩", "Ⅰ-Ⅹ", "一-十"), a
// date that a spreadsheet made of a range. A label such as "12A", "B-1", "1/2" or "1.5" does not.
// REQUIRES: not a range.
bool LooksLikeSeatRange(std::string_view text);

// The next part of a list of seats, from `at` on; *next is where the one behind it begins, npos
// after the last. A comma or semicolon of any script ends a part.
std::string_view NextSeatPart(std::string_view list, std::size_t at, std::size_t* next);

}  // namespace seathold
