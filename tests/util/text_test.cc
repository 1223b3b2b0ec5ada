#include "src/util/text.h"

#include <gtest/gtest.h>

#include <array>
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

std::string Utf8(char32_t code_point) {
  std::string text;
  AppendUtf8(text, code_point);
  return text;
}

std::uint32_t Number(char32_t code_point) { return code_point; }  // printable

std::string Composed(std::string_view text) {
  return Normalized(text, TextForm::kComposed).value_or("refused");
}
std::string Folded(std::string_view text) {
  return Normalized(text, TextForm::kFolded).value_or("refused");
}
std::string WhyRefused(std::string_view text, std::size_t bytes_max = 100) {
  const auto taken = TakeText(text, bytes_max);
  return taken.ok() ? "" : std::string(taken.status().detail());
}

TEST(NormalText, IsTheSameHoweverItWasTyped) {
  const std::pair<const char*, const char*> same[] = {
      {"e\u0301", "é"},                        // a letter and its accent
      {"ä\u0323", "a\u0323\u0308"},            // two marks, in either order
      {"\u1100\u1161\u11A8", "각"},            // Hangul
      {"\u212B", "Å"},                         // the ångström sign
      {"\u2126", "Ω"},                         // the ohm sign
      {"\uF900", "豈"},                        // a compatibility ideograph that is only a double
      {"\u0915\u093C", "\u0958"},              // Devanagari: NFC is the longer one
      {"\U0001D157\U0001D165", "\U0001D15E"},  // likewise, musical
      {"が", "か\u3099"}};
  for (const auto& [one, other] : same) {
    EXPECT_EQ(Composed(one), Composed(other)) << one;
    EXPECT_EQ(TakeText(one, 100).value(), TakeText(other, 100).value()) << one;
    EXPECT_EQ(LookupForm(one), LookupForm(other)) << one;
  }
  EXPECT_EQ(Composed("e\u0301"), "é");
  EXPECT_EQ(Normalized("é", TextForm::kDecomposed), "e\u0301");
  EXPECT_NE(Composed("Ａ"), "A") << "the width of letters is a difference that people see";
  EXPECT_NE(Composed("²"), "2");
}

TEST(NormalText, IsAFixedPointForEveryCharacter) {
  int taken = 0;
  for (char32_t c = 0x80; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    const std::string text = Utf8(c);
    const auto composed = Normalized(text, TextForm::kComposed);
    if (!composed) continue;
    ++taken;
    ASSERT_EQ(Composed(*composed), *composed) << Number(c);
    ASSERT_EQ(Composed(*Normalized(text, TextForm::kDecomposed)), *composed) << Number(c);
    ASSERT_EQ(LookupForm(LookupForm(text)), LookupForm(text)) << Number(c);
    // A mark that is folded into a letter, behind one that belongs further back.
    for (const std::string& folds : {text, "\u0345" + text + "\u0301"}) {
      ASSERT_EQ(Folded(Folded(folds)), Folded(folds)) << Number(c);
    }
  }
  // 149,186 characters of Unicode 15.0 without those of ASCII, with 32 controls and the private
  // ones.
  EXPECT_EQ(taken, 149'186 - 95 + 32 + 137'468);
}

TEST(NormalText, NeverLosesACharacterOfHangul) {
  for (const char* text : {"가\u11A7", "\u1100\u1161\u11A7", "가\u11A7\u11A8"}) {
    EXPECT_EQ(Normalized(text, TextForm::kComposed), std::nullopt);
    EXPECT_EQ(Normalized(text, TextForm::kFolded), std::nullopt);
    EXPECT_FALSE(TakeText(text, 100).ok());
    EXPECT_EQ(LookupForm(text), text);
  }
  EXPECT_EQ(Composed("\u1100\u11A7"), "\u1100\u11A7") << "the old vowel that it is";
  EXPECT_EQ(TakeText("a\u11A7", 100).value(), "a\u11A7");
}

TEST(NormalText, RefusesWhatIsNotAssignedAndTakesPrivateUse) {
  for (const char* text :
       {"\u0378", "\uFFFF", "\uFDD0", "\U0001FFFF", "\U0010FFFF", "\U000E0080"}) {
    EXPECT_EQ(Normalized(text, TextForm::kComposed), std::nullopt);
    EXPECT_NE(WhyRefused(std::string("a") + text), "");
  }
  EXPECT_EQ(TakeText("\uE000", 100).value(), "\uE000");
  EXPECT_EQ(Normalized("\xFF", TextForm::kComposed), std::nullopt);
  EXPECT_EQ(Normalized("\xED\xA0\x80", TextForm::kComposed), std::nullopt);
  const std::string with_nul("e\u0301\0e\u0301", 7);
  EXPECT_EQ(Composed(with_nul), std::string("é\0é", 5)) << "a NUL does not end it";
}

TEST(NormalText, FoldsTheCaseOfEveryScript) {
  EXPECT_EQ(Folded("ÄRGER"), Folded("a\u0308rger"));
  EXPECT_EQ(Folded("STRASSE"), Folded("Straße"));
  EXPECT_EQ(Folded("ΟΔΟΣ"), Folded("οδος")) << "a final sigma is a sigma";
  EXPECT_EQ(Folded("οδος"), Folded("οδοσ"));
  EXPECT_EQ(Folded("\u0130"), "i\u0307") << "the dotted capital I keeps its dot";
  EXPECT_NE(Folded("\u0130"), Folded("I"));
  EXPECT_NE(Folded("ı"), Folded("i")) << "and the small one without stays another letter";
  EXPECT_EQ(Folded("ЗАЛ"), "зал");
}

TEST(TakenText, IsBoundedBeforeAndAfter) {
  EXPECT_EQ(WhyRefused("éé", 3), "longer than 3 bytes");
  EXPECT_EQ(TakeText("éé", 4).value(), "éé");
  EXPECT_EQ(TakeText("e\u0301e\u0301", 6).value(), "éé");
  EXPECT_EQ(WhyRefused("e\u0301e\u0301", 5), "longer than 5 bytes") << "as given";
  EXPECT_EQ(Composed("\U0001D160").size(), 12u);
  EXPECT_EQ(WhyRefused("\U0001D160", 11), "longer than 11 bytes") << "as kept";
  EXPECT_EQ(TakeText("\U0001D160", 12).value().size(), 12u);
}

TEST(TakenText, SaysWhyItIsRefusedAndNotWhatItWas) {
  EXPECT_EQ(WhyRefused("secret\xFF"), "not UTF-8");
  for (const char* text :
       {"secret\n", "secret\u0085", "secret\u2028", "secret\u2029", "secret\u202E", "secret\u202A",
        "secret\u2066", "secret\u2069", "secret\x7F"}) {
    EXPECT_EQ(WhyRefused(text), "a control character");
  }
  EXPECT_EQ(TakeText("\xFF", 100).code(), Code::kInvalidText);
  EXPECT_EQ(WhyRefused("secret\u0378").find("secret"), std::string::npos);
}

TEST(TakenText, KeepsWhatScriptsNeed) {
  for (const char* text :
       {"می\u200Cخواهم", "👨\u200D👩\u200D👧", "❤\uFE0F", "\u200Eשורה 1", "  Hamlet "}) {
    EXPECT_EQ(TakeText(text, 100).value(), text);
  }
}

TEST(LookupForms, AreOneForTextsThatLookTheSame) {
  const std::pair<const char*, const char*> same[] = {
      {"A\u200B-1", "A-1"},        // zero width space
      {"\uFEFFA-1", "A-1"},        // a byte order mark that was pasted
      {"A\u00AD-1", "A-1"},        // soft hyphen
      {"\u200FA-1\u200E", "A-1"},  // marks of direction
      {"A\u2060\u200D\u200C-1", "A-1"},
      {"A\u034F-1", "A-1"},    // combining grapheme joiner
      {"e\u200B\u0301", "é"},  // the accent composes once nothing is in between
      {"❤\uFE0F", "❤"},
      {"Box\u00A01", "Box 1"},  // no-break
      {"Box\u30001", "Box 1"},  // ideographic
      {"Box \u2009 1", "Box 1"},
      {" Box 1\u00A0", "Box 1"},
      {"１階-１列-１０", "1階-1列-10"},
      {"أ-١٠", "أ-10"},
      {"पंक्ति ४", "पंक्ति 4"},
      {"A\u20101", "A-1"},
      {"A\u20111", "A-1"},
      {"A–1", "A-1"},
      {"A\u22121", "A-1"},
      {"A\uFF0D1", "A-1"},
      {"A─1", "A-1"}};
  for (const auto& [one, other] : same) {
    EXPECT_EQ(LookupForm(one), other);
    EXPECT_FALSE(IsLookupForm(one)) << one;
    EXPECT_TRUE(IsLookupForm(other)) << other;
  }
  for (const char* differs : {"a-1", "Ａ-1", "A~1", "A～1", "Aー1", "А-1", "A1"})
    EXPECT_NE(LookupForm(differs), "A-1");
  EXPECT_NE(LookupForm("\u00B5"), LookupForm("\u03BC")) << "micro and mu";
  EXPECT_NE(LookupForm("ﬁ"), "fi");
  EXPECT_EQ(LookupForm("\u0378 x"), "\u0378 x") << "no normal form: as it is";
  EXPECT_EQ(LookupForm("\xFF x "), "\xFF x ");
  EXPECT_FALSE(IsLookupForm("A  1"));
  EXPECT_FALSE(IsLookupForm(" A"));
  EXPECT_FALSE(IsLookupForm("A "));
}

TEST(BlankText, ShowsNothing) {
  for (const char* blank : {"", " ", "\u00A0\u3000 ", "\u200B", "\uFEFF\u200D", "\u3164"}) {
    EXPECT_TRUE(IsBlank(blank));
  }
  for (const char* text : {".", " a", "\u200Bא", "0", "\u0301", "\xFF"})
    EXPECT_FALSE(IsBlank(text));
}

TEST(TrimmedTexts, LoseBlanksOfEveryKindAtTheirEnds) {
  EXPECT_EQ(TrimmedText("\u00A0 \ta b\u3000\u2009"), "a b");
  EXPECT_EQ(TrimmedText("é"), "é");
  EXPECT_EQ(TrimmedText(" \u00A0"), "");
  EXPECT_EQ(TrimmedText(""), "");
  EXPECT_EQ(TrimmedText(" \xA0\x80 "), "\xA0\x80") << "no UTF-8: stays for who refuses it";
}

// Every zero of Unicode 14.0, as another library lists them.
constexpr auto kZeros = std::to_array<char32_t>(
    {0x30,    0x660,   0x6F0,   0x7C0,   0x966,   0x9E6,   0xA66,   0xAE6,   0xB66,   0xBE6,
     0xC66,   0xCE6,   0xD66,   0xDE6,   0xE50,   0xED0,   0xF20,   0x1040,  0x1090,  0x17E0,
     0x1810,  0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,
     0xA8D0,  0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066,
     0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0,
     0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2,
     0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0});

TEST(Digits, OfEveryScriptHaveTheirValue) {
  for (const char32_t zero : kZeros) {
    for (int i = 0; i < 10; ++i) {
      ASSERT_EQ(DigitValue(zero + static_cast<char32_t>(i)), i) << Number(zero);
    }
  }
  int digits = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) digits += DigitValue(c).has_value();
  EXPECT_EQ(digits, 680) << "of Unicode 15.0, which has two scripts more";
  for (const char32_t c : {U'²', U'½', U'①', U'Ⅳ', U'一', U'a', U'/', U':'})
    EXPECT_FALSE(DigitValue(c));
}

TEST(Dashes, AreAllThatPhonesAndSpreadsheetsPutIn) {
  for (const char32_t c :
       U"-~\u00AD\u058A\u05BE\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u223C"
       U"\u2E3A\u301C\u3030\u30FC\uFE58\uFE63\uFF0D\uFF5E\uFF70\u2500") {
    if (c != 0) {
      EXPECT_TRUE(IsDash(c)) << Number(c);
    }
  }
  for (const char32_t c : U"_/.,:+=*1a\u4E00\u00B7") {
    if (c != 0) {
      EXPECT_FALSE(IsDash(c)) << Number(c);
    }
  }
}

}  // namespace
}  // namespace seathold
