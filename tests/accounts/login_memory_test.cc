// What logins take: hash_concurrency times 19 MiB while they run, and nothing afterwards.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>

#include "tests/engine/hall.h"
#include "tests/support/counts.h"
#include "tests/support/sanitizers.h"

namespace seathold::testing {
namespace {

constexpr std::int64_t kMiB = 1 << 20;

std::int64_t ResidentBytes() {
  long pages = 0, resident = 0;
  FILE* file = std::fopen("/proc/self/statm", "r");
  EXPECT_NE(file, nullptr);
  EXPECT_EQ(std::fscanf(file, "%ld %ld", &pages, &resident), 2);
  std::fclose(file);
  return resident * ::sysconf(_SC_PAGESIZE);
}

TEST(LoginMemory, IsBoundedByTheHashesThatRunAndGivenBack) {
  if (SEATHOLD_SANITIZED) GTEST_SKIP() << "a sanitizer keeps memory of its own";
  const HallFolder folder;
  Hall hall;
  hall.path = folder.File("logins.db");
  hall.options.test_only_cheap_password_hash = false;
  hall.options.hash_concurrency = 2;
  ASSERT_NO_FATAL_FAILURE(hall.Open());
  Accounts& accounts = hall.engine->accounts();
  ASSERT_TRUE(accounts.Register("ada@example.org", "a long enough phrase").ok());
  const std::int64_t before = ResidentBytes();
  const int people = FullCounts() ? 256 : 64;
  std::atomic<int> out{0}, still{people};
  std::vector<std::thread> threads;
  for (int t = 0; t < people; ++t) {
    threads.emplace_back([&, t] {
      const std::string email = t % 2 == 0 ? "ada@example.org" : std::to_string(t) + "@nowhere";
      const Code code = accounts.Login(email, "a long enough phrase", {60'000}).status().code();
      out += code == (t % 2 == 0 ? Code::kOk : Code::kBadCredentials);
      --still;
    });
  }
  std::int64_t most = 0;
  while (still > 0) {
    most = std::max(most, ResidentBytes());
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  for (std::thread& thread : threads) thread.join();
  const std::int64_t after = ResidentBytes();
  EXPECT_EQ(out, people);
  std::printf("COUNT login_memory_mib %lld while, %lld after\n",
              static_cast<long long>((most - before) / kMiB),
              static_cast<long long>((after - before) / kMiB));
  EXPECT_LT(most - before, 2 * 20 * kMiB + 40 * kMiB);
  EXPECT_GT(most - before, 19 * kMiB) << "or nothing was measured";
  EXPECT_LT(after - before, 20 * kMiB);
}

}  // namespace
}  // namespace seathold::testing
