// Polls of one line by several threads, beside others who join, are let in and leave: every answer
// is a place that the line had, and every poll is heard.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "src/line/memory/memory_line.h"
#include "src/line/sqlite/sqlite_line.h"
#include "tests/line/sqlite_lines.h"
#include "tests/line/temp_dir.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::size_t kPollers = 3, kEach = 200;
constexpr std::int64_t kStepMs = 1;  // between two readings of the clock, as Glance gives them
constexpr std::int64_t kGraceMs = 400;
constexpr std::uint64_t kPollsAnAdmission = 20;

// Everybody who waits polls in turn; the line lets one in now and then, and newcomers join.
class Crowd {
 public:
  explicit Crowd(Line& line) : line_(line) {
    config_.epoch = 1;
    config_.active_max = 1;
    config_.grace_ms = kGraceMs;
    config_.pass_ms = 3'600'000;
    EXPECT_TRUE(line_.OpenLine(kShow, config_, Now(), {}).ok());
    (void)Join(1);  // and is inside
    for (std::size_t n = 0; n < kPollers; ++n) crowds_.push_back(Join(kEach));
  }

  void Play(int rounds) {
    std::atomic<std::size_t> polling{kPollers};
    std::vector<std::thread> threads;
    for (std::vector<LineEntry>& crowd : crowds_) {
      threads.emplace_back([&] {
        for (int round = 0; round < rounds && !::testing::Test::HasFailure(); ++round) Poll(&crowd);
        --polling;
      });
    }
    threads.emplace_back([&] {
      while (polling > 0) {
        if (polls_ / kPollsAnAdmission >= config_.active_max) LetOneIn();
        ComeAndGo();
      }
    });
    for (std::thread& thread : threads) thread.join();
    ExpectAllWereHeard();
  }

 private:
  TimeUs Now() const { return TimeUs{now_us_}; }

  std::vector<LineEntry> Join(std::size_t n) {
    std::vector<LineEntry> entries(n);
    for (LineEntry& entry : entries) entry.user = UserId{next_user_.fetch_add(1)};
    EXPECT_TRUE(line_.Join(kShow, 1, entries, Now(), {}).ok());
    return entries;
  }
  // As many ahead as before or fewer, in the order of the line, and never gone.
  void Poll(std::vector<LineEntry>* crowd) {
    const std::vector<LineEntry> before = *crowd;
    const auto polled = line_.Poll(kShow, 1, *crowd, Now(), {});
    ASSERT_TRUE(polled.ok()) << polled.text();
    std::uint64_t ahead = 0;
    for (std::size_t i = 0; i < crowd->size(); ++i) {
      const LineEntry& entry = (*crowd)[i];
      if (entry.state == LineState::kAdmitted) continue;  // from now on
      ASSERT_EQ(entry.state, LineState::kWaiting) << "dropped, though it polls";
      ASSERT_EQ(entry.sequence, before[i].sequence);
      ASSERT_LE(entry.ahead, before[i].ahead) << "somebody went past";
      ASSERT_GE(entry.ahead, ahead);
      ahead = entry.ahead + 1;
    }
    polls_.fetch_add(1);
    if (polls_ % (2 * kPollers) == 0) now_us_ += kStepMs * 1'000;
  }
  void LetOneIn() {
    ++config_.active_max;
    ASSERT_TRUE(line_.OpenLine(kShow, config_, Now(), {}).ok());
    std::uint32_t admitted = 0;
    ASSERT_TRUE(line_.Admit(kShow, 1, 1, Now(), {}, &admitted).ok());
  }
  void ComeAndGo() {
    const std::vector<LineEntry> newcomers = Join(3);
    EXPECT_TRUE(line_.Leave(kShow, 1, newcomers, {}).ok());
  }
  void ExpectAllWereHeard() {
    LineStats stats;
    ASSERT_TRUE(line_.Stats(kShow, Now(), &stats, {}).ok());
    EXPECT_EQ(stats.dropped_total, 0u);
  }

  Line& line_;
  std::atomic<std::int64_t> now_us_{1'700'000'000'000'000};
  std::atomic<std::uint64_t> next_user_{1}, polls_{0};
  LineConfig config_;
  std::vector<std::vector<LineEntry>> crowds_;
};

TEST(PollsBeside, OneAnotherAndAMemoryLine) {
  const auto line = NewMemoryLine();
  Crowd(*line).Play(Scaled(20'000));
}

TEST(PollsBeside, OneAnotherAndASqliteLine) {
  const TempDir dir;
  auto line = NewSqliteLine(dir.File("line"), {.max_age_ms = 60'000});
  ASSERT_TRUE(line.ok()) << line.status().text();
  Crowd(**line).Play(Scaled(5'000));
}

}  // namespace
}  // namespace seathold::testing
