// Currencies of ISO 4217, amounts as text, sums that cannot overflow.
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

// ISO 4217 as published on 2026-01-01: every currency and fund with minor digits, by how many. XTS
// is for tests; metals, XDR and XXX have no minor unit, so no price can be in them.
struct Listed {
  int digits;
  std::string_view codes;
};
constexpr std::array<Listed, 4> kListed = {{
    {0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "},
    {2,
     "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN "
     "BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP "
     "ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR "
     "IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT "
     "MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
     "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
     "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD "
     "XCD XCG XTS YER ZAR ZMW ZWG "},
    {3, "BHD IQD JOD KWD LYD OMR TND "},
    {4, "CLF UYW "},
}};

constexpr std::size_t kLetters = 26;
constexpr std::size_t IndexOf(std::string_view code) {
  const auto at = [&](std::size_t i) { return static_cast<std::size_t>(code[i] - 'A'); };
  return (at(0) * kLetters + at(1)) * kLetters + at(2);
}

// By IndexOf; -1 = not listed. A table, since every charge asks.
constexpr auto kDigits = [] {
  std::array<std::int8_t, kLetters * kLetters * kLetters> digits{};
  digits.fill(-1);
  for (const Listed& listed : kListed) {
    for (std::size_t at = 0; at + 3 <= listed.codes.size(); at += 4) {
      digits[IndexOf(listed.codes.substr(at, 3))] = static_cast<std::int8_t>(listed.digits);
    }
  }
  return digits;
}();

bool AreCapitals(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

int DigitsOf(Currency currency) {
  const std::string_view code(currency.code.data(), 3);
  return AreCapitals(code) && currency.code[3] == 0 ? kDigits[IndexOf(code)] : -1;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<Currency> CurrencyOfLetters(std::string_view text) {
  if (text.size() != 3 || !AreCapitals(text)) return std::nullopt;
  return Currency{{text[0], text[1], text[2], 0}};
}

std::optional<Currency> ParseCurrency(std::string_view text) {
  const auto currency = CurrencyOfLetters(text);
  return currency && IsListed(*currency) ? currency : std::nullopt;
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

bool IsListed(Currency currency) { return DigitsOf(currency) >= 0; }

int MinorDigits(Currency currency) {
  const int digits = DigitsOf(currency);
  return digits >= 0 ? digits : 2;  // of those that were withdrawn, nearly all had two
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
