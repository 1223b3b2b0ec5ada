// Two engines on one file, step by step: one acts between two steps of the other. What either
// answers is held to what the file held, by plain SQL, after each commit.
#include <algorithm>
#include <array>
#include <deque>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "seathold/adapter/parts.h"
#include "tests/engine/step_storage.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

enum class Kind { kHold, kHoldTwo, kBest, kCancel, kPay, kRefund, kBlock, kUnblock, kSale, kLook };
constexpr int kKinds = 10;
constexpr const char* kKindNames[kKinds] = {"hold",   "hold-two", "best",    "cancel", "pay",
                                            "refund", "block",    "unblock", "sale",   "look"};

// One call. `pick` says which seat, hold or number of seats.
struct Act {
  int desk = 0;
  int date = 0;
  Kind kind{};
  std::uint32_t pick = 0;
};
std::string Print(const Act& act) {
  return std::string(act.desk == 0 ? "one" : "two") + "." + kKindNames[static_cast<int>(act.kind)] +
         "(" + std::to_string(act.date) + "," + std::to_string(act.pick) + ")";
}

// A call, and what comes in at the first such point of it.
struct Turn {
  Act act;
  Point point{};
  std::vector<Act> between;
  std::int64_t wait_ms = 0;  // before it
};
std::string Print(const Turn& turn) {
  constexpr const char* kNames[kPoints] = {"before-write", "after-commit", "before-read", "in-read",
                                           "before-listen"};
  std::string text = "+" + std::to_string(turn.wait_ms) + "ms " + Print(turn.act);
  if (turn.between.empty()) return text;
  text += std::string(" { ") + kNames[static_cast<int>(turn.point)] + ":";
  for (const Act& act : turn.between) text += " " + Print(act);
  return text + " }";
}

class TwoEngines {
 public:
  // With an age of 0 every look and every refusal asks storage.
  void Build(std::int64_t age_ms) {
    age_ms_ = age_ms;
    const std::string path = folder_.File("two.db");
    {
      Hall builder;
      builder.path = path;
      builder.clock = clock_;
      ASSERT_NO_FATAL_FAILURE(builder.Build(2, 3));
      dates_ = {builder.performance, builder.AddPerformance()};
      venue_ = builder.venue;
    }
    for (int d = 0; d < 2; ++d) {
      EngineOptions options;
      options.test_only_cheap_password_hash = true;
      options.sweeper_thread = false;  // nobody acts but the test
      options.refusal_max_age_ms = age_ms;
      EngineParts parts;
      parts.clock = clock_;
      parts.storage = std::make_unique<StepStorage>(path, hook_, begun_);
      auto opened = Engine::Open(options, std::move(parts));
      ASSERT_TRUE(opened.ok()) << opened.status().text();
      desks_[d].engine = std::move(opened).value();
    }
    witness_ = std::make_unique<Witness>(path);
    for (int date = 0; date < 2; ++date) moments_[date] = {witness_->See(dates_[date])};
    hook_ = [this](Point point) { Between(point); };
    begun_ = [this] {
      for (int date = 0; date < 2; ++date) begun_at_[date] = moments_[date].size() - 1;
    };
  }

  void Play(const Turn& turn) {
    clock_->AdvanceMs(turn.wait_ms);
    turn_ = &turn;
    Do(turn.act);
    turn_ = nullptr;
  }
  // What neither comes in between of: both know everything, and nobody is refused what is free.
  void ExpectAllIsKnown() {
    settled_ = true;
    for (int desk = 0; desk < 2; ++desk) {
      for (int date = 0; date < 2; ++date) Do({desk, date, Kind::kLook, 0});
    }
    settled_ = false;
  }
  void ExpectBooks() {
    const auto report = desks_[0].engine->Verify();
    ASSERT_TRUE(report.ok());
    for (const AuditFinding& finding : report->findings) {
      ADD_FAILURE() << finding.check << ": " << finding.detail;
    }
  }
  // Every seat of every date free and on sale again.
  void Clear() {
    clock_->AdvanceMs(400'000);
    for (const Held& held : holds_) {
      if (held.paid) Do({0, held.date, Kind::kRefund, held.number});
    }
    for (int date = 0; date < 2; ++date) {
      for (std::uint32_t seat = 0; seat < kSeats; ++seat) {
        const bool blocked = moments_[date].back().seats[seat].state == SeatState::kBlocked;
        if (blocked) Do({0, date, Kind::kUnblock, seat});
      }
      if (!moments_[date].back().on_sale) Do({1, date, Kind::kSale, 0});
    }
    holds_.clear();
  }
  std::uint64_t answers = 0, refused_in_memory = 0;

 private:
  struct Desk {
    std::unique_ptr<Engine> engine;
    // By date: the oldest moment that it may still show, and the last map it gave.
    std::array<std::size_t, 2> floor{};
    std::array<std::shared_ptr<const SeatMap>, 2> map;
  };
  struct Held {
    int date = 0;
    std::uint32_t number = 0;
    HoldId id;
    UserId user;
    bool paid = false;
  };

  void Between(Point point) {
    See();
    if (turn_ == nullptr || turn_->point != point || turn_->between.empty()) return;
    const Turn* turn = std::exchange(turn_, nullptr);
    const auto begun = begun_at_;
    inside_ = true;
    for (const Act& act : turn->between) Do(act);
    inside_ = false;
    begun_at_ = begun;
  }
  // Notes what the file holds now.
  void See() {
    for (int date = 0; date < 2; ++date) {
      const Moment now = witness_->See(dates_[date]);
      const Moment& last = moments_[date].back();
      if (now.feed != last.feed || now.on_sale != last.on_sale) moments_[date].push_back(now);
    }
  }
  std::int64_t now_us() const { return clock_->Now().value; }
  bool inside_ = false;  // an act between the steps of another
  bool Free(const SeatNow& seat) const {
    return seat.state == SeatState::kAvailable ||
           (seat.state == SeatState::kHeld && seat.expires_at_us <= now_us());
  }
  SeatState Shown(const SeatNow& seat) const {
    return Free(seat) ? SeatState::kAvailable : seat.state;
  }
  ReservationSystem& Sales(int desk) { return desks_[desk].engine->reservations(); }
  SeatId Seat(std::uint32_t ordinal) const { return MakeSeatId(venue_, ordinal % kSeats); }

  void Do(const Act& act) {
    ++answers;
    SCOPED_TRACE(Print(act));
    // What an answer may lean on: where storage is asked each time, nothing older than the call.
    const std::size_t from =
        age_ms_ == 0 ? moments_[act.date].size() - 1 : desks_[act.desk].floor[act.date];
    switch (act.kind) {
      case Kind::kHold:
        return Hold(act, {act.pick % kSeats}, from);
      case Kind::kHoldTwo:
        return Hold(act, {act.pick % (kSeats - 1), act.pick % (kSeats - 1) + 1}, from);
      case Kind::kBest:
        return Best(act);
      case Kind::kBlock:
      case Kind::kUnblock:
        return Block(act);
      case Kind::kSale: {
        See();
        const bool on_sale = !moments_[act.date].back().on_sale;
        EXPECT_TRUE(desks_[act.desk].engine->catalog().SetSale(dates_[act.date], on_sale).ok());
        return See();
      }
      case Kind::kLook:
        return Look(act, from);
      default:
        return Move(act);
    }
  }

  HoldRequest Request(const Act& act, const std::vector<SeatTicket>& seats) {
    HoldRequest request;
    request.id = HoldId{desks_[0].engine->NewId()};
    // Now and then somebody else: the mirror never refuses the seat's own user.
    request.user = UserId{static_cast<std::uint64_t>(1 + act.desk + 2 * (act.pick % 2))};
    request.performance = dates_[act.date];
    request.seats = seats;
    return request;
  }
  void Keep(const Act& act, const HoldId& id, UserId user) {
    holds_.push_back({act.date, static_cast<std::uint32_t>(holds_.size()), id, user, false});
  }

  void Hold(const Act& act, const std::vector<std::uint32_t>& ordinals, std::size_t from) {
    std::vector<SeatTicket> seats;
    for (const std::uint32_t o : ordinals) seats.push_back({Seat(o), 0});
    const HoldRequest request = Request(act, seats);
    HoldReply reply = Sales(act.desk).Hold(request);
    See();
    if (reply.advisory) return ExpectWasTaken(act, ordinals, reply, from);
    const Moment& found = moments_[act.date][begun_at_[act.date]];
    bool free = true;
    for (const std::uint32_t o : ordinals) free = free && Free(found.seats[o]);
    if (!found.on_sale) {
      EXPECT_EQ(reply.status.code(), Code::kSaleNotOpen);
    } else if (free) {
      EXPECT_TRUE(reply.status.ok()) << "refused what was free: " << reply.status.text();
      if (reply.status.ok()) Keep(act, request.id, request.user);
    } else {
      EXPECT_TRUE(reply.status == Code::kSeatTaken || reply.status == Code::kSeatBlocked)
          << "what stands in its way was not seen: " << reply.status.text();
      for (const std::uint32_t o : ordinals) {
        const auto told = std::ranges::find(reply.conflicts, Seat(o), &SeatConflict::seat);
        EXPECT_EQ(told != reply.conflicts.end(), !Free(found.seats[o])) << "seat " << o;
      }
    }
  }
  // A refusal from memory: each seat was taken at a moment that may still be shown.
  void ExpectWasTaken(const Act& act, const std::vector<std::uint32_t>& ordinals,
                      const HoldReply& reply, std::size_t from) {
    ++refused_in_memory;
    EXPECT_NE(age_ms_, 0) << "from memory where storage is to be asked";
    EXPECT_FALSE(reply.conflicts.empty());
    for (const SeatConflict& conflict : reply.conflicts) {
      const std::uint32_t o = OrdinalOf(conflict.seat);
      EXPECT_NE(std::ranges::find(ordinals, o), ordinals.end());
      bool was = false;
      for (std::size_t i = from; i < moments_[act.date].size(); ++i) {
        const SeatNow& seat = moments_[act.date][i].seats[o];
        const bool blocked = conflict.reason == Code::kSeatBlocked;
        was = was || (!Free(seat) && blocked == (seat.state == SeatState::kBlocked));
      }
      EXPECT_TRUE(was) << "seat " << o << " was not taken at any moment that may be shown";
    }
  }
  void Best(const Act& act) {
    const HoldRequest like = Request(act, {});
    BestRequest request;
    request.id = like.id;
    request.user = like.user;
    request.performance = like.performance;
    request.seats = static_cast<int>(1 + act.pick % 3);
    HoldReply reply = Sales(act.desk).HoldBest(request);
    See();
    const Moment& found = moments_[act.date][begun_at_[act.date]];
    const auto free =
        std::ranges::count_if(found.seats, [&](const SeatNow& seat) { return Free(seat); });
    if (!found.on_sale) {
      EXPECT_EQ(reply.status.code(), Code::kSaleNotOpen);
    } else if (free >= request.seats) {
      EXPECT_TRUE(reply.status.ok()) << reply.status.text();
      for (const SeatTicket& ticket : reply.seats) {
        EXPECT_TRUE(Free(found.seats[OrdinalOf(ticket.seat)])) << "given although it was taken";
      }
      if (reply.status.ok()) Keep(act, request.id, request.user);
    } else {
      EXPECT_FALSE(reply.status.ok());
    }
  }
  void Block(const Act& act) {
    const SeatId seat = Seat(act.pick);
    Status reply;
    const bool block = act.kind == Kind::kBlock;
    if (block) {
      Sales(act.desk).Block(dates_[act.date], {&seat, 1}, "rope", {&reply, 1});
    } else {
      Sales(act.desk).Unblock(dates_[act.date], {&seat, 1}, {&reply, 1});
    }
    See();
    const SeatNow& found = moments_[act.date][begun_at_[act.date]].seats[act.pick % kSeats];
    const bool taken = !Free(found) && found.state != SeatState::kBlocked;
    EXPECT_EQ(reply.code(), block && taken ? Code::kSeatTaken : Code::kOk);
  }
  // Cancels, pays for or refunds one of the holds there are.
  void Move(const Act& act) {
    if (holds_.empty()) return;
    Held& held = holds_[act.pick % holds_.size()];
    const PerformanceId date = dates_[held.date];
    if (act.kind == Kind::kCancel) {
      const CancelRequest request{date, held.id, held.user};
      Status reply = Sales(act.desk).Cancel(request);
    } else if (act.kind == Kind::kRefund) {
      const RefundRequest request{TransferId{desks_[0].engine->NewId()}, date, held.id};
      PayReply reply = Sales(act.desk).Refund(request);
      held.paid = held.paid && !reply.status.ok();
    } else {
      ConfirmRequest request;
      request.performance = date;
      request.hold = held.id;
      request.payment = TransferId{desks_[0].engine->NewId()};
      request.user = held.user;
      request.tender = Tender::kExternal;
      const std::string reference = ToString(request.payment.value);
      request.reference = reference;
      PayReply reply = Sales(act.desk).Confirm(request);
      held.paid = held.paid || reply.status.ok();
    }
    See();
  }

  bool IsMoment(const SeatMap& map, const Moment& moment) const {
    if (map.version.feed != moment.feed) return false;
    for (std::uint32_t o = 0; o < kSeats; ++o) {
      if (map.at(o) != Shown(moment.seats[o])) return false;
    }
    return true;
  }
  void Look(const Act& act, std::size_t from) {
    Desk& desk = desks_[act.desk];
    const PerformanceId date = dates_[act.date];
    const auto map = Sales(act.desk).Map(date);
    See();
    // Inside another look of this engine, which this one would wait for: threads would.
    if (map.code() == Code::kBusy && inside_) return;
    ASSERT_TRUE(map.ok()) << map.status().text();
    std::size_t shown = moments_[act.date].size();
    for (std::size_t i = from; i < moments_[act.date].size(); ++i) {
      if (IsMoment(**map, moments_[act.date][i])) shown = std::min(shown, i);
    }
    EXPECT_LT(shown, moments_[act.date].size()) << "a map that is no moment of storage";
    if (shown < moments_[act.date].size()) desk.floor[act.date] = shown;
    ExpectChangesLeadTo(act, **map);
    const auto count = Sales(act.desk).Count(date);
    ASSERT_TRUE(count.ok());
    bool was = false;
    for (std::size_t i = from; i < moments_[act.date].size(); ++i) {
      was = was || moments_[act.date][i].on_sale == count->on_sale;
    }
    EXPECT_TRUE(was) << "a sale that was not so at any moment that may be shown";
    desk.map[act.date] = *map;
    if (!settled_ || age_ms_ > 0) return;
    for (std::uint32_t o = 0; o < kSeats; ++o) {
      EXPECT_EQ((*map)->at(o), Shown(moments_[act.date].back().seats[o])) << "seat " << o;
    }
  }
  // From the last map that this engine gave to the one it shows.
  void ExpectChangesLeadTo(const Act& act, const SeatMap& map) {
    const auto& last = desks_[act.desk].map[act.date];
    if (last == nullptr) return;
    MapVersion next;
    const auto changes = Sales(act.desk).Changes(dates_[act.date], last->version, &next);
    if (!changes.ok() || next != map.version) return;
    std::array<SeatState, kSeats> followed{};
    for (std::uint32_t o = 0; o < kSeats; ++o) followed[o] = last->at(o);
    for (const SeatChange& change : *changes) followed.at(change.ordinal) = change.state;
    for (std::uint32_t o = 0; o < kSeats; ++o) EXPECT_EQ(followed[o], map.at(o)) << "seat " << o;
  }

  const HallFolder folder_;
  const std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>(kHallStart);
  Hook hook_ = [](Point) {};
  std::function<void()> begun_ = [] {};
  std::int64_t age_ms_ = 0;
  VenueId venue_;
  std::array<PerformanceId, 2> dates_;
  std::array<Desk, 2> desks_;
  std::unique_ptr<Witness> witness_;
  std::array<std::vector<Moment>, 2> moments_;
  std::array<std::size_t, 2> begun_at_{};  // what the last write lock found
  std::deque<Held> holds_;                 // grows while one of them is being paid
  const Turn* turn_ = nullptr;
  bool settled_ = false;  // nothing comes in between any more
};

class TwoEnginesAtOnce : public ::testing::TestWithParam<std::int64_t> {};

// One acts, the other comes in between at every point with every act, before and after that either
// looks; then one asks for what the other may have given back.
TEST_P(TwoEnginesAtOnce, EveryActAtEveryPointOfEveryOther) {
  TwoEngines two;
  ASSERT_NO_FATAL_FAILURE(two.Build(GetParam()));
  constexpr Kind kActs[] = {Kind::kHold,  Kind::kCancel,  Kind::kPay, Kind::kRefund,
                            Kind::kBlock, Kind::kUnblock, Kind::kSale};
  int played = 0;
  for (const Kind first : {Kind::kHold, Kind::kHoldTwo, Kind::kBlock, Kind::kLook, Kind::kBest}) {
    for (int point = 0; point < kPoints; ++point) {
      for (const Kind second : kActs) {
        for (const std::int64_t lapse_ms : {0, 300'000}) {
          const std::vector<Turn> turns = {
              {{0, 0, Kind::kHold, 0}, {}, {}, 0},
              {{1, 0, Kind::kLook, 0}, {}, {}, 0},
              {{0, 0, first, 1}, static_cast<Point>(point), {{1, 0, second, 0}}, lapse_ms},
              {{0, 0, Kind::kHold, 2}, Point::kAfterCommit, {{0, 0, Kind::kLook, 0}}, 0},
              {{0, 0, Kind::kLook, 0}, Point::kInRead, {{0, 0, Kind::kHold, 4}}, 0},
              {{0, 0, Kind::kHold, 0}, {}, {}, 0},
              {{1, 0, Kind::kHold, 1}, {}, {}, 0},
          };
          std::string text;
          for (const Turn& turn : turns) {
            text += "\n" + Print(turn);
            ASSERT_NO_FATAL_FAILURE(two.Play(turn)) << text;
          }
          ASSERT_NO_FATAL_FAILURE(two.ExpectAllIsKnown());
          ASSERT_FALSE(HasFailure()) << text;
          ASSERT_NO_FATAL_FAILURE(two.Clear());
          ASSERT_FALSE(HasFailure()) << "cleared:" << text;
          ++played;
        }
      }
    }
  }
  two.ExpectBooks();
  std::printf("COUNT two_engines_schedules %d\n", played);
}

// The mirror of the second knows seats as taken that the first has freed since. A transaction of
// its own finds them free, whatever the mirror would say.
TEST(TwoEngines, ATransactionIsNeverDecidedOnABoardThatIsBehind) {
  const HallFolder folder;
  Hall one, two;
  one.path = two.path = folder.File("behind.db");
  one.options.refusal_max_age_ms = two.options.refusal_max_age_ms = 60'000;
  two.clock = one.clock;
  ASSERT_NO_FATAL_FAILURE(one.Build(1, 4));
  ASSERT_NO_FATAL_FAILURE(two.Open());
  two.venue = one.venue;
  two.performance = one.performance;
  const HoldId best = one.Held(1, {0, 1});
  const HoldId named = one.Held(1, {2, 3});
  ASSERT_EQ(two.Map()->available, 0u);
  ASSERT_TRUE(one.Cancel(1, best).ok());
  ASSERT_EQ(two.Map()->available, 0u) << "a minute old at most, and it has not looked";
  EXPECT_TRUE(two.Best(2, 2, two.NewHold()).status.ok());
  ASSERT_TRUE(one.Cancel(1, named).ok());
  // Their own seats: the mirror refuses nobody those.
  EXPECT_TRUE(two.Hold(1, {2, 3}, two.NewHold()).status.ok());
  one.ExpectClean();
}

TEST(TwoEngines, ACommitOverAGapOfForeignOnesIsNoReasonToTrustTheMirror) {
  const HallFolder folder;
  Hall one, two;
  one.path = two.path = folder.File("gap.db");
  one.options.refusal_max_age_ms = two.options.refusal_max_age_ms = 60'000;
  two.clock = one.clock;
  ASSERT_NO_FATAL_FAILURE(one.Build(1, 4));
  ASSERT_NO_FATAL_FAILURE(two.Open());
  two.venue = one.venue;
  two.performance = one.performance;
  const HoldId held = one.Held(1, {0, 1, 2});
  ASSERT_EQ(two.Map()->available, 1u);
  ASSERT_TRUE(one.Cancel(1, held).ok());
  two.Held(2, {3});  // ahead of the cancellation that it has not heard of
  EXPECT_TRUE(two.Best(3, 3, two.NewHold()).status.ok());
  one.ExpectClean();
}

TEST_P(TwoEnginesAtOnce, RandomActsInBetween) {
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const auto draw = [&] {
    Kind kind = static_cast<Kind>(below(kKinds));
    if (kind == Kind::kSale && below(3) != 0) kind = Kind::kHold;
    return Act{below(2), below(4) == 0 ? 1 : 0, kind, static_cast<std::uint32_t>(below(60))};
  };
  TwoEngines two;
  ASSERT_NO_FATAL_FAILURE(two.Build(GetParam()));
  const int rounds = Scaled(500);
  for (int round = 0; round < rounds; ++round) {
    std::string text;
    for (int n = 0; n < 12; ++n) {
      Turn turn{draw(), static_cast<Point>(below(kPoints)), {}, below(6) == 0 ? 300'000 : 0};
      const bool writing = turn.point == Point::kBeforeWrite || turn.point == Point::kAfterCommit;
      for (int between = below(3); between > 0; --between) {
        Act act = draw();
        // While an engine leads a batch it can look, and nothing else; while it looks, all but
        // look.
        const bool looks =
            act.kind == Kind::kLook || act.kind == Kind::kHold || act.kind == Kind::kHoldTwo;
        if (act.desk == turn.act.desk && writing) act.kind = Kind::kLook;
        if (act.desk == turn.act.desk && !writing && looks) act.kind = Kind::kBest;
        turn.between.push_back(act);
      }
      text += "\n" + Print(turn);
      ASSERT_NO_FATAL_FAILURE(two.Play(turn)) << text;
      ASSERT_FALSE(HasFailure()) << "seed " << seed << text;
    }
    ASSERT_NO_FATAL_FAILURE(two.ExpectAllIsKnown());
    ASSERT_FALSE(HasFailure()) << "seed " << seed << text;
    ASSERT_NO_FATAL_FAILURE(two.Clear());
    ASSERT_FALSE(HasFailure()) << "seed " << seed << " cleared" << text;
  }
  two.ExpectBooks();
  EXPECT_EQ(two.refused_in_memory > 0, GetParam() > 0);
  std::printf("COUNT two_engines_answers %llu\n", static_cast<unsigned long long>(two.answers));
}

INSTANTIATE_TEST_SUITE_P(, TwoEnginesAtOnce, ::testing::Values(0, 60'000),
                         [](const ::testing::TestParamInfo<std::int64_t>& tested) {
                           return tested.param == 0 ? "AskingEachTime" : "MinutesOld";
                         });

}  // namespace
}  // namespace seathold::testing
