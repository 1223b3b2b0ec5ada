// A journal, as --db names it.
#include "tests/cli/tool.h"

namespace seathold::testing {
namespace {

class CliJournal : public CliTest {};

constexpr const char* kBehindJournal = "sqlite:seathold.db?journal=on";

TEST_F(CliJournal, SellsAndLeavesAnOrdinaryDatabase) {
  MakeSale();
  const std::string hold =
      Quiet({"--db", kBehindJournal, "best", "-p", "1", "--user", "7", "--seats", "2"});
  EXPECT_FALSE(std::filesystem::exists(directory_ / "seathold.db-log"));
  Quiet({"cancel", "-p", "1", "--hold", hold, "--user", "7"});
  EXPECT_EQ(Run({"--db", kBehindJournal, "verify"}).code, 0) << "who reads keeps none";
}

TEST_F(CliJournal, ADemoOutlivesItsKills) {
  const Ran ran = Run({"demo", "--journal", "--buyers", "200", "--kills", "2", "--db", "sale.db"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("behind a journal"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("The books hold."), std::string::npos) << ran.out;
  EXPECT_EQ(Run({"--db", "sale.db", "verify"}).code, 0);
  Refused({"demo", "--journal", "--db", "postgresql://box@127.0.0.1:1/hall", "--keys", "k"}, 1,
          "kUnsupported");
}

}  // namespace
}  // namespace seathold::testing
