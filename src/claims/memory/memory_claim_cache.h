// Claims of one process, in memory: gone when the process is.
#pragma once

#include <memory>

#include "seathold/adapter/claim_cache.h"

namespace seathold {

// Thread-safe; every call is one step a performance and waits for nothing but such steps.
std::unique_ptr<ClaimCache> NewMemoryClaimCache();

}  // namespace seathold
