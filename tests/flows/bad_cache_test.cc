// A claim cache that lies, forgets, fails or hangs changes no answer and no seat.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "seathold/adapter/parts.h"
#include "src/claims/memory/memory_claim_cache.h"
#include "tests/support/spy_hall.h"

namespace seathold::testing {
namespace {

enum class Vice { kLies, kForgets, kFails, kHangs };

class BadClaims final : public ClaimCache {
 public:
  BadClaims(Vice vice, PerformanceId performance) : vice_(vice), performance_(performance) {}

  Status Put(std::span<const Claim> claims, TimeUs, Deadline deadline) override {
    for (const Claim& claim : claims) seen_.push_back(claim);
    return Answer(deadline);
  }
  Status Drop(std::span<const Claim>, Deadline deadline) override { return Answer(deadline); }
  // The liar calls every claim it ever saw due, and holds that never were.
  Status Due(TimeUs now, std::span<Claim> out, std::size_t* n, Deadline deadline) override {
    *n = 0;
    if (vice_ != Vice::kLies) return Answer(deadline);
    for (const Claim& claim : seen_) {
      if (*n < out.size()) out[(*n)++] = claim;
    }
    if (*n < out.size()) out[(*n)++] = Claim{performance_, SeatId{}, HoldNo(4'242), kBob, 1, now};
    return Status();
  }
  Status Get(PerformanceId, SeatId, TimeUs, Claim*, bool* found, Deadline deadline) override {
    *found = vice_ == Vice::kLies;
    return Answer(deadline);
  }
  Status Forget(PerformanceId, Deadline deadline) override { return Answer(deadline); }

 private:
  Status Answer(Deadline deadline) const {
    if (vice_ == Vice::kFails) return Status(Code::kBusy);
    if (vice_ != Vice::kHangs) return Status();
    const std::int64_t wait_ns = std::min<std::int64_t>(deadline.remaining_ns(), 5'000'000);
    std::this_thread::sleep_for(std::chrono::nanoseconds(wait_ns));
    return Status(Code::kBusy);
  }

  Vice vice_;
  PerformanceId performance_;
  std::vector<Claim> seen_;
};

// A sale of random commands; every answer and every map, as text. `claims` null = none.
std::string Sale(std::unique_ptr<ClaimCache> claims, bool sqlite) {
  HallSpec spec{.sqlite = sqlite, .claims = "none"};
  if (claims) {
    spec.parts = [&](const std::filesystem::path&, EngineParts& parts) {
      parts.claims = std::move(claims);
    };
  }
  spec.options = [](EngineOptions& o) { o.cache_timeout_ms = 1; };
  SpyHall hall(std::move(spec));
  std::mt19937 random(11);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  std::string text;
  for (int i = 1; i <= 400; ++i) {
    const UserId user = below(2) == 0 ? kAnn : kBob;
    const int earlier = 1 + static_cast<int>(below(static_cast<unsigned>(i)));
    Code code = Code::kOk;
    switch (below(8)) {
      case 0:
      case 1:
        code = hall.Hold(i, user, {below(12)}).status.code();
        break;
      case 2:
        code = hall.Best(i, user, 1 + static_cast<int>(below(3))).status.code();
        break;
      case 3:
        code = hall.Pay(i, earlier, user).status.code();
        break;
      case 4:
        code = hall.Cancel(earlier, user);
        break;
      case 5:
        code = hall.Refund(i, earlier).status.code();
        break;
      case 6:
        code = hall.Charge(i, user, 700).status.code();
        break;
      default:
        hall.clock().AdvanceMs(100'000);
        (void)hall.Sweep();  // how many it ends depends on the cache, what is true does not
    }
    text += std::string(FindCode(code)->name) + " ";
    const auto map = hall.seats().Map(hall.performance()).value();
    for (std::uint32_t o = 0; o < 12; ++o) text += "_hSb"[static_cast<int>(map->at(o))];
    text += " " + std::to_string(hall.Balance(kAnn)) + "\n";
  }
  return text + hall.Audit();
}

class BadCache : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Storages, BadCache, ::testing::Values(false, true), StorageName);

TEST_P(BadCache, ChangesNoAnswerNoSeatAndNoBalance) {
  const std::string without = Sale(nullptr, GetParam());
  EXPECT_NE(without.find("kSeatTaken"), std::string::npos);
  EXPECT_EQ(Sale(NewMemoryClaimCache(), GetParam()), without);
  for (const Vice vice : {Vice::kLies, Vice::kForgets, Vice::kFails, Vice::kHangs}) {
    EXPECT_EQ(Sale(std::make_unique<BadClaims>(vice, PerformanceId{1}), GetParam()), without)
        << "vice " << static_cast<int>(vice);
  }
}

TEST_P(BadCache, WhatItInventsDoesNotCrowdOutWhatStorageKnows) {
  HallSpec spec{.sqlite = GetParam(), .claims = "none"};
  spec.parts = [](const std::filesystem::path&, EngineParts& parts) {
    parts.claims = std::make_unique<BadClaims>(Vice::kLies, PerformanceId{1});
  };
  SpyHall hall(std::move(spec));
  ASSERT_TRUE(hall.Hold(5'000, kAnn, {0}).status.ok());  // behind the invented one in order
  hall.clock().AdvanceMs(kHallTtlMs);
  EXPECT_EQ(hall.engine().Sweep(1).value(), 1);
  EXPECT_EQ(hall.StateOfHold(5'000), HoldState::kExpired);
}

TEST_P(BadCache, WhatItForgotIsFoundByTheNextFullSweep) {
  HallSpec spec{.sqlite = GetParam(), .claims = "none"};
  spec.parts = [](const std::filesystem::path&, EngineParts& parts) {
    parts.claims = std::make_unique<BadClaims>(Vice::kForgets, PerformanceId{1});
  };
  spec.options = [](EngineOptions& o) { o.sweep_full_ms = 1'000; };
  SpyHall hall(std::move(spec));
  ASSERT_EQ(hall.Sweep(), 0);  // a full one; the next is due in a second of real time
  ASSERT_TRUE(hall.Hold(1, kAnn, {0}).status.ok());
  hall.clock().AdvanceMs(kHallTtlMs);
  const Deadline patience = Deadline::After({20'000});
  int ended = 0;
  while (ended == 0 && !patience.passed()) {
    ended = hall.Sweep();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(hall.StateOfHold(1), HoldState::kExpired);
}

}  // namespace
}  // namespace seathold::testing
