#include "seathold/ids.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <type_traits>
#include <unordered_set>

namespace seathold {
namespace {

constexpr std::string_view kText = "01890a5d-ac96-774b-bcce-b302099a8057";

static_assert(!std::is_same_v<UserId, ShowId>);
static_assert(!std::is_convertible_v<UserId, ShowId>);
static_assert(!std::is_convertible_v<HoldId, TransferId>);

TEST(Uuid, ReadsWhatItWrites) {
  const auto id = ParseUuid(kText);
  ASSERT_TRUE(id);
  EXPECT_EQ((*id)[0], 0x01);
  EXPECT_EQ((*id)[6], 0x77);
  EXPECT_EQ((*id)[15], 0x57);
  EXPECT_EQ(ToString(*id), kText);
}

TEST(Uuid, ReadsCapitalsAndWritesSmallLetters) {
  const auto id = ParseUuid("01890A5D-AC96-774B-BCCE-B302099A8057");
  ASSERT_TRUE(id);
  EXPECT_EQ(ToString(*id), kText);
}

TEST(Uuid, WritesAllBytesFromZeroToAllOnes) {
  Uuid ones;
  ones.fill(0xFF);
  EXPECT_EQ(ToString(Uuid{}), "00000000-0000-0000-0000-000000000000");
  EXPECT_EQ(ToString(ones), "ffffffff-ffff-ffff-ffff-ffffffffffff");
  EXPECT_EQ(ParseUuid(ToString(ones)), ones);
}

TEST(Uuid, RefusesEveryOtherLength) {
  EXPECT_FALSE(ParseUuid(""));
  EXPECT_FALSE(ParseUuid(kText.substr(1)));
  EXPECT_FALSE(ParseUuid(std::string(kText) + "0"));
  EXPECT_FALSE(ParseUuid("{" + std::string(kText) + "}"));
  EXPECT_FALSE(ParseUuid("01890a5dac96774bbcceb302099a8057"));
}

TEST(Uuid, RefusesAWrongCharacterAtEveryPlace) {
  for (std::size_t at = 0; at < kText.size(); ++at) {
    for (const char wrong : {'g', ' ', '\0', '/', ':', '@', '`', 'G', '\xC3'}) {
      std::string text(kText);
      text[at] = wrong;
      EXPECT_FALSE(ParseUuid(text)) << at << " " << int{wrong};
    }
    std::string text(kText);
    text[at] = text[at] == '-' ? '0' : '-';
    EXPECT_FALSE(ParseUuid(text)) << at;
  }
}

TEST(Id, ZeroIsNone) {
  EXPECT_FALSE(UserId{});
  EXPECT_TRUE(UserId{1});
  EXPECT_FALSE(HoldId{});
  Uuid last{};
  last[15] = 1;
  EXPECT_TRUE(HoldId{last});
}

TEST(SeatId, CarriesVenueAndOrdinalUpToTheirBounds) {
  for (const std::uint32_t ordinal : {0u, 1u, kSeatsPerVenueMax - 1}) {
    for (const std::uint64_t venue : {std::uint64_t{1}, (std::uint64_t{1} << 44) - 1}) {
      const SeatId seat = MakeSeatId(VenueId{venue}, ordinal);
      EXPECT_EQ(VenueOf(seat).value, venue);
      EXPECT_EQ(OrdinalOf(seat), ordinal);
    }
  }
}

TEST(SeatId, OrdersByVenueAndThenByOrdinal) {
  EXPECT_LT(MakeSeatId(VenueId{1}, 7), MakeSeatId(VenueId{1}, 8));
  EXPECT_LT(MakeSeatId(VenueId{1}, kSeatsPerVenueMax - 1), MakeSeatId(VenueId{2}, 0));
}

TEST(IdHash, TellsNeighboursApart) {
  std::unordered_set<std::size_t> numbers, uuids;
  Uuid uuid{};
  for (std::uint64_t i = 0; i < 256; ++i) {
    uuid[i % 16] = static_cast<std::uint8_t>(i + 1);
    numbers.insert(std::hash<UserId>{}(UserId{i}));
    uuids.insert(std::hash<HoldId>{}(HoldId{uuid}));
  }
  EXPECT_EQ(numbers.size(), 256u);
  EXPECT_EQ(uuids.size(), 256u);
}

TEST(IdFromText, GivesWhatEveryLanguageGives) {
  std::ifstream table(std::string(std::getenv("SEATHOLD_SOURCE_DIR")) +
                      "/tests/util/id_from_text.tsv");
  int ids = 0;
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t tab = line.find('\t');
    std::string text;
    for (std::size_t i = 0; i < tab; i += 2) {
      text.push_back(static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16)));
    }
    const auto id = IdFromText(text);
    ASSERT_TRUE(id) << line;
    EXPECT_EQ(ToString(*id), line.substr(tab + 1)) << line;
    EXPECT_EQ((*id)[6] >> 4, 8);
    EXPECT_EQ((*id)[8] >> 6, 2);
    ++ids;
  }
  EXPECT_GE(ids, 15);
}

TEST(IdFromText, TakesOneToTwoHundredBytes) {
  EXPECT_FALSE(IdFromText(""));
  EXPECT_TRUE(IdFromText("x"));
  EXPECT_TRUE(IdFromText(std::string(kIdTextBytesMax, 'x')));
  EXPECT_FALSE(IdFromText(std::string(kIdTextBytesMax + 1, 'x')));
}

}  // namespace
}  // namespace seathold
