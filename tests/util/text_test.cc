#include "src/util/text.h"

#include <gtest/gtest.h>

#include <string>

namespace seathold {
namespace {

bool Clean(std::string_view text) { return IsCleanText(text, 100); }

TEST(CleanText, TakesTextUpToItsLimitInBytes) {
  EXPECT_TRUE(IsCleanText("", 0));
  EXPECT_TRUE(IsCleanText("abc", 3));
  EXPECT_FALSE(IsCleanText("abc", 2));
  EXPECT_TRUE(IsCleanText("é", 2));
  EXPECT_FALSE(IsCleanText("é", 1));
}

TEST(CleanText, RefusesEveryControlCharacter) {
  for (int c = 0; c < 0x20; ++c) EXPECT_FALSE(Clean(std::string{'a', static_cast<char>(c)})) << c;
  EXPECT_FALSE(Clean("\x7F"));
  for (int c = 0x20; c < 0x7F; ++c) EXPECT_TRUE(Clean(std::string(1, static_cast<char>(c)))) << c;
}

TEST(CleanText, TakesTheFirstAndTheLastOfEachLength) {
  EXPECT_TRUE(Clean("\xC2\xA0"));          // U+00A0
  EXPECT_TRUE(Clean("\xDF\xBF"));          // U+07FF
  EXPECT_TRUE(Clean("\xE0\xA0\x80"));      // U+0800
  EXPECT_TRUE(Clean("\xED\x9F\xBF"));      // U+D7FF
  EXPECT_TRUE(Clean("\xEE\x80\x80"));      // U+E000
  EXPECT_TRUE(Clean("\xEF\xBF\xBF"));      // U+FFFF
  EXPECT_TRUE(Clean("\xF0\x90\x80\x80"));  // U+10000
  EXPECT_TRUE(Clean("\xF4\x8F\xBF\xBF"));  // U+10FFFF
}

TEST(CleanText, RefusesOverlongForms) {
  EXPECT_FALSE(Clean("\xC0\x80"));
  EXPECT_FALSE(Clean("\xC1\xBF"));
  EXPECT_FALSE(Clean("\xE0\x9F\xBF"));
  EXPECT_FALSE(Clean("\xF0\x8F\xBF\xBF"));
}

TEST(CleanText, RefusesSurrogatesAndWhatLiesBeyondUnicode) {
  EXPECT_FALSE(Clean("\xED\xA0\x80"));
  EXPECT_FALSE(Clean("\xED\xBF\xBF"));
  EXPECT_FALSE(Clean("\xF4\x90\x80\x80"));
  EXPECT_FALSE(Clean("\xF5\x80\x80\x80"));
  EXPECT_FALSE(Clean("\xFF"));
}

TEST(CleanText, RefusesSequencesThatAreCutOrBroken) {
  for (const char* bad : {"\xC3", "\xE2\x82", "\xF0\x9F\x8E", "a\xC3", "\x80", "\xBF", "\xC3(",
                          "\xE2(\xA1", "\xE2\x82(", "\xF0\x28\x8C\xBC", "\xF0\x90\x28\xBC"}) {
    EXPECT_FALSE(Clean(bad)) << bad;
  }
}

TEST(CleanText, TakesMixedScripts) { EXPECT_TRUE(Clean("Ñandú Зал 大厅 🎻 row 3")); }

}  // namespace
}  // namespace seathold
