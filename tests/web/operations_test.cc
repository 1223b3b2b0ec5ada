// openapi.json and the host are one: every operation of the one is in the other, is driven here,
// and answers in the form that is promised.
#include <functional>
#include <map>
#include <set>

#include "examples/web/routes.h"
#include "tests/web/schema.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

class Operations : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    Open();
    document_ = Do("GET", "/api/openapi.json").json();
    ASSERT_TRUE(document_.is_object());
  }

  // Does it, and holds the reply against the description of `operation`.
  WebReply Drive(const std::string& operation, const WebAsk& ask, int status) {
    driven_.insert(operation);
    WebReply reply = Ask(port(), ask);
    EXPECT_EQ(reply.status, status) << operation << " " << reply.body;
    const Json* described = DescribedAs(operation);
    if (described == nullptr) {
      ADD_FAILURE() << operation << " is not described";
      return reply;
    }
    const Json* promised = described->Find("responses")->Find(std::to_string(status));
    if (promised == nullptr) {
      ADD_FAILURE() << operation << " promises no " << status;
      return reply;
    }
    const Json* content = promised->Find("content");
    if (content == nullptr || content->members().empty()) {
      EXPECT_EQ(reply.body, "") << operation;
      return reply;
    }
    const Json::Member& form = content->members().front();
    EXPECT_TRUE(reply.field("content-type").starts_with(form.key)) << operation;
    if (form.key == "application/json") {
      EXPECT_EQ(Mismatch(reply.json(), *form.value.Find("schema"), document_), "") << operation;
    }
    return reply;
  }

  const Json* DescribedAs(const std::string& operation) const {
    for (const Json::Member& path : document_.Find("paths")->members()) {
      for (const Json::Member& method : path.value.members()) {
        if (Text(method.value, "operationId") == operation) return &method.value;
      }
    }
    return nullptr;
  }

  std::string Of(PerformanceId id, const std::string& rest) const {
    return "/api/performances/" + std::to_string(id.value) + rest;
  }
  std::string PerformanceBody(const std::string& more) const {
    return "{\"performance\":\"" + std::to_string(evening.value) + "\"," + more + "}";
  }
  std::string Query() const { return "?performance=" + std::to_string(evening.value); }

  void DriveLook();
  void DriveQueue();
  void DriveSale();
  void DriveBoxOffice();
  void DriveAbout();

  Json document_;
  std::set<std::string> driven_;
  std::string sold_;
};

std::string UpperCase(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(c));
  return text;
}

TEST_F(Operations, TheTableOfRoutesIsTheDescription) {
  std::map<std::string, std::string> described, routed;
  for (const Json::Member& path : document_.Find("paths")->members()) {
    for (const Json::Member& method : path.value.members()) {
      described[Text(method.value, "operationId")] =
          UpperCase(method.key) + " " + path.key + " " + Text(method.value, "x-who");
    }
  }
  const char* const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
  const char* const roles[] = {"anyone", "buyer", "staff", "operator"};
  for (const web::Route& route : web::Routes()) {
    routed[std::string(route.operation)] = std::string(methods[static_cast<int>(route.method)]) +
                                           " " + std::string(route.path) + " " +
                                           roles[static_cast<int>(route.who)];
  }
  EXPECT_EQ(routed, described);
}

void Operations::DriveLook() {
  const std::string fresh = R"({"email":"cleo@example.org","password":"a seat by the aisle"})";
  Drive("register", {.method = "POST", .path = "/api/register", .body = fresh}, 201);
  Drive("login", {.method = "POST", .path = "/api/login", .body = fresh}, 200);
  Drive("me", {.path = "/api/me", .token = boss}, 200);
  const WebReply shows = Drive("listShows", {.path = "/api/shows"}, 200);
  EXPECT_EQ(shows.json().Find("shows")->items().size(), 2u);
  Drive("listPerformances",
        {.path = "/api/shows/" + std::to_string(open_show.value) + "/performances"}, 200);
  const WebReply hall = Drive("getHall", {.path = Of(evening, "/hall")}, 200);
  EXPECT_EQ(Text(hall.json().Find("seats")->Find("id")->items().at(7), ""), "");
  EXPECT_EQ(*hall.json().Find("seats")->Find("id")->items().at(7).AsString(), SeatText(7));
  const WebReply map = Drive("getMap", {.path = Of(evening, "/map")}, 200);
  EXPECT_EQ(Text(map.json(), "seats"), std::string(40, 'f'));
}

void Operations::DriveQueue() {
  const std::string show = std::to_string(queue_show.value);
  const WebReply place = Drive(
      "joinQueue", {.method = "POST", .path = "/api/shows/" + show + "/queue", .token = ann}, 200);
  EXPECT_EQ(Text(place.json(), "state"), "admitted");
  const std::string body =
      Json::Object().Set("token", Text(place.json(), "token")).Set("show", show).Dump();
  const WebReply polled = Drive(
      "pollQueue", {.method = "POST", .path = "/api/queue/poll", .body = body, .token = ann}, 200);
  EXPECT_EQ(Text(polled.json(), "token"), Text(place.json(), "token"));
  Drive("leaveQueue", {.method = "POST", .path = "/api/queue/leave", .body = body, .token = ann},
        204);
}

void Operations::DriveSale() {
  sold_ = NewId();
  const std::string two = PerformanceBody("\"seats\":[\"" + SeatText(3) + "\",{\"seat\":\"" +
                                          SeatText(4) + "\",\"ticket_type\":0}]");
  const WebAsk hold{.method = "PUT", .path = "/api/holds/" + sold_, .body = two, .token = ann};
  const WebReply held = Drive("putHold", hold, 201);
  EXPECT_EQ(held.json().Find("seats")->items().size(), 2u);
  EXPECT_EQ(Drive("putHold", hold, 200).json().Find("replayed")->AsBool(), true);
  Drive("getHold", {.path = "/api/holds/" + sold_ + Query(), .token = ann}, 200);
  const std::string best = NewId();
  Drive("putHold",
        {.method = "PUT",
         .path = "/api/holds/" + best,
         .body = PerformanceBody(R"("best":{"seats":2,"category":1,"allow_split":false})"),
         .token = ann},
        201);
  Drive("cancelHold", {.method = "DELETE", .path = "/api/holds/" + best + Query(), .token = ann},
        204);
  Drive("putCharge",
        {.method = "PUT",
         .path = "/api/wallet/charges/" + NewId(),
         .body = R"({"amount_minor":20000,"currency":"EUR"})",
         .token = ann},
        201);
  const WebAsk pay{.method = "PUT",
                   .path = "/api/payments/" + NewId(),
                   .body = PerformanceBody("\"hold\":\"" + sold_ + "\",\"expected_minor\":9000"),
                   .token = ann};
  Drive("putPayment", pay, 201);
  EXPECT_EQ(Drive("putPayment", pay, 200).json().Find("replayed")->AsBool(), true);
  const WebReply wallet = Drive("getWallet", {.path = "/api/wallet", .token = ann}, 200);
  EXPECT_EQ(wallet.json().Find("balances")->items().at(0).Find("amount_minor")->AsInt64(), 11'000);
  const WebReply statement = Drive(
      "getStatement", {.path = "/api/wallet/statement?currency=EUR&limit=1", .token = ann}, 200);
  EXPECT_EQ(statement.json().Find("next")->AsInt64(), 1);
  const WebReply mine = Drive("listReservations", {.path = "/api/reservations", .token = ann}, 200);
  EXPECT_EQ(mine.json().Find("reservations")->items().size(), 2u);
  Drive("getTickets", {.path = "/api/tickets/" + sold_ + Query(), .token = ann}, 200);
}

void Operations::DriveBoxOffice() {
  Drive("checkTicket",
        {.method = "POST", .path = "/api/door/check", .body = R"({"ticket":"x"})", .token = staff},
        200);
  const WebReply door = Drive("getDoor", {.path = Of(evening, "/door"), .token = staff}, 200);
  EXPECT_EQ(door.json().Find("seats")->items().size(), 2u);
  const WebReply csv = Drive("getDoorCsv", {.path = Of(evening, "/door.csv"), .token = boss}, 200);
  EXPECT_TRUE(csv.body.starts_with("section,row,seat,hold,user\r\n\"Hall\",\"A\",\"4\"," + sold_))
      << csv.body;
  const WebReply sales = Drive("getSales", {.path = Of(evening, "/sales"), .token = staff}, 200);
  EXPECT_EQ(sales.json().Find("sales")->items().size(), 1u);
  const std::string seats = "{\"seats\":[\"" + SeatText(3) + "\",\"" + SeatText(9) + "\"]}";
  const WebReply blocked =
      Drive("blockSeats",
            {.method = "POST", .path = Of(evening, "/block"), .body = seats, .token = staff}, 200);
  EXPECT_EQ(Text(blocked.json().Find("results")->items().at(0), "code"), "seat_taken");
  EXPECT_EQ(Text(blocked.json().Find("results")->items().at(1), "code"), "ok");
  Drive("unblockSeats",
        {.method = "POST", .path = Of(evening, "/unblock"), .body = seats, .token = staff}, 200);
  Drive("putRefund",
        {.method = "PUT",
         .path = "/api/refunds/" + NewId(),
         .body = PerformanceBody("\"hold\":\"" + sold_ + "\""),
         .token = staff},
        201);
  const WebReply closed = Drive(
      "editPerformance",
      {.method = "PATCH", .path = Of(evening, ""), .body = R"({"on_sale":false})", .token = boss},
      200);
  EXPECT_EQ(closed.json().Find("on_sale")->AsBool(), false);
}

void Operations::DriveAbout() {
  Drive("getOpenapi", {.path = "/api/openapi.json"}, 200);
  Drive("getMetrics", {.path = "/metrics"}, 200);
  Drive("getHealth", {.path = "/healthz"}, 200);
  Drive("getReady", {.path = "/readyz"}, 200);
  WebConnection stream(port());
  stream.Send(RequestText({.path = Of(rush, "/events?after=0-0")}));
  const WebReply head = stream.Read(10'000);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("content-type"), "text/event-stream");
  driven_.insert("getEvents");
}

TEST_F(Operations, EachAnswersAsDescribed) {
  DriveLook();
  DriveQueue();
  DriveSale();
  DriveBoxOffice();
  DriveAbout();
  std::set<std::string> described;
  for (const web::Route& route : web::Routes()) described.insert(std::string(route.operation));
  EXPECT_EQ(driven_, described);
}

TEST_F(Operations, ProblemsAreAsDescribed) {
  ASSERT_EQ(Hold(bob, NewId(), {5, 6}).status, 201);
  const Json* problem = document_.Find("components")->Find("schemas")->Find("Problem");
  const WebReply taken = Hold(ann, NewId(), {6, 7, 5});
  EXPECT_EQ(taken.status, 409);
  EXPECT_EQ(taken.field("content-type"), "application/problem+json");
  EXPECT_EQ(taken.code(), "seat_taken");
  EXPECT_EQ(Mismatch(taken.json(), *problem, document_), "");
  std::set<std::string> named;
  const Json json = taken.json();
  for (const Json& seat : json.Find("seats")->items()) named.insert(Text(seat, "seat"));
  EXPECT_EQ(named, (std::set<std::string>{SeatText(5), SeatText(6)}));
}

TEST_F(Operations, WhereAllIsHeldTheReplySaysUntilWhen) {
  for (int first = 0; first < 40; first += 8) {
    std::vector<int> seats;
    for (int i = first; i < first + 8; ++i) seats.push_back(i);
    ASSERT_EQ(Hold(bob, NewId(), seats).status, 201);
  }
  const WebReply reply =
      Do("PUT", "/api/holds/" + NewId(), PerformanceBody(R"("best":{"seats":1})"), ann);
  EXPECT_EQ(reply.code(), "all_held");
  EXPECT_LT(Text(reply.json(), "server_time"), Text(reply.json(), "next_release_at"));
  const int seconds = std::stoi("0" + reply.field("retry-after"));
  EXPECT_GT(seconds, 200);
  EXPECT_LE(seconds, 300);
}

TEST_F(Operations, WhatIsWrongWithARequestIsSaid) {
  const struct {
    const char* body;
    int status;
    const char* told;
  } cases[] = {
      {"{", 400, "line 1"},
      {"[]", 422, "performance"},
      {R"({"performance":3,"seats":["1"]})", 422, "performance"},
      {R"({"performance":"1"})", 422, "seats"},
      {R"({"performance":"1","seats":[],"best":{"seats":1}})", 422, "seats"},
      {R"({"performance":"1","seats":["x"]})", 422, "seats"},
      {R"({"performance":"1","best":{"seats":17}})", 422, "best.seats"},
      {R"({"performance":"1","best":{"seats":1},"pass":7})", 422, "pass"},
      {R"({"performance":"99","best":{"seats":1}})", 404, ""},
      {R"({"performance":"1","performance":"2","best":{"seats":1}})", 400, "performance"},
  };
  for (const auto& one : cases) {
    const WebReply reply = Do("PUT", "/api/holds/" + NewId(), one.body, ann);
    EXPECT_EQ(reply.status, one.status) << one.body << reply.body;
    EXPECT_NE(Text(reply.json(), "detail").find(one.told), std::string::npos) << reply.body;
  }
  EXPECT_EQ(Do("PUT", "/api/holds/" + std::string(32, '0'), R"({"performance":"1"})", ann).status,
            422);
  EXPECT_EQ(Do("PUT", "/api/holds/" + std::string(31, '1'), R"({"performance":"1"})", ann).status,
            422);
}

TEST_F(Operations, AHoldNamesItsSeatsAndItsDeadline) {
  const WebReply held = Hold(ann, NewId(), {0, 39});
  const Json json = held.json();
  EXPECT_EQ(Text(json.Find("seats")->items().at(1), "row"), "D");
  EXPECT_EQ(json.Find("seats")->items().at(1).Find("index")->AsInt64(), 39);
  EXPECT_EQ(json.Find("total")->Find("amount_minor")->AsInt64(), 6'000);
  EXPECT_LT(Text(json, "server_time"), Text(json, "expires_at"));
}

TEST_F(Operations, PaymentWithoutMoneySaysSo) {
  const std::string hold = NewId();
  ASSERT_EQ(Hold(ann, hold, {1}).status, 201);
  const WebReply reply =
      Do("PUT", "/api/payments/" + NewId(), PerformanceBody("\"hold\":\"" + hold + "\""), ann);
  EXPECT_EQ(reply.status, 402);
  EXPECT_EQ(reply.code(), "insufficient_funds");
}

TEST_F(Operations, TheSameIdForSomethingElseIsAConflict) {
  const std::string id = NewId();
  ASSERT_EQ(Hold(ann, id, {1}).status, 201);
  const WebReply other = Hold(ann, id, {2});
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(other.code(), "idempotency_mismatch");
}

TEST_F(Operations, AShowWithAQueueWantsAPass) {
  const std::string body =
      "{\"performance\":\"" + std::to_string(rush.value) + "\",\"best\":{\"seats\":1}";
  EXPECT_EQ(Do("PUT", "/api/holds/" + NewId(), body + "}", ann).code(), "not_admitted");
  const WebReply place =
      Do("POST", "/api/shows/" + std::to_string(queue_show.value) + "/queue", "", ann);
  const std::string with_pass = body + ",\"pass\":\"" + Text(place.json(), "pass") + "\"}";
  EXPECT_EQ(Do("PUT", "/api/holds/" + NewId(), with_pass, ann).status, 201);
  EXPECT_EQ(Do("PUT", "/api/holds/" + NewId(), with_pass, bob).code(), "pass_invalid");
}

TEST_F(Operations, AWaitingLineIsHonestWhenTheSaleIsOver) {
  ASSERT_TRUE(engine().catalog().SetSale(rush, false).ok());
  const WebReply place =
      Do("POST", "/api/shows/" + std::to_string(queue_show.value) + "/queue", "", ann);
  ASSERT_EQ(place.status, 200);
  const std::string body = Json::Object()
                               .Set("token", Text(place.json(), "token"))
                               .Set("show", std::to_string(queue_show.value))
                               .Dump();
  ASSERT_EQ(Do("POST", "/api/queue/leave", body, ann).status, 204);
  const WebReply polled = Do("POST", "/api/queue/poll", body, ann);
  EXPECT_EQ(polled.status, 200);
  EXPECT_EQ(Text(polled.json(), "state"), "closed");
}

}  // namespace
}  // namespace seathold::testing
