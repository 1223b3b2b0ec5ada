// The file of the waiting line is taken away under an engine that runs: who is inside buys on, who
// waits keeps their place, and nobody else gets in.
#include <filesystem>

#include "tests/queue/queue_hall.h"

namespace seathold::testing {
namespace {

namespace fs = std::filesystem;

// A sale on SQLite with its own line beside it: two inside, four waiting.
class HarmedFile : public ::testing::Test {
 protected:
  void SetUp() override { Fill(&hall, "sale.db"); }

  void Fill(QueueHall* to, const std::string& name) {
    to->options.storage = "sqlite:" + dir.File(name);
    to->Build(Gated(2), nullptr);
    ASSERT_FALSE(HasFatalFailure());
    for (std::uint64_t user = 1; user <= 6; ++user) places.push_back(to->Join(user));
    ASSERT_EQ(to->Stats().active, 2u);
  }
  void RemoveLine() {
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(line + suffix);
  }
  // With a line or without: a pass that is out works, and none is given.
  void ExpectPassesWorkAndNobodyIsLetIn() {
    EXPECT_TRUE(hall.Hold(1, seat++, places[0].pass.view()).ok());
    EXPECT_EQ(hall.Hold(3, seat++, places[2].token.view()).status.code(), Code::kPassInvalid);
    const auto admitted = hall.queue().Admit(hall.show, 100);
    EXPECT_EQ(admitted.ok() ? *admitted : 0, 0);
    const Place newcomer = hall.Join(next_user++);
    EXPECT_NE(newcomer.state, LineState::kAdmitted);
    for (std::size_t i = 2; i < places.size(); ++i) {
      EXPECT_NE(hall.Poll(places[i].token.view()).state, LineState::kAdmitted) << i;
    }
  }
  void ExpectAllComeBack() {
    for (const Place& place : places) {
      const Place back = hall.Poll(place.pass.empty() ? place.token.view() : place.pass.view());
      ASSERT_TRUE(back.ok()) << back.status.text();
      EXPECT_EQ(back.sequence, place.sequence);
      EXPECT_EQ(back.state, place.state);
    }
    for (const Place& place : places) EXPECT_EQ(hall.Poll(place.token.view()).ahead, place.ahead);
    EXPECT_EQ(hall.Stats().active, 2u);
    EXPECT_EQ(hall.Stats().missing, 0u);
  }

  QueueDir dir;
  QueueHall hall;
  std::vector<Place> places;
  const std::string line = dir.File("sale.db-line");
  std::uint32_t seat = 0;
  std::uint64_t next_user = 100;
};

TEST_F(HarmedFile, AnotherDatabasesIsNamedUntilItIsRemoved) {
  std::vector<Place> mine = std::move(places);
  {
    QueueHall other;
    Fill(&other, "other.db");
  }
  places = std::move(mine);
  RemoveLine();
  fs::rename(dir.File("other.db-line"), line);
  ExpectPassesWorkAndNobodyIsLetIn();
  const Deadline patience = Deadline::After({10'000});  // what is known in memory is told a moment
  while (hall.Poll(places[3].token.view()).ok()) ASSERT_FALSE(patience.passed());
  for (const Status& status :
       {hall.Join(50).status, hall.Poll(places[3].token.view()).status,
        hall.queue().Admit(hall.show, 1).status(), hall.queue().Stats(hall.show).status()}) {
    EXPECT_EQ(status, Code::kWrongFile) << status.text();
    EXPECT_NE(status.text().find("rm '" + line + "'*"), std::string::npos) << status.text();
  }
  EXPECT_EQ(hall.engine->stats().lines_lost, 0u) << "no try costs an epoch";
  RemoveLine();
  ExpectAllComeBack();
  ExpectPassesWorkAndNobodyIsLetIn();
  EXPECT_EQ(hall.engine->stats().lines_lost, 1u);
}

TEST_F(HarmedFile, AnOlderStateGivesNoPlaceThatIsSomebodys) {
  hall.engine.reset();  // so that all of it is in the file
  fs::copy_file(line, dir.File("backup"));
  hall.Open();
  const Place last = hall.Join(7);
  ASSERT_TRUE(last.ok()) << last.status.text();
  places.push_back(last);
  RemoveLine();
  fs::rename(dir.File("backup"), line);
  const Place newcomer = hall.Join(8);
  ASSERT_TRUE(newcomer.ok()) << newcomer.status.text();
  EXPECT_NE(newcomer.sequence, last.sequence);
  EXPECT_GT(newcomer.sequence, last.sequence);
  ExpectAllComeBack();
  ExpectPassesWorkAndNobodyIsLetIn();
  EXPECT_EQ(hall.engine->stats().lines_lost, 1u);
}

// The other engine has seen nothing of what is missing; it is told by the epoch.
TEST_F(HarmedFile, WhatOneEngineFindsLostIsLostToTheOther) {
  hall.engine.reset();
  fs::copy_file(line, dir.File("backup"));
  hall.Open();
  QueueHall two;
  two.options = hall.options;
  two.clock = hall.clock;
  two.show = hall.show;
  two.Open();
  const Place last = hall.Join(7);
  RemoveLine();
  fs::rename(dir.File("backup"), line);
  EXPECT_EQ(hall.Poll(last.token.view()).sequence, last.sequence);
  const Place newcomer = two.Join(8);
  ASSERT_TRUE(newcomer.ok()) << newcomer.status.text();
  EXPECT_GT(newcomer.sequence, last.sequence);
  EXPECT_EQ(two.Poll(last.token.view()).sequence, last.sequence);
  EXPECT_EQ(two.Stats().epoch, 2u);
  EXPECT_EQ(hall.engine->stats().lines_lost + two.engine->stats().lines_lost, 1u);
}

}  // namespace
}  // namespace seathold::testing
