// The contract over claims on a Redis server.
#include "src/cache/redis/redis_claim_cache.h"
#include "tests/contract/claim_cache_contract.h"
#include "tests/redis/redis_server.h"

namespace seathold::testing {
namespace {

// One server for all; each cache has keys of its own.
std::unique_ptr<ClaimCache> NewEmptyClaims() {
  static RedisServer server;
  static int made = 0;
  RedisOptions options = server.Options(10'000);
  options.prefix = "c" + std::to_string(++made);
  return NewRedisClaimCache(std::make_shared<RedisClient>(std::move(options)));
}

// A test that cannot run is not there; redis_claims_test.cc says why.
INSTANTIATE_TEST_SUITE_P(Redis, ClaimCacheContract,
                         ::testing::ValuesIn(HasRedisServer() ? std::vector{ClaimCacheMaker{
                                                                    "redis", &NewEmptyClaims}}
                                                              : std::vector<ClaimCacheMaker>{}));
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ClaimCacheContract);

}  // namespace
}  // namespace seathold::testing
