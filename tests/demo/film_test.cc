#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include "examples/cli/demo/demo.h"
#include "examples/cli/demo/sale_film.h"
#include "tests/demo/world.h"

namespace seathold::demo {
namespace {

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// The places "x y" that paths draw dots at. `opening`: how the tags of those paths begin.
std::multiset<std::string> Dots(const std::string& svg, const std::string& opening) {
  std::multiset<std::string> dots;
  for (auto at = svg.find(opening); at != svg.npos; at = svg.find(opening, at + 1)) {
    std::istringstream path(svg.substr(at, svg.find("\"/>", at) - at));
    path.ignore(std::numeric_limits<std::streamsize>::max(), 'M');
    for (std::string dot; std::getline(path, dot, 'M');) dots.insert(dot.substr(0, dot.find('h')));
  }
  return dots;
}

std::multiset<std::string> Outlines(const std::string& svg) {
  return Dots(svg, "<path id=\"hall\"");
}
std::multiset<std::string> Ending(const std::string& svg, const std::string& state) {
  return Dots(svg, "<path class=\"" + state + " m\"");
}

std::size_t Count(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

FilmFrame Frame(double sale_s, std::vector<SeatState> seats) {
  auto map = std::make_shared<HallMap>();
  for (const SeatState state : seats) {
    map->available += state == SeatState::kAvailable;
    map->held += state == SeatState::kHeld;
    map->sold += state == SeatState::kSold;
  }
  map->seats = std::move(seats);
  return {.sale_s = sale_s, .map = std::move(map)};
}

constexpr SeatState kFree = SeatState::kAvailable, kHeld = SeatState::kHeld,
                    kSold = SeatState::kSold;

TEST(Film, TellsOfEachSeatWhatBecameOfItAndWhen) {
  const Hall hall = SmallHall(1, 3);
  const std::vector<FilmFrame> reel = {
      Frame(0, {kFree, kFree, kSold}), Frame(10, {kHeld, kFree, kSold}),
      Frame(20, {kSold, kHeld, kSold}), Frame(30, {kSold, kFree, kSold})};
  const std::string svg = FilmSvg(hall, reel, {"A & B", "Over.", "a test"});
  EXPECT_EQ(Outlines(svg).size(), 3u);
  EXPECT_EQ(Ending(svg, "s").size(), 2u);
  EXPECT_EQ(Ending(svg, "f").size(), 1u);
  EXPECT_NE(svg.find("animation-name:h,s;animation-delay:.13s,.26s\""), std::string::npos);
  EXPECT_NE(svg.find("animation-name:h,f;animation-delay:.26s,.39s\""), std::string::npos);
  EXPECT_NE(svg.find("animation-name:s;animation-delay:0s\""), std::string::npos);
  EXPECT_NE(svg.find(">A &amp; B<"), std::string::npos);
  EXPECT_EQ(svg.find("A & B"), std::string::npos);
}

TEST(Film, EndsOnTheLastFrameHoweverManyThereAre) {
  const Hall hall = SmallHall(20, 20);
  std::vector<SeatState> seats(hall.seats(), kFree);
  std::vector<FilmFrame> reel = {Frame(0, seats)};
  for (std::size_t i = 0; i < seats.size(); ++i) {
    seats[i] = kSold;
    reel.push_back(Frame(6.0 * static_cast<double>(i), seats));
  }
  const std::string svg = FilmSvg(hall, reel, {"Heading", "Over.", "a test"});
  EXPECT_EQ(Ending(svg, "s"), Outlines(svg));
  const std::size_t shown = Count(svg, "<g class=\"t\"") + 1;
  EXPECT_LE(shown, static_cast<std::size_t>(kFilmFramesMax));
  EXPECT_GT(shown, static_cast<std::size_t>(kFilmFramesMax) / 2);
  EXPECT_NE(svg.find(">400<", svg.find("<g class=\"z\"")), svg.npos) << "sold, at the end";
}

// The shipped hall, on a run of the demo: what README shows.
TEST(Film, OfARunEndsAsTheDrawingOfTheSale) {
  TestDirectory directory;
  DemoOptions options;
  options.buyers = 1'500;
  options.kills = 0;
  options.threads = 1;
  options.svg = directory.File("hall.svg");
  options.film = directory.File("film.svg");
  options.db = "memory:";
  ::testing::internal::CaptureStdout();
  const int exit_code = RunDemo(options);
  const std::string told = ::testing::internal::GetCapturedStdout();
  ASSERT_EQ(exit_code, 0) << told;
  EXPECT_NE(told.find(options.film), std::string::npos);
  const std::string film = ReadFile(options.film), drawing = ReadFile(options.svg);
  const std::multiset<std::string> seats = Outlines(film);
  const auto drawn = [&](const std::string& mark) {
    return Count(drawing, "\" href=\"#" + mark + "\" x=");
  };
  EXPECT_GT(drawn("s"), 500u);
  EXPECT_EQ(seats.size(), drawn("s") + drawn("a"));
  EXPECT_EQ((std::set<std::string>(seats.begin(), seats.end()).size()), seats.size());
  EXPECT_EQ(Ending(film, "s").size(), drawn("s"));
  EXPECT_EQ(Ending(film, "h").size(), 0u);
  EXPECT_LT(film.size(), 300'000u);
  EXPECT_NE(film.find("prefers-reduced-motion:no-preference"), std::string::npos);
  EXPECT_EQ(film.find("<script"), std::string::npos);
}

}  // namespace
}  // namespace seathold::demo
