#include "examples/cli/demo/demo.h"

#include "examples/cli/demo/report.h"
#include "src/util/json.h"
#include "tests/demo/world.h"

namespace seathold::demo {
namespace {

struct Ran {
  int exit_code = 0;
  std::string out, err;
};

Ran Play(const DemoOptions& options) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Ran ran;
  ran.exit_code = RunDemo(options);
  ran.out = ::testing::internal::GetCapturedStdout();
  ran.err = ::testing::internal::GetCapturedStderr();
  return ran;
}

DemoOptions Small(const TestDirectory& directory) {
  DemoOptions options;
  options.buyers = 60;
  options.kills = 0;
  options.threads = 1;
  options.svg = directory.File("hall.svg");
  options.db = directory.File("sale.db");
  return options;
}

TEST(Demo, PrintsOneJsonObjectAndKeepsTheDatabase) {
  TestDirectory directory;
  DemoOptions options = Small(directory);
  options.json = true;
  options.naive = true;
  const Ran ran = Play(options);
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  Result<Json> json = Json::Parse(ran.out);
  ASSERT_TRUE(json.ok()) << ran.out;
  EXPECT_EQ(json->Find("books_hold")->AsBool(), true);
  EXPECT_EQ(json->Find("buyers")->AsInt64(), 60);
  EXPECT_NE(json->Find("naive"), nullptr);
  EXPECT_TRUE(std::filesystem::exists(options.db));
  EXPECT_GT(std::filesystem::file_size(options.svg), 1'000u);
}

TEST(Demo, PrintsPlainLinesWhereThereIsNoTerminal) {
  TestDirectory directory;
  const Ran ran = Play(Small(directory));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out.find('\x1b'), std::string::npos);
  for (const char* act : {"Act 1", "Act 2", "Act 4", "The books hold."}) {
    EXPECT_NE(ran.out.find(act), std::string::npos) << act;
  }
}

TEST(Demo, RefusesADatabaseThatExists) {
  TestDirectory directory;
  const DemoOptions options = Small(directory);
  EXPECT_EQ(Play(options).exit_code, 0);
  const Ran again = Play(options);
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_NE(again.err.find("sale.db"), std::string::npos);
}

TEST(Demo, RefusesOptionsOutOfRange) {
  TestDirectory directory;
  DemoOptions options = Small(directory);
  options.buyers = 0;
  EXPECT_EQ(Play(options).exit_code, 2);
  options.buyers = 1;
  options.threads = 65;
  EXPECT_EQ(Play(options).exit_code, 2);
  options.threads = 1;
  options.venue = directory.File("no-such-plan.json");
  EXPECT_EQ(Play(options).exit_code, 2);
}

TEST(Demo, SaysWhenTheDrawingCannotBeWritten) {
  TestDirectory directory;
  DemoOptions options = Small(directory);
  options.svg = directory.File("no/such/folder.svg");
  EXPECT_EQ(Play(options).exit_code, 3);
}

// A report that is right, and each of its parts wrong in turn.
Report GoodReport() {
  Report report;
  report.audit.checks = {"one_owner_a_seat"};
  report.audit.sold = 2;
  report.audit.revenue = {Money{300, {}}};
  report.audit.wallets = {Money{50, {}}};
  report.audit.external = {Money{350, {}}};
  report.one.receipt.seats.push_back(0);
  report.one.receipt.seats.push_back(1);
  report.one.receipt.paid_minor = 300;
  report.damage.taken_minor = report.damage.worth_minor = 300;
  return report;
}

TEST(Report, HoldsOnlyWhenEveryPartDoes) {
  EXPECT_TRUE(GoodReport().books_hold());
  const auto broken = [](auto&& change) {
    Report report = GoodReport();
    change(report);
    return !report.books_hold();
  };
  EXPECT_TRUE(broken([](Report& r) { r.audit.findings = {{"feed", "gap"}}; }));
  EXPECT_TRUE(broken([](Report& r) { r.audit.checks.clear(); }));
  EXPECT_TRUE(broken([](Report& r) { r.audit.sold = 3; }));
  EXPECT_TRUE(broken([](Report& r) { r.one.receipt.paid_minor = 299; }));
  EXPECT_TRUE(broken([](Report& r) { r.audit.external[0].minor = 351; }));
  EXPECT_TRUE(broken([](Report& r) { r.damage.seats_sold_twice = 1; }));
  EXPECT_TRUE(broken([](Report& r) { r.rush.status = Status(Code::kBusy); }));
  EXPECT_TRUE(broken([](Report& r) { r.one.status = Status(Code::kBusy); }));
  EXPECT_TRUE(broken([](Report& r) {
    r.crash.emplace();
    r.crash->rounds.push_back({.acknowledged = 2, .found = 1, .clean = true});
  }));
}

}  // namespace
}  // namespace seathold::demo
