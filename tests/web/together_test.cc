// Calls that are answered together: each has its own answer, and none waits for ever.
#include <atomic>
#include <thread>

#include "examples/web/lots.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

// One thread, which is at its first item until it may go on: what comes meanwhile is the next lot.
class LotsTest : public ::testing::Test {
 protected:
  void Begin(std::size_t waiting_max, std::size_t lot_max) {
    lots_ = std::make_unique<web::Lots<int>>(1, waiting_max, lot_max, [this](std::vector<int> lot) {
      seen_.push_back(std::move(lot));
      begun_ = true;
      while (!go_) std::this_thread::yield();
    });
    ASSERT_TRUE(lots_->Submit(0));
    while (!begun_) std::this_thread::yield();
  }

  std::atomic<bool> begun_ = false, go_ = false;
  std::vector<std::vector<int>> seen_;
  std::unique_ptr<web::Lots<int>> lots_;
};

TEST_F(LotsTest, WhatWaitsIsOneLotAtMostSoLargeInTheOrderInWhichItCame) {
  Begin(10, 3);
  for (int i = 1; i <= 4; ++i) ASSERT_TRUE(lots_->Submit(i));
  EXPECT_EQ(lots_->waiting(), 4u);
  go_ = true;
  lots_->Stop();
  EXPECT_EQ(seen_, (std::vector<std::vector<int>>{{0}, {1, 2, 3}, {4}}));
}

TEST_F(LotsTest, WhereTooManyWaitTheNextIsToldSo) {
  Begin(2, 10);
  EXPECT_TRUE(lots_->Submit(1));
  EXPECT_TRUE(lots_->Submit(2));
  EXPECT_FALSE(lots_->Submit(3));
  go_ = true;
  lots_->Stop();
  EXPECT_EQ(seen_, (std::vector<std::vector<int>>{{0}, {1, 2}}));
  EXPECT_FALSE(lots_->Submit(4));
}

class Together : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    options.logins_per_minute = 0;
    Open();
  }

  struct Asked {
    WebConnection connection;
    int status = 0;
    std::string names;  // what stands in the answer
  };
  void Put(const std::string& path, const std::string& body, const std::string& token, int status,
           std::string names) {
    Asked& asked = asked_.emplace_back(Asked{WebConnection(port()), status, std::move(names)});
    asked.connection.Send(
        RequestText({.method = "PUT", .path = path, .body = body, .token = token}));
  }
  void ExpectAnswers() {
    for (Asked& asked : asked_) {
      const WebReply reply = asked.connection.Read();
      EXPECT_EQ(reply.status, asked.status) << reply.body;
      EXPECT_NE(reply.body.find(asked.names), std::string::npos) << asked.names << reply.body;
    }
    asked_.clear();
  }
  std::string Seat(int index) const {
    return R"({"performance":"1","seats":[")" + SeatText(index) + "\"]}";
  }

  std::vector<Asked> asked_;
};

TEST_F(Together, EachHoldIsAnsweredForItself) {
  ASSERT_EQ(Hold(ann, NewId(), {39}).status, 201);
  for (int i = 0; i < 30; ++i) {
    const std::string id = NewId();
    Put("/api/holds/" + id, Seat(i), i % 2 == 0 ? ann : bob, 201, id);
    Put("/api/holds/" + NewId(), Seat(39), bob, 409, SeatText(39));
    Put("/api/holds/" + NewId(), Seat(i), "forged", 401, "access_denied");
    Put("/api/holds/" + NewId(), R"({"performance":"1"})", bob, 422, "either seats or best");
    Put("/api/holds/" + NewId(), R"({"performance":"9","best":{"seats":1}})", bob, 404,
        "unknown_performance");
  }
  ExpectAnswers();  // connections have no order: the best seats would be some of these
  for (int i = 0; i < 9; ++i) {
    const std::string id = NewId();
    Put("/api/holds/" + id, R"({"performance":"1","best":{"seats":1}})", ann, 201, id);
  }
  ExpectAnswers();
  EXPECT_EQ(engine().reservations().Count(evening)->held, 40u);
}

TEST_F(Together, EachPaymentIsAnsweredForItself) {
  ASSERT_EQ(Do("PUT", "/api/wallet/charges/" + NewId(),
               R"({"amount_minor":1000000,"currency":"EUR"})", ann)
                .status,
            201);
  std::vector<std::string> holds;
  for (int i = 0; i < 20; ++i) {
    holds.push_back(NewId());
    ASSERT_EQ(Hold(i % 2 == 0 ? ann : bob, holds.back(), {i}).status, 201);
  }
  for (int i = 0; i < 20; ++i) {
    const std::string body = R"({"performance":"1","hold":")" + holds[i] + "\"}";
    const std::string id = NewId();
    if (i % 2 == 0) Put("/api/payments/" + id, body, ann, 201, id);
    if (i % 2 == 1) Put("/api/payments/" + NewId(), body, bob, 402, "insufficient_funds");
    Put("/api/payments/" + NewId(), R"({"performance":"1"})", ann, 422, "hold");
  }
  ExpectAnswers();
  EXPECT_EQ(engine().reservations().Count(evening)->sold, 10u);
}

TEST_F(Together, FactsOfAPerformanceThatIsNotThereAreMissedByAllWhoAskAtOnce) {
  web::Performances performances(engine());
  std::atomic<int> found{0}, missed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 50; ++turn) {
        if (performances.Get(evening).ok()) ++found;
        if (performances.Get(PerformanceId{9}).status() == Code::kUnknownPerformance) ++missed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(found, 400);
  EXPECT_EQ(missed, 400);
}

TEST_F(Together, AGlanceSeesAMapThatIsNewEnoughAndNoOther) {
  web::Boards still(engine(), 60'000, [](const std::function<void()>&) {});
  EXPECT_FALSE(still.Glance(evening));
  const auto shown = still.Show(evening);
  ASSERT_TRUE(shown.ok());
  const auto glanced = still.Glance(evening);
  ASSERT_TRUE(glanced);
  EXPECT_EQ(glanced->version, shown->version);
  EXPECT_EQ(glanced->body, shown->body);
  web::Boards restless(engine(), 1, [](const std::function<void()>&) {});
  ASSERT_TRUE(restless.Show(evening).ok());
  EXPECT_FALSE(restless.Glance(evening));
}

}  // namespace
}  // namespace seathold::testing
