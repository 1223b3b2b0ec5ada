// Who may do what: every operation with every wrong token, and what belongs to somebody else.
#include <algorithm>

#include "examples/web/routes.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

class Access : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    Open();
  }
};

const char* MethodText(web::Method method) {
  static const char* const kNames[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
  return kNames[static_cast<int>(method)];
}

std::string FilledIn(std::string_view pattern) {
  std::string path(pattern);
  for (std::size_t at; (at = path.find('{')) != std::string::npos;) {
    const std::string name = path.substr(at + 1, path.find('}') - at - 1);
    const bool hex = name == "id" || name == "hold";
    path.replace(at, name.size() + 2, hex ? std::string(32, '7') : "1");
  }
  return path;
}

TEST_F(Access, EveryOperationRefusesEveryWrongToken) {
  std::string cut = ann, forged = ann;
  cut.resize(cut.size() - 1);
  std::ranges::reverse(forged.begin() + static_cast<std::ptrdiff_t>(forged.rfind('.')) + 1,
                       forged.end());
  const std::string foreign =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiI5MjIzMzcyMDM2ODU0Nzc1ODA5In0.AAAA";
  const std::string unsigned_token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiI5MjIzMzcyMDM2ODU0Nzc1ODA5In0.";
  const std::string wrong[] = {"",
                               "x",
                               "null",
                               ann + "x",
                               cut,
                               forged,
                               foreign,
                               unsigned_token,
                               ann + ".staff.AAAAAAAAAAAAAAAAAAAAAA",
                               std::string(9'000, 'a')};
  int tried = 0;
  for (const web::Route& route : web::Routes()) {
    if (route.who == web::Role::kAnyone) continue;
    for (const std::string& token : wrong) {
      const WebReply reply = Do(MethodText(route.method), FilledIn(route.path), "{}", token);
      EXPECT_EQ(reply.status, 401) << route.operation << " " << token.substr(0, 40);
      EXPECT_EQ(reply.code(), "access_denied") << route.operation;
      EXPECT_EQ(reply.field("www-authenticate"), "Bearer");
      ++tried;
    }
  }
  EXPECT_GE(tried, 200);
}

TEST_F(Access, ARoleIsNotTakenFromAnotherToken) {
  const std::string role = staff.substr(staff.rfind(".staff."));
  EXPECT_EQ(Do("GET", "/api/performances/1/door", "", staff).status, 200);
  EXPECT_EQ(Do("GET", "/api/performances/1/door", "", ann + role).status, 401);
  std::string operator_claim = staff;
  operator_claim.replace(operator_claim.rfind(".staff."), 7, ".operator.");
  EXPECT_EQ(Do("PATCH", "/api/performances/1", R"({"on_sale":false})", operator_claim).status, 401);
}

TEST_F(Access, EachRoleMayWhatItMay) {
  const std::string tokens[] = {ann, staff, boss};
  const web::Role roles[] = {web::Role::kBuyer, web::Role::kStaff, web::Role::kOperator};
  for (const web::Route& route : web::Routes()) {
    if (route.who <= web::Role::kBuyer) continue;
    for (int i = 0; i < 3; ++i) {
      const WebReply reply = Do(MethodText(route.method), FilledIn(route.path), "{}", tokens[i]);
      EXPECT_EQ(reply.status == 403, roles[i] < route.who) << route.operation << i << reply.body;
    }
  }
}

TEST_F(Access, NobodyRegistersAnAddressOfStaff) {
  // The long s folds to an s, as the engine folds it.
  for (const char* email : {"boss@example.org", "BOSS@EXAMPLE.ORG", "bo\u017fs@example.org"}) {
    const Json body = Json::Object().Set("email", email).Set("password", "a password of mine");
    const WebReply reply = Do("POST", "/api/register", body.Dump());
    EXPECT_EQ(reply.status, 403) << email << reply.body;
    EXPECT_EQ(reply.code(), "forbidden");
  }
}

TEST_F(Access, WhatIsSomebodyElsesIsNotThere) {
  const std::string hold = Buy(ann, {3});
  const std::string living = NewId();
  ASSERT_EQ(Hold(ann, living, {4}).status, 201);
  const std::string query = "?performance=1";
  for (const std::string& id : {hold, living}) {
    EXPECT_EQ(Do("GET", "/api/holds/" + id + query, "", bob).code(), "unknown_hold");
    EXPECT_EQ(Do("DELETE", "/api/holds/" + id + query, "", bob).code(), "unknown_hold");
    EXPECT_EQ(Do("GET", "/api/tickets/" + id + query, "", bob).code(), "unknown_hold");
    const std::string body = R"({"performance":"1","hold":")" + id + "\"}";
    EXPECT_EQ(Do("PUT", "/api/payments/" + NewId(), body, bob).code(), "unknown_hold");
  }
  EXPECT_EQ(Do("GET", "/api/holds/" + living + query, "", ann).status, 200);
  EXPECT_EQ(Do("GET", "/api/reservations", "", bob).json().Find("reservations")->items().size(),
            0u);
}

TEST_F(Access, WrongPasswordAndUnknownAddressAreOne) {
  const WebReply wrong =
      Do("POST", "/api/login", R"({"email":"ann@example.org","password":"not hers at all"})");
  const WebReply unknown =
      Do("POST", "/api/login", R"({"email":"nobody@example.org","password":"not hers at all"})");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.body, unknown.body);
}

TEST_F(Access, WithoutADemonstrationNobodyChargesAWallet) {
  options.charges = false;
  Open();
  const WebReply reply =
      Do("PUT", "/api/wallet/charges/" + NewId(), R"({"amount_minor":100,"currency":"EUR"})", ann);
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(Do("GET", "/api/wallet", "", ann).json().Find("charges_allowed")->AsBool(), false);
}

TEST(AccessRates, LoginsOfAnAddressAreCounted) {
  web::RateLimit limit(3);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.Take("192.0.2.1", 0), 0);
  EXPECT_EQ(limit.Take("192.0.2.1", 0), 20);
  EXPECT_EQ(limit.Take("192.0.2.2", 0), 0);
  EXPECT_EQ(limit.Take("192.0.2.1", 20'000'000'000), 0);
  EXPECT_GT(limit.Take("192.0.2.1", 20'000'000'000), 0);
}

TEST(AccessRates, AHouseholdOfIPv6IsOneAddress) {
  EXPECT_EQ(web::Household("2001:db8::1"), web::Household("2001:db8::ffff"));
  EXPECT_NE(web::Household("2001:db8::1"), web::Household("2001:db8:0:1::1"));
  EXPECT_NE(web::Household("192.0.2.1"), web::Household("192.0.2.2"));
}

TEST_F(Access, TooManyLoginsAreToldWhenToComeBack) {
  options.logins_per_minute = 10;
  Open();  // takes eight
  WebReply reply;
  for (int i = 0; i < 4; ++i) {  // of one address each: the engine counts those apart
    const std::string email = "buyer" + std::to_string(i) + "@example.org";
    reply =
        Do("POST", "/api/login", Json::Object().Set("email", email).Set("password", "?").Dump());
  }
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.code(), "throttled");
  const int seconds = std::stoi("0" + reply.field("retry-after"));
  EXPECT_GE(seconds, 1);
  EXPECT_LE(seconds, 10);
  EXPECT_EQ(Do("GET", "/api/shows").status, 200);
}

}  // namespace
}  // namespace seathold::testing
