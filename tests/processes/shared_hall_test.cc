// Two processes sell one hall from one file.
#include <algorithm>
#include <numeric>
#include <random>
#include <thread>

#include "tests/processes/hall.h"
#include "tests/processes/rendezvous.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::uint32_t kProcesses = 2;
constexpr std::uint32_t kSeatsMax = 2'000;

struct SoldSeats {
  Rendezvous start;
  // By seat: how often a payment for it was acknowledged, and by whom.
  std::array<std::atomic<std::uint32_t>, kSeatsMax> times{};
  std::array<std::atomic<std::uint32_t>, kProcesses> by_process{};
};

// Tries every seat in an order of its own, alone or in pairs, paying now from outside, now from the
// wallet.
void BuyAll(Engine& engine, const Hall& hall, std::uint64_t user, std::uint32_t process,
            SoldSeats* sold) {
  const Buyer buyer{engine, hall, {user}};
  EXPECT_TRUE(buyer.Charge({engine.NewId()}, 1'000'000'000).status.ok());
  std::mt19937_64 random(user);
  std::vector<std::uint32_t> order(hall.seats);
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::shuffle(order, random);
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::vector<std::uint32_t> seats = {order[i]};
    if (random() % 3 == 0 && order[i] + 1 < hall.seats) seats.push_back(order[i] + 1);
    const HoldId hold{engine.NewId()};
    const HoldReply held = buyer.Hold(hold, seats);
    if (held.status == Code::kSeatTaken && seats.size() > 1) --i;  // the first alone may be free
    if (!held.status.ok()) {
      EXPECT_EQ(held.status.code(), Code::kSeatTaken) << held.status.text();
      continue;
    }
    const TransferId payment{engine.NewId()};
    const PayReply paid =
        buyer.Pay(hold, payment, random() % 2 == 0 ? ToString(payment.value) : std::string());
    ASSERT_TRUE(paid.status.ok()) << paid.status.text();
    for (const std::uint32_t seat : seats) ++sold->times[seat];
    sold->by_process[process] += static_cast<std::uint32_t>(seats.size());
  }
}

TEST(SharedHall, TwoProcessesSellEachSeatOnceAndTheBooksBalance) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  const Hall hall = BuildFile(path, 20, Scaled(100));
  ASSERT_LE(hall.seats, kSeatsMax);
  SharedValue<SoldSeats> sold;
  std::vector<pid_t> children;
  for (std::uint32_t process = 0; process < kProcesses; ++process) {
    children.push_back(Spawn([&] {
      const auto engine = OpenFile(path);
      ASSERT_NE(engine, nullptr);
      ASSERT_TRUE(sold->start.Meet(kProcesses));
      std::thread other([&] { BuyAll(*engine, hall, 100 + process, process, &*sold); });
      BuyAll(*engine, hall, 200 + process, process, &*sold);
      other.join();
      EXPECT_TRUE(engine->Close().ok());
    }));
  }
  for (const pid_t child : children) ExpectClean(child);
  for (std::uint32_t seat = 0; seat < hall.seats; ++seat) {
    EXPECT_EQ(sold->times[seat].load(), 1u) << "seat " << seat;
  }
  for (const auto& share : sold->by_process) EXPECT_GT(share.load(), 0u);
  InChild([&] {
    const auto engine = OpenFile(path);
    ASSERT_NE(engine, nullptr);
    ExpectBooks(*engine, hall.seats, hall.seats * kSeatPriceMinor);
    const auto count = engine->reservations().Count(hall.performance);
    ASSERT_TRUE(count.ok());
    EXPECT_EQ(count->state, SaleState::kSoldOut);
  });
  std::printf("COUNT two_process_seats %u\n", hall.seats);
  std::printf("seats by process: %u %u\n", sold->by_process[0].load(), sold->by_process[1].load());
}

// What one process heard to one round of calls.
struct Heard {
  Code hold{}, pay{}, charge{}, refund{};
  bool hold_replayed = false, pay_replayed = false, charge_replayed = false,
       refund_replayed = false;
  std::int64_t expires_at_us = 0, total = 0, paid_balance = 0, charged_balance = 0,
               refunded_balance = 0;
};

constexpr int kRoundsMax = 400;

struct Rounds {
  Rendezvous meet;
  std::array<std::array<Heard, kRoundsMax>, kProcesses> heard{};
};

Uuid RoundId(std::uint8_t kind, int round) {
  Uuid id{};
  id[0] = kind;
  id[14] = static_cast<std::uint8_t>(round >> 8);
  id[15] = static_cast<std::uint8_t>(round);
  return id;
}

// Charge, hold, pay and refund under ids that the other process uses at the same moment.
void CallAtOnce(Engine& engine, const Hall& hall, int round, Rendezvous* meet, Heard* heard) {
  const Buyer buyer{engine, hall, {static_cast<std::uint64_t>(round + 1)}};
  const HoldId hold{RoundId(1, round)};
  ASSERT_TRUE(meet->Meet(kProcesses));
  const TransferReply charged = buyer.Charge({RoundId(2, round)}, 5'000);
  ASSERT_TRUE(meet->Meet(kProcesses));
  const HoldReply held = buyer.Hold(hold, {static_cast<std::uint32_t>(round) % hall.seats});
  ASSERT_TRUE(meet->Meet(kProcesses));
  const PayReply paid = buyer.Pay(hold, {RoundId(3, round)}, "");
  ASSERT_TRUE(meet->Meet(kProcesses));
  const PayReply refunded = buyer.Refund(hold, {RoundId(4, round)});
  *heard = {held.status.code(),
            paid.status.code(),
            charged.status.code(),
            refunded.status.code(),
            held.replayed,
            paid.replayed,
            charged.replayed,
            refunded.replayed,
            held.expires_at.value,
            paid.total.minor,
            paid.balance_after.minor,
            charged.balance_after.minor,
            refunded.balance_after.minor};
}

void ExpectOneEffectOneAnswer(const Heard& a, const Heard& b) {
  for (const Heard& one : {a, b}) {
    EXPECT_EQ(one.charge, Code::kOk);
    EXPECT_EQ(one.hold, Code::kOk);
    EXPECT_EQ(one.pay, Code::kOk);
    EXPECT_EQ(one.refund, Code::kOk);
    EXPECT_EQ(one.charged_balance, 5'000);
    EXPECT_EQ(one.paid_balance, 5'000 - kSeatPriceMinor);
    EXPECT_EQ(one.refunded_balance, 5'000);
    EXPECT_EQ(one.total, kSeatPriceMinor);
  }
  EXPECT_EQ(a.expires_at_us, b.expires_at_us);
  EXPECT_NE(a.charge_replayed, b.charge_replayed);
  EXPECT_NE(a.hold_replayed, b.hold_replayed);
  EXPECT_NE(a.pay_replayed, b.pay_replayed);
  EXPECT_NE(a.refund_replayed, b.refund_replayed);
}

TEST(SharedHall, TheSameIdsFromTwoProcessesAtOnceHaveOneEffectAndOneAnswer) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  // A seat a round: one that was given back may be refused from memory for refusal_max_age_ms.
  const Hall hall = BuildFile(path, 20, 20);
  static_assert(kRoundsMax <= 20 * 20);
  const int rounds = Scaled(kRoundsMax);
  SharedValue<Rounds> shared;
  std::vector<pid_t> children;
  for (std::size_t process = 0; process < kProcesses; ++process) {
    children.push_back(Spawn([&] {
      const auto engine = OpenFile(path);
      ASSERT_NE(engine, nullptr);
      for (int round = 0; round < rounds && !HasFailure(); ++round) {
        CallAtOnce(*engine, hall, round, &shared->meet,
                   &shared->heard[process][static_cast<std::size_t>(round)]);
      }
    }));
  }
  for (const pid_t child : children) ExpectClean(child);
  int first_by_second_process = 0;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const auto at = static_cast<std::size_t>(round);
    ExpectOneEffectOneAnswer(shared->heard[0][at], shared->heard[1][at]);
    first_by_second_process += shared->heard[0][at].hold_replayed;
  }
  InChild([&] {
    const auto engine = OpenFile(path);
    ASSERT_NE(engine, nullptr);
    ExpectBooks(*engine, 0, 0);
    for (int round = 0; round < rounds; ++round) {
      const auto balance =
          engine->wallet().Balance({static_cast<std::uint64_t>(round + 1)}, Euro());
      ASSERT_TRUE(balance.ok());
      EXPECT_EQ(balance->minor, 5'000);
    }
  });
  std::printf("COUNT same_id_two_processes %d\n", 4 * rounds);
  std::printf("the second process was first in %d of %d holds\n", first_by_second_process, rounds);
}

TEST(SharedHall, TheSameHoldIdForDifferentSeatsAtOnceIsGivenToOne) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  const Hall hall = BuildFile(path, 2, 100);
  const int rounds = Scaled(90);
  struct Both {
    Rendezvous meet;
    std::array<std::array<std::atomic<Code>, 100>, kProcesses> code{};
  };
  SharedValue<Both> both;
  std::vector<pid_t> children;
  for (std::size_t process = 0; process < kProcesses; ++process) {
    children.push_back(Spawn([&] {
      const auto engine = OpenFile(path);
      ASSERT_NE(engine, nullptr);
      for (int round = 0; round < rounds; ++round) {
        ASSERT_TRUE(both->meet.Meet(kProcesses));
        const auto seat =
            static_cast<std::uint32_t>(2 * round) + static_cast<std::uint32_t>(process);
        both->code[process][static_cast<std::size_t>(round)] =
            Buyer{*engine, hall, {7}}.Hold({RoundId(9, round)}, {seat}).status.code();
      }
    }));
  }
  for (const pid_t child : children) ExpectClean(child);
  for (std::size_t round = 0; round < static_cast<std::size_t>(rounds); ++round) {
    std::array codes{both->code[0][round].load(), both->code[1][round].load()};
    std::ranges::sort(codes);
    EXPECT_EQ(codes[0], Code::kOk) << round;
    EXPECT_EQ(codes[1], Code::kIdempotencyMismatch) << round;
  }
}

}  // namespace
}  // namespace seathold::testing
