#include "src/util/escaped.h"

#include <gtest/gtest.h>

namespace seathold {
namespace {

TEST(Escaped, KeepsPrintableAsciiAndCutsWhatIsLong) {
  EXPECT_EQ(Escaped("Europe/Berlin ~"), "Europe/Berlin ~");
  EXPECT_EQ(Escaped("a\n\x7F\xFF"), "a\\x0a\\x7f\\xff");
  EXPECT_EQ(Escaped("abc", 2), "ab");
  EXPECT_EQ(Quoted("CE ST"), "\"CE ST\"");
}

}  // namespace
}  // namespace seathold
