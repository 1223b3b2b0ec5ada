// What one process does and another one sees: seats given back, the feed, the waiting line.
#include <algorithm>
#include <cstring>
#include <random>
#include <thread>

#include "tests/processes/hall.h"
#include "tests/processes/rendezvous.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

// --- a seat cancelled there is granted here ---------------------------------------------------

struct Healing {
  Rendezvous meet;
  std::atomic<std::int64_t> cancelled_ns{0};
  std::atomic<std::int64_t> longest_ns{0};
  std::atomic<int> advisory{0};
};

Uuid HealId(int round, std::uint8_t who, int n) {
  Uuid id{};
  id[0] = who;
  std::memcpy(&id[4], &round, sizeof round);
  std::memcpy(&id[8], &n, sizeof n);
  return id;
}

// Asks for the seat until it is granted. No call that began later than refusal_max_age_ms after the
// cancellation was acknowledged may be refused.
void WantSeat(Engine& engine, const Hall& hall, int round, std::uint32_t seat, Healing* healing) {
  const Buyer buyer{engine, hall, {2}};
  const std::int64_t max_age_ns = EngineOptions{}.refusal_max_age_ms * 1'000'000;
  for (int n = 1;; ++n) {
    const std::int64_t began_ns = MonotonicNs();
    const HoldReply reply = buyer.Hold({HealId(round, 2, n)}, {seat});
    const std::int64_t cancelled_ns = healing->cancelled_ns;
    if (n == 1 && !reply.status.ok() && !healing->meet.Meet(2)) {
      ADD_FAILURE() << "the other process is gone";
      return;
    }
    if (reply.status.ok()) {
      ASSERT_NE(cancelled_ns, 0) << "granted while it was held";
      const std::int64_t took_ns = MonotonicNs() - cancelled_ns;
      if (took_ns > healing->longest_ns) healing->longest_ns = took_ns;
      ASSERT_TRUE(buyer.Cancel({HealId(round, 2, n)}).ok());
      return;
    }
    ASSERT_EQ(reply.status.code(), Code::kSeatTaken) << reply.status.text();
    healing->advisory += reply.advisory;
    if (cancelled_ns != 0 && began_ns > cancelled_ns) {
      ASSERT_LE(began_ns - cancelled_ns, max_age_ns) << "a false refusal outlived its age";
      ASSERT_TRUE(reply.advisory);
    }
    NapMs(2);
  }
}

TEST(News, ASeatCancelledInOneProcessIsGrantedInAnotherWithinTheAgeOfRefusals) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  const Hall hall = BuildFile(path, 2, 10);
  const int rounds = Scaled(100);
  SharedValue<Healing> healing;
  const pid_t giver = Spawn([&] {
    const auto engine = OpenFile(path);
    ASSERT_NE(engine, nullptr);
    const Buyer buyer{*engine, hall, {1}};
    std::mt19937_64 random(1);
    for (int round = 0; round < rounds; ++round) {
      healing->cancelled_ns = 0;
      ASSERT_TRUE(buyer.Hold({HealId(round, 1, 0)}, {3}).status.ok());
      ASSERT_TRUE(healing->meet.Meet(2));  // held
      ASSERT_TRUE(healing->meet.Meet(2));  // and refused over there
      NapMs(static_cast<std::int64_t>(random() % 300));
      ASSERT_TRUE(buyer.Cancel({HealId(round, 1, 0)}).ok());
      healing->cancelled_ns = MonotonicNs();
      ASSERT_TRUE(healing->meet.Meet(2));  // granted over there, and given back
    }
  });
  const pid_t taker = Spawn([&] {
    const auto engine = OpenFile(path);
    ASSERT_NE(engine, nullptr);
    for (int round = 0; round < rounds; ++round) {
      ASSERT_TRUE(healing->meet.Meet(2));
      ASSERT_NO_FATAL_FAILURE(WantSeat(*engine, hall, round, 3, &*healing));
      ASSERT_TRUE(healing->meet.Meet(2));
    }
  });
  ExpectClean(giver);
  ExpectClean(taker);
  EXPECT_GT(healing->advisory.load(), 0);
  std::printf("COUNT healed_refusals %d\n", rounds);
  std::printf(
      "longest time from cancelled there to granted here: %.1f ms; %d refusals from the "
      "mirror\n",
      static_cast<double>(healing->longest_ns.load()) / 1e6, healing->advisory.load());
}

// --- the map out of the feed ------------------------------------------------------------------

constexpr std::int64_t kShortHoldMs = 1'000;

struct Bustle {
  Rendezvous start;
  std::atomic<std::uint32_t> sellers_done{0};
  std::atomic<std::uint64_t> last_event{0};
};

// Every kind of event there is; some holds are left to lapse.
void Bustling(Engine& engine, const Hall& hall, std::uint64_t user, int ops) {
  const Buyer buyer{engine, hall, {user}};
  std::mt19937_64 random(user);
  for (int n = 0; n < ops; ++n) {
    const std::uint32_t seat = static_cast<std::uint32_t>(random() % (hall.seats - 1));
    const HoldId hold{engine.NewId()};
    const auto dice = random() % 10;
    if (dice == 0) {
      const SeatId one = hall.seat(seat);
      Status status;
      engine.reservations().Block(hall.performance, {&one, 1}, "a pillar", {&status, 1});
      if (random() % 2 == 0)
        engine.reservations().Unblock(hall.performance, {&one, 1}, {&status, 1});
      continue;
    }
    const std::int64_t ttl_ms = dice < 4 ? kShortHoldMs : 0;
    if (!buyer.Hold(hold, {seat, seat + 1}, {}, {}, ttl_ms).status.ok()) continue;
    if (dice < 4) continue;
    if (dice < 6) {
      EXPECT_TRUE(buyer.Cancel(hold).ok());
    } else if (dice < 9) {
      const TransferId payment{engine.NewId()};
      EXPECT_TRUE(buyer.Pay(hold, payment, ToString(payment.value)).status.ok());
      if (dice == 8) {
        EXPECT_TRUE(buyer.Refund(hold, {engine.NewId()}).status.ok());
      }
    }
  }
  NapMs(kShortHoldMs);  // all of its own are over: the sweep ends some and leaves others unwritten
  EXPECT_TRUE(engine.Sweep(3).ok());
}

// A map that knows nothing but events.
class FeedMap {
 public:
  explicit FeedMap(const Hall& hall) : hall_(hall), seats_(hall.seats) {}

  void Apply(const FeedEvent& event) {
    ASSERT_EQ(event.counter, last_ + 1) << "a gap in the feed";
    last_ = event.counter;
    ++kinds_[static_cast<std::size_t>(event.kind)];
    for (const SeatId id : event.seats) {
      Seat& seat = seats_.at(OrdinalOf(id));
      seat = {};
      if (event.kind == FeedKind::kHeld) seat = {SeatState::kHeld, event.expires_at};
      if (event.kind == FeedKind::kConfirmed) seat.state = SeatState::kSold;
      if (event.kind == FeedKind::kBlocked) seat.state = SeatState::kBlocked;
    }
  }
  SeatState at(std::uint32_t ordinal, TimeUs now) const {
    const Seat& seat = seats_[ordinal];
    const bool lapsed = seat.state == SeatState::kHeld && seat.expires_at <= now;
    return lapsed ? SeatState::kAvailable : seat.state;
  }
  std::uint64_t last() const { return last_; }
  int kinds_seen() const {
    return static_cast<int>(std::ranges::count_if(kinds_, [](int n) { return n > 0; }));
  }

 private:
  struct Seat {
    SeatState state = SeatState::kAvailable;
    TimeUs expires_at;
  };
  const Hall& hall_;
  std::vector<Seat> seats_;
  std::array<int, 8> kinds_{};
  std::uint64_t last_ = 0;
};

// Follows the feed from its beginning until the sellers are done and nothing is left.
void Follow(Engine& engine, const Hall& hall, Bustle* bustle, FeedMap* map) {
  std::mt19937_64 random(5);
  while (!::testing::Test::HasFailure()) {
    const bool last_look = bustle->sellers_done == 2;
    const auto events = engine.reservations().Feed(hall.performance, map->last(),
                                                   static_cast<int>(1 + random() % 20));
    ASSERT_TRUE(events.ok()) << events.status().text();
    for (const FeedEvent& event : *events) ASSERT_NO_FATAL_FAILURE(map->Apply(event));
    if (events->empty() && last_look) return;
    if (events->empty()) NapMs(1);
  }
}

void ExpectSameMap(Engine& engine, const Hall& hall, const FeedMap& own) {
  const auto map = engine.reservations().Map(hall.performance);
  ASSERT_TRUE(map.ok()) << map.status().text();
  EXPECT_EQ((*map)->version.feed, own.last());
  const TimeUs now = engine.Now();
  for (std::uint32_t i = 0; i < hall.seats; ++i) {
    EXPECT_EQ((*map)->at(i), own.at(i, now)) << "seat " << i;
  }
  EXPECT_GT((*map)->available, 0u);
  EXPECT_GT((*map)->sold, 0u);
}

TEST(News, AThirdProcessRebuildsTheFinalMapFromTheFeedAlone) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  const Hall hall = BuildFile(path, 10, 40);
  SharedValue<Bustle> bustle;
  std::vector<pid_t> sellers;
  for (std::uint64_t user = 1; user <= 2; ++user) {
    sellers.push_back(Spawn([&] {
      const auto engine = OpenFile(path);
      ASSERT_NE(engine, nullptr);
      ASSERT_TRUE(bustle->start.Meet(3));
      Bustling(*engine, hall, user, Scaled(3'000));
      ++bustle->sellers_done;
    }));
  }
  const pid_t consumer = Spawn([&] {
    const auto engine = OpenFile(path);
    ASSERT_NE(engine, nullptr);
    FeedMap map(hall);
    ASSERT_TRUE(bustle->start.Meet(3));
    ASSERT_NO_FATAL_FAILURE(Follow(*engine, hall, &*bustle, &map));
    NapMs(kShortHoldMs + 100);  // every short hold has lapsed, whoever looks
    EXPECT_EQ(map.kinds_seen(), 7);
    ExpectSameMap(*engine, hall, map);
    const auto second = OpenFile(path);  // one that starts from storage agrees
    ASSERT_NE(second, nullptr);
    ExpectSameMap(*second, hall, map);
    bustle->last_event = map.last();
  });
  for (const pid_t seller : sellers) ExpectClean(seller);
  ExpectClean(consumer);
  std::printf("COUNT feed_events_followed %llu\n",
              static_cast<unsigned long long>(bustle->last_event.load()));
}

// --- one waiting line for all -----------------------------------------------------------------

struct Text {
  std::size_t size = 0;  // at most 95
  char bytes[96]{};

  Text() = default;
  explicit Text(std::string_view text) : size(text.size()) {
    std::memcpy(bytes, text.data(), std::min(text.size(), sizeof bytes));
  }
  std::string_view view() const { return {bytes, size}; }
};

struct Ticket {
  Code code{};
  LineState state{};
  std::uint64_t sequence = 0, ahead = 0;
  Text token, pass;
};

Ticket ToTicket(const Place& place) {
  return {place.status.code(),      place.state,
          place.sequence.value,     place.ahead,
          Text(place.token.view()), Text(place.pass.view())};
}

// Runs one call in a process of its own.
template <class Answer, class Call>
Answer InProcess(const std::string& path, const Call& call) {
  Pipe pipe;
  InChild([&] {
    const auto engine = OpenFile(path);
    ASSERT_NE(engine, nullptr);
    const Answer answer = call(*engine);
    EXPECT_TRUE(engine->Close().ok());
    pipe.Send(answer);
  });
  pipe.CloseWriter();
  return pipe.Receive<Answer>().value_or(Answer{});
}

class SharedLine : public ::testing::Test {
 protected:
  void Build(std::uint32_t active_max) {
    ShowSpec show;
    show.requires_pass = true;
    show.active_max = active_max;
    path_ = folder_.File("hall.db");
    hall_ = BuildFile(path_, 2, 50, show);
  }
  Ticket Join(std::uint64_t user) {
    return InProcess<Ticket>(path_, [&](Engine& engine) {
      const JoinRequest request{hall_.show, {user}};
      Place place = engine.queue().Join(request);
      return ToTicket(place);
    });
  }
  Ticket Poll(const Ticket& ticket) {
    return InProcess<Ticket>(path_, [&](Engine& engine) {
      const std::string_view token = ticket.token.view();
      Place place = engine.queue().Poll(token);
      return ToTicket(place);
    });
  }
  int Admit() {
    return InProcess<int>(path_, [&](Engine& engine) {
      const auto admitted = engine.queue().Admit(hall_.show, 100);
      EXPECT_TRUE(admitted.ok()) << admitted.status().text();
      return admitted.ok() ? *admitted : -1;
    });
  }
  Code Hold(std::uint64_t user, const Text& pass, std::uint8_t id, std::uint32_t seat) {
    return InProcess<Code>(path_, [&](Engine& engine) {
      return Buyer{engine, hall_, {user}}.Hold({{id}}, {seat}, {}, pass.view()).status.code();
    });
  }
  Code Pay(std::uint64_t user, std::uint8_t id) {
    return InProcess<Code>(path_, [&](Engine& engine) {
      const TransferId payment{{id}};
      const std::string reference = ToString(payment.value);
      return Buyer{engine, hall_, {user}}.Pay({{id}}, payment, reference).status.code();
    });
  }

  const ScratchFolder folder_;
  std::string path_;
  Hall hall_;
};

TEST_F(SharedLine, JoinsInOneAdmitsInAnotherAndHoldsInAThirdProcess) {
  Build(1);
  const Ticket first = Join(1), second = Join(2), third = Join(3);
  ASSERT_EQ(first.code, Code::kOk);
  EXPECT_EQ(first.state, LineState::kAdmitted);
  EXPECT_EQ(second.state, LineState::kWaiting);
  EXPECT_EQ(second.ahead, 0u);
  EXPECT_EQ(third.state, LineState::kWaiting);
  EXPECT_EQ(third.ahead, 1u);
  EXPECT_LT(second.sequence, third.sequence);
  EXPECT_EQ(Join(2).token.view(), second.token.view());
  EXPECT_EQ(Admit(), 0);

  EXPECT_EQ(Hold(2, Text(), 20, 5), Code::kNotAdmitted);
  EXPECT_EQ(Hold(1, first.pass, 10, 5), Code::kOk);
  EXPECT_EQ(Pay(1, 10), Code::kOk);
  EXPECT_EQ(Hold(1, first.pass, 11, 6), Code::kPassSpent);

  EXPECT_EQ(Admit(), 1);
  const Ticket in = Poll(second);
  EXPECT_EQ(in.state, LineState::kAdmitted);
  EXPECT_EQ(Poll(third).ahead, 0u);
  EXPECT_EQ(Hold(3, in.pass, 30, 6), Code::kPassInvalid);
  EXPECT_EQ(Hold(2, in.pass, 20, 5), Code::kSeatTaken);
  EXPECT_EQ(Hold(2, in.pass, 20, 6), Code::kOk);
  EXPECT_EQ(Pay(2, 20), Code::kOk);
  EXPECT_EQ(Admit(), 1);
  EXPECT_EQ(Poll(third).state, LineState::kAdmitted);
}

struct Crowd {
  Rendezvous start;
  std::array<std::atomic<std::uint64_t>, 300> sequences{};
  std::atomic<int> admitted{0};
};

TEST_F(SharedLine, ThreeProcessesAtOnceGiveEachBuyerOnePlaceAndNeverAdmitMoreThanTheCap) {
  constexpr std::uint32_t kHosts = 3, kCap = 7;
  Build(kCap);
  const int buyers = Scaled(100);
  SharedValue<Crowd> crowd;
  std::vector<pid_t> hosts;
  for (std::uint32_t host = 0; host < kHosts; ++host) {
    hosts.push_back(Spawn([&] {
      const auto engine = OpenFile(path_);
      ASSERT_NE(engine, nullptr);
      ASSERT_TRUE(crowd->start.Meet(kHosts));
      for (int n = 0; n < buyers; ++n) {
        const std::uint32_t at =
            host * static_cast<std::uint32_t>(buyers) + static_cast<std::uint32_t>(n);
        const JoinRequest request{hall_.show, {1 + at}};
        Place place = engine->queue().Join(request);
        ASSERT_TRUE(place.status.ok()) << place.status.text();
        crowd->sequences[at] = place.sequence.value;
        crowd->admitted += place.state == LineState::kAdmitted;
        const auto admitted = engine->queue().Admit(hall_.show, 3);
        ASSERT_TRUE(admitted.ok()) << admitted.status().text();
        crowd->admitted += *admitted;
        const auto stats = engine->queue().Stats(hall_.show);
        ASSERT_TRUE(stats.ok());
        ASSERT_LE(stats->active, kCap);
      }
    }));
  }
  for (const pid_t host : hosts) ExpectClean(host);
  std::vector<std::uint64_t> sequences;
  for (std::size_t i = 0; i < kHosts * static_cast<std::size_t>(buyers); ++i) {
    sequences.push_back(crowd->sequences[i]);
  }
  std::ranges::sort(sequences);
  EXPECT_GT(sequences.front(), 0u);
  EXPECT_EQ(std::ranges::adjacent_find(sequences), sequences.end()) << "a place given twice";
  EXPECT_EQ(crowd->admitted.load(), static_cast<int>(kCap));
  std::printf("COUNT shared_line_joins %zu\n", sequences.size());
}

}  // namespace
}  // namespace seathold::testing
