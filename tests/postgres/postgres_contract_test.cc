#include "tests/contract/storage_contract.h"
#include "tests/postgres/pg_bouncer.h"
#include "tests/postgres/pg_server.h"

namespace seathold::testing {
namespace {

// nullptr where there is none.
PgBouncer* SharedPooler() {
  static std::string why_not;
  static const std::unique_ptr<PgBouncer> pooler =
      PgBouncer::Start(PgServer::Shared()->sockets(), 20, &why_not);
  return pooler.get();
}

std::vector<StorageCase> Cases() {
  if (PgServer::Shared() == nullptr) return {};
  // Without names for its statements: through a pooler, which never shows the same session twice,
  // where there is one.
  const std::string sockets = SharedPooler() == nullptr ? "" : SharedPooler()->sockets();
  return {
      StorageCase{"postgres", [] { return std::unique_ptr<StorageHome>(new PostgresHome); }},
      StorageCase{sockets.empty() ? "unprepared" : "pooled", [sockets] {
                    return std::unique_ptr<StorageHome>(new PostgresHome("prepare=off", sockets));
                  }}};
}

const auto kCases = ::testing::ValuesIn(Cases());

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StorageContract);
INSTANTIATE_TEST_SUITE_P(Postgres, StorageContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Postgres, ScanContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Postgres, ApplyContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Postgres, UnitContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Postgres, LifeContract, kCases, CaseName);
INSTANTIATE_TEST_SUITE_P(Postgres, AuditContract, kCases, CaseName);

TEST(PostgresContract, RunsAgainstAServer) {
  if (PgServer::Shared() == nullptr) GTEST_SKIP() << PgServer::WhyNot();
  EXPECT_GE(Connect(PgServer::Shared()->Uri())->server_version(), 130'000);
}

}  // namespace
}  // namespace seathold::testing
