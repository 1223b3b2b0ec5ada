// The second half of line_contract.h: lost lines, long walks, threads.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "seathold/adapter/line.h"
#include "tests/contract/line_contract.h"
#include "tests/contract/line_model.h"
#include "tests/support/counts.h"

namespace seathold::testing {

TEST_P(LineContract, ALowerEpochIsLostAndLeavesTheHigherAlone) {
  Open(Config(2, 4));
  const LineEntry in = Join(1);
  EXPECT_EQ(line_->OpenLine(kShow, Config(9, 3), now_, {}).code(), Code::kLineLost);
  EXPECT_EQ(Stats().epoch, 4u);
  EXPECT_EQ(Poll(in).state, LineState::kAdmitted);
}

TEST_P(LineContract, ShowsDoNotShareALine) {
  Open(Config(1));
  (void)Join(1);
  const ShowId other{kShow.value + 64};
  Expect(line_->OpenLine(other, Config(1, 9), now_, {}));
  LineEntry entry{.user = UserId{1}};
  Expect(line_->Join(other, 9, {&entry, 1}, now_, {}));
  EXPECT_EQ(entry.state, LineState::kAdmitted);
  EXPECT_EQ(entry.sequence, Sequence::Of(9, 1));
  EXPECT_EQ(Stats().active, 1u);
}

TEST_P(LineContract, ASequenceThatWasNeverGivenMeansTheLineForgot) {
  Open(Config(1));
  const LineEntry in = Join(1);
  LineEntry future{.user = UserId{2}, .sequence = Sequence::Of(1, 1'000)};
  EXPECT_EQ(line_->Poll(kShow, 1, {&future, 1}, now_, {}).code(), Code::kLineLost);
  EXPECT_EQ(Poll(in).state, LineState::kAdmitted);
}

TEST_P(LineContract, AnAbsentSequenceOfThisEpochStaysAbsent) {
  Open(Config(1));
  const LineEntry in = Join(1);
  const LineEntry waiting = Join(2);
  Leave(waiting);
  LineEntry gone = waiting;
  gone.reclaim_until = AddMs(now_, 1'000'000);
  EXPECT_EQ(Poll(gone).state, LineState::kAbsent);
  LineEntry foreign = in;
  foreign.user = UserId{2};
  EXPECT_EQ(Poll(foreign).state, LineState::kAbsent);
  EXPECT_EQ(Poll(LineEntry{.user = UserId{3}}).state, LineState::kAbsent);
}

TEST_P(LineContract, ALostLineIsRebuiltInTheOldOrderAheadOfNewcomers) {
  Open(Config(1, 1));
  JoinMany(1, 40);
  Open(Config(1, 2));
  const LineEntry newcomer = Join(1'000);
  Leave(newcomer);
  std::vector<LineEntry> newcomers = JoinMany(2'000, 3);
  EXPECT_EQ(newcomers[0].state, LineState::kAdmitted);
  std::vector<std::uint64_t> users(39);
  std::iota(users.begin(), users.end(), 2);
  const unsigned seed = 42;
  std::shuffle(users.begin(), users.end(), std::mt19937(seed));
  std::vector<LineEntry> back;
  for (const std::uint64_t user : users) {
    back.push_back({.user = UserId{user}, .sequence = Sequence::Of(1, user)});
  }
  PollAll(&back);
  PollAll(&back);
  for (const LineEntry& entry : back) EXPECT_EQ(entry.ahead, entry.user.value - 2);
  EXPECT_EQ(Poll(newcomers[1]).ahead, 39u);
  Leave(newcomers[0]);
  EXPECT_EQ(Admit(), 1u);
  EXPECT_EQ(Poll({.user = UserId{2}, .sequence = Sequence::Of(1, 2)}).state, LineState::kAdmitted);
}

TEST_P(LineContract, ReturningUserExchangesANewPlaceForTheOldOne) {
  Open(Config(1, 1));
  const LineEntry old_in = Join(1);
  const LineEntry old_waiting = Join(2);
  Open(Config(1, 2));
  (void)Join(50);
  const LineEntry fresh = Join(2);
  EXPECT_EQ(Poll(old_waiting).state, LineState::kWaiting);
  EXPECT_EQ(Poll(fresh).state, LineState::kAbsent);
  EXPECT_EQ(Join(2).sequence, old_waiting.sequence);
  LineEntry stolen = old_in;  // another user's token is no place
  stolen.user = UserId{50};
  EXPECT_EQ(Poll(stolen).state, LineState::kAbsent);
  stolen = old_waiting;  // nor is one that has come back
  stolen.user = UserId{77};
  EXPECT_EQ(Poll(stolen).state, LineState::kAbsent);
  EXPECT_EQ(Poll(old_waiting).state, LineState::kWaiting);
  EXPECT_EQ(Stats().waiting, 1u);
}

TEST_P(LineContract, WhoMayNotReenterIsAbsent) {
  Open(Config(1, 1));
  LineEntry old = Join(1);
  Open(Config(1, 2));
  old.may_reenter = false;
  EXPECT_EQ(Poll(old).state, LineState::kAbsent);
  EXPECT_EQ(Stats().joined_total, 0u);
}

TEST_P(LineContract, QuietTimeAdmitsNobodyNew) {
  LineConfig config = Config(5, 2);
  config.quiet_until = AddMs(now_, 30'000);
  Open(config);
  const LineEntry first = Join(1);
  EXPECT_EQ(first.state, LineState::kWaiting);
  Advance(29'999);
  EXPECT_EQ(Admit(), 0u);
  Advance(1);
  EXPECT_EQ(Admit(), 1u);
}

TEST_P(LineContract, MissingActivesKeepTheirPlacesUntilTheyReturnOrTimeIsOver) {
  Open(Config(3, 1));
  const std::vector<LineEntry> in = JoinMany(1, 3);
  LineConfig rebuilt = Config(3, 2);
  rebuilt.missing_active = 3;
  rebuilt.missing_until = AddMs(now_, 900'000);
  Open(rebuilt);
  std::vector<LineEntry> newcomers = JoinMany(100, 5);
  EXPECT_EQ(newcomers[0].state, LineState::kWaiting);
  LineEntry back = in[1];
  back.reclaim_until = back.admitted_until;
  const LineEntry returned = Poll(back);
  EXPECT_EQ(returned.state, LineState::kAdmitted);
  EXPECT_EQ(returned.admitted_until, in[1].admitted_until);
  EXPECT_EQ(Poll(back).state, LineState::kAdmitted);  // counted once
  EXPECT_EQ(Stats().missing, 2u);
  EXPECT_EQ(Stats().active, 1u);
  EXPECT_EQ(Admit(), 0u);
  Leave(returned);  // bought: that place is free, two are still kept
  EXPECT_EQ(Admit(), 1u);
  now_ = TimeUs{rebuilt.missing_until.value - 1};
  std::vector<LineEntry> rest(newcomers.begin() + 1, newcomers.end());
  PollAll(&rest);
  EXPECT_EQ(Stats().missing, 2u);
  now_ = rebuilt.missing_until;
  EXPECT_EQ(Stats().missing, 0u);
  EXPECT_EQ(Admit(), 3u);  // the first newcomer's pass is over, too
}

TEST_P(LineContract, APassThatIsOverReturnsAsAWaiter) {
  Open(Config(1, 1));
  LineEntry in = Join(1);
  Open(Config(1, 2));
  in.reclaim_until = now_;
  EXPECT_EQ(Poll(in).state, LineState::kWaiting);
}

// Issue 2, "It must show" 6: 10,000 joins, at most 50 active at every moment (across a wipe, too),
// order by join among those alive, walk-aways never block.
TEST_P(LineContract, TenThousandBuyersPassInOrderAcrossAWipe) {
  const unsigned seed = 20'260'101;
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  const int buyers = Scaled(10'000);
  LineConfig config = Config(50, 1);
  config.pass_ms = 120'000;
  Open(config);
  std::vector<LineEntry> waiting;
  std::map<std::uint64_t, LineEntry> active;  // by user: passes that work out there
  std::uint64_t last_admitted = 0, passed = 0;
  bool wiped = false;
  const auto take_in = [&](const LineEntry& entry) {
    EXPECT_GT(entry.sequence.value, last_admitted) << "out of order";
    last_admitted = entry.sequence.value;
    active[entry.user.value] = entry;
    ++passed;
  };
  const auto round = [&] {
    Advance(1'000);
    std::erase_if(active, [&](const auto& a) { return a.second.admitted_until <= now_; });
    for (auto it = active.begin(); it != active.end();) {  // some buy, the others dawdle
      const bool buys = random() % 3 == 0;
      if (buys) Leave(it->second);
      it = buys ? active.erase(it) : std::next(it);
    }
    (void)Admit();
    PollAll(&waiting);
    for (const LineEntry& entry : waiting) {
      if (entry.state == LineState::kAdmitted) take_in(entry);
    }
    std::erase_if(waiting, [](const LineEntry& e) { return e.state != LineState::kWaiting; });
    ASSERT_LE(active.size(), 50u);
    ASSERT_LE(Stats().active, 50u);
  };
  int walked = 0, expected = 0;
  for (int i = 0; i < buyers; ++i) {
    const LineEntry entry = Join(static_cast<std::uint64_t>(i) + 1);
    const bool walks = entry.state == LineState::kWaiting && random() % 4 == 0;
    walked += walks ? 1 : 0;
    expected += walks ? 0 : 1;
    if (entry.state == LineState::kAdmitted) take_in(entry);
    if (entry.state == LineState::kWaiting && !walks) waiting.push_back(entry);
    if (i % 100 == 99) round();
    if (i == buyers / 2) {  // the cache loses the line
      wiped = true;
      LineConfig rebuilt = config;
      rebuilt.epoch = 2;
      rebuilt.quiet_until = AddMs(now_, 30'000);
      rebuilt.missing_active = 50;
      rebuilt.missing_until = AddMs(now_, config.pass_ms + 300'000);
      Open(rebuilt);
      for (auto& [user, pass] : active) {
        LineEntry back = pass;
        back.reclaim_until = pass.admitted_until;
        EXPECT_EQ(Poll(back).state, LineState::kAdmitted);
      }
      PollAll(&waiting);
    }
  }
  for (int rounds = 0; !waiting.empty() && rounds < 100'000; ++rounds) round();
  EXPECT_TRUE(wiped);
  EXPECT_TRUE(waiting.empty());
  // Walk-aways that came up before their grace was over were let in and lapsed; nobody else did.
  EXPECT_EQ(passed, static_cast<std::uint64_t>(expected));
  EXPECT_GT(walked, 0);
}

inline void ExpectSame(const LineStats& got, const LineStats& want) {
  ASSERT_EQ(got.epoch, want.epoch);
  ASSERT_EQ(got.waiting, want.waiting);
  ASSERT_EQ(got.active, want.active);
  ASSERT_EQ(got.missing, want.missing);
  ASSERT_EQ(got.joined_total, want.joined_total);
  ASSERT_EQ(got.admitted_total, want.admitted_total);
  ASSERT_EQ(got.dropped_total, want.dropped_total);
  ASSERT_EQ(got.left_total, want.left_total);
}

TEST_P(LineContract, AgreesWithANaiveModelOnRandomCalls) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    line_ = GetParam().make();
    now_ = TimeUs{kStartUs};
    std::mt19937 random(seed);
    const auto pick = [&](std::uint64_t n) { return random() % n; };
    LineConfig config = Config(static_cast<std::uint32_t>(pick(12)), 1);
    config.rate_per_s = static_cast<std::uint32_t>(pick(3) * 4);
    config.grace_ms = 8'000;
    config.pass_ms = 20'000;
    Open(config);
    LineModel model(config, now_.value);
    model.slack_us = SlackMs() * 1'000;
    std::vector<LineEntry> tokens;  // of every epoch, dropped ones too
    const int steps = Scaled(20'000) / 4;
    for (int step = 0; step < steps; ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      if (pick(3) == 0) now_ = TimeUs{now_.value + static_cast<std::int64_t>(pick(1'500'000))};
      if (pick(400) == 0) Advance(static_cast<std::int64_t>(pick(60'000)));
      const std::uint64_t what = pick(100);
      if (what < 30) {
        LineEntry io{.user = UserId{1 + pick(60)}}, mine = io;
        Expect(line_->Join(kShow, config_.epoch, {&io, 1}, now_, {}));
        model.Join(&mine, now_.value);
        ASSERT_EQ(io.sequence, mine.sequence);
        ASSERT_EQ(io.state, mine.state);
        ASSERT_EQ(io.ahead, mine.ahead);
        ASSERT_EQ(io.admitted_until, mine.admitted_until);
        tokens.push_back(io);
      } else if (what < 75 && !tokens.empty()) {
        LineEntry io = tokens[pick(tokens.size())];
        if (pick(4) == 0) io = tokens.back();
        io.reclaim_until = io.state == LineState::kAdmitted ? io.admitted_until : TimeUs{};
        LineEntry mine = io;
        Expect(line_->Poll(kShow, config_.epoch, {&io, 1}, now_, {}));
        model.Poll(&mine, now_.value);
        ASSERT_EQ(io.state, mine.state);
        ASSERT_EQ(io.ahead, mine.ahead);
        ASSERT_EQ(io.admitted_until, mine.admitted_until);
      } else if (what < 85) {
        const auto max = static_cast<std::uint32_t>(pick(5));
        ASSERT_EQ(Admit(max), model.Admit(max, now_.value));
      } else if (what < 90 && !tokens.empty()) {
        LineEntry entry = tokens[pick(tokens.size())];
        entry.admitted_until = AddMs(now_, static_cast<std::int64_t>(pick(30'000)));
        Expect(line_->Keep(kShow, config_.epoch, {&entry, 1}, {}));
        model.Keep(entry);
      } else if (what < 99 && !tokens.empty()) {
        const LineEntry entry = tokens[pick(tokens.size())];
        Leave(entry);
        model.Leave(entry);
      } else if (pick(8) == 0) {
        config.epoch += 1;
        config.quiet_until = AddMs(now_, 2'000);
        config.missing_active = config.active_max;
        config.missing_until = AddMs(now_, 30'000);
        Open(config);
        model.Reopen(config, now_.value);
        model.slack_us = SlackMs() * 1'000;
        if (tokens.size() > 100) tokens.erase(tokens.begin(), tokens.end() - 100);
      }
      ASSERT_NO_FATAL_FAILURE(ExpectSame(Stats(), model.Stats(now_.value)));
    }
  }
}

TEST_P(LineContract, ManyThreadsNeverPassTheCap) {
  Open(Config(20));
  constexpr int kThreads = 4;
  const int each = Scaled(2'000);
  std::atomic<int> inside{0}, admitted{0};
  std::atomic<bool> over{false};
  const auto buyer = [&](std::uint64_t user) {
    LineEntry entry{.user = UserId{user}};
    Expect(line_->Join(kShow, 1, {&entry, 1}, now_, {}));
    for (int tries = 0; entry.state != LineState::kAdmitted && tries < 1'000'000; ++tries) {
      std::uint32_t count = 0;
      Expect(line_->Admit(kShow, 1, 5, now_, {}, &count));
      Expect(line_->Poll(kShow, 1, {&entry, 1}, now_, {}));
    }
    if (entry.state != LineState::kAdmitted) return;
    ++admitted;
    if (inside.fetch_add(1) + 1 > 20) over = true;
    LineStats stats;
    Expect(line_->Stats(kShow, now_, &stats, {}));
    if (stats.active > 20) over = true;
    inside.fetch_sub(1);
    Expect(line_->Leave(kShow, 1, {&entry, 1}, {}));
  };
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < each; ++i) buyer(1 + t * 1'000'000 + static_cast<std::uint64_t>(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(over);
  EXPECT_EQ(admitted, kThreads * each);
  EXPECT_EQ(Stats().active, 0u);
  EXPECT_EQ(Stats().left_total, static_cast<std::uint64_t>(kThreads * each));
}

}  // namespace seathold::testing
