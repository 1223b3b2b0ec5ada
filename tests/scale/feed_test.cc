// The change feed and the schema, while several processes write.
#include <array>
#include <map>
#include <random>
#include <thread>

#include "tests/scale/stage.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::uint32_t kWriters = 4;  // processes

struct Writing {
  Rendezvous start;
  std::atomic<std::uint32_t> writing{0};  // processes that are not through
  std::atomic<std::uint64_t> retried{0};
};

// A call until it is done or refused.
template <class Reply, class Call>
Reply Settled(Writing* writing, const Call& call) {
  for (;;) {
    Reply reply = call();
    if (!reply.status.ok() && reply.status == Code::kBusy) {
      ++writing->retried;
      continue;
    }
    return reply;
  }
}

// Tries all seats in an order of its own; a third of what it holds it gives back first.
void SellAll(Engine& engine, const Hall& hall, std::uint64_t user, Writing* writing) {
  const Buyer buyer{engine, hall, {user}};
  std::mt19937_64 random(user);
  std::vector<std::uint32_t> order(hall.seats);
  for (std::uint32_t i = 0; i < hall.seats; ++i) order[i] = i;
  std::ranges::shuffle(order, random);
  for (const std::uint32_t seat : order) {
    for (const bool keep : {random() % 3 != 0, true}) {
      const HoldId hold{engine.NewId()};
      const auto held =
          Settled<HoldReply>(writing, [&] { return buyer.Hold(hold, {seat}, kPatient); });
      if (!held.status.ok()) {
        EXPECT_EQ(held.status.code(), Code::kSeatTaken) << held.status.text();
        break;
      }
      if (!keep) {
        EXPECT_TRUE(buyer.Cancel(hold, kPatient).ok());
        continue;
      }
      const TransferId payment{engine.NewId()};
      const auto paid = Settled<PayReply>(
          writing, [&] { return buyer.Pay(hold, payment, ToString(payment.value), kPatient); });
      EXPECT_TRUE(paid.status.ok()) << paid.status.text();
      break;
    }
  }
}

class ScaleFeed : public Stage {
 protected:
  // A reader that follows from the start, and what it saw.
  static void Follow(const EngineOptions& options, const Hall& hall, Writing* writing);
};

void ScaleFeed::Follow(const EngineOptions& options, const Hall& hall, Writing* writing) {
  const auto engine = Open(options);
  ASSERT_NE(engine, nullptr);
  ASSERT_TRUE(writing->start.Meet(kWriters + 1));
  std::uint64_t last = 0, reads = 0;
  std::map<std::uint32_t, int> sold;
  std::vector<SeatState> map(hall.seats, SeatState::kAvailable);
  MapVersion version;
  for (bool over = false; !over;) {
    over = writing->writing == 0;  // one more look behind the last write
    const auto events = engine->reservations().Feed(hall.performance, last, 10'000, kPatient);
    ASSERT_TRUE(events.ok()) << events.status().text();
    ++reads;
    for (const FeedEvent& event : *events) {
      ASSERT_EQ(event.counter, last + 1) << "a gap";
      last = event.counter;
      if (event.kind != FeedKind::kConfirmed) continue;
      for (const SeatId seat : event.seats) ++sold[OrdinalOf(seat)];
    }
    if (over) NapMs(2 * EngineOptions{}.refusal_max_age_ms);  // as old as changes may be
    MapVersion next;
    const auto changes = engine->reservations().Changes(hall.performance, version, &next, kPatient);
    ASSERT_TRUE(changes.ok()) << changes.status().text();
    version = next;
    for (const SeatChange& change : *changes) map[change.ordinal] = change.state;
  }
  EXPECT_EQ(sold.size(), hall.seats);
  for (const auto& [seat, times] : sold) EXPECT_EQ(times, 1) << "seat " << seat;
  EXPECT_EQ(version.feed, last);
  for (const SeatState state : map) EXPECT_EQ(state, SeatState::kSold);
  std::printf("COUNT scale_feed_events %llu\nread %llu times\n",
              static_cast<unsigned long long>(last), static_cast<unsigned long long>(reads));
}

TEST_F(ScaleFeed, AReaderThatFollowsSkipsNoLateCommitter) {
  const EngineOptions options = Options(Caches::kNone);
  const Hall hall = Build(options, 10, Scaled(200));
  // Every so often a transaction takes its time to commit, behind all that it wrote.
  const std::string schema = home_->schema();
  PgServer::Shared()->Run("CREATE FUNCTION " + schema +
                          ".dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM "
                          "pg_sleep(0.02); RETURN NULL; END'");
  PgServer::Shared()->Run("CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON " + schema +
                          ".feed DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                          "WHEN (NEW.counter % 9 = 0) EXECUTE FUNCTION " +
                          schema + ".dawdle()");
  SharedValue<Writing> writing;
  writing->writing = kWriters;
  std::vector<pid_t> children;
  children.push_back(Spawn([&] { Follow(options, hall, &*writing); }));
  for (std::uint32_t process = 0; process < kWriters; ++process) {
    children.push_back(Spawn([&] {
      {
        const auto engine = Open(options);
        ASSERT_NE(engine, nullptr);
        ASSERT_TRUE(writing->start.Meet(kWriters + 1));
        std::thread other([&] { SellAll(*engine, hall, 100 + process, &*writing); });
        SellAll(*engine, hall, 200 + process, &*writing);
        other.join();
      }
      --writing->writing;
    }));
  }
  for (const pid_t child : children) ExpectClean(child);
  PgServer::Shared()->Run("DROP TRIGGER dawdle ON " + schema + ".feed");
  PgServer::Shared()->Run("DROP FUNCTION " + schema + ".dawdle()");
  InChild([&] {
    const auto engine = Open(options);
    ASSERT_NE(engine, nullptr);
    ExpectBooks(*engine, hall.seats, hall.seats * kSeatPriceMinor);
  });
}

// What a minor release does to the schema, one statement a transaction, and what brings every
// session's prepared statements into trouble.
const char* const kNextRelease[] = {
    "ALTER TABLE @.holds ADD COLUMN note text NOT NULL DEFAULT ''",
    "ALTER TABLE @.seats ADD COLUMN area bigint NOT NULL DEFAULT 0",
    "ALTER TABLE @.transfers ADD COLUMN note text NOT NULL DEFAULT ''",
    "ALTER TABLE @.performance_state ADD COLUMN areas bigint NOT NULL DEFAULT 0",
    "ALTER TABLE @.control ADD COLUMN upgraded_by text NOT NULL DEFAULT 'seathold 0.9'",
    "CREATE TABLE @.areas (area bigint PRIMARY KEY, capacity bigint NOT NULL)",
    "UPDATE @.control SET schema_version = schema_version + 1",
    // 0A000: the plan of whoever reads balances has another result type now.
    "ALTER TABLE @.balances ALTER COLUMN currency TYPE varchar(3)",
    // 26000: what reads rows is not prepared any more, again and again.
    R"sql(CREATE FUNCTION @.forget() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE one text;
BEGIN
  FOR one IN SELECT name FROM pg_prepared_statements WHERE name LIKE 'load_%' LOOP
    EXECUTE 'DEALLOCATE ' || quote_ident(one);
  END LOOP;
  RETURN NULL;
END $$)sql",
    R"sql(CREATE TRIGGER forget AFTER UPDATE ON @.writers FOR EACH ROW
WHEN (NEW.commits % 17 = 0) EXECUTE FUNCTION @.forget())sql",
};

std::string InSchema(std::string sql, const std::string& schema) {
  for (std::size_t at = 0; (at = sql.find('@', at)) != sql.npos;) sql.replace(at, 1, schema);
  return sql;
}

constexpr std::uint32_t kSoldMax = 2'000;

struct Sold {
  Writing writing;
  std::array<std::atomic<std::uint32_t>, kSoldMax> times{};
  std::atomic<std::uint32_t> seats{0};
  std::atomic<std::uint32_t> upgraded{0};  // how many of the processes have their turn
  std::atomic<bool> failed{false};         // there is no point in going on
};

// Buys seat after seat from the wallet, until everything is sold or `enough` says so.
template <class Enough>
void BuyUntil(Engine& engine, const Hall& hall, std::uint64_t user, Sold* sold,
              const Enough& enough) {
  const Buyer buyer{engine, hall, {user}};
  Writing* const writing = &sold->writing;
  std::mt19937_64 random(user + MonotonicNs());
  while (sold->seats < hall.seats && !enough()) {
    const auto seat = static_cast<std::uint32_t>(random() % hall.seats);
    if (sold->times[seat] > 0) continue;
    const HoldId hold{engine.NewId()};
    const auto held =
        Settled<HoldReply>(writing, [&] { return buyer.Hold(hold, {seat}, kPatient); });
    if (!held.status.ok()) {
      ASSERT_EQ(held.status.code(), Code::kSeatTaken) << held.status.text();
      continue;
    }
    const TransferId charge{engine.NewId()}, payment{engine.NewId()};
    const auto charged = Settled<TransferReply>(
        writing, [&] { return buyer.Charge(charge, kSeatPriceMinor, kPatient); });
    ASSERT_TRUE(charged.status.ok()) << charged.status.text();
    const auto paid =
        Settled<PayReply>(writing, [&] { return buyer.Pay(hold, payment, "", kPatient); });
    ASSERT_TRUE(paid.status.ok()) << paid.status.text();
    ++sold->times[seat];
    ++sold->seats;
  }
}

// The old release until its turn has come, then the next one.
void SellAndRestart(const EngineOptions& options, const Hall& hall, std::uint32_t process,
                    Sold* sold) {
  for (const bool upgraded : {false, true}) {
    auto opened = Engine::Open(options);
    ASSERT_TRUE(opened.ok()) << opened.status().text();
    Engine& engine = **opened;
    if (!upgraded) {
      ASSERT_TRUE(sold->writing.start.Meet(kWriters + 1));
    }
    const auto buy = [&](std::uint64_t user) {
      BuyUntil(engine, hall, user, sold,
               [&] { return sold->failed || (!upgraded && sold->upgraded > process); });
      if (::testing::Test::HasFailure()) sold->failed = true;
    };
    std::thread other([&] { buy(100 + process); });
    buy(200 + process);
    other.join();
    EXPECT_EQ(engine.stats().unknown, 0u);
    EXPECT_TRUE(engine.Close().ok());
  }
}

TEST_F(ScaleFeed, FourProcessesAreUpgradedOneByOneDuringASale) {
  EngineOptions options = Options(Caches::kNone);
  const std::string schema = "upgraded";  // nobody else's: it stays as the upgrade leaves it
  options.storage = PgServer::Shared()->Uri("schema=" + schema);
  const Hall hall = Build(options, 10, Scaled(2'000) / 10);
  SharedValue<Sold> sold;
  std::vector<pid_t> children;
  for (std::uint32_t process = 0; process < kWriters; ++process) {
    children.push_back(Spawn([&] { SellAndRestart(options, hall, process, &*sold); }));
  }
  ASSERT_TRUE(sold->writing.start.Meet(kWriters + 1));
  const auto await_sold = [&](std::uint32_t percent) {
    while (sold->seats < hall.seats * percent / 100) {
      ASSERT_FALSE(sold->failed);
      NapMs(1);
    }
  };
  ASSERT_NO_FATAL_FAILURE(await_sold(10));
  for (const char* sql : kNextRelease) PgServer::Shared()->Run(InSchema(sql, schema));
  const std::uint32_t sold_before = sold->seats;
  EXPECT_LT(sold_before, hall.seats) << "nothing was left to sell beside the new schema";
  for (std::uint32_t process = 0; process < kWriters; ++process) {
    ASSERT_NO_FATAL_FAILURE(await_sold(30 + 15 * process));
    sold->upgraded = process + 1;
  }
  for (const pid_t child : children) ExpectClean(child);
  for (std::uint32_t seat = 0; seat < hall.seats; ++seat) {
    EXPECT_EQ(sold->times[seat].load(), 1u) << "seat " << seat;
  }
  InChild([&] {
    const auto engine = Open(options);
    ASSERT_NE(engine, nullptr);
    ExpectBooks(*engine, hall.seats, hall.seats * kSeatPriceMinor);
  });
  EXPECT_EQ(PgServer::Shared()->Ask("SELECT schema_version::text FROM " + schema + ".control"),
            "2");
  std::printf("COUNT scale_upgrade_seats %u\nbusy and tried again: %llu\n", hall.seats,
              static_cast<unsigned long long>(sold->writing.retried.load()));
}

}  // namespace
}  // namespace seathold::testing
