// One hall sold by eight processes on PostgreSQL, without a cache, with Redis, and with a cluster.
#include <array>
#include <random>
#include <thread>

#include "src/claims/redis/redis_claim_cache.h"
#include "tests/scale/stage.h"
#include "tests/scale/visit.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::uint32_t kSellers = 8;  // processes
constexpr std::uint32_t kBuyersEach = 8;
constexpr std::uint32_t kRushSeats = 100;
constexpr std::int32_t kInsideMax = 24;
constexpr int kAttemptsAVisit = 25;

struct RushTally {
  Rendezvous start;
  Inside inside;
  std::array<std::atomic<std::uint32_t>, kRushSeats> times{};  // a payment was acknowledged
  std::array<std::atomic<std::uint32_t>, kSellers> sold_by{};
  std::atomic<std::uint32_t> attempts{0}, cancelled{0}, spent_shown{0};
};

// One of them: tries a seat or two, gives some of what it gets back, pays for the rest.
class RushBuyer {
 public:
  RushBuyer(Engine& engine, const Hall& hall, std::uint32_t process, std::uint64_t user,
            bool by_line, RushTally* tally)
      : engine_(engine),
        hall_(hall),
        buyer_{engine, hall, {user}},
        process_(process),
        by_line_(by_line),
        tally_(tally),
        random_(user) {}

  void Buy(int attempts) {
    ASSERT_TRUE(buyer_.Charge({engine_.NewId()}, kCharged, kPatient).status.ok());
    for (int done = 0; done < attempts && !::testing::Test::HasFailure();) {
      Visit visit(engine_, hall_.show, buyer_.user, &tally_->inside);
      if (by_line_) {
        ASSERT_TRUE(visit.GetIn());
      }
      bool through = false;
      const int last = std::min(attempts, done + kAttemptsAVisit);
      while (!through && done < last) through = Attempt(done++ >= attempts / 2, &visit);
      if (by_line_ && !through) {
        EXPECT_TRUE(engine_.queue().Leave(visit.Out(), kPatient).ok());
      }
    }
    const auto balance = engine_.wallet().Balance(buyer_.user, Euro());
    ASSERT_TRUE(balance.ok());
    EXPECT_EQ(balance->minor, kCharged - paid_minor_);
  }

 private:
  static constexpr std::int64_t kCharged = 1'000'000;

  // True: paid, so that the pass is spent.
  bool Attempt(bool to_the_end, Visit* visit) {
    ++tally_->attempts;
    std::vector<std::uint32_t> seats{static_cast<std::uint32_t>(random_() % hall_.seats)};
    if (random_() % 4 == 0) seats.push_back((seats[0] + 1) % hall_.seats);
    const HoldId hold{engine_.NewId()};
    const HoldReply held = buyer_.Hold(hold, seats, kPatient, visit->pass());
    if (!held.status.ok()) {
      EXPECT_EQ(held.status.code(), Code::kSeatTaken) << held.status.text();
      return false;
    }
    if (!to_the_end && random_() % 3 == 0) {
      EXPECT_TRUE(buyer_.Cancel(hold, kPatient).ok());
      ++tally_->cancelled;
      return false;
    }
    if (by_line_) (void)visit->Out();
    const TransferId payment{engine_.NewId()};
    const bool outside = random_() % 2 == 0;
    const std::string reference = outside ? ToString(payment.value) : "";
    const PayReply paid = buyer_.Pay(hold, payment, reference, kPatient);
    EXPECT_TRUE(paid.status.ok()) << paid.status.text();
    EXPECT_EQ(paid.total.minor, static_cast<std::int64_t>(seats.size()) * kSeatPriceMinor);
    if (!outside) paid_minor_ += paid.total.minor;
    for (const std::uint32_t seat : seats) ++tally_->times[seat];
    tally_->sold_by[process_] += static_cast<std::uint32_t>(seats.size());
    if (by_line_) ShowAgain(visit->pass());
    return by_line_;
  }
  // What was spent opens nothing, and says so unless the seat is known to be gone anyway.
  void ShowAgain(std::string_view pass) {
    const auto seat = static_cast<std::uint32_t>(random_() % hall_.seats);
    const Code code = buyer_.Hold({engine_.NewId()}, {seat}, kPatient, pass).status.code();
    EXPECT_TRUE(code == Code::kPassSpent || code == Code::kSeatTaken) << FindCode(code)->name;
    tally_->spent_shown += code == Code::kPassSpent;
  }

  Engine& engine_;
  const Hall& hall_;
  const Buyer buyer_;
  const std::uint32_t process_;
  const bool by_line_;
  RushTally* const tally_;
  std::mt19937_64 random_;
  std::int64_t paid_minor_ = 0;
};

class ScaleSale : public Stage {
 protected:
  static void SellInOneProcess(const EngineOptions& options, const Hall& hall,
                               std::uint32_t process, int attempts, RushTally* tally) {
    const auto engine = Open(options);
    ASSERT_NE(engine, nullptr);
    ASSERT_TRUE(tally->start.Meet(kSellers));
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < kBuyersEach; ++i) {
      threads.emplace_back([&, i] {
        RushBuyer buyer(*engine, hall, process, 1 + process * kBuyersEach + i,
                        options.line != "none", tally);
        buyer.Buy(attempts);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(engine->Close().ok());
  }

  void Rush(Caches caches) {
    const bool by_line = caches != Caches::kNone;
    ShowSpec show;
    show.title = "Rush";
    show.requires_pass = by_line;
    show.active_max = by_line ? kInsideMax : 0;
    const EngineOptions options = Options(caches);
    const Hall hall = Build(options, 10, kRushSeats / 10, show);
    const int attempts = Scaled(100'000) / static_cast<int>(kSellers * kBuyersEach) + 1;
    SharedValue<RushTally> tally;
    std::vector<pid_t> children;
    for (std::uint32_t process = 0; process < kSellers; ++process) {
      children.push_back(
          Spawn([&] { SellInOneProcess(options, hall, process, attempts, &*tally); }));
    }
    for (const pid_t child : children) ExpectClean(child);
    for (std::uint32_t seat = 0; seat < kRushSeats; ++seat) {
      EXPECT_EQ(tally->times[seat].load(), 1u) << "seat " << seat;
    }
    EXPECT_GT(tally->cancelled.load(), 0u);
    if (by_line) {
      EXPECT_LE(tally->inside.most.load(), kInsideMax);
      EXPECT_GT(tally->spent_shown.load(), 0u);
    }
    InChild([&] {
      const auto engine = Open(options);
      ASSERT_NE(engine, nullptr);
      ExpectBooks(*engine, kRushSeats, kRushSeats * kSeatPriceMinor);
      EXPECT_EQ(engine->reservations().Count(hall.performance)->state, SaleState::kSoldOut);
    });
    std::printf("COUNT scale_attempts %u\n", tally->attempts.load());
    std::printf("cancelled %u, most inside %d, seats by process:", tally->cancelled.load(),
                tally->inside.most.load());
    for (const auto& share : tally->sold_by) std::printf(" %u", share.load());
    std::printf("\n");
  }

  void BestBySellers(Caches caches);
};

TEST_F(ScaleSale, EightProcessesSellEachSeatOnceWithoutACache) { Rush(Caches::kNone); }
TEST_F(ScaleSale, EightProcessesSellEachSeatOnceWithClaimsAndLineOnRedis) { Rush(Caches::kRedis); }
TEST_F(ScaleSale, EightProcessesSellEachSeatOnceWithClaimsAndLineOnACluster) {
  Rush(Caches::kCluster);
}

struct BestTally {
  Rendezvous start;
  std::atomic<std::int64_t> left{0};  // seats that nobody has asked for yet
  std::atomic<std::uint32_t> asked{0};
};

// Asks only for what is free for sure: what others ask for was taken off before.
void TakeBest(Engine& engine, const Hall& hall, std::uint64_t user, BestTally* tally) {
  const Buyer buyer{engine, hall, {user}};
  std::mt19937_64 random(user);
  for (;;) {
    const auto want = static_cast<std::int64_t>(1 + random() % 4);
    std::int64_t left = tally->left.load();
    while (left > 0 && !tally->left.compare_exchange_weak(left, left - std::min(left, want))) {
    }
    if (left == 0) return;
    BestRequest request;
    request.id = HoldId{engine.NewId()};
    request.user = buyer.user;
    request.performance = hall.performance;
    request.seats = static_cast<int>(std::min(left, want));
    HoldReply reply = engine.reservations().HoldBest(request, kPatient);
    ++tally->asked;
    ASSERT_TRUE(reply.status.ok()) << reply.status.text() << ", free: " << reply.seats_free;
    ASSERT_EQ(reply.seats.size(), static_cast<std::size_t>(request.seats));
    const TransferId payment{engine.NewId()};
    ASSERT_TRUE(buyer.Pay(request.id, payment, ToString(payment.value), kPatient).status.ok());
  }
}

void ScaleSale::BestBySellers(Caches caches) {
  EngineOptions options = Options(caches);
  options.line = "none";
  const Hall hall = Build(options, 20, Scaled(400));
  SharedValue<BestTally> tally;
  tally->left = hall.seats;
  std::vector<pid_t> children;
  for (std::uint32_t process = 0; process < kSellers; ++process) {
    children.push_back(Spawn([&] {
      const auto engine = Open(options);
      ASSERT_NE(engine, nullptr);
      ASSERT_TRUE(tally->start.Meet(kSellers));
      std::vector<std::thread> threads;
      for (std::uint32_t i = 0; i < kBuyersEach; ++i) {
        threads.emplace_back(
            [&, i] { TakeBest(*engine, hall, 1 + process * kBuyersEach + i, &*tally); });
      }
      for (std::thread& thread : threads) thread.join();
    }));
  }
  for (const pid_t child : children) ExpectClean(child);
  InChild([&] {
    const auto engine = Open(options);
    ASSERT_NE(engine, nullptr);
    ExpectBooks(*engine, hall.seats, hall.seats * kSeatPriceMinor);
    const BestRequest one_more{HoldId{engine->NewId()}, UserId{1}, hall.performance};
    HoldReply reply = engine->reservations().HoldBest(one_more, kPatient);
    EXPECT_EQ(reply.status.code(), Code::kSoldOut);
  });
  std::printf("COUNT scale_best_seats %u\nasked %u times\n", hall.seats, tally->asked.load());
}

TEST_F(ScaleSale, BestAvailableRefusesNobodyWhileEnoughIsFreeWithoutACache) {
  BestBySellers(Caches::kNone);
}
TEST_F(ScaleSale, BestAvailableRefusesNobodyWhileEnoughIsFreeWithClaimsOnRedis) {
  BestBySellers(Caches::kRedis);
}
TEST_F(ScaleSale, BestAvailableRefusesNobodyWhileEnoughIsFreeWithClaimsOnACluster) {
  BestBySellers(Caches::kCluster);
}

// Two engines of one database, as two machines have them.
class ScaleMachines : public Stage {
 protected:
  void SetUp() override {
    Stage::SetUp();
    if (IsSkipped()) return;
    EngineOptions options = Options(Caches::kRedis);
    options.line = "none";
    here_ = Open(options);
    there_ = Open(options);
    ASSERT_TRUE(here_ && there_);
    hall_ = BuildHall(*here_, 2, 10);
  }

  // A seat that is free from now on. Held to the promise by when a call was made, so that a slow
  // machine is no excuse and no fault.
  static bool GrantedInTime(const Buyer& buyer, std::uint32_t seat, HoldId id) {
    const std::int64_t free_ns = MonotonicNs();
    for (;;) {
      const std::int64_t asked_ns = MonotonicNs();
      if (buyer.Hold(id, {seat}, kPatient).status.ok()) return true;
      if (asked_ns - free_ns > EngineOptions{}.refusal_max_age_ms * 1'000'000) return false;
    }
  }

  std::unique_ptr<Engine> here_, there_;
  Hall hall_;
};

TEST_F(ScaleMachines, AClaimLeftBehindForAHoldThatEndedChangesNothing) {
  const Buyer ann{*here_, hall_, {1}}, bob{*there_, hall_, {2}};
  const auto claims = NewRedisClaimCache(std::make_shared<RedisClient>(redis_->Options(2'000)));
  for (std::uint32_t seat = 0; seat < 10; ++seat) {
    const HoldId ended{here_->NewId()};
    const HoldReply held = ann.Hold(ended, {seat});
    ASSERT_TRUE(held.status.ok());
    ASSERT_TRUE(ann.Cancel(ended).ok());
    // As high as versions go: none of the engines' own claims replaces it.
    const Claim left{hall_.performance, hall_.seat(seat),  ended,
                     UserId{1},         ~std::uint64_t{0}, held.expires_at};
    ASSERT_TRUE(claims->Put({&left, 1}, here_->Now(), Deadline::After({2'000})).ok());
    const HoldId next{there_->NewId()};
    ASSERT_TRUE(GrantedInTime(bob, seat, next)) << seat;
    ASSERT_TRUE(bob.Pay(next, {there_->NewId()}, ToString(next.value)).status.ok()) << seat;
    ASSERT_TRUE(here_->Sweep(100).ok());
  }
  ExpectBooks(*there_, 10, 10 * kSeatPriceMinor);
}

TEST_F(ScaleMachines, ASeatCancelledOnOneIsGrantedOnTheOtherInTime) {
  const Buyer ann{*here_, hall_, {1}}, bob{*there_, hall_, {2}};
  for (std::uint32_t seat = 0; seat < 4; ++seat) {
    const HoldId first{here_->NewId()};
    ASSERT_TRUE(ann.Hold(first, {seat}).status.ok());
    HoldReply reply;
    while (!reply.advisory) {  // until its memory has the seat as taken
      reply = bob.Hold({there_->NewId()}, {seat});
      ASSERT_EQ(reply.status.code(), Code::kSeatTaken);
    }
    ASSERT_TRUE(ann.Cancel(first).ok());
    EXPECT_TRUE(GrantedInTime(bob, seat, {there_->NewId()})) << seat;
  }
}

}  // namespace
}  // namespace seathold::testing
