// A performance starts when its venue's clock says so, and nothing of it is sold from then on.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "seathold/adapter/parts.h"
#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

constexpr TimeUs kStartOfSpec{2'114'361'000 * kUsPerSecond};  // 2036-12-31 19:30 in Berlin

void RunSql(const std::string& path, const char* sql) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
  sqlite3_close(db);
}

PerformanceView Listed(Hall& hall, PerformanceId id) {
  const auto views = hall.engine->catalog().List({});
  EXPECT_TRUE(views.ok()) << views.status().text();
  for (const PerformanceView& view : views.value()) {
    if (view.id == id) return view;
  }
  ADD_FAILURE() << "performance " << id.value << " is not listed";
  return {};
}

TEST(PerformanceStart, IsComputedKeptListedAndTheEndOfTheSale) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(2, 5));
  const PerformanceView view = Listed(hall, hall.performance);
  EXPECT_EQ(view.starts_at, kStartOfSpec);
  EXPECT_EQ(view.utc_offset_s, 3'600);
  EXPECT_TRUE(view.availability.on_sale);
  hall.clock->Set(TimeUs{kStartOfSpec.value - 1});
  EXPECT_TRUE(hall.Hold(1, 0).status.ok());
  hall.clock->Set(kStartOfSpec);
  EXPECT_EQ(hall.Hold(1, 1).status.code(), Code::kSaleEnded);
  EXPECT_EQ(hall.Best(1, 1, hall.NewHold()).status.code(), Code::kSaleEnded);
  EXPECT_FALSE(Listed(hall, hall.performance).availability.on_sale);
  ASSERT_TRUE(hall.engine->catalog().SetSale(hall.performance, true).ok());
  EXPECT_EQ(hall.Hold(1, 1).status.code(), Code::kSaleEnded) << "no switch turns time back";
}

TEST(PerformanceStart, AVenueWithoutAZoneIsInUtc) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 1));
  const auto venue = hall.engine->catalog().AddVenue(*MakePlan("Barn", 1, 1, 1), "");
  ASSERT_TRUE(venue.ok());
  EXPECT_EQ(hall.engine->catalog().ListVenues()->back().zone, "UTC");
  PerformanceSpec spec = hall.Spec();
  spec.venue = *venue;
  const PerformanceView view = Listed(hall, hall.engine->catalog().AddPerformance(spec).value());
  EXPECT_EQ(view.starts_at, AddMs(kStartOfSpec, 3'600'000));
  EXPECT_EQ(view.utc_offset_s, 0);
}

TEST(PerformanceStart, LinksOfZonesKeepTheirName) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 1));
  ASSERT_TRUE(hall.engine->catalog().AddVenue(*MakePlan("Opera", 1, 1, 1), "Europe/Kiev").ok());
  EXPECT_EQ(hall.engine->catalog().ListVenues()->back().zone, "Europe/Kiev");
}

struct Lines final : LogSink {
  std::vector<std::string> warnings;
  void Write(LogLevel level, std::string_view line) noexcept override {
    if (level == LogLevel::kWarning) warnings.emplace_back(line);
  }
};

TEST(PerformanceStart, OneInThePastIsAddedWithAWarningAndNotSold) {
  const auto lines = std::make_shared<Lines>();
  const auto clock = std::make_shared<ManualClock>(kHallStart);  // 2023-11-14
  EngineOptions options;
  options.storage = "memory:";
  EngineParts parts;
  parts.clock = clock;
  parts.log = lines;
  auto engine = Engine::Open(options, std::move(parts));
  ASSERT_TRUE(engine.ok()) << engine.status().text();
  Catalog& catalog = (*engine)->catalog();
  PerformanceSpec spec;
  spec.venue = catalog.AddVenue(*MakePlan("Barn", 1, 1, 1), "Europe/Berlin").value();
  spec.show = catalog.AddShow(ShowSpec{.title = "Gala"}).value();
  spec.local_date = "2020-01-01";
  spec.local_time = "20:00";
  spec.currency = kEuro;
  spec.prices = {{"Category A", 0, "full", 1'000}};
  ASSERT_TRUE(catalog.AddPerformance(spec).ok());
  ASSERT_EQ(lines->warnings.size(), 1u);
  EXPECT_EQ(lines->warnings[0],
            "performance 1: nothing of it can be sold: its start is in the past "
            "(2020-01-01T19:00:00Z; it is 2023-11-14T22:13:20Z now)");
  EXPECT_FALSE(catalog.List({})->at(0).availability.on_sale);
  spec.local_date = "2036-01-01";
  ASSERT_TRUE(catalog.AddPerformance(spec).ok());
  EXPECT_EQ(lines->warnings.size(), 1u) << "one in the future is not warned of";
}

// What release 0.1 took for a zone and for a currency.
TEST(PerformanceStart, VenuesWhoseZoneIsNoneGoOnAndNeedTheStart) {
  HallFolder folder;
  Hall hall;
  hall.path = folder.File("hall.db");
  ASSERT_NO_FATAL_FAILURE(hall.Build(2, 5));
  hall.engine.reset();
  RunSql(hall.path, "UPDATE venues SET zone = 'CEST'; UPDATE performances SET starts_at_us = 0");
  ASSERT_NO_FATAL_FAILURE(hall.Open());
  EXPECT_TRUE(hall.Hold(1, 0).status.ok());
  EXPECT_EQ(Listed(hall, hall.performance).utc_offset_s, std::nullopt) << "was not told";
  PerformanceSpec spec = hall.Spec();
  const Status refused = hall.engine->catalog().AddPerformance(spec).status();
  EXPECT_EQ(refused.code(), Code::kInvalidArgument);
  EXPECT_EQ(refused.detail().find("the venue's zone \"CEST\" is not known"), 0u)
      << refused.detail();
  EXPECT_NE(refused.detail().find("starts_at is needed"), std::string_view::npos);
  spec.starts_at = kStartOfSpec;
  const auto added = hall.engine->catalog().AddPerformance(spec);
  ASSERT_TRUE(added.ok()) << added.status().text();
  EXPECT_EQ(Listed(hall, *added).utc_offset_s, 3'600);
}

TEST(WithdrawnCurrency, IsReadSoldAndPaidOutButNotCharged) {
  HallFolder folder;
  Hall hall;
  hall.path = folder.File("hall.db");
  ASSERT_NO_FATAL_FAILURE(hall.Build(2, 5));
  ASSERT_TRUE(hall.Charge(1, 3'000).status.ok());
  hall.engine.reset();
  RunSql(hall.path,
         "UPDATE performances SET currency = 'BGN'; UPDATE balances SET currency = 'BGN';"
         "UPDATE transfers SET currency = 'BGN'");
  ASSERT_NO_FATAL_FAILURE(hall.Open());
  const Currency lev = *CurrencyOfLetters("BGN");
  Wallet& wallet = hall.engine->wallet();
  EXPECT_EQ(wallet.Balance(UserId{1}, lev)->minor, 3'000);
  const HoldId hold = hall.Held(1, {0});
  EXPECT_TRUE(hall.Pay(1, hold, hall.NewTransfer()).status.ok());
  ChargeRequest request{hall.NewTransfer(), UserId{1}, Money{2'000, lev}, ""};
  TransferReply reply = wallet.Charge(request);
  EXPECT_EQ(reply.status.code(), Code::kInvalidArgument);
  reply = wallet.Withdraw(request);
  EXPECT_TRUE(reply.status.ok()) << reply.status.text();
  EXPECT_EQ(wallet.Statement(UserId{1}, lev, 0, 10)->size(), 3u);
  hall.ExpectClean();
}

}  // namespace
}  // namespace seathold::testing
