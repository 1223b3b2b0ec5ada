// Names at the door of every call: what is kept, and what finds it.
#include <gmock/gmock.h>

#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

using ::testing::HasSubstr;

void RunSql(const std::string& path, const std::string& statement) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(db);
  sqlite3_close(db);
}

// A performance of a plan with one row of seats, in a category that is spelled composed.
struct Named : Hall {
  void BuildNamed(const std::vector<PlanSeat>& seats) {
    ASSERT_NO_FATAL_FAILURE(Open());
    Plan plan;
    plan.name = "Cafe\u0301";
    plan.categories = {{"Loge\u0301", ""}};
    plan.rows = {{"S", "A", 0, 0}};
    plan.seats = seats;
    for (std::uint32_t i = 0; i < seats.size(); ++i) plan.seats[i].place = i;
    const auto added = engine->catalog().AddVenue(plan, "Europe/Berlin");
    ASSERT_TRUE(added.ok()) << added.status().text();
    venue = *added;
    ShowSpec spec;
    spec.title = "Ge\u0301la";
    show = engine->catalog().AddShow(spec).value();
    performance = Add("Logé").value();
  }
  Result<PerformanceId> Add(const std::string& category, const std::string& name = "full") {
    PerformanceSpec spec = Spec();
    spec.prices = {{category, 0, name, kSeatPriceMinor}};
    return engine->catalog().AddPerformance(spec);
  }
  Result<SeatId> Find(std::string_view guid) {
    return engine->catalog().FindSeat(performance, guid);
  }
};

PlanSeat SeatNamed(std::string_view guid, std::string_view blocked = "") {
  PlanSeat seat;
  seat.guid = guid;
  seat.number = guid;
  seat.blocked = blocked;
  return seat;
}

TEST(Names, AreKeptComposed) {
  Named hall;
  ASSERT_NO_FATAL_FAILURE(hall.BuildNamed({SeatNamed("e\u0301")}));
  EXPECT_EQ(hall.engine->catalog().ListVenues()->at(0).name, "Café");
  EXPECT_EQ(hall.engine->catalog().ListShows()->at(0).title, "Géla");
  const auto plan = hall.engine->catalog().GetPlan(hall.venue).value();
  EXPECT_EQ(plan->seats[0].guid, "é");
  EXPECT_EQ(plan->categories[0].name, "Logé");
}

TEST(Names, FindTheirSeatHoweverTheyAreTyped) {
  Named hall;
  ASSERT_NO_FATAL_FAILURE(
      hall.BuildNamed({SeatNamed("Ré-A-1"), SeatNamed("Box 12"), SeatNamed("\u200Fשורה-١"),
                       SeatNamed("Ａ"), SeatNamed("A")}));
  const auto expect = [&](std::string_view guid, std::uint32_t ordinal) {
    const auto seat = hall.Find(guid);
    ASSERT_TRUE(seat.ok()) << guid;
    EXPECT_EQ(*seat, hall.Seat(ordinal)) << guid;
  };
  for (const char* guid :
       {"Ré-A-1", "Re\u0301-A-1", "R\u200Bé-A-1", "Ré-A-１", " Ré-A-1\u00A0", "Ré–A\u20111"}) {
    expect(guid, 0);
  }
  for (const char* guid : {"Box 12", "Box\u00A012", "Box  12", "Box １２", "Box ١٢"})
    expect(guid, 1);
  for (const char* guid : {"\u200Fשורה-١", "שורה-١", "שורה-1", "שורה-１"}) expect(guid, 2);
  expect("Ａ", 3);
  expect("A", 4);
  for (const std::string guid : {"ré-A-1", "Re-A-1", "Ré~A-1", "", "\xFF", "Ré-A-1\u11A7"}) {
    EXPECT_EQ(hall.Find(guid).status().code(), Code::kUnknownSeat) << guid;
  }
  EXPECT_EQ(hall.Find(std::string(1u << 20, 'x')).status().code(), Code::kUnknownSeat);
}

TEST(Names, OfRelease01AreFoundByEitherForm) {
  HallFolder folder;
  Named hall;
  hall.path = folder.File("old.db");
  ASSERT_NO_FATAL_FAILURE(hall.BuildNamed({SeatNamed("é-1"), SeatNamed("a"), SeatNamed("b")}));
  hall.engine.reset();
  // As that release kept them: as they came, and two that look the same side by side.
  RunSql(hall.path,
         "UPDATE plan_seats SET guid = 'e\u0301-1' WHERE ordinal = 0;"
         "UPDATE plan_seats SET guid = 'o\u0308' WHERE ordinal = 1;"
         "UPDATE plan_seats SET guid = 'ö' WHERE ordinal = 2;"
         "UPDATE categories SET name = 'Loge\u0301';");
  ASSERT_NO_FATAL_FAILURE(hall.Open());
  EXPECT_EQ(hall.Find("é-1").value(), hall.Seat(0));
  EXPECT_EQ(hall.Find("e\u0301-1").value(), hall.Seat(0));
  EXPECT_EQ(hall.Find("o\u0308").value(), hall.Seat(1));
  EXPECT_EQ(hall.Find("ö").value(), hall.Seat(2));
  EXPECT_TRUE(hall.Add("Logé").ok());
  EXPECT_TRUE(hall.Add("Loge\u0301").ok());
}

TEST(Names, OfCategoriesFindTheirPrice) {
  Named hall;
  ASSERT_NO_FATAL_FAILURE(hall.BuildNamed({SeatNamed("a")}));
  for (const char* category : {"Logé", "Loge\u0301", "Logé ", "Log\u00ADé"}) {
    EXPECT_TRUE(hall.Add(category).ok()) << category;
  }
  EXPECT_EQ(hall.Add("logé").status().code(), Code::kInvalidArgument);
  EXPECT_EQ(hall.Add("Loge").status().code(), Code::kInvalidArgument);
  PerformanceSpec twice = hall.Spec();
  twice.prices = {{"Logé", 0, "full", 1}, {"Loge\u0301", 0, "full", 2}};
  EXPECT_THAT(hall.engine->catalog().AddPerformance(twice).status().text(),
              HasSubstr("two prices"));
  const auto performance = hall.Add("Logé", "re\u0301duit");
  ASSERT_TRUE(performance.ok());
  const auto views = hall.engine->catalog().List({});
  EXPECT_EQ(views->back().prices.at(0).name, "réduit");
}

TEST(Names, ThatCannotBeKeptAreRefused) {
  Named hall;
  ASSERT_NO_FATAL_FAILURE(hall.BuildNamed({SeatNamed("a")}));
  for (const char* bad : {"가\u11A7", "x\u0378", "x\u202Ey", "x\u0085", "x\n"}) {
    ShowSpec spec;
    spec.title = bad;
    EXPECT_EQ(hall.engine->catalog().AddShow(spec).status().code(), Code::kInvalidText) << bad;
    EXPECT_EQ(hall.Add("Logé", bad).status().code(), Code::kInvalidText) << bad;
    const SeatId seat = hall.Seat(0);
    Status reply;
    hall.sales().Block(hall.performance, {&seat, 1}, bad, {&reply, 1});
    EXPECT_EQ(reply.code(), Code::kInvalidText) << bad;
  }
}

struct Broken : Named {
  void Build() {
    ASSERT_NO_FATAL_FAILURE(BuildNamed(
        {SeatNamed("1"), SeatNamed("2", "Broken"), SeatNamed("3"), SeatNamed("4", "kaputt")}));
  }
};

void ExpectBlocked(Broken& hall) {
  const auto count = hall.sales().Count(hall.performance);
  ASSERT_TRUE(count.ok());
  EXPECT_EQ(count->blocked, 2u);
  EXPECT_EQ(count->available, 2u);
  EXPECT_EQ(hall.Map()->at(1), SeatState::kBlocked);
  EXPECT_EQ(hall.Map()->at(0), SeatState::kAvailable);
  const HoldReply refused = hall.Hold(7, 1);
  ASSERT_FALSE(refused.status.ok());
  EXPECT_EQ(refused.conflicts[0].reason, Code::kSeatBlocked);
  EXPECT_FALSE(hall.Best(7, 3, hall.NewHold()).status.ok());
  EXPECT_EQ(hall.sales().Feed(hall.performance, 0, 10)->size(), 0u);
  hall.ExpectClean();
}

void SellThemAll(Broken& hall) {
  ASSERT_TRUE(hall.Block(1, false).ok());
  ASSERT_TRUE(hall.Block(3, false).ok());
  hall.Held(7, {0, 1, 2, 3});
  EXPECT_EQ(hall.sales().Count(hall.performance)->blocked, 0u);
  hall.ExpectClean();
}

TEST(BrokenSeats, AreBlockedAtEveryPerformanceUntilTheyAreMended) {
  Broken memory;
  ASSERT_NO_FATAL_FAILURE(memory.Build());
  ASSERT_NO_FATAL_FAILURE(ExpectBlocked(memory));
  ASSERT_NO_FATAL_FAILURE(SellThemAll(memory));
  memory.performance = memory.Add("Logé").value();
  ASSERT_NO_FATAL_FAILURE(ExpectBlocked(memory));

  HallFolder folder;
  Broken sqlite;
  sqlite.path = folder.File("broken.db");
  ASSERT_NO_FATAL_FAILURE(sqlite.Build());
  ASSERT_NO_FATAL_FAILURE(sqlite.Open());
  ASSERT_NO_FATAL_FAILURE(ExpectBlocked(sqlite));
  EXPECT_EQ(SqlNumber(sqlite.path, "SELECT count(*) FROM blocks WHERE reason = 'kaputt'"), 1);
  EXPECT_EQ(sqlite.engine->catalog().GetPlan(sqlite.venue).value()->seats[1].blocked, "Broken");
  ASSERT_NO_FATAL_FAILURE(SellThemAll(sqlite));
}

TEST(References, PayOnceHoweverTheyAreTyped) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(2, 4));
  const auto pay = [&](std::uint32_t seat, const std::string& reference) {
    return hall.PayOutside(7, hall.Held(7, {seat}), reference).status.code();
  };
  EXPECT_EQ(pay(0, "Quittung Mu\u0308ller 12"), Code::kOk);
  EXPECT_EQ(pay(1, "Quittung Müller 12"), Code::kReferenceUsed);
  EXPECT_EQ(pay(2, "Quittung Mu\u0308ller 12"), Code::kReferenceUsed);
  EXPECT_EQ(pay(3, "quittung Müller 12"), Code::kOk) << "case is another reference";
  EXPECT_EQ(pay(4, "Quittung Müller 12 "), Code::kOk) << "so is a blank";
  EXPECT_EQ(pay(5, "x\u0378"), Code::kInvalidText) << "what has no normal form is none";
  EXPECT_EQ(pay(6, "Café 1"), Code::kOk);
  EXPECT_EQ(pay(7, "Cafe\u0301 1"), Code::kReferenceUsed);
  hall.ExpectClean();
}

TEST(References, OfRelease01PayNoSecondTime) {
  HallFolder folder;
  Hall hall;
  hall.path = folder.File("old.db");
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 2));
  ASSERT_TRUE(hall.PayOutside(7, hall.Held(7, {0}), "plain").status.ok());
  hall.engine.reset();
  // SHA-256 of "seathold/reference", NUL, the reference as it was given, decomposed; its first
  // half.
  RunSql(hall.path,
         "UPDATE provider_references SET digest = x'c66327f90e5f6aab536975adbd1e04ad';"
         "UPDATE transfers SET reference = 'Mu\u0308ller' WHERE reference = 'plain';");
  ASSERT_NO_FATAL_FAILURE(hall.Open());
  const HoldId hold = hall.Held(7, {1});
  for (const char* form : {"Mu\u0308ller", "Müller"}) {
    EXPECT_EQ(hall.PayOutside(7, hold, form).status.code(), Code::kReferenceUsed) << form;
  }
}

// One request, sent again with its reference in another form.
struct Retyped {
  Hall& hall;
  ChargeRequest charge;
  ConfirmRequest confirm;

  TransferReply Charge(const std::string& reference, bool withdraw = false) {
    charge.reference = reference;
    TransferReply reply;
    Wallet& wallet = hall.engine->wallet();
    withdraw ? wallet.Withdraw({&charge, 1}, {&reply, 1})
             : wallet.Charge({&charge, 1}, {&reply, 1});
    return reply;
  }
  PayReply Confirm(const std::string& reference) {
    confirm.reference = reference;
    return hall.sales().Confirm(confirm);
  }
  void Expect(Code code, bool replayed, const std::string& reference) {
    const TransferReply charged = Charge(reference);
    EXPECT_EQ(charged.status.code(), code) << reference;
    EXPECT_EQ(charged.replayed, replayed) << reference;
    const PayReply paid = Confirm(reference);
    EXPECT_EQ(paid.status.code(), code) << reference;
    EXPECT_EQ(paid.replayed, replayed) << reference;
  }
};

Retyped MakeRetyped(Hall& hall) {
  Retyped one{hall, {}, {}};
  one.charge = {hall.NewTransfer(), UserId{7}, Money{500, *ParseCurrency("EUR")}, ""};
  one.confirm.performance = hall.performance;
  one.confirm.hold = hall.Held(7, {0});
  one.confirm.payment = hall.NewTransfer();
  one.confirm.user = UserId{7};
  one.confirm.tender = Tender::kExternal;
  return one;
}

TEST(References, AreOneRequestHoweverTheyAreTyped) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 2));
  Retyped one = MakeRetyped(hall);
  one.Expect(Code::kOk, false, "Cafe\u0301");
  one.Expect(Code::kOk, true, "Café");
  one.Expect(Code::kOk, true, "Cafe\u0301");
  one.Expect(Code::kIdempotencyMismatch, false, "Cafe");
  EXPECT_EQ(hall.engine->wallet().GetTransfer(one.charge.id)->reference, "Café");
  EXPECT_EQ(hall.engine->wallet().GetTransfer(one.confirm.payment)->reference, "Café");
  one.charge.id = hall.NewTransfer();
  EXPECT_FALSE(one.Charge("Café", true).replayed);
  EXPECT_TRUE(one.Charge("Cafe\u0301", true).replayed);
  hall.ExpectClean();
}

TEST(References, OfRelease01AreOneRequestHoweverTheyAreTyped) {
  HallFolder folder;
  Hall hall;
  hall.path = folder.File("old.db");
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 2));
  Retyped one = MakeRetyped(hall);
  one.Expect(Code::kOk, false, "Café");
  hall.engine.reset();
  RunSql(hall.path, "UPDATE transfers SET reference = 'Cafe\u0301'");
  ASSERT_NO_FATAL_FAILURE(hall.Open());
  for (const char* form : {"Café", "Cafe\u0301"}) one.Expect(Code::kOk, true, form);
  one.Expect(Code::kIdempotencyMismatch, false, "Cafe");
}

// As the documentation of the catalogue has them.
TEST(Names, TheirFaultsAreToldInTheOrderThatIsDocumented) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 1));
  Catalog& catalog = hall.engine->catalog();
  EXPECT_EQ(catalog.AddShow({.title = "bad \xff text", .grace_ms = 1}).code(), Code::kInvalidText);
  EXPECT_EQ(catalog.AddShow({.title = "Gala", .requires_pass = true, .grace_ms = 1}).code(),
            Code::kInvalidArgument);
  PerformanceSpec spec = hall.Spec();
  spec.prices[0].name = "bad \xff text";
  EXPECT_EQ(catalog.AddPerformance(spec).code(), Code::kInvalidText);
  spec.local_time = "25:00";
  EXPECT_EQ(catalog.AddPerformance(spec).code(), Code::kInvalidArgument);
  spec = hall.Spec();
  spec.prices[0].name = "bad \xff text";
  spec.starts_at = kHallStart;  // not what date and time say
  EXPECT_EQ(catalog.AddPerformance(spec).code(), Code::kInvalidArgument);
  spec.venue = VenueId{999};
  EXPECT_EQ(catalog.AddPerformance(spec).code(), Code::kUnknownVenue);
  spec.show = ShowId{999};
  EXPECT_EQ(catalog.AddPerformance(spec).code(), Code::kUnknownShow);
  EXPECT_EQ(catalog.GetPlan(VenueId{999}).code(), Code::kUnknownVenue);
  EXPECT_EQ(catalog.FindSeat(PerformanceId{999}, "none").code(), Code::kUnknownPerformance);
  EXPECT_EQ(catalog.FindSeat(hall.performance, "none").code(), Code::kUnknownSeat);
  EXPECT_EQ(catalog.ListSeats(PerformanceId{999}).code(), Code::kUnknownPerformance);
  EXPECT_EQ(catalog.SetSale(PerformanceId{999}, true), Code::kUnknownPerformance);
  ASSERT_TRUE(hall.engine->Close().ok());
  EXPECT_EQ(catalog.FindSeat(PerformanceId{999}, "none").code(), Code::kClosed);
  EXPECT_EQ(catalog.GetPlan(VenueId{999}).code(), Code::kClosed);
  EXPECT_EQ(catalog.ListVenues().code(), Code::kClosed);
  EXPECT_EQ(catalog.List({}).code(), Code::kClosed);
  EXPECT_EQ(catalog.SetSale(PerformanceId{999}, true), Code::kClosed);
  spec.starts_at = {};
  EXPECT_EQ(catalog.AddPerformance(spec).code(), Code::kClosed);
}

}  // namespace
}  // namespace seathold::testing
