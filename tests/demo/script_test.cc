#include "examples/cli/demo/script.h"

#include <gtest/gtest.h>

#include <array>

#include "examples/cli/demo/console.h"
#include "examples/cli/demo/hall_picture.h"
#include "tests/demo/world.h"

namespace seathold::demo {
namespace {

TEST(Script, IsTheSameForTheSameSeedAndBuyer) {
  for (std::uint32_t buyer = 0; buyer < 200; ++buyer) {
    const BuyerScript a = WriteScript(9, buyer), b = WriteScript(9, buyer);
    EXPECT_EQ(a.arrives_s, b.arrives_s);
    EXPECT_EQ(a.seats, b.seats);
    EXPECT_EQ(a.wish, b.wish);
    EXPECT_EQ(a.pays_after_s, b.pays_after_s);
  }
}

TEST(Script, WantsOneToFourSeatsAndPlaysEveryPart) {
  std::array<int, 5> seats{};
  std::array<int, 3> endings{}, purses{};
  int best = 0, walks = 0, repeats = 0;
  for (std::uint32_t buyer = 0; buyer < 2'000; ++buyer) {
    const BuyerScript script = WriteScript(3, buyer);
    ASSERT_GE(script.seats, 1);
    ASSERT_LE(script.seats, 4);
    ++seats[static_cast<std::size_t>(script.seats)];
    ++endings[static_cast<std::size_t>(script.ending)];
    ++purses[static_cast<std::size_t>(script.purse)];
    best += script.asks_best;
    walks += script.walks_after_s > 0;
    repeats += script.repeats;
  }
  for (int n = 1; n <= 4; ++n) EXPECT_GT(seats[static_cast<std::size_t>(n)], 0) << n;
  for (const int n : endings) EXPECT_GT(n, 0);
  for (const int n : purses) EXPECT_GT(n, 0);
  EXPECT_GT(best, 0);
  EXPECT_GT(walks, 0);
  EXPECT_GT(repeats, 0);
}

HallMap EmptyMap(const Hall& hall) {
  HallMap map;
  map.seats.resize(hall.seats());
  map.available = hall.seats();
  return map;
}

TEST(Choose, TakesFreeNeighboursOfOneRow) {
  const Hall hall = SmallHall(2, 4);
  HallMap map = EmptyMap(hall);
  map.seats[1] = SeatState::kSold;
  const Seats seats = hall.Choose(map, 3, 0);
  ASSERT_EQ(seats.size(), 3u);  // not 2, 3 and the first of the next row
  EXPECT_EQ(seats[0], 4u);
  EXPECT_EQ(seats[2], 6u);
}

TEST(Choose, FindsNothingWhenNoNeighboursAreLeft) {
  const Hall hall = SmallHall(1, 4);
  HallMap map = EmptyMap(hall);
  map.seats[1] = SeatState::kHeld;
  EXPECT_TRUE(hall.Choose(map, 3, 0.5).empty());
}

TEST(Hall, HasAPlanWithoutAFile) {
  Result<Hall> hall = Hall::Open("");
  ASSERT_TRUE(hall.ok()) << hall.status().text();
  EXPECT_GT(hall->seats(), 1'000u);
  EXPECT_GE(hall->dearest_minor(), hall->cheapest_minor());
}

TEST(Hall, SaysWhichFileItCannotRead) {
  Result<Hall> hall = Hall::Open("/nowhere/plan.json");
  ASSERT_FALSE(hall.ok());
  EXPECT_NE(hall.status().text().find("/nowhere/plan.json"), std::string::npos);
}

TEST(Picture, ShowsFreeHeldAndSoldWithoutColour) {
  const Hall hall = SmallHall(2, 3);
  HallMap map = EmptyMap(hall);
  for (const std::uint32_t seat : {1u, 4u}) map.seats[seat] = SeatState::kHeld;
  for (const std::uint32_t seat : {2u, 5u}) map.seats[seat] = SeatState::kSold;
  Console console(ConsoleTraits{.quiet = true});
  std::string drawn;
  for (const std::string& line : HallPicture(hall.plan(), 30, 10).Draw(map, console)) {
    for (const char c : line) drawn += c == ' ' ? "" : std::string(1, c);
  }
  EXPECT_EQ(drawn.substr(0, 3), ".o#");
}

TEST(Picture, FitsTheSpaceItIsGiven) {
  Result<Hall> hall = Hall::Open("");
  ASSERT_TRUE(hall.ok());
  Console console(ConsoleTraits{.quiet = true});
  const HallPicture picture(hall->plan(), 60, 12);
  const std::vector<std::string> lines = picture.Draw(EmptyMap(*hall), console);
  EXPECT_LE(lines.size(), 12u);
  for (const std::string& line : lines) EXPECT_LE(line.size(), 60u);
}

TEST(Console, GroupsDigits) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1'000), "1,000");
  EXPECT_EQ(Grouped(1'234'567), "1,234,567");
}

TEST(Console, GroupsMoney) {
  const Currency pounds = *ParseCurrency("GBP"), yen = *ParseCurrency("JPY");
  EXPECT_EQ(MoneyText({5, pounds}), "0.05 GBP");
  EXPECT_EQ(MoneyText({123'456'789, pounds}), "1,234,567.89 GBP");
  EXPECT_EQ(MoneyText({-12'345'600, pounds}), "-123,456.00 GBP");
  EXPECT_EQ(MoneyText({4'500, yen}), "4,500 JPY");
}

}  // namespace
}  // namespace seathold::demo
