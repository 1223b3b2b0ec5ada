// The contract over a line on a Redis server and on a cluster.
#include "src/line/redis/redis_line.h"
#include "tests/contract/line_contract.h"
#include "tests/redis/redis_cluster.h"

namespace seathold::testing {
namespace {

// One server for all, and one cluster; each line has keys of its own.
std::unique_ptr<Line> NewEmptyLine(RedisOptions options) {
  static int made = 0;
  options.prefix = "l" + std::to_string(++made);
  return NewRedisLine(std::make_shared<RedisClient>(std::move(options)));
}

std::unique_ptr<Line> NewLineOfAServer() {
  static RedisServer server;
  return NewEmptyLine(server.Options(10'000));
}

std::unique_ptr<Line> NewLineOfACluster() {
  return NewEmptyLine(RedisCluster::Whole().Options(10'000));
}

// A test that cannot run is not there; redis_line_test.cc says why.
std::vector<LineMaker> LineMakers() {
  if (!HasRedisServer()) return {};
  return {{"redis", &NewLineOfAServer}, {"cluster", &NewLineOfACluster}};
}
INSTANTIATE_TEST_SUITE_P(Redis, LineContract, ::testing::ValuesIn(LineMakers()));
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LineContract);

}  // namespace
}  // namespace seathold::testing
