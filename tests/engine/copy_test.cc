// A database that is moved keeps everything: seats, money, users, passwords, places and ids.
#include "seathold/copy.h"

#include <filesystem>
#include <fstream>

#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

constexpr std::uint64_t kBuyer = 7;
constexpr std::string_view kMail = "buyer@example.org";
constexpr std::string_view kPhrase = "a long enough phrase";

class CopyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    hall_.path = folder_.File("old.db");
    ASSERT_NO_FATAL_FAILURE(hall_.Build(4, 10));
    ASSERT_TRUE(hall_.Charge(kBuyer, 100'000).status.ok());
    paid_ = hall_.Held(kBuyer, {0, 1});
    ASSERT_TRUE(hall_.Pay(kBuyer, paid_, hall_.NewTransfer()).status.ok());
    held_ = hall_.Held(kBuyer, {2});
    user_ = *hall_.engine->accounts().Register(kMail, kPhrase);
    guest_ = *hall_.engine->accounts().UserIdFor("guest 1");
    ShowSpec queued;
    queued.title = "Queued";
    queued.requires_pass = true;
    queued.active_max = 1;
    queued_ = *hall_.engine->catalog().AddShow(queued);
    (void)Join(1);
    place_ = std::string(Join(2).token.view());
  }

  Place Join(std::uint64_t user) {
    const JoinRequest request{queued_, UserId{user}};
    Place place = hall_.engine->queue().Join(request);
    EXPECT_TRUE(place.status.ok()) << place.status.text();
    return place;
  }
  Place Poll(std::string_view token) { return hall_.engine->queue().Poll(token); }
  std::string to() const { return folder_.File("new.db"); }
  CopyRequest How() const { return {.from = "sqlite:" + hall_.path, .to = "sqlite:" + to()}; }
  void OpenCopy() {
    hall_.engine.reset();
    hall_.path = to();
    ASSERT_NO_FATAL_FAILURE(hall_.Open());
  }

  HallFolder folder_;
  Hall hall_;
  HoldId paid_, held_;
  UserId user_, guest_;
  ShowId queued_;
  std::string place_;
};

TEST_F(CopyTest, GoesOnWhereTheOldOneStood) {
  hall_.engine.reset();
  std::uint64_t told = 0;
  CopyRequest how = How();
  how.progress = [&](std::uint64_t rows) { told = rows; };
  const auto copied = CopyDatabase(how);
  ASSERT_TRUE(copied.ok()) << copied.status().text();
  EXPECT_TRUE(copied->audit.clean());
  EXPECT_EQ(copied->audit.sold, 2u);
  EXPECT_GT(copied->rows, 80u);
  EXPECT_EQ(told, copied->rows);
  EXPECT_NE(copied->from.find("old.db"), std::string::npos) << copied->from;
  EXPECT_NE(copied->to.find("new.db"), std::string::npos) << copied->to;
  EXPECT_EQ(copied->keys_from, hall_.path + ".keys");
  EXPECT_EQ(copied->keys_to, to() + ".keys");

  ASSERT_NO_FATAL_FAILURE(OpenCopy());
  Engine& engine = *hall_.engine;
  EXPECT_EQ(engine.wallet().Balance(UserId{kBuyer}, kEuro)->minor, 98'000);
  EXPECT_EQ(engine.accounts().Login(kMail, kPhrase)->user, user_);
  EXPECT_EQ(*engine.accounts().UserIdFor("guest 1"), guest_) << "the stable key came along";
  EXPECT_TRUE(hall_.Pay(kBuyer, held_, hall_.NewTransfer()).status.ok()) << "a living hold";
  EXPECT_EQ(hall_.Hold(8, 0).status.code(), Code::kSeatTaken);
  const Place place = Poll(place_);
  EXPECT_TRUE(place.status.ok()) << place.status.text();
  EXPECT_EQ(place.state, LineState::kWaiting);
  EXPECT_LT(place.sequence, Join(3).sequence) << "newcomers stay behind";
  EXPECT_TRUE(engine.Verify()->clean());
}

TEST_F(CopyTest, LeavesTheOldOneAsItIs) {
  hall_.engine.reset();
  const auto before = std::filesystem::last_write_time(hall_.path);
  const auto size = std::filesystem::file_size(hall_.path);
  ASSERT_TRUE(CopyDatabase(How()).ok());
  EXPECT_EQ(std::filesystem::last_write_time(hall_.path), before);
  EXPECT_EQ(std::filesystem::file_size(hall_.path), size);
}

TEST_F(CopyTest, RefusesWhatWasWrittenMeanwhileAndMayBeTriedAgain) {
  CopyRequest how = How();
  bool sold = false;
  how.progress = [&](std::uint64_t) {
    if (!std::exchange(sold, true)) (void)hall_.Held(9, {5});
  };
  const auto cut = CopyDatabase(how);
  EXPECT_EQ(cut.code(), Code::kBusy) << cut.status().text();
  const auto copied = CopyDatabase(how);
  ASSERT_TRUE(copied.ok()) << copied.status().text();
  EXPECT_EQ(copied->audit.holds, 3u);
}

TEST_F(CopyTest, RefusesATargetThatHoldsSomething) {
  hall_.engine.reset();
  ASSERT_TRUE(CopyDatabase(How()).ok());
  EXPECT_EQ(CopyDatabase(How()).code(), Code::kAlreadyExists);
  CopyRequest onto_itself = How();
  onto_itself.to = onto_itself.from;
  EXPECT_EQ(CopyDatabase(onto_itself).code(), Code::kAlreadyExists);
}

TEST_F(CopyTest, RefusesKeysOfSomethingElse) {
  hall_.engine.reset();
  ASSERT_TRUE(std::filesystem::copy_file(hall_.path + ".keys", to() + ".keys"));
  EXPECT_EQ(CopyDatabase(How()).code(), Code::kWrongFile) << "keys without a database";
  std::filesystem::remove(to() + ".keys");
  {  // an empty database, with keys of its own
    Hall other;
    other.path = to();
    ASSERT_NO_FATAL_FAILURE(other.Open());
  }
  EXPECT_EQ(CopyDatabase(How()).code(), Code::kAlreadyExists);
  std::filesystem::remove(to() + ".keys");
  EXPECT_TRUE(CopyDatabase(How()).ok()) << "nothing was copied before";
}

TEST_F(CopyTest, SaysWhatCannotBeCopied) {
  CopyRequest how = How();
  how.from = "memory:";
  EXPECT_EQ(CopyDatabase(how).code(), Code::kUnsupported);
  how = How();
  how.to = "nowhere";
  EXPECT_EQ(CopyDatabase(how).code(), Code::kInvalidArgument);
  how = How();
  how.timeout_ms = -1;
  EXPECT_EQ(CopyDatabase(how).code(), Code::kInvalidArgument);
  how = How();
  how.from = "sqlite:" + folder_.File("missing.db");
  EXPECT_EQ(CopyDatabase(how).code(), Code::kCannotOpen);
  EXPECT_FALSE(std::filesystem::exists(to())) << "nothing was made";
  how = How();
  how.timeout_ms = 0;
  EXPECT_EQ(CopyDatabase(how).code(), Code::kBusy);
}

}  // namespace
}  // namespace seathold::testing
