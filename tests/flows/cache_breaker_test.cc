// A cache that fails is left alone for a second, whatever the other one does, and is asked again.
#include <gtest/gtest.h>

#include "seathold/adapter/parts.h"
#include "src/line/memory/memory_line.h"
#include "tests/support/spy_hall.h"

namespace seathold::testing {
namespace {

constexpr int kSales = 40;

struct Asked {
  std::atomic<bool> fails{true};
  std::atomic<int> calls{0};

  Status Answer() {
    ++calls;
    return fails ? Status(Code::kBusy) : Status();
  }
};

class FailingClaims final : public ClaimCache {
 public:
  explicit FailingClaims(Asked* asked) : asked_(asked) {}
  Status Put(std::span<const Claim>, TimeUs, Deadline) override { return asked_->Answer(); }
  Status Drop(std::span<const Claim>, Deadline) override { return asked_->Answer(); }
  Status Due(TimeUs, std::span<Claim>, std::size_t* n, Deadline) override {
    *n = 0;
    return Status();
  }
  Status Get(PerformanceId, SeatId, TimeUs, Claim*, bool* found, Deadline) override {
    *found = false;
    return Status();
  }
  Status Forget(PerformanceId, Deadline) override { return Status(); }

 private:
  Asked* const asked_;
};

class FailingLine final : public Line {
 public:
  explicit FailingLine(Asked* asked) : inner_(NewMemoryLine()), asked_(asked) {}
  Status OpenLine(ShowId show, const LineConfig& config, TimeUs now, Deadline d) override {
    return inner_->OpenLine(show, config, now, d);
  }
  Status Join(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
              Deadline d) override {
    return inner_->Join(show, epoch, io, now, d);
  }
  Status Poll(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
              Deadline d) override {
    return inner_->Poll(show, epoch, io, now, d);
  }
  Status Admit(ShowId show, std::uint64_t epoch, std::uint32_t max, TimeUs now, Deadline d,
               std::uint32_t* admitted) override {
    return inner_->Admit(show, epoch, max, now, d, admitted);
  }
  Status Keep(ShowId, std::uint64_t, std::span<const LineEntry>, Deadline) override {
    return asked_->Answer();
  }
  Status Leave(ShowId, std::uint64_t, std::span<const LineEntry>, Deadline) override {
    return asked_->Answer();
  }
  Status Stats(ShowId show, TimeUs now, LineStats* out, Deadline d) override {
    return inner_->Stats(show, now, out, d);
  }

 private:
  const std::unique_ptr<Line> inner_;
  Asked* const asked_;
};

class CacheBreaker : public ::testing::Test {
 protected:
  CacheBreaker() {
    HallSpec spec;
    spec.show = [](ShowSpec& show) { show.requires_pass = true; };
    spec.parts = [&](const std::filesystem::path&, EngineParts& parts) {
      parts.claims = std::make_unique<FailingClaims>(&claims_);
      parts.line = std::make_unique<FailingLine>(&line_);
    };
    hall_ = std::make_unique<SpyHall>(std::move(spec));
    const JoinRequest request{hall_->show(), kAnn};
    place_ = hall_->engine().queue().Join(request);
    EXPECT_FALSE(place_.pass.view().empty()) << place_.status.text();
  }
  // A hold and its cancellation: three calls of the caches where they are asked.
  void Sell() {
    const SeatTicket seat{hall_->Seat(0), 0};
    HoldRequest request;
    request.id = HoldId{hall_->engine().NewId()};
    request.user = kAnn;
    request.performance = hall_->performance();
    request.seats = {&seat, 1};
    request.pass = place_.pass.view();
    ASSERT_TRUE(hall_->Hold(request).status.ok());
    const CancelRequest cancel{hall_->performance(), request.id, kAnn};
    Status cancelled = hall_->engine().reservations().Cancel(cancel);
    ASSERT_TRUE(cancelled.ok()) << cancelled.text();
  }
  // How often a cache may have been asked that failed each time: at once, and once a second.
  static int CallsMax(std::int64_t from_ns) {
    return 1 + static_cast<int>((MonotonicNs() - from_ns) / 1'000'000'000 + 1);
  }

  Asked claims_, line_;
  Place place_;
  std::unique_ptr<SpyHall> hall_;
};

TEST_F(CacheBreaker, LeavesEachCacheThatFailsAloneForAWhile) {
  const std::int64_t from_ns = MonotonicNs();
  for (int n = 0; n < kSales; ++n) ASSERT_NO_FATAL_FAILURE(Sell());
  const int most = CallsMax(from_ns);
  EXPECT_GE(claims_.calls, 1);
  EXPECT_LE(claims_.calls, most);
  EXPECT_GE(line_.calls, 1);
  EXPECT_LE(line_.calls, most);
  EXPECT_EQ(hall_->engine().stats().cache_errors,
            static_cast<std::uint64_t>(claims_.calls + line_.calls));
}

TEST_F(CacheBreaker, IsOfOneCacheAndNotOfTheOther) {
  line_.fails = false;
  for (int n = 0; n < kSales; ++n) ASSERT_NO_FATAL_FAILURE(Sell());
  EXPECT_GE(line_.calls, kSales) << "the line keeps a place for every hold";
  claims_.calls = line_.calls = 0;
  claims_.fails = false;
  line_.fails = true;
  const std::int64_t from_ns = MonotonicNs();
  while (claims_.calls == 0 && MonotonicNs() < from_ns + 10'000'000'000) {
    ASSERT_NO_FATAL_FAILURE(Sell());
  }
  claims_.calls = 0;
  for (int n = 0; n < kSales; ++n) ASSERT_NO_FATAL_FAILURE(Sell());
  EXPECT_EQ(claims_.calls, 2 * kSales) << "one that works is told of all";
}

TEST_F(CacheBreaker, ClosesAgainOnceTheCacheAnswers) {
  ASSERT_NO_FATAL_FAILURE(Sell());
  const std::int64_t failed_ns = MonotonicNs();
  claims_.fails = line_.fails = false;
  const int claims = claims_.calls, line = line_.calls;
  while ((claims_.calls == claims || line_.calls == line) &&
         MonotonicNs() < failed_ns + 10'000'000'000) {
    ASSERT_NO_FATAL_FAILURE(Sell());
  }
  EXPECT_GT(MonotonicNs(), failed_ns + 900'000'000) << "not left alone for a second";
  EXPECT_GT(claims_.calls, claims);
  EXPECT_GT(line_.calls, line);
}

}  // namespace
}  // namespace seathold::testing
