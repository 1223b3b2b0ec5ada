#include "src/plan/seat_range.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "src/util/text.h"

namespace seathold {
namespace {

// Digits as ASCII, dashes as '-', solidi as '/', blanks as ' ' and none at the ends; what shows
// nothing is left out.
std::u32string Plain(std::string_view text) {
  std::u32string plain;
  for (const char32_t c : CodePoints(TrimmedText(text))) {
    if (const auto digit = DigitValue(c)) {
      plain += U'0' + static_cast<char32_t>(*digit);
    } else if (IsDash(c)) {  // before what shows nothing: the soft hyphen is both
      plain += U'-';
    } else if (c == U'\u2044' || c == U'\u2215' || c == U'\uFF0F') {
      plain += U'/';
    } else if (!IsInvisible(c)) {
      plain += IsSpace(c) ? U' ' : c;
    }
  }
  return plain;
}

bool IsNumeral(char32_t c) { return c >= U'0' && c <= U'9'; }

// Numbers that are written with no decimal digits, and are not read: a ring, a Roman or a Chinese
// numeral, a superscript.
bool IsNumberOfAnyKind(char32_t c) {
  constexpr std::u32string_view kChinese = U"一二三四五六七八九十百";
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return IsNumeral(c) || category == UTF8PROC_CATEGORY_NO || category == UTF8PROC_CATEGORY_NL ||
         kChinese.find(c) != kChinese.npos;
}

// A number of any kind on either side of a dash: "①-⑩".
bool HasDashBetweenNumbers(std::u32string_view text) {
  bool number = false, dash = false;  // what was seen last, blanks aside
  for (const char32_t c : text) {
    if (c == U' ') continue;
    if (dash && number && IsNumberOfAnyKind(c)) return true;
    dash = c == U'-';
    number = IsNumberOfAnyKind(c) || (dash && number);
  }
  return false;
}

std::u32string_view Trimmed(std::u32string_view text) {
  while (text.starts_with(U' ')) text.remove_prefix(1);
  while (text.ends_with(U' ')) text.remove_suffix(1);
  return text;
}

std::optional<std::uint32_t> ParseNumber(std::u32string_view text) {
  constexpr std::size_t kDigitsMax = 9;
  if (text.empty() || text.size() > kDigitsMax) return std::nullopt;
  std::uint32_t number = 0;
  for (const char32_t c : text) {
    if (!IsNumeral(c)) return std::nullopt;
    number = number * 10 + static_cast<std::uint32_t>(c - U'0');
  }
  return number;
}

// English, which Excel writes wherever it was not told otherwise.
bool IsMonth(std::u32string_view text) {
  static constexpr std::array<std::u32string_view, 12> kMonths = {U"Jan", U"Feb", U"Mar", U"Apr",
                                                                  U"May", U"Jun", U"Jul", U"Aug",
                                                                  U"Sep", U"Oct", U"Nov", U"Dec"};
  return std::ranges::find(kMonths, text) != kMonths.end();
}

bool IsDateOfASpreadsheet(std::u32string_view text) {
  const auto dash = text.find(U'-');
  if (dash == text.npos) return false;
  const auto before = text.substr(0, dash), after = text.substr(dash + 1);
  return (ParseNumber(before) && IsMonth(after)) || (IsMonth(before) && ParseNumber(after));
}

// What may stand between the two numbers of one label: "1/2", "1.5", "1a2".
bool JoinsALabel(std::u32string_view between) {
  constexpr std::u32string_view kJoints = U"./_'\u2019";
  if (between.size() == 1 && kJoints.find(between[0]) != kJoints.npos) return true;
  return std::ranges::all_of(between, [](char32_t c) {
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL;
  });
}

}  // namespace

std::optional<SeatRange> ParseSeatRange(std::string_view text) {
  const std::u32string plain = Plain(text);
  const std::u32string_view whole = plain;
  const auto dash = whole.find(U'-');
  if (dash == whole.npos) return std::nullopt;
  const auto slash = std::min(whole.find(U'/', dash), whole.size());
  const auto first_text = Trimmed(whole.substr(0, dash));
  const auto first = ParseNumber(first_text);
  const auto last = ParseNumber(Trimmed(whole.substr(dash + 1, slash - dash - 1)));
  const auto step = slash < whole.size() ? ParseNumber(Trimmed(whole.substr(slash + 1))) : 1;
  if (!first || !last || !step) return std::nullopt;
  return SeatRange{*first, *last, *step, first_text[0] == U'0' ? first_text.size() : 0};
}

bool LooksLikeSeatRange(std::string_view text) {
  const std::u32string plain = Plain(text);
  const std::u32string_view whole = Trimmed(plain);
  if (HasDashBetweenNumbers(whole)) return true;
  const auto first =
      static_cast<std::size_t>(std::ranges::find_if(whole, IsNumeral) - whole.begin());
  if (first == whole.size()) return false;
  auto last = whole.size() - 1;
  while (!IsNumeral(whole[last])) --last;
  const auto inner = whole.substr(first, last + 1 - first);
  if (inner.find(U'-') != inner.npos) return true;
  const bool open = (first > 0 && Trimmed(whole.substr(0, first)) == U"-") ||
                    (last + 1 < whole.size() && Trimmed(whole.substr(last + 1)) == U"-");
  if (open || IsDateOfASpreadsheet(whole)) return true;
  if (inner.size() != whole.size()) return false;
  const auto is_other = [](char32_t c) { return !IsNumeral(c); };
  const auto from = std::ranges::find_if(inner, is_other);
  if (from == inner.end()) return false;
  const auto to = std::find_if(from, inner.end(), IsNumeral);
  const bool two_numbers = std::find_if(to, inner.end(), is_other) == inner.end();
  return !two_numbers || !JoinsALabel(std::u32string_view(from, to));
}

std::string_view NextSeatPart(std::string_view list, std::size_t at, std::size_t* next) {
  static constexpr std::array<std::string_view, 7> kEnds = {",",      ";",      "\uFF0C", "\uFF1B",
                                                            "\u3001", "\u060C", "\u061B"};
  for (std::size_t end = at; end < list.size(); ++end) {
    for (const std::string_view mark : kEnds) {
      if (!list.substr(end).starts_with(mark)) continue;
      *next = end + mark.size();
      return list.substr(at, end - at);
    }
  }
  *next = list.npos;
  return list.substr(at);
}

}  // namespace seathold
