// Amounts in minor units of an ISO 4217 currency. Never a floating-point number.
//
//   const Money price{4'500, *ParseCurrency("EUR")};  // "45.00 EUR"
//   const Money yen{4'500, *ParseCurrency("JPY")};    // "4500 JPY"
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "seathold/cxx20.h"

namespace seathold {

// Three capital letters, as ISO 4217 writes them. Default: none. Made by ParseCurrency, so that a
// slip of the pen is no currency.
struct Currency {
  std::array<char, 4> code{};

  auto operator<=>(const Currency&) const = default;
  std::string_view text() const { return {code.data(), code[0] == 0 ? 0u : 3u}; }
  explicit operator bool() const { return code[0] != 0; }
};

// A currency that ISO 4217 lists with minor digits (EUR, JPY, CLF ...), or XTS, which is for tests.
// nullopt for all else: codes that were withdrawn, metals, XXX, lower case.
std::optional<Currency> ParseCurrency(std::string_view text);
// Any three letters A-Z: amounts may be kept from before ISO 4217 withdrew their currency.
std::optional<Currency> CurrencyOfLetters(std::string_view text);
// Whether ParseCurrency knows it.
bool IsListed(Currency currency);

// No single amount, price, total or balance passes this bound (10^15 minor units), so that sums of
// a thousand amounts stay far from overflow.
inline constexpr std::int64_t kAmountMinorMax = 1'000'000'000'000'000;

// An amount, negative where something is taken. Amounts of two currencies are never added.
struct Money {
  std::int64_t minor = 0;
  Currency currency{};

  auto operator<=>(const Money&) const = default;
};

// Sums and differences that leave [-kAmountMinorMax, kAmountMinorMax] are nullopt.
std::optional<std::int64_t> CheckedAdd(std::int64_t a, std::int64_t b);
std::optional<std::int64_t> CheckedSub(std::int64_t a, std::int64_t b);

// The number of decimals of a currency: EUR 2, JPY 0, KWD 3, CLF 4; 2 of one that is not listed.
int MinorDigits(Currency currency);
// "45.00 EUR", "4500 JPY", "-0.05 EUR".
std::string ToString(const Money& amount);
// The reverse of the number part: "45", "45.5", "45.50" in EUR; more decimals than the currency
// has, signs, blanks and amounts beyond kAmountMinorMax are nullopt.
std::optional<Money> ParseMoney(std::string_view number, Currency currency);

}  // namespace seathold
