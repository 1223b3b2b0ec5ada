// The end: what is in flight is finished, streams are told, and what was answered is found again
// after a kill.
#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "examples/web/wire.h"
#include "tests/support/counts.h"
#include "tests/support/sanitizers.h"
#include "tests/web/program.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

using std::chrono::milliseconds;

TEST(Stop, ARequestInFlightIsFinished) {
  std::atomic<bool> begun = false, go = false;
  std::thread worker;
  auto server = web::Server::Start({}, [&](web::Request, const web::Answer& answer) {
    worker = std::thread([&, answer] {
      begun = true;
      while (!go) std::this_thread::yield();
      answer({.status = 200, .type = "text/plain", .body = web::Share("late")});
    });
  });
  ASSERT_TRUE(server.ok());
  WebConnection connection((*server)->port());
  connection.Send(RequestText({.path = "/"}));
  while (!begun) std::this_thread::yield();
  std::thread stopper([&] { (*server)->Stop(60'000); });
  while (WebConnection((*server)->port()).open()) std::this_thread::sleep_for(milliseconds(1));
  go = true;
  const WebReply reply = connection.Read();
  EXPECT_EQ(reply.body, "late");
  EXPECT_EQ(reply.field("connection"), "close");
  stopper.join();
  worker.join();
}

TEST(Stop, WhatNeverAnswersIsCutOff) {
  web::Answer kept;
  std::atomic<bool> asked = false;
  auto server = web::Server::Start({}, [&](web::Request, web::Answer answer) {
    kept = std::move(answer);
    asked = true;
  });
  WebConnection connection((*server)->port());
  connection.Send(RequestText({.path = "/"}));
  while (!asked) std::this_thread::yield();
  const std::int64_t began_ns = MonotonicNs();
  (*server)->Stop(200);
  EXPECT_GE(MonotonicNs() - began_ns, 190'000'000);
  EXPECT_TRUE(connection.Ends(10'000));
  kept({.status = 200});  // nobody is there any more: dropped
}

class StopOfHost : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    Open();
  }
};

TEST_F(StopOfHost, StreamsAreToldAndIdleConnectionsEnd) {
  WebConnection idle(port());
  idle.Send(RequestText({.path = "/healthz"}));
  ASSERT_EQ(idle.Read().status, 200);
  WebConnection stream(port());
  const std::string version = Text(Do("GET", "/api/performances/1/map").json(), "version");
  stream.Send(RequestText({.path = "/api/performances/1/events?after=" + version}));
  ASSERT_EQ(stream.Read().status, 200);
  (void)stream.ReadUntil("\n\n");
  host().Stop();
  const std::string last = stream.ReadUntil("\n\n");
  EXPECT_EQ(last, "event: stop\ndata: {\"retry_ms\":2000}\n\n");
  EXPECT_TRUE(stream.Ends(10'000));
  EXPECT_TRUE(idle.Ends(10'000));
}

// ---- the program -------------------------------------------------------------------------------

class Program : public ::testing::Test {
 protected:
  void SetUp() override {
    if (WebProgramPath().empty()) GTEST_SKIP() << "no seathold-web was built";
    MakeHall();
  }

  void MakeHall() {
    EngineOptions engine_options;
    engine_options.storage = "sqlite:" + folder_.Path("hall.db");
    auto engine = Engine::Open(engine_options);
    ASSERT_TRUE(engine.ok()) << engine.status().text();
    Catalog& catalog = (*engine)->catalog();
    const VenueId hall = *catalog.AddVenue(*MakePlan("Hall", 40, 50), "UTC");
    PerformanceSpec spec;
    spec.show = *catalog.AddShow({.title = "Winter journey"});
    spec.venue = hall;
    spec.local_date = "2036-12-31";
    spec.local_time = "19:30";
    spec.currency = *ParseCurrency("EUR");
    for (const char* category : {"Category A", "Category B", "Category C"}) {
      spec.prices.push_back({.category = category, .price_minor = 1'000});
    }
    ASSERT_TRUE(catalog.AddPerformance(spec).ok());
  }

  std::vector<std::string> Arguments() const {
    return {"--db",
            folder_.Path("hall.db"),
            "--charges",
            "--log-level",
            "info",
            "--logins-per-minute",
            "0",
            "--operator",
            "boss@example.org"};
  }

  struct Paid {
    std::string token, hold, payment;
  };

  static std::string LogInto(std::uint16_t port, int buyer) {
    const std::string body = Json::Object()
                                 .Set("email", "buyer" + std::to_string(buyer) + "@example.org")
                                 .Set("password", "a seat by the aisle")
                                 .Dump();
    return Text(Ask(port, {.method = "POST", .path = "/api/register", .body = body}).json(),
                "token");
  }

  static std::string HexId(int buyer, int step) {
    return web::HexText(*IdFromText("stop " + std::to_string(buyer) + " " + std::to_string(step)));
  }

  // Buys a seat, again and again, until the host is gone; what was answered as paid is noted.
  static void BuyUntilGone(std::uint16_t port, int buyer, std::vector<Paid>* paid,
                           std::atomic<int>* count) {
    const std::string token = LogInto(port, buyer);
    Ask(port, {.method = "PUT",
               .path = "/api/wallet/charges/" + HexId(buyer, -1),
               .body = R"({"amount_minor":10000000,"currency":"EUR"})",
               .token = token});
    for (int step = 0;; step += 2) {
      const std::string hold = HexId(buyer, step), payment = HexId(buyer, step + 1);
      const WebReply held = Ask(port, {.method = "PUT",
                                       .path = "/api/holds/" + hold,
                                       .body = R"({"performance":"1","best":{"seats":1}})",
                                       .token = token});
      if (held.status != 201) return;
      const WebReply receipt = Ask(port, {.method = "PUT",
                                          .path = "/api/payments/" + payment,
                                          .body = PayBody(hold),
                                          .token = token});
      if (receipt.status != 201) return;
      paid->push_back({token, hold, payment});
      ++*count;
    }
  }

  // The books, counted again once the program is gone.
  void ExpectCleanBooks(std::size_t sold_least, std::size_t sold_most) {
    EngineOptions engine_options;
    engine_options.storage = "sqlite:" + folder_.Path("hall.db");
    auto engine = Engine::Open(engine_options);
    ASSERT_TRUE(engine.ok()) << engine.status().text();
    const auto report = (*engine)->Verify();
    ASSERT_TRUE(report.ok());
    EXPECT_TRUE(report->clean()) << report->findings.front().detail;
    EXPECT_GE(report->sold, sold_least);
    EXPECT_LE(report->sold, sold_most);
  }

  static std::string PayBody(const std::string& hold) {
    return R"({"performance":"1","hold":")" + hold + "\"}";
  }

  WebFolder folder_;
};

TEST_F(Program, EveryPaidAnswerIsFoundAgainAfterAKill) {
  constexpr int kBuyers = 4;
  std::array<std::vector<Paid>, kBuyers> paid;
  {
    WebProgram program(Arguments());
    ASSERT_NE(program.port(), 0) << program.Log();
    std::atomic<int> answered{0};
    std::vector<std::thread> buyers;
    for (int buyer = 0; buyer < kBuyers; ++buyer) {
      buyers.emplace_back(BuyUntilGone, program.port(), buyer, &paid[buyer], &answered);
    }
    const Deadline patience = Deadline::After({120'000});
    while (answered < Scaled(500) && !patience.passed()) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    program.Kill();
    for (std::thread& buyer : buyers) buyer.join();
  }
  WebProgram program(Arguments());
  ASSERT_NE(program.port(), 0) << program.Log();
  std::set<std::string> seats;
  std::size_t count = 0;
  for (const auto& of_buyer : paid) {
    for (const Paid& one : of_buyer) {
      const WebReply hold =
          Ask(program.port(),
              {.path = "/api/holds/" + one.hold + "?performance=1", .token = one.token});
      const Json json = hold.json();
      ASSERT_EQ(Text(json, "state"), "confirmed") << hold.body;
      ASSERT_EQ(Text(json, "payment"), one.payment);
      ASSERT_TRUE(seats.insert(Text(json.Find("seats")->items().at(0), "seat")).second);
      ++count;
    }
  }
  ASSERT_GE(count, static_cast<std::size_t>(Scaled(500))) << "too little was sold to tell";
  const Paid& first = std::ranges::find_if_not(paid, &std::vector<Paid>::empty)->front();
  const WebReply again = Ask(program.port(), {.method = "PUT",
                                              .path = "/api/payments/" + first.payment,
                                              .body = PayBody(first.hold),
                                              .token = first.token});
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.json().Find("replayed")->AsBool(), true);
  EXPECT_EQ(program.Stop(SIGTERM), 0);
  ExpectCleanBooks(count, count + kBuyers);  // of each the last answer may have been lost
}

// Buyers who all want the same seats, as fast as they are answered.
TEST_F(Program, ARushLosesNothing) {
  constexpr int kBuyers = 8;
  const int requests = Scaled(100'000) / kBuyers;
  WebProgram program({"--db", folder_.Path("hall.db"), "--charges", "--log-level", "warning",
                      "--logins-per-minute", "0"});
  ASSERT_NE(program.port(), 0) << program.Log();
  std::atomic<std::size_t> paid{0}, refused{0}, other{0};
  const auto buy = [&](int buyer) {
    const std::string token = LogInto(program.port(), buyer);
    WebConnection line(program.port());
    const auto put = [&](const std::string& path, const std::string& body) {
      line.Send(RequestText({.method = "PUT", .path = path, .body = body, .token = token}));
      return line.Read(60'000).status;
    };
    put("/api/wallet/charges/" + HexId(buyer, -1), R"({"amount_minor":9000000,"currency":"EUR"})");
    for (int step = 0; step < requests; ++step) {
      const std::string seat = std::to_string(
          MakeSeatId(VenueId{1}, static_cast<std::uint32_t>(step * 7 % 2'000)).value);
      const std::string hold = HexId(buyer, step);
      const int held =
          put("/api/holds/" + hold, R"({"performance":"1","seats":[")" + seat + "\"]}");
      if (held == 409) ++refused;
      if (held != 409 && held != 201) ++other;
      if (held != 201) continue;
      ++(put("/api/payments/" + HexId(-buyer - 1, step), PayBody(hold)) == 201 ? paid : other);
    }
  };
  std::vector<std::thread> buyers;
  for (int buyer = 0; buyer < kBuyers; ++buyer) buyers.emplace_back(buy, buyer);
  for (std::thread& buyer : buyers) buyer.join();
  EXPECT_EQ(other, 0u);
  EXPECT_EQ(paid, static_cast<std::size_t>(std::min(requests, 2'000)));
  EXPECT_EQ(paid + refused, static_cast<std::size_t>(requests) * kBuyers);
  EXPECT_EQ(program.Stop(SIGTERM), 0);
  ExpectCleanBooks(paid, paid);
}

TEST_F(Program, AStopIsCleanAndTheLogKeepsNoSecret) {
  WebProgram program(Arguments());
  ASSERT_NE(program.port(), 0) << program.Log();
  const std::string token = LogInto(program.port(), 1);
  ASSERT_FALSE(token.empty());
  Ask(program.port(), {.path = "/api/me?token=" + token, .token = token});
  WebConnection stream(program.port());
  stream.Send(RequestText({.path = "/api/performances/1/events"}));
  ASSERT_EQ(stream.Read().status, 200);
  EXPECT_EQ(program.Stop(SIGTERM), 0);
  const std::string log = program.Log();
  EXPECT_NE(log.find("operation=me method=GET path=\"/api/me\" status=200"), std::string::npos)
      << log;
  EXPECT_EQ(log.find(token), std::string::npos);
  EXPECT_EQ(log.find("aisle"), std::string::npos);
  EXPECT_EQ(log.find("@example.org"), std::string::npos);
}

// A process without descriptors that asked for the next connection at once would use a whole core.
TEST_F(Program, OutOfDescriptorsItRestsAndComesBack) {
  if (SEATHOLD_SANITIZED_ADDRESS) {
    GTEST_SKIP() << "UndefinedBehaviorSanitizer makes a pipe to see whether an object's memory is "
                    "there, and reports what it cannot look at";
  }
  WebProgram program(Arguments(), 64);
  ASSERT_NE(program.port(), 0) << program.Log();
  {
    std::vector<WebConnection> many;
    for (int i = 0; i < 100; ++i) many.emplace_back(program.port());
    std::this_thread::sleep_for(milliseconds(300));
    const double before_s = program.CpuSeconds();
    std::this_thread::sleep_for(milliseconds(1'000));
    EXPECT_LT(program.CpuSeconds() - before_s, 0.1);
  }
  WebReply reply;
  for (int i = 0; i < 100 && reply.status != 200; ++i) {
    reply = Ask(program.port(), {.path = "/healthz"});
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_EQ(reply.status, 200);
}

TEST_F(Program, OptionsComeFromAFileToo) {
  std::ofstream(folder_.Path("web.ini")) << "db = \"" << folder_.Path("hall.db") << "\"\n"
                                         << "log-level = \"off\"\nstaff = [\"a@b\", \"c@d\"]\n";
  WebProgram program({"--config", folder_.Path("web.ini")});
  ASSERT_NE(program.port(), 0) << program.Log();
  EXPECT_EQ(Ask(program.port(), {.path = "/readyz"}).status, 200);
  EXPECT_EQ(program.Stop(SIGINT), 0);
}

TEST_F(Program, WhatIsWrongWithItsOptionsIsSaid) {
  const struct {
    std::vector<std::string> arguments;
    std::string told;
  } cases[] = {
      {{}, "--db"},
      {{"--db", folder_.Path("hall.db"), "--tls-cert", "x.pem"}, "--tls-key"},
      {{"--db", folder_.Path("hall.db"), "--tls-cert", "x", "--tls-key", "y"}, "certificate"},
      {{"--db", folder_.Path("hall.db"), "--threads", "0"}, "--threads"},
      {{"--db", folder_.Path("hall.db"), "--address", "nowhere"}, "nowhere"},
      {{"--db", "/nowhere/hall.db"}, "/nowhere/hall.db"},
  };
  for (const auto& one : cases) {
    WebProgram program(one.arguments);
    EXPECT_EQ(program.port(), 0);
    EXPECT_NE(program.Stop(0), 0);
    EXPECT_NE(program.Log().find(one.told), std::string::npos) << program.Log();
  }
}

TEST_F(Program, TheDemonstrationSellsToACrowd) {
  WebProgram program(
      {"--demo", "--demo-buyers", "500", "--demo-speed", "200", "--log-level", "error"});
  ASSERT_NE(program.port(), 0) << program.Log();
  std::int64_t sold = 0;
  for (int i = 0; i < 600 && sold == 0; ++i) {
    std::this_thread::sleep_for(milliseconds(50));
    const Json map = Ask(program.port(), {.path = "/api/performances/1/map"}).json();
    sold = map.Find("sold") == nullptr ? 0 : map.Find("sold")->AsInt64().value_or(0);
  }
  EXPECT_GT(sold, 0);
  EXPECT_NE(program.announced().find("staff: staff@example.org password: "), std::string::npos);
  EXPECT_EQ(program.Stop(SIGTERM), 0);
}

}  // namespace
}  // namespace seathold::testing
