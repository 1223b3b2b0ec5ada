#include "seathold/status.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace seathold {
namespace {

TEST(Codes, AreListedInAscendingOrderWithoutRepeats) {
  ASSERT_GT(CodeCount(), 50u);
  for (std::size_t i = 1; i < CodeCount(); ++i) {
    EXPECT_LT(CodeAt(i - 1).code, CodeAt(i).code) << CodeAt(i).name;
  }
}

TEST(Codes, EachHasItsOwnNameAndText) {
  std::set<std::string_view> names, texts;
  for (std::size_t i = 0; i < CodeCount(); ++i) {
    const CodeInfo& info = CodeAt(i);
    EXPECT_EQ(info.name.substr(0, 1), "k");
    EXPECT_FALSE(info.text.empty()) << info.name;
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_TRUE(texts.insert(info.text).second) << info.text;
  }
}

TEST(Codes, AreFoundByNumber) {
  for (std::size_t i = 0; i < CodeCount(); ++i) {
    EXPECT_EQ(FindCode(CodeAt(i).code), &CodeAt(i));
  }
  for (const int number : {-1, 1, 100, 1'298, 1'300, 2'147'483'647}) {
    EXPECT_EQ(FindCode(static_cast<Code>(number)), nullptr) << number;
  }
}

TEST(Codes, OnlyOkIsDoneAndOnlyOneIsUnknown) {
  for (std::size_t i = 0; i < CodeCount(); ++i) {
    const CodeInfo& info = CodeAt(i);
    EXPECT_EQ(info.outcome == Outcome::kDone, info.code == Code::kOk) << info.name;
    EXPECT_EQ(info.outcome == Outcome::kUnknown, info.code == Code::kOutcomeUnknown) << info.name;
  }
}

// Numbers that hosts may have stored: they are never given a new meaning.
TEST(Codes, KeepTheirNumbers) {
  EXPECT_EQ(static_cast<int>(Code::kInvalidArgument), 101);
  EXPECT_EQ(static_cast<int>(Code::kClosed), 201);
  EXPECT_EQ(static_cast<int>(Code::kIdempotencyMismatch), 301);
  EXPECT_EQ(static_cast<int>(Code::kUnknownVenue), 401);
  EXPECT_EQ(static_cast<int>(Code::kSeatTaken), 701);
  EXPECT_EQ(static_cast<int>(Code::kHoldExpired), 802);
  EXPECT_EQ(static_cast<int>(Code::kInsufficientFunds), 1001);
  EXPECT_EQ(static_cast<int>(Code::kBusy), 1201);
  EXPECT_EQ(static_cast<int>(Code::kOutcomeUnknown), 1206);
}

TEST(Codes, FaultsThatNeedAReopeningAreBusyAndNotRetryable) {
  for (const Code code : {Code::kStorageFailed, Code::kStorageCorrupt, Code::kClosed}) {
    EXPECT_EQ(Status(code).outcome(), Outcome::kBusy);
    EXPECT_FALSE(Status(code).retryable());
  }
  EXPECT_TRUE(Status(Code::kBusy).retryable());
  EXPECT_TRUE(Status(Code::kOutcomeUnknown).retryable());
}

TEST(Status, DefaultIsOkAndDone) {
  const Status status;
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.outcome(), Outcome::kDone);
  EXPECT_EQ(status.detail(), "");
  EXPECT_EQ(status.text(), "done");
}

TEST(Status, TextJoinsTheCodeAndTheDetail) {
  EXPECT_EQ(Status(Code::kSeatTaken).text(), "a seat is taken");
  EXPECT_EQ(Status(Code::kSeatTaken, "row 3").text(), "a seat is taken: row 3");
}

TEST(Status, CopiesShareTheDetail) {
  const Status status(Code::kSeatTaken, "row 3");
  const Status copy = status;  // NOLINT: the copy is what is tested
  EXPECT_EQ(copy.detail().data(), status.detail().data());
  EXPECT_TRUE(copy == Code::kSeatTaken);
}

TEST(Result, HoldsAValueOrAStatus) {
  const Result<int> seven = 7;
  EXPECT_TRUE(seven.ok());
  EXPECT_EQ(*seven, 7);
  EXPECT_EQ(seven.code(), Code::kOk);
  const Result<int> refused = Code::kSoldOut;
  EXPECT_FALSE(refused.ok());
  EXPECT_EQ(refused.code(), Code::kSoldOut);
}

TEST(Result, KeepsTheDetailOfItsStatus) {
  const Result<std::string> result = Status(Code::kCannotOpen, "x.db");
  EXPECT_EQ(result.status().detail(), "x.db");
}

TEST(Result, MovesItsValueOut) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  const std::unique_ptr<int> owned = std::move(result).value();
  EXPECT_EQ(*owned, 5);
}

TEST(ResultDeathTest, SaysWhyThereIsNoValue) {
  const Result<int> refused = Code::kSoldOut;
  EXPECT_DEATH((void)refused.value(), "there is none: sold out");
}

#ifndef NDEBUG
TEST(ResultDeathTest, IsNotMadeOfSuccessAlone) {
  EXPECT_DEATH((void)Result<int>(Code::kOk), "ok\\(\\)");
}
#endif

}  // namespace
}  // namespace seathold
