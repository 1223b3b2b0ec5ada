// What single parts of the library do without memory, each at all of its points.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <thread>

#include "seathold/adapter/entropy.h"
#include "src/storage/sqlite/is_list.h"
#include "src/storage/sqlite/pool.h"
#include "src/util/bytes.h"
#include "src/util/digest.h"
#include "tests/engine/hall.h"
#include "tests/oom/short_memory.h"

namespace seathold::testing {
namespace {

// Its own thread: what is made once for each must not be made with memory either.
TEST(ShortMemoryParts, RandomBytesNeedNone) {
  if (!CanFailAllocations()) GTEST_SKIP() << "the heap is a sanitizer's";
  const auto entropy = NewSystemEntropy();
  std::array<std::uint8_t, 300> bytes{}, zeros{};
  std::thread([&] {
    FailAllocations(1, true);
    entropy->Fill(bytes);
    StopFailing();
  }).join();
  EXPECT_NE(bytes, zeros);
  EXPECT_FALSE(std::equal(bytes.end() - 16, bytes.end(), zeros.begin()));
}

TEST(ShortMemoryParts, DigestsNeedNone) {
  if (!CanFailAllocations()) GTEST_SKIP() << "the heap is a sanitizer's";
  const auto expected = Sha256(BytesOf(std::string_view("ann@example.org")));
  const auto another = Sha256(BytesOf(std::string_view("bob@example.org")));
  FailAllocations(1, true);
  const auto digest = Sha256(BytesOf(std::string_view("ann@example.org")));
  StopFailing();
  EXPECT_EQ(digest, expected);
  EXPECT_NE(digest, another);
}

// SQLITE_ROW and the number of lists in it, or an error.
int CountLists(sqlite3* db, std::int64_t* lists) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(db, "SELECT count(*) FROM texts WHERE is_list(text)", -1,
                                &statement, nullptr);
  if (code == SQLITE_OK) code = sqlite3_step(statement);
  if (code == SQLITE_ROW) *lists = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return code;
}

TEST(ShortMemoryParts, AListIsNeverTakenForNone) {
  if (!CanFailAllocations()) GTEST_SKIP() << "the heap is a sanitizer's";
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &db), SQLITE_OK);
  sqlite3_db_config(db, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 0, 0);  // a block that cannot fail
  ASSERT_EQ(sqlite::AddIsList(db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db,
                         "CREATE TABLE texts(text TEXT);"
                         "INSERT INTO texts VALUES('[]'), ('[12,13]'), ('[[1,0,4500],[2,0,4500]]'),"
                         "('[[\"000102030405060708090a0b0c0d0e0f\",1,9000]]'),"
                         "('[[1,0,4500'), ('[1, 2]'), (''), (NULL)",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  int failed = 0;
  for (std::size_t at = 1;; ++at) {
    std::int64_t lists = 0;
    FailAllocations(at, false);
    const int code = CountLists(db, &lists);
    const bool reached = StopFailing() >= at;
    ASSERT_TRUE(code == SQLITE_NOMEM || (code == SQLITE_ROW && lists == 4))
        << "at " << at << ": " << code << ", " << lists;
    failed += code == SQLITE_NOMEM;
    if (!reached) break;
  }
  EXPECT_GT(failed, 10);
  sqlite3_close(db);
}

// As an exception in the middle of a verification leaves it.
TEST(ShortMemoryParts, AReaderComesBackWithoutItsTransaction) {
  const HallFolder folder;
  const std::string path = folder.File("any.db");
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  sqlite3_exec(db, "CREATE TABLE t(x)", nullptr, nullptr, nullptr);
  sqlite3_close(db);
  sqlite::ConnectionPool pool;
  pool.Start([&](Deadline deadline) { return sqlite::DbConnection::Open(path, "", deadline); },
             nullptr);
  std::unique_ptr<sqlite::DbConnection> reader;
  ASSERT_TRUE(pool.Take(Access::kRead, Deadline{0}, &reader).ok());
  ASSERT_EQ(reader->Exec("BEGIN; CREATE TEMP TABLE u(x)"), SQLITE_OK);
  pool.Give(Access::kRead, std::move(reader));
  ASSERT_TRUE(pool.Take(Access::kRead, Deadline{0}, &reader).ok());
  EXPECT_EQ(reader->Exec("BEGIN; COMMIT"), SQLITE_OK);
}

}  // namespace
}  // namespace seathold::testing
