#include "src/claims/memory/memory_claim_cache.h"

#include "tests/contract/claim_cache_contract.h"

namespace seathold::testing {

INSTANTIATE_TEST_SUITE_P(Memory, ClaimCacheContract,
                         ::testing::Values(ClaimCacheMaker{"memory", &NewMemoryClaimCache}));

}  // namespace seathold::testing
