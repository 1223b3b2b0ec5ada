// Calls without time, closing while calls are under way, and a child of fork.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/engine/hall.h"
#include "tests/support/sanitizers.h"

namespace seathold::testing {
namespace {

TEST(Timeout, ZeroAsksOnceAndIsServedWhenNothingIsInTheWay) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  const HoldId id = hall.NewHold();
  EXPECT_TRUE(hall.Hold(1, {0}, id, 0).status.ok());
  EXPECT_TRUE(hall.sales().Get(hall.performance, id, true, {0}).ok());
  EXPECT_TRUE(hall.sales().Map(hall.performance, {0}).ok());
}

TEST(Timeout, ZeroIsBusyAtOnceBehindAnother) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  hall.faults->hang_commit_ms = 60'000;
  std::thread leader([&] { EXPECT_TRUE(hall.Hold(1, {0}, hall.NewHold(), 60'000).status.ok()); });
  while (!hall.faults->hanging()) std::this_thread::yield();
  const std::int64_t from_ns = MonotonicNs();
  const HoldReply reply = hall.Hold(2, {1}, hall.NewHold(), 0);
  EXPECT_EQ(reply.status.code(), Code::kBusy);
  EXPECT_LT(MonotonicNs() - from_ns, 1'000'000'000);
  hall.faults->hang_commit_ms = 0;
  leader.join();
  EXPECT_EQ(hall.Map()->held, 1u);
}

TEST(Timeout, OutOfItsRangeCountsAsTheNearest) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  EXPECT_TRUE(hall.Hold(1, {0}, hall.NewHold(), -1).status.ok());
  EXPECT_TRUE(hall.Hold(1, {1}, hall.NewHold(), INT64_MIN).status.ok());
  EXPECT_TRUE(hall.Hold(1, {2}, hall.NewHold(), INT64_MAX).status.ok());
  const Deadline least = Deadline::After({INT64_MIN});
  EXPECT_TRUE(least.passed());
  const Deadline most = Deadline::After({INT64_MAX});
  EXPECT_GT(most.remaining_ns(), 86'000'000'000'000);
  EXPECT_LE(most.remaining_ns(), 86'400'000'000'000);
}

// Every object answers `code`.
void ExpectAllAnswer(Hall& hall, HoldId hold, Code code) {
  EXPECT_EQ(hall.Hold(2, 5).status.code(), code);
  EXPECT_EQ(hall.Best(2, 1, HoldId{Uuid{1}}).status.code(), code);
  EXPECT_EQ(hall.Pay(1, hold, TransferId{Uuid{2}}).status.code(), code);
  EXPECT_EQ(hall.Cancel(1, hold).code(), code);
  EXPECT_EQ(hall.Refund(hold).status.code(), code);
  EXPECT_EQ(hall.Block(3).code(), code);
  EXPECT_EQ(hall.Block(3, false).code(), code);
  EXPECT_EQ(hall.Charge(1, 5).status.code(), code);
  EXPECT_EQ(hall.sales().Get(hall.performance, hold).status().code(), code);
  EXPECT_EQ(hall.sales().Get(hall.performance, hold, true).status().code(), code);
  EXPECT_EQ(hall.sales().ListByUser(UserId{1}, {}, {}, 10).status().code(), code);
  EXPECT_EQ(hall.sales().ListByPerformance(hall.performance, {}, 10).status().code(), code);
  EXPECT_EQ(hall.sales().Map(hall.performance).status().code(), code);
  EXPECT_EQ(hall.sales().Count(hall.performance).status().code(), code);
  EXPECT_EQ(hall.sales().Feed(hall.performance, 0, 10).status().code(), code);
  EXPECT_EQ(hall.sales().TrimFeed(hall.performance, 1).code(), code);
  EXPECT_EQ(hall.engine->wallet().Balance(UserId{1}, kEuro).status().code(), code);
  EXPECT_EQ(hall.engine->wallet().Statement(UserId{1}, kEuro, 0, 10).status().code(), code);
  EXPECT_EQ(hall.engine->wallet().GetTransfer(TransferId{Uuid{3}}).status().code(), code);
  EXPECT_EQ(hall.engine->catalog().ListVenues().status().code(), code);
  EXPECT_EQ(hall.engine->catalog().List({}).status().code(), code);
  EXPECT_EQ(hall.engine->catalog().ListSeats(hall.performance).status().code(), code);
  EXPECT_EQ(hall.engine->catalog().GetPlan(hall.venue).status().code(), code);
  EXPECT_EQ(hall.engine->catalog().FindSeat(hall.performance, "A-1").status().code(), code);
  EXPECT_EQ(hall.engine->catalog().SetSale(hall.performance, false).code(), code);
  EXPECT_EQ(hall.engine->catalog().AddPerformance(hall.Spec()).status().code(), code);
  EXPECT_EQ(hall.engine->accounts().Register("a@b.c", "correct horse").status().code(), code);
  EXPECT_EQ(hall.engine->accounts().Login("a@b.c", "correct horse").status().code(), code);
  EXPECT_EQ(hall.engine->accounts().Authenticate("token").status().code(), code);
  EXPECT_EQ(hall.engine->accounts().UserIdFor("somebody").status().code(), code);
  EXPECT_EQ(hall.engine->accounts().Erase(UserId{1}).code(), code);
  EXPECT_EQ(hall.engine->queue().Admit(hall.show, 1).status().code(), code);
  EXPECT_EQ(hall.engine->Sweep(10).status().code(), code);
  EXPECT_EQ(hall.engine->Verify().status().code(), code);
  EXPECT_EQ(hall.engine->Backup("unused.db").code(), code);
  EXPECT_EQ(hall.engine->RotateKeys().code(), code);
}

TEST(Close, LaterCallsAnswerClosedAndClosingAgainIsDone) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  const HoldId held = hall.Held(1, {0});
  EXPECT_TRUE(hall.engine->Close().ok());
  ExpectAllAnswer(hall, held, Code::kClosed);
  EXPECT_TRUE(hall.engine->Close().ok());
  EXPECT_TRUE(hall.engine->Close({0}).ok());
}

TEST(Close, WaitsForTheCallsUnderWayAndIsBusyWithoutTime) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  hall.faults->hang_commit_ms = 60'000;
  std::thread leader([&] { EXPECT_TRUE(hall.Hold(1, {0}, hall.NewHold(), 60'000).status.ok()); });
  while (!hall.faults->hanging()) std::this_thread::yield();
  EXPECT_EQ(hall.engine->Close({50}).code(), Code::kBusy);
  EXPECT_EQ(hall.Hold(2, 1).status.code(), Code::kClosed);
  hall.faults->hang_commit_ms = 0;
  leader.join();
  EXPECT_TRUE(hall.engine->Close({60'000}).ok());
}

// A copy of the database is still being made, for one.
TEST(Close, IsDoneOnceStorageIsClosed) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  hall.faults->close_code = Code::kBusy;
  EXPECT_EQ(hall.engine->Close(), Code::kBusy);
  EXPECT_EQ(hall.engine->Close(), Code::kBusy);
  hall.faults->close_code = Code::kOk;
  EXPECT_TRUE(hall.engine->Close().ok());
  hall.faults->close_code = Code::kBusy;
  EXPECT_TRUE(hall.engine->Close().ok()) << "closed already";
  hall.faults->close_code = Code::kOk;
}

TEST(Close, WhatWasAnsweredBeforeItIsThereAfterwards) {
  const HallFolder folder;
  Hall hall;
  hall.path = folder.File("close.db");
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 40));
  std::atomic<int> granted{0}, closed{0}, other{0}, started{0};
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t i = 0; i < 50; ++i) {
        if (i == 2) ++started;
        const Code code = hall.Hold(t + 1, t * 50 + i).status.code();
        ++(code == Code::kOk ? granted : code == Code::kClosed ? closed : other);
        (void)hall.sales().Map(hall.performance);
        (void)hall.engine->wallet().Balance(UserId{t + 1}, kEuro);
      }
    });
  }
  while (started < 8) std::this_thread::yield();
  EXPECT_TRUE(hall.engine->Close({60'000}).ok());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(other, 0);
  EXPECT_EQ(granted + closed, 400);
  EXPECT_GE(granted, 16);
  ASSERT_NO_FATAL_FAILURE(hall.Open());
  EXPECT_EQ(hall.Map()->held, static_cast<std::uint32_t>(granted.load()));
  hall.ExpectClean();
}

// The child reports by its exit status: a failed expectation there would be heard by nobody.
int AskInChild(Hall& hall, HoldId held) {
  const bool all =
      hall.Hold(2, 5).status == Code::kForked && hall.Cancel(1, held) == Code::kForked &&
      hall.Charge(1, 5).status == Code::kForked &&
      hall.sales().Get(hall.performance, held).status() == Code::kForked &&
      hall.sales().Map(hall.performance).status() == Code::kForked &&
      hall.engine->catalog().ListVenues().status() == Code::kForked &&
      hall.engine->accounts().Login("a@b.c", "x").status() == Code::kForked &&
      hall.engine->Verify().status() == Code::kForked &&
      hall.engine->Sweep(1).status() == Code::kForked && hall.engine->Close() == Code::kForked;
  return all ? 42 : 1;
}

TEST(Fork, TheChildMayNotUseItsParentsEngineAndTheParentGoesOn) {
  const HallFolder folder;
  for (const bool on_file : {false, true}) {
    Hall hall;
    if (on_file) hall.path = folder.File("fork.db");
    ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
    const HoldId held = hall.Held(1, {0});
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ::_exit(AskInChild(hall, held));
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 42);
    EXPECT_TRUE(hall.Hold(2, 5).status.ok());
    EXPECT_TRUE(hall.Cancel(1, held).ok());
    hall.ExpectClean();
    EXPECT_TRUE(hall.engine->Close().ok());
  }
}

// A child's threads get the memory, and with it the handles, of threads that it does not have.
TEST(Fork, TheChildMayDropItsParentsEngineBesideAThreadOfItsOwn) {
  if (SEATHOLD_SANITIZED) GTEST_SKIP() << "ThreadSanitizer starts no thread behind such a fork";
  const HallFolder folder;
  auto engine =
      Engine::Open({.storage = "sqlite:" + folder.File("fork.db"), .sweeper_thread = true});
  ASSERT_TRUE(engine.ok()) << engine.status().text();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::alarm(20);
    std::atomic<bool> done{false};
    std::thread own([&] {
      while (!done) std::this_thread::yield();
    });
    engine->reset();
    done = true;
    own.join();
    ::_exit(42);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << "the child waited for its parent's thread";
  EXPECT_EQ(WEXITSTATUS(status), 42);
  EXPECT_TRUE((*engine)->Close().ok());
}

}  // namespace
}  // namespace seathold::testing
