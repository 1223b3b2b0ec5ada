// What is compiled in: pages with strong ETags, under a policy; and the small parts by themselves.
#include "examples/web/pages.h"

#include <cmath>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "examples/web/door.h"
#include "examples/web/lines.h"
#include "examples/web/qr_code.h"
#include "examples/web/wire.h"
#include "tests/web/program.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

class Pages : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    Open();
  }
};

TEST_F(Pages, EachIsServedWithAStrongTag) {
  std::set<std::string> tags;
  for (const web::Page& page : web::Pages()) {
    const WebReply reply = Do("GET", std::string(page.path));
    EXPECT_EQ(reply.status, 200) << page.path;
    EXPECT_EQ(reply.body, page.text);
    EXPECT_EQ(reply.field("content-type"), page.type);
    EXPECT_TRUE(std::regex_match(reply.field("etag"), std::regex("\"[0-9a-f]{32}\"")));
    tags.insert(reply.field("etag"));
    const WebReply same = Ask(port(), {.path = std::string(page.path),
                                       .fields = {"If-None-Match: " + reply.field("etag")}});
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.body, "");
  }
  EXPECT_EQ(tags.size(), web::Pages().size());
  EXPECT_NE(web::FindPage("/"), nullptr);
}

TEST_F(Pages, EveryReplyHasThePolicy) {
  for (const char* path : {"/", "/api/shows", "/api/none", "/api/me", "/healthz"}) {
    const WebReply reply = Do("GET", path);
    EXPECT_TRUE(reply.field("content-security-policy").starts_with("default-src 'self';")) << path;
    EXPECT_EQ(reply.field("content-security-policy").find("unsafe"), std::string::npos);
    EXPECT_EQ(reply.field("content-security-policy").find("data:"), std::string::npos);
    EXPECT_EQ(reply.field("x-content-type-options"), "nosniff");
    EXPECT_FALSE(reply.has("set-cookie"));
    EXPECT_FALSE(reply.has("access-control-allow-origin"));
  }
  EXPECT_EQ(Do("GET", "/api/wallet", "", ann).field("cache-control"), "no-store");
}

TEST_F(Pages, ADirectoryForDevelopmentServesItsKnownNamesAlone) {
  const WebFolder folder;
  std::ofstream(folder.Path("index.html")) << "draft";
  std::ofstream(folder.Path("secret.html")) << "secret";
  options.pages_dir = folder.Path("");
  Open();
  EXPECT_EQ(Do("GET", "/").body, "draft");
  EXPECT_EQ(Do("GET", "/secret.html").status, 404);
}

// ---- /metrics
// ------------------------------------------------------------------------------------

// Text of Prometheus, read strictly: each family has its type, once, before its samples; no sample
// stands twice; buckets grow with le and end with +Inf, which is the count.
struct MetricsText {
  explicit MetricsText(const std::string& text);
  std::map<std::string, double> samples;
  std::vector<std::string> wrong;
};

MetricsText::MetricsText(const std::string& text) {
  static const std::regex kSample(R"re(([a-z_]+)(\{[^}]*\})? (\S+))re");
  static const std::regex kLe(R"re((.*)_bucket\{(.*),le="([^"]+)"\})re");
  std::set<std::string> families;
  std::map<std::string, std::pair<double, double>> last;  // le, count by series
  if (!text.ends_with("\n")) wrong.push_back("no last newline");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      const std::string name = line.substr(7, line.find(' ', 7) - 7);
      if (!families.insert(name).second) wrong.push_back("twice: " + line);
      continue;
    }
    if (line.starts_with("# HELP ")) continue;
    std::smatch parts;
    if (!std::regex_match(line, parts, kSample)) {
      wrong.push_back(line);
      continue;
    }
    const std::string name = parts[1];
    const std::string family = std::regex_replace(name, std::regex("_(bucket|sum|count)$"), "");
    if (!families.contains(name) && !families.contains(family)) wrong.push_back("no type: " + line);
    const double value = std::stod(parts[3]);
    if (value < 0) wrong.push_back("negative: " + line);
    const std::string series = name + std::string(parts[2]);
    if (!samples.emplace(series, value).second) wrong.push_back("twice: " + line);
    std::smatch bucket;
    if (!std::regex_match(series, bucket, kLe)) continue;
    const std::string of = std::string(bucket[1]) + "{" + std::string(bucket[2]) + "}";
    const double le = bucket[3] == "+Inf" ? HUGE_VAL : std::stod(bucket[3]);
    const auto before = last.find(of);
    if (before != last.end() && (le <= before->second.first || value < before->second.second)) {
      wrong.push_back("falls: " + line);
    }
    last[of] = {le, value};
  }
  for (const auto& [of, end] : last) {
    const std::size_t brace = of.find('{');
    const auto count = samples.find(of.substr(0, brace) + "_count" + of.substr(brace));
    if (end.first != HUGE_VAL) wrong.push_back("no +Inf: " + of);
    if (count == samples.end() || count->second != end.second) wrong.push_back("count: " + of);
  }
}

TEST_F(Pages, MetricsAreWellFormedAndTrue) {
  Buy(ann, {1, 2});
  ASSERT_EQ(Hold(bob, NewId(), {2}).status, 409);
  ASSERT_EQ(Do("GET", "/api/me").status, 401);
  const MetricsText metrics(Do("GET", "/metrics").body);
  EXPECT_EQ(metrics.wrong, std::vector<std::string>());
  const auto value = [&](const std::string& series) {
    const auto found = metrics.samples.find(series);
    return found == metrics.samples.end() ? -1 : found->second;
  };
  EXPECT_EQ(value("seathold_done_total{what=\"confirm\"}"), 1);
  EXPECT_EQ(value("seathold_refused_total{code=\"seat_taken\"}"), 1);
  EXPECT_EQ(value("seathold_web_requests_total{operation=\"putHold\",status=\"2xx\"}"), 1);
  EXPECT_EQ(value("seathold_web_requests_total{operation=\"putHold\",status=\"4xx\"}"), 1);
  EXPECT_EQ(value("seathold_web_requests_total{operation=\"me\",status=\"4xx\"}"), 1);
  EXPECT_EQ(value("seathold_web_request_seconds_count{operation=\"putHold\"}"), 2);
  EXPECT_EQ(value("seathold_engine_seconds_count{call=\"confirm\"}"), 1);
  EXPECT_GE(value("seathold_web_connections"), 1);
}

TEST(MetricsReader, SeesWhatPromtoolDoesNot) {
  const std::string type = "# TYPE x histogram\n";
  for (const char* text :
       {"x_bucket{a=\"1\",le=\"1\"} 2\nx_sum{a=\"1\"} 1\nx_count{a=\"1\"} 2\n",
        "x_bucket{a=\"1\",le=\"1\"} 2\nx_bucket{a=\"1\",le=\"+Inf\"} 1\nx_count{a=\"1\"} 1\n",
        "x_bucket{a=\"1\",le=\"+Inf\"} 1\nx_count{a=\"1\"} 2\n", "x 1\nx 1\n", "y 1\n", "x -1\n"}) {
    EXPECT_FALSE(MetricsText(type + text).wrong.empty()) << text;
  }
}

// ---- tickets and the door
// ------------------------------------------------------------------------

TEST_F(Pages, ATicketLetsOnePersonInOnce) {
  const std::string hold = Buy(ann, {3, 4});
  const WebReply reply = Do("GET", "/api/tickets/" + hold + "?performance=1", "", ann);
  const Json all = reply.json();
  const std::string ticket = Text(all.Find("tickets")->items().at(1), "ticket");
  EXPECT_TRUE(Text(all.Find("tickets")->items().at(1), "qr_svg").starts_with("<svg "));
  const auto check = [&](const std::string& text) {
    return Do("POST", "/api/door/check", Json::Object().Set("ticket", text).Dump(), staff).json();
  };
  const Json first = check(ticket);
  EXPECT_EQ(Text(first, "reason"), "ok");
  EXPECT_EQ(first.Find("valid")->AsBool(), true);
  EXPECT_EQ(Text(first, "label"), "5");
  EXPECT_EQ(Text(check(ticket), "reason"), "seen_before");
  EXPECT_EQ(Text(check(Text(all.Find("tickets")->items().at(0), "ticket")), "reason"), "ok");
  std::string forged = ticket;
  forged[10] = forged[10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(Text(check(forged), "reason"), "forged");
  EXPECT_EQ(Text(check(""), "reason"), "forged");
}

TEST_F(Pages, ARefundedTicketIsNoTicket) {
  const std::string hold = Buy(ann, {3});
  const std::string path = "/api/tickets/" + hold + "?performance=1";
  const std::string ticket =
      Text(Do("GET", path, "", ann).json().Find("tickets")->items().at(0), "ticket");
  const std::string body = R"({"performance":"1","hold":")" + hold + "\"}";
  ASSERT_EQ(Do("PUT", "/api/refunds/" + NewId(), body, staff).status, 201);
  EXPECT_EQ(Do("GET", path, "", ann).code(), "hold_refunded");
  const WebReply door =
      Do("POST", "/api/door/check", Json::Object().Set("ticket", ticket).Dump(), staff);
  EXPECT_EQ(Text(door.json(), "reason"), "not_paid");
}

TEST_F(Pages, AHoldIsNoTicket) {
  const std::string hold = NewId();
  ASSERT_EQ(Hold(ann, hold, {3}).status, 201);
  EXPECT_EQ(Do("GET", "/api/tickets/" + hold + "?performance=1", "", ann).code(), "not_confirmed");
}

TEST(DoorFile, SurvivesARestartAndATornLine) {
  const WebFolder folder;
  const web::TicketName ticket{PerformanceId{1}, HoldId{{1, 2, 3}}, 4};
  web::TicketName other = ticket;
  other.ordinal = 5;
  {
    auto door = web::Door::Open(folder.Path("door"));
    ASSERT_TRUE(door.ok());
    EXPECT_EQ((*door)->Enter(ticket, TimeUs{77})->value, 0);
    EXPECT_EQ((*door)->Enter(other, TimeUs{78})->value, 0);
  }
  std::filesystem::resize_file(folder.Path("door"),
                               std::filesystem::file_size(folder.Path("door")) - 3);
  auto door = web::Door::Open(folder.Path("door"));
  ASSERT_TRUE(door.ok());
  EXPECT_EQ((*door)->Enter(ticket, TimeUs{99})->value, 77);
  EXPECT_EQ((*door)->Enter(other, TimeUs{99})->value, 0);
  auto again = web::Door::Open(folder.Path("door"));  // what follows a torn line is a line
  EXPECT_EQ((*again)->FirstSeen(other).value, 99);
}

TEST(HostKeyFile, IsMadeOnceForItsOwnerAlone) {
  const WebFolder folder;
  const auto first = web::HostKey::Open(folder.Path("key"));
  const auto second = web::HostKey::Open(folder.Path("key"));
  const auto other = web::HostKey::Open("");
  const std::string ticket = first->SignTicket({PerformanceId{1}, HoldId{{9}}, 4});
  EXPECT_TRUE(second->CheckTicket(ticket).has_value());
  EXPECT_FALSE(other->CheckTicket(ticket).has_value());
  EXPECT_EQ(std::filesystem::status(folder.Path("key")).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  std::filesystem::resize_file(folder.Path("key"), 31);
  EXPECT_EQ(web::HostKey::Open(folder.Path("key")).code(), Code::kKeysMissing);
}

TEST(QrCodes, AreDrawingsOfWhatTheySay) {
  EXPECT_TRUE(web::QrSvg("hello").ends_with("</svg>"));
  EXPECT_NE(web::QrSvg("hello"), web::QrSvg("hallo"));
  EXPECT_EQ(web::QrSvg(std::string(5'000, 'x')), "");
}

TEST(WaitingRoom, PollsAreWellWithinTheGraceAndSeldomFarBack) {
  EXPECT_EQ(web::NextPollMs(0, 60'000), 2'000);
  EXPECT_EQ(web::NextPollMs(300, 60'000), 5'000);
  EXPECT_EQ(web::NextPollMs(1'000'000'000'000, 60'000), 20'000);
  EXPECT_EQ(web::NextPollMs(1'000, 3'000), 1'000);
  EXPECT_EQ(web::EstimatedWaitMs(99, 10), 10'000);
  EXPECT_EQ(web::EstimatedWaitMs(99, 0), std::nullopt);
}

TEST(Wire, IdsAndInstantsHaveOneForm) {
  EXPECT_EQ(web::ParseId("9223372036854775809"), 9'223'372'036'854'775'809u);
  for (const char* text : {"", "0", "01", "+1", "-1", " 1", "1 ", "1x", "18446744073709551616"}) {
    EXPECT_EQ(web::ParseId(text), std::nullopt) << text;
  }
  const std::string hex = "00112233445566778899aabbccddeeff";
  EXPECT_EQ(web::HexText(*web::ParseHex(hex)), hex);
  EXPECT_EQ(web::ParseHex("00112233445566778899AABBCCDDEEFF"), std::nullopt);
  EXPECT_EQ(web::InstantText(TimeUs{1'795'951'477'123'999}), "2026-11-29T11:24:37.123Z");
  EXPECT_EQ(web::CodeName(Code::kSeatTaken), "seat_taken");
}

TEST(Wire, EveryCodeHasAStatus) {
  for (std::size_t i = 0; i < CodeCount(); ++i) {
    const CodeInfo& info = CodeAt(i);
    if (info.code == Code::kOk) continue;
    const int status = web::HttpStatusOf(info.code);
    EXPECT_GE(status, 400) << info.name;
    // What may go well when it is sent again unchanged is told as such to proxies and clients too.
    if (info.outcome == Outcome::kBusy || info.outcome == Outcome::kUnknown) {
      EXPECT_EQ(status, 503) << info.name;
    }
  }
}

}  // namespace
}  // namespace seathold::testing
