#include "tests/contract/storage_contract.h"
#include "tests/journal/journal_homes.h"

namespace seathold::testing {
namespace {

std::unique_ptr<StorageHome> Home(bool settler_thread) {
  return std::make_unique<JournalHome>(SmallHalves(settler_thread));
}

const auto kCases = ::testing::Values(StorageCase{"journal", [] { return Home(true); }},
                                      StorageCase{"journal_inline", [] { return Home(false); }});

INSTANTIATE_TEST_SUITE_P(Journal, StorageContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Journal, ScanContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Journal, ApplyContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Journal, UnitContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Journal, LifeContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Journal, AuditContract,
                         ::testing::Values(StorageCase{"journal", [] { return Home(true); }}),
                         CaseName);

}  // namespace
}  // namespace seathold::testing
