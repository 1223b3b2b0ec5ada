// A measurement, for a quiet machine, and no part of the suite:
//   test_accounts --gtest_also_run_disabled_tests --gtest_filter='*LoginTime*'
// Whether the time of a login tells an unknown address from a wrong password.
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

TEST(LoginTime, DISABLED_DoesNotTellAnUnknownAddressFromAWrongPassword) {
  const HallFolder folder;
  Hall hall;
  hall.path = folder.File("times.db");
  hall.options.test_only_cheap_password_hash = false;
  ASSERT_NO_FATAL_FAILURE(hall.Open());
  Accounts& accounts = hall.engine->accounts();
  const auto name = [](const char* who, int i) {
    return who + std::to_string(100'000 + i) + "@example.org";
  };
  for (int i = 0; i < kSamples; ++i) {
    ASSERT_TRUE(accounts.Register(name("known", i), "a long enough phrase").ok());
  }
  std::vector<double> known, unknown;
  std::mt19937 random(20'261'128);
  for (int i = 0; i < kSamples; ++i) {
    const bool known_first = random() % 2 == 0;
    for (const bool is_known : {known_first, !known_first}) {
      const std::string email = name(is_known ? "known" : "other", i);
      const std::int64_t from_ns = MonotonicNs();
      const Code code = accounts.Login(email, "not this phrase").status().code();
      const auto took = static_cast<double>(MonotonicNs() - from_ns);
      ASSERT_EQ(code, Code::kBadCredentials);
      (is_known ? known : unknown).push_back(took);
    }
  }
  const double p = MannWhitney(known, unknown);
  std::printf("wrong password %.3f ms, unknown address %.3f ms, p = %.3f\n", Median(known),
              Median(unknown), p);
  EXPECT_GT(p, 0.01);
}

}  // namespace
}  // namespace seathold::testing
