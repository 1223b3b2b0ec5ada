// Two machines whose clocks are five minutes apart, over one database and one waiting line.
#include "seathold/adapter/parts.h"
#include "tests/scale/stage.h"
#include "tests/support/shifted_clock.h"

namespace seathold::testing {
namespace {

constexpr std::int64_t kOffMs = 150'000;  // either way
// What a busy machine may take between two readings.
constexpr std::int64_t kLooseMs = 30'000;

class ScaleClocks : public Stage {
 protected:
  void SetUp() override {
    Stage::SetUp();
    if (IsSkipped()) return;
    early_ = OpenWith(-kOffMs);
    late_ = OpenWith(kOffMs);
    ASSERT_TRUE(early_ && late_);
  }
  std::unique_ptr<Engine> OpenWith(std::int64_t off_ms) {
    EngineOptions options = Options(Caches::kRedis);
    options.test_only_cheap_password_hash = true;
    EngineParts parts;
    parts.clock = std::make_shared<ShiftedClock>(off_ms);
    return Open(options, std::move(parts));
  }
  ShowSpec GatedFor(std::int64_t pass_ms) {
    ShowSpec show;
    show.title = "Gala";
    show.requires_pass = true;
    show.active_max = 1;
    show.pass_ms = pass_ms;
    return show;
  }
  static Place Join(Engine& engine, ShowId show, std::uint64_t user) {
    const JoinRequest request{show, {user}};
    Place place = engine.queue().Join(request, kPatient);
    EXPECT_TRUE(place.status.ok()) << place.status.text();
    return place;
  }
  static Place Poll(Engine& engine, const Place& before) {
    const std::string_view token = before.token.view();
    Place place = engine.queue().Poll(token, kPatient);
    EXPECT_TRUE(place.status.ok()) << place.status.text();
    return place;
  }
  std::int64_t TrueMs() const { return system_->Now().value / kUsPerMs; }
  void SleepUntil(TimeUs then) const {
    while (system_->Now() <= then) NapMs(5);
  }
  // `then` is this long after now, whatever a machine says.
  void ExpectIn(TimeUs then, std::int64_t ms) const {
    const std::int64_t left_ms = then.value / kUsPerMs - TrueMs();
    EXPECT_LE(left_ms, ms + 1'000);
    EXPECT_GE(left_ms, ms - kLooseMs);
  }

  const std::unique_ptr<Clock> system_ = NewSystemClock();
  std::unique_ptr<Engine> early_, late_;
};

TEST_F(ScaleClocks, AgreeOnADeadlineToTheEnd) {
  const Hall hall = BuildHall(*early_, 1, 4);
  const Buyer ann{*early_, hall, {1}}, bob{*late_, hall, {2}};
  const HoldReply held = ann.Hold({early_->NewId()}, {0}, kPatient, {}, 2'000);
  ASSERT_TRUE(held.status.ok()) << held.status.text();
  ExpectIn(held.expires_at, 2'000);
  const HoldReply taken = bob.Hold({late_->NewId()}, {0}, kPatient);
  if (system_->Now() < held.expires_at) {
    EXPECT_EQ(taken.status.code(), Code::kSeatTaken);
    ASSERT_EQ(taken.conflicts.size(), 1u);
    EXPECT_EQ(taken.conflicts[0].free_at, held.expires_at);
  }
  SleepUntil(AddMs(held.expires_at, 500));
  EXPECT_TRUE(bob.Hold({late_->NewId()}, {0}, kPatient).status.ok());
}

TEST_F(ScaleClocks, AgreeOnPlacesAndPasses) {
  const Hall hall = BuildHall(*early_, 1, 4, GatedFor(3'000));
  const Place first = Join(*early_, hall.show, 1);
  ASSERT_EQ(first.state, LineState::kAdmitted);
  ExpectIn(first.admitted_until, 3'000);
  const Place second = Join(*late_, hall.show, 2), third = Join(*early_, hall.show, 3);
  EXPECT_LT(second.sequence, third.sequence);
  for (Engine* engine : {early_.get(), late_.get()}) {
    const Place again = Join(*engine, hall.show, 3);
    EXPECT_EQ(again.sequence, third.sequence);
    EXPECT_EQ(Poll(*engine, second).sequence, second.sequence);
    const HoldReply held =
        Buyer{*engine, hall, {1}}.Hold({engine->NewId()}, {9}, kPatient, first.pass.view());
    if (system_->Now() < first.admitted_until) {  // its pass is good, there is no such seat
      EXPECT_EQ(held.status.code(), Code::kUnknownSeat);
    }
  }
  SleepUntil(AddMs(first.admitted_until, 500));
  for (Engine* engine : {early_.get(), late_.get()}) {
    const HoldReply held =
        Buyer{*engine, hall, {1}}.Hold({engine->NewId()}, {0}, kPatient, first.pass.view());
    EXPECT_EQ(held.status.code(), Code::kPassOver);
  }
  // The turn of the second is the same to both.
  ASSERT_TRUE(early_->queue().Admit(hall.show, 10, kPatient).ok());
  const Place here = Poll(*early_, second), there = Poll(*late_, second);
  EXPECT_EQ(here.state, LineState::kAdmitted);
  EXPECT_EQ(there.state, LineState::kAdmitted);
  EXPECT_EQ(here.admitted_until, there.admitted_until);
  EXPECT_EQ(here.pass.view(), there.pass.view());
}

TEST_F(ScaleClocks, AgreeOnLogins) {
  const std::string mail = "ann@example.org", word = "correct horse battery";
  ASSERT_TRUE(early_->accounts().Register(mail, word, kPatient).ok());
  for (const auto& [from, to] :
       {std::pair{early_.get(), late_.get()}, std::pair{late_.get(), early_.get()}}) {
    const auto login = from->accounts().Login(mail, word, kPatient);
    ASSERT_TRUE(login.ok()) << login.status().text();
    ExpectIn(login->expires_at, 15 * 60'000);
    const auto principal = to->accounts().Authenticate(login->token, kPatient);
    ASSERT_TRUE(principal.ok()) << principal.status().text();
    EXPECT_EQ(principal->user, login->user);
    EXPECT_EQ(principal->expires_at, login->expires_at);
  }
  // The fifth locks the address for a second, the sixth for two, and so on.
  Status status;
  for (int wrong = 0; wrong < 6;) {
    status =
        (wrong % 2 == 0 ? early_ : late_)->accounts().Login(mail, "wrong one", kPatient).status();
    if (status == Code::kBadCredentials) ++wrong;
    if (status == Code::kThrottled) NapMs(status.retry_after_ms());
    ASSERT_TRUE(status == Code::kBadCredentials || status == Code::kThrottled) << status.text();
  }
  const Status here = early_->accounts().Login(mail, word, kPatient).status();
  const Status there = late_->accounts().Login(mail, word, kPatient).status();
  EXPECT_EQ(here.code(), Code::kThrottled);
  EXPECT_EQ(there.code(), Code::kThrottled);
  EXPECT_NEAR(static_cast<double>(here.retry_after_ms()),
              static_cast<double>(there.retry_after_ms()), 1'000);
}

}  // namespace
}  // namespace seathold::testing
