#include <cstdlib>
#include <map>

#include "examples/cli/demo/act_one.h"
#include "examples/cli/demo/crowd.h"
#include "seathold/adapter/parts.h"
#include "tests/demo/world.h"
#include "tests/support/counts.h"

namespace seathold::demo {
namespace {

using seathold::testing::Scaled;

struct Played {
  std::string digest;
  RushResult rush;
  Damage damage;
  AuditReport audit;
  std::uint64_t told_seats = 0;
  std::int64_t told_minor = 0;
};

struct Setting {
  std::string storage = "memory:";
  int rows = 10, seats_per_row = 20, buyers = 800, threads = 1;
  std::uint64_t seed = 1;
};

// Acts 1 and 2, and the audit of what they left.
class Evening {
 public:
  explicit Evening(const Setting& setting)
      : setting_(setting), hall_(SmallHall(setting.rows, setting.seats_per_row)) {}

  Played Play() {
    Played played;
    Open();
    if (engine_ == nullptr) return played;
    Console console(ConsoleTraits{.quiet = true});
    const ActOneResult one = PlayActOne(*engine_, hall_, programme_, console);
    EXPECT_TRUE(one.status.ok()) << one.status.text();
    Rush(&played.rush, console);
    Audit(one, &played);
    EXPECT_TRUE(engine_->Close().ok());
    return played;
  }

 private:
  void Open() {
    EngineOptions options;
    options.storage = setting_.storage;
    options.test_only_cheap_password_hash = true;
    EngineParts parts;
    parts.clock = clock_;
    parts.entropy = NewSeededEntropy(setting_.seed);
    Result<std::unique_ptr<Engine>> engine = Engine::Open(options, std::move(parts));
    ASSERT_TRUE(engine.ok()) << engine.status().text();
    engine_ = std::move(*engine);
    Result<Programme> programme = Announce(*engine_, hall_, {"A test", hall_.seats()});
    ASSERT_TRUE(programme.ok()) << programme.status().text();
    programme_ = *programme;
  }

  void Rush(RushResult* rush, Console& console) {
    RushOptions options;
    options.buyers = setting_.buyers;
    options.threads = setting_.threads;
    options.seed = setting_.seed;
    Result<std::vector<LoggedIn>> crowd =
        RegisterCrowd(*engine_, 5, setting_.threads, stop_, console);
    ASSERT_TRUE(crowd.ok()) << crowd.status().text();
    options.accounts = *crowd;
    SeatholdOffice office(*engine_, hall_, programme_);
    std::uint64_t funded = 0;
    std::int64_t funded_minor = 0;
    ASSERT_TRUE(FundWallets(office, hall_, options, &funded, &funded_minor).ok());
    *rush = RunRush(office, hall_, options, *clock_, stop_, [](const RushMoment&) {});
    ASSERT_TRUE(rush->status.ok()) << rush->status.text();
  }

  void Audit(const ActOneResult& one, Played* played) {
    Result<AuditReport> verified = engine_->Verify();
    ASSERT_TRUE(verified.ok()) << verified.status().text();
    played->audit = *verified;
    Result<SaleRecord> record = ReadSale(*engine_, programme_.tonight, hall_.seats());
    ASSERT_TRUE(record.ok()) << record.status().text();
    played->damage = Assess(hall_, *record);
    played->digest = DigestOf(*record, played->rush.tally.refusals, one.answers);
    played->told_seats = one.receipt.seats.size();
    for (const Receipt& receipt : played->rush.tally.receipts) {
      played->told_seats += receipt.seats.size();
    }
    played->told_minor = one.receipt.paid_minor + played->rush.tally.paid_minor();
  }

  Setting setting_;
  Hall hall_;
  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>(kTestOpening);
  StopFlag stop_{false};
  std::unique_ptr<Engine> engine_;
  Programme programme_;
};

void ExpectBooksHold(const Played& played) {
  for (const AuditFinding& finding : played.audit.findings) {
    ADD_FAILURE() << finding.check << ": " << finding.detail;
  }
  EXPECT_FALSE(played.audit.checks.empty());
  EXPECT_TRUE(played.damage.none());
  EXPECT_EQ(played.rush.undecided, 0u);
  EXPECT_EQ(played.audit.sold, played.told_seats);
  ASSERT_EQ(played.audit.revenue.size(), 1u);
  EXPECT_EQ(played.audit.revenue[0].minor, played.told_minor);
}

TEST(Rush, HasTheSameDigestForTheSameSeedOnOneThread) {
  const Setting setting{.seed = 11};
  const Played first = Evening(setting).Play(), second = Evening(setting).Play();
  ExpectBooksHold(first);
  EXPECT_EQ(first.digest.size(), 32u);
  EXPECT_EQ(first.digest, second.digest);
  EXPECT_EQ(first.rush.tally.refusals, second.rush.tally.refusals);
}

TEST(Rush, HasAnotherDigestForAnotherSeed) {
  EXPECT_NE(Evening({.seed = 11}).Play().digest, Evening({.seed = 12}).Play().digest);
}

TEST(Rush, HasTheSameDigestInMemoryAndOnDisk) {
  TestDirectory directory;
  const Played memory = Evening({.rows = 5, .buyers = 300, .seed = 4}).Play();
  const Played disk =
      Evening(
          {.storage = "sqlite:" + directory.File("sale.db"), .rows = 5, .buyers = 300, .seed = 4})
          .Play();
  ExpectBooksHold(disk);
  EXPECT_EQ(memory.digest, disk.digest);
}

TEST(Rush, SellsOutWhenManyMoreWantInThanFit) {
  const Played played = Evening({.rows = 10, .buyers = 2'000, .seed = 2}).Play();
  ExpectBooksHold(played);
  EXPECT_EQ(played.rush.map->sold, 200u);
  const Tally& tally = played.rush.tally;
  for (const Fate fate : {Fate::kPaid, Fate::kWalkedAway, Fate::kSoldOut, Fate::kGaveUp,
                          Fate::kLetLapse, Fate::kCancelled}) {
    EXPECT_GT(tally.fate(fate), 0u) << FateText(fate);
  }
  EXPECT_GT(tally.replays, 0u);
  EXPECT_GT(tally.refusals.at(Code::kSeatTaken), 0u);
}

TEST(Rush, KeepsItsBooksForManySeedsAndThreads) {
  const int seeds = Scaled(40);
  for (int seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE(seed);
    ExpectBooksHold(Evening({.rows = 6,
                             .buyers = 500,
                             .threads = 1 + seed % 4,
                             .seed = static_cast<std::uint64_t>(seed)})
                        .Play());
  }
}

TEST(Rush, LeavesNoSeatHeldBehind) {
  const Played played = Evening({.rows = 20, .seats_per_row = 30, .buyers = 120}).Play();
  ExpectBooksHold(played);
  EXPECT_EQ(played.rush.map->held, 0u);
  EXPECT_GT(played.rush.map->available, 0u);
}

TEST(Rush, EndsWhenItIsAskedTo) {
  const Hall hall = SmallHall(4, 10);
  TestDirectory directory;
  Result<std::unique_ptr<NaiveStore>> store =
      NaiveStore::Create(directory.File("stop.db"), hall.seats());
  ASSERT_TRUE(store.ok());
  ManualClock clock(kTestOpening);
  NaiveOffice office(**store, hall, clock, hall.seats());
  StopFlag stop{false};
  RushOptions options;
  options.buyers = 200;
  options.threads = 2;
  const RushResult rush = RunRush(office, hall, options, clock, stop,
                                  [&](const RushMoment& moment) { stop = moment.finished >= 5; });
  EXPECT_GE(rush.tally.finished(), 5u);
  EXPECT_GT(rush.undecided, 0u);
}

}  // namespace
}  // namespace seathold::demo
