// What is spent stays spent: a later purchase raises it, and nothing lowers it again.
#include "tests/queue/queue_hall.h"

namespace seathold::testing {
namespace {

TEST(QueueSpent, EachPurchaseSpendsItsOwnPass) {
  QueueHall hall;
  hall.Build(Gated(2));
  Place last;
  for (std::uint32_t n = 0; n < 3; ++n) {
    const Place place = hall.Join(1);
    ASSERT_EQ(place.state, LineState::kAdmitted) << n;
    EXPECT_GT(place.sequence, last.sequence);
    const HoldId hold{hall.engine->NewId()};
    ASSERT_TRUE(hall.Hold(1, n, place.pass.view(), hold).status.ok());
    ASSERT_TRUE(hall.Pay(1, hold).ok());
    EXPECT_EQ(hall.Hold(1, 9, place.pass.view()).status.code(), Code::kPassSpent) << n;
    EXPECT_EQ(hall.Poll(place.token.view()).status.code(), Code::kPassSpent) << n;
    last = place;
  }
}

TEST(QueueSpent, PayingLateUnderAnOlderPassRevivesNone) {
  QueueHall hall;
  hall.Build(Gated(2));
  const Place first = hall.Join(1);
  const HoldId old{hall.engine->NewId()};
  ASSERT_TRUE(hall.Hold(1, 0, first.pass.view(), old).status.ok());
  ASSERT_TRUE(hall.queue().Revoke(hall.show, UserId{1}).ok());
  const Place second = hall.Join(1);
  ASSERT_EQ(second.state, LineState::kAdmitted);
  const HoldId hold{hall.engine->NewId()};
  ASSERT_TRUE(hall.Hold(1, 1, second.pass.view(), hold).status.ok());
  ASSERT_TRUE(hall.Pay(1, hold).ok());
  ASSERT_TRUE(hall.Pay(1, old).ok()) << "a pass gates the start of a hold, never its payment";
  for (const Place& place : {first, second}) {
    EXPECT_EQ(hall.Hold(1, 9, place.pass.view()).status.code(), Code::kPassSpent);
    EXPECT_EQ(hall.Poll(place.token.view()).status.code(), Code::kPassSpent);
  }
}

}  // namespace
}  // namespace seathold::testing
