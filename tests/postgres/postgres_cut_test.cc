// A call whose wire is cut at each message of the protocol, in either direction.
#include <cstdio>
#include <functional>
#include <utility>

#include "tests/postgres/pg_bouncer.h"
#include "tests/postgres/pg_wire.h"
#include "tests/postgres/postgres_hall.h"
#include "tests/postgres/postgres_test.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::int64_t kPlentyMs = 20'000, kShortMs = 100;
constexpr UserId kBuyer{7};
// What a COMMIT and its answer take, and some more.
constexpr int kLastMessages = 8;

class PostgresCut : public PostgresTest {
 protected:
  // One call that is repeated at every place: its state is made anew for each.
  struct Script {
    std::function<void()> prepare;
    std::function<Answer(std::int64_t timeout_ms)> call;
    std::function<void(const Answer& first, const Answer& last)> check;
  };

  void SetUp() override {
    PostgresTest::SetUp();
    if (server_ == nullptr) return;
    wire_ = std::make_unique<PgWire>(server_->folder(), server_->SocketFile());
    observer_ = hall_.Open(home_->uri());
    engine_ = hall_.Open(home_->uri("", wire_->sockets()));
    ASSERT_TRUE(observer_ && engine_);
    ASSERT_NO_FATAL_FAILURE(hall_.Build(*observer_, 60, 60));
    Charged(1'000'000'000);
  }
  void TearDown() override {
    if (observer_) {
      hall_.ExpectClean(*observer_);
      EXPECT_EQ(hall_.Balance(*observer_, kBuyer), charged_ - paid_);
      EXPECT_EQ(
          server_->Ask("SELECT count(*)::text FROM " + home_->schema() + ".holds WHERE state <> 0"),
          std::to_string(seat_));
    }
    engine_.reset();
    observer_.reset();
    PostgresTest::TearDown();
    wire_.reset();
  }

  void Charged(std::int64_t minor) {
    const TransferId id{observer_->NewId()};
    ASSERT_TRUE(hall_.Charge(*observer_, kBuyer, minor, id, kPlentyMs).status.ok());
    charged_ += minor;
  }
  void NewHold() { hold_ = HoldId{observer_->NewId()}, ++seat_; }
  void Held() {
    NewHold();
    ASSERT_TRUE(hall_.Hold(*observer_, kBuyer, seat_ - 1, hold_, kPlentyMs).status.ok());
  }

  Script Holding() {
    return {[&] { NewHold(); },
            [&](std::int64_t ms) { return hall_.Hold(*engine_, kBuyer, seat_ - 1, hold_, ms); },
            [&](const Answer&, const Answer&) {
              EXPECT_EQ(hall_.StateOf(*observer_, hold_), HoldState::kHeld);
            }};
  }
  Script Confirming() {
    return {[&] { Held(), transfer_ = TransferId{observer_->NewId()}; },
            [&](std::int64_t ms) { return hall_.Confirm(*engine_, kBuyer, hold_, transfer_, ms); },
            [&](const Answer&, const Answer&) {
              paid_ += kSeatPriceMinor;
              EXPECT_EQ(hall_.Balance(*observer_, kBuyer), charged_ - paid_);
            }};
  }

  // Every place once: the wire is cut there, and then it is whole. What must be known is known
  // then, since the storage settles a lost COMMIT by itself.
  void CutEverywhere(const Script& script) {
    const WireCount whole = Whole(script);
    for (const bool to_server : {true, false}) {
      const int messages = to_server ? whole.to_server : whole.to_client;
      for (int message = 1; message <= messages; ++message) {
        const bool last = message > messages - kLastMessages;
        if (!last && message % step_ != 0) continue;
        for (const bool forwarded : {false, true}) {
          const Answer first = CutAt(script, {to_server, message, forwarded}, kPlentyMs);
          EXPECT_NE(first.status.outcome(), Outcome::kUnknown) << first.status.text();
          if (last) (void)CutAt(script, {to_server, message, forwarded, true}, kShortMs);
          if (HasFailure()) return;
        }
      }
    }
    std::printf("COUNT pg_cut_places %d\n", places_);
  }

  WireCount Whole(const Script& script) {
    Answer answer;
    for (int i = 0; i < 3; ++i) {  // statements are prepared, the catalogue is read
      script.prepare();
      wire_->Arm({});
      answer = script.call(kPlentyMs);
      EXPECT_TRUE(answer.status.ok()) << answer.status.text();
      script.check(answer, answer);
    }
    return wire_->counted();
  }

  Answer CutAt(const Script& script, const WireCut& cut, std::int64_t timeout_ms) {
    script.prepare();
    SCOPED_TRACE(::testing::Message()
                 << (cut.forwarded ? "behind" : "in front of") << " message " << cut.message
                 << (cut.to_server ? " to the server" : " to the client")
                 << (cut.stays_down ? ", for good" : ""));
    wire_->Arm(cut);
    Answer first, last;
    bool began = false;
    last = Decide([&] {
      const Answer answer = script.call(began ? kPlentyMs : timeout_ms);
      if (!std::exchange(began, true)) first = answer, places_ += wire_->Mend() ? 1 : 0;
      return answer;
    });
    EXPECT_TRUE(last.status.ok()) << last.status.text();
    script.check(first, last);
    return first;
  }

  PostgresHall hall_;
  std::unique_ptr<PgWire> wire_;
  std::unique_ptr<Engine> observer_, engine_;
  HoldId hold_;
  TransferId transfer_;
  std::uint32_t seat_ = 0;  // seats that holds were made of
  std::int64_t charged_ = 0, paid_ = 0;
  int step_ = FullCounts() ? 1 : 7;  // every so many messages, and all of the last
  int places_ = 0;                   // that were reached
};

TEST_F(PostgresCut, AtEveryMessageOfAHoldHasOneEffect) {
  CutEverywhere(Holding());
  EXPECT_GT(places_, 50);
}

// Between a pooler and the server: the client hears of it from the pooler.
TEST_F(PostgresCut, AtEveryMessageOfAHoldBehindAPoolerHasOneEffect) {
  std::string why_not;
  const auto pooler = PgBouncer::Start(wire_->sockets(), 3, &why_not);
  if (!pooler) GTEST_SKIP() << why_not;
  engine_ = hall_.Open(home_->uri("", pooler->sockets()));
  ASSERT_TRUE(engine_);
  CutEverywhere(Holding());
  EXPECT_GT(places_, 50);
  engine_.reset();
}

// Between the host and a pooler, which goes on with the server by itself.
TEST_F(PostgresCut, InFrontOfAPoolerAtTheLastMessagesOfAConfirmHasOneEffect) {
  std::string why_not;
  const auto pooler = PgBouncer::Start(server_->sockets(), 3, &why_not);
  if (!pooler) GTEST_SKIP() << why_not;
  wire_ = std::make_unique<PgWire>(pooler->sockets(), pooler->SocketFile());
  engine_ = hall_.Open(home_->uri("", wire_->sockets()));
  ASSERT_TRUE(engine_);
  if (!FullCounts()) step_ = 1'000;
  CutEverywhere(Confirming());
  EXPECT_GT(places_, 30);
  engine_.reset();
}

TEST_F(PostgresCut, AtEveryMessageOfAConfirmHasOneEffect) {
  CutEverywhere(Confirming());
  EXPECT_GT(places_, 50);
}

TEST_F(PostgresCut, AtEveryMessageOfACancelHasOneEffect) {
  CutEverywhere({[&] { Held(); },
                 [&](std::int64_t ms) {
                   const bool was = hall_.StateOf(*observer_, hold_) == HoldState::kCancelled;
                   Answer answer = hall_.Cancel(*engine_, kBuyer, hold_, ms);
                   answer.replayed = was && answer.status.ok();
                   return answer;
                 },
                 [&](const Answer&, const Answer&) {
                   EXPECT_EQ(hall_.StateOf(*observer_, hold_), HoldState::kCancelled);
                 }});
  EXPECT_GT(places_, 50);
}

TEST_F(PostgresCut, AtEveryMessageOfAChargeHasOneEffect) {
  CutEverywhere({[&] { transfer_ = TransferId{observer_->NewId()}; },
                 [&](std::int64_t ms) { return hall_.Charge(*engine_, kBuyer, 5, transfer_, ms); },
                 [&](const Answer&, const Answer&) {
                   charged_ += 5;
                   EXPECT_EQ(hall_.Balance(*observer_, kBuyer), charged_);
                 }});
  EXPECT_GT(places_, 50);
}

}  // namespace
}  // namespace seathold::testing
