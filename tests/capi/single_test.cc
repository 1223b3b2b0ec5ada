// seathold_single.h from C++: each helper does what its batch does. box_office.c uses it from C.
// Beside it texts whose size is SEATHOLD_NUL_ENDED, in every call that takes one.
#include <seathold_single.h>

#include "tests/capi/office.h"

namespace seathold_test {
namespace {

class Single : public ::testing::Test {
 protected:
  seathold_best_request Best(std::uint32_t number, std::uint64_t user) {
    seathold_best_request request{};
    const Id id = MakeId(1, number);
    std::memcpy(request.id, id.data(), id.size());
    request.user = user;
    request.performance = office.performance;
    request.seats_n = 2;
    request.category = SEATHOLD_ANY_CATEGORY;
    return request;
  }
  seathold_charge_request Money(std::uint32_t number, std::int64_t minor) {
    seathold_charge_request request{};
    const Id id = MakeId(7, number);
    std::memcpy(request.id, id.data(), id.size());
    request.user = kAnn;
    request.amount_minor = minor;
    std::memcpy(request.currency, "EUR", 4);
    return request;
  }

  Office office{"memory:", true};
  seathold_error error{};
  seathold_hold_result held{};
  seathold_pay_result paid{};
  seathold_transfer_result moved{};
};

TEST_F(Single, AJourneyFromLineToRefund) {
  seathold_place ann{}, bob{};
  ASSERT_EQ(seathold_queue_join_one(office.engine, office.show, kAnn, &ann, &error), SEATHOLD_OK);
  ASSERT_EQ(seathold_queue_join_one(office.engine, office.show, kBob, &bob, &error), SEATHOLD_OK);
  ASSERT_EQ(ann.state, static_cast<std::uint32_t>(SEATHOLD_PLACE_ADMITTED));

  seathold_seat_ticket seats[2]{};
  seathold_best_request want = Best(1, kAnn);
  want.pass_at = 77, want.pass_n = 77;  // what the helper sets itself
  ASSERT_EQ(seathold_hold_best_one(office.engine, &want, "", seats, &held, &error),
            SEATHOLD_E_NOT_ADMITTED);
  ASSERT_EQ(seathold_hold_best_one(office.engine, &want, ann.pass.text, seats, &held, &error),
            SEATHOLD_OK)
      << error.message;
  EXPECT_EQ(seats[1].seat, seats[0].seat + 1);

  ASSERT_EQ(seathold_queue_leave_one(office.engine, bob.token.text, &error), SEATHOLD_OK);
  EXPECT_EQ(seathold_queue_poll_one(office.engine, bob.token.text, &bob, &error),
            SEATHOLD_E_PASS_SPENT);

  seathold_charge_request money = Money(1, 9'500);
  ASSERT_EQ(seathold_charge_one(office.engine, &money, "card 1", &moved, &error), SEATHOLD_OK);
  money = Money(2, 500);
  ASSERT_EQ(seathold_withdraw_one(office.engine, &money, NULL, &moved, &error), SEATHOLD_OK);
  EXPECT_EQ(moved.balance_minor, 9'000);

  seathold_confirm_request pay = office.ConfirmRequest(1, MakeId(1, 1), kAnn);
  ASSERT_EQ(seathold_confirm_one(office.engine, &pay, NULL, &paid, &error), SEATHOLD_OK);
  EXPECT_EQ(paid.balance_minor, 0);

  seathold_hold_request same = office.HoldRequest(9, kAnn);
  same.seats_n = 2;
  EXPECT_EQ(seathold_hold_one(office.engine, &same, seats, ann.pass.text, &held, &error),
            SEATHOLD_E_PASS_SPENT);
  same.flags = SEATHOLD_STAFF;
  EXPECT_EQ(seathold_hold_one(office.engine, &same, seats, NULL, &held, &error),
            SEATHOLD_E_SEAT_TAKEN);
  EXPECT_EQ(held.conflicts_n, 2u);

  seathold_refund_request back{};
  back.id[0] = 5;
  std::memcpy(back.hold, pay.hold, sizeof back.hold);
  back.performance = office.performance;
  ASSERT_EQ(seathold_refund_one(office.engine, &back, &paid, &error), SEATHOLD_OK);
  EXPECT_EQ(seathold_hold_one(office.engine, &same, seats, NULL, &held, &error), SEATHOLD_OK);
  seathold_cancel_request undo{};
  std::memcpy(undo.hold, same.id, sizeof undo.hold);
  undo.performance = office.performance;
  undo.user = kAnn;
  EXPECT_EQ(seathold_cancel_one(office.engine, &undo, &error), SEATHOLD_OK);
  EXPECT_TRUE(office.Clean());
}

TEST_F(Single, ATextThatIsTooLongIsNoTokenAndNullNoRequest) {
  seathold_place place{};
  ASSERT_EQ(seathold_queue_join_one(office.engine, office.show, kAnn, &place, &error), SEATHOLD_OK);
  std::string longer = place.token.text;
  longer.resize(SEATHOLD_TOKEN_SIZE - 1, 'A');
  EXPECT_EQ(seathold_queue_poll_one(office.engine, (longer + "A").c_str(), &place, &error),
            SEATHOLD_E_TOKEN_INVALID);
  EXPECT_STREQ(seathold_token_of(longer.c_str()).text, longer.c_str());
  EXPECT_STREQ(seathold_token_of((longer + "A").c_str()).text, "");
  EXPECT_EQ(seathold_hold_best_one(office.engine, NULL, NULL, NULL, &held, &error),
            SEATHOLD_E_INVALID_ARGUMENT);
  EXPECT_EQ(seathold_hold_one(office.engine, NULL, NULL, NULL, &held, &error),
            SEATHOLD_E_INVALID_ARGUMENT);
}

TEST(JsonQuote, EscapesWhatJsonDoesAndGivesNothingWhereItDoesNotFit) {
  char out[32];
  EXPECT_STREQ(seathold_json_quote("O \"x\" \\ \n\x1f\xc3\xa4", out, sizeof out),
               "\"O \\\"x\\\" \\\\ \\u000a\\u001f\xc3\xa4\"");
  EXPECT_STREQ(seathold_json_quote(NULL, out, sizeof out), "\"\"");
  for (const std::string text : {"abc", "a\"b", "a\nb", "\x01", ""}) {
    const std::string whole = seathold_json_quote(text.c_str(), out, sizeof out);
    for (std::size_t cap = 1; cap < sizeof out; ++cap) {
      std::memset(out, '#', sizeof out);
      seathold_json_quote(text.c_str(), out, cap);
      EXPECT_EQ(out, cap > whole.size() ? whole : std::string()) << cap;
      EXPECT_EQ(out[cap], '#') << "behind " << cap << " bytes";
    }
  }
}

TEST_F(Single, ATitleWithQuotesStaysATitle) {
  char out[200];
  const std::string show =
      std::string(R"({"title": )") + seathold_json_quote("Don \"G\" \\ II", out, sizeof out) + "}";
  std::uint64_t id = 0;
  ASSERT_EQ(seathold_show_add(office.engine, show.c_str(), SEATHOLD_NUL_ENDED, &id, kWait, &error),
            SEATHOLD_OK)
      << error.message;
  const std::string shows = TextOf([&](char* text, std::size_t cap, std::size_t* needed) {
    return seathold_show_list(office.engine, text, cap, needed, kWait, &error);
  });
  EXPECT_NE(shows.find(R"("Don \"G\" \\ II")"), shows.npos) << shows;
}

// Every text of a call alone, with the size that says "ends in a NUL".
TEST_F(Single, EveryTextMayEndInANul) {
  constexpr std::size_t kEnds = SEATHOLD_NUL_ENDED;
  const seathold_engine engine = office.engine;
  std::uint8_t id[16];
  std::int32_t digits = 0;
  std::uint64_t made = 0, user = 0;
  char text[2000];
  EXPECT_EQ(seathold_has_feature("memory", kEnds), 1);
  EXPECT_EQ(seathold_id_parse("01890a5d-ac96-774b-bcce-b302099a8057", kEnds, id, &error), 0);
  EXPECT_EQ(seathold_id_from_text("pi_3Nx", kEnds, id, &error), 0);
  EXPECT_EQ(seathold_currency_digits("KWD", kEnds, &digits, &error), 0);
  EXPECT_EQ(seathold_venue_import(
                engine, SEATHOLD_PLAN_CSV, "section,row,seat,category\nHall,A,1-10,Full\n", kEnds,
                R"({"name": "Barn"})", kEnds, &made, text, sizeof text, nullptr, kWait, &error),
            0)
      << error.message;
  EXPECT_EQ(seathold_venue_make(engine, R"({"name": "Hut", "rows": 1, "seats_per_row": 2})", kEnds,
                                &made, kWait, &error),
            0)
      << error.message;
  EXPECT_EQ(seathold_seat_find(engine, office.performance, "A-1", kEnds, &made, kWait, &error), 0);
  const std::uint64_t seat = office.Seat(0);
  seathold_status code;
  EXPECT_EQ(
      seathold_block(engine, office.performance, &seat, 1, "camera", kEnds, &code, kWait, &error),
      0);
  EXPECT_EQ(seathold_backup(engine, "/nowhere/at/all", kEnds, kWait, &error),
            SEATHOLD_E_UNSUPPORTED);
  EXPECT_EQ(seathold_account_user_for(engine, "ann", kEnds, &user, kWait, &error), 0);
  EXPECT_EQ(seathold_account_register(engine, "ann@example.org", kEnds, "a long enough secret",
                                      kEnds, &user, kWait, &error),
            0)
      << error.message;
  EXPECT_EQ(seathold_account_login(engine, "ann@example.org", kEnds, "a long enough secret", kEnds,
                                   text, sizeof text, nullptr, &user, nullptr, kWait, &error),
            0)
      << error.message;
  EXPECT_EQ(seathold_account_authenticate(engine, text, kEnds, &made, nullptr, kWait, &error), 0);
  EXPECT_EQ(made, user);
  EXPECT_EQ(seathold_account_password_change(engine, user, "a long enough secret", kEnds,
                                             "another long secret", kEnds, kWait, &error),
            0)
      << error.message;
  seathold_charge_request money = Money(1, 100);
  money.reference_n = 6;
  EXPECT_EQ(seathold_charge(engine, &money, 1, "card 1", kEnds, &moved, kWait, &error), 0);
  money.reference_n = 7;  // one more than there is
  money.id[0] = 8;
  EXPECT_EQ(seathold_charge(engine, &money, 1, "card 1", kEnds, &moved, kWait, &error),
            SEATHOLD_E_INVALID_ARGUMENT);
}

TEST_F(Single, NoTextHasNoEnd) {
  std::uint64_t made = 0;
  EXPECT_EQ(seathold_show_add(office.engine, nullptr, SEATHOLD_NUL_ENDED, &made, kWait, &error),
            SEATHOLD_E_INVALID_ARGUMENT);
  EXPECT_EQ(seathold_has_feature(nullptr, SEATHOLD_NUL_ENDED), 0);
  const std::string longer(65'537, 'x');
  std::uint8_t id[16];
  EXPECT_EQ(seathold_id_parse(longer.c_str(), SEATHOLD_NUL_ENDED, id, &error),
            SEATHOLD_E_INVALID_ARGUMENT);
}

TEST(OpenText, AnOptionMayEndInANul) {
  seathold_options options;
  seathold_error error;
  seathold_engine engine = 0;
  ASSERT_EQ(seathold_options_init(&options, sizeof options, &error), SEATHOLD_OK);
  options.storage = {"memory:", SEATHOLD_NUL_ENDED};
  ASSERT_EQ(seathold_open(&options, &engine, &error), SEATHOLD_OK) << error.message;
  EXPECT_EQ(seathold_close(engine, kWait, &error), SEATHOLD_OK);
  options.storage = {nullptr, SEATHOLD_NUL_ENDED};
  EXPECT_EQ(seathold_open(&options, &engine, &error), SEATHOLD_E_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace seathold_test
