// A measurement, for a quiet machine, and no part of the suite:
//   test_accounts --gtest_also_run_disabled_tests --gtest_filter='*LoginTime*'
// Whether the time of a login tells an address that has an account from one that has none.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <random>

#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

constexpr int kSamples = 1'000;

// The chance that two samples of one distribution differ this much (Mann-Whitney, two-sided, normal
// approximation). Times in nanoseconds hardly ever tie.
double MannWhitney(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<std::size_t> order(a.size() + b.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto at = [&](std::size_t i) { return i < a.size() ? a[i] : b[i - a.size()]; };
  std::ranges::sort(order, [&](std::size_t x, std::size_t y) { return at(x) < at(y); });
  double ranks = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    if (order[rank] < a.size()) ranks += static_cast<double>(rank + 1);
  }
  const double n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
  const double u = ranks - n * (n + 1) / 2;
  const double z = (u - n * m / 2) / std::sqrt(n * m * (n + m + 1) / 12);
  return std::erfc(std::abs(z) / std::sqrt(2.0));
}

double Median(std::vector<double> times) {
  std::ranges::nth_element(times, times.begin() + kSamples / 2);
  return times[kSamples / 2] / 1e6;
}

class LoginTime : public ::testing::Test {
 protected:
  void Open(bool cheap_hash) {
    hall_.path = folder_.File("times.db");
    hall_.options.test_only_cheap_password_hash = cheap_hash;
    ASSERT_NO_FATAL_FAILURE(hall_.Open());
    for (int i = 0; i < kSamples; ++i) {
      ASSERT_TRUE(accounts().Register(Name("known", i), "a long enough phrase").ok());
    }
  }
  Accounts& accounts() { return hall_.engine->accounts(); }
  static std::string Name(const char* who, int i) {
    return who + std::to_string(100'000 + i) + "@example.org";
  }
  Code Fail(const std::string& email) {
    return accounts().Login(email, "not this phrase").status().code();
  }

  // Each address once, known and unknown ones in turn.
  void ExpectAlike(Code expected) {
    std::vector<double> known, unknown;
    std::mt19937 random(20'261'128);
    for (int i = 0; i < kSamples; ++i) {
      const bool known_first = random() % 2 == 0;
      for (const bool is_known : {known_first, !known_first}) {
        const std::string email = Name(is_known ? "known" : "other", i);
        const std::int64_t from_ns = MonotonicNs();
        const Code code = Fail(email);
        const auto took = static_cast<double>(MonotonicNs() - from_ns);
        ASSERT_EQ(code, expected);
        (is_known ? known : unknown).push_back(took);
      }
    }
    const double p = MannWhitney(known, unknown);
    std::printf("known address %.4f ms, unknown %.4f ms, p = %.3f\n", Median(known),
                Median(unknown), p);
    EXPECT_GT(p, 0.01);
  }

 private:
  const HallFolder folder_;
  Hall hall_;
};

TEST_F(LoginTime, DISABLED_DoesNotTellAnUnknownAddressFromAWrongPassword) {
  ASSERT_NO_FATAL_FAILURE(Open(false));
  ExpectAlike(Code::kBadCredentials);
}

// No hash is made of what is throttled: what it costs makes no difference here.
TEST_F(LoginTime, DISABLED_NorWhenItIsThrottled) {
  ASSERT_NO_FATAL_FAILURE(Open(true));
  for (int i = 0; i < kSamples; ++i) {
    for (const char* who : {"known", "other"}) {
      while (Fail(Name(who, i)) != Code::kThrottled) {
      }
    }
  }
  ExpectAlike(Code::kThrottled);
}

}  // namespace
}  // namespace seathold::testing
