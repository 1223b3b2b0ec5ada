// SEATHOLD_TEST_PRIVATE_LOCKS=1 runs any suite with the locks of a private SQLite.
#include "src/sqlite/private_locks.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace seathold::testing {
namespace {

class PrivateLocksWhenAsked final : public ::testing::Environment {
 public:
  void SetUp() override {
    if (std::getenv("SEATHOLD_TEST_PRIVATE_LOCKS") == nullptr) return;
    const Status status = sqlite::UsePrivateLocks();
    ASSERT_TRUE(status.ok()) << status.text();
  }
};

[[maybe_unused]] ::testing::Environment* const environment =
    ::testing::AddGlobalTestEnvironment(new PrivateLocksWhenAsked);

}  // namespace
}  // namespace seathold::testing
