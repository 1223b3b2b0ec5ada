// Who gets in, when, and how many at once.
#include <algorithm>
#include <iostream>
#include <limits>
#include <map>
#include <random>

#include "tests/queue/queue_hall.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::uint32_t kCap = 50;

enum class Stage : std::uint8_t { kWaiting, kInside, kGone };

struct Buyer {
  std::uint64_t user = 0;
  Stage stage = Stage::kWaiting;
  bool walks_away = false;
  bool was_inside = false;
  std::string token, pass;
  Sequence sequence;
  TimeUs counts_until;
  HoldId hold;
};

// A crowd that joins at once and then behaves as crowds do. It keeps its own count of who is
// inside, from the passes and holds that it has seen.
class Crowd {
 public:
  Crowd(QueueHall& hall, int buyers, std::uint32_t seed) : hall_(hall), random_(seed) {
    for (int i = 0; i < buyers; ++i) {
      Buyer buyer;
      buyer.user = static_cast<std::uint64_t>(i) + 1;
      buyer.walks_away = random_() % 5 == 0;
      crowd_.push_back(buyer);
    }
  }

  void JoinAll() {
    std::vector<JoinRequest> requests;
    for (const Buyer& buyer : crowd_) requests.push_back({hall_.show, UserId{buyer.user}});
    std::vector<Place> places(requests.size());
    hall_.queue().Join(requests, places);
    for (std::size_t i = 0; i < crowd_.size(); ++i) {
      ASSERT_TRUE(places[i].status.ok()) << places[i].status.text();
      Take(places[i], &crowd_[i]);
      if (i == 0) continue;
      ASSERT_GT(crowd_[i].sequence, crowd_[i - 1].sequence);
    }
  }

  // Everyone who still cares asks, in any order; whoever is inside does something.
  void Step() {
    std::ranges::shuffle(crowd_, random_);
    PollAll();
    CheckOrder();
    most_inside_ = std::max(most_inside_, inside());
    ASSERT_LE(inside(), kCap);
    for (Buyer& buyer : crowd_) {
      if (buyer.stage == Stage::kInside) Act(&buyer);
    }
  }

  std::uint32_t inside() const {
    const TimeUs now = hall_.engine->Now();
    return static_cast<std::uint32_t>(std::ranges::count_if(
        crowd_, [&](const Buyer& b) { return b.stage == Stage::kInside && now < b.counts_until; }));
  }
  int still_waiting() const {
    return static_cast<int>(std::ranges::count_if(
        crowd_, [](const Buyer& b) { return b.stage == Stage::kWaiting && !b.walks_away; }));
  }
  int never_inside() const {
    return static_cast<int>(std::ranges::count_if(
        crowd_, [](const Buyer& b) { return !b.walks_away && !b.was_inside; }));
  }
  int paid() const { return paid_; }
  std::uint32_t most_inside() const { return most_inside_; }

 private:
  void Take(const Place& place, Buyer* buyer) {
    buyer->sequence = place.sequence;
    if (buyer->token.empty()) buyer->token = std::string(place.token.view());
    if (place.state != LineState::kAdmitted) return;
    if (buyer->stage == Stage::kWaiting) entered_.push_back(buyer->sequence);
    buyer->stage = Stage::kInside;
    buyer->was_inside = true;
    buyer->pass = std::string(place.pass.view());
    buyer->counts_until = std::max(buyer->counts_until, place.admitted_until);
  }

  void PollAll() {
    std::vector<std::string_view> texts;
    std::vector<Buyer*> who;
    for (Buyer& buyer : crowd_) {
      if (buyer.stage == Stage::kGone || buyer.walks_away) continue;
      texts.push_back(buyer.pass.empty() ? buyer.token : buyer.pass);
      who.push_back(&buyer);
    }
    std::vector<Place> places(texts.size());
    hall_.queue().Poll(texts, places);
    for (std::size_t i = 0; i < who.size(); ++i) {
      ASSERT_TRUE(places[i].status.ok()) << places[i].status.text();
      const Sequence before = who[i]->sequence;
      if (places[i].state == LineState::kAbsent) {
        ASSERT_EQ(who[i]->stage, Stage::kInside) << "a waiter who polls is never dropped";
        continue;
      }
      Take(places[i], who[i]);
      ASSERT_EQ(who[i]->sequence, before) << "a place never changes";
    }
  }

  // Whoever has just come in stood before everyone who still waits and asks.
  void CheckOrder() {
    Sequence first_waiting{std::numeric_limits<std::uint64_t>::max()};
    for (const Buyer& buyer : crowd_) {
      if (buyer.stage != Stage::kWaiting || buyer.walks_away) continue;
      first_waiting = std::min(first_waiting, buyer.sequence);
    }
    for (const Sequence in : entered_) ASSERT_LT(in, first_waiting);
    entered_.clear();
  }

  void Act(Buyer* buyer) {
    if (hall_.engine->Now() >= buyer->counts_until) {
      buyer->stage = Stage::kGone;
      return;
    }
    if (buyer->hold) {
      if (random_() % 3 == 0) Pay(buyer);
      return;
    }
    const auto what = random_() % 10;
    if (what < 5) {
      ASSERT_TRUE(hall_.queue().Leave(buyer->token).ok());
      buyer->stage = Stage::kGone;
    } else if (what < 8) {
      HoldOne(buyer);
      if (what == 7) Pay(buyer);
    }
  }

  void HoldOne(Buyer* buyer) {
    const HoldId id{hall_.engine->NewId()};
    const HoldReply reply = hall_.Hold(buyer->user, next_seat_, buyer->pass, id);
    if (reply.status == Code::kPassOver)
      return;  // it counts for the hold made before, or not at all
    ASSERT_TRUE(reply.status.ok()) << reply.status.text();
    ++next_seat_;
    buyer->hold = id;
    buyer->counts_until = std::max(buyer->counts_until, reply.expires_at);
  }

  void Pay(Buyer* buyer) {
    if (!buyer->hold) return;
    const Status status = hall_.Pay(buyer->user, buyer->hold);
    ASSERT_TRUE(status.ok() || status == Code::kHoldExpired) << status.text();
    paid_ += status.ok() ? 1 : 0;
    buyer->stage = Stage::kGone;
  }

  QueueHall& hall_;
  std::mt19937 random_;
  std::vector<Buyer> crowd_;
  std::vector<Sequence> entered_;  // newly seen inside
  std::uint32_t next_seat_ = 0;
  int paid_ = 0;
  std::uint32_t most_inside_ = 0;
};

TEST(QueueAdmission, NeverMoreThanTheCapAtOnceAndInOrderAcrossTwoWipes) {
  const std::uint32_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  QueueHall hall;
  hall.options.hold_ttl_ms = 60'000;
  ShowSpec spec = Gated(kCap);
  spec.pass_ms = 120'000;
  hall.Open(NewMemoryLine());
  hall.AddVenue(50, 100);
  hall.show = hall.AddShow(spec);
  hall.performance = hall.AddPerformance(hall.show);

  const int buyers = Scaled(10'000);
  Crowd crowd(hall, buyers, seed);
  crowd.JoinAll();
  int wipes = 0;
  int steps = 0;
  for (; crowd.still_waiting() > 0 && !::testing::Test::HasFatalFailure(); ++steps) {
    ASSERT_LT(steps, 20'000) << "the line stands still";
    const int wipe_below = buyers * (wipes == 0 ? 6 : 3) / 10;
    if (wipes < 2 && crowd.still_waiting() < wipe_below) {
      hall.line->Wipe();
      ++wipes;
    }
    hall.Admit();
    crowd.Step();
    const LineStats stats = hall.Stats();
    ASSERT_LE(stats.active + stats.missing, kCap) << "at step " << steps;
    ASSERT_LE(crowd.inside(), kCap) << "at step " << steps;
    hall.clock->AdvanceMs(10'000);
  }
  EXPECT_EQ(wipes, 2);
  EXPECT_EQ(crowd.never_inside(), 0) << "walk-aways block nobody";
  EXPECT_GT(crowd.most_inside(), kCap / 2);
  EXPECT_GT(crowd.paid(), 0);
  EXPECT_EQ(hall.engine->stats().lines_lost, 2u);
  std::cout << buyers << " joined, " << steps << " steps, at most " << crowd.most_inside()
            << " inside, " << crowd.paid() << " paid\n";
}

TEST(QueueAdmission, TheSweepLetsWaitersIn) {
  QueueHall hall;
  hall.Build(Gated(1));
  const Place inside = hall.Join(1);
  const Place waiting = hall.Join(2);
  ASSERT_TRUE(hall.queue().Leave(inside.token.view()).ok());
  ASSERT_TRUE(hall.engine->Sweep(100).ok());
  EXPECT_EQ(hall.Poll(waiting.token.view()).state, LineState::kAdmitted);
}

// A show with one place: user 1 is in and pays while the line is away, user 2 waits.
struct MissedPayment {
  QueueHall hall;
  Place inside, waiting;

  // Leaves the line cut off.
  void Play(std::unique_ptr<Line> line = NewMemoryLine()) {
    hall.Build(Gated(1), std::move(line));
    inside = hall.Join(1);
    waiting = hall.Join(2);
    const HoldId hold{hall.engine->NewId()};
    ASSERT_TRUE(hall.Hold(1, 0, inside.pass.view(), hold).status.ok());
    hall.line->Cut(true);
    ASSERT_TRUE(hall.Pay(1, hold).ok());
  }
};

// Were the line never told, the place would stay taken until the pass is over.
TEST(QueueAdmission, APlaceIsFreeOnceTheLineHearsOfAPaymentItMissed) {
  MissedPayment missed;
  missed.Play();
  QueueHall& hall = missed.hall;
  EXPECT_EQ(hall.queue().Admit(hall.show, 1).status().code(), Code::kBusy);
  EXPECT_EQ(hall.engine->stats().cache_errors, 1u);
  hall.line->Cut(false);
  EXPECT_EQ(hall.Stats().active, 1u);
  EXPECT_EQ(hall.Admit(), 1);
  EXPECT_EQ(hall.Poll(missed.waiting.token.view()).state, LineState::kAdmitted);
  EXPECT_EQ(hall.Stats().active, 1u);
}

TEST(QueueAdmission, APlaceIsFreeOnceTheLineHearsOfALeaveItMissed) {
  QueueHall hall;
  hall.Build(Gated(1));
  const Place inside = hall.Join(1);
  const Place waiting = hall.Join(2);
  hall.line->Cut(true);
  ASSERT_TRUE(hall.queue().Leave(inside.token.view()).ok());
  hall.line->Cut(false);
  EXPECT_EQ(hall.Stats().active, 1u);
  EXPECT_EQ(hall.Admit(), 1);
  EXPECT_EQ(hall.Poll(waiting.token.view()).state, LineState::kAdmitted);
}

// The pass is over before the hold is: only who hears of the hold counts its buyer.
TEST(QueueAdmission, ABuyerCountsOnceTheLineHearsOfAHoldItMissed) {
  QueueHall hall;
  ShowSpec spec = Gated(1);
  spec.pass_ms = 10'000;
  hall.Build(spec);
  const Place inside = hall.Join(1);
  EXPECT_TRUE(hall.Join(2).ok());
  hall.line->Cut(true);
  ASSERT_TRUE(hall.Hold(1, 0, inside.pass.view()).status.ok());
  hall.line->Cut(false);
  EXPECT_EQ(hall.Admit(), 0);
  hall.clock->AdvanceMs(10'001);
  EXPECT_EQ(hall.Admit(), 0);
  EXPECT_EQ(hall.Stats().active, 1u);
}

// Every payment of a whole hall is missed: one sweep frees all the places.
TEST(QueueAdmission, ASweepFreesThePlacesOfEveryPaymentThatWasMissed) {
  constexpr std::uint64_t kBuyers = 1'000;
  QueueHall hall;
  hall.Build(Gated(kBuyers));
  std::vector<HoldId> holds;
  for (std::uint64_t user = 1; user <= kBuyers; ++user) {
    const Place place = hall.Join(user);
    holds.push_back(HoldId{hall.engine->NewId()});
    const auto seat = static_cast<std::uint32_t>(user - 1);
    ASSERT_TRUE(hall.Hold(user, seat, place.pass.view(), holds.back()).status.ok());
  }
  ASSERT_EQ(hall.Stats().active, kBuyers);
  hall.line->Cut(true);
  for (std::uint64_t user = 1; user <= kBuyers; ++user) {
    ASSERT_TRUE(hall.Pay(user, holds[user - 1]).ok());
  }
  hall.line->Cut(false);
  ASSERT_EQ(hall.Stats().active, kBuyers);
  ASSERT_TRUE(hall.engine->Sweep(100).ok());
  EXPECT_EQ(hall.Stats().active, 0u);
}

// The line outlives the process in a file: nobody else could free the place.
TEST(QueueAdmission, ClosingTellsTheLineOfAPaymentItMissed) {
  const QueueDir dir;
  MissedPayment missed;
  QueueHall& hall = missed.hall;
  hall.options.storage = "sqlite:" + dir.File("sale.db");
  auto line = NewSqliteLine(dir.File("sale.db-line"));
  ASSERT_TRUE(line.ok()) << line.status().text();
  missed.Play(std::move(line).value());
  hall.line->Cut(false);
  ASSERT_TRUE(hall.engine->Close().ok());
  auto again = NewSqliteLine(dir.File("sale.db-line"));
  ASSERT_TRUE(again.ok()) << again.status().text();
  hall.Open(std::move(again).value());
  EXPECT_EQ(hall.Admit(), 1);
  EXPECT_EQ(hall.Poll(missed.waiting.token.view()).state, LineState::kAdmitted);
}

TEST(QueueAdmission, OneWhoNeverArrivesCountsUntilThePassIsOver) {
  QueueHall hall;
  hall.Build(Gated(1));
  const Place inside = hall.Join(1);
  const Place waiting = hall.Join(2);
  while (hall.clock->Now().value < inside.admitted_until.value - 1) {
    hall.clock->AdvanceUs(
        std::min(10 * kUsPerSecond, inside.admitted_until.value - 1 - hall.clock->Now().value));
    ASSERT_EQ(hall.Poll(waiting.token.view()).state, LineState::kWaiting);
    ASSERT_EQ(hall.Admit(), 0);
  }
  EXPECT_TRUE(hall.Hold(1, 0, inside.pass.view()).status.ok()) << "in its last microsecond";
  hall.clock->AdvanceUs(1);
  EXPECT_EQ(hall.Hold(1, 1, inside.pass.view()).status.code(), Code::kPassOver);
}

TEST(QueueAdmission, AHoldKeepsItsBuyerCountedUntilItsDeadline) {
  QueueHall hall;
  ShowSpec spec = Gated(1);
  spec.pass_ms = 10'000;
  hall.Build(spec);
  const Place inside = hall.Join(1);
  const Place waiting = hall.Join(2);
  hall.clock->AdvanceMs(9'000);
  const HoldReply held = hall.Hold(1, 0, inside.pass.view());
  ASSERT_TRUE(held.status.ok()) << held.status.text();
  while (hall.clock->Now().value < held.expires_at.value - 1) {
    hall.clock->AdvanceUs(
        std::min(10 * kUsPerSecond, held.expires_at.value - 1 - hall.clock->Now().value));
    ASSERT_EQ(hall.Poll(waiting.token.view()).state, LineState::kWaiting);
    ASSERT_EQ(hall.Admit(), 0);
  }
  hall.clock->AdvanceUs(1);
  EXPECT_EQ(hall.Admit(), 1);
}

TEST(QueueAdmission, PayingFreesTheSlotAndSpendsThePass) {
  QueueHall hall;
  hall.Build(Gated(1));
  const Place inside = hall.Join(1);
  const Place waiting = hall.Join(2);
  const HoldId id{hall.engine->NewId()};
  ASSERT_TRUE(hall.Hold(1, 0, inside.pass.view(), id).status.ok());
  EXPECT_EQ(hall.Admit(), 0);
  ASSERT_TRUE(hall.Pay(1, id).ok());
  EXPECT_EQ(hall.Admit(), 1);
  EXPECT_EQ(hall.Poll(waiting.token.view()).state, LineState::kAdmitted);
  EXPECT_EQ(hall.Hold(1, 1, inside.pass.view()).status.code(), Code::kPassSpent);
  EXPECT_EQ(hall.Poll(inside.token.view()).status.code(), Code::kPassSpent);
  EXPECT_TRUE(hall.Hold(1, 0, inside.pass.view(), id).replayed) << "a replay needs no pass";
}

TEST(QueueAdmission, ALiveHoldMayBePaidAfterThePassIsOver) {
  QueueHall hall;
  ShowSpec spec = Gated(1);
  spec.pass_ms = 10'000;
  hall.Build(spec);
  const Place inside = hall.Join(1);
  const HoldId id{hall.engine->NewId()};
  ASSERT_TRUE(hall.Hold(1, 0, inside.pass.view(), id).status.ok());
  hall.clock->AdvanceMs(200'000);
  EXPECT_TRUE(hall.Pay(1, id).ok());
}

TEST(QueueAdmission, CancellingKeepsTheBuyerInside) {
  QueueHall hall;
  hall.Build(Gated(1));
  const Place inside = hall.Join(1);
  ASSERT_TRUE(hall.Join(2).status.ok());
  const HoldId id{hall.engine->NewId()};
  ASSERT_TRUE(hall.Hold(1, 0, inside.pass.view(), id).status.ok());
  const CancelRequest cancel{hall.performance, id, UserId{1}};
  Status cancelled = hall.engine->reservations().Cancel(cancel);
  ASSERT_TRUE(cancelled.ok());
  EXPECT_EQ(hall.Admit(), 0);
  EXPECT_EQ(hall.Poll(inside.token.view()).state, LineState::kAdmitted);
  EXPECT_TRUE(hall.Hold(1, 5, inside.pass.view()).status.ok());
}

// The cache was cut off when the payment would have removed the entry.
TEST(QueueAdmission, ABuyerWhoseEntryOutlivedThePaymentJoinsAtTheBack) {
  MissedPayment missed;
  missed.Play();
  QueueHall& hall = missed.hall;
  hall.line->Cut(false);
  ASSERT_EQ(hall.Stats().active, 1u) << "the line has not heard of it";
  const Place again = hall.Join(1);
  EXPECT_EQ(again.state, LineState::kWaiting);
  EXPECT_GT(again.sequence, missed.waiting.sequence);
  EXPECT_EQ(again.ahead, 1u);
}

// On both lines: in memory, and in a file beside the database.
class PollingHost : public ::testing::TestWithParam<bool> {
 protected:
  void Build(const ShowSpec& spec) {
    if (GetParam()) {
      hall_.Build(spec);
      return;
    }
    hall_.options.storage = "sqlite:" + dir_.File("sale.db");
    hall_.Build(spec, nullptr);
  }

  QueueDir dir_;
  QueueHall hall_;
};
INSTANTIATE_TEST_SUITE_P(Lines, PollingHost, ::testing::Values(true, false),
                         [](const auto& line) { return line.param ? "Memory" : "Sqlite"; });

TEST_P(PollingHost, NeverStandsStillThoughNobodyCallsAdmitOrSweep) {
  Build(Gated(1));
  const Place inside = hall_.Join(1);
  const Place second = hall_.Join(2);
  const Place third = hall_.Join(3);
  EXPECT_EQ(hall_.Poll(second.token.view()).state, LineState::kWaiting) << "no room";
  ASSERT_TRUE(hall_.queue().Leave(inside.token.view()).ok());
  hall_.clock->AdvanceMs(100);
  const Place ahead = hall_.Poll(third.token.view());
  EXPECT_EQ(ahead.state, LineState::kWaiting) << "it let in the second, in order";
  EXPECT_EQ(ahead.ahead, 0u);
  const Place in = hall_.Poll(second.token.view());
  EXPECT_EQ(in.state, LineState::kAdmitted);
  EXPECT_TRUE(hall_.Hold(2, 0, in.pass.view()).status.ok());
  ASSERT_TRUE(hall_.queue().Leave(second.token.view()).ok());
  hall_.clock->AdvanceMs(100);
  const Place last = hall_.Poll(third.token.view());
  EXPECT_EQ(last.state, LineState::kAdmitted) << "by the very poll that made room";
  EXPECT_FALSE(last.pass.empty());
}

TEST_P(PollingHost, LetsInWhenAPassEndsAndWhenTheRateAllows) {
  ShowSpec spec = Gated(1);
  spec.pass_ms = 10'000;
  Build(spec);
  EXPECT_TRUE(hall_.Join(1).ok());
  const Place waiting = hall_.Join(2);
  hall_.clock->AdvanceMs(9'999);
  EXPECT_EQ(hall_.Poll(waiting.token.view()).state, LineState::kWaiting);
  hall_.clock->AdvanceMs(101);
  EXPECT_EQ(hall_.Poll(waiting.token.view()).state, LineState::kAdmitted);
}

TEST(QueueAdmission, ManyPollsTryToLetInOnceInAWhile) {
  QueueHall hall;
  hall.Build(Gated(1));
  ASSERT_EQ(hall.Join(1).state, LineState::kAdmitted);
  const Place waiting = hall.Join(2);
  const int before = hall.line->admits();
  for (int i = 0; i < 50; ++i) (void)hall.Poll(waiting.token.view());
  EXPECT_EQ(hall.line->admits(), before + 1);
  hall.clock->AdvanceMs(99);
  (void)hall.Poll(waiting.token.view());
  EXPECT_EQ(hall.line->admits(), before + 1);
  hall.clock->AdvanceMs(1);
  (void)hall.Poll(waiting.token.view());
  EXPECT_EQ(hall.line->admits(), before + 2);
}

TEST_P(PollingHost, OncePassIsOverJoiningGivesAPlaceAtTheBackWhileTheHoldCountsAsInside) {
  ShowSpec spec = Gated(1);
  spec.pass_ms = 10'000;
  Build(spec);
  const Place inside = hall_.Join(1);
  const HoldId id{hall_.engine->NewId()};
  ASSERT_TRUE(hall_.Hold(1, 0, inside.pass.view(), id).status.ok());
  const Place waiting = hall_.Join(2);
  hall_.clock->AdvanceMs(10'000);
  EXPECT_EQ(hall_.Hold(1, 1, inside.pass.view()).status.code(), Code::kPassOver);
  EXPECT_EQ(hall_.Poll(inside.token.view()).state, LineState::kAbsent) << "no dead pass";
  const Place again = hall_.Join(1);
  EXPECT_EQ(again.state, LineState::kWaiting);
  EXPECT_TRUE(again.pass.empty());
  EXPECT_GT(again.sequence, waiting.sequence);
  EXPECT_EQ(hall_.Join(1).token.view(), again.token.view());
  EXPECT_EQ(hall_.Stats().active, 1u) << "the hold counts as inside";
  EXPECT_EQ(hall_.Admit(), 0);

  const CancelRequest cancel{hall_.performance, id, UserId{1}};
  Status cancelled = hall_.engine->reservations().Cancel(cancel);
  ASSERT_TRUE(cancelled.ok());
  EXPECT_EQ(hall_.Join(1).token.view(), again.token.view());
  hall_.clock->AdvanceMs(59'000);
  (void)hall_.Poll(waiting.token.view());
  (void)hall_.Poll(again.token.view());
  hall_.clock->AdvanceMs(59'000);
  EXPECT_EQ(hall_.Poll(again.token.view()).state, LineState::kWaiting);
}

TEST_P(PollingHost, AHoldMadeUnderAPassThatIsOverMayBePaidAndLeavesTheNewPlace) {
  ShowSpec spec = Gated(1);
  spec.pass_ms = 10'000;
  Build(spec);
  const Place inside = hall_.Join(1);
  const HoldId id{hall_.engine->NewId()};
  ASSERT_TRUE(hall_.Hold(1, 0, inside.pass.view(), id).status.ok());
  hall_.clock->AdvanceMs(10'000);
  const Place again = hall_.Join(1);
  ASSERT_EQ(again.state, LineState::kWaiting);
  ASSERT_TRUE(hall_.Pay(1, id).ok());
  EXPECT_EQ(hall_.Admit(), 1) << "the slot is free";
  const Place in = hall_.Poll(again.token.view());
  EXPECT_EQ(in.state, LineState::kAdmitted);
  EXPECT_TRUE(hall_.Hold(1, 1, in.pass.view()).status.ok());
}

// A refusal from memory tells a pass that this process saw spent.
TEST(QueueAdmission, AKnownSpentPassIsToldThoughTheSeatIsTaken) {
  QueueHall hall;
  hall.Build(Gated(3));
  const Place buyer = hall.Join(1);
  const Place other = hall.Join(2);
  const HoldId id{hall.engine->NewId()};
  ASSERT_TRUE(hall.Hold(1, 0, buyer.pass.view(), id).status.ok());
  ASSERT_TRUE(hall.Hold(2, 1, other.pass.view()).status.ok());
  EXPECT_EQ(hall.Hold(1, 1, buyer.pass.view()).status.code(), Code::kSeatTaken);
  ASSERT_TRUE(hall.Pay(1, id).ok());
  EXPECT_EQ(hall.Hold(1, 1, buyer.pass.view()).status.code(), Code::kPassSpent);
  hall.clock->AdvanceMs(600'000);
  EXPECT_EQ(hall.Hold(1, 1, buyer.pass.view()).status.code(), Code::kPassOver) << "that is first";
}

}  // namespace
}  // namespace seathold::testing
