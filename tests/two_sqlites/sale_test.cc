// Sales of whole engines, with the waiting line, while their host reads the files with its own
// SQLite.
#include <algorithm>
#include <filesystem>
#include <numeric>
#include <random>
#include <thread>

#include "tests/processes/rendezvous.h"
#include "tests/support/counts.h"
#include "tests/two_sqlites/two_sqlites.h"

namespace seathold::testing {
namespace {

constexpr std::uint32_t kSeatsMax = 1'000;

struct Sale {
  Rendezvous start;
  std::array<std::atomic<std::uint32_t>, kSeatsMax> paid{};  // acknowledged payments, by seat
  std::atomic<std::uint32_t> sellers_done{0};
  std::atomic<std::uint32_t> reads{0};
  std::atomic<std::uint32_t> in_line{0};  // places given and not yet left by a payment
};

// Tries every seat with a buyer who has just come through the line.
void SellAll(Engine& engine, const Hall& hall, std::uint64_t seller, Sale* sale) {
  std::vector<std::uint32_t> order(hall.seats);
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::shuffle(order, std::mt19937_64(seller));
  for (const std::uint32_t seat : order) {
    const Buyer buyer{engine, hall, {(seller + 1) * 1'000'000 + seat}};
    const JoinRequest join{hall.show, buyer.user};
    Place place = engine.queue().Join(join);
    ASSERT_TRUE(place.status.ok()) << place.status.text();
    ++sale->in_line;
    const HoldId hold{engine.NewId()};
    const HoldReply held = buyer.Hold(hold, {seat}, {}, place.pass.view());
    if (held.status == Code::kSeatTaken) continue;
    ASSERT_TRUE(held.status.ok()) << held.status.text();
    const TransferId payment{engine.NewId()};
    const PayReply paid = buyer.Pay(hold, payment, ToString(payment.value));
    ASSERT_TRUE(paid.status.ok()) << paid.status.text();
    ++sale->paid[seat];
    --sale->in_line;
  }
}

// Reads both files again and again with the other copy, each time from open to close.
void ReadAll(const std::string& path, Sale* sale, std::uint32_t sellers) {
  do {
    for (const char* query : {"SELECT count(*) FROM seats", "PRAGMA integrity_check(1)"}) {
      HostConnection host(path);
      std::string value;
      const int code = host.Run(query, &value);
      // Locks of others may hold it up; it reads on.
      EXPECT_TRUE(code == SQLITE_OK || code == SQLITE_BUSY) << code;
      if (code == SQLITE_OK && query[0] == 'P') {
        EXPECT_EQ(value, "ok");
      }
    }
    HostConnection line(path + "-line");
    std::string value;
    const int code = line.Run("SELECT count(*) FROM entry", &value);
    EXPECT_TRUE(code == SQLITE_OK || code == SQLITE_BUSY) << code;
    ++sale->reads;
  } while (sale->sellers_done < sellers);
}

// A process whose host reads while it sells.
void SellAndRead(const std::string& path, const Hall& hall, std::uint64_t process, Locks locks,
                 std::uint32_t processes, Sale* sale) {
  Use(locks);
  const auto engine = OpenFile(path);
  ASSERT_NE(engine, nullptr);
  ASSERT_TRUE(sale->start.Meet(processes));
  std::thread reader;
  if (locks == Locks::kPrivate) reader = std::thread([&] { ReadAll(path, sale, processes); });
  SellAll(*engine, hall, process, sale);
  ++sale->sellers_done;
  if (reader.joinable()) reader.join();
  EXPECT_TRUE(engine->Close().ok());
}

void ExpectAllKept(const std::string& path, const Hall& hall, Sale* sale) {
  for (std::uint32_t seat = 0; seat < hall.seats; ++seat) {
    EXPECT_EQ(sale->paid[seat].load(), 1u) << "seat " << seat;
  }
  EXPECT_GT(sale->reads.load(), 0u);
  InChild([&] {
    const auto engine = OpenFile(path);
    ASSERT_NE(engine, nullptr);
    ExpectBooks(*engine, hall.seats, hall.seats * kSeatPriceMinor);
    EXPECT_TRUE(engine->Close().ok());
  });
  HostConnection host(path);
  EXPECT_EQ(host.Ask("PRAGMA integrity_check"), "ok");
  HostConnection line(path + "-line");
  EXPECT_EQ(line.Ask("PRAGMA integrity_check"), "ok");
  // More may be there: a payment leaves the line when it can.
  EXPECT_GE(std::stoul(line.Ask("SELECT count(*) FROM entry")), sale->in_line.load());
}

void SellWith(std::vector<Locks> processes) {
  const ScratchFolder folder;
  const std::string path = folder.File("hall.db");
  ShowSpec show;
  show.requires_pass = true;
  const Hall hall = BuildFile(path, 10, Scaled(100), show);
  ASSERT_LE(hall.seats, kSeatsMax);
  SharedValue<Sale> sale;
  std::vector<pid_t> children;
  const auto count = static_cast<std::uint32_t>(processes.size());
  for (std::uint32_t process = 0; process < count; ++process) {
    children.push_back(
        Spawn([&] { SellAndRead(path, hall, process, processes[process], count, &*sale); }));
  }
  for (const pid_t child : children) ExpectClean(child);
  ExpectAllKept(path, hall, &*sale);
  std::printf("%u seats sold beside %u reads of the host\n", hall.seats, sale->reads.load());
}

TEST(PrivateSale, LosesNothingWhileItsHostReads) { SellWith({Locks::kPrivate}); }

TEST(PrivateSale, TwoProcessesLoseNothingWhileTheirHostsRead) {
  SellWith({Locks::kPrivate, Locks::kPrivate});
}

TEST(PrivateSale, SharesAFileWithAProcessOfOrdinaryLocks) {
  SellWith({Locks::kPrivate, Locks::kPosix});
}

TEST(PrivateSale, AnUnlinkedWalEndsTheEngineWithoutAnotherOk) {
  for (const Locks locks : {Locks::kPosix, Locks::kPrivate}) {
    const ScratchFolder folder;
    const std::string path = folder.File("hall.db");
    const Hall hall = BuildFile(path, 2, 10);
    InChild([&] {
      Use(locks);
      const auto engine = OpenFile(path);
      ASSERT_NE(engine, nullptr);
      const Buyer buyer{*engine, hall, {1}};
      ASSERT_TRUE(buyer.Hold({engine->NewId()}, {0}).status.ok());
      ASSERT_TRUE(std::filesystem::remove(path + "-wal"));
      const Status first = buyer.Hold({engine->NewId()}, {1}).status;
      EXPECT_EQ(first, Code::kStorageCorrupt) << first.text();  // found before it wrote
      EXPECT_EQ(buyer.Charge({engine->NewId()}, 100).status, Code::kStorageCorrupt);
      EXPECT_FALSE(engine->Verify().ok());
      (void)engine->Close();
    });
  }
}

}  // namespace
}  // namespace seathold::testing
