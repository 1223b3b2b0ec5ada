// Tokens that once were good, or are good elsewhere, and ids that are somebody else's: with every
// operation that openapi.json describes.
#include <functional>
#include <map>
#include <set>

#include "examples/web/host_key.h"
#include "seathold/adapter/parts.h"
#include "tests/web/description.h"
#include "tests/web/program.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

class Tokens : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    options.engine.storage = "sqlite:" + folder_.Path("hall.db");
    options.key_file = folder_.Path("web-key");
    stale_ = TokenOfAnHourAgo("late@example.org");
    Open();
    all_ = ReadDescription(Do("GET", "/api/openapi.json").json());
    ASSERT_GT(all_.size(), 20u);
  }

  // Of the same database, before the host opens it.
  std::string TokenOfAnHourAgo(const std::string& email) {
    EngineParts parts;
    const TimeUs now = NewSystemClock()->Now();
    parts.clock = std::make_shared<ManualClock>(TimeUs{now.value - 3'600 * kUsPerSecond});
    const auto engine = Engine::Open(options.engine, std::move(parts));
    EXPECT_TRUE(engine.ok()) << engine.status().text();
    return LoggedIn(**engine, email);
  }

  static std::string LoggedIn(Engine& engine, const std::string& email) {
    EXPECT_TRUE(engine.accounts().Register(email, kPassword).ok());
    const auto token = engine.accounts().Login(email, kPassword);
    EXPECT_TRUE(token.ok()) << token.status().text();
    return token.ok() ? token->token : "";
  }

  // The first account of another hall: the same number as the first one of ours.
  std::string TokenOfAnotherDatabase() {
    EngineOptions other;
    other.storage = "memory:";
    other.test_only_cheap_password_hash = true;
    const auto engine = Engine::Open(other);
    return LoggedIn(**engine, "late@example.org");
  }

  std::string TokenOfADisabledAccount() {
    const std::string token = LogIn("gone@example.org");
    const auto who = engine().accounts().Authenticate(token);
    EXPECT_TRUE(who.ok());
    EXPECT_TRUE(engine().accounts().Disable(who->user).ok());
    return token;
  }

  std::map<std::string, std::string> WrongTokens() {
    const auto ours = web::HostKey::Open(options.key_file);
    const auto theirs = web::HostKey::Open("");
    const std::string foreign = TokenOfAnotherDatabase();
    std::string promoted = staff;
    promoted.replace(promoted.rfind(".staff."), 7, ".operator.");
    const std::string role = boss.substr(boss.rfind(".operator."));
    return {{"over", stale_},
            {"over, with our role", ours->WithRole(stale_, web::Role::kOperator)},
            {"of another database", foreign},
            {"of another database, with our role", ours->WithRole(foreign, web::Role::kOperator)},
            {"of another host", theirs->WithRole(ann, web::Role::kOperator)},
            {"of a disabled account", TokenOfADisabledAccount()},
            {"promoted", promoted},
            {"with somebody's role", ann + role},
            {"with two roles", staff + role},
            {"of no signature", ann.substr(0, ann.rfind('.') + 1)}};
  }

  const WebFolder folder_;
  std::string stale_;
  std::vector<Described> all_;
};

TEST_F(Tokens, WhatIsNotGoodHereOpensNothing) {
  const auto wrong = WrongTokens();
  for (const Described& one : all_) {
    if (!one.needs_login()) continue;
    for (const auto& [name, token] : wrong) {
      const WebReply reply = Do(one.method, one.Address(), "{}", token);
      EXPECT_EQ(reply.status, 401) << one.operation << " " << name << reply.body;
      EXPECT_EQ(reply.code(), "access_denied") << one.operation << " " << name;
    }
  }
}

TEST_F(Tokens, WhereNoLoginIsNeededNoTokenIsLookedAt) {
  for (const Described& one : all_) {
    if (one.needs_login() || one.method != "GET") continue;
    EXPECT_EQ(Do("GET", one.Address(), "", stale_).status, 200) << one.operation;
  }
}

// For every operation of a buyer that names something of somebody's, what Bob gets for Ann's. A
// place in a line is no such thing: its token is what gives it, and the pass in it is hers alone.
TEST_F(Tokens, NothingOfSomebodyElsesIsSeenOrChanged) {
  const std::string paid = Buy(ann, {3}), living = NewId(), charge = NewId(), payment = NewId();
  ASSERT_EQ(Hold(ann, living, {4}).status, 201);
  const std::string money = R"({"amount_minor":700,"currency":"EUR"})";
  ASSERT_EQ(Do("PUT", "/api/wallet/charges/" + charge, money, ann).status, 201);
  const std::string of_hers = R"({"performance":"1","hold":")" + living + "\"}";
  const std::string query = "?performance=1";
  const std::map<std::string, std::function<WebReply()>> attempts = {
      {"putHold", [&] { return Hold(bob, living, {4}); }},
      {"getHold", [&] { return Do("GET", "/api/holds/" + living + query, "", bob); }},
      {"cancelHold", [&] { return Do("DELETE", "/api/holds/" + living + query, "", bob); }},
      {"putPayment", [&] { return Do("PUT", "/api/payments/" + payment, of_hers, bob); }},
      {"putCharge", [&] { return Do("PUT", "/api/wallet/charges/" + charge, money, bob); }},
      {"getTickets", [&] { return Do("GET", "/api/tickets/" + paid + query, "", bob); }},
  };
  std::set<std::string> of_somebody, tried;
  for (const Described& one : all_) {
    if (one.who != "buyer") continue;
    const auto names = [&](const auto& each) { return each.name == "id" || each.name == "hold"; };
    const Json* members = one.body.Find("properties");
    const bool told = members != nullptr && members->Find("hold") != nullptr;
    if (told || std::ranges::any_of(one.parameters, names)) of_somebody.insert(one.operation);
  }
  for (const auto& [operation, attempt] : attempts) {
    tried.insert(operation);
    const WebReply reply = attempt();
    EXPECT_GE(reply.status, 400) << operation << reply.body;
    EXPECT_LT(reply.status, 500) << operation << reply.body;
  }
  EXPECT_EQ(tried, of_somebody) << "an operation that names something of somebody's has no attempt";
  EXPECT_EQ(Text(Do("GET", "/api/holds/" + living + query, "", ann).json(), "state"), "held");
  const Json wallet = Do("GET", "/api/wallet", "", bob).json();
  for (const Json& balance : wallet.Find("balances")->items()) {
    EXPECT_EQ(balance.Find("amount_minor")->AsInt64(), 0);
  }
}

}  // namespace
}  // namespace seathold::testing
