// Plain SQLite beside the storage under test, and short ways to write through it.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "seathold/adapter/storage.h"
#include "tests/contract/storage_rows.h"
#include "tests/contract/storage_sale.h"
#include "tests/storage/storage_homes.h"

namespace seathold::testing {

// A connection of another program.
class PlainSql {
 public:
  explicit PlainSql(const std::string& path) {
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
    sqlite3_busy_timeout(db_, 5'000);
  }
  ~PlainSql() { sqlite3_close(db_); }
  PlainSql(const PlainSql&) = delete;
  PlainSql& operator=(const PlainSql&) = delete;

  void Run(const std::string& sql) {
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK)
        << sql << ": " << (error ? error : "");
    sqlite3_free(error);
  }
  // Every value of the answer, row by row, as text.
  std::vector<std::string> Ask(const std::string& sql) {
    std::vector<std::string> values;
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
        << sql << ": " << sqlite3_errmsg(db_);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        values.emplace_back(text == nullptr ? "NULL" : text);
      }
    }
    sqlite3_finalize(statement);
    return values;
  }

 private:
  sqlite3* db_ = nullptr;
};

inline Status ApplyTo(Storage* storage, const ChangeSet& changes, TimeUs mark = {}) {
  auto unit = storage->Begin(Access::kWrite, Soon());
  if (!unit.ok()) return unit.status();
  if (Status status = unit.value()->Apply(changes, mark); !status.ok()) return status;
  return unit.value()->Commit();
}

inline ChangeSet Venue(std::uint64_t id, const std::string& name = "hall") {
  VenueRecord venue;
  venue.venue = {id};
  venue.name = name;
  ChangeSet changes;
  Insert(&changes, venue);
  return changes;
}

// How many of venues 1 .. last are there.
inline std::size_t CountVenues(Storage* storage, std::uint64_t last) {
  KeySet keys;
  for (std::uint64_t id = 1; id <= last; ++id) keys.Add<VenueRecord>({VenueId{id}});
  keys.Seal();
  RecordSet rows;
  auto unit = storage->Begin(Access::kRead, Soon());
  EXPECT_TRUE(unit.ok()) << unit.status().text();
  if (unit.ok()) {
    EXPECT_TRUE(unit.value()->Load(keys, &rows).ok());
  }
  return rows.of<VenueRecord>().rows.size();
}

inline std::string Findings(const AuditReport& report) {
  std::string text;
  for (const auto& finding : report.findings) text += finding.check + ": " + finding.detail + "\n";
  return text;
}

inline std::string Bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace seathold::testing
