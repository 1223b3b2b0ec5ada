#include "src/storage/sqlite/rows.h"

#include <stdlib.h>

namespace seathold::sqlite {
namespace {

using CompareFn = int (*)(const void*, const void*);

int CompareThrough(const void* left, const void* right, void* compare) {
  return (*static_cast<CompareFn*>(compare))(*static_cast<const void* const*>(left),
                                             *static_cast<const void* const*>(right));
}

}  // namespace

void SortPointers(const void** first, std::size_t count, CompareFn compare) {
  std::size_t sorted = count < 2 ? count : 1;
  while (sorted < count && compare(first[sorted - 1], first[sorted]) <= 0) ++sorted;
  if (sorted < count) qsort_r(first, count, sizeof *first, &CompareThrough, &compare);
}

Status UnreadRow(const char* table, sqlite3_stmt* row, int column) {
  if (const int code = ColumnsRead(row); code != SQLITE_OK) {
    return MapError(code, Phase::kWork, table);
  }
  return Status(Code::kStorageCorrupt, std::string("table ") + table + ", column " +
                                           sqlite3_column_name(row, column) +
                                           ": not a value of ours");
}

Status RunOver(Connection* connection, const char* table, const std::string& sql,
               const RowSource& rows) {
  int code = SQLITE_OK;
  sqlite3_stmt* statement = connection->Prepared(sql, &code);
  if (statement == nullptr) return MapError(code, Phase::kWork, table);
  const ScopedReset reset(statement);
  code = BindRows(statement, rows);
  if (code == SQLITE_OK) code = sqlite3_step(statement);
  return code == SQLITE_DONE ? Status() : MapError(code, Phase::kWork, table);
}

Binder* RowStatement::Next(Status* status) {
  if (statement_ == nullptr) {
    if (sql_.empty()) {
      *status = Status(Code::kInternal, std::string(table_) + ": rows never change");
      return nullptr;
    }
    int code = SQLITE_OK;
    statement_ = connection_->Prepared(sql_, &code);
    if (statement_ == nullptr) {
      *status = MapError(code, Phase::kWork, table_);
      return nullptr;
    }
    binder_ = Binder(statement_);
  }
  binder_.Restart();
  return &binder_;
}

Status RowStatement::Step() {
  const int code = binder_.code() == SQLITE_OK ? sqlite3_step(statement_) : binder_.code();
  // The answer of reset repeats the error of the step.
  sqlite3_reset(statement_);
  if (code != SQLITE_DONE) return MapError(code, Phase::kWork, table_);
  return sqlite3_changes(connection_->handle()) == 1 ? Status() : Status(Code::kAborted);
}

}  // namespace seathold::sqlite
