// Register, log in, authenticate, change the password, disable: through an engine.
#include <thread>

#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

constexpr std::string_view kEmail = "ada@example.org";
constexpr std::string_view kPassword = "a long enough phrase";

struct People : Hall {
  Accounts& accounts() { return engine->accounts(); }
  UserId Register(std::string_view email = kEmail, std::string_view password = kPassword) {
    const auto user = accounts().Register(email, password);
    EXPECT_TRUE(user.ok()) << user.status().text();
    return user.ok() ? *user : UserId{};
  }
  std::string Login(std::string_view email = kEmail, std::string_view password = kPassword) {
    const auto token = accounts().Login(email, password);
    EXPECT_TRUE(token.ok()) << token.status().text();
    return token.ok() ? token->token : "";
  }
  Code LoginCode(std::string_view email, std::string_view password) {
    return accounts().Login(email, password).status().code();
  }
  Code Check(std::string_view token) { return accounts().Authenticate(token).status().code(); }
};

// Two engines on one file: two processes, as far as accounts can tell.
struct TwoPeoples {
  HallFolder folder;
  People one, two;

  void Open() {
    one.path = two.path = folder.File("people.db");
    two.clock = one.clock;
    ASSERT_NO_FATAL_FAILURE(one.Hall::Open());
    ASSERT_NO_FATAL_FAILURE(two.Hall::Open());
  }
};

// Until `check` holds, at most `within_ms` and a margin for a loaded machine; the time it took.
template <class Check>
std::int64_t AwaitMs(std::int64_t within_ms, Check check) {
  const std::int64_t from_ns = MonotonicNs();
  std::int64_t took_ms = 0;
  while (!check() && took_ms < within_ms + 1'000) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    took_ms = (MonotonicNs() - from_ns) / 1'000'000;
  }
  return took_ms;
}

TEST(Accounts, WhoRegistersLogsInAndIsKnownByTheToken) {
  People people;
  ASSERT_NO_FATAL_FAILURE(people.Open());
  const UserId user = people.Register();
  EXPECT_TRUE(user.value & kEngineUserBit);
  const auto token = people.accounts().Login(kEmail, kPassword);
  ASSERT_TRUE(token.ok()) << token.status().text();
  EXPECT_EQ(token->user, user);
  EXPECT_EQ(token->expires_at, AddMs(kHallStart, 900'000));
  const auto principal = people.accounts().Authenticate(token->token);
  ASSERT_TRUE(principal.ok()) << principal.status().text();
  EXPECT_EQ(principal->user, user);
  EXPECT_EQ(principal->expires_at, token->expires_at);
}

TEST(Accounts, OneEmailHasOneAccountHoweverItsLettersAreCased) {
  People people;
  ASSERT_NO_FATAL_FAILURE(people.Open());
  const UserId user = people.Register("Ada@Example.ORG");
  EXPECT_EQ(people.accounts().Register(kEmail, "another phrase").status().code(),
            Code::kEmailTaken);
  EXPECT_EQ(people.accounts().Login("ADA@example.org", kPassword)->user, user);
  EXPECT_NE(people.Register("bob@example.org"), user);
}

TEST(Accounts, AnUnknownEmailAndAWrongPasswordAnswerAlike) {
  People people;
  ASSERT_NO_FATAL_FAILURE(people.Open());
  people.Register();
  const auto wrong = people.accounts().Login(kEmail, "not this phrase");
  const auto unknown = people.accounts().Login("nobody@example.org", kPassword);
  EXPECT_EQ(wrong.status().code(), Code::kBadCredentials);
  EXPECT_EQ(unknown.status().code(), Code::kBadCredentials);
  EXPECT_EQ(wrong.status().text(), unknown.status().text());
}

TEST(Accounts, EveryByteOfAPasswordCounts) {
  using namespace std::string_view_literals;
  People people;
  ASSERT_NO_FATAL_FAILURE(people.Open());
  const std::string most = "p4" + std::string(1'022, 'x');
  people.Register("nul@example.org", "with a nul\0 one"sv);
  people.Register("long@example.org", most);
  EXPECT_EQ(people.LoginCode("nul@example.org", "with a nul\0 two"sv), Code::kBadCredentials);
  EXPECT_EQ(people.LoginCode("nul@example.org", "with a nul"), Code::kBadCredentials);
  EXPECT_EQ(people.LoginCode("nul@example.org", "with a nul\0 one"sv), Code::kOk);
  EXPECT_EQ(people.LoginCode("long@example.org", most.substr(0, 1'023)), Code::kBadCredentials);
  EXPECT_EQ(people.LoginCode("long@example.org", most), Code::kOk);
}

TEST(Accounts, ATokenEndsWithItsTime) {
  People people;
  ASSERT_NO_FATAL_FAILURE(people.Open());
  people.Register();
  const std::string token = people.Login();
  people.clock->AdvanceMs(900'000 + 60'000 - 1);  // with the leeway
  EXPECT_EQ(people.Check(token), Code::kOk);
  people.clock->AdvanceMs(1);
  EXPECT_EQ(people.Check(token), Code::kAccessDenied);
}

TEST(Accounts, AForgedTokenIsDeniedWithoutDetail) {
  People people;
  ASSERT_NO_FATAL_FAILURE(people.Open());
  people.Register();
  std::string token = people.Login();
  const std::size_t at = token.rfind('.') + 3;
  token[at] = token[at] == 'A' ? 'B' : 'A';
  const auto forged = people.accounts().Authenticate(token);
  EXPECT_EQ(forged.status().code(), Code::kAccessDenied);
  EXPECT_EQ(forged.status().detail(), "");
  EXPECT_EQ(people.Check(""), Code::kAccessDenied);
  EXPECT_EQ(people.Check("a.b.c"), Code::kAccessDenied);
}

TEST(Accounts, ATokenOfAnotherEnginesKeysIsDenied) {
  People one, two;
  ASSERT_NO_FATAL_FAILURE(one.Open());
  ASSERT_NO_FATAL_FAILURE(two.Open());
  one.Register();
  two.Register();
  EXPECT_EQ(two.Check(one.Login()), Code::kAccessDenied);
}

TEST(Accounts, ChangingThePasswordEndsOldTokensAtOnceHereAndWithinASecondElsewhere) {
  TwoPeoples peoples;
  ASSERT_NO_FATAL_FAILURE(peoples.Open());
  const UserId user = peoples.one.Register();
  const std::string old = peoples.one.Login();
  ASSERT_EQ(peoples.one.Check(old), Code::kOk);
  ASSERT_EQ(peoples.two.Check(old), Code::kOk);
  ASSERT_TRUE(peoples.one.accounts().ChangePassword(user, kPassword, "quite another phrase").ok());
  EXPECT_EQ(peoples.one.Check(old), Code::kAccessDenied);
  const std::int64_t took_ms =
      AwaitMs(1'000, [&] { return peoples.two.Check(old) == Code::kAccessDenied; });
  EXPECT_LE(took_ms, 1'500);
  EXPECT_EQ(peoples.one.LoginCode(kEmail, kPassword), Code::kBadCredentials);
  const std::string fresh = peoples.two.Login(kEmail, "quite another phrase");
  EXPECT_EQ(peoples.one.Check(fresh), Code::kOk);
  EXPECT_EQ(peoples.two.Check(fresh), Code::kOk);
}

TEST(Accounts, APasswordIsChangedByWhoKnowsTheOldOneOnly) {
  People people;
  ASSERT_NO_FATAL_FAILURE(people.Open());
  const UserId user = people.Register();
  const std::string token = people.Login();
  Accounts& accounts = people.accounts();
  EXPECT_EQ(accounts.ChangePassword(user, "not this phrase", "quite another phrase").code(),
            Code::kBadCredentials);
  EXPECT_EQ(accounts.ChangePassword(user, kPassword, "short").code(), Code::kPasswordWeak);
  EXPECT_EQ(accounts.ChangePassword(UserId{77}, kPassword, "quite another phrase").code(),
            Code::kUnknownUser);
  EXPECT_EQ(people.Check(token), Code::kOk);
  EXPECT_EQ(people.LoginCode(kEmail, kPassword), Code::kOk);
}

TEST(Accounts, DisablingEndsTokensAndTellsTheOwnerOnly) {
  TwoPeoples peoples;
  ASSERT_NO_FATAL_FAILURE(peoples.Open());
  const UserId user = peoples.one.Register();
  const std::string token = peoples.one.Login();
  ASSERT_EQ(peoples.two.Check(token), Code::kOk);
  ASSERT_TRUE(peoples.one.accounts().Disable(user).ok());
  ASSERT_TRUE(peoples.one.accounts().Disable(user).ok());
  EXPECT_EQ(peoples.one.Check(token), Code::kAccessDenied);
  const std::int64_t took_ms =
      AwaitMs(1'000, [&] { return peoples.two.Check(token) == Code::kAccessDenied; });
  EXPECT_LE(took_ms, 1'500);
  EXPECT_EQ(peoples.one.LoginCode(kEmail, kPassword), Code::kAccountDisabled);
  EXPECT_EQ(peoples.one.LoginCode(kEmail, "not this phrase"), Code::kBadCredentials);
}

TEST(Accounts, ATextIdHasOneNumberUntilItIsErased) {
  TwoPeoples peoples;
  ASSERT_NO_FATAL_FAILURE(peoples.Open());
  const auto user = peoples.one.accounts().UserIdFor("crm-4711");
  ASSERT_TRUE(user.ok()) << user.status().text();
  EXPECT_TRUE(user->value & kEngineUserBit);
  EXPECT_EQ(*peoples.one.accounts().UserIdFor("crm-4711"), *user);
  EXPECT_EQ(*peoples.two.accounts().UserIdFor("crm-4711"), *user);
  EXPECT_NE(*peoples.one.accounts().UserIdFor("crm-4712"), *user);
  ASSERT_TRUE(peoples.one.accounts().Erase(*user).ok());
  const auto next = peoples.two.accounts().UserIdFor("crm-4711");
  ASSERT_TRUE(next.ok());
  EXPECT_NE(*next, *user);
  EXPECT_EQ(*peoples.one.accounts().UserIdFor("crm-4711"), *next);
}

TEST(Accounts, ATextIdAskedByManyAtOnceGetsOneNumber) {
  People people;
  ASSERT_NO_FATAL_FAILURE(people.Open());
  std::vector<UserId> users(16);
  std::vector<std::thread> threads;
  for (UserId& user : users) {
    threads.emplace_back([&] { user = *people.accounts().UserIdFor("crm-4711"); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(users, std::vector<UserId>(16, users[0]));
}

TEST(Accounts, ManyWhoRegisterOneEmailAtOnceMakeOneAccount) {
  People people;
  ASSERT_NO_FATAL_FAILURE(people.Open());
  std::atomic<int> made{0}, taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      const Code code = people.accounts().Register(kEmail, kPassword).status().code();
      if (code == Code::kOk) ++made;
      if (code == Code::kEmailTaken) ++taken;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(taken, 7);
}

TEST(KeyRotation, OldTokensStayGoodAndNewOnesCarryTheNewKey) {
  TwoPeoples peoples;
  ASSERT_NO_FATAL_FAILURE(peoples.Open());
  peoples.one.Register();
  const std::string old = peoples.one.Login();
  ASSERT_TRUE(peoples.one.engine->RotateKeys().ok());
  const std::string fresh = peoples.one.Login();
  EXPECT_NE(old.substr(0, old.find('.')), fresh.substr(0, fresh.find('.')));  // the key's id
  EXPECT_EQ(peoples.one.Check(old), Code::kOk);
  EXPECT_EQ(peoples.one.Check(fresh), Code::kOk);
}

TEST(KeyRotation, AnotherEngineFollowsAtTheFirstTokenOfTheNewKey) {
  TwoPeoples peoples;
  ASSERT_NO_FATAL_FAILURE(peoples.Open());
  peoples.one.Register();
  const std::string old = peoples.one.Login();
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(peoples.one.engine->RotateKeys().ok());
    const std::string fresh = peoples.one.Login();
    // It looks at the key file ten times a second at most.
    const std::int64_t took_ms =
        AwaitMs(100, [&] { return peoples.two.Check(fresh) == Code::kOk; });
    EXPECT_LE(took_ms, 600);
    EXPECT_EQ(peoples.two.Check(old), Code::kOk);
    const std::string theirs = peoples.two.Login();
    EXPECT_EQ(peoples.one.Check(theirs), Code::kOk);
  }
}

TEST(KeyRotation, KeysOfMemoryStorageRotateInMemory) {
  People people;
  ASSERT_NO_FATAL_FAILURE(people.Open());
  people.Register();
  const std::string old = people.Login();
  ASSERT_TRUE(people.engine->RotateKeys().ok());
  EXPECT_EQ(people.Check(old), Code::kOk);
  EXPECT_EQ(people.Check(people.Login()), Code::kOk);
}

TEST(KeyRotation, WhatWasGivenLivesOrTheRotationIsRefused) {
  People people;
  ASSERT_NO_FATAL_FAILURE(people.Open());
  ShowSpec spec;
  spec.title = "Gala";
  spec.requires_pass = true;
  spec.active_max = 1;
  const auto show = people.engine->catalog().AddShow(spec);
  ASSERT_TRUE(show.ok());
  const JoinRequest joins[] = {{*show, UserId{1}}, {*show, UserId{2}}};
  Place places[2];
  people.engine->queue().Join(joins, places);
  ASSERT_TRUE(places[1].status.ok());
  people.Register();
  const std::string access = people.Login();
  const auto poll = [&] {
    const std::string_view tokens[] = {places[0].pass.view(), places[1].token.view()};
    Place found[2];
    people.engine->queue().Poll(tokens, found);
    EXPECT_TRUE(found[0].status.ok()) << found[0].status.text();
    EXPECT_TRUE(found[1].status.ok()) << found[1].status.text();
    EXPECT_EQ(people.Check(access), Code::kOk);
  };
  Status last;
  for (int i = 0; i < 40 && last.ok(); ++i) {
    last = people.engine->RotateKeys();
    poll();
  }
  EXPECT_EQ(last.code(), Code::kTooManyKeys);
  EXPECT_EQ(last.retry_after_ms(), 14 * 86'400'000LL);
  people.clock->AdvanceMs(last.retry_after_ms());
  EXPECT_TRUE(people.engine->RotateKeys().ok());
}

TEST(KeyRotation, JoiningAgainGivesTheSamePlaceUnderTheNewKey) {
  People people;
  ASSERT_NO_FATAL_FAILURE(people.Open());
  ShowSpec spec;
  spec.title = "Gala";
  spec.requires_pass = true;
  spec.active_max = 1;
  const auto show = people.engine->catalog().AddShow(spec);
  ASSERT_TRUE(show.ok());
  const JoinRequest joins[] = {{*show, UserId{1}}, {*show, UserId{2}}};
  Place before[2], after[2];
  people.engine->queue().Join(joins, before);
  ASSERT_TRUE(people.engine->RotateKeys().ok());
  people.engine->queue().Join(joins, after);
  ASSERT_TRUE(after[1].status.ok()) << after[1].status.text();
  EXPECT_EQ(after[1].sequence, before[1].sequence);
  EXPECT_NE(after[1].token.view(), before[1].token.view());
  for (const Place* place : {&before[1], &after[1]}) {
    const std::string_view token = place->token.view();
    Place found = people.engine->queue().Poll(token);
    EXPECT_TRUE(found.status.ok());
    EXPECT_EQ(found.sequence, before[1].sequence);
  }
}

TEST(KeyRotation, KeysSurviveReopening) {
  const HallFolder folder;
  People people;
  people.path = folder.File("keys.db");
  ASSERT_NO_FATAL_FAILURE(people.Open());
  people.Register();
  const std::string old = people.Login();
  ASSERT_TRUE(people.engine->RotateKeys().ok());
  const std::string fresh = people.Login();
  ASSERT_NO_FATAL_FAILURE(people.Open());
  EXPECT_EQ(people.Check(old), Code::kOk);
  EXPECT_EQ(people.Check(fresh), Code::kOk);
}

}  // namespace
}  // namespace seathold::testing
