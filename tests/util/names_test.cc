#include <gtest/gtest.h>

#include "src/util/blank.h"
#include "src/util/escaped.h"

namespace seathold {
namespace {

TEST(IsBlank, SeesWhatShowsNothing) {
  for (const char* blank : {"", " ", "\t", "\xC2\xA0", "\xE2\x80\x8B", "\xEF\xBB\xBF",
                            "\xE1\x85\x9F", "\xE2\xA0\x80", " \xE3\x80\x80 "}) {
    EXPECT_TRUE(IsBlank(blank)) << blank;
  }
  for (const char* text : {"a", " a ", ".", "-",
                           "\xE2\x80\x8B"
                           "x",
                           "\xD9\xA3", "\xF0\x9F\x8E\xAD"}) {
    EXPECT_FALSE(IsBlank(text)) << text;
  }
}

TEST(Escaped, KeepsPrintableAsciiAndCutsWhatIsLong) {
  EXPECT_EQ(Escaped("Europe/Berlin ~"), "Europe/Berlin ~");
  EXPECT_EQ(Escaped("a\n\x7F\xFF"), "a\\x0a\\x7f\\xff");
  EXPECT_EQ(Escaped("abc", 2), "ab");
  EXPECT_EQ(Quoted("CE ST"), "\"CE ST\"");
}

}  // namespace
}  // namespace seathold
