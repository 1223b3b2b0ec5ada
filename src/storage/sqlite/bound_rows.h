// Rows in memory as a table, so that one statement reads the records of many keys, or inserts many
// records. Its cursors stay open from row to row; a statement a row spends a large part of its time
// on opening them.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <string>

namespace seathold::sqlite {

// The columns c0, c1, .. of `bound_rows(?)`; no record has more.
inline constexpr int kBoundColumnsMax = 20;

// What stands in it. Must outlive the statement's steps.
class RowSource {
 public:
  virtual std::size_t size() const = 0;
  virtual void Give(sqlite3_context* to, std::size_t row, int column) const = 0;

 protected:
  ~RowSource() = default;
};

// Makes `bound_rows(?)` known to a connection.
int AddBoundRows(sqlite3* db);
// Binds its rows to the first parameter of a statement that reads from it.
int BindRows(sqlite3_stmt* statement, const RowSource& rows);
// "c0, c1, c2"
std::string BoundColumns(std::size_t n);

}  // namespace seathold::sqlite
