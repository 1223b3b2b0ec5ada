#include "tests/demo/world.h"

namespace seathold::demo {
namespace {

// The interleavings that threads find by chance, played one step at a time.
class Textbook : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<std::unique_ptr<NaiveStore>> store =
        NaiveStore::Create(directory_.File("textbook.db"), hall_.seats());
    ASSERT_TRUE(store.ok()) << store.status().text();
    store_ = std::move(*store);
  }

  Damage Audit() {
    Result<SaleRecord> record = store_->ReadSale();
    EXPECT_TRUE(record.ok()) << record.status().text();
    return record.ok() ? Assess(hall_, *record) : Damage{};
  }

  Seats Pair() const {
    Seats seats;
    seats.push_back(0);
    seats.push_back(1);
    return seats;
  }

  Visit Buyer(std::uint64_t user) const {
    Visit visit;
    visit.user = UserId{user};
    visit.seats = Pair();
    return visit;
  }

  TestDirectory directory_;
  Hall hall_ = SmallHall(2, 4);
  ManualClock clock_{kTestOpening};
  std::unique_ptr<NaiveStore> store_;
};

TEST_F(Textbook, SellsTwiceWhenTwoLookBeforeOneWrites) {
  const Seats pair = Pair();
  const TimeUs until = AddMs(clock_.Now(), 300'000);
  ASSERT_TRUE(*store_->AreFree(pair));  // the first looks
  ASSERT_TRUE(*store_->AreFree(pair));  // so does the second
  for (const std::uint64_t user : {7u, 8u}) {
    Result<ReservationNumber> reservation = store_->Take(pair, UserId{user}, until);
    ASSERT_TRUE(reservation.ok());
    ASSERT_TRUE(*store_->LockStands(*reservation, clock_.Now()));
    ASSERT_TRUE(store_->BookPayment(*reservation, 25'000).ok());
    ASSERT_TRUE(store_->MarkSold(*reservation, pair, UserId{user}).ok());
  }
  const Damage damage = Audit();
  EXPECT_EQ(damage.seats_sold_twice, 2u);
  EXPECT_EQ(damage.paid_without_seat, 1u);
  EXPECT_EQ(damage.taken_minor, 2 * damage.worth_minor);
}

TEST_F(Textbook, SellsTwiceWhenALockEndsWhileTheProviderThinks) {
  NaiveOffice office(*store_, hall_, clock_, 10);
  Visit slow = Buyer(7), quick = Buyer(8);
  Visit* visits[] = {&slow};
  office.Hold(visits);
  clock_.AdvanceMs(299'000);
  office.BeginPayment(slow, Purse::kCard);
  ASSERT_EQ(slow.code, Code::kOk);
  clock_.AdvanceMs(2'000);
  ASSERT_TRUE(office.Tick(clock_.Now()).ok());  // the sweeper frees the seats
  visits[0] = &quick;
  office.Hold(visits);
  ASSERT_EQ(quick.code, Code::kOk);
  office.FinishPayment(slow, Purse::kCard);
  office.BeginPayment(quick, Purse::kCard);
  ASSERT_EQ(quick.code, Code::kOk);
  office.FinishPayment(quick, Purse::kCard);
  EXPECT_EQ(Audit().seats_sold_twice, 2u);
}

TEST_F(Textbook, TakesMoneyTwiceWhenTheButtonIsPressedTwice) {
  NaiveOffice office(*store_, hall_, clock_, 10);
  Visit visit = Buyer(7);
  Visit* visits[] = {&visit};
  office.Hold(visits);
  for (int i = 0; i < 2; ++i) {
    office.BeginPayment(visit, Purse::kCard);
    ASSERT_EQ(visit.code, Code::kOk);
  }
  for (int i = 0; i < 2; ++i) office.FinishPayment(visit, Purse::kCard);
  const Damage damage = Audit();
  EXPECT_EQ(damage.charged_again, 1u);
  EXPECT_EQ(damage.seats_sold_twice, 0u);
}

TEST_F(Textbook, SellsOnceWhenNothingOverlaps) {
  NaiveOffice office(*store_, hall_, clock_, 10);
  Visit first = Buyer(7), second = Buyer(8);
  Visit* visits[] = {&first, &second};
  office.Hold(visits);
  EXPECT_EQ(first.code, Code::kOk);
  EXPECT_EQ(second.code, Code::kSeatTaken);
  office.BeginPayment(first, Purse::kCard);
  office.FinishPayment(first, Purse::kCard);
  EXPECT_TRUE(Audit().none());
}

TEST_F(Textbook, KeepsAWalletThatIsTooSmall) {
  NaiveOffice office(*store_, hall_, clock_, 10);
  const Funding funding[] = {{UserId{7}, 100}};
  ASSERT_TRUE(office.Fund(funding).ok());
  Visit visit = Buyer(7);
  Visit* visits[] = {&visit};
  office.Hold(visits);
  office.FinishPayment(visit, Purse::kWallet);
  EXPECT_EQ(visit.code, Code::kInsufficientFunds);
  EXPECT_EQ(*store_->BalanceMinor(UserId{7}), 100);
  EXPECT_EQ(Audit().taken_minor, 0);
}

// The scripted rush, from which the demo takes its figures: one thread, so that only the gap of the
// payment step is left, and still it fails.
TEST_F(Textbook, SellsTwiceInARushEvenOnOneThread) {
  const Hall hall = SmallHall(10, 20);
  Result<std::unique_ptr<NaiveStore>> store =
      NaiveStore::Create(directory_.File("rush.db"), hall.seats());
  ASSERT_TRUE(store.ok());
  NaiveOffice office(**store, hall, clock_, hall.seats());
  RushOptions options;
  options.buyers = 1'500;
  options.seed = 5;
  std::uint64_t funded = 0;
  std::int64_t funded_minor = 0;
  ASSERT_TRUE(FundWallets(office, hall, options, &funded, &funded_minor).ok());
  const StopFlag stop{false};
  const RushResult rush = RunRush(office, hall, options, clock_, stop, [](const RushMoment&) {});
  ASSERT_TRUE(rush.status.ok()) << rush.status.text();
  EXPECT_EQ(rush.undecided, 0u);
  Result<SaleRecord> record = (*store)->ReadSale();
  ASSERT_TRUE(record.ok());
  const Damage damage = Assess(hall, *record);
  EXPECT_GT(damage.seats_sold_twice, 0u);
  EXPECT_GT(damage.taken_minor, damage.worth_minor);
}

}  // namespace
}  // namespace seathold::demo
