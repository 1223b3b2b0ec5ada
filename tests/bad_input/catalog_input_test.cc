// Venues, shows and performances that must not be added, and look-ups of what is not there.
#include <limits>

#include "tests/bad_input/bad_hall.h"

namespace seathold::testing {
namespace {

class CatalogInput : public BadInput {
 protected:
  Catalog& catalog() { return hall_.engine->catalog(); }
  Code Add(const Plan& plan, std::string_view zone = "") {
    return catalog().AddVenue(plan, zone).status().code();
  }
  Code Add(const ShowSpec& spec) { return catalog().AddShow(spec).status().code(); }
  Code Add(const PerformanceSpec& spec) { return catalog().AddPerformance(spec).status().code(); }
  static Plan GoodPlan() { return *MakePlan("Another hall", 2, 3, 1); }
  static ShowSpec GoodShow() {
    ShowSpec spec;
    spec.title = "Another gala";
    return spec;
  }

  void TearDown() override {
    EXPECT_EQ(catalog().ListVenues()->size(), 1u);
    EXPECT_EQ(catalog().ListShows()->size(), 1u);
    EXPECT_EQ(catalog().List({})->size(), performances_);
    BadInput::TearDown();
  }
  std::size_t performances_ = 1;
};

TEST_F(CatalogInput, VenueWithoutSeats) {
  Plan plan = GoodPlan();
  plan.seats.clear();
  EXPECT_EQ(Add(plan), Code::kInvalidPlan);
  EXPECT_EQ(Add(Plan{}), Code::kInvalidPlan);
}

TEST_F(CatalogInput, VenueWhoseSeatsNameWhatIsNotThere) {
  Plan plan = GoodPlan();
  plan.seats[1].category = 1;
  EXPECT_EQ(Add(plan), Code::kInvalidPlan);
  plan = GoodPlan();
  plan.seats[1].row = 2;
  EXPECT_EQ(Add(plan), Code::kInvalidPlan);
  plan = GoodPlan();
  std::swap(plan.seats[0], plan.seats[5]);  // not row by row
  EXPECT_EQ(Add(plan), Code::kInvalidPlan);
}

TEST_F(CatalogInput, VenueWithANameTwiceOrNone) {
  Plan plan = GoodPlan();
  plan.seats[1].guid = plan.seats[0].guid;
  EXPECT_EQ(Add(plan), Code::kInvalidPlan);
  plan.seats[1].guid = "";
  EXPECT_EQ(Add(plan), Code::kInvalidPlan);
  plan = GoodPlan();
  plan.categories.push_back(plan.categories[0]);
  EXPECT_EQ(Add(plan), Code::kInvalidPlan);
  plan = GoodPlan();
  plan.categories[0].name = "";
  EXPECT_EQ(Add(plan), Code::kInvalidPlan);
}

TEST_F(CatalogInput, VenueWithTextThatIsNone) {
  for (const std::string_view bad : kBadTexts) {
    Plan plan = GoodPlan();
    plan.name = bad;
    EXPECT_EQ(Add(plan), Code::kInvalidPlan) << "name";
    plan = GoodPlan();
    plan.categories[0].name = bad;
    EXPECT_EQ(Add(plan), Code::kInvalidPlan) << "category";
    plan = GoodPlan();
    plan.categories[0].color = bad;
    EXPECT_EQ(Add(plan), Code::kInvalidPlan) << "color";
    plan = GoodPlan();
    plan.rows[0].section = bad;
    EXPECT_EQ(Add(plan), Code::kInvalidPlan) << "section";
    plan = GoodPlan();
    plan.rows[0].name = bad;
    EXPECT_EQ(Add(plan), Code::kInvalidPlan) << "row";
    plan = GoodPlan();
    plan.seats[0].guid = bad;
    EXPECT_EQ(Add(plan), Code::kInvalidPlan) << "guid";
    plan = GoodPlan();
    plan.seats[0].number = bad;
    EXPECT_EQ(Add(plan), Code::kInvalidPlan) << "number";
    plan = GoodPlan();
    plan.seats[0].attributes = bad;
    EXPECT_EQ(Add(plan), Code::kInvalidPlan) << "attributes";
    EXPECT_EQ(Add(GoodPlan(), bad), Code::kInvalidText) << "zone";
  }
  EXPECT_EQ(Add(GoodPlan(), std::string(101, 'z')), Code::kInvalidText);
}

TEST_F(CatalogInput, VenueInAZoneThatIsNone) {
  for (const std::string_view bad :
       {"Mars/Base", "CEST", "localtime", "europe/berlin", "Factory", "posix/Europe/Berlin",
        "../Europe/Berlin", "+01:00", " ", "Europe/Berlin ", "Z"}) {
    const Status status = catalog().AddVenue(GoodPlan(), bad).status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument) << bad;
    EXPECT_EQ(status.detail().find("zone \"" + std::string(bad) + "\""), 0u) << status.detail();
  }
}

TEST_F(CatalogInput, VenueWithANumberThatIsNone) {
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Plan plan = GoodPlan();
    plan.seats[0].x = bad;
    EXPECT_EQ(Add(plan), Code::kInvalidPlan);
    plan = GoodPlan();
    plan.seats[0].y = bad;
    EXPECT_EQ(Add(plan), Code::kInvalidPlan);
  }
}

TEST_F(CatalogInput, ShowWithoutATitleOrWithOneThatIsNoText) {
  ShowSpec spec = GoodShow();
  spec.title = "";
  EXPECT_EQ(Add(spec), Code::kInvalidArgument);
  spec.title = std::string(201, 't');
  EXPECT_EQ(Add(spec), Code::kInvalidText);
  for (const std::string_view bad : kBadTexts) {
    spec.title = bad;
    EXPECT_EQ(Add(spec), Code::kInvalidText);
  }
}

TEST_F(CatalogInput, ShowWhoseTitleNobodyCanRead) {
  ShowSpec spec = GoodShow();
  for (const char* blank : {" ", "   ", "\u00A0", "\u3000", "\u200B", "\u2800", "\u3164"}) {
    spec.title = blank;
    EXPECT_EQ(Add(spec), Code::kInvalidArgument) << blank;
  }
}

TEST_F(CatalogInput, ShowWithoutAQueueThatHasWhatOnlyAQueueHas) {
  const auto told = [&](auto set) {
    ShowSpec spec = GoodShow();
    set(spec);
    const Status status = catalog().AddShow(spec).status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument);
    return std::string(status.detail().substr(0, status.detail().find(' ')));
  };
  EXPECT_EQ(told([](ShowSpec& spec) { spec.active_max = 1; }), "active_max");
  EXPECT_EQ(told([](ShowSpec& spec) { spec.rate_per_s = 1; }), "rate_per_s");
  EXPECT_EQ(told([](ShowSpec& spec) { spec.grace_ms = 60'001; }), "grace_ms");
  EXPECT_EQ(told([](ShowSpec& spec) { spec.pass_ms = 599'999; }), "pass_ms");
}

TEST_F(CatalogInput, ShowWithTimesOutOfRange) {
  for (const std::int64_t ms : {std::int64_t{999}, std::int64_t{86'400'001}, std::int64_t{0},
                                std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
    ShowSpec spec = GoodShow();
    spec.grace_ms = ms;
    EXPECT_EQ(Add(spec), Code::kInvalidArgument) << ms;
    spec = GoodShow();
    spec.pass_ms = ms;
    EXPECT_EQ(Add(spec), Code::kInvalidArgument) << ms;
  }
}

TEST_F(CatalogInput, PerformanceOfWhatIsNotThere) {
  PerformanceSpec spec = hall_.Spec();
  spec.show = {};
  EXPECT_EQ(Add(spec), Code::kInvalidArgument);
  spec.show = ShowId{77};
  EXPECT_EQ(Add(spec), Code::kUnknownShow);
  spec = hall_.Spec();
  spec.venue = {};
  EXPECT_EQ(Add(spec), Code::kInvalidArgument);
  spec.venue = VenueId{77};
  EXPECT_EQ(Add(spec), Code::kUnknownVenue);
  spec.venue = VenueId{UINT64_MAX};
  EXPECT_EQ(Add(spec), Code::kUnknownVenue);
}

TEST_F(CatalogInput, PerformanceWithTextThatIsNone) {
  for (const std::string_view bad : kBadTexts) {
    PerformanceSpec spec = hall_.Spec();
    spec.local_date = bad;
    EXPECT_EQ(Add(spec), Code::kInvalidText);
    spec = hall_.Spec();
    spec.local_time = bad;
    EXPECT_EQ(Add(spec), Code::kInvalidText);
    spec = hall_.Spec();
    spec.prices[0].name = bad;
    EXPECT_EQ(Add(spec), Code::kInvalidText);
    spec = hall_.Spec();
    spec.prices[0].category = bad;
    EXPECT_EQ(Add(spec), Code::kInvalidText);
  }
  PerformanceSpec spec = hall_.Spec();
  spec.local_date = std::string(41, '1');
  EXPECT_EQ(Add(spec), Code::kInvalidText);
  spec = hall_.Spec();
  spec.prices[0].name = std::string(101, 'n');
  EXPECT_EQ(Add(spec), Code::kInvalidText);
}

TEST_F(CatalogInput, PerformanceWithNumbersOutOfRange) {
  for (const std::int64_t ms : {std::int64_t{-1}, std::int64_t{1}, std::int64_t{999},
                                std::int64_t{86'400'001}, INT64_MIN, INT64_MAX}) {
    PerformanceSpec spec = hall_.Spec();
    spec.hold_ttl_ms = ms;
    EXPECT_EQ(Add(spec), Code::kInvalidArgument) << ms;
  }
  for (TimeUs PerformanceSpec::*field :
       {&PerformanceSpec::starts_at, &PerformanceSpec::sale_opens_at,
        &PerformanceSpec::sale_ends_at}) {
    for (const std::int64_t us : {std::int64_t{-1}, INT64_MIN, kTimeMax.value + 1, INT64_MAX}) {
      PerformanceSpec spec = hall_.Spec();
      spec.*field = TimeUs{us};
      EXPECT_EQ(Add(spec), Code::kInvalidArgument) << us;
    }
  }
  PerformanceSpec spec = hall_.Spec();
  spec.currency = Currency{};
  EXPECT_EQ(Add(spec), Code::kInvalidArgument);
  spec.currency = Currency{{'E', 'u', 'R'}};
  EXPECT_EQ(Add(spec), Code::kInvalidArgument);
  for (const char* code : {"ZZZ", "DEM", "HRK", "XXX", "XAU"}) {
    spec.currency = *CurrencyOfLetters(code);
    EXPECT_EQ(Add(spec), Code::kInvalidArgument) << code;
  }
}

TEST_F(CatalogInput, PerformanceOnADayOrAtATimeThatIsNone) {
  const auto told = [&](const char* date, const char* time) {
    PerformanceSpec spec = hall_.Spec();
    spec.local_date = date;
    spec.local_time = time;
    const Status status = catalog().AddPerformance(spec).status();
    EXPECT_EQ(status.code(), Code::kInvalidArgument) << date << " " << time;
    return std::string(status.detail().substr(0, status.detail().find(' ')));
  };
  for (const char* date : {"2027-02-30", "2026-13-31", "0000-00-00", "hello", "", "2036-12-31Z"}) {
    EXPECT_EQ(told(date, "19:30"), "local_date") << date;
  }
  for (const char* time : {"24:00", "23:60", "8pm", "99:99", "", "19:30+01:00"}) {
    EXPECT_EQ(told("2036-12-31", time), "local_time") << time;
  }
  EXPECT_EQ(told("2026-03-29", "02:30"), "local_time") << "the clock skips it";
  EXPECT_EQ(told("2026-10-25", "02:30"), "local_time") << "the clock has it twice";
}

TEST_F(CatalogInput, PerformanceWhoseTimesContradictEachOther) {
  PerformanceSpec spec = hall_.Spec();  // 18:30 UTC
  const TimeUs start{2'114'361'000 * kUsPerSecond};
  spec.starts_at = AddMs(start, 2 * 3'600'000);
  EXPECT_EQ(Add(spec), Code::kInvalidArgument) << "two hours off the venue's zone";
  spec = hall_.Spec();
  spec.sale_ends_at = AddMs(start, 1);
  EXPECT_EQ(Add(spec), Code::kInvalidArgument) << "a sale past the start";
  spec = hall_.Spec();
  spec.sale_opens_at = start;
  EXPECT_EQ(Add(spec), Code::kInvalidArgument) << "opens with the start";
  spec.sale_opens_at = AddMs(start, -1'000);
  spec.sale_ends_at = AddMs(start, -2'000);
  EXPECT_EQ(Add(spec), Code::kInvalidArgument) << "ends before it opens";
}

TEST_F(CatalogInput, PerformanceWithPricesThatDoNotFit) {
  PerformanceSpec spec = hall_.Spec();
  spec.prices.clear();
  EXPECT_EQ(Add(spec), Code::kInvalidArgument);
  spec = hall_.Spec();
  spec.prices[0].ticket_type = 1;  // nothing of type 0
  EXPECT_EQ(Add(spec), Code::kInvalidArgument);
  spec = hall_.Spec();
  spec.prices.push_back(spec.prices[0]);
  EXPECT_EQ(Add(spec), Code::kInvalidArgument);
  spec = hall_.Spec();
  spec.prices.push_back({"Category Z", 0, "", 5});
  EXPECT_EQ(Add(spec), Code::kInvalidArgument);
  for (const std::int64_t minor :
       {std::int64_t{-1}, kAmountMinorMax / 16 + 1, INT64_MIN, INT64_MAX}) {
    spec = hall_.Spec();
    spec.prices[0].price_minor = minor;
    EXPECT_EQ(Add(spec), Code::kInvalidArgument) << minor;
  }
}

TEST_F(CatalogInput, TheHighestPriceTimesTheMostSeatsIsNoOverflow) {
  PerformanceSpec spec = hall_.Spec();
  spec.prices[0].price_minor = kAmountMinorMax / 16;
  const auto added = catalog().AddPerformance(spec);
  ASSERT_TRUE(added.ok()) << added.status().text();
  performances_ = 2;
  BestRequest request = GoodBest();
  request.performance = *added;
  request.seats = 8;
  HoldReply reply = hall_.sales().HoldBest(request);
  EXPECT_TRUE(reply.status.ok()) << reply.status.text();
  EXPECT_EQ(reply.total.minor, kAmountMinorMax / 2);
  AcceptAsIs();
}

TEST_F(CatalogInput, LookUpsOfWhatIsNotThere) {
  EXPECT_EQ(catalog().GetPlan({}).status().code(), Code::kUnknownVenue);
  EXPECT_EQ(catalog().GetPlan(VenueId{77}).status().code(), Code::kUnknownVenue);
  EXPECT_EQ(catalog().GetPlan(VenueId{UINT64_MAX}).status().code(), Code::kUnknownVenue);
  for (const PerformanceId none : {PerformanceId{}, PerformanceId{77}, PerformanceId{UINT64_MAX}}) {
    EXPECT_EQ(catalog().SetSale(none, true).code(), Code::kUnknownPerformance);
    EXPECT_EQ(catalog().ListSeats(none).status().code(), Code::kUnknownPerformance);
    EXPECT_EQ(catalog().FindSeat(none, "A-1").status().code(), Code::kUnknownPerformance);
  }
  EXPECT_TRUE(catalog().FindSeat(hall_.performance, "A-1").ok());
  for (const std::string_view bad : kBadTexts) {
    EXPECT_EQ(catalog().FindSeat(hall_.performance, bad).status().code(), Code::kUnknownSeat);
  }
  EXPECT_EQ(catalog().FindSeat(hall_.performance, "").status().code(), Code::kUnknownSeat);
  PerformanceFilter filter;
  filter.show = ShowId{77};
  EXPECT_EQ(catalog().List(filter)->size(), 0u);
}

}  // namespace
}  // namespace seathold::testing
