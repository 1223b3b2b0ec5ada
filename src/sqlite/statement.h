// What everybody who reads rows from SQLite needs.
#pragma once

#include <sqlite3.h>

#include <memory>

namespace seathold::sqlite {

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using StatementPtr = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// Resets a statement when it goes out of scope, so that no read transaction lingers.
class ScopedReset {
 public:
  explicit ScopedReset(sqlite3_stmt* statement) : statement_(statement) {}
  ~ScopedReset() { sqlite3_reset(statement_); }
  ScopedReset(const ScopedReset&) = delete;
  ScopedReset& operator=(const ScopedReset&) = delete;

 private:
  sqlite3_stmt* const statement_;
};

// Of the columns of a row that were read: SQLITE_OK, or SQLITE_NOMEM when a text that is there came
// out as NULL.
inline int ColumnsRead(sqlite3_stmt* row) {
  return sqlite3_errcode(sqlite3_db_handle(row)) == SQLITE_NOMEM ? SQLITE_NOMEM : SQLITE_OK;
}

}  // namespace seathold::sqlite
