// One bit of a log, anywhere, is not what was written: it is refused, or was of no account.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>

#include "src/storage/journal/log.h"
#include "tests/journal/journal_disk.h"
#include "tests/support/counts.h"
#include "tests/support/sanitizers.h"

namespace seathold::testing {
namespace {

constexpr const char* kLogName = "hall.db-log";

// Killed with both halves in use, old records behind new ones, and zeros; with all but the latest
// records settled, or as few as may be.
class BitFlips : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    const auto storage = JournalOn(disk_, false);
    ASSERT_TRUE(storage->Open({}).ok());
    for (std::uint64_t n = 1; n <= kUnits; ++n) {
      if (n == kUnits - 5 && GetParam()) {
        ASSERT_TRUE(storage->Maintain(Soon()).ok());
      }
      if (n == kUnits) before_last_ = Log(disk_.Now());
      ASSERT_TRUE(ApplyUnit(storage.get(), n).ok());
    }
    image_ = disk_.Now();
    const std::string log = Log(image_);
    while (log[last_from_] == before_last_[last_from_]) ++last_from_;
    last_from_ = last_from_ / 8 * 8;  // where its check begins
    std::uint64_t text_bytes = 0;
    std::memcpy(&text_bytes, log.data() + last_from_ + 16, sizeof text_bytes);
    last_to_ = last_from_ + journal::Log::kHeadBytes + text_bytes;
    ASSERT_LT(last_to_ - last_from_, 1'000u);
  }

  static std::string Log(const CrashImage& image) { return image.files.at(kLogName); }

  void Flip(std::size_t at, int bit) {
    CrashImage image = image_;
    std::string& log = image.files.at(kLogName);
    log[at] = static_cast<char>(log[at] ^ (1 << bit));
    const std::string flipped = log;
    CrashVfs machine;
    machine.Load(image);
    auto storage = JournalOn(machine, false);
    const auto opened = storage->Open({});
    if (!opened.ok()) {
      ++refused_;
      EXPECT_TRUE(opened.code() == Code::kStorageCorrupt || opened.code() == Code::kWrongFile)
          << opened.status().text();
      EXPECT_EQ(machine.Now().files.at(kLogName), flipped) << "nothing is changed";
      return;
    }
    // The last record, and that alone, may be taken for one that was never whole.
    const std::uint64_t units = ExpectWholeUnits(storage.get());
    const bool of_last = last_from_ <= at && at < last_to_;
    EXPECT_TRUE(units == kUnits || (of_last && units == kUnits - 1)) << units;
    ++(units == kUnits ? harmless_ : last_lost_);
  }

  static constexpr std::uint64_t kUnits = 70;
  CrashVfs disk_;
  CrashImage image_;
  std::string before_last_;
  std::size_t last_from_ = 0, last_to_ = 0;
  int refused_ = 0, harmless_ = 0, last_lost_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Settled, BitFlips, ::testing::Values(false, true),
                         [](const auto& settled) { return settled.param ? "Most" : "Few"; });

TEST_P(BitFlips, AreRefusedOrOfNoAccount) {
  const std::size_t step = FullCounts() ? 1 : SEATHOLD_SANITIZED ? 70 : 20;
  const std::size_t size = Log(image_).size();
  ASSERT_EQ(size, journal::Log::FileBytes(kUnitHalfBytes));
  for (std::size_t at = 0; at < size && !HasFailure(); at += step) {
    SCOPED_TRACE("byte " + std::to_string(at));
    // Of a first page most is unused.
    if (at < 80 || at >= journal::Log::kPageBytes) Flip(at, static_cast<int>(at / step % 8));
  }
  // Where it counts most: the last record, and the head of each half's first.
  for (std::size_t at = last_from_; at < last_to_ && !HasFailure(); at += FullCounts() ? 1 : 9) {
    Flip(at, 3);
  }
  for (std::size_t half : {0, 1}) {
    const std::size_t from = journal::Log::kPageBytes + half * kUnitHalfBytes;
    for (std::size_t at = from; at < from + journal::Log::kHeadBytes; ++at) Flip(at, 5);
  }
  EXPECT_GT(refused_, 0);
  EXPECT_GT(harmless_, 0);
  EXPECT_GT(last_lost_, 0);
  std::printf("COUNT journal_bit_flips %d\n", refused_ + harmless_ + last_lost_);
  std::printf("%d refused, %d of no account, %d took the last record for a torn one\n", refused_,
              harmless_, last_lost_);
}

}  // namespace
}  // namespace seathold::testing
