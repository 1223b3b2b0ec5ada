// Where a request ends: each rule by itself, on the host, and others are served meanwhile.
#include "examples/web/framing.h"

#include <functional>

#include "examples/web/server.h"
#include "tests/web/schema.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

class Framing : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    options.server.request_ms = 1'000;
    Open();
  }

  // Sends it as it is; the reply, after which the connection must end.
  WebReply Refused(const std::string& raw) {
    WebConnection connection(port());
    connection.Send(raw);
    WebReply reply = connection.Read(5'000);
    EXPECT_TRUE(connection.Ends(5'000)) << raw;
    return reply;
  }

  // A code that is promised, and what else every reply has.
  void ExpectProblem(const WebReply& reply) {
    const Json document = Do("GET", "/api/openapi.json").json();
    const Json& problem = *document.Find("components")->Find("schemas")->Find("Problem");
    ASSERT_EQ(reply.field("content-type"), "application/problem+json") << reply.head;
    EXPECT_EQ(reply.field("cache-control"), "no-store");
    EXPECT_EQ(reply.field("x-content-type-options"), "nosniff");
    EXPECT_EQ(Mismatch(reply.json(), problem, document), "") << reply.body;
    EXPECT_EQ(reply.json().Find("status")->AsInt64(), reply.status);
    const std::string promise = reply.code() + " (" + std::to_string(reply.status) + ")";
    const Json& code = *problem.Find("properties")->Find("code");
    EXPECT_NE(Text(code, "description").find(promise), std::string::npos) << promise;
  }
};

const std::string kHost = "Host: localhost\r\n";

TEST_F(Framing, EachRuleHasItsAnswer) {
  const std::string body = "5\r\nhello\r\n0\r\n\r\n";
  const struct {
    std::string raw;
    int status;
  } cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + kHost + kHost + "\r\n", 400},
      {"GET / HTTP/1.1\n" + std::string("Host: localhost\n\n"), 400},
      {"\r\nGET / HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"GET / HTTP/1.1\r\n" + kHost + "A: b\r\n c\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + kHost + "A: b\rc\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + kHost + "A: b\x01\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + kHost + "A_B: c\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + kHost + "A : c\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + kHost + ": c\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n" + kHost + "nonsense\r\n\r\n", 400},
      {"GET /\x80 HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"GET http://localhost/ HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"GET / HTTP/2.0\r\n" + kHost + "\r\n", 505},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"GET / HTTP/1.2\r\n" + kHost + "\r\n", 505},
      {"GET / HTTP/11\r\n" + kHost + "\r\n", 400},
      {"GET / HTTP/x.1\r\n" + kHost + "\r\n", 400},
      {"GET / FTP/1.0\r\n" + kHost + "\r\n", 400},
      {"GET /" + std::string(2'048, 'a') + " HTTP/1.1\r\n" + kHost + "\r\n", 414},
      {"GET / HTTP/1.1\r\n" + kHost + "A: " + std::string(17'000, 'a') + "\r\n\r\n", 431},
      {"GET /a b HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"OPTIONS * HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"BREW / HTTP/1.1\r\n" + kHost + "\r\n", 501},
      {"get / HTTP/1.1\r\n" + kHost + "\r\n", 501},
      {"POST /api/login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n" + body, 411},
      {"POST /api/login HTTP/1.0\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n" + body, 400},
      {"POST /api/login HTTP/1.1\r\n" + kHost +
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + body,
       400},
      {"POST /api/login HTTP/1.1\r\n" + kHost +
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + body,
       400},
      {"POST /api/login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: gzip, chunked\r\n\r\n" + body,
       400},
      {"POST /api/login HTTP/1.1\r\n" + kHost + "Transfer-Encoding: xchunked\r\n\r\n" + body, 400},
      {"POST /api/login HTTP/1.1\r\n" + kHost +
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + body,
       400},
      {"POST /api/login HTTP/1.1\r\n" + kHost + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
       400},
      {"POST /api/login HTTP/1.1\r\n" + kHost + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
       400},
      {"POST /api/login HTTP/1.1\r\n" + kHost + "Content-Length: 2, 2\r\n\r\n{}", 400},
      {"POST /api/login HTTP/1.1\r\n" + kHost + "Content-Length: +2\r\n\r\n{}", 400},
      {"POST /api/login HTTP/1.1\r\n" + kHost + "Content-Length: 0x2\r\n\r\n{}", 400},
      {"POST /api/login HTTP/1.1\r\n" + kHost + "Content-Length: \r\n\r\n{}", 400},
      {"POST /api/login HTTP/1.1\r\n" + kHost + "Content-Length: 99999999999999999999999\r\n\r\n{}",
       400},
      {"POST /api/login HTTP/1.1\r\n" + kHost + "Content-Length: 300000\r\n\r\n{}", 413},
      {"POST /api/login HTTP/1.1\r\n" + kHost + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n",
       417},
      {"\x16\x03\x01\x02\x01" + std::string("\r\n\r\n"), 400},
  };
  for (const auto& one : cases) {
    const WebReply reply = Refused(one.raw);
    EXPECT_EQ(reply.status, one.status) << one.raw;
    ExpectProblem(reply);
    EXPECT_EQ(Do("GET", "/healthz").status, 200);
  }
  EXPECT_EQ(host().counts().malformed_total, std::size(cases));
}

TEST_F(Framing, AVersionIsRefusedByItsNameAlone) {
  EXPECT_EQ(web::JudgeUnparsed("GET / HTTP/3.0\r\n\r\n").status, 505);
  for (const char* raw : {"GET / HTTP/1.1\r\n\r\n", "HTTP/2.0\r\n\r\n", "GET /HTTP/2.0\r\n\r\n",
                          "GET / HTTP/2.0 \r\n\r\n", "\r\n\r\n", "", "A: HTTP/2"}) {
    EXPECT_EQ(web::JudgeUnparsed(raw).status, 400) << raw;
  }
}

TEST_F(Framing, ARefusedHeadRequestHasNoBody) {
  WebConnection connection(port());
  connection.Send("HEAD / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(connection.Read(5'000, true).status, 400);
  EXPECT_EQ(connection.ReadUntil("{", 5'000), "");
}

TEST_F(Framing, ARequestThatStopsHalfwayIsToldSo) {
  for (const char* half :
       {"GET / HTT", "POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"}) {
    WebConnection slow(port());
    slow.Send(half);
    const WebReply reply = slow.Read(30'000);
    EXPECT_EQ(reply.status, 408);
    EXPECT_EQ(reply.field("connection"), "close");
    ExpectProblem(reply);
    slow.Send("P/1.1\r\n" + kHost + "\r\n");  // too late
    EXPECT_EQ(slow.ReadUntil("HTTP/1.1", 5'000), "");
  }
  EXPECT_EQ(host().counts().timed_out_total, 2u);
  EXPECT_EQ(host().counts().malformed_total, 0u);
}

TEST_F(Framing, WhatFollowsARefusalIsNoRequest) {
  WebConnection connection(port());
  connection.Send("POST /api/login HTTP/1.1\r\n" + kHost +
                  "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" +
                  "GET /healthz HTTP/1.1\r\n" + kHost + "\r\n");
  EXPECT_EQ(connection.Read().status, 400);
  EXPECT_EQ(connection.Read(1'000).status, 0);
}

TEST_F(Framing, AHeadIsBoundedHoweverItIsSent) {
  const std::string fits(15'000, 'a'), passes(17'000, 'a');
  for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{512}}) {
    for (const auto& [padding, status] : {std::pair(fits, 200), std::pair(passes, 431)}) {
      WebConnection connection(port());
      const std::string raw = "GET /healthz HTTP/1.1\r\n" + kHost + "A: " + padding + "\r\n\r\n";
      for (std::size_t at = 0; at < raw.size(); at += piece) connection.Send(raw.substr(at, piece));
      EXPECT_EQ(connection.Read().status, status) << piece;
    }
  }
}

TEST_F(Framing, FieldsWithoutAnEndAreRefusedInTime) {
  WebConnection connection(port());
  connection.Send("GET /healthz HTTP/1.1\r\n");
  for (int i = 0; i < 200; ++i) connection.Send("A: " + std::string(100, 'b') + "\r\n");
  EXPECT_EQ(connection.Read().status, 431);
}

TEST_F(Framing, RequestsInOnePieceAreAnsweredInOrder) {
  WebConnection connection(port());
  connection.Send(RequestText({.path = "/healthz"}) + RequestText({.path = "/api/none"}) +
                  RequestText({.method = "POST", .path = "/api/login", .body = "{}"}) +
                  RequestText({.path = "/readyz"}));
  EXPECT_EQ(connection.Read().body, "ok\n");
  EXPECT_EQ(connection.Read().status, 404);
  EXPECT_EQ(connection.Read().status, 422);
  EXPECT_EQ(connection.Read().body, "ready\n");
}

TEST_F(Framing, ARequestByteByByteIsOne) {
  WebConnection connection(port());
  for (const char c : RequestText({.path = "/healthz"})) connection.Send(std::string(1, c));
  EXPECT_EQ(connection.Read().body, "ok\n");
}

TEST_F(Framing, HeadHasNoBody) {
  WebConnection connection(port());
  connection.Send(RequestText({.method = "HEAD", .path = "/api/shows"}));
  const WebReply head = connection.Read(5'000, true);
  EXPECT_EQ(head.status, 200);
  EXPECT_GT(std::stoi(head.field("content-length")), 10);
  connection.Send(RequestText({.path = "/healthz"}));
  EXPECT_EQ(connection.Read().body, "ok\n");
}

TEST_F(Framing, NothingHasNoLength) {
  const std::string hold = NewId();
  ASSERT_EQ(Hold(ann, hold, {0}).status, 201);
  const WebReply gone = Do("DELETE", "/api/holds/" + hold + "?performance=1", "", ann);
  EXPECT_EQ(gone.status, 204);
  EXPECT_FALSE(gone.has("content-length"));
  EXPECT_FALSE(gone.has("content-type"));
}

TEST_F(Framing, HTTP10IsAnsweredAndEnds) {
  WebConnection connection(port());
  connection.Send("GET /healthz HTTP/1.0\r\n\r\n");
  const WebReply reply = connection.Read();
  EXPECT_EQ(reply.body, "ok\n");
  EXPECT_EQ(reply.field("connection"), "close");
  EXPECT_FALSE(reply.has("transfer-encoding"));
  EXPECT_TRUE(connection.Ends(5'000));
}

TEST_F(Framing, CloseIsKept) {
  WebConnection connection(port());
  connection.Send(RequestText({.path = "/healthz", .fields = {"Connection: Close"}}));
  EXPECT_EQ(connection.Read().field("connection"), "close");
  EXPECT_TRUE(connection.Ends(5'000));
}

TEST_F(Framing, WrongMethodsAndPlacesAreNamed) {
  const WebReply wrong = Do("DELETE", "/api/shows");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.field("allow"), "GET, HEAD");
  EXPECT_EQ(Do("PATCH", "/api/holds/x").field("allow"), "PUT, GET, HEAD, DELETE");
  EXPECT_EQ(Do("POST", "/").field("allow"), "GET, HEAD");
  for (const char* path : {"/api", "/api/", "/api/shows/", "//", "/../etc/passwd", "/%2e%2e/x",
                           "/index.html/..", "/api/holds/a/b", "/.", "/pages/index.html"}) {
    EXPECT_EQ(Do("GET", path).status, 404) << path;
  }
}

TEST_F(Framing, JsonIsBounded) {
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  EXPECT_EQ(Do("POST", "/api/login", deep).status, 400);
  std::string many = "[1";
  while (many.size() < 200'000) many += ",1";
  EXPECT_EQ(Do("POST", "/api/login", many + "]").status, 400);
  const std::string name(200'000, 'x');
  const std::string body = R"({"email":")" + name + R"(@example.org","password":"long enough"})";
  EXPECT_EQ(Do("POST", "/api/register", body).status, 422);
}

// A server with a handler of the test's own.
TEST(FramingOfReplies, AValueWithALineEndIsLeftOut) {
  auto server = web::Server::Start({}, [](web::Request, web::Answer answer) {
    answer({.status = 200,
            .type = "text/plain",
            .fields = {{"X-Good", "yes"}, {"X-Bad", "a\r\nX-Planted: b"}},
            .body = web::Share("hello")});
  });
  ASSERT_TRUE(server.ok());
  const WebReply reply = Ask((*server)->port(), {.path = "/"});
  EXPECT_EQ(reply.field("x-good"), "yes");
  EXPECT_FALSE(reply.has("x-bad"));
  EXPECT_FALSE(reply.has("x-planted"));
  EXPECT_EQ(reply.body, "hello");
}

TEST(FramingOfReplies, AForwardedAddressIsBelievedOfATrustedProxyAlone) {
  const auto address_seen = [](const std::vector<std::string>& trusted, const std::string& chain) {
    web::ServerOptions options;
    options.trusted_proxies = trusted;
    auto server = web::Server::Start(options, [](web::Request request, web::Answer answer) {
      answer({.status = 200, .type = "text/plain", .body = web::Share(request.address)});
    });
    const WebAsk ask{.path = "/", .fields = {"X-Forwarded-For: " + chain}};
    return Ask((*server)->port(), ask).body;
  };
  const std::string chain = "203.0.113.9, 192.0.2.7";
  EXPECT_EQ(address_seen({}, chain), "127.0.0.1");
  EXPECT_EQ(address_seen({"127.0.0.1"}, chain), "192.0.2.7");
  EXPECT_EQ(address_seen({"127.0.0.1"}, "192.0.2.7 status=200"), "127.0.0.1");
  EXPECT_EQ(address_seen({"127.0.0.1"}, "2001:DB8::1"), "2001:db8::1");
}

}  // namespace
}  // namespace seathold::testing
