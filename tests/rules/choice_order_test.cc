// The order of best-available, against a chooser that scores every set of seats: in the rules over
// halls of every shape, and through an engine whose seats are held, lapsed, sold and blocked.
#include <gtest/gtest.h>

#include <iostream>
#include <numeric>
#include <random>

#include "seathold/adapter/parts.h"
#include "seathold/engine.h"
#include "src/rules/seat_board.h"
#include "tests/rules/slow_chooser.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

struct Wish {
  int count = 1;
  std::optional<std::uint32_t> category;
  bool allow_split = true;
};
std::string Print(const Wish& wish) {
  return std::to_string(wish.count) + " seats" +
         (wish.category ? " of category " + std::to_string(*wish.category) : "") +
         (wish.allow_split ? "" : ", not split");
}
std::string Print(const std::optional<SeatSet>& set) {
  if (!set) return "none";
  std::string text;
  for (const std::uint32_t o : *set) text += " " + std::to_string(o);
  return text;
}

class HallMaker {
 public:
  explicit HallMaker(unsigned seed) : random_(seed) {}

  unsigned Below(unsigned n) { return static_cast<unsigned>(random_() % n); }

  // Rows of 1 .. 5 seats with aisles, in sections that may have rows missing. Row by row, but not
  // always the front row first.
  SlowHall Hall(std::uint32_t seats_max) {
    std::vector<SlowHall> rows;
    std::uint32_t section = 0, rank = 0, seats = 0;
    const bool categories = Below(2) == 0;
    while (seats < seats_max) {
      SlowHall row;
      std::uint32_t place = Below(3);
      for (unsigned n = 1 + Below(5); n > 0 && seats < seats_max; --n, ++seats) {
        row.push_back({section, rank, place, categories ? Below(2) : 0, Below(3) != 0});
        place += Below(5) == 0 ? 2 + Below(2) : 1;
      }
      rows.push_back(row);
      rank += Below(4) == 0 ? 2 + Below(3) : 1;
      if (Below(3) == 0) {
        ++section;
        rank = Below(2);
      }
    }
    if (Below(3) == 0) std::ranges::shuffle(rows, random_);
    SlowHall hall;
    for (const SlowHall& row : rows) hall.insert(hall.end(), row.begin(), row.end());
    return hall;
  }
  Wish Ask() {
    Wish wish{static_cast<int>(1 + Below(5)), {}, Below(4) != 0};
    if (Below(3) == 0) wish.category = Below(2);
    return wish;
  }

 private:
  std::mt19937 random_;
};

// The hall as the catalogue of an engine has it, and its rows in order of sale.
std::shared_ptr<const VenuePlan> PlanOf(const SlowHall& hall) {
  auto plan = std::make_shared<VenuePlan>();
  for (std::uint32_t o = 0; o < hall.size(); ++o) {
    const SlowSeat& seat = hall[o];
    const bool same = o > 0 && hall[o - 1].section == seat.section && hall[o - 1].rank == seat.rank;
    if (!same) plan->rows.push_back({seat.section, seat.rank, o, 0});
    ++plan->rows.back().count;
    plan->seats.push_back(
        {seat.category, static_cast<std::uint32_t>(plan->rows.size() - 1), seat.place});
  }
  plan->row_order.resize(plan->rows.size());
  std::iota(plan->row_order.begin(), plan->row_order.end(), 0u);
  std::ranges::sort(plan->row_order, {}, [&](std::uint32_t row) {
    return std::tuple(plan->rows[row].section, plan->rows[row].rank);
  });
  return plan;
}

std::optional<SeatSet> ByTheRules(const SlowHall& hall, const Wish& wish) {
  PerformanceInfo info;
  info.plan = PlanOf(hall);
  SeatBoard board;
  board.info = &info;
  for (std::uint32_t o = 0; o < hall.size(); ++o) {
    SeatRecord seat;
    seat.ordinal = o;
    // Free and not free in every way there is.
    if (hall[o].free && o % 2 == 0) {
      seat.state = SeatState::kHeld;
      seat.expires_at = TimeUs{100};
    } else if (!hall[o].free) {
      seat.state = std::array{SeatState::kHeld, SeatState::kSold, SeatState::kBlocked}[o % 3];
      if (seat.state == SeatState::kHeld) seat.expires_at = TimeUs{101};
    }
    board.seats.push_back(seat);
  }
  board.Count(TimeUs{100});
  Ordinals chosen;
  const std::uint32_t category = wish.category.value_or(kAnyCategory);
  if (!ChooseSeats(board, wish.count, category, wish.allow_split, &chosen)) return std::nullopt;
  return SeatSet(chosen.begin(), chosen.end());
}

bool Agree(const SlowHall& hall, const Wish& wish) {
  return ByTheRules(hall, wish) ==
         SlowChooser(hall).Choose(wish.count, wish.category, wish.allow_split);
}

// Without the seats that do not matter.
SlowHall Shrink(SlowHall hall, const Wish& wish) {
  for (std::size_t o = 0; o < hall.size();) {
    SlowHall less = hall;
    less.erase(less.begin() + static_cast<std::ptrdiff_t>(o));
    if (less.empty() || Agree(less, wish)) {
      ++o;
    } else {
      hall = less;
    }
  }
  return hall;
}

void ExpectAgree(const SlowHall& hall, const Wish& wish) {
  if (Agree(hall, wish)) return;
  const SlowHall less = Shrink(hall, wish);
  ADD_FAILURE() << Print(wish) << " in" << Draw(less) << "\nchosen "
                << Print(ByTheRules(less, wish)) << "\nbest   "
                << Print(SlowChooser(less).Choose(wish.count, wish.category, wish.allow_split));
}

TEST(ChoiceOrder, IsThatOfTheDesignInRandomHalls) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  HallMaker maker(seed);
  const int rounds = Scaled(20'000);
  for (int round = 0; round < rounds && !HasFailure(); ++round) {
    const SlowHall hall = maker.Hall(3 + maker.Below(7));
    for (int n = 0; n < 3; ++n) ExpectAgree(hall, maker.Ask());
  }
  std::printf("COUNT choices_in_order %d\n", 3 * rounds);
}

// The halls that tell one kind from the next.
TEST(ChoiceOrder, PrefersARowThenTheRowBehindThenTheSectionThenAnywhere) {
  const auto seat = [](std::uint32_t section, std::uint32_t rank, std::uint32_t place) {
    return SlowSeat{section, rank, place, 0, true};
  };
  struct Case {
    const char* what;
    SlowHall hall;
    int count;
    SeatSet want;
  };
  const std::vector<Case> cases = {
      {"a run in a row behind before a split row in front",
       {seat(0, 0, 0), seat(0, 0, 2), seat(0, 1, 0), seat(0, 1, 1)},
       2,
       {2, 3}},
      {"a run in another section before a split row in front",
       {seat(0, 0, 0), seat(0, 0, 2), seat(1, 0, 0), seat(1, 0, 1)},
       2,
       {2, 3}},
      {"a split row behind before two rows in front",
       {seat(0, 0, 0), seat(0, 1, 0), seat(0, 2, 0), seat(0, 2, 2)},
       2,
       {2, 3}},
      {"adjacent rows behind before rows that are far apart",
       {seat(0, 0, 0), seat(0, 5, 0), seat(0, 6, 0)},
       2,
       {1, 2}},
      {"adjacent rows of the section behind before rows far apart in front",
       {seat(0, 0, 0), seat(0, 2, 0), seat(1, 0, 0), seat(1, 1, 0)},
       2,
       {2, 3}},
      {"one section behind before two in front",
       {seat(0, 0, 0), seat(1, 0, 0), seat(2, 0, 0), seat(2, 3, 0)},
       2,
       {2, 3}},
      {"anywhere rather than nowhere", {seat(0, 0, 0), seat(1, 0, 0), seat(2, 0, 0)}, 2, {0, 1}},
      {"the front rank, wherever its row stands in the plan",
       {seat(0, 7, 0), seat(0, 3, 0), seat(0, 5, 0)},
       1,
       {1}},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(Print(ByTheRules(one.hall, {one.count, {}, true})), Print(one.want)) << one.what;
    EXPECT_TRUE(Agree(one.hall, {one.count, {}, true})) << one.what;
  }
}

// --- through an engine ----------------------------------------------------------------------

class Office {
 public:
  Office() {
    EngineOptions options;
    options.storage = "memory:";
    EngineParts parts;
    clock_ = std::make_shared<ManualClock>(TimeUs{1'700'000'000'000'000});
    parts.clock = clock_;
    engine_ = Engine::Open(options, std::move(parts)).value();
    show_ = engine_->catalog().AddShow({.title = "A play"}).value();
  }

  void Build(const SlowHall& hall) {
    Plan plan;
    plan.name = "Hall";
    plan.categories = {{"Front", ""}, {"Back", ""}};
    const auto geometry = PlanOf(hall);
    for (const VenuePlan::Row& row : geometry->rows) {
      plan.rows.push_back({"S" + std::to_string(row.section), "R", row.rank, row.section});
    }
    for (std::uint32_t o = 0; o < hall.size(); ++o) {
      PlanSeat seat;
      seat.guid = std::to_string(o);
      seat.category = hall[o].category;
      seat.row = geometry->seats[o].row;
      seat.place = hall[o].place;
      plan.seats.push_back(seat);
    }
    venue_ = engine_->catalog().AddVenue(plan, "").value();
    PerformanceSpec spec;
    spec.show = show_;
    spec.venue = venue_;
    spec.local_date = "2027-12-31";
    spec.local_time = "19:30";
    spec.currency = *ParseCurrency("EUR");
    spec.prices = {{"Front", 0, "full", 1'000}, {"Back", 0, "full", 500}};
    date_ = engine_->catalog().AddPerformance(spec).value();
  }
  // Each seat by itself: free, held, held and lapsed, cancelled, sold, refunded, blocked or
  // unblocked. Returns whether it is free.
  bool Prepare(std::uint32_t ordinal, unsigned how) {
    if (how >= 4 && how < 6) {
      SetBlocked(ordinal, true);
      if (how == 5) SetBlocked(ordinal, false);
      return how == 5;
    }
    if (how == 0) return true;
    const HoldId hold = Hold(ordinal, how == 2 ? 1'000 : 0);
    if (how == 1) return false;
    if (how == 2) return true;  // once Lapse was called
    if (how == 3) {
      const CancelRequest request{date_, hold, UserId{1}};
      Status reply = engine_->reservations().Cancel(request);
      EXPECT_TRUE(reply.ok());
      return true;
    }
    Pay(hold);
    if (how == 6) return false;
    const RefundRequest request{TransferId{engine_->NewId()}, date_, hold};
    PayReply reply = engine_->reservations().Refund(request);
    EXPECT_TRUE(reply.status.ok());
    return true;
  }
  void Lapse() { clock_->AdvanceMs(1'000); }

  HoldReply Best(const Wish& wish) {
    BestRequest request;
    request.id = HoldId{engine_->NewId()};
    request.user = UserId{2};
    request.performance = date_;
    request.seats = wish.count;
    request.category = wish.category;
    request.allow_split = wish.allow_split;
    return engine_->reservations().HoldBest(request);
  }

 private:
  HoldId Hold(std::uint32_t ordinal, std::int64_t ttl_ms) {
    const SeatTicket seat{MakeSeatId(venue_, ordinal), 0};
    HoldRequest request;
    request.id = HoldId{engine_->NewId()};
    request.user = UserId{1};
    request.performance = date_;
    request.seats = {&seat, 1};
    request.ttl_ms = ttl_ms;
    HoldReply reply = engine_->reservations().Hold(request);
    EXPECT_TRUE(reply.status.ok()) << reply.status.text();
    return request.id;
  }
  void Pay(HoldId hold) {
    ConfirmRequest request;
    request.performance = date_;
    request.hold = hold;
    request.payment = TransferId{engine_->NewId()};
    request.user = UserId{1};
    request.tender = Tender::kExternal;
    const std::string reference = ToString(request.payment.value);
    request.reference = reference;
    PayReply reply = engine_->reservations().Confirm(request);
    EXPECT_TRUE(reply.status.ok()) << reply.status.text();
  }
  void SetBlocked(std::uint32_t ordinal, bool blocked) {
    const SeatId seat = MakeSeatId(venue_, ordinal);
    Status reply;
    if (blocked) {
      engine_->reservations().Block(date_, {&seat, 1}, "rope", {&reply, 1});
    } else {
      engine_->reservations().Unblock(date_, {&seat, 1}, {&reply, 1});
    }
    EXPECT_TRUE(reply.ok());
  }

  std::shared_ptr<ManualClock> clock_;
  std::unique_ptr<Engine> engine_;
  ShowId show_;
  VenueId venue_;
  PerformanceId date_;
};

TEST(ChoiceOrder, HoldBestGivesThoseSeatsOneWishAfterTheOther) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  HallMaker maker(seed);
  Office office;
  const int rounds = Scaled(2'000);
  for (int round = 0; round < rounds; ++round) {
    SlowHall hall = maker.Hall(3 + maker.Below(7));
    office.Build(hall);
    for (std::uint32_t o = 0; o < hall.size(); ++o) {
      hall[o].free = office.Prepare(o, maker.Below(8));
    }
    office.Lapse();
    for (int n = 0; n < 4; ++n) {
      const Wish wish = maker.Ask();
      const auto best = SlowChooser(hall).Choose(wish.count, wish.category, wish.allow_split);
      const HoldReply reply = office.Best(wish);
      std::optional<SeatSet> got;
      if (reply.status.ok()) {
        got.emplace();
        for (const SeatTicket& ticket : reply.seats) got->push_back(OrdinalOf(ticket.seat));
      }
      ASSERT_EQ(Print(got), Print(best)) << Print(wish) << " in" << Draw(hall);
      if (!best) continue;
      for (const std::uint32_t o : *best) hall[o].free = false;
    }
  }
  std::printf("COUNT best_in_order %d\n", 4 * rounds);
}

}  // namespace
}  // namespace seathold::testing
