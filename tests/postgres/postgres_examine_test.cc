// What `seathold doctor` says of a PostgreSQL database.
#include "seathold/doctor.h"
#include "seathold/engine.h"
#include "tests/postgres/postgres_test.h"

namespace seathold::testing {
namespace {

class PostgresExamine : public ::testing::Test {
 protected:
  void SetUp() override {
    if (PgServer::Shared() == nullptr) GTEST_SKIP() << PgServer::WhyNot();
  }
  static DoctorReport Of(const std::string& uri) {
    auto report = Examine(uri);
    EXPECT_TRUE(report.ok()) << report.status().text();
    return report.ok() ? std::move(report).value() : DoctorReport{};
  }
  // The line of that name; the report is fit unless it is a fault.
  static DoctorLine Line(const std::string& uri, const std::string& name) {
    const DoctorReport report = Of(uri);
    for (const DoctorLine& line : report.lines) {
      if (line.name != name) continue;
      EXPECT_EQ(report.fit(), line.health != Health::kFault) << name << " " << line.value;
      return line;
    }
    ADD_FAILURE() << "no line " << name;
    return {};
  }
  static std::string Fresh(const std::string& rest = "") {
    return PgServer::Shared()->Uri("schema=not_there" + rest);
  }
};

TEST_F(PostgresExamine, LooksAndMakesNothing) {
  const DoctorReport report = Of(Fresh());
  EXPECT_TRUE(report.fit());
  EXPECT_EQ(Line(Fresh(), "tables").value, "none in schema not_there");
  EXPECT_EQ(Line(Fresh(), "pooler").value, "none");
  EXPECT_EQ(PgServer::Shared()->Ask("SELECT count(*)::text FROM pg_namespace WHERE nspname = "
                                    "'not_there'"),
            "0");
}

TEST_F(PostgresExamine, WarnsOfATimeoutThatCutsLongWork) {
  EXPECT_EQ(Line(Fresh(), "statement_timeout").health, Health::kFine);
  EXPECT_EQ(Line(Fresh("&options=-c%20statement_timeout%3D1000"), "statement_timeout").health,
            Health::kWarning);
}

TEST_F(PostgresExamine, TellsWhatThisReleaseIsTooOldFor) {
  PostgresHome home;
  {
    const auto storage = home.Make();
    ASSERT_TRUE(storage->Open({}).ok());
  }
  EXPECT_EQ(Line(home.uri(), "schema").health, Health::kFine);
  EXPECT_EQ(Line(home.uri(), "rights").value, "may sell");
  const std::string control = home.schema() + ".control";
  PgServer::Shared()->Run("UPDATE " + control + " SET oldest_writer = 99");
  EXPECT_EQ(Line(home.uri(), "schema").health, Health::kFault);
  PgServer::Shared()->Run("UPDATE " + control + " SET oldest_writer = 1");
}

TEST_F(PostgresExamine, TellsWhoMayNotSell) {
  PostgresHome home;
  {
    const auto storage = home.Make();
    ASSERT_TRUE(storage->Open({}).ok());
  }
  PgServer::Shared()->Run("CREATE ROLE reader LOGIN");
  PgServer::Shared()->Run("GRANT USAGE ON SCHEMA " + home.schema() + " TO reader");
  PgServer::Shared()->Run("GRANT SELECT ON ALL TABLES IN SCHEMA " + home.schema() + " TO reader");
  std::string uri = home.uri();
  const std::string user = "user=postgres";
  uri.replace(uri.find(user), user.size(), "user=reader");
  EXPECT_EQ(Line(uri, "rights").health, Health::kFault);
  uri.replace(uri.find(home.schema()), home.schema().size(), "not_there");
  EXPECT_EQ(Line(uri, "tables").health, Health::kFault);
  PgServer::Shared()->Run("DROP OWNED BY reader");
  PgServer::Shared()->Run("DROP ROLE reader");
}

TEST_F(PostgresExamine, SaysThatNobodyAnswers) {
  EXPECT_EQ(Line("postgresql://box:sesame@127.0.0.1:1/hall", "reachable").health, Health::kFault);
  EXPECT_EQ(Examine("postgresql://box:p@sesame@127.0.0.1:1/hall").code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace seathold::testing
