// The mirror as callers meet it: refusals without storage, never a false one, and what it shows.
#include <algorithm>
#include <iostream>
#include <random>
#include <thread>

#include "src/mirror/seat_mirror.h"
#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

// How long after its bound a refusal may still be heard on a loaded machine.
constexpr std::int64_t kHealLateMsMax = 1'500;

TEST(Mirror, ARefusalTouchesNoStorage) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  const HoldId held = hall.Held(1, {0, 1});
  ASSERT_TRUE(hall.Block(5).ok());
  ASSERT_TRUE(hall.Hold(2, 0).advisory);  // loaded from here on
  const int begins = hall.faults->begins();
  for (std::uint64_t user = 2; user < 102; ++user) {
    const HoldReply taken = hall.Hold(user, {1, 5, 9}, hall.NewHold());
    EXPECT_EQ(taken.status.code(), Code::kSeatTaken);
    EXPECT_TRUE(taken.advisory);
    ASSERT_EQ(taken.conflicts.size(), 2u);
    EXPECT_EQ(taken.conflicts[0].seat, hall.Seat(1));
    EXPECT_EQ(taken.conflicts[0].reason, Code::kSeatTaken);
    EXPECT_EQ(taken.conflicts[0].free_at, AddMs(kHallStart, 300'000));
    EXPECT_EQ(taken.conflicts[1].reason, Code::kSeatBlocked);
  }
  EXPECT_EQ(hall.Hold(2, 5).status.code(), Code::kSeatBlocked);
  EXPECT_EQ(hall.faults->begins(), begins);
  EXPECT_EQ(hall.engine->stats().refused_by_mirror, 102u);
  EXPECT_EQ(hall.StateOf(held), HoldState::kHeld);
}

TEST(Mirror, NeverRefusesTheSeatsOwnUser) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  const HoldId held = hall.Held(1, {0, 1});
  ASSERT_TRUE(hall.Hold(2, 0).advisory);
  int begins = hall.faults->begins_write;
  const HoldReply again = hall.Hold(1, {0, 1}, held);
  EXPECT_TRUE(again.status.ok());
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(hall.faults->begins_write, ++begins);
  const HoldReply other_id = hall.Hold(1, {0}, hall.NewHold());
  EXPECT_EQ(other_id.status.code(), Code::kSeatTaken);
  EXPECT_FALSE(other_id.advisory);
  EXPECT_EQ(hall.faults->begins_write, ++begins);
  ASSERT_TRUE(hall.PayOutside(1, held, "sold").status.ok());
  EXPECT_TRUE(hall.Hold(1, {0, 1}, held).replayed);  // sold to them: still not the mirror's to say
}

TEST(Mirror, SparesATransactionTheSeatsThatItKnowsExactly) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  const HoldId before = hall.Held(1, {0, 1});
  ASSERT_TRUE(hall.Hold(2, 0).advisory);  // loaded from here on
  const std::size_t asked = hall.faults->seats_asked;
  const HoldId held = hall.Held(3, {2, 3});
  EXPECT_TRUE(hall.PayOutside(3, held, "mirrored").status.ok());
  EXPECT_TRUE(hall.PayOutside(1, before, "mirrored, too").status.ok());
  EXPECT_EQ(hall.faults->seats_asked, asked);
  EXPECT_TRUE(hall.engine->Verify()->clean());
}

// Behind the engine's back and past the feed, so that the mirror believes itself exact.
TEST(Mirror, AWrongOneSellsNothingTwiceAndIsForgotten) {
  const HallFolder folder;
  Hall hall;
  hall.path = folder.File("hall.db");
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  hall.Held(1, {0, 1});
  ASSERT_TRUE(hall.Hold(2, 0).advisory);
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(hall.path.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, "UPDATE seats SET state = 3, version = version + 1 WHERE ordinal = 5",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(db);
  const HoldReply refused = hall.Hold(3, {4, 5}, hall.NewHold());
  EXPECT_EQ(refused.status.code(), Code::kSeatBlocked);
  EXPECT_FALSE(refused.advisory);
  EXPECT_TRUE(hall.Hold(3, {4, 6}, hall.NewHold()).status.ok());
  EXPECT_EQ(SqlNumber(hall.path, "SELECT count(*) FROM seats WHERE state = 1"), 4);
}

TEST(Mirror, NeverAsksForBestAvailable) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 2));
  hall.Held(1, {0, 1});
  ASSERT_TRUE(hall.Hold(2, 0).advisory);
  const int begins = hall.faults->begins_write;
  const HoldReply none = hall.Best(2, 1, hall.NewHold());
  EXPECT_EQ(none.status.code(), Code::kAllHeld);
  EXPECT_FALSE(none.advisory);
  EXPECT_EQ(hall.faults->begins_write, begins + 1);
}

TEST(Mirror, GrantsAtOnceWhatWasGivenBackSoldBackUnblockedOrLapsed) {
  for (const bool shared : {false, true}) {
    const HallFolder folder;
    Hall hall;
    if (shared) hall.path = folder.File("back.db");
    hall.options.refusal_max_age_ms = 60'000;
    ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
    const HoldId cancelled = hall.Held(1, {0});
    const HoldId refunded = hall.Held(1, {1});
    ASSERT_TRUE(hall.PayOutside(1, refunded, "r").status.ok());
    ASSERT_TRUE(hall.Block(2).ok());
    for (const std::uint32_t seat : {0u, 1u, 2u}) ASSERT_TRUE(hall.Hold(2, seat).advisory);

    ASSERT_TRUE(hall.Cancel(1, cancelled).ok());
    EXPECT_TRUE(hall.Hold(2, 0).status.ok());
    ASSERT_TRUE(hall.Refund(refunded).status.ok());
    EXPECT_TRUE(hall.Hold(2, 1).status.ok());
    ASSERT_TRUE(hall.Block(2, false).ok());
    EXPECT_TRUE(hall.Hold(2, 2).status.ok());

    hall.Held(1, {3});
    ASSERT_TRUE(hall.Hold(2, 3).advisory);
    hall.clock->AdvanceUs(300'000 * kUsPerMs - 1);
    EXPECT_TRUE(hall.Hold(2, 3).advisory);
    hall.clock->AdvanceUs(1);
    EXPECT_TRUE(hall.Hold(2, 3).status.ok());
    hall.ExpectClean();
  }
}

TEST(Mirror, AsksStorageForEveryRefusalWhenNoAgeIsAllowed) {
  for (const bool shared : {false, true}) {
    const HallFolder folder;
    Hall hall;
    if (shared) hall.path = folder.File("asks.db");
    hall.options.refusal_max_age_ms = 0;
    ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
    hall.Held(1, {0});
    for (std::uint64_t user = 2; user < 12; ++user) {
      const int begins = hall.faults->begins_write;
      const HoldReply taken = hall.Hold(user, 0);
      EXPECT_EQ(taken.status.code(), Code::kSeatTaken);
      EXPECT_FALSE(taken.advisory);
      EXPECT_EQ(hall.faults->begins_write, begins + 1);
    }
    EXPECT_EQ(hall.engine->stats().refused_by_mirror, 0u);
  }
}

TEST(Mirror, ShowsTheSameMapWhileNothingChangesAndAnotherAfterwards) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  hall.Held(1, {0});
  const auto map = hall.Map();
  EXPECT_EQ(hall.Map().get(), map.get());
  (void)hall.Hold(2, 0);  // a refusal changes nothing
  hall.clock->AdvanceMs(1'000);
  EXPECT_EQ(hall.Map().get(), map.get());
  hall.Held(1, {1});
  const auto next = hall.Map();
  EXPECT_NE(next.get(), map.get());
  EXPECT_EQ(next->held, 2u);
  EXPECT_EQ(map->held, 1u);  // what a reader has does not change under it
  hall.clock->AdvanceMs(300'000);
  const auto lapsed = hall.Map();
  EXPECT_NE(lapsed.get(), next.get());
  EXPECT_EQ(lapsed->available, 100u);
  EXPECT_GT(lapsed->version, next->version);
}

// A step of a random sale on 40 seats.
void PlayStep(Hall& hall, std::mt19937& random,
              std::vector<std::pair<std::uint64_t, HoldId>>* live) {
  const auto seat = static_cast<std::uint32_t>(random() % 40);
  const std::uint64_t user = 1 + random() % 5;
  const auto pick = [&]() -> std::pair<std::uint64_t, HoldId> {
    if (live->empty()) return {user, hall.NewHold()};
    return (*live)[random() % live->size()];
  };
  const auto [owner, hold] = pick();
  switch (random() % 8) {
    case 0:
      (void)hall.Cancel(owner, hold);
      break;
    case 1:
      (void)hall.PayOutside(owner, hold, ToString(hall.engine->NewId()));
      break;
    case 2:
      (void)hall.Refund(hold);
      break;
    case 3:
      (void)hall.Block(seat, random() % 2 == 0);
      break;
    case 4:
      hall.clock->AdvanceMs(static_cast<std::int64_t>(random() % 60'000));
      break;
    default: {
      const HoldId id = hall.NewHold();
      if (hall.Hold(user, {seat, (seat + 1) % 40}, id).status.ok()) live->emplace_back(user, id);
    }
  }
}

void ExpectCountIs(const SeatMap& map, const Availability& count) {
  EXPECT_EQ(map.available, count.available);
  EXPECT_EQ(map.held, count.held);
  EXPECT_EQ(map.sold, count.sold);
  EXPECT_EQ(map.blocked, count.blocked);
}

// What storage holds, by plain SQL; `now` tells which holds have lapsed.
void ExpectMapIsStorage(const Hall& hall, const SeatMap& map) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open_v2(hall.path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  sqlite3_stmt* rows = nullptr;
  ASSERT_EQ(
      sqlite3_prepare_v2(db, "SELECT ordinal, state, expires_at_us FROM seats", -1, &rows, nullptr),
      SQLITE_OK);
  std::uint32_t seen = 0;
  for (; sqlite3_step(rows) == SQLITE_ROW; ++seen) {
    const auto ordinal = static_cast<std::uint32_t>(sqlite3_column_int64(rows, 0));
    auto state = static_cast<SeatState>(sqlite3_column_int(rows, 1));
    const bool lapsed = sqlite3_column_int64(rows, 2) <= hall.clock->Now().value;
    if (state == SeatState::kHeld && lapsed) state = SeatState::kAvailable;
    EXPECT_EQ(map.at(ordinal), state) << "seat " << ordinal;
  }
  EXPECT_EQ(seen, map.seats);
  sqlite3_finalize(rows);
  sqlite3_close(db);
}

TEST(Mirror, MapChangesAndCountAreWhatStorageHolds) {
  const HallFolder folder;
  Hall hall;
  hall.path = folder.File("map.db");
  ASSERT_NO_FATAL_FAILURE(hall.Build(4, 10));
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  std::vector<std::pair<std::uint64_t, HoldId>> live;
  std::shared_ptr<const SeatMap> map = hall.Map();
  for (int round = 0; round < 60; ++round) {
    for (int step = 0; step < 5; ++step) PlayStep(hall, random, &live);
    std::vector<SeatState> followed;
    for (std::uint32_t o = 0; o < map->seats; ++o) followed.push_back(map->at(o));
    MapVersion next;
    const auto changes = hall.sales().Changes(hall.performance, map->version, &next);
    ASSERT_TRUE(changes.ok()) << changes.status().text();
    for (const SeatChange& change : *changes) followed[change.ordinal] = change.state;
    map = hall.Map();
    EXPECT_EQ(next.feed, map->version.feed);
    for (std::uint32_t o = 0; o < map->seats; ++o) ASSERT_EQ(followed[o], map->at(o)) << o;
    const auto count = hall.sales().Count(hall.performance);
    ASSERT_TRUE(count.ok());
    ExpectCountIs(*map, *count);
    ASSERT_NO_FATAL_FAILURE(ExpectMapIsStorage(hall, *map));
  }
  EXPECT_GT(map->version.feed, 50u);
  hall.ExpectClean();
}

TEST(Mirror, ADateIsOnSaleFromItsOpeningToItsEndAndWhileSwitchedOn) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 4));
  PerformanceSpec spec = hall.Spec();
  spec.sale_opens_at = AddMs(kHallStart, 1'000);
  spec.sale_ends_at = AddMs(kHallStart, 2'000);
  const PerformanceId date = hall.engine->catalog().AddPerformance(spec).value();
  const auto listed = [&] {
    std::vector<PerformanceId> dates;
    const auto views = hall.engine->catalog().List({.show = {}, .on_sale_only = true}).value();
    for (const PerformanceView& view : views) dates.push_back(view.id);
    return std::ranges::count(dates, date) == 1;
  };
  for (const auto& [ms, open] :
       {std::pair(999, false), {1'000, true}, {1'999, true}, {2'000, false}}) {
    hall.clock->Set(AddMs(kHallStart, ms));
    EXPECT_EQ(hall.sales().Count(date)->on_sale, open) << ms;
    EXPECT_EQ(listed(), open) << ms;
    if (ms != 1'000) continue;
    ASSERT_TRUE(hall.engine->catalog().SetSale(date, false).ok());
    EXPECT_FALSE(hall.sales().Count(date)->on_sale);
    ASSERT_TRUE(hall.engine->catalog().SetSale(date, true).ok());
  }
}

TEST(Mirror, ChangesListOnlySeatsThatDiffer) {
  Hall hall;
  hall.Build(2, 5);
  const auto before = hall.Map();
  hall.Held(1, {0});
  const HoldId given_back = hall.Held(2, {1});
  ASSERT_TRUE(hall.Cancel(2, given_back).ok());
  const HoldId moved = hall.Held(3, {2});
  ASSERT_TRUE(hall.Cancel(3, moved).ok());
  ASSERT_TRUE(hall.Block(2).ok());
  const auto changed = [&](const MapVersion& after) {
    MapVersion next;
    std::vector<std::pair<std::uint32_t, SeatState>> seats;
    const auto changes = hall.sales().Changes(hall.performance, after, &next);
    EXPECT_TRUE(changes.ok()) << changes.status().text();
    for (const SeatChange& c : *changes) seats.emplace_back(c.ordinal, c.state);
    return seats;
  };
  using Seats = std::vector<std::pair<std::uint32_t, SeatState>>;
  EXPECT_EQ(changed(before->version), (Seats{{0, SeatState::kHeld}, {2, SeatState::kBlocked}}));
  const auto held = hall.Map();
  hall.clock->AdvanceMs(300'000);
  EXPECT_EQ(changed(before->version), (Seats{{2, SeatState::kBlocked}})) << "free, held, free";
  EXPECT_EQ(changed(held->version), (Seats{{0, SeatState::kAvailable}}));
  const auto lapsed = hall.Map();
  EXPECT_EQ(hall.engine->Sweep(100).value(), 1);
  EXPECT_EQ(changed(lapsed->version), Seats{}) << "the sweep writes what was seen before";
  EXPECT_EQ(changed(hall.Map()->version), Seats{});
}

TEST(Mirror, ChangesFurtherBackThanItRemembersSayToLoadTheMap) {
  Hall hall;
  hall.Build(1, 2);
  hall.Map();
  hall.Held(2, {1});
  const auto first = hall.Map();
  for (int i = 0; i < 200; ++i) {
    const HoldId hold = hall.Held(1, {0});
    ASSERT_TRUE(hall.Cancel(1, hold).ok());
  }
  MapVersion next;
  EXPECT_EQ(hall.sales().Changes(hall.performance, first->version, &next).code(),
            Code::kFeedTruncated);
  EXPECT_TRUE(hall.sales().Changes(hall.performance, hall.Map()->version, &next).ok());
  const auto all = hall.sales().Changes(hall.performance, MapVersion{}, &next);
  ASSERT_TRUE(all.ok()) << "from the start, when every seat was available";
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->at(0).ordinal, 1u);
}

TEST(Mirror, ChangesOfAVersionThatNeverWasSaysToLoadTheMap) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(4, 10));
  hall.Held(1, {0});
  MapVersion next;
  const auto changes = hall.sales().Changes(hall.performance, MapVersion{99, TimeUs{}}, &next);
  EXPECT_EQ(changes.status().code(), Code::kFeedTruncated);
}

TEST(Mirror, WithoutSeatsSaysSoInsteadOfShowingAnEmptyHall) {
  SeatMirror mirror(250, false);
  PerformanceStateRecord state;
  state.performance = PerformanceId{1};
  mirror.Load(state, std::vector<SeatRecord>(4), {MonotonicNs(), mirror.published()});
  ASSERT_NE(mirror.Map(PerformanceId{1}, kHallStart), nullptr);
  EXPECT_EQ(mirror.Count(PerformanceInfo{}, kHallStart)->available, 4u);
  mirror.Forget();
  MapVersion next;
  EXPECT_FALSE(mirror.Fresh(MonotonicNs()));
  EXPECT_EQ(mirror.Map(PerformanceId{1}, kHallStart), nullptr);
  EXPECT_FALSE(mirror.Count(PerformanceInfo{}, kHallStart).has_value());
  EXPECT_FALSE(mirror.Changes(MapVersion{}, kHallStart, &next).has_value());
}

TEST(Mirror, ABatchOverTwoPerformancesTellsEachOfItsOwnSeats) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 10));
  const PerformanceId dates[] = {hall.performance, hall.AddPerformance()};
  for (const PerformanceId date : dates) ASSERT_TRUE(hall.sales().Map(date).ok());  // loaded
  std::vector<SeatTicket> seats;
  for (std::uint32_t o = 0; o < 6; ++o) seats.push_back({hall.Seat(o), 0});
  std::vector<HoldRequest> requests(6);
  for (std::size_t n = 0; n < requests.size(); ++n) {
    requests[n].id = hall.NewHold();
    requests[n].user = UserId{1 + n};
    requests[n].performance = dates[n % 2];
    requests[n].seats = std::span(seats).subspan(n, 1);
  }
  std::vector<HoldReply> replies(requests.size());
  hall.sales().Hold(requests, replies);
  for (std::size_t n = 0; n < replies.size(); ++n) ASSERT_TRUE(replies[n].status.ok()) << n;
  for (std::size_t d = 0; d < 2; ++d) {
    const auto map = hall.sales().Map(dates[d]).value();
    for (std::uint32_t o = 0; o < 10; ++o) {
      const bool held = o < 6 && o % 2 == d;
      EXPECT_EQ(map->at(o), held ? SeatState::kHeld : SeatState::kAvailable) << d << " " << o;
    }
  }
}

// Two engines on one file.
struct TwoHalls {
  HallFolder folder;
  Hall one, two;

  void Build(std::int64_t refusal_max_age_ms) {
    one.path = two.path = folder.File("two.db");
    one.options.refusal_max_age_ms = two.options.refusal_max_age_ms = refusal_max_age_ms;
    two.clock = one.clock;
    ASSERT_NO_FATAL_FAILURE(one.Build(10, 10));
    ASSERT_NO_FATAL_FAILURE(two.Open());
    two.venue = one.venue;
    two.show = one.show;
    two.performance = one.performance;
  }
};

TEST(Mirror, WhatAnotherEngineGaveBackIsGrantedAtOnceWhereStorageIsAsked) {
  TwoHalls halls;
  ASSERT_NO_FATAL_FAILURE(halls.Build(0));
  for (std::uint32_t seat = 0; seat < 20; ++seat) {
    const HoldId held = halls.one.Held(1, {seat});
    ASSERT_EQ(halls.two.Hold(2, seat).status.code(), Code::kSeatTaken);
    ASSERT_TRUE(halls.one.Cancel(1, held).ok());
    EXPECT_TRUE(halls.two.Hold(2, seat).status.ok());
  }
  EXPECT_EQ(halls.one.Map()->held, 20u);
  halls.one.ExpectClean();
}

TEST(Mirror, ARefusalHealsWithinItsAgeAfterAnotherEngineGaveTheSeatBack) {
  constexpr std::int64_t kAgeMs = 250;
  TwoHalls halls;
  ASSERT_NO_FATAL_FAILURE(halls.Build(kAgeMs));
  const HoldId held = halls.one.Held(1, {0});
  ASSERT_EQ(halls.two.Hold(2, 0).status.code(), Code::kSeatTaken);
  ASSERT_TRUE(halls.one.Cancel(1, held).ok());
  const std::int64_t from_ns = MonotonicNs();
  HoldReply reply;
  std::int64_t refused_ms = 0;  // when the last one was heard
  do {
    reply = halls.two.Hold(2, 0);
    ASSERT_TRUE(reply.status.ok() || reply.advisory);  // storage would have granted it
    if (!reply.status.ok()) refused_ms = (MonotonicNs() - from_ns) / 1'000'000;
  } while (!reply.status.ok() && refused_ms < 10'000);
  std::cout << "refused for " << refused_ms << " ms\n";
  EXPECT_TRUE(reply.status.ok());
  EXPECT_LE(refused_ms, kAgeMs + kHealLateMsMax);
  halls.two.ExpectClean();
}

TEST(Mirror, WhatAnotherEngineTookIsNeverGrantedTwice) {
  TwoHalls halls;
  ASSERT_NO_FATAL_FAILURE(halls.Build(60'000));
  ASSERT_EQ(halls.two.Map()->available, 100u);  // as old as a minute from here on
  const HoldId held = halls.one.Held(1, {0, 1});
  const HoldReply taken = halls.two.Hold(2, {1, 2}, halls.two.NewHold());
  EXPECT_EQ(taken.status.code(), Code::kSeatTaken);
  EXPECT_FALSE(taken.advisory);
  ASSERT_EQ(taken.conflicts.size(), 1u);
  EXPECT_EQ(taken.conflicts[0].seat, halls.one.Seat(1));
  EXPECT_EQ(halls.two.StateOf(held), HoldState::kHeld);
}

TEST(Mirror, TwoEnginesShowTheSameMapOnceItsAgeIsOver) {
  TwoHalls halls;
  ASSERT_NO_FATAL_FAILURE(halls.Build(0));
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  std::vector<std::pair<std::uint64_t, HoldId>> live;
  for (int round = 0; round < 40; ++round) {
    PlayStep(random() % 2 == 0 ? halls.one : halls.two, random, &live);
    const auto one = halls.one.Map();
    const auto two = halls.two.Map();
    ASSERT_EQ(one->version, two->version);
    ASSERT_EQ(one->bits, two->bits);
  }
  EXPECT_GT(halls.one.Map()->version.feed, 10u);
}

TEST(Mirror, AFeedThatWasTrimmedBehindItsBackIsNoReasonToShowOldSeats) {
  TwoHalls halls;
  ASSERT_NO_FATAL_FAILURE(halls.Build(0));
  ASSERT_EQ(halls.two.Map()->held, 0u);
  for (std::uint32_t seat = 0; seat < 10; ++seat) halls.one.Held(1, {seat});
  ASSERT_TRUE(halls.one.sales().TrimFeed(halls.one.performance, 8).ok());
  EXPECT_EQ(halls.two.Map()->held, 10u);
  const auto events = halls.two.sales().Feed(halls.one.performance, 3, 100);
  EXPECT_EQ(events.status().code(), Code::kFeedTruncated);
}

TEST(Mirror, ReadersAndWritersTogetherSeeWholeMaps) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0}, reads{0};
  std::vector<std::thread> readers;
  for (int r = 0; r < 4; ++r) {
    readers.emplace_back([&] {
      while (!stop || reads < 100) {
        const auto map = hall.sales().Map(hall.performance);
        const std::uint32_t sum =
            map.ok() ? (*map)->available + (*map)->held + (*map)->sold + (*map)->blocked : 0;
        if (sum != 100 || (*map)->held % 2 != 0) ++torn;  // holds are of two seats each
        ++reads;
      }
    });
  }
  for (int i = 0; i < 300; ++i) {
    const HoldId held = hall.Held(
        1, {static_cast<std::uint32_t>(i % 50) * 2, static_cast<std::uint32_t>(i % 50) * 2 + 1});
    ASSERT_TRUE(hall.Cancel(1, held).ok());
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(torn, 0);
  EXPECT_GE(reads, 100);
}

}  // namespace
}  // namespace seathold::testing
