// A line that is lost: everyone gets their place back, and nobody gets in who should not.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/queue/queue_hall.h"

namespace seathold::testing {
namespace {

constexpr std::int64_t kQuietMs = 30'000;  // rebuild_grace_ms

std::unique_ptr<Line> OpenSqliteLine(const std::string& path) {
  auto line = NewSqliteLine(path, {.max_age_ms = 0});
  EXPECT_TRUE(line.ok()) << line.status().text();
  return line.ok() ? std::move(line).value() : nullptr;
}

TEST(LostLine, ARestartKeepsEveryPlace) {
  QueueDir dir;
  QueueHall hall;
  hall.options.storage = "sqlite:" + dir.File("sale.db");
  hall.Build(Gated(5), nullptr);
  std::vector<Place> before;
  for (std::uint64_t user = 1; user <= 200; ++user) before.push_back(hall.Join(user));
  hall.Open();
  for (const Place& place : before) {
    const Place now = hall.Poll(place.token.view());
    ASSERT_TRUE(now.status.ok()) << now.status.text();
    EXPECT_EQ(now.sequence, place.sequence);
    EXPECT_EQ(now.state, place.state);
    EXPECT_EQ(now.ahead, place.ahead);
    EXPECT_EQ(now.pass.view(), place.pass.view());
  }
  EXPECT_EQ(hall.Join(150).token.view(), before[149].token.view());
  EXPECT_EQ(hall.engine->stats().lines_lost, 0u);
  EXPECT_EQ(hall.Stats().epoch, 1u);
}

TEST(LostLine, WhoComesBackStandsInTheOldOrderAheadOfNewcomers) {
  QueueHall hall;
  hall.Build(Gated(1));
  std::vector<Place> places;
  for (std::uint64_t user = 1; user <= 20; ++user) places.push_back(hall.Join(user));
  hall.line->Wipe();
  const Place newcomer = hall.Join(99);
  ASSERT_TRUE(newcomer.status.ok()) << newcomer.status.text();
  EXPECT_EQ(newcomer.state, LineState::kWaiting) << "nobody passes directly into a young line";
  for (auto it = places.rbegin(); it != places.rend() - 1; ++it) {  // the last one first
    const Place back = hall.Poll(it->token.view());
    ASSERT_TRUE(back.status.ok()) << back.status.text();
    EXPECT_EQ(back.state, LineState::kWaiting);
    EXPECT_EQ(back.sequence, it->sequence);
    EXPECT_EQ(back.ahead, 0u) << "all who came back so far stood behind";
  }
  EXPECT_EQ(hall.Poll(newcomer.token.view()).ahead, 19u);
  for (std::size_t i = 1; i < places.size(); ++i) {
    EXPECT_EQ(hall.Poll(places[i].token.view()).ahead, i - 1);
  }
  EXPECT_EQ(hall.Stats().epoch, 2u);
}

TEST(LostLine, NobodyIsNewlyAdmittedWhileItIsYoungOrPlacesAreMissing) {
  QueueHall hall;
  hall.Build(Gated(2));
  const Place inside = hall.Join(1);
  ASSERT_EQ(hall.Join(2).state, LineState::kAdmitted);  // never comes back
  const Place waiting = hall.Join(3);
  hall.line->Wipe();
  const TimeUs lost_at = hall.clock->Now();
  const Place back = hall.Poll(inside.pass.view());
  EXPECT_EQ(back.state, LineState::kAdmitted) << "the pass proves it";
  EXPECT_EQ(back.admitted_until, inside.admitted_until);
  EXPECT_EQ(hall.Stats().missing, 1u);
  while (hall.clock->Now() < AddMs(lost_at, kQuietMs - 1)) {
    ASSERT_EQ(hall.Poll(waiting.token.view()).state, LineState::kWaiting);
    ASSERT_EQ(hall.Admit(), 0);
    hall.clock->AdvanceMs(1'000);
  }
  ASSERT_TRUE(hall.queue().Leave(inside.token.view()).ok());
  hall.clock->AdvanceMs(1'000);
  EXPECT_EQ(hall.Admit(), 1) << "the slot of the one who came back and left";
  EXPECT_EQ(hall.Poll(waiting.token.view()).state, LineState::kAdmitted);
  ASSERT_EQ(hall.Join(4).state, LineState::kWaiting);
  EXPECT_EQ(hall.Admit(), 0) << "the other place is still missing";
}

TEST(LostLine, APlaceThatIsMissingCountsUntilItsLastHoldMustBeOver) {
  QueueHall hall;
  hall.Build(Gated(1));
  hall.AddPerformance(hall.show, 1'200'000);  // a longer hold than the engine's own
  ASSERT_EQ(hall.Join(1).state, LineState::kAdmitted);
  const Place waiting = hall.Join(2);
  hall.line->Wipe();
  const TimeUs until = AddMs(hall.clock->Now(), 600'000 + 1'200'000);
  ASSERT_EQ(hall.Poll(waiting.token.view()).state, LineState::kWaiting);
  while (hall.clock->Now().value < until.value - 1) {
    hall.clock->AdvanceUs(std::min(10 * kUsPerSecond, until.value - 1 - hall.clock->Now().value));
    ASSERT_EQ(hall.Poll(waiting.token.view()).state, LineState::kWaiting);
    ASSERT_EQ(hall.Admit(), 0);
  }
  hall.clock->AdvanceUs(1);
  EXPECT_EQ(hall.Admit(), 1);
}

TEST(LostLine, WhatWasSpentLeftOrRevokedNeverReturns) {
  QueueHall hall;
  hall.Build(Gated(3));
  const Place bought = hall.Join(1);
  const Place left = hall.Join(2);
  const Place revoked = hall.Join(3);
  const HoldId id{hall.engine->NewId()};
  ASSERT_TRUE(hall.Hold(1, 0, bought.pass.view(), id).status.ok());
  ASSERT_TRUE(hall.Pay(1, id).ok());
  ASSERT_TRUE(hall.queue().Leave(left.token.view()).ok());
  ASSERT_TRUE(hall.queue().Revoke(hall.show, UserId{3}).ok());
  hall.line->Wipe();
  for (const Place* place : {&bought, &left, &revoked}) {
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(hall.Poll(place->token.view()).status.code(), Code::kPassSpent);
      EXPECT_EQ(hall.Poll(place->pass.view()).status.code(), Code::kPassSpent);
    }
  }
  EXPECT_EQ(hall.Hold(1, 1, bought.pass.view()).status.code(), Code::kPassSpent);
  EXPECT_EQ(hall.Hold(2, 1, left.pass.view()).status.code(), Code::kPassSpent);
  EXPECT_EQ(hall.Hold(3, 1, revoked.pass.view()).status.code(), Code::kPassSpent);
  const LineStats stats = hall.Stats();
  EXPECT_EQ(stats.waiting + stats.active, 0u);
}

TEST(LostLine, APassOfTheLostLineStillHoldsAndPays) {
  QueueHall hall;
  hall.Build(Gated(1));
  const Place inside = hall.Join(1);
  const Place waiting = hall.Join(2);
  hall.line->Wipe();
  const HoldId id{hall.engine->NewId()};
  ASSERT_TRUE(hall.Hold(1, 0, inside.pass.view(), id).status.ok()) << "before it polled";
  ASSERT_EQ(hall.Poll(inside.pass.view()).state, LineState::kAdmitted);
  ASSERT_EQ(hall.Poll(waiting.token.view()).state, LineState::kWaiting);
  ASSERT_TRUE(hall.Hold(1, 1, inside.pass.view()).status.ok()) << "after it came back";
  ASSERT_TRUE(hall.Pay(1, id).ok());
  EXPECT_EQ(hall.Stats().active, 0u) << "the new line hears that an old place was spent";
  hall.clock->AdvanceMs(kQuietMs);
  EXPECT_EQ(hall.Admit(), 1);
}

TEST(LostLine, AHoldUnderAnOldPassKeepsItsBuyerInTheNewLine) {
  QueueHall hall;
  ShowSpec spec = Gated(1);
  spec.pass_ms = 60'000;
  hall.Build(spec);
  const Place inside = hall.Join(1);
  hall.line->Wipe();
  ASSERT_EQ(hall.Poll(inside.pass.view()).state, LineState::kAdmitted);
  hall.clock->AdvanceMs(59'000);
  ASSERT_TRUE(hall.Hold(1, 0, inside.pass.view()).status.ok());
  hall.clock->AdvanceMs(200'000);
  hall.Admit();
  EXPECT_EQ(hall.Stats().active, 1u);
}

TEST(LostLine, AnOverPassComesBackAsAWaiter) {
  QueueHall hall;
  ShowSpec spec = Gated(1);
  spec.pass_ms = 10'000;
  hall.Build(spec);
  const Place inside = hall.Join(1);
  hall.line->Wipe();
  hall.clock->AdvanceMs(10'000);
  EXPECT_EQ(hall.Poll(inside.pass.view()).state, LineState::kWaiting);
}

TEST(LostLine, ManyThreadsThatFindItLostRaiseTheEpochOnce) {
  QueueHall hall;
  hall.Build(Gated(1));
  std::vector<Place> places;
  for (std::uint64_t user = 1; user <= 64; ++user) places.push_back(hall.Join(user));
  hall.line->Wipe();
  std::vector<Place> back(places.size());
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < places.size(); i += 16)
        back[i] = hall.Poll(places[i].token.view());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < places.size(); ++i) {
    ASSERT_TRUE(back[i].status.ok()) << back[i].status.text();
    EXPECT_EQ(back[i].sequence, places[i].sequence);
  }
  EXPECT_EQ(hall.Stats().epoch, 2u);
  EXPECT_EQ(hall.engine->stats().lines_lost, 1u);
}

TEST(LostLine, AnotherProcessAdoptsTheEpochThatWasRaised) {
  QueueDir dir;
  QueueHall one;
  QueueHall two;
  one.options.storage = two.options.storage = "sqlite:" + dir.File("sale.db");
  two.clock = one.clock;
  one.Build(Gated(1), OpenSqliteLine(dir.File("line")));
  two.Open(OpenSqliteLine(dir.File("line")));
  two.show = one.show;
  ASSERT_EQ(one.Join(1).state, LineState::kAdmitted);
  const Place first = two.Join(2);
  const Place second = one.Join(3);
  for (const char* suffix : {"", "-wal", "-shm"})
    std::filesystem::remove(dir.File("line") + suffix);
  EXPECT_EQ(one.Poll(second.token.view()).sequence, second.sequence);
  EXPECT_EQ(two.Poll(first.token.view()).sequence, first.sequence);
  EXPECT_EQ(one.Poll(second.token.view()).ahead, 1u);
  EXPECT_EQ(one.Stats().epoch, 2u);
  EXPECT_EQ(two.Stats().epoch, 2u);
  EXPECT_EQ(one.engine->stats().lines_lost + two.engine->stats().lines_lost, 1u);
}

TEST(LostLine, ALineOfThisProcessAloneComesBackAfterARestart) {
  QueueDir dir;
  QueueHall hall;
  hall.options.storage = "sqlite:" + dir.File("sale.db");
  hall.options.line = "memory:?scope=process";
  hall.Build(Gated(1), nullptr);
  const Place inside = hall.Join(1);
  const Place waiting = hall.Join(2);
  hall.Open();
  EXPECT_EQ(hall.Poll(waiting.token.view()).sequence, waiting.sequence);
  EXPECT_EQ(hall.Poll(inside.pass.view()).state, LineState::kAdmitted);
  EXPECT_EQ(hall.Stats().epoch, 2u);
}

TEST(LostLine, ALineAheadOfStorageIsReplacedByAYoungerOne) {
  QueueHall hall;
  hall.Build(Gated(1));
  ASSERT_TRUE(hall.Join(1).ok());
  const Place waiting = hall.Join(2);
  LineConfig config;
  config.epoch = 7;  // storage says 1: it came back from an older copy
  ASSERT_TRUE(hall.line->inner().OpenLine(hall.show, config, hall.clock->Now(), {}).ok());
  EXPECT_EQ(hall.Poll(waiting.token.view()).sequence, waiting.sequence);
  EXPECT_EQ(hall.Stats().epoch, 8u);
}

TEST(LostLine, ALineThatStaysDownIsBusyAndLosesNoEpochTwice) {
  QueueHall hall;
  hall.Build(Gated(1));
  ASSERT_TRUE(hall.Join(1).ok());
  const Place waiting = hall.Join(2);
  hall.line->Wipe();
  hall.line->Cut(true);
  EXPECT_EQ(hall.Poll(waiting.token.view()).status.code(), Code::kBusy);
  hall.line->Cut(false);
  EXPECT_EQ(hall.Poll(waiting.token.view()).sequence, waiting.sequence);
  EXPECT_EQ(hall.Stats().epoch, 2u);
}

// --- what may become of the file ---

enum class Harm { kRemoved, kEmptied, kCut, kOverwritten };
constexpr Harm kHarms[] = {Harm::kRemoved, Harm::kEmptied, Harm::kCut, Harm::kOverwritten};

void Damage(const std::string& path, Harm harm) {
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path + suffix);
  if (harm == Harm::kRemoved) std::filesystem::remove(path);
  if (harm == Harm::kEmptied) std::filesystem::resize_file(path, 0);
  if (harm == Harm::kCut) std::filesystem::resize_file(path, 4'096);
  if (harm == Harm::kOverwritten) std::ofstream(path) << std::string(32'768, 'x');
}

constexpr std::size_t kHarmedUsers = 6;

// Two inside, four waiting.
std::vector<Place> FillLine(QueueHall& hall) {
  std::vector<Place> places;
  for (std::uint64_t user = 1; user <= kHarmedUsers; ++user) places.push_back(hall.Join(user));
  EXPECT_EQ(hall.Stats().active, 2u);
  return places;
}

void ExpectEveryPlaceKept(QueueHall& hall, const std::vector<Place>& places) {
  for (auto it = places.rbegin(); it != places.rend(); ++it) {
    const Place back = hall.Poll(it->pass.empty() ? it->token.view() : it->pass.view());
    ASSERT_TRUE(back.status.ok()) << back.status.text();
    EXPECT_EQ(back.sequence, it->sequence);
    EXPECT_EQ(back.state, it->state);
  }
  for (const Place& place : places) EXPECT_EQ(hall.Poll(place.token.view()).ahead, place.ahead);
  const LineStats stats = hall.Stats();
  EXPECT_EQ(stats.active, 2u);
  EXPECT_EQ(stats.waiting, 4u);
  EXPECT_EQ(stats.missing, 0u) << "all have come back";
}

TEST(LostLine, AFileHarmedWhileItIsOpenCostsNobodyTheirPlace) {
  for (const Harm harm : kHarms) {
    SCOPED_TRACE(static_cast<int>(harm));
    QueueDir dir;
    QueueHall hall;
    hall.Build(Gated(2), OpenSqliteLine(dir.File("line")));
    ASSERT_FALSE(HasFatalFailure());
    const std::vector<Place> places = FillLine(hall);
    Damage(dir.File("line"), harm);
    hall.Admit();
    ExpectEveryPlaceKept(hall, places);
    // Else the process goes on from what it has: in the log, nothing is missing yet.
    if (harm == Harm::kRemoved) {
      EXPECT_EQ(hall.Stats().epoch, 2u) << "lost as a whole";
    }
  }
}

TEST(LostLine, AFileHarmedWhileNoProcessRanCostsNobodyTheirPlace) {
  for (const Harm harm : kHarms) {
    SCOPED_TRACE(static_cast<int>(harm));
    QueueDir dir;
    QueueHall hall;
    hall.options.storage = "sqlite:" + dir.File("sale.db");
    hall.Build(Gated(2), OpenSqliteLine(dir.File("line")));
    ASSERT_FALSE(HasFatalFailure());
    const std::vector<Place> places = FillLine(hall);
    hall.engine.reset();
    Damage(dir.File("line"), harm);
    hall.Open(OpenSqliteLine(dir.File("line")));
    ASSERT_FALSE(HasFatalFailure());
    ExpectEveryPlaceKept(hall, places);
    EXPECT_EQ(hall.Stats().epoch, 2u) << "lost as a whole";
  }
}

}  // namespace
}  // namespace seathold::testing
