// What every ClaimCache must do. A host runs it on its own adapter, in one .cc file:
//
//   #include "tests/contract/claim_cache_contract.h"
//   INSTANTIATE_TEST_SUITE_P(Mine, ClaimCacheContract,
//                            ::testing::Values(ClaimCacheMaker{"mine", &NewMine}));
//
// `make` gives an empty cache that loses nothing while the tests run. Time is an argument; nothing
// here waits.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "seathold/adapter/claim_cache.h"
#include "tests/support/counts.h"

namespace seathold::testing {

struct ClaimCacheMaker {
  std::string name;
  std::function<std::unique_ptr<ClaimCache>()> make;
};
inline void PrintTo(const ClaimCacheMaker& maker, std::ostream* out) { *out << maker.name; }

class ClaimCacheContract : public ::testing::TestWithParam<ClaimCacheMaker> {
 protected:
  static constexpr PerformanceId kShow{3};
  static constexpr TimeUs kNow{1'700'000'000'000'000};

  static HoldId Hold(std::uint8_t n) {
    HoldId id;
    id.value[15] = n;
    return id;
  }
  static Claim Make(std::uint64_t seat, std::uint8_t hold, std::uint64_t version,
                    std::int64_t ttl_ms) {
    return {kShow, SeatId{seat}, Hold(hold), UserId{hold}, version, AddMs(kNow, ttl_ms)};
  }
  void Put(const Claim& claim) { EXPECT_TRUE(cache_->Put({&claim, 1}, kNow, {}).ok()); }
  void Drop(const Claim& claim) { EXPECT_TRUE(cache_->Drop({&claim, 1}, {}).ok()); }
  // The hold that claims a seat; 0 = none.
  int HolderAt(std::uint64_t seat, TimeUs now = kNow, PerformanceId performance = kShow) {
    Claim claim;
    bool found = false;
    EXPECT_TRUE(cache_->Get(performance, SeatId{seat}, now, &claim, &found, {}).ok());
    return found ? claim.hold.value[15] : 0;
  }
  std::vector<std::uint64_t> DueAt(TimeUs now, std::size_t count_max = 100) {
    std::vector<Claim> out(count_max);
    std::size_t n = 0;
    EXPECT_TRUE(cache_->Due(now, out, &n, {}).ok());
    std::vector<std::uint64_t> seats;
    for (std::size_t i = 0; i < n; ++i) seats.push_back(out[i].seat.value);
    return seats;
  }

  std::unique_ptr<ClaimCache> cache_ = GetParam().make();
};

TEST_P(ClaimCacheContract, GivesBackEveryFieldOfAClaim) {
  const Claim claim = Make(5, 1, 9, 1'000);
  Put(claim);
  Claim out;
  bool found = false;
  ASSERT_TRUE(cache_->Get(kShow, SeatId{5}, kNow, &out, &found, {}).ok());
  ASSERT_TRUE(found);
  EXPECT_EQ(out.performance, claim.performance);
  EXPECT_EQ(out.seat, claim.seat);
  EXPECT_EQ(out.hold, claim.hold);
  EXPECT_EQ(out.user, claim.user);
  EXPECT_EQ(out.seat_version, 9u);
  EXPECT_EQ(out.expires_at, claim.expires_at);
}

TEST_P(ClaimCacheContract, AClaimIsAliveBeforeItsDeadlineAndDueFromIt) {
  Put(Make(5, 1, 1, 1'000));
  const TimeUs deadline = AddMs(kNow, 1'000);
  const TimeUs before{deadline.value - 1};
  EXPECT_EQ(HolderAt(5, before), 1);
  EXPECT_TRUE(DueAt(before).empty());
  EXPECT_EQ(HolderAt(5, deadline), 0);
  EXPECT_EQ(DueAt(deadline), std::vector<std::uint64_t>{5});
}

TEST_P(ClaimCacheContract, OnlyAHigherVersionReplaces) {
  Put(Make(5, 1, 7, 1'000));
  Put(Make(5, 2, 7, 9'000));
  Put(Make(5, 3, 6, 9'000));
  EXPECT_EQ(HolderAt(5), 1);
  Put(Make(5, 4, 8, 9'000));
  EXPECT_EQ(HolderAt(5), 4);
  EXPECT_TRUE(DueAt(AddMs(kNow, 1'000)).empty());  // the replaced one is due no more
  EXPECT_EQ(DueAt(AddMs(kNow, 9'000)).size(), 1u);
}

TEST_P(ClaimCacheContract, DropIsCompareAndDelete) {
  const Claim first = Make(5, 1, 1, 1'000);
  Put(first);
  Put(Make(5, 2, 2, 1'000));
  Drop(first);
  EXPECT_EQ(HolderAt(5), 2);
  Drop(Make(5, 2, 0, 0));  // the hold alone is compared
  EXPECT_EQ(HolderAt(5), 0);
  EXPECT_TRUE(DueAt(AddMs(kNow, 1'000)).empty());
  Drop(Make(5, 2, 0, 0));
  Put(Make(5, 3, 1, 1'000));  // nothing stands there any more
  EXPECT_EQ(HolderAt(5), 3);
}

TEST_P(ClaimCacheContract, DueIsSoonestFirstBoundedAndStaysUntilDropped) {
  for (std::uint64_t seat = 1; seat <= 10; ++seat) {
    Put(Make(seat, static_cast<std::uint8_t>(seat), 1,
             static_cast<std::int64_t>(1'100 - seat * 100)));
  }
  const TimeUs late = AddMs(kNow, 1'000'000'000);
  const std::vector<std::uint64_t> want{10, 9, 8};
  EXPECT_EQ(DueAt(late, 3), want);
  EXPECT_EQ(DueAt(late, 3), want);
  Drop(Make(10, 10, 1, 0));
  EXPECT_EQ(DueAt(late, 1), std::vector<std::uint64_t>{9});
  EXPECT_EQ(DueAt(late).size(), 9u);
  EXPECT_TRUE(DueAt(late, 0).empty());
}

TEST_P(ClaimCacheContract, AClaimPutAfterItsDeadlineIsDueAtOnce) {
  Put(Make(5, 1, 1, -10));
  EXPECT_EQ(HolderAt(5), 0);
  EXPECT_EQ(DueAt(kNow), std::vector<std::uint64_t>{5});
}

TEST_P(ClaimCacheContract, PerformancesAreApartAndForgottenOneByOne) {
  Claim claim = Make(5, 1, 1, 1'000);
  Put(claim);
  claim.performance = PerformanceId{kShow.value + 64};
  claim.hold = Hold(2);
  Put(claim);
  EXPECT_EQ(HolderAt(5), 1);
  EXPECT_EQ(HolderAt(5, kNow, claim.performance), 2);
  EXPECT_TRUE(cache_->Forget(kShow, {}).ok());
  EXPECT_EQ(HolderAt(5), 0);
  EXPECT_EQ(DueAt(AddMs(kNow, 1'000)).size(), 1u);
  EXPECT_EQ(HolderAt(5, kNow, claim.performance), 2);
  EXPECT_TRUE(cache_->Forget(kShow, {}).ok());
  EXPECT_TRUE(cache_->Forget(claim.performance, {}).ok());
  EXPECT_TRUE(DueAt(AddMs(kNow, 1'000)).empty());
}

TEST_P(ClaimCacheContract, DueIsSoonestFirstAcrossPerformances) {
  for (std::uint64_t p = 1; p <= 90; ++p) {
    Claim claim = Make(p, 1, 1, static_cast<std::int64_t>(10'000 - p * 100));
    claim.performance = PerformanceId{p};
    Put(claim);
  }
  const TimeUs late = AddMs(kNow, 1'000'000);
  EXPECT_EQ(DueAt(late, 3), (std::vector<std::uint64_t>{90, 89, 88}));
  EXPECT_EQ(DueAt(AddMs(kNow, 1'500)).size(), 6u);
  EXPECT_EQ(DueAt(late).size(), 90u);
}

TEST_P(ClaimCacheContract, ABatchMayTouchManyPerformances) {
  std::vector<Claim> claims;
  for (std::uint64_t p = 1; p <= 20; ++p) {
    claims.push_back(Make(p, 1, 1, 1'000));
    claims.back().performance = PerformanceId{p};
  }
  EXPECT_TRUE(cache_->Put(claims, kNow, {}).ok());
  for (std::uint64_t p = 1; p <= 20; ++p) EXPECT_EQ(HolderAt(p, kNow, PerformanceId{p}), 1);
  EXPECT_TRUE(cache_->Drop(claims, {}).ok());
  for (std::uint64_t p = 1; p <= 20; ++p) EXPECT_EQ(HolderAt(p, kNow, PerformanceId{p}), 0);
}

TEST_P(ClaimCacheContract, AgreesWithAPlainMapOnRandomCalls) {
  const unsigned seed = 7;
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  std::map<std::uint64_t, Claim> model;
  for (int step = 0; step < Scaled(20'000); ++step) {
    const std::uint64_t seat = 1 + random() % 40;
    const Claim claim = Make(seat, static_cast<std::uint8_t>(1 + random() % 5), random() % 50,
                             static_cast<std::int64_t>(random() % 1'000));
    if (random() % 3 != 0) {
      Put(claim);
      const auto [it, fresh] = model.try_emplace(seat, claim);
      if (!fresh && it->second.seat_version < claim.seat_version) it->second = claim;
    } else {
      Drop(claim);
      const auto it = model.find(seat);
      if (it != model.end() && it->second.hold == claim.hold) model.erase(it);
    }
    const TimeUs now = AddMs(kNow, static_cast<std::int64_t>(random() % 1'000));
    std::size_t due = 0;
    for (const auto& [at, kept] : model) due += kept.expires_at <= now ? 1 : 0;
    ASSERT_EQ(DueAt(now).size(), due) << "step " << step;
    const auto it = model.find(seat);
    const bool alive = it != model.end() && it->second.expires_at > now;
    ASSERT_EQ(HolderAt(seat, now), alive ? it->second.hold.value[15] : 0) << "step " << step;
  }
}

TEST_P(ClaimCacheContract, ThreadsLeaveTheHighestVersion) {
  const int each = Scaled(20'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 1; i <= each; ++i) {
        const Claim claim = Make(static_cast<std::uint64_t>(1 + i % 8), 1,
                                 static_cast<std::uint64_t>(i * 4 + t), 1'000);
        if (!cache_->Put({&claim, 1}, kNow, {}).ok()) ADD_FAILURE();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(DueAt(AddMs(kNow, 1'000)).size(), 8u);
  Claim last;
  bool found = false;
  ASSERT_TRUE(
      cache_->Get(kShow, SeatId{static_cast<std::uint64_t>(1 + each % 8)}, kNow, &last, &found, {})
          .ok());
  ASSERT_TRUE(found);
  EXPECT_EQ(last.seat_version, static_cast<std::uint64_t>(each * 4 + 3));
}

}  // namespace seathold::testing
