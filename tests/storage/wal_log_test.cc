// What a log says of itself, against what SQLite makes of it.
#include "src/storage/sqlite/wal_log.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/storage/sqlite_tools.h"

namespace seathold::testing {
namespace {

using sqlite::CommittedPage;
using sqlite::OnlyRow;
using sqlite::ReadCommittedPage;
using sqlite::RowValue;

class WalLog : public ::testing::Test {
 protected:
  // A database with one row in WAL mode, and its log, which stays.
  void SetUp() override {
    std::ofstream(path_).flush();
    db_ = std::make_unique<PlainSql>(path_);
    db_->Run(
        "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
        "CREATE TABLE row(id INTEGER PRIMARY KEY, a INTEGER, b BLOB, c TEXT) STRICT;"
        "INSERT INTO row VALUES(1, 0, x'00ff', 'first')");
    root_ = static_cast<std::uint32_t>(
        std::stoul(db_->Ask("SELECT rootpage FROM sqlite_schema WHERE name = 'row'").front()));
  }
  CommittedPage Page() const { return ReadCommittedPage(Log(), root_); }
  std::string Log() const { return folder_.File("hall.db-wal"); }
  // As another process would find it now.
  std::string Snapshot() {
    const std::string copy = folder_.File("snapshot-wal");
    EXPECT_EQ(std::system(("cp '" + Log() + "' '" + copy + "'").c_str()), 0);
    return copy;
  }
  std::int64_t A(const std::string& log) const {
    const CommittedPage found = ReadCommittedPage(log, root_);
    const std::vector<RowValue> row = OnlyRow(found.page);
    return row.size() == 4 ? row[1].integer : -1;
  }

  TempFolder folder_;
  const std::string path_ = folder_.File("hall.db");
  std::unique_ptr<PlainSql> db_;
  std::uint32_t root_ = 0;
};

TEST_F(WalLog, GivesTheRowAsSqliteDoes) {
  const std::string ints[] = {"0",
                              "1",
                              "-1",
                              "127",
                              "-128",
                              "128",
                              "32767",
                              "-32768",
                              "32768",
                              "8388607",
                              "-8388608",
                              "8388608",
                              "2147483647",
                              "-2147483648",
                              "2147483648",
                              "140737488355327",
                              "-140737488355328",
                              "140737488355328",
                              "9223372036854775807",
                              "-9223372036854775808"};
  for (const std::string& text : ints) {
    db_->Run("UPDATE row SET a = " + text + ", b = x'0102ff', c = 'cé'");
    const CommittedPage found = Page();
    ASSERT_TRUE(found.any);
    const std::vector<RowValue> row = OnlyRow(found.page);
    ASSERT_EQ(row.size(), 4u);
    EXPECT_EQ(std::to_string(row[1].integer), text);
    EXPECT_TRUE(std::ranges::equal(row[2].bytes, std::vector<std::uint8_t>{1, 2, 255}));
    EXPECT_EQ(std::string(row[3].bytes.begin(), row[3].bytes.end()), "cé");
  }
}

TEST_F(WalLog, WhatIsNotCommittedDoesNotCount) {
  db_->Run("UPDATE row SET a = 7");
  db_->Run(
      "PRAGMA cache_size = 2; PRAGMA cache_spill = 1; BEGIN; UPDATE row SET a = 8;"
      "CREATE TABLE filler(x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
      " WHERE i < 200) INSERT INTO filler SELECT randomblob(3000) FROM n");
  const std::string spilled = Snapshot();
  EXPECT_EQ(A(spilled), 7);
  db_->Run("COMMIT");
  EXPECT_EQ(A(Snapshot()), 8);
}

TEST_F(WalLog, EndsWhereAChecksumDoes) {
  for (int a = 1; a <= 3; ++a) db_->Run("UPDATE row SET a = " + std::to_string(a));
  const std::string whole = Bytes(Snapshot());
  constexpr std::size_t kFrame = 24 + 4'096;
  ASSERT_EQ((whole.size() - 32) % kFrame, 0u);
  for (std::size_t cut = 0; cut <= whole.size(); cut += 512) {
    std::string torn = whole;
    torn.resize(cut);
    std::ofstream(folder_.File("torn-wal"), std::ios::binary) << torn;
    torn.resize(whole.size(), 'x');
    std::ofstream(folder_.File("filled-wal"), std::ios::binary) << torn;
    // The last three frames are the three updates.
    const std::size_t frames = cut < 32 ? 0 : (cut - 32) / kFrame;
    const std::size_t all = (whole.size() - 32) / kFrame;
    const std::int64_t expected = frames == all       ? 3
                                  : frames == all - 1 ? 2
                                  : frames == all - 2 ? 1
                                                      : -2;
    if (expected > 0) {
      EXPECT_EQ(A(folder_.File("torn-wal")), expected) << cut;
      EXPECT_EQ(A(folder_.File("filled-wal")), expected) << cut;
    } else {
      EXPECT_LE(A(folder_.File("torn-wal")), 0) << cut;
    }
  }
}

TEST_F(WalLog, AfterARestartOnlyItsOwnFramesCount) {
  for (int a = 1; a <= 5; ++a) db_->Run("UPDATE row SET a = " + std::to_string(a));
  db_->Run("PRAGMA wal_checkpoint(RESTART); UPDATE row SET a = 6");
  EXPECT_EQ(A(Snapshot()), 6);
}

TEST_F(WalLog, WhatIsNoLogHasCommittedNothing) {
  EXPECT_FALSE(ReadCommittedPage(folder_.File("none"), root_).any);
  std::ofstream(folder_.File("text")) << std::string(9'000, 'x');
  EXPECT_FALSE(ReadCommittedPage(folder_.File("text"), root_).any);
  EXPECT_FALSE(ReadCommittedPage(path_, root_).any);
  EXPECT_TRUE(OnlyRow({}).empty());
  // No byte of a page makes it read beyond its end.
  const CommittedPage found = Page();
  for (std::size_t at = 0; at < found.page.size(); at += at < 16 || at > 4'060 ? 1 : 97) {
    for (const int bad : {0x00, 0x7f, 0x80, 0xff}) {
      std::vector<std::uint8_t> page = found.page;
      page[at] = static_cast<std::uint8_t>(bad);
      EXPECT_LE(OnlyRow(page).size(), 4'096u);
    }
  }
}

}  // namespace
}  // namespace seathold::testing
