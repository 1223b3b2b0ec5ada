#include "seathold/money.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>

namespace seathold {
namespace {

constexpr std::int64_t kInt64Max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kInt64Min = std::numeric_limits<std::int64_t>::min();

Currency Cur(std::string_view code) { return ParseCurrency(code).value(); }
std::optional<std::int64_t> Minor(std::string_view number, std::string_view code) {
  const auto money = ParseMoney(number, Cur(code));
  return money ? std::optional(money->minor) : std::nullopt;
}

TEST(Currency, IsExactlyThreeCapitalLetters) {
  EXPECT_EQ(Cur("EUR").text(), "EUR");
  for (const char* bad : {"", "EU", "EURO", "eur", "EU1", "EU ", "ÄÖ", "@AB", "AB["}) {
    EXPECT_FALSE(ParseCurrency(bad)) << bad;
    EXPECT_FALSE(CurrencyOfLetters(bad)) << bad;
  }
  EXPECT_FALSE(ParseCurrency(std::string_view("EU\0", 3)));
}

TEST(Currency, IsOneThatIso4217ListsOrTheOneForTests) {
  for (const char* good : {"USD", "CHF", "JPY", "XAF", "XCG", "ZWG", "UYW", "VED", "SLE", "XTS"}) {
    EXPECT_TRUE(ParseCurrency(good)) << good;
  }
  // Never listed; withdrawn; without a minor unit.
  for (const char* bad : {"ZZZ", "ABC", "EUX", "DEM", "HRK", "BGN", "ANG", "ZWL", "SLL", "CUC",
                          "XAU", "XDR", "XXX", "XBA"}) {
    EXPECT_FALSE(ParseCurrency(bad)) << bad;
    EXPECT_EQ(CurrencyOfLetters(bad)->text(), bad) << "as stored";
  }
  EXPECT_FALSE(IsListed(Currency{}));
  EXPECT_FALSE(IsListed(Currency{{'E', 'U', 'R', 'O'}}));
  EXPECT_FALSE(IsListed(Currency{{'E', '\xFF', 'R'}}));
}

TEST(Currency, ListIsWholeAndHasNoFragments) {
  std::map<int, int> by_digits;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      for (char c = 'A'; c <= 'Z'; ++c) {
        const Currency currency{{a, b, c}};
        if (IsListed(currency)) ++by_digits[MinorDigits(currency)];
      }
    }
  }
  EXPECT_EQ(by_digits, (std::map<int, int>{{0, 17}, {2, 140}, {3, 7}, {4, 2}}));
}

TEST(Currency, DefaultIsNone) {
  EXPECT_FALSE(Currency{});
  EXPECT_EQ(Currency{}.text(), "");
  EXPECT_TRUE(Cur("EUR"));
}

TEST(CheckedAdd, ReachesTheBoundAndNotOnePast) {
  EXPECT_EQ(CheckedAdd(kAmountMinorMax - 1, 1), kAmountMinorMax);
  EXPECT_EQ(CheckedAdd(kAmountMinorMax, 1), std::nullopt);
  EXPECT_EQ(CheckedAdd(-kAmountMinorMax + 1, -1), -kAmountMinorMax);
  EXPECT_EQ(CheckedAdd(-kAmountMinorMax, -1), std::nullopt);
  EXPECT_EQ(CheckedAdd(0, 0), 0);
}

TEST(CheckedAdd, DoesNotWrap) {
  EXPECT_EQ(CheckedAdd(kInt64Max, 1), std::nullopt);
  EXPECT_EQ(CheckedAdd(kInt64Max, kInt64Max), std::nullopt);
  EXPECT_EQ(CheckedAdd(kInt64Min, -1), std::nullopt);
  EXPECT_EQ(CheckedAdd(kInt64Min, kInt64Min), std::nullopt);  // would wrap to 0
}

TEST(CheckedSub, ReachesTheBoundAndNotOnePast) {
  EXPECT_EQ(CheckedSub(kAmountMinorMax, 0), kAmountMinorMax);
  EXPECT_EQ(CheckedSub(kAmountMinorMax, -1), std::nullopt);
  EXPECT_EQ(CheckedSub(-kAmountMinorMax + 1, 1), -kAmountMinorMax);
  EXPECT_EQ(CheckedSub(-kAmountMinorMax, 1), std::nullopt);
}

TEST(CheckedSub, DoesNotWrap) {
  EXPECT_EQ(CheckedSub(0, kInt64Min), std::nullopt);
  EXPECT_EQ(CheckedSub(kInt64Min, 1), std::nullopt);
  EXPECT_EQ(CheckedSub(kInt64Min, kInt64Min), 0);
}

TEST(MinorDigits, FollowsIso4217) {
  EXPECT_EQ(MinorDigits(Cur("EUR")), 2);
  EXPECT_EQ(MinorDigits(Cur("USD")), 2);
  for (const char* none : {"JPY", "KRW", "CLP", "ISK", "XPF", "VND"}) {
    EXPECT_EQ(MinorDigits(Cur(none)), 0) << none;
  }
  for (const char* three : {"BHD", "KWD", "OMR", "TND"}) {
    EXPECT_EQ(MinorDigits(Cur(three)), 3) << three;
  }
  EXPECT_EQ(MinorDigits(Cur("CLF")), 4);
  EXPECT_EQ(MinorDigits(Cur("UYW")), 4);
  EXPECT_EQ(MinorDigits(Cur("UYI")), 0);
  EXPECT_EQ(MinorDigits(Cur("IQD")), 3);
  EXPECT_EQ(MinorDigits(Cur("XTS")), 2);
  EXPECT_EQ(MinorDigits(*CurrencyOfLetters("ZZZ")), 2);
}

TEST(MoneyToString, PlacesThePoint) {
  EXPECT_EQ(ToString(Money{4500, Cur("EUR")}), "45.00 EUR");
  EXPECT_EQ(ToString(Money{4500, Cur("JPY")}), "4500 JPY");
  EXPECT_EQ(ToString(Money{4500, Cur("KWD")}), "4.500 KWD");
  EXPECT_EQ(ToString(Money{5, Cur("EUR")}), "0.05 EUR");
  EXPECT_EQ(ToString(Money{0, Cur("EUR")}), "0.00 EUR");
  EXPECT_EQ(ToString(Money{1, Cur("CLF")}), "0.0001 CLF");
}

TEST(MoneyToString, WritesNegativesAndTheSmallestNumber) {
  EXPECT_EQ(ToString(Money{-5, Cur("EUR")}), "-0.05 EUR");
  EXPECT_EQ(ToString(Money{-100, Cur("EUR")}), "-1.00 EUR");
  EXPECT_EQ(ToString(Money{kInt64Min, Cur("JPY")}), "-9223372036854775808 JPY");
}

TEST(MoneyToString, LeavesOutAMissingCurrency) { EXPECT_EQ(ToString(Money{5, {}}), "0.05"); }

TEST(ParseMoney, ReadsFewerDecimalsThanTheCurrencyHas) {
  EXPECT_EQ(Minor("45", "EUR"), 4500);
  EXPECT_EQ(Minor("45.5", "EUR"), 4550);
  EXPECT_EQ(Minor("45.50", "EUR"), 4550);
  EXPECT_EQ(Minor("45", "JPY"), 45);
  EXPECT_EQ(Minor("1.5", "KWD"), 1500);
  EXPECT_EQ(Minor("0", "EUR"), 0);
  EXPECT_EQ(Minor("007.01", "EUR"), 701);
}

TEST(ParseMoney, RefusesWhatIsNotAnAmount) {
  for (const char* bad : {"", ".", "1.", ".5", "-1", "+1", " 1", "1 ", "1,50", "1.2.3", "1e3",
                          "0x1", "EUR", "1.00 EUR", "1.-5", "٣"}) {
    EXPECT_EQ(Minor(bad, "EUR"), std::nullopt) << bad;
  }
  EXPECT_FALSE(ParseMoney(std::string_view("1\0", 2), Cur("EUR")));
}

TEST(ParseMoney, RefusesMoreDecimalsThanTheCurrencyHas) {
  EXPECT_EQ(Minor("1.005", "EUR"), std::nullopt);
  EXPECT_EQ(Minor("1.0", "JPY"), std::nullopt);
  EXPECT_EQ(Minor("1.0000", "KWD"), std::nullopt);
}

TEST(ParseMoney, ReachesTheBoundAndNotOnePast) {
  EXPECT_EQ(Minor("10000000000000.00", "EUR"), kAmountMinorMax);
  EXPECT_EQ(Minor("10000000000000.01", "EUR"), std::nullopt);
  EXPECT_EQ(Minor("999999999999999", "JPY"), kAmountMinorMax - 1);
  EXPECT_EQ(Minor("999999999999999", "CLF"), std::nullopt);
  EXPECT_EQ(Minor("99999999999999999999999999999999999999999", "EUR"), std::nullopt);
}

TEST(ParseMoney, ReversesToString) {
  for (const char* code : {"EUR", "JPY", "KWD", "CLF"}) {
    for (const std::int64_t minor :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{99}, std::int64_t{100},
          std::int64_t{12'345}, kAmountMinorMax - 1}) {
      const std::string text = ToString(Money{minor, Cur(code)});
      EXPECT_EQ(Minor(text.substr(0, text.size() - 4), code), minor) << text;
    }
  }
}

}  // namespace
}  // namespace seathold
