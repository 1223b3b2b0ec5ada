// What every Line must do. A host runs it on its own adapter, in one .cc file:
//
//   #include "tests/contract/line_contract.h"
//   INSTANTIATE_TEST_SUITE_P(Mine, LineContract, ::testing::Values(LineMaker{"mine", &NewMine}));
//
// `make` gives a new line without content. Time is an argument, so nothing here waits; randomised
// tests print their seed. `slack_ms` is how much longer than its grace a silent waiter may stay,
// as a function of the grace (an adapter that stores heartbeats late: grace/4).
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
#include "tests/contract/line_model.h"
#include "tests/support/counts.h"

namespace seathold::testing {

struct LineMaker {
  std::string name;
  std::function<std::unique_ptr<Line>()> make;
  std::int64_t slack_divisor = 0;  // grace_ms / slack_divisor; 0 = none
};
inline void PrintTo(const LineMaker& maker, std::ostream* out) { *out << maker.name; }

class LineContract : public ::testing::TestWithParam<LineMaker> {
 protected:
  static constexpr ShowId kShow{7};
  static constexpr std::int64_t kStartUs = 1'700'000'000'000'000;

  static LineConfig Config(std::uint32_t active_max, std::uint64_t epoch = 1) {
    LineConfig config;
    config.epoch = epoch;
    config.active_max = active_max;
    return config;
  }

  void Open(const LineConfig& config) {
    config_ = config;
    const Status status = line_->OpenLine(kShow, config, now_, {});
    ASSERT_TRUE(status.ok()) << status.text();
  }
  LineEntry Join(std::uint64_t user) {
    LineEntry entry{.user = UserId{user}};
    Expect(line_->Join(kShow, config_.epoch, {&entry, 1}, now_, {}));
    return entry;
  }
  std::vector<LineEntry> JoinMany(std::uint64_t first_user, int count) {
    std::vector<LineEntry> entries(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < entries.size(); ++i) entries[i].user = UserId{first_user + i};
    Expect(line_->Join(kShow, config_.epoch, entries, now_, {}));
    return entries;
  }
  LineEntry Poll(LineEntry entry) {
    Expect(line_->Poll(kShow, config_.epoch, {&entry, 1}, now_, {}));
    return entry;
  }
  void PollAll(std::vector<LineEntry>* entries) {
    Expect(line_->Poll(kShow, config_.epoch, *entries, now_, {}));
  }
  std::uint32_t Admit(std::uint32_t max = UINT32_MAX) {
    std::uint32_t admitted = 0;
    Expect(line_->Admit(kShow, config_.epoch, max, now_, {}, &admitted));
    return admitted;
  }
  void Leave(const LineEntry& entry) {
    Expect(line_->Leave(kShow, config_.epoch, {&entry, 1}, {}));
  }
  void KeepUntil(LineEntry entry, TimeUs until) {
    entry.admitted_until = until;
    Expect(line_->Keep(kShow, config_.epoch, {&entry, 1}, {}));
  }
  LineStats Stats() {
    LineStats stats;
    Expect(line_->Stats(kShow, now_, &stats, {}));
    return stats;
  }
  void Advance(std::int64_t ms) { now_ = AddMs(now_, ms); }
  std::int64_t SlackMs() const {
    return GetParam().slack_divisor == 0 ? 0 : config_.grace_ms / GetParam().slack_divisor;
  }
  // Time passes while `alive` keep polling and everybody else is silent.
  void Serve(std::int64_t ms, std::vector<LineEntry>* alive) {
    const std::int64_t step_ms = config_.grace_ms / 8;
    for (std::int64_t passed = 0; passed < ms; passed += step_ms) {
      Advance(step_ms);
      PollAll(alive);
    }
  }
  static void Expect(const Status& status) { EXPECT_TRUE(status.ok()) << status.text(); }

  std::unique_ptr<Line> line_ = GetParam().make();
  TimeUs now_{kStartUs};
  LineConfig config_;
};

TEST_P(LineContract, AnswersLineLostBeforeItIsOpened) {
  LineEntry entry{.user = UserId{1}, .sequence = Sequence::Of(1, 1)};
  std::uint32_t admitted = 9;
  LineStats stats;
  EXPECT_EQ(line_->Join(kShow, 1, {&entry, 1}, now_, {}).code(), Code::kLineLost);
  EXPECT_EQ(line_->Poll(kShow, 1, {&entry, 1}, now_, {}).code(), Code::kLineLost);
  EXPECT_EQ(line_->Admit(kShow, 1, 1, now_, {}, &admitted).code(), Code::kLineLost);
  EXPECT_EQ(admitted, 0u);
  EXPECT_EQ(line_->Keep(kShow, 1, {&entry, 1}, {}).code(), Code::kLineLost);
  EXPECT_EQ(line_->Leave(kShow, 1, {&entry, 1}, {}).code(), Code::kLineLost);
  EXPECT_EQ(line_->Stats(kShow, now_, &stats, {}).code(), Code::kLineLost);
}

TEST_P(LineContract, AnswersLineLostToEveryOtherEpochAndChangesNothing) {
  Open(Config(1, 5));
  const LineEntry first = Join(1);
  for (const std::uint64_t epoch : {std::uint64_t{4}, std::uint64_t{6}}) {
    LineEntry entry = first;
    std::uint32_t admitted = 0;
    EXPECT_EQ(line_->Join(kShow, epoch, {&entry, 1}, now_, {}).code(), Code::kLineLost);
    EXPECT_EQ(line_->Poll(kShow, epoch, {&entry, 1}, now_, {}).code(), Code::kLineLost);
    EXPECT_EQ(line_->Admit(kShow, epoch, 1, now_, {}, &admitted).code(), Code::kLineLost);
    EXPECT_EQ(line_->Leave(kShow, epoch, {&entry, 1}, {}).code(), Code::kLineLost);
  }
  EXPECT_EQ(Stats().active, 1u);
  EXPECT_EQ(Stats().left_total, 0u);
}

TEST_P(LineContract, RefusesArgumentsOutOfRange) {
  LineConfig bad = Config(1, 0);
  EXPECT_EQ(line_->OpenLine(kShow, bad, now_, {}).code(), Code::kInvalidArgument);
  bad.epoch = 1u << 24;
  EXPECT_EQ(line_->OpenLine(kShow, bad, now_, {}).code(), Code::kInvalidArgument);
  bad = Config(1);
  bad.grace_ms = 0;
  EXPECT_EQ(line_->OpenLine(kShow, bad, now_, {}).code(), Code::kInvalidArgument);
  bad = Config(1);
  bad.pass_ms = -1;
  EXPECT_EQ(line_->OpenLine(kShow, bad, now_, {}).code(), Code::kInvalidArgument);
  EXPECT_EQ(line_->OpenLine(ShowId{}, Config(1), now_, {}).code(), Code::kInvalidArgument);
  Open(Config(1));
  LineEntry nobody;
  EXPECT_EQ(line_->Join(kShow, 1, {&nobody, 1}, now_, {}).code(), Code::kInvalidArgument);
}

TEST_P(LineContract, PassesDirectlyOnlyWhileThereIsRoomAndNobodyWaits) {
  Open(Config(2));
  EXPECT_EQ(Join(1).state, LineState::kAdmitted);
  const LineEntry second = Join(2);
  EXPECT_EQ(second.state, LineState::kAdmitted);
  EXPECT_EQ(second.admitted_until, AddMs(now_, config_.pass_ms));
  const LineEntry third = Join(3);
  EXPECT_EQ(third.state, LineState::kWaiting);
  EXPECT_EQ(third.ahead, 0u);
  Leave(second);
  const LineEntry fourth = Join(4);  // there is room, but somebody waits
  EXPECT_EQ(fourth.state, LineState::kWaiting);
  EXPECT_EQ(fourth.ahead, 1u);
  EXPECT_EQ(Admit(), 1u);
  EXPECT_EQ(Poll(third).state, LineState::kAdmitted);
  EXPECT_EQ(Poll(fourth).ahead, 0u);
}

TEST_P(LineContract, JoiningAgainGivesTheSameEntry) {
  Open(Config(1));
  const LineEntry in = Join(1);
  const LineEntry waiting = Join(2);
  EXPECT_EQ(Join(1).sequence, in.sequence);
  EXPECT_EQ(Join(1).admitted_until, in.admitted_until);
  EXPECT_EQ(Join(2).sequence, waiting.sequence);
  EXPECT_EQ(Stats().joined_total, 2u);
  LineEntry twice[2] = {{.user = UserId{9}}, {.user = UserId{9}}};
  Expect(line_->Join(kShow, 1, twice, now_, {}));
  EXPECT_EQ(twice[0].sequence, twice[1].sequence);
}

TEST_P(LineContract, JoiningAgainIsAHeartbeat) {
  Open(Config(1));
  (void)Join(1);
  const LineEntry waiting = Join(2);
  for (int i = 0; i < 24; ++i) {
    Advance(config_.grace_ms / 8);
    EXPECT_EQ(Join(2).sequence, waiting.sequence);
  }
}

TEST_P(LineContract, NeverGivesASequenceTwiceInAnEpoch) {
  Open(Config(1));
  std::set<std::uint64_t> seen;
  for (std::uint64_t user = 1; user <= 300; ++user) {
    const LineEntry entry = Join(user);
    EXPECT_TRUE(seen.insert(entry.sequence.value).second);
    EXPECT_GE(entry.sequence.value, *seen.rbegin());
    if (user % 3 != 0) Leave(entry);
  }
}

TEST_P(LineContract, ALapsedAdmissionIsAbsentAndItsUserJoinsAtTheBack) {
  Open(Config(1));
  const LineEntry in = Join(1);
  const LineEntry next = Join(2);
  Advance(config_.pass_ms - 1);
  EXPECT_EQ(Poll(in).state, LineState::kAdmitted);
  Advance(1);
  EXPECT_EQ(Poll(in).state, LineState::kAbsent);
  EXPECT_EQ(Stats().active, 0u);
  (void)Poll(next);
  const LineEntry again = Join(1);
  EXPECT_GT(again.sequence, next.sequence);
  EXPECT_EQ(again.state, LineState::kWaiting);
}

TEST_P(LineContract, KeepMakesAnAdmissionCountLongerButNotItsPass) {
  Open(Config(1));
  const LineEntry in = Join(1);
  const LineEntry next = Join(2);
  const TimeUs hold_until = AddMs(in.admitted_until, 60'000);
  KeepUntil(in, hold_until);
  KeepUntil(in, in.admitted_until);  // never shorter
  std::vector<LineEntry> alive{next};
  now_ = in.admitted_until;
  PollAll(&alive);
  EXPECT_EQ(Admit(), 0u);
  EXPECT_EQ(Poll(in).state, LineState::kAbsent) << "its pass is over";
  now_ = TimeUs{hold_until.value - 1};
  PollAll(&alive);
  EXPECT_EQ(Admit(), 0u);
  now_ = hold_until;
  EXPECT_EQ(Admit(), 1u);
  EXPECT_EQ(Poll(next).state, LineState::kAdmitted);
}

TEST_P(LineContract, JoiningAfterThePassGivesAPlaceAtTheBackAndTheOldOneCountsOn) {
  Open(Config(2));
  const LineEntry in = Join(1);
  KeepUntil(in, AddMs(in.admitted_until, 60'000));
  now_ = in.admitted_until;
  const LineEntry again = Join(1);
  EXPECT_GT(again.sequence, in.sequence);
  EXPECT_EQ(again.state, LineState::kAdmitted) << "there is room for one beside the old hold";
  EXPECT_EQ(Join(1).sequence, again.sequence);
  EXPECT_EQ(Join(2).state, LineState::kWaiting);
  EXPECT_EQ(Stats().active, 2u);
  // What ends the hold takes the old entry, not the new place.
  Leave(in);
  EXPECT_EQ(Stats().active, 1u);
  EXPECT_EQ(Poll(again).state, LineState::kAdmitted);
  Leave(again);
  const LineEntry third = Join(1);
  EXPECT_GT(third.sequence, again.sequence);
}

TEST_P(LineContract, KeepOfAWaiterOrAStrangerDoesNothing) {
  Open(Config(1));
  const LineEntry in = Join(1);
  const LineEntry waiting = Join(2);
  KeepUntil(waiting, AddMs(now_, 10'000'000));
  LineEntry stranger = in;
  stranger.user = UserId{77};
  KeepUntil(stranger, AddMs(now_, 10'000'000));
  EXPECT_EQ(Poll(waiting).state, LineState::kWaiting);
  now_ = in.admitted_until;
  EXPECT_EQ(Stats().active, 0u);
}

TEST_P(LineContract, LeaveFreesAPlaceAndLeavesOthersAlone) {
  Open(Config(1));
  const LineEntry in = Join(1);
  const LineEntry waiting = Join(2);
  LineEntry stranger = waiting;
  stranger.user = UserId{3};
  Leave(stranger);
  EXPECT_EQ(Stats().left_total, 0u);
  Leave(in);
  Leave(in);
  EXPECT_EQ(Stats().left_total, 1u);
  EXPECT_EQ(Poll(in).state, LineState::kAbsent);
  EXPECT_EQ(Admit(), 1u);
  EXPECT_EQ(Poll(waiting).state, LineState::kAdmitted);
}

TEST_P(LineContract, SilentWaitersNeverBlockAndAreNotCounted) {
  Open(Config(1));
  const LineEntry in = Join(1);
  JoinMany(100, 1'000);  // walk away
  std::vector<LineEntry> alive = JoinMany(5'000, 3);
  KeepUntil(in, AddMs(now_, 10'000'000));
  EXPECT_EQ(alive[0].ahead, 1'000u);
  Serve(config_.grace_ms + SlackMs() + config_.grace_ms / 4, &alive);
  EXPECT_EQ(Admit(), 0u);
  EXPECT_EQ(Stats().dropped_total, 1'000u);
  PollAll(&alive);
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(alive[i].ahead, i);
  Leave(in);
  EXPECT_EQ(Admit(), 1u);
  EXPECT_EQ(Poll(alive[0]).state, LineState::kAdmitted);
}

TEST_P(LineContract, ANewcomerPassesDirectlyWhenAllWhoWaitedWalkedAway) {
  Open(Config(1));
  const LineEntry in = Join(1);
  KeepUntil(in, AddMs(now_, 10'000'000));
  JoinMany(100, 10);
  std::vector<LineEntry> alive{in};
  Serve(config_.grace_ms + SlackMs() + config_.grace_ms / 4, &alive);
  Leave(in);
  EXPECT_EQ(Join(2).state, LineState::kAdmitted);
}

TEST_P(LineContract, AWaiterIsDroppedAfterTheGraceAndNotAtIt) {
  LineConfig config = Config(1);
  config.grace_ms = 8'000;
  Open(config);
  std::vector<LineEntry> in{Join(1)};
  const LineEntry waiting = Join(2);
  for (int i = 0; i < 8; ++i) {
    Advance((config.grace_ms + SlackMs()) / 8);
    PollAll(&in);
  }
  EXPECT_EQ(Admit(), 0u);
  EXPECT_EQ(Stats().dropped_total, 0u);  // exactly at it
  now_ = TimeUs{now_.value + 1};
  EXPECT_EQ(Admit(), 0u);
  EXPECT_EQ(Stats().dropped_total, 1u);
  EXPECT_EQ(Poll(waiting).state, LineState::kAbsent);
}

TEST_P(LineContract, AnOutageIsNotSilence) {
  Open(Config(1));
  (void)Join(1);
  const auto waiting = JoinMany(10, 5);
  Advance(24 * 3'600'000);  // nobody served the line for a day
  EXPECT_EQ(Admit(), 1u);
  EXPECT_EQ(Stats().dropped_total, 0u);
  EXPECT_EQ(Poll(waiting[0]).state, LineState::kAdmitted);
  EXPECT_EQ(Poll(waiting[4]).ahead, 3u);
}

TEST_P(LineContract, TimeNeverGoesBackForTheLine) {
  Open(Config(1));
  const LineEntry in = Join(1);
  const LineEntry next = Join(2);
  now_ = in.admitted_until;
  EXPECT_EQ(Admit(), 1u);
  now_ = TimeUs{kStartUs};
  EXPECT_EQ(Poll(in).state, LineState::kAbsent);
  EXPECT_EQ(Poll(next).state, LineState::kAdmitted);
  EXPECT_EQ(Stats().active, 1u);
}

TEST_P(LineContract, CountsAreNeverThoseOfATimeBeforeTheLatest) {
  Open(Config(1));
  const LineEntry in = Join(1);
  now_ = in.admitted_until;
  EXPECT_EQ(Poll(in).state, LineState::kAbsent);
  now_ = TimeUs{kStartUs};
  EXPECT_EQ(Stats().active, 0u);
}

TEST_P(LineContract, NobodyIsInsideBeyondTheEndOfTheClock) {
  Open(Config(1));
  now_ = TimeUs{kTimeMax.value - 1'000'000};
  const LineEntry inside = Join(1);
  EXPECT_EQ(inside.state, LineState::kAdmitted);
  EXPECT_EQ(inside.admitted_until, kTimeMax);
  KeepUntil(inside, TimeUs{INT64_MAX});
  EXPECT_EQ(Poll(inside).state, LineState::kAdmitted);
  for (const std::int64_t wild_us : {INT64_MIN, INT64_MAX}) {
    now_ = TimeUs{wild_us};
    (void)Join(2);
    (void)Admit();
    (void)Stats();
  }
  EXPECT_EQ(Poll(inside).state, LineState::kAbsent);
  EXPECT_EQ(Stats().active, 0u);
}

TEST_P(LineContract, AdmitsAtMostTheRateAndSavesOneSecond) {
  LineConfig config = Config(0);
  config.rate_per_s = 10;
  Open(config);
  int direct = 0;
  for (std::uint64_t user = 1; user <= 30; ++user) {
    direct += Join(user).state == LineState::kAdmitted ? 1 : 0;
  }
  EXPECT_EQ(direct, 10);
  EXPECT_EQ(Admit(), 0u);
  Advance(99);
  EXPECT_EQ(Admit(), 0u);
  Advance(1);
  EXPECT_EQ(Admit(), 1u);
  EXPECT_EQ(Admit(), 0u);
  Advance(10'000);  // not ten seconds' worth
  EXPECT_EQ(Admit(), 10u);
}

TEST_P(LineContract, SavesOneSecondHoweverOftenItIsAsked) {
  LineConfig config = Config(0);
  config.rate_per_s = 10;
  Open(config);
  for (int second = 0; second < 5; ++second) {
    Advance(1'000);
    EXPECT_EQ(Admit(), 0u);
  }
  const std::vector<LineEntry> entries = JoinMany(1, 30);
  EXPECT_EQ(std::ranges::count(entries, LineState::kAdmitted, &LineEntry::state), 10);
  Open(config);  // opening again gives nothing back of what was spent
  EXPECT_EQ(Admit(), 0u);
}

TEST_P(LineContract, WithoutCapAndRateEverybodyPassesDirectly) {
  Open(Config(0));
  for (const LineEntry& entry : JoinMany(1, 1'000)) EXPECT_EQ(entry.state, LineState::kAdmitted);
  EXPECT_EQ(Stats().active, 1'000u);
}

TEST_P(LineContract, OpeningAgainWithALowerRateKeepsNoMoreSavedThanThat) {
  LineConfig config = Config(0);
  config.rate_per_s = 10;
  Open(config);
  config.rate_per_s = 2;
  Open(config);
  std::vector<LineEntry> entries = JoinMany(1, 12);
  const auto inside = std::ranges::count(entries, LineState::kAdmitted, &LineEntry::state);
  EXPECT_EQ(inside, 2) << "a second of the rate that now holds";
  Advance(1'000);
  EXPECT_EQ(Admit(), 2u);
}

TEST_P(LineContract, OpeningAgainTakesOverTheGraceAndThePass) {
  LineConfig config = Config(1);
  config.grace_ms = 60'000;
  config.pass_ms = 600'000;
  Open(config);
  std::vector<LineEntry> alive = {Join(1)};
  const LineEntry silent = Join(2);
  const std::int64_t slack_ms = SlackMs();  // what is stored may lag by that of either grace
  config.grace_ms = 8'000;
  config.pass_ms = 30'000;
  Open(config);
  Serve(8'000 + slack_ms + SlackMs() + 1'000, &alive);
  EXPECT_EQ(Admit(), 0u);
  EXPECT_EQ(Stats().waiting, 0u) << "silent for longer than the grace that now holds";
  EXPECT_EQ(Poll(silent).state, LineState::kAbsent);
  Leave(alive[0]);
  EXPECT_EQ(Join(3).admitted_until, AddMs(now_, 30'000));
}

TEST_P(LineContract, OpeningAgainTakesOverNumbersAndKeepsEverybody) {
  Open(Config(1));
  (void)Join(1);
  const auto waiting = JoinMany(10, 5);
  LineConfig wider = Config(3);
  wider.missing_active = 3;  // counts only when a line is made
  wider.missing_until = AddMs(now_, 1'000'000);
  wider.quiet_until = wider.missing_until;
  Open(wider);
  Open(wider);
  EXPECT_EQ(Stats().missing, 0u);
  EXPECT_EQ(Admit(), 2u);
  EXPECT_EQ(Poll(waiting[2]).ahead, 0u);
  Open(Config(1));  // narrower: nobody is thrown out, nobody comes in
  EXPECT_EQ(Stats().active, 3u);
  EXPECT_EQ(Admit(), 0u);
}

}  // namespace seathold::testing

#include "tests/contract/line_contract_epochs.h"  // IWYU pragma: export
