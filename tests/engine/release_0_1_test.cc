// Databases that release 0.1 left: they open, become what this release writes, and every fact of
// theirs still holds. What the facts are: tests/fixtures/0.1/README.md.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "seathold/adapter/parts.h"
#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

std::string Fixtures() {
  const char* source = std::getenv("SEATHOLD_SOURCE_DIR");
  return std::string(source == nullptr ? "." : source) + "/tests/fixtures/0.1/";
}

// Id N of the fixture.
Uuid FixtureId(int n) {
  const std::string digits = std::to_string(n);
  return *ParseUuid("00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits);
}

// A copy of one of the databases, with a clock that stands one second behind its last moment.
class Release01 : public ::testing::Test {
 protected:
  void Take(const std::string& name) {
    std::ifstream in(Fixtures() + "facts.txt");
    for (std::string key, value; in >> key >> value;) facts_[key] = value;
    ASSERT_FALSE(facts_.empty()) << Fixtures();
    for (const char* suffix : {"", "-wal", "-line", ".keys"}) {
      const std::string from = Fixtures() + name + suffix;
      if (!fs::exists(from)) continue;
      fs::copy_file(from, folder_.File(name + suffix));
      fs::permissions(folder_.File(name + suffix), fs::perms::owner_read | fs::perms::owner_write);
    }
    path_ = folder_.File(name);
    clock_ = std::make_shared<ManualClock>(TimeUs{std::stoll(facts_["made_us"]) + kUsPerSecond});
  }

  void Open() {
    engine_.reset();
    EngineOptions options;
    options.storage = "sqlite:" + path_;
    EngineParts parts;
    parts.clock = clock_;
    auto opened = Engine::Open(options, std::move(parts));
    ASSERT_TRUE(opened.ok()) << opened.status().text();
    engine_ = std::move(opened).value();
  }

  HoldState StateOf(std::uint64_t performance, int hold) {
    const auto view = engine_->reservations().Get({performance}, {FixtureId(hold)});
    EXPECT_TRUE(view.ok()) << view.status().text();
    return view.ok() ? view->state : HoldState::kNone;
  }
  std::int64_t BalanceOf(std::uint64_t user) {
    const auto balance = engine_->wallet().Balance({user}, kEuro);
    EXPECT_TRUE(balance.ok()) << balance.status().text();
    return balance.ok() ? balance->minor : -1;
  }
  Place Poll(const std::string& fact) {
    const std::string_view text = facts_[fact];
    return engine_->queue().Poll(text);
  }
  void ExpectCleanBooks() {
    const auto report = engine_->Verify();
    ASSERT_TRUE(report.ok()) << report.status().text();
    for (const auto& finding : report->findings) ADD_FAILURE() << finding.detail;
    EXPECT_GT(report->transfers, 0u);
  }

  // What both databases say.
  void ExpectSales() {
    EXPECT_EQ(StateOf(1, 11), HoldState::kConfirmed);
    EXPECT_EQ(StateOf(1, 12), HoldState::kConfirmed);
    EXPECT_EQ(StateOf(1, 13), HoldState::kRefunded);
    EXPECT_EQ(StateOf(1, 14), HoldState::kCancelled);
    EXPECT_EQ(StateOf(1, 15), HoldState::kHeld);
    EXPECT_EQ(StateOf(2, 16), HoldState::kHeld);
    EXPECT_EQ(BalanceOf(7), 1'000);
    EXPECT_EQ(BalanceOf(8), 9'500);
    EXPECT_EQ(BalanceOf(9), 0);
    const auto refused = engine_->wallet().GetTransfer({FixtureId(25)});
    ASSERT_TRUE(refused.ok()) << refused.status().text();
    EXPECT_EQ(refused->code, Code::kInsufficientFunds);
  }

  HallFolder folder_;
  std::map<std::string, std::string> facts_;
  std::string path_;
  std::shared_ptr<ManualClock> clock_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(Release01, OpensWithEverySaleHoldAndCent) {
  Take("hall.db");
  ASSERT_EQ(SqlNumber(path_, "PRAGMA user_version"), 1) << "no longer what 0.1 wrote";
  Open();
  EXPECT_EQ(engine_->stats().storage.schema, 2u);
  ExpectSales();
  ExpectCleanBooks();
  const auto counts = engine_->reservations().Count({1});
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(counts->sold, 3u);
  EXPECT_EQ(counts->held, 2u);
  EXPECT_EQ(counts->blocked, 1u);
  EXPECT_EQ(counts->available, 6u);
  const auto held = engine_->reservations().Get({1}, {FixtureId(15)});
  ASSERT_TRUE(held.ok());
  EXPECT_EQ(held->total.minor, 7'500);
  EXPECT_GT(held->left_ms, 3'500'000);
  const auto statement = engine_->wallet().Statement({8}, kEuro, 0, 10);
  ASSERT_TRUE(statement.ok());
  ASSERT_EQ(statement->size(), 3u);
  EXPECT_EQ((*statement)[2].id.value, FixtureId(24));
  EXPECT_EQ((*statement)[2].balance_after_minor, 9'500);
  engine_.reset();
  EXPECT_EQ(SqlNumber(path_, "PRAGMA user_version"), 2);
}

TEST_F(Release01, RepeatsItsAnswersAndGoesOnSelling) {
  Take("hall.db");
  Open();
  // A retry across the upgrade: the same ids, the first answers.
  const ConfirmRequest paid{
      .performance = {1}, .hold = {FixtureId(11)}, .payment = {FixtureId(21)}, .user = {7}};
  PayReply pay = engine_->reservations().Confirm(paid);
  EXPECT_TRUE(pay.status.ok()) << pay.status.text();
  EXPECT_TRUE(pay.replayed);
  EXPECT_EQ(pay.balance_after.minor, 1'000);
  // A hold that lived across it is paid.
  const ChargeRequest charge{{engine_->NewId()}, {10}, {7'500, kEuro}, ""};
  TransferReply charged = engine_->wallet().Charge(charge);
  ASSERT_TRUE(charged.status.ok()) << charged.status.text();
  const ConfirmRequest held{
      .performance = {1}, .hold = {FixtureId(15)}, .payment = {engine_->NewId()}, .user = {10}};
  pay = engine_->reservations().Confirm(held);
  EXPECT_TRUE(pay.status.ok()) << pay.status.text();
  EXPECT_EQ(pay.balance_after.minor, 0);
  ExpectCleanBooks();
  Open();
  EXPECT_EQ(StateOf(1, 15), HoldState::kConfirmed);
}

TEST_F(Release01, KnowsItsUsersByTheirKeys) {
  Take("hall.db");
  Open();
  const auto customer = engine_->accounts().UserIdFor("customer-1");
  ASSERT_TRUE(customer.ok()) << customer.status().text();
  EXPECT_EQ(std::to_string(customer->value), facts_["customer_1"]);
  const auto ann = engine_->accounts().Authenticate(facts_["ann_access"]);
  ASSERT_TRUE(ann.ok()) << ann.status().text();
  EXPECT_EQ(std::to_string(ann->user.value), "9223372036854775809");
  const auto login = engine_->accounts().Login("ann@example.org", "a long enough secret");
  ASSERT_TRUE(login.ok()) << login.status().text();
  EXPECT_EQ(login->user, ann->user);
}

TEST_F(Release01, KeepsItsLineInOrder) {
  Take("hall.db");
  Open();
  // Another boot lost the line; its tokens bring it back, in whatever order they come.
  clock_->AdvanceMs(1'000);
  (void)Poll("place_22");
  (void)Poll("pass_20");
  (void)Poll("place_21");
  EXPECT_EQ(Poll("pass_20").state, LineState::kAdmitted);
  const Place second = Poll("place_21"), third = Poll("place_22");
  EXPECT_EQ(second.state, LineState::kWaiting) << second.status.text();
  EXPECT_EQ(second.ahead, 0u);
  EXPECT_EQ(third.state, LineState::kWaiting) << third.status.text();
  EXPECT_EQ(third.ahead, 1u);
}

TEST_F(Release01, LosesNothingOfWhatAKilledHostLeftInItsWal) {
  Take("hall-unclean.db");
  Open();
  ExpectSales();
  EXPECT_EQ(StateOf(1, 17), HoldState::kConfirmed);
  EXPECT_EQ(BalanceOf(30), 0);
  ExpectCleanBooks();
}

}  // namespace
}  // namespace seathold::testing
