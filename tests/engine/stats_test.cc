// Counts and histograms of a scripted run; options at their bounds and one past.
#include <atomic>
#include <numeric>
#include <thread>

#include "src/commit/counters.h"
#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

std::uint64_t RefusedBy(const Stats& stats, Code code) {
  for (const auto& [refusal, count] : stats.refused_by) {
    if (refusal == code) return count;
  }
  return 0;
}

void ExpectHistogram(const Histogram& histogram, std::uint64_t count) {
  EXPECT_EQ(histogram.count, count);
  EXPECT_EQ(std::accumulate(histogram.buckets.begin(), histogram.buckets.end(), std::uint64_t{0}),
            count);
  EXPECT_GE(histogram.sum_us, histogram.max_us);
  EXPECT_LE(histogram.max_us * (count == 0 ? 0 : 1), histogram.sum_us);
  EXPECT_LE(histogram.quantile_us(0.5), histogram.quantile_us(0.99));
  EXPECT_LE(histogram.quantile_us(1.0), histogram.max_us);
}

TEST(Stats, CountWhatAScriptedRunDid) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  const Stats before = hall.engine->stats();
  EXPECT_EQ(before.holds + before.confirms + before.refused + before.busy + before.unknown, 0u);

  ASSERT_TRUE(hall.Charge(1, 3 * kSeatPriceMinor).status.ok());  // others
  const HoldId first = hall.Held(1, {0, 1});                     // holds
  const HoldId second = hall.Held(1, {2, 3});                    // holds
  EXPECT_TRUE(hall.Hold(1, {0, 1}, first).replayed);             // replays
  EXPECT_TRUE(hall.Hold(2, 0).advisory);                         // refused in memory
  EXPECT_FALSE(hall.Hold(1, {0}, hall.NewHold()).status.ok());   // refused by storage
  const TransferId payment = hall.NewTransfer();
  EXPECT_TRUE(hall.Pay(1, first, payment).status.ok());         // confirms
  EXPECT_TRUE(hall.Pay(1, first, payment).replayed);            // replays
  EXPECT_TRUE(hall.Pay(1, first, hall.NewTransfer()).already);  // replays
  EXPECT_EQ(hall.Pay(1, second, hall.NewTransfer()).status.code(), Code::kInsufficientFunds);
  EXPECT_TRUE(hall.Cancel(1, second).ok());     // cancels
  EXPECT_TRUE(hall.Refund(first).status.ok());  // refunds
  EXPECT_TRUE(hall.Block(9).ok());              // others
  hall.Held(3, {4});                            // holds
  hall.clock->AdvanceMs(300'000);
  EXPECT_EQ(*hall.engine->Sweep(100), 1);  // expired
  hall.faults->times = 1;
  hall.faults->commit = CommitFault::kUnknownLost;
  EXPECT_EQ(hall.Hold(4, 20).status.code(), Code::kOutcomeUnknown);
  hall.faults->times = 1;
  hall.faults->commit = CommitFault::kRefused;
  EXPECT_EQ(hall.Hold(4, 20).status.code(), Code::kBusy);
  hall.faults->commit = CommitFault::kNone;

  const Stats stats = hall.engine->stats();
  EXPECT_EQ(stats.holds, 3u);
  EXPECT_EQ(stats.confirms, 1u);
  EXPECT_EQ(stats.cancels, 1u);
  EXPECT_EQ(stats.refunds, 1u);
  EXPECT_EQ(stats.expired, 1u);
  EXPECT_EQ(stats.replays, 3u);
  EXPECT_EQ(stats.refused, 3u);
  EXPECT_EQ(RefusedBy(stats, Code::kSeatTaken), 2u);
  EXPECT_EQ(RefusedBy(stats, Code::kInsufficientFunds), 1u);
  EXPECT_EQ(stats.refused_by_mirror, 1u);
  EXPECT_EQ(stats.busy, 1u);
  EXPECT_EQ(stats.unknown, 1u);
  ExpectHistogram(stats.hold, 8);
  ExpectHistogram(stats.confirm, 4);
  ExpectHistogram(stats.other, 4);
  EXPECT_GT(stats.mirror_refreshes, 0u);
  EXPECT_GE(stats.mirror_bytes, 100 * (sizeof(HoldId) + sizeof(UserId) + sizeof(TimeUs)));
}

TEST(Histograms, EachCallIsInTheBucketWhoseBoundsItLiesBetween) {
  LatencyCounter counter;
  const std::int64_t microseconds[] = {-5, 0, 1, 2, 3, 4, 7, 8, 999, 1'000'000'000'000};
  for (const std::int64_t us : microseconds) counter.Add(us * 1'000 + (us < 0 ? 0 : 999));
  const Histogram calls = counter.Read();
  EXPECT_EQ(calls.count, 10u);
  EXPECT_EQ(calls.sum_us, 1 + 2 + 3 + 4 + 7 + 8 + 999 + 1'000'000'000'000u);
  EXPECT_EQ(calls.max_us, 1'000'000'000'000u);
  EXPECT_EQ(calls.buckets[0], 3u);
  EXPECT_EQ(calls.buckets[1], 2u);
  EXPECT_EQ(calls.buckets[2], 2u);
  EXPECT_EQ(calls.buckets[3], 1u);
  EXPECT_EQ(calls.buckets[9], 1u);
  EXPECT_EQ(calls.buckets.back(), 1u);
  EXPECT_EQ(Histogram::bound_us(0), 2u);
  EXPECT_EQ(Histogram::bound_us(9), 1'024u);
  EXPECT_EQ(Histogram::bound_us(Histogram::kBuckets - 2), std::uint64_t{1} << 31);
}

// What an exporter needs of one reading, while calls come in: what is counted is in the sum, and
// nothing falls.
TEST(Histograms, WhatIsReadWhileCallsComeInBelongsTogether) {
  constexpr std::uint64_t kEachUs = 1'000;
  LatencyCounter counter;
  std::atomic<bool> stop{false};
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      while (!stop) counter.Add(kEachUs * 1'000);
    });
  }
  while (counter.Read().count == 0) std::this_thread::yield();
  std::uint64_t seen = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Histogram calls = counter.Read();
    EXPECT_EQ(std::accumulate(calls.buckets.begin(), calls.buckets.end(), std::uint64_t{0}),
              calls.count);
    ASSERT_GE(calls.count, seen);
    ASSERT_GE(calls.sum_us, calls.count * kEachUs);
    ASSERT_GE(calls.max_us, calls.count > 0 ? kEachUs : 0);
    seen = calls.count;
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(counter.Read().sum_us, counter.Read().count * kEachUs);
  EXPECT_GT(seen, 0u);
}

TEST(Stats, CountTransactionsAndTheirCommands) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  const Stats before = hall.engine->stats();
  ChargeRequest requests[10];
  TransferReply replies[10];
  for (std::uint64_t i = 0; i < 10; ++i) {
    requests[i] = {hall.NewTransfer(), UserId{i + 1}, Money{100, kEuro}, ""};
  }
  const int commits = hall.faults->commits;
  hall.engine->wallet().Charge(requests, replies);
  const Stats after = hall.engine->stats();
  EXPECT_EQ(after.batches - before.batches, 1u);
  EXPECT_EQ(after.commands - before.commands, 10u);
  EXPECT_EQ(hall.faults->commits, commits + 1);
  EXPECT_EQ(after.commit.count - before.commit.count, 1u);
  ASSERT_TRUE(replies[9].status.ok());
  hall.engine->wallet().Charge(requests, replies);  // replays write nothing
  EXPECT_EQ(hall.faults->commits, commits + 1);
}

TEST(Stats, AFaultThatIsDecidedAgainIsCounted) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  ChargeRequest requests[4];
  TransferReply replies[4];
  for (std::uint64_t i = 0; i < 4; ++i) {
    requests[i] = {hall.NewTransfer(), UserId{i + 1}, Money{100, kEuro}, ""};
  }
  hall.faults->times = 1;
  hall.faults->no_memory_in_apply = true;
  hall.engine->wallet().Charge(requests, replies);
  EXPECT_EQ(hall.engine->stats().redecided, 4u);
  for (const TransferReply& reply : replies) EXPECT_TRUE(reply.status.ok());
}

TEST(Stats, NameTheStorageTheClaimsAndTheLine) {
  Hall hall;
  hall.options.claims = "none";
  hall.options.line = "none";
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 1));
  EXPECT_EQ(hall.engine->stats().claims, "none");
  EXPECT_EQ(hall.engine->stats().line, "none");
  EXPECT_FALSE(hall.engine->stats().storage.description.empty());
  EXPECT_EQ(hall.engine->stats().bytes_on_disk, 0u);
}

struct WaveRun {
  std::uint64_t batches = 0, bulk_reads = 0;  // the first read of each batch apart
};

// A batch whose first command needs nothing more, and whose others each take the seat of a lapsed
// hold: seat, hold, the hold's seats and limits.
WaveRun HoldOverLapsed(int waves_max) {
  Hall hall;
  hall.options.waves_max = waves_max;
  hall.Build(10, 10, 8);
  for (std::uint32_t i = 0; i < 20; ++i) hall.Held(i + 1, {i * 2, i * 2 + 1});
  hall.clock->AdvanceMs(300'000);
  HoldRequest requests[20];
  SeatTicket seats[20];
  HoldReply replies[20];
  for (std::uint32_t i = 0; i < 20; ++i) {
    seats[i] = {hall.Seat(i == 0 ? 99 : i * 2 + 1), 0};
    requests[i].id = hall.NewHold();
    requests[i].user = UserId{100 + i};
    requests[i].performance = hall.performance;
    requests[i].seats = {&seats[i], 1};
  }
  const Stats before = hall.engine->stats();
  hall.sales().Hold(requests, replies);
  const Stats after = hall.engine->stats();
  for (const HoldReply& reply : replies) EXPECT_TRUE(reply.status.ok()) << reply.status.text();
  EXPECT_EQ(hall.Map()->held, 20u);
  hall.ExpectClean();
  return {after.batches - before.batches, after.waves - before.waves};
}

TEST(Waves, ABatchThatNeedsOneMoreThanWavesMaxIsCutAndAllAreDecidedRight) {
  const WaveRun enough = HoldOverLapsed(16);
  EXPECT_EQ(enough.batches, 1u);
  ASSERT_GE(enough.bulk_reads, 1u);
  const int needed = static_cast<int>(enough.bulk_reads) + 1;
  EXPECT_EQ(HoldOverLapsed(needed).batches, 1u);
  EXPECT_EQ(HoldOverLapsed(needed - 1).batches, 2u);
  EXPECT_GE(HoldOverLapsed(1).batches, 2u);
}

TEST(Batches, ACallOfMoreThanBatchMaxIsCutInChunks) {
  for (const int more : {0, 1}) {
    Hall hall;
    hall.options.batch_max = 5;
    ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
    std::vector<ChargeRequest> requests;
    for (int i = 0; i < 10 + more; ++i) {
      requests.push_back({hall.NewTransfer(), UserId{1}, Money{1, kEuro}, ""});
    }
    std::vector<TransferReply> replies(requests.size());
    const std::uint64_t before = hall.engine->stats().batches;
    hall.engine->wallet().Charge(requests, replies);
    EXPECT_EQ(hall.engine->stats().batches - before, more == 0 ? 2u : 3u);
    EXPECT_EQ(hall.Balance(1), 10 + more);
  }
}

TEST(Batches, ACallLargerThanTheQueueIsCutToFit) {
  Hall hall;
  hall.options.backlog_max = 3;
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  for (const std::size_t count : {3u, 4u}) {
    std::vector<ChargeRequest> requests;
    for (std::size_t i = 0; i < count; ++i) {
      requests.push_back({hall.NewTransfer(), UserId{1}, Money{1, kEuro}, ""});
    }
    std::vector<TransferReply> replies(count);
    hall.engine->wallet().Charge(requests, replies);
    for (const TransferReply& reply : replies) EXPECT_TRUE(reply.status.ok());
  }
  EXPECT_EQ(hall.Balance(1), 7);
}

template <class T>
void ExpectRange(const char* name, T EngineOptions::*field, T least, T most) {
  const std::pair<T, bool> cases[] = {
      {least, true}, {most, true}, {least - 1, false}, {most + 1, false}};
  for (const auto& [value, good] : cases) {
    Hall hall;
    // The one option whose range begins at another: out of the way of the others.
    hall.options.staff_ttl_max_ms = 30 * std::int64_t{86'400'000};
    hall.options.*field = value;
    const Status opened = hall.TryOpen();
    EXPECT_EQ(opened.ok(), good) << name << " = " << value << ": " << opened.text();
    if (good) continue;
    EXPECT_EQ(opened.code(), Code::kInvalidArgument);
    EXPECT_NE(opened.detail().find(name), std::string_view::npos) << opened.detail();
  }
}

TEST(Options, OpenAtTheirBoundsAndAreRefusedOnePast) {
  using O = EngineOptions;
  constexpr std::int64_t kDay = 86'400'000;
  ExpectRange("batch_max", &O::batch_max, 1, 16'384);
  ExpectRange<std::int64_t>("batch_bytes_max", &O::batch_bytes_max, 65'536, 1 << 30);
  ExpectRange("backlog_max", &O::backlog_max, 1, 1'048'576);
  ExpectRange("waves_max", &O::waves_max, 1, 16);
  ExpectRange("max_seats_per_hold", &O::max_seats_per_hold, 1, 16);
  ExpectRange<std::int64_t>("hold_ttl_ms", &O::hold_ttl_ms, 1'000, kDay);
  ExpectRange<std::int64_t>("staff_ttl_max_ms", &O::staff_ttl_max_ms, 300'000, 30 * kDay);
  ExpectRange<std::int64_t>("refusal_max_age_ms", &O::refusal_max_age_ms, 0, 60'000);
  ExpectRange<std::int64_t>("cache_timeout_ms", &O::cache_timeout_ms, 0, 10'000);
  ExpectRange<std::int64_t>("sweep_full_ms", &O::sweep_full_ms, 1'000, 3'600'000);
  ExpectRange<std::int64_t>("sweep_every_ms", &O::sweep_every_ms, 10, 60'000);
  ExpectRange<std::int64_t>("rebuild_grace_ms", &O::rebuild_grace_ms, 0, 3'600'000);
  ExpectRange("hash_concurrency", &O::hash_concurrency, 1, 64);
  Hall hall;
  hall.options.clock_jump_max_ms = 999;
  EXPECT_EQ(hall.TryOpen().code(), Code::kInvalidArgument);
  hall.options.clock_jump_max_ms = 1'000;
  EXPECT_TRUE(hall.TryOpen().ok());
}

}  // namespace
}  // namespace seathold::testing
