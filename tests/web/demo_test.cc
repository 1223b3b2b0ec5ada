// The demonstration on a database of its own: it goes on where it ended.
#include <signal.h>

#include <algorithm>
#include <thread>

#include "examples/web/demo_programme.h"
#include "tests/web/program.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

class DemoProgrammes : public ::testing::Test {
 protected:
  void SetUp() override {
    EngineOptions options;
    options.storage = "memory:";
    auto engine = Engine::Open(options);
    ASSERT_TRUE(engine.ok()) << engine.status().text();
    engine_ = std::move(*engine);
  }

  web::DemoProgramme Opened() {
    const auto opened = web::OpenProgramme(*engine_, hall_);
    EXPECT_TRUE(opened.ok() && *opened);
    return opened.ok() && *opened ? **opened : web::DemoProgramme{};
  }

  // All seats of a date, to people with a pass.
  void SellOut(const demo::Programme& programme, PerformanceId date) {
    const UserId user{static_cast<std::uint64_t>(1 + date.value)};
    const Place place = engine_->queue().Join({programme.show, user});
    ASSERT_TRUE(place.ok()) << place.status.text();
    const HoldId hold{engine_->NewId()};
    const SeatTicket seats[] = {{MakeSeatId(programme.venue, 0)}, {MakeSeatId(programme.venue, 1)}};
    const HoldReply held = engine_->reservations().Hold(
        {.id = hold, .user = user, .performance = date, .seats = seats, .pass = place.pass.view()});
    ASSERT_TRUE(held.status.ok()) << held.status.text();
    const std::string reference = "till " + std::to_string(date.value);
    ConfirmRequest confirm;
    confirm.performance = date;
    confirm.hold = hold;
    confirm.payment = TransferId{engine_->NewId()};
    confirm.user = user;
    confirm.tender = Tender::kExternal;
    confirm.reference = reference;
    const PayReply paid = engine_->reservations().Confirm(confirm);
    ASSERT_TRUE(paid.status.ok()) << paid.status.text();
  }

  std::vector<std::string> Days() {
    std::vector<std::string> days;
    const auto dates = engine_->catalog().List({});
    for (const PerformanceView& date : *dates) days.push_back(date.local_date);
    return days;
  }

  std::unique_ptr<Engine> engine_;
  const demo::Hall hall_{*MakePlan("Closet", 1, 2)};
};

TEST_F(DemoProgrammes, OneThatIsFoundAgainIsTheSame) {
  const web::DemoProgramme first = Opened(), again = Opened();
  EXPECT_FALSE(first.resumed);
  EXPECT_TRUE(again.resumed);
  EXPECT_EQ(again.programme.show, first.programme.show);
  EXPECT_EQ(again.programme.tonight, first.programme.tonight);
  EXPECT_EQ(again.programme.tomorrow, first.programme.tomorrow);
  EXPECT_EQ(Days(), (std::vector<std::string>{"2036-12-30", "2036-12-31"}));
}

TEST_F(DemoProgrammes, WhatIsSoldOutIsFollowedByAnotherDate) {
  const demo::Programme first = Opened().programme;
  ASSERT_NO_FATAL_FAILURE(SellOut(first, first.tonight));
  const demo::Programme second = Opened().programme;
  EXPECT_EQ(second.tonight, first.tomorrow);
  EXPECT_NE(second.tomorrow, first.tonight);
  EXPECT_EQ(Days(), (std::vector<std::string>{"2036-12-30", "2036-12-31", "2037-01-01"}));
  ASSERT_NO_FATAL_FAILURE(SellOut(second, second.tonight));
  ASSERT_NO_FATAL_FAILURE(SellOut(second, second.tomorrow));
  const demo::Programme third = Opened().programme;
  EXPECT_EQ(Days().size(), 5u);
  const auto dates = *engine_->catalog().List({});
  const auto found = std::ranges::find(dates, third.tonight, &PerformanceView::id);
  ASSERT_NE(found, dates.end());
  EXPECT_EQ(found->availability.available, 2u);
}

TEST_F(DemoProgrammes, SomebodyElsesDatabaseIsLeftAlone) {
  Catalog& catalog = engine_->catalog();
  ASSERT_TRUE(catalog.AddVenue(*MakePlan("Closet", 1, 2), "UTC").ok());
  ASSERT_TRUE(catalog.AddShow({.title = "Summer journey"}).ok());
  EXPECT_FALSE(*web::OpenProgramme(*engine_, hall_));
  EXPECT_EQ(Days().size(), 0u);
}

TEST_F(DemoProgrammes, AShowOfThatTitleInAnotherHallIsSomebodyElses) {
  (void)Opened();
  const demo::Hall other(*MakePlan("Closet", 1, 3));
  EXPECT_FALSE(*web::OpenProgramme(*engine_, other));
  EXPECT_EQ(Days().size(), 2u);
}

TEST(DemoDates, DaysFollowOneAnother) {
  EXPECT_EQ(web::DayAfter("2036-12-31"), "2037-01-01");
  EXPECT_EQ(web::DayAfter("2036-02-28"), "2036-02-29");
  EXPECT_EQ(web::DayAfter("2037-02-28"), "2037-03-01");
}

std::int64_t SoldIn(const WebProgram& program) {
  const Json map = Ask(program.port(), {.path = "/api/performances/1/map"}).json();
  return map.Find("sold") == nullptr ? 0 : map.Find("sold")->AsInt64().value_or(0);
}

std::int64_t SoldBeyond(const WebProgram& program, std::int64_t before) {
  std::int64_t sold = before;
  for (int i = 0; i < 1'200 && sold <= before; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    sold = SoldIn(program);
  }
  return sold;
}

TEST(DemoProgram, KilledAndStartedAgainItsCrowdGoesOn) {
  if (WebProgramPath().empty()) GTEST_SKIP() << "no seathold-web was built";
  const WebFolder folder;
  const std::vector<std::string> arguments = {
      "--demo",       "--db", folder.Path("demo.db"), "--demo-buyers", "500",
      "--demo-speed", "200",  "--log-level",          "error"};
  std::int64_t sold = 0;
  for (const char* told : {"password: ", "the password of its first start"}) {
    WebProgram program(arguments);
    ASSERT_NE(program.port(), 0) << program.Log();
    EXPECT_NE(program.announced().find(told), std::string::npos) << program.announced();
    const std::int64_t before = SoldIn(program);
    EXPECT_GE(before, sold);
    sold = SoldBeyond(program, before);
    EXPECT_GT(sold, before);
    program.Kill();
  }
}

TEST(DemoProgram, OnADatabaseOfSomebodyElsesItSaysThatNobodyComes) {
  if (WebProgramPath().empty()) GTEST_SKIP() << "no seathold-web was built";
  const WebFolder folder;
  {
    EngineOptions options;
    options.storage = "sqlite:" + folder.Path("own.db");
    auto engine = Engine::Open(options);
    ASSERT_TRUE(engine.ok()) << engine.status().text();
    ASSERT_TRUE((*engine)->catalog().AddShow({.title = "Ours"}).ok());
  }
  const WebProgram program({"--demo", "--db", folder.Path("own.db"), "--log-level", "error"});
  ASSERT_NE(program.port(), 0) << program.Log();
  EXPECT_NE(program.announced().find("no demonstration"), std::string::npos) << program.announced();
}

}  // namespace
}  // namespace seathold::testing
