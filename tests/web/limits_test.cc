// Time and numbers: who is slow, silent or many is let go, and others are served meanwhile.
#include <sys/resource.h>

#include <thread>

#include "examples/web/server.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

using std::chrono::milliseconds;

// Times are small, so that tests are quick; what is asserted is that it ends within 100 times as
// long, or that it has not ended before its time, which a busy machine does not change.
class Limits : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    options.server.idle_ms = 200;
    options.server.request_ms = 300;
    options.server.write_ms = 500;
  }
  static constexpr int kPatientMs = 30'000;

  // Both ends of each connection are in this process.
  static bool MayOpen(rlim_t descriptors) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur >= descriptors;
  }
};

TEST_F(Limits, AConnectionThatSaysNothingEnds) {
  Open();
  WebConnection silent(port());
  EXPECT_TRUE(silent.Ends(kPatientMs));
  WebConnection idle(port());
  idle.Send(RequestText({.path = "/healthz"}));
  EXPECT_EQ(idle.Read().status, 200);
  EXPECT_TRUE(idle.Ends(kPatientMs));
  EXPECT_EQ(host().counts().timed_out_total, 2u);
}

TEST_F(Limits, AThousandThatSayNothingKeepNobodyOut) {
  if (!MayOpen(2'500)) GTEST_SKIP() << "this process may not open 2,500 descriptors";
  options.server.connections_per_address_max = 5'000;
  Open();
  const int count = 1'000;
  std::vector<WebConnection> silent;
  for (int i = 0; i < count; ++i) silent.emplace_back(port());
  EXPECT_EQ(Do("GET", "/api/shows").status, 200);
  for (WebConnection& connection : silent) ASSERT_TRUE(connection.Ends(kPatientMs));
  EXPECT_EQ(host().counts().connections, 0u);
}

// With their time far off, so that all of them are there while others are served.
TEST_F(Limits, AThousandWhoStopSomewhereAreServedAround) {
  if (!MayOpen(2'500)) GTEST_SKIP() << "this process may not open 2,500 descriptors";
  options.server.connections_per_address_max = 5'000;
  options.server.idle_ms = options.server.request_ms = 600'000;
  Open();
  const std::string head = "POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n";
  const std::string starts[] = {"", "P", head, head + "\r\n{\"email\":"};
  const std::size_t count = 1'000;
  std::vector<WebConnection> stuck;
  for (std::size_t i = 0; i < count; ++i) {
    stuck.emplace_back(port());
    stuck.back().Send(starts[i % std::size(starts)]);
  }
  for (int seat = 0; seat < 40; ++seat) {
    EXPECT_EQ(Do("GET", "/api/shows").status, 200);
    EXPECT_EQ(Hold(ann, NewId(), {seat}).status, 201);
  }
  EXPECT_GE(host().counts().connections, count);
  EXPECT_EQ(host().counts().timed_out_total, 0u);
}

TEST_F(Limits, ASlowRequestEndsHoweverBusyItLooks) {
  Open();
  const std::string request =
      RequestText({.method = "POST", .path = "/api/login", .body = std::string(500, ' ')});
  WebConnection slow(port());
  const std::int64_t began_ns = MonotonicNs();
  std::size_t at = 0;
  for (; at < request.size() && !slow.Ends(20); ++at) slow.Send(request.substr(at, 1));
  EXPECT_LT(at, request.size());  // a byte every 20 ms would be ten seconds
  EXPECT_GE(MonotonicNs() - began_ns, 200'000'000);
}

TEST_F(Limits, HalfARequestAndGoneIsNoReply) {
  Open();
  WebConnection half(port());
  half.Send("POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{");
  half.ShutDownSending();
  EXPECT_EQ(half.Read(kPatientMs).status, 0);
  WebConnection whole(port());
  whole.Send(RequestText({.path = "/api/shows"}));
  whole.ShutDownSending();  // has said all it has to say, and listens
  EXPECT_EQ(whole.Read(kPatientMs).status, 200);
}

TEST_F(Limits, AReaderWhoDoesNotReadIsDropped) {
  web::ServerOptions server_options;
  server_options.write_ms = 300;
  const web::SharedText big = web::Share(std::string(50'000'000, 'x'));
  auto server = web::Server::Start(server_options, [big](web::Request, web::Answer answer) {
    answer({.status = 200, .type = "text/plain", .body = big});
  });
  ASSERT_TRUE(server.ok());
  WebConnection deaf((*server)->port(), 4'096);
  deaf.Send(RequestText({.path = "/"}));
  const Deadline patience = Deadline::After({kPatientMs});
  while ((*server)->counts().timed_out_total == 0 && !patience.passed()) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_EQ((*server)->counts().timed_out_total, 1u);
  EXPECT_EQ((*server)->counts().connections, 0u);
}

TEST_F(Limits, AnAddressHasSoManyConnections) {
  options.server.connections_per_address_max = 5;
  options.server.idle_ms = 60'000;
  Open();
  std::vector<WebConnection> held;
  for (int i = 0; i < 5; ++i) {
    held.emplace_back(port());
    held.back().Send(RequestText({.path = "/healthz"}));
    ASSERT_EQ(held.back().Read().status, 200);
  }
  WebConnection sixth(port());
  EXPECT_TRUE(sixth.Ends(kPatientMs));
  EXPECT_EQ(host().counts().turned_away_total, 1u);
  held.clear();
  WebReply reply;
  for (int i = 0; i < 1'000 && reply.status != 200; ++i) {  // the server has yet to see them go
    std::this_thread::sleep_for(milliseconds(5));
    reply = Do("GET", "/healthz");
  }
  EXPECT_EQ(reply.status, 200);
}

TEST_F(Limits, ATrustedProxyHasNone) {
  options.server.connections_per_address_max = 2;
  options.server.trusted_proxies = {"127.0.0.1"};
  options.server.idle_ms = 60'000;
  Open();
  std::vector<WebConnection> held;
  for (int i = 0; i < 10; ++i) {
    held.emplace_back(port());
    held.back().Send(RequestText({.path = "/healthz"}));
    ASSERT_EQ(held.back().Read().status, 200);
  }
}

TEST_F(Limits, HowTheHostIsIsToldWhenAllThreadsAreBusy) {
  options.waiting_max = 0;
  const auto busy = web::WebHost::Start(options, std::make_shared<cli::Log>("error"));
  ASSERT_TRUE(busy.ok());
  const WebReply refused = Ask((*busy)->port(), {.path = "/api/shows"});
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.code(), "busy");
  EXPECT_EQ(refused.field("retry-after"), "1");
  EXPECT_EQ(Ask((*busy)->port(), {.path = "/healthz"}).status, 200);
  const std::string metrics = Ask((*busy)->port(), {.path = "/metrics"}).body;
  EXPECT_NE(metrics.find("seathold_web_rejected_total 1\n"), std::string::npos);
}

TEST_F(Limits, WhereAllThreadsAreBusyTheRestIsToldSo) {
  web::WorkPool pool(1, 1);
  std::atomic<bool> go = false;
  std::atomic<int> begun = 0, done = 0;
  const auto work = [&] {
    ++begun;
    while (!go) std::this_thread::yield();
    ++done;
  };
  ASSERT_TRUE(pool.Submit(work));
  while (begun == 0) std::this_thread::yield();
  EXPECT_TRUE(pool.Submit(work));
  EXPECT_FALSE(pool.Submit(work));
  go = true;
  pool.Stop();
  EXPECT_EQ(done, 2);
  EXPECT_FALSE(pool.Submit(work));
}

}  // namespace
}  // namespace seathold::testing
