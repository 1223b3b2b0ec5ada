// Many asks of one call for few seats: most are refused in memory once the first are answered, and
// each as if they had been decided one behind the other.
#include <iostream>
#include <random>

#include "tests/engine/hall.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::uint32_t kRushSeats = 12;
constexpr std::uint32_t kRushLimit = 3;  // seats a buyer, in the halls that limit them

struct RushAsk {
  HoldId id;
  std::uint64_t user = 0;
  std::vector<SeatTicket> seats;
};

std::vector<HoldReply> HoldAll(Hall& hall, const std::vector<RushAsk>& asks) {
  std::vector<HoldRequest> requests(asks.size());
  for (std::size_t i = 0; i < asks.size(); ++i) {
    requests[i].id = asks[i].id;
    requests[i].user = UserId{asks[i].user};
    requests[i].performance = hall.performance;
    requests[i].seats = asks[i].seats;
  }
  std::vector<HoldReply> replies(asks.size());
  hall.sales().Hold(requests, replies, {60'000});
  return replies;
}

TEST(RushInACall, IsRefusedInMemoryOnceTheFirstAreAnswered) {
  Hall hall;
  hall.Build(2, 10);
  (void)hall.sales().Count(hall.performance);  // memory knows the hall
  std::vector<RushAsk> asks;
  for (std::uint64_t user = 1; user <= 400; ++user) {
    const auto pair = static_cast<std::uint32_t>(user % 4 * 2);
    asks.push_back({hall.NewHold(), user, {{hall.Seat(pair)}, {hall.Seat(pair + 1)}}});
  }
  const Stats before = hall.engine->stats();
  const std::vector<HoldReply> replies = HoldAll(hall, asks);
  const Stats after = hall.engine->stats();
  EXPECT_EQ(after.commands - before.commands, 4u);
  EXPECT_EQ(after.refused_by_mirror - before.refused_by_mirror, 396u);
  EXPECT_EQ(after.holds - before.holds, 4u);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    EXPECT_EQ(replies[i].status.code(), i < 4 ? Code::kOk : Code::kSeatTaken) << i;
    EXPECT_EQ(replies[i].id, asks[i].id);
    EXPECT_EQ(replies[i].advisory, i >= 4);
    EXPECT_EQ(replies[i].conflicts.size(), i < 4 ? 0u : 2u);
  }
}

// A rush over all there is to go wrong: repeated ids, tickets that are not sold, buyers who want
// too many seats. The ids are those of every round.
std::vector<RushAsk> RandomRush(std::mt19937& random, Hall& hall, std::vector<HoldId>* ids) {
  std::vector<RushAsk> asks;
  for (int n = 0; n < 25; ++n) {
    const bool repeat = !asks.empty() && random() % 8 == 0;
    RushAsk ask = repeat ? asks[random() % asks.size()] : RushAsk{};
    if (!repeat) {
      while (ids->size() <= asks.size()) ids->push_back(hall.NewHold());
      ask.id = (*ids)[asks.size()];
    }
    if (!repeat || random() % 2 == 0) {
      ask.user = 1 + random() % 6;
      ask.seats.clear();
      const auto first = static_cast<std::uint32_t>(random() % kRushSeats);
      const auto seats = static_cast<std::uint32_t>(1 + random() % 3);
      for (std::uint32_t s = first; s < std::min(first + seats, kRushSeats); ++s) {
        ask.seats.push_back({hall.Seat(s), random() % 6 == 0 ? 7u : 0u});
      }
    }
    asks.push_back(ask);
  }
  return asks;
}

template <class Conflicts>
std::vector<SeatId> SeatsOf(const Conflicts& conflicts) {
  std::vector<SeatId> seats;
  for (const SeatConflict& conflict : conflicts) seats.push_back(conflict.seat);
  return seats;
}

std::string Told(const std::vector<RushAsk>& asks, const std::vector<HoldReply>& expected,
                 const std::vector<HoldReply>& replies, int round, std::size_t differs) {
  std::string told = "rush " + std::to_string(round);
  for (std::size_t i = 0; i <= differs; ++i) {
    told += "\nuser " + std::to_string(asks[i].user);
    told += " id .." + ToString(asks[i].id.value).substr(32);
    for (const SeatTicket& ticket : asks[i].seats) {
      told += " " + std::to_string(OrdinalOf(ticket.seat)) + (ticket.ticket_type == 0 ? "" : "!");
    }
    told += ": " + replies[i].status.text() + ", not " + expected[i].status.text();
  }
  return told;
}

TEST(RushInACall, IsAnsweredAsIfDecidedOneBehindTheOther) {
  const int rounds = Scaled(3'000);
  std::uint64_t held = 0, refused = 0;
  for (int round = 0; round < rounds; ++round) {
    Hall in_order, hall;
    in_order.options.refusal_max_age_ms = 0;  // no answer from memory, and none waits
    const std::uint32_t limit = round % 2 == 0 ? 0 : kRushLimit;
    in_order.Build(1, kRushSeats, limit);
    hall.Build(1, kRushSeats, limit);
    (void)hall.sales().Count(hall.performance);
    std::mt19937 random(static_cast<unsigned>(round));
    for (std::uint32_t s = 0; s < kRushSeats; ++s) {
      const auto fate = random() % 12;  // seats that were taken before
      for (Hall* either : {&in_order, &hall}) {
        if (fate == 0) {
          ASSERT_TRUE(either->Block(s).ok());
        } else if (fate == 1) {
          ASSERT_TRUE(either->Hold(20 + s, {s}, either->NewHold(), 60'000).status.ok());
        }
      }
    }
    std::vector<HoldId> ids;
    const auto asks = RandomRush(random, hall, &ids);
    const auto expected = HoldAll(in_order, asks);
    const auto replies = HoldAll(hall, asks);
    for (std::size_t i = 0; i < asks.size(); ++i) {
      // Memory refuses before it is known what an id was used for.
      if (replies[i].advisory && expected[i].status == Code::kIdempotencyMismatch) {
        const Code code = replies[i].status.code();
        ASSERT_TRUE(code == Code::kSeatTaken || code == Code::kSeatBlocked);
        continue;
      }
      ASSERT_EQ(replies[i].status.code(), expected[i].status.code())
          << Told(asks, expected, replies, round, i);
      ASSERT_EQ(replies[i].replayed, expected[i].replayed) << round << " " << i;
      ASSERT_EQ(replies[i].seats, expected[i].seats) << round << " " << i;
      ASSERT_EQ(SeatsOf(replies[i].conflicts), SeatsOf(expected[i].conflicts))
          << Told(asks, expected, replies, round, i);
      ++(replies[i].status.ok() ? held : refused);
    }
    const auto audit = hall.engine->Verify();
    ASSERT_TRUE(audit.ok() && audit->clean()) << round;
  }
  EXPECT_GT(held, static_cast<std::uint64_t>(rounds) * 3);
  EXPECT_GT(refused, static_cast<std::uint64_t>(rounds) * 10);
  std::cout << "COUNT rushes_in_a_call " << rounds << "\n";
}

}  // namespace
}  // namespace seathold::testing
