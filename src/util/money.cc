#include "seathold/money.h"

#include <algorithm>
#include <array>

namespace seathold {
namespace {

std::optional<std::int64_t> InRange(bool overflow, std::int64_t value) {
  if (overflow || value > kAmountMinorMax || value < -kAmountMinorMax) return std::nullopt;
  return value;
}

std::int64_t PowerOfTen(int digits) {
  std::int64_t power = 1;
  while (digits-- > 0) power *= 10;
  return power;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Currency> ParseCurrency(std::string_view text) {
  if (text.size() != 3) return std::nullopt;
  if (!std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; })) return std::nullopt;
  return Currency{{text[0], text[1], text[2], 0}};
}

std::optional<std::int64_t> CheckedAdd(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  const bool overflow = __builtin_add_overflow(a, b, &sum);
  return InRange(overflow, sum);
}

std::optional<std::int64_t> CheckedSub(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  const bool overflow = __builtin_sub_overflow(a, b, &difference);
  return InRange(overflow, difference);
}

// ISO 4217:2015, amendment 176: every active currency whose minor unit is not 2.
int MinorDigits(Currency currency) {
  static constexpr std::array<std::string_view, 16> kNone = {
      "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
      "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF"};
  static constexpr std::array<std::string_view, 7> kThree = {"BHD", "IQD", "JOD", "KWD",
                                                             "LYD", "OMR", "TND"};
  static constexpr std::array<std::string_view, 2> kFour = {"CLF", "UYW"};
  const std::string_view code = currency.text();
  if (code == "XPF" || std::ranges::find(kNone, code) != kNone.end()) return 0;
  if (std::ranges::find(kThree, code) != kThree.end()) return 3;
  return std::ranges::find(kFour, code) != kFour.end() ? 4 : 2;
}

std::string ToString(const Money& amount) {
  const int digits = MinorDigits(amount.currency);
  const bool negative = amount.minor < 0;
  const std::uint64_t minor = negative ? 0 - static_cast<std::uint64_t>(amount.minor)
                                       : static_cast<std::uint64_t>(amount.minor);
  std::string text = std::to_string(minor);
  if (digits > 0) {
    const std::size_t least = static_cast<std::size_t>(digits) + 1;
    if (text.size() < least) text.insert(0, least - text.size(), '0');
    text.insert(text.size() - static_cast<std::size_t>(digits), ".");
  }
  if (negative) text.insert(0, "-");
  if (amount.currency) text.append(" ").append(amount.currency.text());
  return text;
}

std::optional<Money> ParseMoney(std::string_view number, Currency currency) {
  const std::size_t point = number.find('.');
  const std::string_view whole = number.substr(0, point);
  const std::string_view part = point == number.npos ? "" : number.substr(point + 1);
  const int digits = MinorDigits(currency);
  if (whole.empty() || whole.size() > 15) return std::nullopt;
  if (point != number.npos && part.empty()) return std::nullopt;
  if (part.size() > static_cast<std::size_t>(digits)) return std::nullopt;
  if (!std::ranges::all_of(whole, IsDigit) || !std::ranges::all_of(part, IsDigit)) {
    return std::nullopt;
  }
  __int128 minor = 0;
  for (const char c : whole) minor = minor * 10 + (c - '0');
  for (const char c : part) minor = minor * 10 + (c - '0');
  minor *= PowerOfTen(digits - static_cast<int>(part.size()));
  if (minor > kAmountMinorMax) return std::nullopt;
  return Money{static_cast<std::int64_t>(minor), currency};
}

}  // namespace seathold
