// Files that something damaged: every call answers with a code that says so, or with what is right;
// none ends the process, and none is at a loss (kInternal).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "seathold/adapter/parts.h"
#include "tests/engine/hall.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

std::string BytesOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Some of each: sold, held, blocked, money.
void MakeGoodFile(const std::string& path) {
  Hall hall;
  hall.path = path;
  ASSERT_NO_FATAL_FAILURE(hall.Build(4, 10));
  for (std::uint32_t i = 0; i < 12; ++i) {
    const UserId user{10 + i};
    const ChargeRequest charge{hall.NewTransfer(), user, {5'000, kEuro}, "card"};
    TransferReply charged = hall.engine->wallet().Charge(charge);
    const SeatTicket seat{hall.Seat(i)};
    const HoldRequest wish{
        .id = hall.NewHold(), .user = user, .performance = hall.performance, .seats = {&seat, 1}};
    HoldReply held = hall.sales().Hold(wish);
    ASSERT_TRUE(held.status.ok());
    if (i % 3 == 0) continue;
    const ConfirmRequest pay{.performance = hall.performance,
                             .hold = wish.id,
                             .payment = hall.NewTransfer(),
                             .user = user};
    PayReply paid = hall.sales().Confirm(pay);
    ASSERT_TRUE(paid.status.ok());
  }
  ASSERT_TRUE(hall.engine->Close().ok());
}

std::string Damage(std::string bytes, std::mt19937_64& random) {
  const auto at = [&] { return random() % bytes.size(); };
  switch (random() % 4) {
    case 0:  // a bit
      bytes[at()] ^= static_cast<char>(1 << random() % 8);
      break;
    case 1:  // some bytes of one page
      for (std::size_t i = at(), n = 1 + random() % 64; n > 0 && i < bytes.size(); ++i, --n) {
        bytes[i] = static_cast<char>(random());
      }
      break;
    case 2: {  // a page of zeros
      const std::size_t page = at() / 4'096 * 4'096;
      bytes.replace(page, 4'096, std::string(4'096, '\0'));
      break;
    }
    default:  // cut
      bytes.resize(at());
  }
  return bytes;
}

// Everything a host would do with it.
class Visitor {
 public:
  explicit Visitor(Engine& engine) : engine_(engine) {}

  void Visit() {
    constexpr PerformanceId kShowing{1};
    Note(engine_.catalog().ListVenues({}));
    Note(engine_.catalog().List({}, {}));
    Note(engine_.reservations().Count(kShowing));
    Note(engine_.reservations().Map(kShowing));
    Note(engine_.reservations().ListByPerformance(kShowing, {}, 100));
    Note(engine_.reservations().Feed(kShowing, 0, 100));
    for (std::uint64_t user = 10; user < 22; ++user) {
      Note(engine_.wallet().Balance({user}, kEuro));
      Note(engine_.wallet().Statement({user}, kEuro, 0, 100));
      Note(engine_.reservations().ListByUser({user}, {}, {}, 100));
    }
    for (std::uint64_t user = 10; user < 16; ++user) Buy({user});
    Note(engine_.Sweep(100));
    Note(engine_.Verify());
    Note(engine_.accounts().UserIdFor("customer-1"));
  }
  int answers() const { return answers_; }

 private:
  void Buy(UserId user) {
    const BestRequest wish{.id = {engine_.NewId()}, .user = user, .performance = {1}, .seats = 2};
    HoldReply held = engine_.reservations().HoldBest(wish);
    Note(held.status);
    const ConfirmRequest pay{
        .performance = {1}, .hold = wish.id, .payment = {engine_.NewId()}, .user = user};
    PayReply paid = engine_.reservations().Confirm(pay);
    Note(paid.status);
  }
  void Note(const Status& status) {
    ++answers_;
    EXPECT_NE(status, Code::kInternal) << status.text();
    EXPECT_NE(FindCode(status.code()), nullptr);
  }
  template <class T>
  void Note(const Result<T>& result) {
    Note(result.status());
  }

  Engine& engine_;
  int answers_ = 0;
};

TEST(DamagedFile, IsAnsweredWithACodeThatSaysSo) {
  HallFolder folder;
  ASSERT_NO_FATAL_FAILURE(MakeGoodFile(folder.File("good.db")));
  const std::string good = BytesOf(folder.File("good.db"));
  int refused = 0, answers = 0;
  for (int seed = 1; seed <= Scaled(1'000) && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    const std::string path = folder.File("bad.db");
    for (const char* suffix : {"", "-wal", "-shm", "-line", ".keys"}) fs::remove(path + suffix);
    std::ofstream(path, std::ios::binary) << Damage(good, random);
    fs::copy_file(folder.File("good.db.keys"), path + ".keys");
    EngineParts parts;
    parts.clock = std::make_shared<ManualClock>(kHallStart);
    const auto opened = Engine::Open({.storage = "sqlite:" + path}, std::move(parts));
    EXPECT_NE(opened.code(), Code::kInternal) << opened.status().text();
    if (!opened.ok()) {
      ++refused;
      continue;
    }
    Visitor visitor(**opened);
    visitor.Visit();
    answers += visitor.answers();
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(answers, 0);
  std::printf("COUNT damaged_files %d\n", Scaled(1'000));
}

}  // namespace
}  // namespace seathold::testing
