// Lists and feeds page by page, blocks of more seats than one event can name, and the map at the
// very moment of a lapse.
#include <algorithm>
#include <set>

#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

constexpr TimeUs At(std::int64_t ms, std::int64_t us = 0) {
  return TimeUs{kHallStart.value + ms * kUsPerMs + us};
}

class SeatPages : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) hall_.path = folder_.File("pages.db");
    hall_.options.refusal_max_age_ms = GetParam() ? 0 : 250;
    ASSERT_NO_FATAL_FAILURE(hall_.Build(10, 10));
  }
  const HallFolder folder_;
  Hall hall_;
};
INSTANTIATE_TEST_SUITE_P(, SeatPages, ::testing::Values(false, true),
                         [](const auto& tested) { return tested.param ? "Sqlite" : "Memory"; });

// --- lists ------------------------------------------------------------------------------------

using HoldsListed = std::vector<std::pair<PerformanceId, HoldId>>;

TEST_P(SeatPages, OfAUserGoOnBehindTheLastWhateverTheirSize) {
  const PerformanceId first = hall_.performance;
  const PerformanceId second = hall_.AddPerformance();
  HoldsListed own;
  for (std::uint32_t n = 0; n < 14; ++n) {
    hall_.performance = n % 2 == 0 ? first : second;
    own.emplace_back(hall_.performance, hall_.Held(n % 7 == 6 ? 2 : 1, {n}));
    if (n % 7 == 6) own.pop_back();  // somebody else's
  }
  std::ranges::sort(own);
  for (const int rows_max : {1, 2, 3, 5, 6, 11, 12, 13, 100}) {
    SCOPED_TRACE(rows_max);
    HoldsListed listed;
    PerformanceId after_performance;
    HoldId after;
    while (true) {
      const auto page = hall_.sales().ListByUser(UserId{1}, after_performance, after, rows_max);
      ASSERT_TRUE(page.ok()) << page.status().text();
      if (page->empty()) break;
      const auto left = own.size() - listed.size();
      ASSERT_EQ(page->size(), std::min(left, static_cast<std::size_t>(rows_max)));
      for (const HoldView& view : *page) {
        EXPECT_EQ(view.user, UserId{1});
        listed.emplace_back(view.performance, view.hold);
      }
      after_performance = page->back().performance;
      after = page->back().hold;
    }
    EXPECT_EQ(listed, own);
  }
}

TEST_P(SeatPages, OfAPerformanceGoOnBehindTheLastWhateverTheirSize) {
  const PerformanceId here = hall_.performance;
  const PerformanceId elsewhere = hall_.AddPerformance();
  std::vector<HoldId> own;
  for (std::uint32_t n = 0; n < 9; ++n) {
    hall_.performance = here;
    own.push_back(hall_.Held(1 + n % 3, {n}));
    hall_.performance = elsewhere;
    hall_.Held(1, {n});
  }
  std::ranges::sort(own);
  for (const int rows_max : {1, 2, 4, 8, 9, 10}) {
    SCOPED_TRACE(rows_max);
    std::vector<HoldId> listed;
    HoldId after;
    while (true) {
      const auto page = hall_.sales().ListByPerformance(here, after, rows_max);
      ASSERT_TRUE(page.ok()) << page.status().text();
      if (page->empty()) break;
      ASSERT_LE(page->size(), static_cast<std::size_t>(rows_max));
      for (const HoldView& view : *page) listed.push_back(view.hold);
      after = page->back().hold;
    }
    EXPECT_EQ(listed, own);
  }
}

// --- the feed -----------------------------------------------------------------------------------

TEST_P(SeatPages, OfTheFeedAreGapFreeAndEndWithTheLastEvent) {
  for (std::uint32_t n = 0; n < 7; ++n) hall_.Held(1, {n});
  for (const int events_max : {1, 2, 3, 6, 7, 8}) {
    std::uint64_t after = 0;
    while (after < 7) {
      const auto page = hall_.sales().Feed(hall_.performance, after, events_max);
      ASSERT_TRUE(page.ok());
      ASSERT_EQ(page->size(),
                std::min<std::size_t>(7 - after, static_cast<std::size_t>(events_max)));
      for (const FeedEvent& event : *page) {
        ASSERT_EQ(event.counter, ++after);
        ASSERT_EQ(event.seats,
                  std::vector<SeatId>{hall_.Seat(static_cast<std::uint32_t>(after) - 1)});
      }
    }
    EXPECT_TRUE(hall_.sales().Feed(hall_.performance, 7, events_max)->empty());
  }
}

TEST_P(SeatPages, OfATrimmedFeedTellAGapOfOneEvent) {
  for (std::uint32_t n = 0; n < 7; ++n) hall_.Held(1, {n});
  const auto feed = [&](std::uint64_t after) {
    return hall_.sales().Feed(hall_.performance, after, 1);
  };
  for (std::uint64_t through = 1; through <= 7; ++through) {
    ASSERT_TRUE(hall_.sales().TrimFeed(hall_.performance, through).ok());
    EXPECT_EQ(feed(through - 1).status().code(), Code::kFeedTruncated) << through;
    const auto next = feed(through);
    ASSERT_TRUE(next.ok()) << through;
    ASSERT_EQ(next->size(), through < 7 ? 1u : 0u);
    if (through < 7) {
      EXPECT_EQ((*next)[0].counter, through + 1);
    }
  }
  EXPECT_EQ(feed(8).status().code(), Code::kFeedTruncated) << "ahead of the last event";
  hall_.ExpectClean();
}

TEST_P(SeatPages, OfChangesEndWithTheMapThatIsShown) {
  hall_.Held(1, {0});
  const auto map = hall_.Map();
  MapVersion next;
  const auto same = hall_.sales().Changes(hall_.performance, map->version, &next);
  ASSERT_TRUE(same.ok());
  EXPECT_TRUE(same->empty());
  EXPECT_EQ(next, map->version);
  MapVersion ahead = map->version;
  ++ahead.feed;
  EXPECT_EQ(hall_.sales().Changes(hall_.performance, ahead, &next).status().code(),
            Code::kFeedTruncated);
  hall_.Held(1, {3});
  const auto one = hall_.sales().Changes(hall_.performance, map->version, &next);
  ASSERT_TRUE(one.ok());
  ASSERT_EQ(one->size(), 1u);
  EXPECT_EQ((*one)[0].ordinal, 3u);
  EXPECT_EQ(next.feed, map->version.feed + 1);
}

// An engine whose mirror stands one event before, at, or behind what is left of the feed.
TEST(MirrorGap, AMirrorIsLoadedAgainWhereOneEventIsMissing) {
  for (const std::uint64_t through : {1u, 2u, 3u, 4u}) {
    const HallFolder folder;
    Hall one, two;
    one.path = two.path = folder.File("gap.db");
    one.options.refusal_max_age_ms = two.options.refusal_max_age_ms = 0;
    two.clock = one.clock;
    ASSERT_NO_FATAL_FAILURE(one.Build(1, 10));
    ASSERT_NO_FATAL_FAILURE(two.Open());
    two.venue = one.venue;
    two.performance = one.performance;
    const HoldId held = one.Held(1, {0});
    one.Held(1, {1});
    ASSERT_EQ(two.Map()->version.feed, 2u);
    ASSERT_TRUE(one.Cancel(1, held).ok());
    one.Held(1, {2});
    ASSERT_TRUE(one.sales().TrimFeed(one.performance, through).ok());
    const auto map = two.Map();
    EXPECT_EQ(map->version.feed, 4u) << "trimmed through " << through;
    EXPECT_EQ(map->at(0), SeatState::kAvailable) << "trimmed through " << through;
    EXPECT_EQ(map->at(2), SeatState::kHeld) << "trimmed through " << through;
    EXPECT_TRUE(two.Hold(2, 0).status.ok());
  }
}

// --- blocks
// ---------------------------------------------------------------------------------------

TEST_P(SeatPages, OfABlockReachItsLastSeat) {
  hall_.Held(1, {20});
  for (const std::uint32_t count : {15u, 16u, 17u, 32u, 33u, 60u}) {
    SCOPED_TRACE(count);
    std::vector<SeatId> seats;
    for (std::uint32_t n = 0; n < count; ++n) seats.push_back(hall_.Seat(n));
    std::vector<Status> replies(count, Status(Code::kInternal));
    for (const bool block : {true, false}) {
      if (block) {
        hall_.sales().Block(hall_.performance, seats, "scaffold", replies);
      } else {
        hall_.sales().Unblock(hall_.performance, seats, replies);
      }
      const auto map = hall_.Map();
      for (std::uint32_t n = 0; n < 100; ++n) {
        const bool blocked = block && n < count;
        const SeatState free = blocked ? SeatState::kBlocked : SeatState::kAvailable;
        EXPECT_EQ(map->at(n), n == 20 ? SeatState::kHeld : free) << "seat " << n;
        if (n >= count) continue;
        EXPECT_EQ(replies[n].code(), n == 20 && block ? Code::kSeatTaken : Code::kOk) << n;
      }
    }
  }
  hall_.ExpectClean();
}

TEST_P(SeatPages, OfABlockAnswerEachSeatByItself) {
  std::vector<SeatId> seats;
  for (std::uint32_t n = 0; n < 40; ++n) seats.push_back(hall_.Seat(n));
  seats[18] = hall_.Seat(100);  // there is no such seat
  seats[35] = MakeSeatId(VenueId{77}, 35);
  hall_.Held(1, {3, 17, 39});
  std::vector<Status> replies(40);
  hall_.sales().Block(hall_.performance, seats, "scaffold", replies);
  const auto map = hall_.Map();
  for (std::uint32_t n = 0; n < 40; ++n) {
    const bool unknown = n == 18 || n == 35;
    const bool held = n == 3 || n == 17 || n == 39;
    EXPECT_EQ(replies[n].code(), unknown ? Code::kUnknownSeat
                                 : held  ? Code::kSeatTaken
                                         : Code::kOk)
        << n;
    EXPECT_EQ(map->at(n) == SeatState::kBlocked, !unknown && !held) << n;
  }
  hall_.ExpectClean();
}

// --- the moment of a lapse
// ------------------------------------------------------------------------

TEST_P(SeatPages, OfTheMapTurnAtTheMomentOfALapse) {
  ASSERT_TRUE(hall_.Hold(1, {0, 1}, hall_.NewHold(), 5'000, 1'000).status.ok());
  hall_.clock->Set(At(0, 1));
  ASSERT_TRUE(hall_.Hold(1, {2}, hall_.NewHold(), 5'000, 1'000).status.ok());
  const auto before = hall_.Map();
  EXPECT_EQ(before->next_release_at, At(1'000));
  struct Case {
    TimeUs now;
    std::uint32_t held;
    TimeUs lapse, next;
  };
  for (const Case& one :
       {Case{At(999, 999), 3, {}, At(1'000)}, Case{At(1'000), 1, At(1'000), At(1'000, 1)},
        Case{At(1'000, 1), 0, At(1'000, 1), {}}}) {
    hall_.clock->Set(one.now);
    SCOPED_TRACE(one.now.value - kHallStart.value);
    const auto map = hall_.Map();
    EXPECT_EQ(map->held, one.held);
    EXPECT_EQ(map->available, 100 - one.held);
    EXPECT_EQ(map->version.lapse, one.lapse);
    EXPECT_EQ(map->next_release_at, one.next);
    EXPECT_EQ(hall_.Map().get(), map.get()) << "the same while nothing changes";
    const auto count = hall_.sales().Count(hall_.performance);
    ASSERT_TRUE(count.ok());
    EXPECT_EQ(count->held, one.held);
    EXPECT_EQ(count->available, 100 - one.held);
    MapVersion next;
    const auto changes = hall_.sales().Changes(hall_.performance, before->version, &next);
    ASSERT_TRUE(changes.ok());
    EXPECT_EQ(changes->size(), 3 - one.held);
    EXPECT_EQ(next, map->version);
    const auto again = hall_.sales().Changes(hall_.performance, map->version, &next);
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(again->empty()) << "told twice";
  }
}

TEST_P(SeatPages, OfARefusalEndAtTheMomentOfALapse) {
  ASSERT_TRUE(hall_.Hold(1, {0}, hall_.NewHold(), 5'000, 1'000).status.ok());
  hall_.clock->Set(At(999, 999));
  const HoldReply refused = hall_.Hold(2, 0);
  EXPECT_EQ(refused.status.code(), Code::kSeatTaken);
  ASSERT_EQ(refused.conflicts.size(), 1u);
  EXPECT_EQ(refused.conflicts[0].free_at, At(1'000));
  hall_.clock->Set(At(1'000));
  EXPECT_TRUE(hall_.Hold(2, 0).status.ok());
  hall_.ExpectClean();
}

TEST_P(SeatPages, OfAvailabilityNameTheFirstReleaseWhereAllIsHeld) {
  std::vector<SeatId> rest;
  for (std::uint32_t n = 2; n < 100; ++n) rest.push_back(hall_.Seat(n));
  std::vector<Status> replies(rest.size());
  hall_.sales().Block(hall_.performance, rest, "closed", replies);
  ASSERT_TRUE(hall_.Hold(1, {0}, hall_.NewHold(), 5'000, 2'000).status.ok());
  EXPECT_EQ(hall_.sales().Count(hall_.performance)->state, SaleState::kAvailable);
  EXPECT_EQ(hall_.sales().Count(hall_.performance)->next_release_at, TimeUs{});
  ASSERT_TRUE(hall_.Hold(1, {1}, hall_.NewHold(), 5'000, 1'000).status.ok());
  EXPECT_EQ(hall_.sales().Count(hall_.performance)->state, SaleState::kAllHeld);
  EXPECT_EQ(hall_.sales().Count(hall_.performance)->next_release_at, At(1'000));
  hall_.clock->Set(At(1'000));
  EXPECT_EQ(hall_.sales().Count(hall_.performance)->state, SaleState::kAvailable);
}

}  // namespace
}  // namespace seathold::testing
