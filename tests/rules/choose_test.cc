// Choosing seats, against a brute force over every set of seats.
#include <gtest/gtest.h>

#include <bit>
#include <cstdio>
#include <random>
#include <set>

#include "src/rules/seat_board.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

struct RowShape {
  std::uint32_t section, rank;
  std::vector<std::uint32_t> places;
};

// A board whose seats are free by the bits of `free`, lowest first.
struct Small {
  PerformanceInfo info;
  SeatBoard board;

  Small(const std::vector<RowShape>& rows, std::uint32_t free) {
    auto plan = std::make_shared<VenuePlan>();
    for (std::uint32_t r = 0; r < rows.size(); ++r) {
      const auto first = static_cast<std::uint32_t>(plan->seats.size());
      const auto count = static_cast<std::uint32_t>(rows[r].places.size());
      plan->rows.push_back({rows[r].section, rows[r].rank, first, count});
      plan->row_order.push_back(r);
      for (const std::uint32_t place : rows[r].places) plan->seats.push_back({place % 2, r, place});
    }
    info.plan = plan;
    board.info = &info;
    for (std::uint32_t o = 0; o < plan->seats.size(); ++o) {
      SeatRecord seat;
      seat.ordinal = o;
      if ((free >> o & 1) == 0) seat.state = SeatState::kSold;
      board.seats.push_back(seat);
    }
    board.Count(TimeUs{1});
  }
};

using Score = std::vector<std::int64_t>;

// 0 side by side, 1 one row, 2 adjacent rows, 3 one section, 4 anywhere.
std::int64_t KindOf(const VenuePlan& plan, const std::vector<std::uint32_t>& set) {
  std::set<std::uint32_t> rows, sections;
  for (const std::uint32_t o : set) {
    rows.insert(plan.seats[o].row);
    sections.insert(plan.rows[plan.seats[o].row].section);
  }
  if (rows.size() == 1) {
    const auto spread = plan.seats[set.back()].place - plan.seats[set.front()].place;
    return spread + 1 == set.size() ? 0 : 1;
  }
  if (sections.size() > 1) return 4;
  const auto& a = plan.rows[*rows.begin()];
  const auto& b = plan.rows[*rows.rbegin()];
  return rows.size() == 2 && b.rank == a.rank + 1 ? 2 : 3;
}

// What makes one set of a single row better than another: kind, row, how far apart, how far from
// the middle of the row, ordinal.
Score ScoreOf(const VenuePlan& plan, const std::vector<std::uint32_t>& set) {
  const std::int64_t kind = KindOf(plan, set);
  if (kind > 1) return {kind};
  const auto row_number = plan.seats[set[0]].row;
  const auto& row = plan.rows[row_number];
  const std::int64_t first = plan.seats[set.front()].place;
  const std::int64_t last = plan.seats[set.back()].place;
  const std::int64_t middle =
      std::int64_t{plan.seats[row.first].place} + plan.seats[row.first + row.count - 1].place;
  return {kind, row_number, last - first, std::abs(first + last - middle), set[0]};
}

// The best score over every set of `count` free seats; empty = there is none.
Score BruteForce(const Small& small, int count, std::uint32_t category) {
  const VenuePlan& plan = *small.info.plan;
  const auto seats = static_cast<std::uint32_t>(plan.seats.size());
  Score best;
  for (std::uint32_t mask = 0; mask < 1u << seats; ++mask) {
    if (std::popcount(mask) != count) continue;
    std::vector<std::uint32_t> set;
    bool usable = true;
    for (std::uint32_t o = 0; o < seats && usable; ++o) {
      if ((mask >> o & 1) == 0) continue;
      usable = small.board.free[o] != 0 &&
               (category == kAnyCategory || plan.seats[o].category == category);
      set.push_back(o);
    }
    if (!usable) continue;
    const Score score = ScoreOf(plan, set);
    if (best.empty() || score < best) best = score;
  }
  return best;
}

void CheckChoice(const Small& small, int count, std::uint32_t category, bool allow_split) {
  Score best = BruteForce(small, count, category);
  if (!allow_split && !best.empty() && best[0] != 0) best.clear();
  Ordinals chosen;
  const bool found = ChooseSeats(small.board, count, category, allow_split, &chosen);
  ASSERT_EQ(found, !best.empty());
  if (!found) return;
  const std::vector<std::uint32_t> set(chosen.begin(), chosen.end());
  ASSERT_EQ(set.size(), static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < set.size(); ++i) {
    ASSERT_TRUE(i == 0 || set[i - 1] < set[i]);
    ASSERT_EQ(small.board.free[set[i]], 1);
    const std::uint32_t of_seat = small.info.plan->seats[set[i]].category;
    ASSERT_TRUE(category == kAnyCategory || of_seat == category);
  }
  const Score score = ScoreOf(*small.info.plan, set);
  ASSERT_EQ(score[0], best[0]) << "another kind";
  // Beyond one row only the kind is judged: ScoreOf says no more.
  ASSERT_EQ(score, best);
}

const std::vector<RowShape> kHall = {{0, 0, {0, 1, 2, 4}}, {0, 1, {0, 1, 2}}, {1, 0, {3, 4, 5}}};

TEST(ChooseSeats, IsTheBestOfEverySetInASmallHall) {
  int checked = 0;
  const std::uint32_t step = FullCounts() ? 1 : 7;  // coprime with the number of boards
  for (std::uint32_t free = 0; free < 1u << 10; free += step) {
    for (int count = 1; count <= 5; ++count) {
      for (const std::uint32_t category : {kAnyCategory, 0u}) {
        const Small small(kHall, free);
        CheckChoice(small, count, category, true);
        CheckChoice(small, count, category, false);
        ASSERT_FALSE(::testing::Test::HasFailure())
            << "free " << free << " count " << count << " category " << category;
        checked += 2;
      }
    }
  }
  std::printf("COUNT choices_against_brute_force %d\n", checked);
}

TEST(ChooseSeats, IsTheBestOfEverySetInRandomHalls) {
  std::mt19937 random(5);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  for (int round = 0; round < Scaled(300); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    std::vector<RowShape> rows;
    std::uint32_t section = 0, rank = 0, seats = 0;
    while (seats < 9) {
      RowShape row{section, rank++, {}};
      std::uint32_t place = 0;
      for (unsigned n = 1 + below(4); n > 0; --n, ++seats) {
        place += below(5) == 0 ? 2 : 1;
        row.places.push_back(place);
      }
      rows.push_back(row);
      if (below(3) == 0) {
        ++section;
        rank = 0;
      }
    }
    const Small small(rows, static_cast<std::uint32_t>(random()));
    for (int count = 1; count <= 4; ++count) {
      CheckChoice(small, count, kAnyCategory, true);
      CheckChoice(small, count, 1, false);
    }
    ASSERT_FALSE(::testing::Test::HasFailure());
  }
}

TEST(ChooseSeats, PrefersTheMiddleThenTheLowerOrdinal) {
  const Small small({{0, 0, {0, 1, 2, 3, 4, 5}}}, 0x3F);
  Ordinals two, three;
  ASSERT_TRUE(ChooseSeats(small.board, 2, kAnyCategory, false, &two));
  EXPECT_EQ(two[0], 2u);
  ASSERT_TRUE(ChooseSeats(small.board, 3, kAnyCategory, false, &three));
  EXPECT_EQ(three[0], 1u) << "1-3 and 2-4 are as far off: the lower one";
}

TEST(SeatBoard, FollowsSeatsAndTime) {
  Small small({{0, 0, {0, 1}}}, 0x1);
  SeatRecord held = small.board.seats[1];
  held.state = SeatState::kHeld;
  held.expires_at = TimeUs{10};
  small.board.Note(held, TimeUs{9});
  EXPECT_EQ(small.board.row_free[0], 1u);
  small.board.Note(held, TimeUs{10});
  EXPECT_EQ(small.board.row_free[0], 2u) << "free at its deadline";
  small.board.Note(held, TimeUs{10});
  EXPECT_EQ(small.board.row_free[0], 2u) << "noted twice counts once";
}

}  // namespace
}  // namespace seathold::testing
