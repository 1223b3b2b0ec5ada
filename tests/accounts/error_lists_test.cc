// Every code that include/seathold/accounts.h lists, provoked: in order, each call wrong in one
// more way than the list has told of so far.
#include <atomic>
#include <thread>

#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

constexpr std::string_view kListEmail = "ada@example.org";
constexpr std::string_view kListSecret = "a long enough phrase";
using namespace std::string_literals;
constexpr std::string_view kNew = "quite another phrase";
const std::string kNoText = "\xC3\x28 no text";

struct Desk {
  HallFolder folder;
  Hall hall;
  UserId user;

  void Open() {
    hall.path = folder.File("desk.db");
    ASSERT_NO_FATAL_FAILURE(hall.Open());
    user = *accounts().Register(kListEmail, kListSecret);
  }
  Accounts& accounts() { return hall.engine->accounts(); }
  void Fail(int times) {
    for (int i = 0; i < times; ++i) (void)accounts().Login(kListEmail, "a wrong one");
  }
  // From now on no write begins.
  void BreakStorage() { hall.faults->begin_code = Code::kStorageFull; }
};

TEST(ErrorLists, OfRegister) {
  Desk desk;
  ASSERT_NO_FATAL_FAILURE(desk.Open());
  const auto code = [&](std::string_view email, std::string_view password) {
    return desk.accounts().Register(email, password).status().code();
  };
  EXPECT_EQ(code(kNoText, "short"), Code::kInvalidText);
  EXPECT_EQ(code(std::string(300, 'a') + "@x", kListSecret), Code::kInvalidText);
  EXPECT_EQ(code("nobody", "short"), Code::kInvalidArgument);
  EXPECT_EQ(code(kListEmail, "short"), Code::kPasswordWeak);
  EXPECT_EQ(code(kListEmail, std::string(1'025, 'x')), Code::kPasswordWeak);
  EXPECT_EQ(code(kListEmail, kNoText), Code::kInvalidText);
  EXPECT_EQ(code(kListEmail, kListSecret), Code::kEmailTaken);
  desk.BreakStorage();
  EXPECT_EQ(code("new@example.org", kListSecret), Code::kStorageFull);
  ASSERT_TRUE(desk.hall.engine->Close().ok());
  EXPECT_EQ(code(kListEmail, "short"), Code::kPasswordWeak);
  EXPECT_EQ(code(kListEmail, kListSecret), Code::kClosed);
}

TEST(ErrorLists, OfLogin) {
  Desk desk;
  ASSERT_NO_FATAL_FAILURE(desk.Open());
  const auto code = [&](std::string_view email, std::string_view password) {
    return desk.accounts().Login(email, password).status().code();
  };
  const std::string huge(1 << 20, 'x');
  for (const std::string& email : {kNoText, huge, huge + "@" + huge, std::string(), "a\0b@c"s}) {
    EXPECT_EQ(code(email, kListSecret), Code::kBadCredentials);
  }
  EXPECT_EQ(code(kListEmail, huge), Code::kBadCredentials);
  EXPECT_EQ(code(kListEmail, kNoText), Code::kBadCredentials);
  EXPECT_EQ(code(kListEmail, ""), Code::kBadCredentials);
  EXPECT_EQ(code(kListEmail, kListSecret), Code::kOk);
  ASSERT_TRUE(desk.accounts().Disable(desk.user).ok());
  EXPECT_EQ(code(kListEmail, "a wrong one"), Code::kBadCredentials);
  EXPECT_EQ(code(kListEmail, kListSecret), Code::kAccountDisabled);
  desk.Fail(5);
  const Status throttled = desk.accounts().Login(kListEmail, kListSecret).status();
  EXPECT_EQ(throttled.code(), Code::kThrottled);
  EXPECT_EQ(throttled.retry_after_ms(), 1'000);
  desk.hall.clock->AdvanceMs(1'000);
  desk.BreakStorage();
  EXPECT_EQ(code(kListEmail, kListSecret), Code::kStorageFull);
  ASSERT_TRUE(desk.hall.engine->Close().ok());
  EXPECT_EQ(code(kListEmail, kListSecret), Code::kClosed);
}

TEST(ErrorLists, OfAuthenticate) {
  Desk desk;
  ASSERT_NO_FATAL_FAILURE(desk.Open());
  const auto code = [&](std::string_view token) {
    return desk.accounts().Authenticate(token).status().code();
  };
  const std::string token = desk.accounts().Login(kListEmail, kListSecret)->token;
  EXPECT_EQ(code(token), Code::kOk);
  const std::string huge(1 << 20, 'x');
  for (const std::string& bad :
       {std::string(), kNoText, huge, token + huge, token + ".", "\0"s, huge + "." + huge}) {
    const auto denied = desk.accounts().Authenticate(bad);
    EXPECT_EQ(denied.status().code(), Code::kAccessDenied);
    EXPECT_EQ(denied.status().detail(), "");
  }
  ASSERT_TRUE(desk.accounts().Disable(desk.user).ok());
  EXPECT_EQ(code(token), Code::kAccessDenied);
  ASSERT_TRUE(desk.accounts().Erase(desk.user).ok());
  EXPECT_EQ(code(token), Code::kAccessDenied);
  ASSERT_TRUE(desk.hall.engine->Close().ok());
  EXPECT_EQ(code("no token"), Code::kClosed);
}

TEST(ErrorLists, OfChangePassword) {
  Desk desk;
  ASSERT_NO_FATAL_FAILURE(desk.Open());
  const auto code = [&](UserId user, std::string_view from, std::string_view to) {
    return desk.accounts().ChangePassword(user, from, to).code();
  };
  EXPECT_EQ(code(UserId{77}, "a wrong one", "short"), Code::kPasswordWeak);
  EXPECT_EQ(code(UserId{77}, "a wrong one", kNoText), Code::kInvalidText);
  EXPECT_EQ(code(UserId{77}, "a wrong one", kNew), Code::kUnknownUser);
  EXPECT_EQ(code(desk.user, "a wrong one", kNew), Code::kBadCredentials);
  ASSERT_TRUE(desk.accounts().Disable(desk.user).ok());
  EXPECT_EQ(code(desk.user, kListSecret, kNew), Code::kAccountDisabled);
  EXPECT_EQ(desk.accounts().Login(kListEmail, kNew).status().code(), Code::kBadCredentials);
  desk.Fail(4);
  const Status throttled = desk.accounts().ChangePassword(desk.user, kListSecret, kNew);
  EXPECT_EQ(throttled.code(), Code::kThrottled);
  EXPECT_EQ(throttled.retry_after_ms(), 1'000);
  desk.hall.clock->AdvanceMs(1'000);
  desk.BreakStorage();
  EXPECT_EQ(code(desk.user, kListSecret, kNew), Code::kStorageFull);
  ASSERT_TRUE(desk.hall.engine->Close().ok());
  EXPECT_EQ(code(UserId{77}, kListSecret, "short"), Code::kPasswordWeak);
  EXPECT_EQ(code(UserId{77}, kListSecret, kNew), Code::kClosed);
}

TEST(ErrorLists, OfDisableEraseAndUserIdFor) {
  Desk desk;
  ASSERT_NO_FATAL_FAILURE(desk.Open());
  Accounts& accounts = desk.accounts();
  const auto user_for = [&](std::string_view id) { return accounts.UserIdFor(id).status().code(); };
  EXPECT_EQ(accounts.Disable(UserId{77}).code(), Code::kUnknownUser);
  EXPECT_EQ(accounts.Erase(UserId{77}).code(), Code::kUnknownUser);
  EXPECT_EQ(user_for(""), Code::kInvalidArgument);
  EXPECT_EQ(user_for(kNoText), Code::kInvalidText);
  EXPECT_EQ(user_for(std::string(201, 'x')), Code::kInvalidText);
  EXPECT_EQ(user_for("crm-1"), Code::kOk);
  desk.BreakStorage();
  EXPECT_EQ(accounts.Disable(desk.user).code(), Code::kStorageFull);
  EXPECT_EQ(accounts.Erase(desk.user).code(), Code::kStorageFull);
  EXPECT_EQ(user_for("crm-2"), Code::kStorageFull);
  ASSERT_TRUE(desk.hall.engine->Close().ok());
  EXPECT_EQ(accounts.Disable(UserId{77}).code(), Code::kClosed);
  EXPECT_EQ(accounts.Erase(UserId{77}).code(), Code::kClosed);
  EXPECT_EQ(user_for(""), Code::kInvalidArgument);
  EXPECT_EQ(user_for("crm-1"), Code::kClosed);
}

// With one place for hashing, and that one taken.
TEST(ErrorLists, NoTurnToHashIsBusyAndCountsNothing) {
  Desk desk;
  desk.hall.options.test_only_cheap_password_hash = false;
  desk.hall.options.hash_concurrency = 1;
  ASSERT_NO_FATAL_FAILURE(desk.Open());
  std::atomic<bool> stop{false};
  std::atomic<int> hashed{0};
  std::vector<std::thread> others;
  for (int t = 0; t < 3; ++t) {
    others.emplace_back([&, t] {
      const std::string email = "other" + std::to_string(t) + "@example.org";
      for (int i = 0; !stop; ++i) {
        (void)desk.accounts().Login(email + std::to_string(i), kListSecret);
        ++hashed;
      }
    });
  }
  while (hashed < 6) std::this_thread::yield();
  int busy = 0, counted = 0;  // five that count would lock the address
  while (busy < 6 && counted < 4) {
    const Code code = desk.accounts().Login(kListEmail, "a wrong one", {1}).status().code();
    (code == Code::kBusy ? busy : counted) += 1;
  }
  stop = true;
  for (std::thread& other : others) other.join();
  EXPECT_EQ(busy, 6);
  EXPECT_EQ(desk.accounts().Login(kListEmail, kListSecret).status().code(), Code::kOk);
}

TEST(ErrorLists, AReadOnlyEngineSaysSo) {
  Desk desk;
  ASSERT_NO_FATAL_FAILURE(desk.Open());
  desk.hall.engine.reset();
  EngineOptions options;
  options.storage = "sqlite:" + desk.hall.path;
  options.read_only = true;
  options.sweeper_thread = false;
  const auto engine = Engine::Open(options, {});
  ASSERT_TRUE(engine.ok()) << engine.status().text();
  Accounts& accounts = (*engine)->accounts();
  EXPECT_EQ(accounts.Register("new@example.org", kListSecret).status().code(), Code::kReadOnly);
  EXPECT_EQ(accounts.Login(kListEmail, kListSecret).status().code(), Code::kReadOnly);
  EXPECT_EQ(accounts.ChangePassword(desk.user, kListSecret, kNew).code(), Code::kReadOnly);
  EXPECT_EQ(accounts.Disable(desk.user).code(), Code::kReadOnly);
  EXPECT_EQ(accounts.Erase(desk.user).code(), Code::kReadOnly);
  EXPECT_EQ(accounts.UserIdFor("crm-9").status().code(), Code::kReadOnly);
  EXPECT_EQ((*engine)->RotateKeys().code(), Code::kReadOnly);
}

}  // namespace
}  // namespace seathold::testing
