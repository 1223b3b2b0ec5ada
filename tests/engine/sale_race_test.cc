// Threads against one hall on a file, recounted by plain SQL.
#include <atomic>
#include <iostream>
#include <random>
#include <thread>

#include "tests/engine/hall.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::uint32_t kSaleSeats = 100;
constexpr int kSaleThreads = 64;
constexpr std::uint64_t kSaleUsers = 300;
constexpr std::uint64_t kFundedUsers = 150;  // each with the price of one seat

struct SaleTotals {
  std::atomic<int> sold{0}, no_money{0}, refused{0}, by_mirror{0}, other{0};
};

// One attempt: hold a seat, pay for it; who cannot pay gives it back.
void AttemptSeat(Hall& hall, std::uint64_t user, std::uint32_t seat, SaleTotals* totals) {
  const HoldId hold = hall.NewHold();
  const HoldReply held = hall.Hold(user, {seat}, hold, 60'000);
  if (!held.status.ok()) {
    ++(held.status == Code::kSeatTaken ? totals->refused : totals->other);
    if (held.advisory) ++totals->by_mirror;
    return;
  }
  const PayReply paid = hall.Pay(user, hold, hall.NewTransfer());
  if (paid.status.ok()) {
    ++totals->sold;
    return;
  }
  ++(paid.status == Code::kInsufficientFunds ? totals->no_money : totals->other);
  if (!hall.Cancel(user, hold).ok()) ++totals->other;
}

// At least so many attempts, and on until the hall is sold out; a minute is far more than it takes.
void RunBuyers(Hall& hall, unsigned seed, int attempts_min, SaleTotals* totals) {
  std::atomic<int> made{0};
  const Deadline deadline = Deadline::After({60'000});
  const auto go_on = [&] {
    if (made.fetch_add(1) < attempts_min) return true;
    return totals->sold < static_cast<int>(kSaleSeats) && !deadline.passed();
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kSaleThreads; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(seed + static_cast<unsigned>(t));
      while (go_on()) {
        const auto seat = static_cast<std::uint32_t>(random() % kSaleSeats);
        AttemptSeat(hall, 1 + random() % kSaleUsers, seat, totals);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// No class of the library has a part in this.
void ExpectSoldOnceBySql(const std::string& path) {
  EXPECT_EQ(SqlNumber(path, "SELECT count(*) FROM seats WHERE state = 2"), kSaleSeats);
  EXPECT_EQ(SqlNumber(path, "SELECT count(*) FROM seats"), kSaleSeats);
  EXPECT_EQ(SqlNumber(path, "SELECT count(*) FROM holds h, json_each(h.seats) s WHERE h.state = 2"),
            kSaleSeats);
  EXPECT_EQ(SqlNumber(path,
                      "SELECT count(DISTINCT json_extract(s.value, '$[0]')) FROM holds h, "
                      "json_each(h.seats) s WHERE h.state = 2"),
            kSaleSeats);
  EXPECT_EQ(SqlNumber(path,
                      "SELECT count(*) FROM seats s JOIN holds h ON h.hold = s.hold "
                      "AND h.performance = s.performance AND h.\"user\" = s.\"user\" "
                      "WHERE s.state = 2 AND h.state = 2"),
            kSaleSeats);
}

void ExpectMoneyExactBySql(const std::string& path) {
  const std::int64_t revenue = kSaleSeats * kSeatPriceMinor;
  const std::int64_t charged = static_cast<std::int64_t>(kFundedUsers) * kSeatPriceMinor;
  EXPECT_EQ(SqlNumber(path, "SELECT sum(amount_minor) FROM transfers WHERE kind = 3 AND code = 0"),
            revenue);
  EXPECT_EQ(SqlNumber(path, "SELECT sum(amount_minor) FROM transfers WHERE kind = 1 AND code = 0"),
            charged);
  EXPECT_EQ(SqlNumber(path, "SELECT sum(balance_minor) FROM balances"), charged - revenue);
  EXPECT_EQ(SqlNumber(path,
                      "SELECT count(*) FROM balances b WHERE balance_minor <> (SELECT "
                      "sum(CASE WHEN credit = 1 THEN amount_minor ELSE -amount_minor END) "
                      "FROM transfers t WHERE t.\"user\" = b.\"user\" AND code = 0)"),
            0);
  EXPECT_EQ(SqlNumber(path,
                      "SELECT count(*) FROM holds h WHERE state = 2 AND 1 <> (SELECT count(*) "
                      "FROM transfers t WHERE t.transfer = h.payment AND t.kind = 3 AND "
                      "t.code = 0 AND t.amount_minor = h.total_minor)"),
            0);
}

TEST(SaleRace, SixtyFourThreadsSellEachOfAHundredSeatsOnce) {
  const HallFolder folder;
  Hall hall;
  hall.path = folder.File("sale.db");
  ASSERT_NO_FATAL_FAILURE(hall.Build(10, 10));
  for (std::uint64_t user = 1; user <= kFundedUsers; ++user) {
    ASSERT_TRUE(hall.Charge(user, kSeatPriceMinor).status.ok());
  }
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  SaleTotals totals;
  const int attempts = Scaled(100'000);
  RunBuyers(hall, seed, attempts, &totals);

  EXPECT_EQ(totals.sold, static_cast<int>(kSaleSeats));
  EXPECT_EQ(totals.other, 0);
  EXPECT_GT(totals.no_money, 0);
  EXPECT_GE(totals.sold + totals.no_money + totals.refused, attempts);
  std::cout << "attempts " << totals.sold + totals.no_money + totals.refused << ", sold "
            << totals.sold << ", without funds " << totals.no_money << ", seat taken "
            << totals.refused << " (in memory " << totals.by_mirror << "), batches "
            << hall.engine->stats().batches << "\n";
  hall.ExpectClean();
  ASSERT_TRUE(hall.engine->Close().ok());
  ExpectSoldOnceBySql(hall.path);
  ExpectMoneyExactBySql(hall.path);
}

constexpr int kBestBuyers = 160;
constexpr int kSeatsABuyer = 50;

// Buys 50 seats in holds of 1 .. 8; the last ask is what is left. Returns how many it has.
int BuyBest(Hall& hall, std::uint64_t user, unsigned seed, std::atomic<int>* refused) {
  std::mt19937 random(seed);
  int bought = 0;
  while (bought < kSeatsABuyer) {
    const int ask = std::min(1 + static_cast<int>(random() % 8), kSeatsABuyer - bought);
    const HoldId hold = hall.NewHold();
    const HoldReply held = hall.Best(user, ask, hold);
    if (!held.status.ok() || static_cast<int>(held.seats.size()) != ask) {
      ++*refused;
      return bought;
    }
    const PayReply paid = hall.PayOutside(user, hold, ToString(hold.value));
    if (!paid.status.ok()) {
      ++*refused;
      return bought;
    }
    bought += ask;
  }
  return bought;
}

TEST(SaleRace, BestAvailableRefusesNobodyWhileAsManySeatsAreFree) {
  const HallFolder folder;
  Hall hall;
  hall.path = folder.File("best.db");
  ASSERT_NO_FATAL_FAILURE(hall.Build(80, 100));
  const unsigned seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::atomic<int> sold{0}, refused{0};
  std::vector<std::thread> buyers;
  for (int b = 0; b < kBestBuyers; ++b) {
    buyers.emplace_back([&, b] {
      const auto user = static_cast<std::uint64_t>(b + 1);
      sold += BuyBest(hall, user, seed + static_cast<unsigned>(b), &refused);
    });
  }
  for (std::thread& buyer : buyers) buyer.join();

  EXPECT_EQ(refused, 0);
  EXPECT_EQ(sold, kBestBuyers * kSeatsABuyer);
  EXPECT_TRUE(hall.Best(1, 1, hall.NewHold()).status == Code::kSoldOut);
  EXPECT_EQ(hall.Map()->sold, 8'000u);
  hall.ExpectClean();
  ASSERT_TRUE(hall.engine->Close().ok());
  EXPECT_EQ(SqlNumber(hall.path, "SELECT count(*) FROM seats WHERE state = 2"), 8'000);
  EXPECT_EQ(SqlNumber(hall.path,
                      "SELECT count(DISTINCT json_extract(s.value, '$[0]')) FROM holds h, "
                      "json_each(h.seats) s WHERE h.state = 2"),
            8'000);
  EXPECT_EQ(
      SqlNumber(hall.path, "SELECT sum(amount_minor) FROM transfers WHERE kind = 3 AND code = 0"),
      8'000 * kSeatPriceMinor);
}

}  // namespace
}  // namespace seathold::testing
