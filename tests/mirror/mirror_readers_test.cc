// Readers beside a writer that publishes without a pause: every answer is held against what the
// hall was after that many commits, which a formula tells.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "src/mirror/seat_mirror.h"
#include "tests/support/counts.h"
#include "tests/support/sanitizers.h"

namespace seathold::testing {
namespace {

constexpr PerformanceId kDate{7};
constexpr std::uint64_t kPairs = 40;  // more than one block, and a part of one
constexpr std::uint32_t kSeats = 2 * kPairs;
constexpr TimeUs kEpoch{1'700'000'000'000'000};
constexpr std::int64_t kAgeMs = 1'000'000;
constexpr std::int64_t kPassed = 10'000;  // so many commits' deadlines have passed

// ThreadSanitizer sees a race without its harm, at the first two accesses that nothing orders.
constexpr std::uint64_t kFewer = SEATHOLD_SANITIZED ? 5 : 1;
std::uint64_t Commits() { return FullCounts() ? 600'000 : 60'000 / kFewer; }
std::uint64_t Answered() { return FullCounts() ? 20'000 : 1'000 / kFewer; }

// Commit f changes both seats of pair f % kPairs, in turn to: held by user 1, held by user 2,
// available.
SeatRecord SeatOf(std::uint64_t commit, std::uint32_t ordinal) {
  SeatRecord seat{kDate, ordinal};
  seat.version = commit;
  const std::uint64_t turn = commit / kPairs % 3;
  if (commit == 0 || turn == 2) return seat;
  seat.state = SeatState::kHeld;
  seat.user = UserId{1 + turn};
  seat.hold.value[0] = static_cast<std::uint8_t>(commit);
  seat.expires_at = TimeUs{kEpoch.value + static_cast<std::int64_t>(commit)};
  return seat;
}
std::uint32_t FirstSeatOf(std::uint64_t commit) {
  return static_cast<std::uint32_t>(commit % kPairs * 2);
}
// The latest commit, up to `commits`, that changed this seat; 0 = none.
std::uint64_t LatestOf(std::uint32_t ordinal, std::uint64_t commits) {
  const std::uint64_t behind = (commits % kPairs + kPairs - ordinal / 2) % kPairs;
  return commits >= behind ? commits - behind : 0;
}
SeatRecord SeatAt(std::uint32_t ordinal, std::uint64_t commits) {
  return SeatOf(LatestOf(ordinal, commits), ordinal);
}

PerformanceInfo Info() {
  auto plan = std::make_shared<VenuePlan>();
  plan->seats.resize(kSeats);
  PerformanceInfo info;
  info.plan = plan;
  info.record.performance = kDate;
  info.record.venue = VenueId{1};
  info.prices.push_back({kDate, 0, 0, "full", 1'000});
  return info;
}

class Rush {
 public:
  Rush() { LoadAt(0); }

  // One writer, and a thread for each of `reads`, until so many commits are written and each of
  // `enough` has been answered so often while something was written: a stretch of the clock would
  // show little on a busy machine. Nobody is kept from their answer.
  using Answers = std::atomic<std::uint64_t>;
  void Play(const std::vector<std::function<void()>>& reads, bool forgets,
            const std::vector<std::pair<const Answers*, std::uint64_t>>& enough) {
    std::vector<std::thread> readers;
    for (const auto& read : reads) {
      readers.emplace_back([this, &read] {
        while (!done_ && !::testing::Test::HasFailure()) read();
      });
    }
    const auto fell_short = [](const auto& wanted) { return *wanted.first < wanted.second; };
    for (std::uint64_t commit = 1; commit <= Commits() || std::ranges::any_of(enough, fell_short);
         ++commit) {
      if (::testing::Test::HasFailure()) break;
      Publish(commit);
      if (forgets && commit % 512 == 0) {
        mirror_.Forget();
        LoadAt(commit);
      }
    }
    done_ = true;
    for (std::thread& reader : readers) reader.join();
  }

  void ReadMap() {
    const std::uint64_t before = mirror_.version();
    const auto map = mirror_.Map(kDate, now_);
    const std::uint64_t told_at = mirror_.version();
    if (map == nullptr) return;  // forgotten for a moment
    const std::uint64_t feed = map->version.feed;
    ASSERT_LE(before, feed);
    std::array<std::uint32_t, 4> counts{};
    TimeUs next, lapse;
    for (std::uint32_t o = 0; o < kSeats; ++o) {
      const SeatRecord seat = SeatAt(o, feed);
      const SeatState shown = Shown(seat);
      ASSERT_EQ(map->at(o), shown) << "seat " << o << " at " << feed;
      ++counts[static_cast<std::size_t>(shown)];
      if (seat.state != SeatState::kHeld) continue;
      if (shown == SeatState::kHeld) KeepSoonest(&next, seat.expires_at);
      if (shown != SeatState::kHeld) lapse = std::max(lapse, seat.expires_at);
    }
    ASSERT_EQ(counts, (std::array{map->available, map->held, map->sold, map->blocked}));
    ASSERT_EQ(map->next_release_at, next) << "at " << feed;
    ASSERT_EQ(map->version.lapse, lapse) << "at " << feed;
    maps_told += told_at != before;
  }
  void Count() {
    const std::uint64_t before = mirror_.version();
    const auto count = mirror_.Count(info_, now_);
    const std::uint64_t told_at = mirror_.version();
    if (!count) return;
    ASSERT_TRUE(count->on_sale);
    ASSERT_EQ(count->available + count->held, kSeats);
    ASSERT_EQ(count->held % 2, 0u) << "half a commit";
    counts_told += told_at != before;
  }
  // From one version to a later one, by changes alone.
  void FollowChanges() {
    const auto map = mirror_.Map(kDate, now_);
    if (map == nullptr) return;
    MapVersion next;
    const auto changes = mirror_.Changes(map->version, now_, &next);
    if (!changes) return;  // forgotten for a moment, or too far behind
    ASSERT_GE(next.feed, map->version.feed);
    std::vector<SeatState> shown;
    for (std::uint32_t o = 0; o < kSeats; ++o) shown.push_back(map->at(o));
    for (const SeatChange& change : *changes) shown[change.ordinal] = change.state;
    for (std::uint32_t o = 0; o < kSeats; ++o) {
      ASSERT_EQ(shown[o], Shown(SeatAt(o, next.feed))) << "seat " << o << " at " << next.feed;
    }
    changes_told += next.feed != map->version.feed;
  }
  // A seat is never refused to its own user, and what is told of it was true: whoever mixes two
  // versions of a seat names the deadline of one user's hold to that user.
  void Refuse(UserId user) {
    const std::uint64_t before = mirror_.version();
    const std::uint32_t ordinal = FirstSeatOf(before + 1);  // about to be written
    HoldArgs args;
    args.performance = kDate;
    args.user = user;
    args.seats.push_back({MakeSeatId(VenueId{1}, ordinal), 0});
    HoldReply reply;
    const MirrorAnswer answer =
        mirror_.Refuse(args, info_, RuleLimits{}, kEpoch, MonotonicNs(), &reply);
    const std::uint64_t told_at = mirror_.version();
    if (answer != MirrorAnswer::kRefused) return;
    ASSERT_EQ(reply.conflicts.size(), 1u);
    const auto commit = static_cast<std::uint64_t>(reply.conflicts[0].free_at.value - kEpoch.value);
    const SeatRecord seat = SeatOf(commit, ordinal);
    ASSERT_EQ(FirstSeatOf(commit), ordinal / 2 * 2) << "the deadline of another seat";
    ASSERT_EQ(seat.state, SeatState::kHeld) << commit;
    ASSERT_NE(seat.user, user) << "refused to its own user, at " << commit;
    refusals_told += told_at != before;
  }
  void ReadSeats() {
    const std::uint64_t feed = mirror_.version();
    const auto seats = mirror_.SeatsAt(feed);
    if (!seats) return;
    for (std::uint32_t o = 0; o < kSeats; ++o) {
      const SeatRecord wanted = SeatAt(o, feed), &seat = (*seats)[o];
      ASSERT_EQ(std::tuple(seat.ordinal, seat.state, seat.hold, seat.user, seat.expires_at),
                std::tuple(o, wanted.state, wanted.hold, wanted.user, wanted.expires_at));
      ASSERT_EQ(seat.version, wanted.version);
    }
  }

  Answers maps_told{0}, counts_told{0}, refusals_told{0}, changes_told{0};

 private:
  SeatState Shown(const SeatRecord& seat) const {
    return IsFree(seat, now_) ? SeatState::kAvailable : seat.state;
  }
  PerformanceStateRecord StateAt(std::uint64_t commit) const {
    PerformanceStateRecord state;
    state.performance = kDate;
    state.on_sale = true;
    state.feed = commit;
    return state;
  }
  void LoadAt(std::uint64_t commit) {
    std::vector<SeatRecord> seats;
    for (std::uint32_t o = 0; o < kSeats; ++o) seats.push_back(SeatAt(o, commit));
    mirror_.Load(StateAt(commit), std::move(seats), {MonotonicNs(), mirror_.published()});
  }
  void Publish(std::uint64_t commit) {
    const std::uint32_t first = FirstSeatOf(commit);
    const SeatRecord seats[] = {SeatOf(commit, first), SeatOf(commit, first + 1)};
    const SeatRecord* const changed[] = {&seats[0], &seats[1]};
    mirror_.Publish(commit - 1, StateAt(commit), changed, MonotonicNs());
  }

  const PerformanceInfo info_ = Info();
  const TimeUs now_{kEpoch.value + kPassed};
  SeatMirror mirror_{kAgeMs, false};
  std::atomic<bool> done_{false};
};

TEST(MirrorReaders, MapsAndCountsAreOfOneMomentWhateverIsPublished) {
  Rush rush;
  rush.Play({[&] { rush.ReadMap(); }, [&] { rush.Count(); }, [&] { rush.FollowChanges(); }}, false,
            {{&rush.maps_told, Answered()},
             {&rush.counts_told, Answered()},
             {&rush.changes_told, Answered()}});
}

TEST(MirrorReaders, ARefusalNeverMixesTwoVersionsOfASeat) {
  Rush rush;
  rush.Play({[&] { rush.Refuse(UserId{1}); }, [&] { rush.Refuse(UserId{2}); }}, false,
            {{&rush.refusals_told, 20 * Answered()}});
}

TEST(MirrorReaders, AMirrorThatForgetsAndLoadsAgainShowsNothingInBetween) {
  Rush rush;
  rush.Play({[&] { rush.ReadMap(); }, [&] { rush.FollowChanges(); },
             [&] { rush.Refuse(UserId{1}); }, [&] { rush.ReadSeats(); }},
            true, {{&rush.maps_told, Answered() / 10}, {&rush.refusals_told, Answered() / 10}});
}

// Others have committed what this process has not looked at.
TEST(MirrorAside, TakesNoMoreThanItsHallHoweverMuchIsCommitted) {
  SeatMirror mirror(kAgeMs, true);
  PerformanceStateRecord state{.performance = kDate, .on_sale = true, .feed = 1};
  std::vector<SeatRecord> seats;
  for (std::uint32_t o = 0; o < kSeats; ++o) seats.push_back({kDate, o});
  mirror.Load(state, std::move(seats), {MonotonicNs(), 0});
  const auto publish = [&](std::uint64_t feed) {
    SeatRecord seat{kDate, static_cast<std::uint32_t>(feed % 3)};
    seat.version = state.feed = feed;
    const SeatRecord* const changed[] = {&seat};
    mirror.Publish(feed - 1, state, changed, MonotonicNs());
  };
  publish(3);
  ASSERT_TRUE(mirror.behind());
  const std::size_t bytes = mirror.bytes();
  for (std::uint64_t feed = 4; feed < 3'000; ++feed) publish(feed);
  EXPECT_EQ(mirror.bytes(), bytes);
  for (std::uint64_t feed = 2; feed < 3'000; ++feed) {
    ASSERT_TRUE(mirror.behind()) << feed;
    FeedRecord event;
    event.performance = kDate;
    event.counter = feed;
    event.seats.push_back(static_cast<std::uint32_t>(feed % 3));
    event.kind = FeedKind::kCancelled;
    mirror.Follow(state, {&event, 1}, {MonotonicNs(), mirror.published()});
  }
  EXPECT_FALSE(mirror.behind());
  EXPECT_EQ(mirror.version(), 2'999u);
}

}  // namespace
}  // namespace seathold::testing
