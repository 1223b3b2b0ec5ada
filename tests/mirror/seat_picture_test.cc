// The picture of a hall beside a plain list of its seats: states, counts and deadlines at any time,
// after any change.
#include "src/mirror/seat_picture.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

#include "src/mirror/past_seats.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::int64_t kSpanUs = 100;  // deadlines and looks lie in it, and meet

class Painter {
 public:
  explicit Painter(std::size_t seats) : terms_(seats), owners_(seats) {}

  const SeatPicture& picture() const { return picture_; }
  std::size_t size() const { return terms_.size(); }

  void Set(std::uint32_t ordinal, SeatState state, std::int64_t expires_us) {
    const SeatTerm now = SeatTerm::Of(state, TimeUs{expires_us});
    owners_.Write(ordinal, {++version_, now, UserId{1}});
    picture_.Change(ordinal, terms_[ordinal], now);
    terms_[ordinal] = now;
  }
  void Settle() { picture_.Settle(); }

  void ExpectRightAt(TimeUs now) const {
    SeatPicture::Seen wanted;
    std::vector<std::uint8_t> wanted_bits((size() + 3) / 4);
    std::map<std::uint32_t, std::uint64_t> wanted_due, due;
    for (std::uint32_t o = 0; o < size(); ++o) {
      const SeatTerm term = terms_[o];
      const SeatState shown = term.Shown(now);
      ++wanted.counts[static_cast<std::size_t>(shown)];
      const auto bits = static_cast<unsigned>(shown) << o % 4 * 2;
      wanted_bits[o / 4] = static_cast<std::uint8_t>(wanted_bits[o / 4] | bits);
      if (term.state() != SeatState::kHeld) continue;
      if (shown == SeatState::kHeld) {
        KeepSoonest(&wanted.next_release_at, term.expires_at());
      } else {
        wanted.lapse = std::max(wanted.lapse, term.expires_at());
        wanted_due[o] = term.word;
      }
    }
    std::vector<std::uint8_t> bits(picture_.bits_bytes() + 1, 0xEE);
    const SeatPicture::Seen seen = picture_.At(now, bits.data());
    EXPECT_EQ(bits.back(), 0xEE) << "written behind the end";
    bits.pop_back();
    EXPECT_EQ(bits, wanted_bits);
    EXPECT_EQ(seen.counts, wanted.counts);
    EXPECT_EQ(seen.next_release_at, wanted.next_release_at);
    EXPECT_EQ(seen.lapse, wanted.lapse);
    EXPECT_EQ(picture_.At(now, nullptr).counts, wanted.counts);
    picture_.EachDue(now, [&](std::uint32_t o, SeatTerm term) { due[o] = term.word; });
    EXPECT_EQ(due, wanted_due);
  }
  void ExpectTakenAreNamed() const {
    std::size_t named = 0, taken = 0;
    for (const SeatTerm term : terms_) taken += term.state() != SeatState::kAvailable;
    picture_.EachTaken([&](std::uint32_t o, SeatTerm term) {
      EXPECT_EQ(term.word, terms_[o].word);
      ++named;
    });
    EXPECT_EQ(named, taken);
  }

 private:
  std::vector<SeatTerm> terms_;
  SeatOwners owners_;
  SeatPicture picture_{owners_};
  std::uint64_t version_ = 0;
};

TEST(SeatPicture, IsTheHallAfterAnyChangeAtAnyTime) {
  std::mt19937_64 random(20'30);
  const auto pick = [&](std::uint64_t n) { return random() % n; };
  for (const std::size_t seats : {1, 3, 4, 31, 32, 33, 63, 64, 65, 100}) {
    Painter painter(seats);
    painter.ExpectRightAt(TimeUs{0});
    for (int round = 0; round < Scaled(2'000); ++round) {
      for (std::uint64_t n = pick(6); n > 0; --n) {
        const auto state = static_cast<SeatState>(pick(4));
        const auto expires_us = static_cast<std::int64_t>(pick(kSpanUs));
        painter.Set(static_cast<std::uint32_t>(pick(seats)), state, expires_us);
      }
      painter.Settle();
      painter.ExpectRightAt(TimeUs{static_cast<std::int64_t>(pick(kSpanUs + 2))});
      painter.ExpectTakenAreNamed();
      if (::testing::Test::HasFailure()) {
        FAIL() << seats << " seats, round " << round;
      }
    }
  }
}

TEST(SeatPicture, LosingTheFirstDeadlineOfABlockFindsTheNext) {
  Painter painter(64);
  for (std::uint32_t o = 0; o < 64; ++o) painter.Set(o, SeatState::kHeld, 10 + o);
  painter.Settle();
  painter.Set(0, SeatState::kSold, 0);
  painter.Set(32, SeatState::kAvailable, 0);
  painter.Set(33, SeatState::kHeld, 90);
  painter.Settle();
  EXPECT_EQ(painter.picture().At(TimeUs{0}, nullptr).next_release_at, TimeUs{11});
  for (std::int64_t now = 0; now < 100; ++now) painter.ExpectRightAt(TimeUs{now});
}

TEST(SeatTerms, KeepTheLatestDeadlineThereIs) {
  const SeatTerm term = SeatTerm::Of(SeatState::kHeld, kTimeMax);
  EXPECT_EQ(term.expires_at(), kTimeMax);
  EXPECT_EQ(term.state(), SeatState::kHeld);
}

// Commits of some seats each, whose counters lie in any order within a commit.
TEST(PastSeats, TellOfWholeCommitsBackToWhereTheyBegin) {
  std::mt19937_64 random(20'31);
  PastSeats past(10);  // as few as there are: kSizeMin
  std::vector<std::pair<std::uint64_t, std::uint32_t>> all;
  std::uint64_t feed = 0;
  for (int commit = 0; commit < 400; ++commit) {
    std::vector<std::uint64_t> counters(random() % 5 + 1);
    for (std::uint64_t& counter : counters) counter = ++feed;
    std::ranges::shuffle(counters, random);
    past.BeginCommit();
    for (const std::uint64_t counter : counters) {
      const auto ordinal = static_cast<std::uint32_t>(random() % 10);
      past.Push(counter, ordinal, SeatTerm{counter});
      all.emplace_back(counter, ordinal);
    }
    const std::size_t known = std::min(all.size(), PastSeats::kSizeMin);
    EXPECT_EQ(past.from() > 0, all.size() > PastSeats::kSizeMin);
    const std::uint64_t after = past.from() + random() % (feed - past.from() + 1);
    std::vector<std::pair<std::uint64_t, std::uint32_t>> wanted, told;
    for (std::size_t n = 0; n < known; ++n) {
      const auto& change = all[all.size() - 1 - n];
      if (change.first > after) wanted.push_back(change);
    }
    past.BackTo(after, [&](std::uint32_t ordinal, SeatTerm term) {
      told.emplace_back(term.word, ordinal);
    });
    ASSERT_EQ(told, wanted) << "behind " << after << " of " << feed;
  }
}

}  // namespace
}  // namespace seathold::testing
