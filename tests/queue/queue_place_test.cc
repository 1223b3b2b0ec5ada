// Places and their tokens: who gets one, what it is worth, what ends it.
#include <string>
#include <vector>

#include "seathold/adapter/parts.h"
#include "tests/queue/queue_hall.h"
#include "tests/support/faulty_storage.h"

namespace seathold::testing {
namespace {

TEST(QueuePlace, JoiningAgainGivesTheSameTokenAndPlace) {
  QueueHall hall;
  hall.Build(Gated(1));
  ASSERT_TRUE(hall.Join(1).status.ok());
  const Place first = hall.Join(2);
  hall.clock->AdvanceMs(5'000);
  const Place again = hall.Join(2);
  ASSERT_TRUE(first.status.ok() && again.status.ok());
  EXPECT_EQ(first.state, LineState::kWaiting);
  EXPECT_EQ(first.token.view(), again.token.view());
  EXPECT_EQ(first.sequence, again.sequence);
  EXPECT_EQ(hall.Stats().waiting, 1u);
}

TEST(QueuePlace, PassesDirectlyWhileNobodyWaitsAndThereIsRoom) {
  QueueHall hall;
  hall.Build(Gated(2));
  const Place first = hall.Join(1);
  EXPECT_EQ(first.state, LineState::kAdmitted);
  EXPECT_FALSE(first.pass.empty());
  EXPECT_EQ(first.admitted_until, AddMs(kStart, 600'000));
  EXPECT_EQ(hall.Join(2).state, LineState::kAdmitted);
  const Place third = hall.Join(3);
  EXPECT_EQ(third.state, LineState::kWaiting);
  EXPECT_TRUE(third.pass.empty());
  EXPECT_EQ(third.ahead, 0u);
  EXPECT_EQ(hall.Join(4).ahead, 1u);
}

TEST(QueuePlace, RefusesAnAbsentShowOrUser) {
  QueueHall hall;
  hall.Build(Gated(1));
  const std::vector<JoinRequest> requests = {{ShowId{}, UserId{1}}, {hall.show, UserId{}}};
  std::vector<Place> places(2);
  hall.queue().Join(requests, places);
  EXPECT_EQ(places[0].status.code(), Code::kInvalidArgument);
  EXPECT_EQ(places[1].status.code(), Code::kInvalidArgument);
  EXPECT_EQ(hall.queue().Admit(ShowId{}, 1).code(), Code::kInvalidArgument);
  EXPECT_EQ(hall.queue().Admit(hall.show, 0).code(), Code::kInvalidArgument);
  EXPECT_EQ(hall.queue().Admit(hall.show, -1).code(), Code::kInvalidArgument);
  EXPECT_EQ(hall.queue().Stats(ShowId{}).code(), Code::kInvalidArgument);
  EXPECT_EQ(hall.queue().Revoke(hall.show, UserId{}).code(), Code::kInvalidArgument);
  EXPECT_EQ(hall.queue().Revoke(ShowId{}, UserId{1}).code(), Code::kInvalidArgument);
}

TEST(QueuePlace, TellsAnUnknownShowFromOneWithoutAQueue) {
  QueueHall hall;
  hall.Build(Gated(1));
  ShowSpec open;
  open.title = "Open air";
  const ShowId free = hall.AddShow(open);
  const ShowId unknown{999};
  EXPECT_EQ(hall.Join(1, unknown).status.code(), Code::kUnknownShow);
  EXPECT_EQ(hall.Join(1, free).status.code(), Code::kNoLine);
  EXPECT_EQ(hall.queue().Admit(unknown, 1).code(), Code::kUnknownShow);
  EXPECT_EQ(hall.queue().Admit(free, 1).code(), Code::kNoLine);
  EXPECT_EQ(hall.queue().Stats(free).code(), Code::kNoLine);
  EXPECT_EQ(hall.queue().Revoke(free, UserId{1}).code(), Code::kNoLine);
}

TEST(QueuePlace, AnEngineWithoutALineTakesNoShowThatNeedsOne) {
  QueueHall hall;
  hall.options.line = "none";
  hall.Open();
  EXPECT_EQ(hall.engine->catalog().AddShow(Gated(1)).code(), Code::kNoLine);
}

TEST(QueuePlace, RefusesEveryForgedToken) {
  QueueHall hall;
  hall.Build(Gated(1));
  ASSERT_TRUE(hall.Join(1).status.ok());
  const std::string good(hall.Join(2).token.view());
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string forged = good;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(hall.Poll(forged).status.code(), Code::kTokenInvalid) << "character " << i;
    EXPECT_EQ(hall.queue().Leave(forged).code(), Code::kTokenInvalid) << "character " << i;
  }
  EXPECT_EQ(hall.Poll(good).state, LineState::kWaiting);
}

TEST(QueuePlace, RefusesTextThatIsNoToken) {
  QueueHall hall;
  hall.Build(Gated(1));
  const std::string good(hall.Join(1).token.view());
  std::string nul = good;
  nul[10] = '\0';
  const std::vector<std::string> bad = {"",          good.substr(1),      good + "A",
                                        nul,         "\xff\xfe",          std::string(1 << 20, 'A'),
                                        good + good, std::string(94, '=')};
  for (const std::string& text : bad) {
    EXPECT_EQ(hall.Poll(text).status.code(), Code::kTokenInvalid);
    EXPECT_EQ(hall.queue().Leave(text).code(), Code::kTokenInvalid);
    if (!text.empty()) {
      EXPECT_EQ(hall.Hold(1, 0, text).status.code(), Code::kPassInvalid);
    }
  }
  EXPECT_EQ(hall.Hold(1, 0, "").status.code(), Code::kNotAdmitted);
}

TEST(QueuePlace, RefusesTokensAndPassesOfAnotherEngine) {
  QueueHall hall;
  QueueHall other;
  hall.Build(Gated(1));
  other.Build(Gated(1));
  const Place foreign = other.Join(1);
  ASSERT_TRUE(hall.Join(1).status.ok());
  EXPECT_EQ(hall.Poll(foreign.token.view()).status.code(), Code::kTokenInvalid);
  EXPECT_EQ(hall.Hold(1, 0, foreign.pass.view()).status.code(), Code::kPassInvalid);
}

TEST(QueuePlace, APassIsGoodForItsOwnUserAndShowOnly) {
  QueueHall hall;
  hall.Build(Gated(2));
  const ShowId second = hall.AddShow(Gated(2));
  const PerformanceId elsewhere = hall.AddPerformance(second);
  const Place mine = hall.Join(1);
  EXPECT_EQ(hall.Hold(2, 0, mine.pass.view()).status.code(), Code::kPassInvalid);
  EXPECT_EQ(hall.Hold(1, 0, mine.pass.view(), {}, elsewhere).status.code(), Code::kPassInvalid);
  EXPECT_EQ(hall.Hold(1, 0, mine.token.view()).status.code(), Code::kPassInvalid);
  EXPECT_TRUE(hall.Hold(1, 0, mine.pass.view()).status.ok());
}

TEST(QueuePlace, AnswersABatchOfManyShowsInPlace) {
  QueueHall hall;
  hall.Build(Gated(1));
  const ShowId second = hall.AddShow(Gated(1));
  const std::vector<JoinRequest> requests = {{hall.show, UserId{1}},  {second, UserId{1}},
                                             {ShowId{77}, UserId{1}}, {hall.show, UserId{2}},
                                             {ShowId{}, UserId{1}},   {second, UserId{2}}};
  std::vector<Place> places(requests.size());
  hall.queue().Join(requests, places);
  EXPECT_EQ(places[0].state, LineState::kAdmitted);
  EXPECT_EQ(places[1].state, LineState::kAdmitted);
  EXPECT_EQ(places[2].status.code(), Code::kUnknownShow);
  EXPECT_EQ(places[3].state, LineState::kWaiting);
  EXPECT_EQ(places[4].status.code(), Code::kInvalidArgument);
  EXPECT_EQ(places[5].state, LineState::kWaiting);

  const std::vector<std::string_view> tokens = {places[5].token.view(), "nonsense",
                                                places[0].token.view(), places[3].token.view()};
  std::vector<Place> polled(tokens.size());
  hall.queue().Poll(tokens, polled);
  EXPECT_EQ(polled[0].sequence, places[5].sequence);
  EXPECT_EQ(polled[0].token.view(), places[5].token.view());
  EXPECT_EQ(polled[1].status.code(), Code::kTokenInvalid);
  EXPECT_EQ(polled[2].state, LineState::kAdmitted);
  EXPECT_EQ(polled[2].pass.view(), places[0].pass.view());
  EXPECT_EQ(polled[3].state, LineState::kWaiting);
}

TEST(QueuePlace, ABatchBeyondOneChunkKeepsItsOrder) {
  QueueHall hall;
  hall.Build(Gated(1));
  std::vector<JoinRequest> requests;
  for (std::uint64_t user = 1; user <= 2'500; ++user) requests.push_back({hall.show, UserId{user}});
  std::vector<Place> places(requests.size());
  hall.queue().Join(requests, places);
  for (std::size_t i = 1; i < places.size(); ++i) {
    ASSERT_TRUE(places[i].status.ok());
    ASSERT_EQ(places[i].ahead, i - 1);
  }
  std::vector<std::string_view> tokens;
  for (const Place& place : places) tokens.push_back(place.token.view());
  std::vector<Place> polled(tokens.size());
  hall.queue().Poll(tokens, polled);
  for (std::size_t i = 1; i < polled.size(); ++i) ASSERT_EQ(polled[i].ahead, i - 1);
}

TEST(QueuePlace, LeavingEndsTokenAndPassForGood) {
  QueueHall hall;
  hall.Build(Gated(1));
  const Place inside = hall.Join(1);
  const Place waiting = hall.Join(2);
  EXPECT_TRUE(hall.queue().Leave(inside.token.view()).ok());
  EXPECT_TRUE(hall.queue().Leave(inside.token.view()).ok()) << "leaving is idempotent";
  EXPECT_EQ(hall.Poll(inside.token.view()).status.code(), Code::kPassSpent);
  EXPECT_EQ(hall.Hold(1, 0, inside.pass.view()).status.code(), Code::kPassSpent);
  EXPECT_EQ(hall.Admit(), 1) << "the slot is free at once";
  EXPECT_EQ(hall.Poll(waiting.token.view()).state, LineState::kAdmitted);
  const Place again = hall.Join(1);
  EXPECT_EQ(again.state, LineState::kWaiting);
  EXPECT_GT(again.sequence, waiting.sequence);
  EXPECT_EQ(hall.Poll(inside.token.view()).status.code(), Code::kPassSpent) << "replayed";
  EXPECT_EQ(hall.Poll(again.token.view()).state, LineState::kWaiting);
}

TEST(QueuePlace, RevokingVoidsWhatWasGivenSoFarAndNothingLater) {
  QueueHall hall;
  hall.Build(Gated(1));
  const Place inside = hall.Join(1);
  EXPECT_TRUE(hall.queue().Revoke(hall.show, UserId{1}).ok());
  EXPECT_EQ(hall.Poll(inside.token.view()).status.code(), Code::kPassSpent);
  EXPECT_EQ(hall.Hold(1, 0, inside.pass.view()).status.code(), Code::kPassSpent);
  const Place again = hall.Join(1);
  ASSERT_EQ(again.state, LineState::kAdmitted);
  EXPECT_TRUE(hall.Hold(1, 0, again.pass.view()).status.ok());
}

TEST(QueuePlace, RevokingAUserWhoIsNotInTheLineVoidsOldTokens) {
  QueueHall hall;
  hall.Build(Gated(1));
  ASSERT_TRUE(hall.Join(1).status.ok());
  const Place gone = hall.Join(2);
  for (int i = 0; i < 12; ++i) {  // silence, while the line is served
    hall.clock->AdvanceMs(15'000);
    hall.Admit();
  }
  ASSERT_EQ(hall.Poll(gone.token.view()).state, LineState::kAbsent);
  EXPECT_TRUE(hall.queue().Revoke(hall.show, UserId{2}).ok());
  EXPECT_EQ(hall.Poll(gone.token.view()).status.code(), Code::kPassSpent);
  EXPECT_EQ(hall.Stats().waiting, 0u) << "nobody is left behind by it";
}

TEST(QueuePlace, ADroppedWaiterIsToldToJoinAgain) {
  QueueHall hall;
  hall.Build(Gated(1));
  ASSERT_TRUE(hall.Join(1).status.ok());
  const Place gone = hall.Join(2);
  for (int i = 0; i < 12; ++i) {
    hall.clock->AdvanceMs(15'000);
    hall.Admit();
  }
  const Place polled = hall.Poll(gone.token.view());
  EXPECT_TRUE(polled.status.ok());
  EXPECT_EQ(polled.state, LineState::kAbsent);
  EXPECT_TRUE(polled.pass.empty());
  EXPECT_GT(hall.Join(2).sequence, gone.sequence);
}

TEST(QueuePlace, TokensOutliveAKeyRotationThatAnotherProcessMade) {
  QueueDir dir;
  QueueHall one;
  QueueHall two;
  one.options.storage = two.options.storage = "sqlite:" + dir.File("sale.db");
  two.clock = one.clock;
  one.Build(Gated(3), nullptr);
  two.Open();
  two.show = one.show;
  two.performance = one.performance;
  two.venue = one.venue;
  const Place before = two.Join(1);
  ASSERT_TRUE(before.status.ok()) << before.status.text();
  ASSERT_TRUE(one.engine->RotateKeys().ok());
  const Place after = one.Join(2);
  EXPECT_EQ(one.Poll(before.token.view()).state, LineState::kAdmitted);
  EXPECT_EQ(two.Poll(after.token.view()).state, LineState::kAdmitted) << "a key it has not seen";
  EXPECT_TRUE(two.Hold(2, 0, after.pass.view()).status.ok());
}

TEST(QueuePlace, AHoldFollowsAKeyRotationThatAnotherProcessMade) {
  QueueDir dir;
  QueueHall one;
  QueueHall two;
  one.options.storage = two.options.storage = "sqlite:" + dir.File("sale.db");
  two.clock = one.clock;
  one.Build(Gated(3), nullptr);
  two.Open();
  two.venue = one.venue;
  ASSERT_TRUE(one.engine->RotateKeys().ok());
  const Place after = one.Join(2);
  EXPECT_TRUE(two.Hold(2, 0, after.pass.view(), {}, one.performance).status.ok());
}

// A storage whose next reads are busy.
class BusyReads final : public StorageWrapper {
 public:
  BusyReads(std::unique_ptr<Storage> inner, std::shared_ptr<std::atomic<int>> left)
      : StorageWrapper(std::move(inner)), left_(std::move(left)) {}
  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    if (access == Access::kRead && left_->load() > 0 && (*left_)-- > 0) return Code::kBusy;
    return StorageWrapper::Begin(access, deadline);
  }

 private:
  const std::shared_ptr<std::atomic<int>> left_;  // shared with the test
};

TEST(QueuePlace, APassCountsWhereThePerformanceCannotBeReadAtThatMoment) {
  QueueDir dir;
  QueueHall hall;
  hall.options.storage = "sqlite:" + dir.File("sale.db");
  const auto busy = std::make_shared<std::atomic<int>>(0);
  hall.parts = [&](EngineParts& parts) {
    parts.storage = std::make_unique<BusyReads>(
        NewSqliteStorage({.path = dir.File("sale.db"), .vfs = ""}), busy);
  };
  hall.Build(Gated(3), nullptr);
  const Place inside = hall.Join(1);
  ASSERT_EQ(hall.Join(2).state, LineState::kAdmitted);
  hall.Open();  // knows no performance yet
  *busy = 1;
  EXPECT_TRUE(hall.Hold(1, 0, inside.pass.view()).status.ok());
  EXPECT_EQ(*busy, 0) << "the read was tried";
  hall.Open();
  *busy = 1;
  EXPECT_EQ(hall.Hold(2, 1, inside.pass.view()).status.code(), Code::kPassInvalid);
  hall.Open();
  *busy = 1;
  EXPECT_EQ(hall.Hold(2, 1, "").status.code(), Code::kNotAdmitted);
}

TEST(QueuePlace, APassOfAnotherShowIsInvalidHoweverItIsRead) {
  QueueHall hall;
  hall.Build(Gated(3));
  const ShowId other = hall.AddShow(Gated(3));
  const Place elsewhere = hall.Join(1, other);
  ASSERT_EQ(elsewhere.state, LineState::kAdmitted);
  EXPECT_EQ(hall.Hold(1, 0, elsewhere.pass.view()).status.code(), Code::kPassInvalid);
}

TEST(QueuePlace, ManyLeaveInOneCommit) {
  QueueDir dir;
  QueueHall hall;
  hall.options.storage = "sqlite:" + dir.File("sale.db");
  hall.Build(Gated(3), nullptr);
  const ShowId other = hall.AddShow(Gated(3));
  const Place places[] = {hall.Join(1), hall.Join(2), hall.Join(1, other)};
  std::vector<std::string_view> tokens;
  for (const Place& place : places) tokens.push_back(place.token.view());
  tokens.insert(tokens.begin() + 1, "forged");
  const std::uint64_t before = hall.engine->stats().batches;
  std::vector<Status> left(tokens.size());
  hall.queue().Leave(tokens, left);
  EXPECT_EQ(hall.engine->stats().batches, before + 1);
  EXPECT_TRUE(left[0].ok() && left[2].ok() && left[3].ok());
  EXPECT_EQ(left[1].code(), Code::kTokenInvalid);
  EXPECT_EQ(hall.Stats().active, 0u);
  for (const Place& place : places) {
    EXPECT_EQ(hall.Poll(place.token.view()).status.code(), Code::kPassSpent);
  }
}

TEST(QueuePlace, ALineThatCannotBeReachedIsBusy) {
  QueueHall hall;
  hall.Build(Gated(1));
  const Place inside = hall.Join(1);
  hall.line->Cut(true);
  EXPECT_EQ(hall.Join(2).status.code(), Code::kBusy);
  EXPECT_EQ(hall.Poll(inside.token.view()).status.code(), Code::kBusy);
  EXPECT_EQ(hall.queue().Admit(hall.show, 1).code(), Code::kBusy);
  EXPECT_EQ(hall.queue().Revoke(hall.show, UserId{1}).code(), Code::kBusy);
  EXPECT_EQ(hall.queue().Stats(hall.show).code(), Code::kBusy);
  EXPECT_TRUE(hall.engine->Sweep(100).ok()) << "a line in trouble is no trouble of the seats";
  EXPECT_TRUE(hall.Hold(1, 0, inside.pass.view()).status.ok()) << "passes already out work";
  hall.line->Cut(false);
  EXPECT_EQ(hall.Poll(inside.token.view()).state, LineState::kAdmitted);
}

TEST(QueuePlace, AClosedEngineSaysSo) {
  QueueHall hall;
  hall.Build(Gated(1));
  const Place inside = hall.Join(1);
  ASSERT_TRUE(hall.engine->Close().ok());
  EXPECT_EQ(hall.Join(2).status.code(), Code::kClosed);
  EXPECT_EQ(hall.Poll(inside.token.view()).status.code(), Code::kClosed);
  EXPECT_EQ(hall.Poll("forged").status.code(), Code::kClosed);
  EXPECT_EQ(hall.queue().Leave(inside.token.view()).code(), Code::kClosed);
  EXPECT_EQ(hall.queue().Revoke(hall.show, UserId{1}).code(), Code::kClosed);
  EXPECT_EQ(hall.queue().Admit(hall.show, 1).code(), Code::kClosed);
  EXPECT_EQ(hall.queue().Stats(hall.show).code(), Code::kClosed);
}

TEST(QueuePlace, ACallStopsTakingItemsAtItsDeadline) {
  QueueHall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(Gated(10)));
  constexpr std::size_t kItems = 65'536;
  constexpr std::size_t kChunk = 1'024;
  const Place mine = hall.Join(1);
  const std::vector<JoinRequest> requests(kItems, JoinRequest{hall.show, UserId{1}});
  const std::vector<std::string_view> tokens(kItems, mine.token.view());
  std::vector<Place> joined(kItems), polled(kItems);
  hall.queue().Join(requests, joined, {0});
  hall.queue().Poll(tokens, polled, {0});
  for (std::size_t i = 0; i < kItems; ++i) {
    const Code due = i < kChunk ? Code::kOk : Code::kBusy;
    ASSERT_EQ(joined[i].status, due) << i;
    ASSERT_EQ(polled[i].status, due) << i;
  }
}

}  // namespace
}  // namespace seathold::testing
