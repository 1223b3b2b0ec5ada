// A batch call stops taking items at its deadline: what it did not begin had no effect and says so.
#include <algorithm>
#include <vector>

#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

constexpr std::size_t kItems = 65'536;
constexpr std::size_t kChunk = 1'024;  // what is taken in hand at a time
constexpr int kSlowMs = 40;            // a commit, longer than kTimeout

constexpr CallOptions kTimeout{20};
constexpr CallOptions kNoWait{0};

// The first `done` answers are `code`, all others busy.
template <class Reply, class Of>
void ExpectCut(const std::vector<Reply>& replies, std::size_t done, Code code,
               const Of& status_of) {
  for (std::size_t i = 0; i < replies.size(); ++i) {
    ASSERT_EQ(status_of(replies[i]), i < done ? code : Code::kBusy)
        << i << ": " << status_of(replies[i]).text();
  }
}

std::vector<ChargeRequest> Charges(Hall& hall) {
  std::vector<ChargeRequest> requests(kItems);
  for (ChargeRequest& request : requests) {
    request = {hall.NewTransfer(), UserId{1}, Money{1, kEuro}, ""};
  }
  return requests;
}

TEST(Deadline, NoChunkOfChargesIsBegunBehindIt) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 1));
  const auto requests = Charges(hall);
  std::vector<TransferReply> replies(kItems);
  hall.faults->commits = 0;
  hall.faults->hang_commit_ms = kSlowMs;
  hall.engine->wallet().Charge(requests, replies, kTimeout);
  hall.faults->hang_commit_ms = 0;
  EXPECT_EQ(hall.faults->commits, 1);
  ExpectCut(replies, kChunk, Code::kOk, [](const TransferReply& reply) { return reply.status; });
  EXPECT_EQ(hall.engine->wallet().Balance(UserId{1}, kEuro)->minor,
            static_cast<std::int64_t>(kChunk));
}

TEST(Deadline, WithoutAnyTimeTheFirstChunkIsStillTaken) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 1));
  const auto requests = Charges(hall);
  std::vector<TransferReply> replies(kItems);
  hall.engine->wallet().Charge(requests, replies, kNoWait);
  ExpectCut(replies, kChunk, Code::kOk, [](const TransferReply& reply) { return reply.status; });
}

TEST(Deadline, BlockingSeatsStopsAtIt) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(200, 100));
  std::vector<SeatId> seats;
  for (std::uint32_t i = 0; i < 20'000; ++i) seats.push_back(hall.Seat(i));
  std::vector<Status> replies(seats.size());
  hall.faults->hang_commit_ms = kSlowMs;
  hall.sales().Block(hall.performance, seats, "rope", replies, kTimeout);
  hall.faults->hang_commit_ms = 0;
  // One command blocks at most kSeatsPerHoldCap seats.
  ExpectCut(replies, kChunk * kSeatsPerHoldCap, Code::kOk, [](const Status& s) { return s; });
  EXPECT_EQ(hall.Map()->blocked, kChunk * kSeatsPerHoldCap);
}

TEST(Deadline, RefusalsFromMemoryStopAtItToo) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 10));
  (void)hall.Held(1, {0});
  ASSERT_EQ(hall.Map()->held, 1u);  // the mirror stands
  const SeatTicket seat{hall.Seat(0), 0};
  std::vector<HoldRequest> requests(kItems);
  for (HoldRequest& request : requests) {
    request.id = hall.NewHold();
    request.user = UserId{2};
    request.performance = hall.performance;
    request.seats = {&seat, 1};
  }
  std::vector<HoldReply> replies(kItems);
  hall.faults->commits = 0;
  hall.sales().Hold(requests, replies, kNoWait);
  EXPECT_EQ(hall.faults->commits, 0);
  ExpectCut(replies, kChunk, Code::kSeatTaken, [](const HoldReply& reply) { return reply.status; });
}

// A batch that is decided again one by one makes a commit of every item.
TEST(Deadline, WhatIsDecidedOneByOneGoesBackToTheQueueAtIt) {
  Hall hall;
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 100));
  constexpr std::uint32_t kHolds = 100;
  std::vector<SeatTicket> seats;
  std::vector<HoldRequest> requests(kHolds);
  for (std::uint32_t i = 0; i < kHolds; ++i) seats.push_back({hall.Seat(i), 0});
  for (std::uint32_t i = 0; i < kHolds; ++i) {
    requests[i].id = hall.NewHold();
    requests[i].user = UserId{i + 1};
    requests[i].performance = hall.performance;
    requests[i].seats = {&seats[i], 1};
  }
  hall.faults->Poison(requests[kHolds - 1].id);
  std::vector<HoldReply> replies(kHolds);
  hall.faults->commits = 0;
  hall.faults->hang_commit_ms = kSlowMs;
  hall.sales().Hold(requests, replies, kTimeout);
  hall.faults->hang_commit_ms = 0;
  EXPECT_EQ(hall.faults->commits, 1);
  ExpectCut(replies, 1, Code::kOk, [](const HoldReply& reply) { return reply.status; });
  hall.sales().Hold(requests, replies, {60'000});
  EXPECT_EQ(replies[kHolds - 1].status, Code::kInternal);
  EXPECT_TRUE(replies[0].replayed);
  EXPECT_EQ(hall.Map()->held, kHolds - 1);
  hall.ExpectClean();
}

TEST(Deadline, TrimmingAFeedStopsAtIt) {
  const HallFolder folder;
  Hall hall;
  hall.path = folder.File("feed.db");
  ASSERT_NO_FATAL_FAILURE(hall.Build(1, 10));
  // More events than one transaction forgets, as a long sale leaves them.
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(hall.path.c_str(), &db), SQLITE_OK);
  const char* const kEvents =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)"
      "INSERT INTO feed SELECT performance, feed + i, 1, NULL, 1, 0, 0, '[0]'"
      " FROM performance_state, n;"
      "UPDATE performance_state SET feed = feed + 10001";
  ASSERT_EQ(sqlite3_exec(db, kEvents, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  hall.faults->commits = 0;
  hall.faults->hang_commit_ms = 1'000;
  EXPECT_EQ(hall.sales().TrimFeed(hall.performance, 10'001, {500}), Code::kBusy);
  hall.faults->hang_commit_ms = 0;
  EXPECT_EQ(hall.faults->commits, 1);
  EXPECT_TRUE(hall.sales().TrimFeed(hall.performance, 10'001).ok());
}

}  // namespace
}  // namespace seathold::testing
