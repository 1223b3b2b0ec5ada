// What is left of a person who was erased, and how often a password may be tried.
#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

constexpr std::string_view kErasedEmail = "grace.hopper@navy.example";
constexpr std::string_view kErasedPassword = "nanoseconds of wire";

bool FileHolds(const std::string& path, std::string_view text) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str().find(text) != std::string::npos;
}

struct Erasure {
  HallFolder folder;
  Hall hall;
  UserId user;
  std::string token;
  HoldId paid;

  void Build() {
    hall.path = folder.File("erase.db");
    ASSERT_NO_FATAL_FAILURE(hall.Build(4, 10));
    const auto made = hall.engine->accounts().Register(kErasedEmail, kErasedPassword);
    ASSERT_TRUE(made.ok()) << made.status().text();
    user = *made;
    const auto login = hall.engine->accounts().Login(kErasedEmail, kErasedPassword);
    ASSERT_TRUE(login.ok()) << login.status().text();
    token = login->token;
    ASSERT_TRUE(hall.Charge(user.value, 5 * kSeatPriceMinor).status.ok());
    paid = hall.Held(user.value, {0, 1});
    ASSERT_TRUE(hall.Pay(user.value, paid, hall.NewTransfer()).status.ok());
  }
};

TEST(Erase, TheNumberKeepsItsReservationsAndMoneyAndNothingElse) {
  Erasure erasure;
  ASSERT_NO_FATAL_FAILURE(erasure.Build());
  Hall& hall = erasure.hall;
  Accounts& accounts = hall.engine->accounts();
  ASSERT_TRUE(accounts.Authenticate(erasure.token).ok());
  ASSERT_TRUE(accounts.Erase(erasure.user).ok());

  EXPECT_EQ(accounts.Authenticate(erasure.token).status().code(), Code::kAccessDenied);
  EXPECT_EQ(accounts.Login(kErasedEmail, kErasedPassword).status().code(), Code::kBadCredentials);
  EXPECT_EQ(accounts.Erase(erasure.user).code(), Code::kUnknownUser);
  EXPECT_EQ(accounts.Disable(erasure.user).code(), Code::kUnknownUser);
  EXPECT_EQ(hall.Balance(erasure.user.value), 3 * kSeatPriceMinor);
  EXPECT_EQ(hall.StateOf(erasure.paid), HoldState::kConfirmed);
  const auto holds = hall.sales().ListByUser(erasure.user, {}, {}, 10);
  ASSERT_TRUE(holds.ok());
  EXPECT_EQ(holds->size(), 1u);
  EXPECT_EQ(hall.engine->wallet().Statement(erasure.user, kEuro, 0, 10)->size(), 2u);
  hall.ExpectClean();
}

TEST(Erase, TheSameEmailRegistersAgainUnderANewNumber) {
  Erasure erasure;
  ASSERT_NO_FATAL_FAILURE(erasure.Build());
  Accounts& accounts = erasure.hall.engine->accounts();
  ASSERT_TRUE(accounts.Erase(erasure.user).ok());
  const auto again = accounts.Register(kErasedEmail, "quite another phrase");
  ASSERT_TRUE(again.ok()) << again.status().text();
  EXPECT_NE(*again, erasure.user);
  EXPECT_EQ(accounts.Login(kErasedEmail, "quite another phrase")->user, *again);
  EXPECT_EQ(accounts.Authenticate(erasure.token).status().code(), Code::kAccessDenied);
  EXPECT_EQ(erasure.hall.Balance(again->value), 0);
}

TEST(Erase, NoTableHoldsThePersonAfterwards) {
  Erasure erasure;
  ASSERT_NO_FATAL_FAILURE(erasure.Build());
  Hall& hall = erasure.hall;
  const auto external = hall.engine->accounts().UserIdFor("passport C01X00T47");
  ASSERT_TRUE(external.ok());
  ASSERT_EQ(SqlNumber(hall.path, "SELECT count(*) FROM logins"), 2);
  ASSERT_EQ(SqlNumber(hall.path, "SELECT count(*) FROM emails"), 1);
  ASSERT_EQ(SqlNumber(hall.path, "SELECT count(*) FROM external_users"), 1);
  ASSERT_TRUE(hall.engine->accounts().Erase(erasure.user).ok());
  ASSERT_TRUE(hall.engine->accounts().Erase(*external).ok());
  ASSERT_TRUE(hall.engine->Close().ok());
  EXPECT_EQ(SqlNumber(hall.path, "SELECT count(*) FROM logins"), 0);
  EXPECT_EQ(SqlNumber(hall.path, "SELECT count(*) FROM emails"), 0);
  EXPECT_EQ(SqlNumber(hall.path, "SELECT count(*) FROM external_users"), 0);
}

TEST(Erase, NoByteOfThePersonStaysInTheFileOnceItIsClosed) {
  Erasure erasure;
  ASSERT_NO_FATAL_FAILURE(erasure.Build());
  Hall& hall = erasure.hall;
  ASSERT_TRUE(hall.engine->accounts().UserIdFor("passport C01X00T47").ok());
  ASSERT_TRUE(hall.engine->Close().ok());
  EXPECT_TRUE(FileHolds(hall.path, kErasedEmail));         // or the search finds nothing at all
  EXPECT_FALSE(FileHolds(hall.path, kErasedPassword));     // never
  EXPECT_FALSE(FileHolds(hall.path, "passport C01X00T"));  // only its keyed hash
  ASSERT_NO_FATAL_FAILURE(hall.Open());
  ASSERT_TRUE(hall.engine->accounts().Erase(erasure.user).ok());
  ASSERT_TRUE(hall.engine->Close().ok());
  EXPECT_FALSE(FileHolds(hall.path, kErasedEmail));
  EXPECT_FALSE(FileHolds(hall.path, "$argon2id$"));
  EXPECT_FALSE(FileHolds(hall.path + "-wal", kErasedEmail));
}

TEST(Erase, AHostsOwnNumberIsNoAccount) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Open());
  EXPECT_EQ(hall.engine->accounts().Erase(UserId{5}).code(), Code::kUnknownUser);
  EXPECT_EQ(hall.engine->accounts().Erase(UserId{0}).code(), Code::kUnknownUser);
  EXPECT_EQ(hall.engine->accounts().Erase(UserId{kEngineUserBit | 5}).code(), Code::kUnknownUser);
}

struct Tries {
  Hall hall;

  Code Try(std::string_view email, std::string_view password = "a wrong password") {
    return hall.engine->accounts().Login(email, password).status().code();
  }
  // How a stranger sees `times` failures and what follows, one try every `step_ms`.
  std::vector<Code> Series(std::string_view email, int times, std::int64_t step_ms) {
    std::vector<Code> codes;
    for (int i = 0; i < times; ++i) {
      codes.push_back(Try(email));
      hall.clock->AdvanceMs(step_ms);
    }
    return codes;
  }
};

TEST(Throttle, FiveFailuresLockForASecondThenForTwo) {
  Tries tries;
  ASSERT_NO_FATAL_FAILURE(tries.hall.Open());
  ASSERT_TRUE(tries.hall.engine->accounts().Register(kErasedEmail, kErasedPassword).ok());
  EXPECT_EQ(tries.Series(kErasedEmail, 5, 0), std::vector<Code>(5, Code::kBadCredentials));
  EXPECT_EQ(tries.Try(kErasedEmail, kErasedPassword), Code::kThrottled);  // the right one, too
  tries.hall.clock->AdvanceMs(999);
  EXPECT_EQ(tries.Try(kErasedEmail), Code::kThrottled);
  tries.hall.clock->AdvanceMs(1);
  EXPECT_EQ(tries.Try(kErasedEmail), Code::kBadCredentials);
  tries.hall.clock->AdvanceMs(1'999);
  EXPECT_EQ(tries.Try(kErasedEmail), Code::kThrottled);
  tries.hall.clock->AdvanceMs(1);
  EXPECT_EQ(tries.Try(kErasedEmail, kErasedPassword), Code::kOk);
  EXPECT_EQ(tries.Try(kErasedEmail), Code::kBadCredentials);  // forgotten by the success
  EXPECT_EQ(tries.Try(kErasedEmail), Code::kBadCredentials);
}

TEST(Throttle, AnUnknownEmailIsThrottledJustAsAKnownOne) {
  for (const std::int64_t step_ms : {0, 700, 5'000}) {
    Tries tries;
    ASSERT_NO_FATAL_FAILURE(tries.hall.Open());
    ASSERT_TRUE(tries.hall.engine->accounts().Register(kErasedEmail, kErasedPassword).ok());
    const auto known = tries.Series(kErasedEmail, 20, step_ms);
    EXPECT_EQ(tries.Series("nobody@example.org", 20, step_ms), known);
    EXPECT_NE(std::ranges::find(known, Code::kThrottled), known.end());
  }
}

TEST(Throttle, SurvivesReopening) {
  const HallFolder folder;
  Tries tries;
  tries.hall.path = folder.File("throttle.db");
  ASSERT_NO_FATAL_FAILURE(tries.hall.Open());
  ASSERT_TRUE(tries.hall.engine->accounts().Register(kErasedEmail, kErasedPassword).ok());
  (void)tries.Series(kErasedEmail, 5, 0);
  ASSERT_EQ(tries.Try(kErasedEmail), Code::kThrottled);
  ASSERT_NO_FATAL_FAILURE(tries.hall.Open());
  EXPECT_EQ(tries.Try(kErasedEmail, kErasedPassword), Code::kThrottled);
  tries.hall.clock->AdvanceMs(1'000);
  EXPECT_EQ(tries.Try(kErasedEmail, kErasedPassword), Code::kOk);
}

TEST(Throttle, ChangingAPasswordIsThrottledByTheSameCount) {
  Tries tries;
  ASSERT_NO_FATAL_FAILURE(tries.hall.Open());
  Accounts& accounts = tries.hall.engine->accounts();
  const auto user = accounts.Register(kErasedEmail, kErasedPassword);
  ASSERT_TRUE(user.ok());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(accounts.ChangePassword(*user, "a wrong password", "quite another phrase").code(),
              Code::kBadCredentials);
  }
  EXPECT_EQ(accounts.ChangePassword(*user, kErasedPassword, "quite another phrase").code(),
            Code::kThrottled);
  EXPECT_EQ(tries.Try(kErasedEmail, kErasedPassword), Code::kThrottled);
}

}  // namespace
}  // namespace seathold::testing
