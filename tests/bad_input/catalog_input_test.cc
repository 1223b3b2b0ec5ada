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
    PerformanceSpec spec = hall_.Spec();
    spec.*field = TimeUs{-1};
    EXPECT_EQ(Add(spec), Code::kInvalidArgument);
  }
  PerformanceSpec spec = hall_.Spec();
  spec.currency = Currency{};
  EXPECT_EQ(Add(spec), Code::kInvalidArgument);
  spec.currency = Currency{{'E', 'u', 'R'}};
  EXPECT_EQ(Add(spec), Code::kInvalidArgument);
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
  HoldReply reply;
  hall_.sales().HoldBest({&request, 1}, {&reply, 1});
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
