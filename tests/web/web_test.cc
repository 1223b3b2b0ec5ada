#include "tests/web/web_test.h"

#include "examples/web/wire.h"
#include "tests/web/program.h"

namespace seathold::testing {
namespace {

[[maybe_unused]] const bool reports_fail = [] {
  WebProgram::on_report = [](const std::string& log) { ADD_FAILURE() << log; };
  return true;
}();

}  // namespace

void WebTest::SetUp() {
  options.engine.storage = "memory:";
  options.engine.test_only_cheap_password_hash = true;
  options.engine.sweeper_thread = true;
  options.engine.sweep_every_ms = 50;
  options.staff = {"staff@example.org"};
  options.operators = {"Boss@Example.org"};
  options.charges = true;
  options.logins_per_minute = options.joins_per_minute = 0;
  options.poll_ms = 20;
  options.threads = 4;
}

void WebTest::Open() {
  auto started = web::WebHost::Start(options, std::make_shared<cli::Log>("error"));
  ASSERT_TRUE(started.ok()) << started.status().text();
  host_ = std::move(*started);
  Catalog& catalog = engine().catalog();
  const VenueId hall = *catalog.AddVenue(*MakePlan("Hall", 4, 10), "Europe/Vienna");
  open_show = *catalog.AddShow({.title = "Winter journey"});
  queue_show = *catalog.AddShow({.title = "Rush", .requires_pass = true});
  PerformanceSpec spec;
  spec.show = open_show;
  spec.venue = hall;
  spec.local_date = "2036-12-31";
  spec.local_time = "19:30";
  spec.currency = *ParseCurrency("EUR");
  spec.prices = {{.category = "Category A", .price_minor = 4'500},
                 {.category = "Category B", .price_minor = 3'000},
                 {.category = "Category C", .price_minor = 1'500}};
  evening = *catalog.AddPerformance(spec);
  spec.show = queue_show;
  rush = *catalog.AddPerformance(spec);
  for (const char* email : {"staff@example.org", "boss@example.org"}) {
    ASSERT_TRUE(engine().accounts().Register(email, kPassword).ok());
  }
  ann = LogIn("ann@example.org");
  bob = LogIn("bob@example.org");
  staff = LogIn("staff@example.org");
  boss = LogIn("boss@example.org");
}

std::string WebTest::LogIn(const std::string& email) {
  const std::string body = Json::Object().Set("email", email).Set("password", kPassword).Dump();
  (void)Do("POST", "/api/register", body);
  const WebReply reply = Do("POST", "/api/login", body);
  EXPECT_EQ(reply.status, 200) << reply.body;
  return Text(reply.json(), "token");
}

std::string WebTest::NewId() { return web::HexText(engine().NewId()); }

std::string WebTest::SeatText(int index) const {
  const VenueId hall{1};
  return std::to_string(MakeSeatId(hall, static_cast<std::uint32_t>(index)).value);
}

WebReply WebTest::Hold(const std::string& token, const std::string& id, std::vector<int> seats) {
  Json list = Json::Array();
  for (const int seat : seats) list.Push(SeatText(seat));
  const Json body = Json::Object()
                        .Set("performance", std::to_string(evening.value))
                        .Set("seats", std::move(list));
  return Do("PUT", "/api/holds/" + id, body.Dump(), token);
}

std::string WebTest::Buy(const std::string& token, std::vector<int> seats) {
  const std::string hold = NewId();
  EXPECT_EQ(Hold(token, hold, std::move(seats)).status, 201);
  EXPECT_EQ(Do("PUT", "/api/wallet/charges/" + NewId(),
               R"({"amount_minor":100000,"currency":"EUR"})", token)
                .status,
            201);
  const Json body =
      Json::Object().Set("performance", std::to_string(evening.value)).Set("hold", hold);
  EXPECT_EQ(Do("PUT", "/api/payments/" + NewId(), body.Dump(), token).status, 201);
  return hold;
}

std::string Text(const Json& json, std::string_view key) {
  const Json* value = json.Find(key);
  return value == nullptr || value->AsString() == nullptr ? "" : *value->AsString();
}

}  // namespace seathold::testing
