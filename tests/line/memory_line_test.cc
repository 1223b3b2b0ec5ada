#include "src/cache/memory/line_memory.h"
#include "tests/contract/line_contract.h"

namespace seathold::testing {

INSTANTIATE_TEST_SUITE_P(Memory, LineContract,
                         ::testing::Values(LineMaker{"memory", &NewMemoryLine}));

}  // namespace seathold::testing
