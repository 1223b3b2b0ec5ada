// The contract over a line on a Redis server.
#include "src/cache/redis/redis_line.h"
#include "tests/contract/line_contract.h"
#include "tests/redis/redis_server.h"

namespace seathold::testing {
namespace {

// One server for all; each line has keys of its own.
std::unique_ptr<Line> NewEmptyLine() {
  static RedisServer server;
  static int made = 0;
  RedisOptions options = server.Options(10'000);
  options.prefix = "l" + std::to_string(++made);
  return NewRedisLine(std::make_shared<RedisClient>(std::move(options)));
}

// A test that cannot run is not there; redis_line_test.cc says why.
INSTANTIATE_TEST_SUITE_P(Redis, LineContract,
                         ::testing::ValuesIn(HasRedisServer()
                                                 ? std::vector{LineMaker{"redis", &NewEmptyLine}}
                                                 : std::vector<LineMaker>{}));
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LineContract);

}  // namespace
}  // namespace seathold::testing
