// The contract over claims on a Redis server and on a cluster.
#include "src/claims/redis/redis_claim_cache.h"
#include "tests/contract/claim_cache_contract.h"
#include "tests/redis/redis_cluster.h"

namespace seathold::testing {
namespace {

// One server for all, and one cluster; each cache has keys of its own.
std::unique_ptr<ClaimCache> NewEmptyClaimCache(RedisOptions options) {
  static int made = 0;
  options.prefix = "c" + std::to_string(++made);
  return NewRedisClaimCache(std::make_shared<RedisClient>(std::move(options)));
}

std::unique_ptr<ClaimCache> NewClaimCacheOfAServer() {
  static RedisServer server;
  return NewEmptyClaimCache(server.Options(10'000));
}

std::unique_ptr<ClaimCache> NewClaimCacheOfACluster() {
  return NewEmptyClaimCache(RedisCluster::Whole().Options(10'000));
}

// A test that cannot run is not there; redis_claims_test.cc says why.
std::vector<ClaimCacheMaker> ClaimCacheMakers() {
  if (!HasRedisServer()) return {};
  return {{"redis", &NewClaimCacheOfAServer}, {"cluster", &NewClaimCacheOfACluster}};
}
INSTANTIATE_TEST_SUITE_P(Redis, ClaimCacheContract, ::testing::ValuesIn(ClaimCacheMakers()));
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ClaimCacheContract);

}  // namespace
}  // namespace seathold::testing
