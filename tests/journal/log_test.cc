#include "src/storage/journal/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace seathold::journal {
namespace {

using Bytes = std::vector<std::uint8_t>;

// What programs see, what of it is on the disk, and whether the next sync fails: what was written
// before it is then never tried again, as on Linux.
struct Disk {
  Bytes synced;
  std::vector<std::pair<std::uint64_t, Bytes>> pending;
  bool fails = false;
};

// A file in memory. Whoever holds `bytes` sees what a machine would.
class MemoryFile final : public LogFile {
 public:
  explicit MemoryFile(std::shared_ptr<Bytes> bytes, Disk* disk = nullptr)
      : bytes_(std::move(bytes)), disk_(disk) {}
  std::uint64_t size() const override { return bytes_->size(); }
  Status Read(std::uint64_t at, std::span<std::uint8_t> into) override {
    std::copy_n(bytes_->begin() + static_cast<std::ptrdiff_t>(at), into.size(), into.begin());
    return Status();
  }
  Status Write(std::uint64_t at, std::span<const std::uint8_t> bytes) override {
    std::copy(bytes.begin(), bytes.end(), bytes_->begin() + static_cast<std::ptrdiff_t>(at));
    if (disk_ != nullptr) disk_->pending.emplace_back(at, Bytes(bytes.begin(), bytes.end()));
    return Status();
  }
  Status Sync() override {
    if (disk_ == nullptr) return Status();
    const auto pending = std::exchange(disk_->pending, {});
    if (std::exchange(disk_->fails, false)) return Status(Code::kStorageFailed);
    for (const auto& [at, bytes] : pending) {
      std::ranges::copy(bytes, disk_->synced.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return Status();
  }

 private:
  const std::shared_ptr<Bytes> bytes_;
  Disk* const disk_;
};

constexpr std::uint64_t kHalf = 1'024;
const LogName kName{.pair = std::string(32, 'a'), .schema = 2};

std::string TextOf(std::uint64_t number) {
  return "record " + std::to_string(number) + std::string(number % 13, '.');
}
std::span<const std::uint8_t> Span(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class LogTest : public ::testing::Test {
 protected:
  void Begin(std::uint64_t settled = 0) {
    bytes_ = std::make_shared<Bytes>(Log::FileBytes(kHalf));
    disk_ = {.synced = *bytes_, .pending = {}};
    auto log = Log::Begin(std::make_unique<MemoryFile>(bytes_, &disk_), kName, settled);
    ASSERT_TRUE(log.ok());
    log_ = std::move(log).value();
  }
  // Records up to `last`; a half that is full is left for the other one.
  void AppendUpTo(std::uint64_t last) {
    while (log_->last() < last) {
      const std::string text = TextOf(log_->last() + 1);
      if (!log_->Fits(text.size())) log_->Switch();
      log_->Prepare(Span(text));
      ASSERT_TRUE(log_->Append().ok());
    }
  }
  Status Find(std::uint64_t settled, const LogName& name = kName) {
    found_.clear();
    auto log = Log::Find(std::make_unique<MemoryFile>(bytes_, &disk_), name, settled,
                         [&](std::uint64_t number, std::span<const std::uint8_t> text) {
                           EXPECT_EQ(std::string(text.begin(), text.end()), TextOf(number));
                           found_.push_back(number);
                           return Status();
                         });
    if (log.ok()) log_ = std::move(log).value();
    return log.status();
  }
  void ExpectFound(std::uint64_t first, std::uint64_t last) {
    ASSERT_EQ(found_.size(), last + 1 - first);
    for (std::uint64_t i = 0; i < found_.size(); ++i) EXPECT_EQ(found_[i], first + i);
  }
  std::uint64_t FrameBytes(std::uint64_t number) {
    return (Log::kHeadBytes + TextOf(number).size() + 7) / 8 * 8;
  }

  std::shared_ptr<Bytes> bytes_;
  Disk disk_;
  std::unique_ptr<Log> log_;
  std::vector<std::uint64_t> found_;
};

TEST_F(LogTest, GivesBackWhatWasAppendedInOrder) {
  Begin();
  ASSERT_TRUE(Find(0).ok());
  ExpectFound(1, 0);
  AppendUpTo(5);
  ASSERT_TRUE(Find(0).ok());
  ExpectFound(1, 5);
  AppendUpTo(9);  // a log that was found goes on
  ASSERT_TRUE(Find(3).ok());
  ExpectFound(4, 9);
  EXPECT_EQ(log_->last(), 9u);
}

TEST_F(LogTest, HasSyncedWhatItSaysThatItHas) {
  Begin();
  EXPECT_EQ(disk_.synced, *bytes_);
  for (std::uint64_t last = 1; last < 9; ++last) {
    AppendUpTo(last);
    EXPECT_EQ(disk_.synced, *bytes_) << last;
  }
}

// Seen by the process that finds it, and on no disk.
TEST_F(LogTest, SyncsAgainWhatItFindsAfterASyncThatFailed) {
  Begin();
  AppendUpTo(3);
  log_->Prepare(Span(TextOf(4)));
  disk_.fails = true;
  EXPECT_EQ(log_->Append(), Code::kStorageFailed);
  EXPECT_NE(disk_.synced, *bytes_);
  disk_.fails = true;
  EXPECT_EQ(Find(0), Code::kStorageFailed) << "it leans on nothing that it cannot sync";
  EXPECT_TRUE(found_.empty());
  ASSERT_TRUE(Find(0).ok());
  ExpectFound(1, 4);
  EXPECT_EQ(disk_.synced, *bytes_);
}

TEST_F(LogTest, GoesRoundAndRound) {
  Begin();
  std::uint64_t settled = 0;
  for (int turn = 0; turn < 12; ++turn) {
    const std::uint64_t before = log_->last();
    while (true) {
      const std::string text = TextOf(log_->last() + 1);
      if (!log_->Fits(text.size())) break;
      log_->Prepare(Span(text));
      ASSERT_TRUE(log_->Append().ok());
      ASSERT_TRUE(Find(settled).ok()) << log_->last();
      ExpectFound(settled + 1, log_->last());
    }
    log_->Switch();
    settled = before;  // what the other half held
  }
  EXPECT_GT(log_->last(), 100u);
}

TEST_F(LogTest, DropsATornLastRecord) {
  for (std::uint64_t cut = 1; cut < FrameBytes(8); ++cut) {
    Begin();
    AppendUpTo(7);
    const Bytes before = *bytes_;
    AppendUpTo(8);
    std::uint64_t at = Log::kPageBytes;
    for (std::uint64_t i = 1; i < 8; ++i) at += FrameBytes(i);
    const std::uint64_t from = at + cut;
    const std::uint64_t to = at + FrameBytes(8);
    const bool torn = !std::equal(bytes_->begin() + static_cast<std::ptrdiff_t>(from),
                                  bytes_->begin() + static_cast<std::ptrdiff_t>(to),
                                  before.begin() + static_cast<std::ptrdiff_t>(from));
    std::copy(before.begin() + static_cast<std::ptrdiff_t>(from),
              before.begin() + static_cast<std::ptrdiff_t>(to),
              bytes_->begin() + static_cast<std::ptrdiff_t>(from));
    ASSERT_TRUE(Find(0).ok()) << cut;
    ExpectFound(1, torn ? 7 : 8);
    AppendUpTo(9);
    ASSERT_TRUE(Find(0).ok()) << cut;
    ExpectFound(1, 9);
  }
}

// Each byte of each record but the last.
TEST_F(LogTest, RefusesADamagedRecordWithAGoodOneBehindIt) {
  Begin();
  AppendUpTo(6);
  std::uint64_t end = Log::kPageBytes;
  for (std::uint64_t i = 1; i < 6; ++i) end += FrameBytes(i);
  int damaged = 0;
  for (std::uint64_t at = Log::kPageBytes; at < end; ++at) {
    (*bytes_)[at] ^= 0x10;
    const Status status = Find(0);
    (*bytes_)[at] ^= 0x10;
    if (status.ok()) {
      ExpectFound(1, 6);  // what fills a record up says nothing
    } else {
      EXPECT_EQ(status, Code::kStorageCorrupt) << at;
      ++damaged;
    }
  }
  EXPECT_GT(damaged, static_cast<int>(end - Log::kPageBytes) * 3 / 4);
}

TEST_F(LogTest, RefusesALogThatDoesNotReachWhereTheDatabaseStands) {
  Begin();
  AppendUpTo(6);
  EXPECT_EQ(Find(7), Code::kStorageCorrupt);
  EXPECT_TRUE(Find(6).ok());
  ExpectFound(1, 0);
}

TEST_F(LogTest, RefusesALogThatBeginsBehindWhereTheDatabaseStands) {
  Begin(10);
  AppendUpTo(12);
  EXPECT_TRUE(Find(10).ok());
  ExpectFound(11, 12);
  EXPECT_EQ(Find(9), Code::kStorageCorrupt);
}

TEST_F(LogTest, RefusesALogOfSomethingElse) {
  Begin();
  AppendUpTo(2);
  EXPECT_EQ(Find(0, {.pair = std::string(32, 'b'), .schema = 2}), Code::kWrongFile);
  EXPECT_EQ(Find(0, {.pair = kName.pair, .schema = 3}), Code::kNewerSchema);
  (*bytes_)[0] ^= 1;
  EXPECT_EQ(Find(0), Code::kWrongFile);
  (*bytes_)[0] ^= 1;
  (*bytes_)[30] ^= 1;
  EXPECT_EQ(Find(0), Code::kStorageCorrupt);
  (*bytes_)[30] ^= 1;
  bytes_->pop_back();
  EXPECT_EQ(Find(0), Code::kStorageCorrupt);
}

TEST_F(LogTest, SaysWhereSomethingIsThatItDoesNotHold) {
  Begin();
  AppendUpTo(3);
  log_->Prepare({});
  ASSERT_TRUE(log_->Append().ok());
  EXPECT_EQ(Find(2), Code::kStorageCorrupt) << "all before it was settled first";
  // Cut off before the database had it: dropped, and written over.
  ASSERT_TRUE(Find(3).ok());
  ExpectFound(4, 3);
  EXPECT_EQ(log_->last(), 3u);
  AppendUpTo(5);
  ASSERT_TRUE(Find(0).ok());
  ExpectFound(1, 5);
  log_->Prepare({});
  ASSERT_TRUE(log_->Append().ok());
  AppendUpTo(9);
  ASSERT_TRUE(Find(6).ok());
  ExpectFound(7, 9);
  EXPECT_EQ(Find(5), Code::kStorageCorrupt) << "the database lacks it";
  EXPECT_EQ(Find(0), Code::kStorageCorrupt);
}

TEST_F(LogTest, TakesBackItsLastRecord) {
  Begin();
  AppendUpTo(3);
  log_->Prepare({});
  ASSERT_TRUE(log_->Append().ok());
  log_->TakeBack();
  EXPECT_EQ(log_->last(), 3u);
  ASSERT_TRUE(Find(3).ok());
  ExpectFound(4, 3);
  AppendUpTo(5);
  ASSERT_TRUE(Find(0).ok());
  ExpectFound(1, 5);
}

// Whoever began it was cut off in that.
TEST_F(LogTest, OfAFirstPageThatIsCutOffIsNone) {
  Begin(4);
  const Bytes whole = *bytes_;
  std::int64_t page = 80;
  while (whole.at(static_cast<std::size_t>(page) - 1) == 0) --page;
  EXPECT_GT(page, 72) << "its check is the last of it";
  for (std::int64_t cut = 0; cut < page; ++cut) {
    *bytes_ = whole;
    std::fill(bytes_->begin() + cut, bytes_->begin() + page, std::uint8_t{0});
    log_ = nullptr;
    EXPECT_TRUE(Find(4).ok()) << cut;
    EXPECT_EQ(log_, nullptr) << cut;
  }
  // Of another length, or database, it is none that was being begun here.
  std::fill(bytes_->begin() + 60, bytes_->begin() + page, std::uint8_t{0});
  EXPECT_EQ(Find(4, {.pair = std::string(32, 'b'), .schema = 2}), Code::kStorageCorrupt);
}

TEST_F(LogTest, OfAFileThatNobodyBeganIsNone) {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{40}, Log::FileBytes(kHalf)}) {
    bytes_ = std::make_shared<Bytes>(size);
    log_ = nullptr;
    EXPECT_TRUE(Find(0).ok());
    EXPECT_EQ(log_, nullptr);
  }
}

}  // namespace
}  // namespace seathold::journal
