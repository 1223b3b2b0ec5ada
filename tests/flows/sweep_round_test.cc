// Rounds of the sweep: what did not fit is left to the next one, what is over leaves the due list.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "seathold/adapter/parts.h"
#include "tests/support/spy_hall.h"

namespace seathold::testing {
namespace {

// Remembers claims, and does not hear of drops while it is deaf.
class DeafClaims final : public ClaimCache {
 public:
  DeafClaims(std::map<SeatId, Claim>* claims, bool* deaf) : claims_(claims), deaf_(deaf) {}

  Status Put(std::span<const Claim> claims, TimeUs, Deadline) override {
    for (const Claim& claim : claims) (*claims_)[claim.seat] = claim;
    return Status();
  }
  Status Drop(std::span<const Claim> claims, Deadline) override {
    for (const Claim& claim : claims) {
      const auto known = claims_->find(claim.seat);
      if (*deaf_ || known == claims_->end() || known->second.hold != claim.hold) continue;
      claims_->erase(known);
    }
    return Status();
  }
  Status Due(TimeUs now, std::span<Claim> out, std::size_t* n, Deadline) override {
    *n = 0;
    for (const auto& [seat, claim] : *claims_) {
      if (claim.expires_at <= now && *n < out.size()) out[(*n)++] = claim;
    }
    return Status();
  }
  Status Get(PerformanceId, SeatId, TimeUs, Claim*, bool* found, Deadline) override {
    *found = false;
    return Status();
  }
  Status Forget(PerformanceId, Deadline) override { return Status(); }

 private:
  std::map<SeatId, Claim>* const claims_;
  bool* const deaf_;
};

TEST(SweepRound, LeavesToTheNextWhatDidNotFit) {
  for (const char* claims : {"none", "memory:"}) {
    SpyHall hall({.claims = claims});
    for (int n = 0; n < 5; ++n) {
      ASSERT_TRUE(hall.Hold(n + 1, kAnn, {static_cast<std::uint32_t>(n)}).status.ok());
    }
    hall.clock().AdvanceMs(kHallTtlMs);
    EXPECT_EQ(hall.engine().Sweep(2).value(), 2);
    EXPECT_EQ(hall.engine().Sweep(2).value(), 2);
    EXPECT_EQ(hall.engine().Sweep(2).value(), 1);
    EXPECT_EQ(hall.engine().Sweep(2).value(), 0);
    EXPECT_EQ(hall.Audit(), "");
  }
}

// By storage's own index alone, well before the next full sweep would be due.
TEST(SweepRound, IsNotDoneWithAFullOneThatWasCutShort) {
  std::map<SeatId, Claim> claims;
  bool deaf = false;
  HallSpec spec{.claims = "none"};
  spec.parts = [&](const std::filesystem::path&, EngineParts& parts) {
    parts.claims = std::make_unique<DeafClaims>(&claims, &deaf);
  };
  spec.options = [](EngineOptions& o) { o.sweep_full_ms = 3'600'000; };
  SpyHall hall(std::move(spec));
  for (int n = 0; n < 5; ++n) {
    ASSERT_TRUE(hall.Hold(n + 1, kAnn, {static_cast<std::uint32_t>(n)}).status.ok());
  }
  claims.clear();  // it has forgotten
  hall.clock().AdvanceMs(kHallTtlMs);
  EXPECT_EQ(hall.engine().Sweep(3).value(), 3);
  EXPECT_EQ(hall.engine().Sweep(3).value(), 2);
}

TEST(SweepRound, TakesTheClaimOfAHoldThatWasOverBeforeItOffTheDueList) {
  std::map<SeatId, Claim> claims;
  bool deaf = true;
  HallSpec spec{.claims = "none"};
  spec.parts = [&](const std::filesystem::path&, EngineParts& parts) {
    parts.claims = std::make_unique<DeafClaims>(&claims, &deaf);
  };
  SpyHall hall(std::move(spec));
  ASSERT_TRUE(hall.Charge(1, kAnn, 10'000).status.ok());
  ASSERT_TRUE(hall.Hold(1, kAnn, {0}).status.ok());
  ASSERT_TRUE(hall.Hold(2, kAnn, {1}).status.ok());
  ASSERT_TRUE(hall.Hold(3, kAnn, {2}).status.ok());
  ASSERT_EQ(hall.Cancel(1, kAnn), Code::kOk);
  ASSERT_TRUE(hall.Pay(2, 2, kAnn).status.ok());
  ASSERT_EQ(claims.size(), 3u) << "it heard of neither";
  deaf = false;
  hall.clock().AdvanceMs(kHallTtlMs);
  EXPECT_EQ(hall.Sweep(), 1) << "the one that had lapsed";
  EXPECT_TRUE(claims.empty());
  EXPECT_EQ(hall.StateOf(1), SeatState::kSold);
}

TEST(SweepRound, LeavesTheClaimOfALivingHoldAlone) {
  std::map<SeatId, Claim> claims;
  bool deaf = false;
  HallSpec spec{.claims = "none"};
  spec.parts = [&](const std::filesystem::path&, EngineParts& parts) {
    parts.claims = std::make_unique<DeafClaims>(&claims, &deaf);
  };
  SpyHall hall(std::move(spec));
  ASSERT_TRUE(hall.Hold(1, kAnn, {0}).status.ok());
  ASSERT_EQ(claims.size(), 1u);
  claims.begin()->second.expires_at = TimeUs{1};  // it lies about the deadline
  EXPECT_EQ(hall.Sweep(), 0);
  EXPECT_EQ(claims.size(), 1u);
  EXPECT_EQ(hall.StateOfHold(1), HoldState::kHeld);
}

}  // namespace
}  // namespace seathold::testing
