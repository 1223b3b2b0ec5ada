// Reading through C: maps, feeds, lists, texts; and the set-up calls that speak JSON.
#include <thread>

#include "tests/capi/office.h"

namespace seathold_test {
namespace {

TEST(CMap, TellsHeldFromFreeAndWhatChanged) {
  Office office;
  std::vector<std::uint8_t> bits(kSeats / 4);
  std::size_t needed = 0;
  seathold_map_info before{};
  ASSERT_EQ(seathold_map_read(office.engine, office.performance, nullptr, bits.data(), bits.size(),
                              &needed, &before, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(needed, bits.size());
  EXPECT_EQ(before.available, kSeats);
  office.Hold(1, kAnn, {5});
  seathold_map_info after{};
  ASSERT_EQ(seathold_map_read(office.engine, office.performance, &before.version, bits.data(),
                              bits.size(), &needed, &after, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(after.flags, 0u);
  EXPECT_EQ(bits[1], SEATHOLD_SEAT_HELD << 2);
  EXPECT_EQ(seathold_map_read(office.engine, office.performance, &after.version, nullptr, 0,
                              &needed, &after, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(after.flags, static_cast<std::uint32_t>(SEATHOLD_UNCHANGED));
  seathold_seat_change changes[4];
  seathold_map_version next{};
  ASSERT_EQ(seathold_map_changes(office.engine, office.performance, &before.version, changes, 4,
                                 &needed, &next, kWait, nullptr),
            SEATHOLD_OK);
  ASSERT_EQ(needed, 1u);
  EXPECT_EQ(changes[0].ordinal, 5u);
  EXPECT_EQ(changes[0].state, static_cast<std::uint32_t>(SEATHOLD_SEAT_HELD));
  EXPECT_EQ(next.feed, after.version.feed);
  EXPECT_EQ(seathold_map_changes(office.engine, office.performance, &before.version, nullptr, 0,
                                 &needed, &next, kWait, nullptr),
            SEATHOLD_E_BUFFER_TOO_SMALL);
  EXPECT_EQ(needed, 1u);
}

TEST(CMap, CountsSeats) {
  Office office;
  office.Hold(1, kAnn, {0, 1});
  const std::uint64_t blocked[] = {office.Seat(2), office.Seat(0)};
  seathold_status codes[2];
  EXPECT_EQ(seathold_block(office.engine, office.performance, blocked, 2, "pillar", 6, codes, kWait,
                           &office.error),
            SEATHOLD_E_SEAT_TAKEN);
  EXPECT_EQ(codes[0], SEATHOLD_OK);
  EXPECT_EQ(office.error.index, 1u);
  seathold_availability count{};
  ASSERT_EQ(seathold_availability_read(office.engine, office.performance, &count, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(count.available, kSeats - 3);
  EXPECT_EQ(count.held, 2u);
  EXPECT_EQ(count.blocked, 1u);
  EXPECT_EQ(count.flags, static_cast<std::uint32_t>(SEATHOLD_ON_SALE));
  EXPECT_EQ(seathold_unblock(office.engine, office.performance, blocked, 1, codes, kWait, nullptr),
            SEATHOLD_OK);
  ASSERT_EQ(seathold_availability_read(office.engine, office.performance, &count, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(count.blocked, 0u);
}

TEST(CFeed, TellsEveryEventInOrder) {
  Office office;
  office.Charge(1, kAnn, 10'000);
  office.Hold(1, kAnn, {3, 4});
  office.Confirm(1, MakeId(1, 1), kAnn);
  seathold_feed_event events[8];
  std::size_t n = 0;
  ASSERT_EQ(seathold_feed_poll(office.engine, office.performance, 0, events, 8, &n, 0, kWait,
                               &office.error),
            SEATHOLD_OK)
      << office.error.message;
  ASSERT_EQ(n, 2u);
  EXPECT_EQ(events[0].kind, static_cast<std::uint32_t>(SEATHOLD_FEED_HELD));
  EXPECT_EQ(events[1].kind, static_cast<std::uint32_t>(SEATHOLD_FEED_CONFIRMED));
  EXPECT_EQ(events[1].counter, events[0].counter + 1);
  ASSERT_EQ(events[0].seats_n, 2u);
  EXPECT_EQ(events[0].seats[1], office.Seat(4));
  ASSERT_EQ(seathold_feed_poll(office.engine, office.performance, events[1].counter, events, 8, &n,
                               5, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(n, 0u) << "nothing came within the wait";
  EXPECT_EQ(seathold_feed_trim(office.engine, office.performance, 1, kWait, nullptr), SEATHOLD_OK);
  EXPECT_EQ(
      seathold_feed_poll(office.engine, office.performance, 0, events, 8, &n, 0, kWait, nullptr),
      SEATHOLD_E_FEED_TRUNCATED);
}

TEST(CFeed, WakesForAnEventOfAnotherThread) {
  Office office;
  std::thread buyer([&] { office.Hold(1, kAnn, {3}); });
  seathold_feed_event event{};
  std::size_t n = 0;
  EXPECT_EQ(seathold_feed_poll(office.engine, office.performance, 0, &event, 1, &n, 60'000, kWait,
                               nullptr),
            SEATHOLD_OK);
  buyer.join();
  EXPECT_EQ(n, 1u);
}

TEST(CCatalog, ListsWhatWasAdded) {
  Office office;
  const std::string dates = TextOf([&](char* out, std::size_t cap, std::size_t* needed) {
    return seathold_performance_list(office.engine, office.show, SEATHOLD_ON_SALE_ONLY, out, cap,
                                     needed, kWait, nullptr);
  });
  EXPECT_NE(dates.find(R"("category":"Category B","ticket_type":0,"name":"","price_minor":4500)"),
            std::string::npos)
      << dates;
  EXPECT_NE(dates.find(R"("available":120)"), std::string::npos) << dates;
  EXPECT_EQ(seathold_performance_sale_set(office.engine, office.performance, 0, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(TextOf([&](char* out, std::size_t cap, std::size_t* needed) {
              return seathold_performance_list(office.engine, 0, SEATHOLD_ON_SALE_ONLY, out, cap,
                                               needed, kWait, nullptr);
            }),
            "[]");
  EXPECT_EQ(office.Hold(1, kAnn, {0}).code, SEATHOLD_E_SALE_NOT_OPEN);
  std::vector<seathold_seat_view> seats(kSeats);
  std::size_t needed = 0;
  ASSERT_EQ(seathold_seat_list(office.engine, office.performance, seats.data(), kSeats, &needed,
                               kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(needed, kSeats);
  EXPECT_EQ(seats[119].seat, office.Seat(119));
  std::uint64_t seat = 0;
  EXPECT_EQ(seathold_seat_find(office.engine, office.performance, "B-1", 3, &seat, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(seat, office.Seat(12));
  EXPECT_EQ(seathold_seat_find(office.engine, office.performance, "Z-1", 3, &seat, kWait, nullptr),
            SEATHOLD_E_UNKNOWN_SEAT);
  const std::string json = TextOf([&](char* out, std::size_t cap, std::size_t* n) {
    return seathold_seat_read(office.engine, office.Seat(12), out, cap, n, kWait, nullptr);
  });
  EXPECT_NE(json.find(R"("guid":"B-1")"), std::string::npos) << json;
}

TEST(CCatalog, ReadsItsOwnPlanBack) {
  Office office;
  const std::string plan = TextOf([&](char* out, std::size_t cap, std::size_t* needed) {
    return seathold_venue_plan(office.engine, office.venue, out, cap, needed, kWait, nullptr);
  });
  std::uint64_t venue = 0;
  char report[400];
  std::size_t needed = 0;
  const std::string options = R"({"name": "Copy", "strict": true})";
  EXPECT_EQ(seathold_venue_import(office.engine, SEATHOLD_PLAN_PRETIX_JSON, plan.data(),
                                  plan.size(), options.data(), options.size(), &venue, report, 20,
                                  &needed, kWait, &office.error),
            SEATHOLD_E_BUFFER_TOO_SMALL);
  EXPECT_EQ(venue, 0u) << "nothing was imported";
  ASSERT_EQ(seathold_venue_import(office.engine, SEATHOLD_PLAN_PRETIX_JSON, plan.data(),
                                  plan.size(), options.data(), options.size(), &venue, report,
                                  sizeof report, &needed, kWait, &office.error),
            SEATHOLD_OK)
      << office.error.message;
  EXPECT_NE(std::string(report).find(R"("seats":120)"), std::string::npos) << report;
  const std::string venues = TextOf([&](char* out, std::size_t cap, std::size_t* n) {
    return seathold_venue_list(office.engine, out, cap, n, kWait, nullptr);
  });
  EXPECT_NE(venues.find(R"("name":"Copy")"), std::string::npos) << venues;
  const std::string csv = "section,row,seat,category\nHall,A,1-10,Full\n";
  ASSERT_EQ(seathold_venue_import(office.engine, SEATHOLD_PLAN_CSV, csv.data(), csv.size(),
                                  R"({"name":"C"})", 12, &venue, nullptr, 0, nullptr, kWait,
                                  &office.error),
            SEATHOLD_OK)
      << office.error.message;
}

TEST(CCatalog, RefusesAMemberItDoesNotKnowAndSaysWhere) {
  Office office;
  std::uint64_t made = 0;
  const auto add = [&](const std::string& json) {
    return seathold_performance_add(office.engine, json.data(), json.size(), &made, kWait,
                                    &office.error);
  };
  EXPECT_EQ(add(R"({"show":1,"venue":1,"currency":"EUR","local_date":"2036-12-31",)"
                R"("local_time":"19:30",)"
                R"("prices":[{"category":"A","cost":1,"price_minor":1}]})"),
            SEATHOLD_E_INVALID_ARGUMENT);
  EXPECT_NE(std::string(office.error.message).find("prices[0].cost"), std::string::npos)
      << office.error.message;
  for (const char* text : {"", "[]", "{", "{\"show\":1}", "{\"show\":-1}", "{\"show\":\"1\"}", "7",
                           "{\"show\":1,\"venue\":1,\"currency\":\"EUR\",\"prices\":{}}"}) {
    EXPECT_EQ(add(text), SEATHOLD_E_INVALID_ARGUMENT) << text;
    EXPECT_GT(office.error.message_len, 0u) << text;
  }
}

TEST(CQueue, LetsBuyersInInOrder) {
  Office office("memory:", true);
  const seathold_join_request joins[] = {{office.show, kAnn}, {office.show, kBob}};
  seathold_place places[2];
  ASSERT_EQ(seathold_queue_join(office.engine, joins, 2, places, kWait, &office.error), SEATHOLD_OK)
      << office.error.message;
  EXPECT_EQ(places[0].state, static_cast<std::uint32_t>(SEATHOLD_PLACE_ADMITTED));
  EXPECT_EQ(places[1].state, static_cast<std::uint32_t>(SEATHOLD_PLACE_WAITING));
  EXPECT_STREQ(places[1].pass.text, "");
  EXPECT_EQ(office.Hold(1, kBob, {0}).code, SEATHOLD_E_NOT_ADMITTED);
  seathold_status code = -1;
  EXPECT_EQ(seathold_queue_leave(office.engine, &places[0].token, 1, &code, kWait, nullptr),
            SEATHOLD_OK);
  std::uint32_t admitted = 0;
  EXPECT_EQ(seathold_queue_admit(office.engine, office.show, 5, &admitted, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(admitted, 1u);
  seathold_token tokens[2] = {places[1].token, {}};
  std::memset(tokens[1].text, 'x', sizeof tokens[1].text);  // without a NUL
  EXPECT_EQ(seathold_queue_poll(office.engine, tokens, 2, places, kWait, &office.error),
            SEATHOLD_E_TOKEN_INVALID);
  EXPECT_EQ(office.error.index, 1u);
  EXPECT_EQ(places[0].state, static_cast<std::uint32_t>(SEATHOLD_PLACE_ADMITTED));
  const seathold_seat_ticket seat{office.Seat(0), 0, 0};
  seathold_hold_request request = office.HoldRequest(2, kBob);
  request.pass_n = static_cast<std::uint32_t>(std::strlen(places[0].pass.text));
  seathold_hold_result result{};
  EXPECT_EQ(seathold_hold(office.engine, &request, 1, &seat, 1, places[0].pass.text,
                          sizeof places[0].pass.text, &result, nullptr, 0, nullptr, kWait, nullptr),
            SEATHOLD_OK);
  seathold_line_stats stats{};
  EXPECT_EQ(seathold_queue_stats(office.engine, office.show, &stats, kWait, nullptr), SEATHOLD_OK);
  EXPECT_EQ(stats.active, 1u);
  EXPECT_EQ(stats.joined_total, 2u);
  EXPECT_EQ(seathold_queue_revoke(office.engine, office.show, kBob, kWait, nullptr), SEATHOLD_OK);
}

TEST(CWallet, KeepsAStatement) {
  Office office;
  office.Charge(1, kAnn, 5'000);
  seathold_charge_request request{};
  request.id[0] = 9;
  request.user = kAnn;
  request.amount_minor = 2'000;
  std::memcpy(request.currency, "EUR", 4);
  request.reference_n = 4;
  seathold_transfer_result result{};
  EXPECT_EQ(seathold_withdraw(office.engine, &request, 1, "back", 4, &result, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(result.balance_minor, 3'000);
  request.id[0] = 10;
  request.amount_minor = 3'001;
  EXPECT_EQ(seathold_withdraw(office.engine, &request, 1, "back", 4, &result, kWait, nullptr),
            SEATHOLD_E_INSUFFICIENT_FUNDS);
  seathold_statement_line lines[4];
  std::size_t n = 0;
  ASSERT_EQ(seathold_statement_read(office.engine, kAnn, "EUR", 0, lines, 4, &n, kWait, nullptr),
            SEATHOLD_OK);
  ASSERT_EQ(n, 2u);
  EXPECT_EQ(lines[1].amount_minor, -2'000);
  EXPECT_EQ(lines[1].balance_after_minor, 3'000);
  EXPECT_STREQ(lines[1].reference, "back");
}

TEST(CAccounts, KnowsWhoATokenSpeaksFor) {
  Office office;
  const std::string email = "ann@example.org", password = "a long enough secret";
  std::uint64_t user = 0, who = 0;
  ASSERT_EQ(seathold_account_register(office.engine, email.data(), email.size(), password.data(),
                                      password.size(), &user, kWait, &office.error),
            SEATHOLD_OK)
      << office.error.message;
  char token[1'024];
  std::int64_t until = 0;
  EXPECT_EQ(seathold_account_login(office.engine, email.data(), email.size(), "wrong", 5, token,
                                   sizeof token, nullptr, &who, &until, kWait, nullptr),
            SEATHOLD_E_BAD_CREDENTIALS);
  ASSERT_EQ(seathold_account_login(office.engine, email.data(), email.size(), password.data(),
                                   password.size(), token, sizeof token, nullptr, &who, &until,
                                   kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(who, user);
  EXPECT_EQ(seathold_account_authenticate(office.engine, token, std::strlen(token), &who, nullptr,
                                          kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(who, user);
  EXPECT_EQ(seathold_account_password_change(office.engine, user, password.data(), password.size(),
                                             "another long secret", 19, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(seathold_account_disable(office.engine, user, kWait, nullptr), SEATHOLD_OK);
  EXPECT_EQ(seathold_account_authenticate(office.engine, token, std::strlen(token), &who, nullptr,
                                          kWait, nullptr),
            SEATHOLD_E_ACCESS_DENIED);
  std::uint64_t first = 0, again = 0;
  EXPECT_EQ(seathold_account_user_for(office.engine, "u-1", 3, &first, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(seathold_account_user_for(office.engine, "u-1", 3, &again, kWait, nullptr),
            SEATHOLD_OK);
  EXPECT_EQ(first, again);
  EXPECT_EQ(seathold_account_erase(office.engine, first, kWait, nullptr), SEATHOLD_OK);
}

}  // namespace
}  // namespace seathold_test
