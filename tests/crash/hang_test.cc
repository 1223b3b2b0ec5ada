// A disk whose syncs hang: callers come back in time and everything settles afterwards.
#include <chrono>
#include <thread>

#include "tests/crash/disk.h"
#include "tests/crash/ledger.h"

namespace seathold::testing {
namespace {

constexpr std::int64_t kHangMs = 2'000;
constexpr std::int64_t kLateMs = 50;  // what the design allows beyond the timeout
// What a machine with more to do than it has cores may add before a thread runs again.
constexpr std::int64_t kScheduleMs = 450;

struct Call {
  Op op;
  std::int64_t timeout_ms = 0;
  Answer answer;
  std::int64_t took_ms = 0;
};

Call HoldCall(std::uint8_t n, std::int64_t timeout_ms) {
  Call call;
  call.op.number = n;
  call.op.kind = OpKind::kHold;
  call.op.user = n;
  call.op.hold = {1, n};
  call.op.n_seats = 1;
  call.op.seats = {n};
  call.timeout_ms = timeout_ms;
  return call;
}

std::thread Start(Engine& engine, const Hall& hall, Call* call) {
  return std::thread([&engine, &hall, call] {
    const std::int64_t before = MonotonicNs();
    call->answer = Perform(engine, hall, call->op, {call->timeout_ms});
    call->took_ms = (MonotonicNs() - before) / 1'000'000;
  });
}

void Sleep(std::int64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

TEST(HangingSync, GivesBusyToWhoIsNotInABatchAndUnknownToWhoIs) {
  const BuiltHall built = BuildOnDisk(5, 10);
  CrashVfs disk;
  disk.Load(built.image);
  const auto engine = OpenOn(disk, kLongWalBytes);
  ASSERT_NE(engine, nullptr);
  // The first commit after opening is copied into the database, and the second starts the WAL anew;
  // all later ones sync once.
  std::vector<Told> told;
  for (const auto n : {std::uint8_t{8}, std::uint8_t{9}}) {
    Call warm_up = HoldCall(n, 5'000);
    Start(*engine, built.hall, &warm_up).join();
    ASSERT_EQ(warm_up.answer.code, Code::kOk);
    told.push_back({warm_up.op, warm_up.answer});
  }
  disk.HangSyncs(kHangMs);
  const int before = disk.syncs();

  // The first leads a batch of its own. The others come while it hangs: one has no time to wait for
  // the next batch; of the rest one leads that batch, and the others' time is over within it.
  std::vector<Call> calls = {HoldCall(1, 200), HoldCall(2, 300), HoldCall(3, 2'500),
                             HoldCall(4, 2'500), HoldCall(5, 2'500)};
  std::vector<std::thread> threads;
  threads.push_back(Start(*engine, built.hall, &calls[0]));
  Sleep(kHangMs / 4);
  EXPECT_EQ(disk.syncs(), before);
  for (std::size_t i = 1; i < calls.size(); ++i) {
    threads.push_back(Start(*engine, built.hall, &calls[i]));
  }
  for (std::thread& thread : threads) thread.join();
  disk.HangSyncs(0);

  EXPECT_EQ(calls[0].answer.code, Code::kOk);
  EXPECT_EQ(calls[1].answer.code, Code::kBusy);
  EXPECT_LE(calls[1].took_ms, calls[1].timeout_ms + kLateMs + kScheduleMs);
  int led = 0, unknown = 0;
  for (std::size_t i = 2; i < calls.size(); ++i) {
    SCOPED_TRACE("call " + std::to_string(i));
    led += calls[i].answer.code == Code::kOk;
    if (calls[i].answer.code == Code::kOk) continue;
    ++unknown;
    EXPECT_EQ(calls[i].answer.code, Code::kOutcomeUnknown);
    EXPECT_GE(calls[i].took_ms, calls[i].timeout_ms);
    EXPECT_LE(calls[i].took_ms, calls[i].timeout_ms + kLateMs + kScheduleMs);
    std::printf("a waiter with %lld ms was back after %lld ms\n",
                static_cast<long long>(calls[i].timeout_ms),
                static_cast<long long>(calls[i].took_ms));
  }
  EXPECT_EQ(led, 1);
  EXPECT_EQ(unknown, 2);

  for (const Call& call : calls) told.push_back({call.op, call.answer});
  LedgerCounts counts;
  ExpectLedger(*engine, built.hall, told, &counts);
  EXPECT_EQ(counts.there, 2);
}

TEST(HangingSync, OfACheckpointKeepsNobodyOfTheBatchWaiting) {
  const BuiltHall built = BuildOnDisk(5, 10);
  CrashVfs disk;
  disk.Load(built.image);
  const auto engine = OpenOn(disk, 8 << 10);  // a checkpoint behind every commit
  ASSERT_NE(engine, nullptr);
  Call warm_up = HoldCall(9, 5'000);
  Start(*engine, built.hall, &warm_up).join();
  ASSERT_EQ(warm_up.answer.code, Code::kOk);
  disk.HangSyncs(kHangMs / 2);

  // The first one's commit hangs; the other two share the next batch, with time enough for both
  // commits, and not for the checkpoints.
  std::vector<Call> calls = {HoldCall(1, 20'000), HoldCall(2, 20'000), HoldCall(3, 20'000)};
  std::vector<std::thread> threads;
  threads.push_back(Start(*engine, built.hall, &calls[0]));
  Sleep(kHangMs / 8);
  for (std::size_t i = 1; i < calls.size(); ++i) {
    threads.push_back(Start(*engine, built.hall, &calls[i]));
  }
  for (std::thread& thread : threads) thread.join();
  disk.HangSyncs(0);
  for (const Call& call : calls) EXPECT_EQ(call.answer.code, Code::kOk);
  // Who led the second batch also made its checkpoint; the other one was woken before.
  const std::int64_t apart_ms = std::abs(calls[1].took_ms - calls[2].took_ms);
  EXPECT_GE(apart_ms, kHangMs / 4);
  std::printf("woken %lld ms before the leader\n", static_cast<long long>(apart_ms));
}

TEST(HangingSync, LetsReadersAndTheMirrorGoOn) {
  const BuiltHall built = BuildOnDisk(5, 10);
  CrashVfs disk;
  disk.Load(built.image);
  const auto engine = OpenOn(disk, kLongWalBytes);
  ASSERT_NE(engine, nullptr);
  Call sold = HoldCall(1, 5'000);
  Start(*engine, built.hall, &sold).join();
  ASSERT_EQ(sold.answer.code, Code::kOk);
  disk.HangSyncs(kHangMs);
  Call hanging = HoldCall(2, 5'000);
  std::thread hangs = Start(*engine, built.hall, &hanging);
  Sleep(kHangMs / 4);
  const int before = disk.syncs();
  const auto map = engine->reservations().Map(built.hall.performance, {100});
  const auto view =
      engine->reservations().Get(built.hall.performance, {sold.op.hold}, false, {100});
  const auto settled =
      engine->reservations().Get(built.hall.performance, {sold.op.hold}, true, {100});
  EXPECT_EQ(disk.syncs(), before) << "the disk did not hang long enough to tell";
  EXPECT_TRUE(map.ok()) << map.status().text();
  EXPECT_TRUE(view.ok()) << view.status().text();
  EXPECT_EQ(settled.code(), Code::kBusy);
  hangs.join();
  EXPECT_EQ(hanging.answer.code, Code::kOk);
  disk.HangSyncs(0);
  EXPECT_TRUE(engine->reservations().Get(built.hall.performance, {hanging.op.hold}, true).ok());
}

}  // namespace
}  // namespace seathold::testing
