// A child of fork knows that it is one, however the guard tells.
#include "src/util/fork_guard.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace seathold {
namespace {

class ForkGuards : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Ways, ForkGuards, ::testing::Values(true, false), [](const auto& way) {
  return way.param ? "ByAWipedPage" : "ByProcessId";
});

TEST_P(ForkGuards, TellsTheChildFromTheParent) {
  const ForkGuard guard(GetParam());
  EXPECT_FALSE(guard.forked());
  const pid_t child = fork();
  if (child == 0) _exit(guard.forked() ? 7 : 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_FALSE(guard.forked());
}

}  // namespace
}  // namespace seathold
