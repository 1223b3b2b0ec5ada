#include "tests/contract/storage_contract.h"

#include "tests/storage/storage_homes.h"

namespace seathold::testing {
namespace {

const auto kCases = ::testing::Values(
    StorageCase{"memory", [] { return std::unique_ptr<StorageHome>(new MemoryHome); }},
    StorageCase{"sqlite", [] { return std::unique_ptr<StorageHome>(new SqliteHome); }});

INSTANTIATE_TEST_SUITE_P(Storage, StorageContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Storage, ScanContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Storage, ApplyContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Storage, UnitContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Storage, LifeContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Storage, AuditContract, kCases, CaseName);

}  // namespace
}  // namespace seathold::testing
