// A database moves to the server and back, and is the same.
#include <filesystem>

#include "seathold/copy.h"
#include "tests/postgres/postgres_test.h"

namespace seathold::testing {
namespace {

class PostgresCopy : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    std::string name = (std::filesystem::temp_directory_path() / "seathold-copy-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    PostgresTest::TearDown();
    std::filesystem::remove_all(folder_);
  }
  std::string File(const char* name) const { return (folder_ / name).string(); }

  std::vector<std::string> AllIn(const std::string& path) {
    const auto storage = NewSqliteStorage({.path = path, .vfs = ""});
    EXPECT_TRUE(storage->Open({.create = false, .read_only = true}).ok());
    auto unit = storage->Begin(Access::kRead, Soon());
    std::vector<std::string> rows;
    RecordSet page;
    for (std::size_t before = 1; before != rows.size();) {
      before = rows.size();
      EXPECT_TRUE((*unit)->Page(3, &page).ok());
      page.ForEach([&]<class R>(const RowsOf<R>& slot) {
        for (const R& row : slot.rows) rows.push_back(R::kTable + ShowRow(row));
      });
    }
    return rows;
  }

  std::filesystem::path folder_;
};

TEST_F(PostgresCopy, ToTheServerAndBackIsTheSame) {
  {
    const auto first = NewSqliteStorage({.path = File("a.db"), .vfs = ""});
    ASSERT_TRUE(first->Open({}).ok());
    ASSERT_TRUE(Write(first.get(), SampleSale().Changes()).ok());
  }
  CopyRequest there{.from = "sqlite:" + File("a.db"), .to = home_->uri()};
  const auto moved = CopyDatabase(there);
  ASSERT_TRUE(moved.ok()) << moved.status().text();
  EXPECT_TRUE(moved->audit.clean());
  EXPECT_EQ(CopyDatabase(there).code(), Code::kAlreadyExists);
  CopyRequest back{.from = home_->uri(), .to = "sqlite:" + File("b.db")};
  const auto returned = CopyDatabase(back);
  ASSERT_TRUE(returned.ok()) << returned.status().text();
  EXPECT_EQ(returned->rows, moved->rows);
  const std::vector<std::string> rows = AllIn(File("a.db"));
  EXPECT_EQ(rows.size(), moved->rows);
  EXPECT_EQ(AllIn(File("b.db")), rows);
}

}  // namespace
}  // namespace seathold::testing
