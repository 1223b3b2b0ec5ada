// The views for other programs join with what the API gave: ids with dashes, users as numbers.
#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

class Views : public ::testing::Test {
 protected:
  void SetUp() override {
    hall_.path = folder_.File("hall.db");
    ASSERT_NO_FATAL_FAILURE(hall_.Build(2, 5));
    const auto user = hall_.engine->accounts().UserIdFor("customer-1");
    ASSERT_TRUE(user.ok()) << user.status().text();
    registered_ = user->value;
    ASSERT_NE(registered_ & kEngineUserBit, 0u);
  }
  // Rows of a view where these hold.
  std::int64_t Rows(const std::string& view, const std::string& where) {
    return SqlNumber(hall_.path, ("SELECT count(*) FROM " + view + " WHERE " + where).c_str());
  }
  static std::string Is(const std::string& column, const Uuid& id) {
    return column + " = '" + ToString(id) + "'";
  }

  HallFolder folder_;
  Hall hall_;
  std::uint64_t registered_ = 0;
};

TEST_F(Views, JoinWithTheIdsAndUsersThatTheApiGave) {
  ASSERT_TRUE(hall_.Charge(registered_, 10 * kSeatPriceMinor).status.ok());
  const HoldId hold = hall_.Held(registered_, {0, 1});
  const TransferId payment = hall_.NewTransfer();
  ASSERT_TRUE(hall_.Pay(registered_, hold, payment).status.ok());
  const HoldId own = hall_.Held(7, {2});
  ASSERT_TRUE(hall_.PayOutside(7, own, "card").status.ok());

  const std::string user = "user = '" + std::to_string(registered_) + "'";
  EXPECT_EQ(Rows("v_seats", Is("hold", hold.value) + " AND " + user + " AND state = 'sold'"), 2);
  EXPECT_EQ(Rows("v_sales", Is("hold", hold.value) + " AND " + user), 2);
  EXPECT_EQ(Rows("v_sales", Is("payment", payment.value)), 2);
  EXPECT_EQ(Rows("v_ledger", Is("transfer", payment.value) +
                                 " AND debit_account = 'user:" + std::to_string(registered_) + "'"),
            1);
  EXPECT_EQ(Rows("v_sales", Is("hold", own.value) + " AND user = 7"), 1) << "as a number";
  EXPECT_EQ(Rows("v_seats", "user < 0"), 0);
  EXPECT_EQ(Rows("v_ledger", "debit_account LIKE '%-%' OR credit_account LIKE '%-%'"), 0);
  EXPECT_EQ(Rows("v_seats", "state = 'available' AND hold IS NULL"), 7);
}

// By the machine's clock: this hall's is a manual one that stands years before it.
TEST_F(Views, ShowAHoldThatHasLapsedAsAvailable) {
  hall_.Held(7, {0});
  EXPECT_EQ(Rows("v_seats", "state = 'held'"), 0);
  EXPECT_EQ(Rows("v_seats", "state = 'available'"), 10);
  EXPECT_EQ(Rows("seats", "state = 1"), 1) << "which nobody has written";
}

}  // namespace
}  // namespace seathold::testing
