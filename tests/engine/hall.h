// An engine over one hall, with a hand on its clock and on its storage, and calls in one line.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "seathold/adapter/parts.h"
#include "seathold/engine.h"
#include "seathold/plan.h"
#include "tests/support/faulty_storage.h"

namespace seathold::testing {

inline constexpr TimeUs kHallStart{1'700'000'000'000'000};
inline constexpr std::int64_t kSeatPriceMinor = 1'000;
inline const Currency kEuro = *ParseCurrency("EUR");

class HallFolder {
 public:
  HallFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "seathold-engine-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~HallFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  HallFolder(const HallFolder&) = delete;
  HallFolder& operator=(const HallFolder&) = delete;

  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// One number by plain SQL, past every class of the library. The query is a test's own text.
inline std::int64_t SqlNumber(const std::string& path, const char* query) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(db, query, -1, &statement, nullptr), SQLITE_OK)
      << sqlite3_errmsg(db);
  EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW) << sqlite3_errmsg(db);
  const std::int64_t number = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return number;
}

// Set what is wanted, then Build (or Open, on a file that was built before).
struct Hall {
  EngineOptions options;
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(kHallStart);
  std::shared_ptr<Faults> faults = std::make_shared<Faults>();
  std::unique_ptr<Engine> engine;
  VenueId venue;
  ShowId show;
  PerformanceId performance;
  std::string path;              // empty = memory
  std::shared_ptr<LogSink> log;  // shared with the engine; null = none

  Hall() { options.test_only_cheap_password_hash = true; }

  Status TryOpen() {
    EngineParts parts;
    parts.clock = clock;
    parts.log = log;
    auto inner = path.empty() ? NewMemoryStorage() : NewSqliteStorage({.path = path, .vfs = ""});
    parts.storage = std::make_unique<FaultyStorage>(std::move(inner), faults);
    auto opened = Engine::Open(options, std::move(parts));
    if (opened.ok()) engine = std::move(opened).value();
    return opened.status();
  }
  void Open() {
    engine.reset();
    const Status opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened.text();
  }
  void Build(int rows, int seats_per_row, std::uint32_t user_limit = 0) {
    ASSERT_NO_FATAL_FAILURE(Open());
    const auto plan = MakePlan("Hall", rows, seats_per_row, 1);
    ASSERT_TRUE(plan.ok());
    const auto added = engine->catalog().AddVenue(*plan, "Europe/Berlin");
    ASSERT_TRUE(added.ok()) << added.status().text();
    venue = *added;
    ShowSpec spec;
    spec.title = "Gala";
    const auto shown = engine->catalog().AddShow(spec);
    ASSERT_TRUE(shown.ok()) << shown.status().text();
    show = *shown;
    performance = AddPerformance(user_limit);
  }
  PerformanceSpec Spec() const {
    PerformanceSpec spec;
    spec.show = show;
    spec.venue = venue;
    spec.local_date = "2036-12-31";
    spec.local_time = "19:30";
    spec.currency = kEuro;
    spec.prices.push_back({"Category A", 0, "full", kSeatPriceMinor});
    return spec;
  }
  PerformanceId AddPerformance(std::uint32_t user_limit = 0) {
    PerformanceSpec spec = Spec();
    spec.user_limit = user_limit;
    const auto added = engine->catalog().AddPerformance(spec);
    EXPECT_TRUE(added.ok()) << added.status().text();
    return added.ok() ? *added : PerformanceId{};
  }

  HoldId NewHold() { return HoldId{engine->NewId()}; }
  TransferId NewTransfer() { return TransferId{engine->NewId()}; }
  SeatId Seat(std::uint32_t ordinal) const { return MakeSeatId(venue, ordinal); }
  ReservationSystem& sales() { return engine->reservations(); }

  HoldReply Hold(std::uint64_t user, const std::vector<std::uint32_t>& ordinals, HoldId id,
                 std::int64_t timeout_ms = 5'000, std::int64_t ttl_ms = 0) {
    std::vector<SeatTicket> seats;
    for (const std::uint32_t o : ordinals) seats.push_back({Seat(o), 0});
    HoldRequest request;
    request.id = id;
    request.user = UserId{user};
    request.performance = performance;
    request.seats = seats;
    request.ttl_ms = ttl_ms;
    return sales().Hold(request, {timeout_ms});
  }
  HoldReply Hold(std::uint64_t user, std::uint32_t ordinal) {
    return Hold(user, std::vector<std::uint32_t>{ordinal}, NewHold());
  }
  // A hold that must be had.
  HoldId Held(std::uint64_t user, const std::vector<std::uint32_t>& ordinals) {
    const HoldId id = NewHold();
    const HoldReply reply = Hold(user, ordinals, id);
    EXPECT_TRUE(reply.status.ok()) << reply.status.text();
    return id;
  }
  HoldReply Best(std::uint64_t user, int seats, HoldId id, bool allow_split = true) {
    BestRequest request;
    request.id = id;
    request.user = UserId{user};
    request.performance = performance;
    request.seats = seats;
    request.allow_split = allow_split;
    return sales().HoldBest(request, {60'000});
  }
  PayReply Pay(std::uint64_t user, HoldId hold, TransferId payment) {
    ConfirmRequest request;
    request.performance = performance;
    request.hold = hold;
    request.payment = payment;
    request.user = UserId{user};
    return sales().Confirm(request, {60'000});
  }
  PayReply PayOutside(std::uint64_t user, HoldId hold, const std::string& reference) {
    ConfirmRequest request;
    request.performance = performance;
    request.hold = hold;
    request.payment = NewTransfer();
    request.user = UserId{user};
    request.tender = Tender::kExternal;
    request.reference = reference;
    return sales().Confirm(request, {60'000});
  }
  Status Cancel(std::uint64_t user, HoldId hold) {
    const CancelRequest request{performance, hold, UserId{user}};
    return sales().Cancel(request, {60'000});
  }
  PayReply Refund(HoldId hold) {
    const RefundRequest request{NewTransfer(), performance, hold};
    return sales().Refund(request);
  }
  Status Block(std::uint32_t ordinal, bool block = true) {
    const SeatId seat = Seat(ordinal);
    Status reply;
    if (block) {
      sales().Block(performance, {&seat, 1}, "rope", {&reply, 1});
    } else {
      sales().Unblock(performance, {&seat, 1}, {&reply, 1});
    }
    return reply;
  }
  TransferReply Charge(std::uint64_t user, std::int64_t minor) {
    const ChargeRequest request{NewTransfer(), UserId{user}, Money{minor, kEuro}, "card"};
    return engine->wallet().Charge(request, {60'000});
  }
  std::int64_t Balance(std::uint64_t user) {
    const auto balance = engine->wallet().Balance(UserId{user}, kEuro);
    EXPECT_TRUE(balance.ok()) << balance.status().text();
    return balance.ok() ? balance->minor : -1;
  }
  HoldState StateOf(HoldId hold, bool settle = false) {
    const auto view = sales().Get(performance, hold, settle);
    return view.ok() ? view->state : HoldState::kNone;
  }
  std::shared_ptr<const SeatMap> Map() {
    auto map = sales().Map(performance);
    EXPECT_TRUE(map.ok()) << map.status().text();
    return map.ok() ? *map : std::make_shared<SeatMap>();
  }
  void ExpectClean() {
    const auto report = engine->Verify({60'000});
    ASSERT_TRUE(report.ok()) << report.status().text();
    EXPECT_GE(report->checks.size(), 5u);
    for (const AuditFinding& finding : report->findings) {
      ADD_FAILURE() << finding.check << ": " << finding.detail;
    }
  }
};

}  // namespace seathold::testing
