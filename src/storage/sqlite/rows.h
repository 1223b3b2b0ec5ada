// Rows of any record to and from a connection, in bulk. Statuses are those of Phase::kWork.
#pragma once

#include <compare>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "seathold/adapter/storage.h"
#include "src/sqlite/connection.h"
#include "src/storage/sqlite/bound_rows.h"
#include "src/storage/sqlite/table_sql.h"

namespace seathold::sqlite {

template <class R>
struct TableSql {
  const std::string load = LoadSql<R>(), insert = InsertSql<R>(), update = UpdateSql<R>(),
                    remove = RemoveSql<R>(), first_page = PageSql<R>(true),
                    next_page = PageSql<R>(false);
};
template <class R>
const TableSql<R>& SqlOf() {
  static const TableSql<R> sql;
  return sql;
}

// Why a row could not be read: a value that we would not have written, or no memory for it.
Status UnreadRow(const char* table, sqlite3_stmt* row, int column);

// The row that `statement` stands on.
template <class R>
Status ReadRow(sqlite3_stmt* statement, R* row) {
  ColumnReader reader(statement);
  R::Columns(*row, ReadAll{reader});
  if (reader.ok()) return Status();
  return UnreadRow(R::kTable, statement, reader.column());
}

// Keys as rows: a column a part.
template <class Key>
class KeyRows final : public RowSource {
 public:
  explicit KeyRows(const std::vector<Key>& keys) : keys_(keys) {}

  std::size_t size() const override { return keys_.size(); }
  void Give(sqlite3_context* to, std::size_t row, int column) const override {
    const ColumnGiver giver(to);
    std::apply(
        [&](const auto&... parts) {
          int at = 0;
          ((at++ == column ? giver.GiveKey(parts) : void()), ...);
        },
        keys_[row]);
  }

 private:
  const std::vector<Key>& keys_;
};

// Adds the rows of these keys that exist.
template <class R>
Status LoadRows(Connection* connection, const std::vector<typename R::Key>& keys,
                std::vector<R>* rows) {
  if (keys.empty()) return Status();
  int code = SQLITE_OK;
  sqlite3_stmt* statement = connection->Prepared(SqlOf<R>().load, &code);
  if (statement == nullptr) return MapError(code, Phase::kWork, R::kTable);
  const KeyRows<typename R::Key> source(keys);
  const ScopedReset reset(statement);
  code = BindRows(statement, source);
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = sqlite3_step(statement);
    if (code != SQLITE_ROW) break;
    if (Status status = ReadRow(statement, &rows->emplace_back()); !status.ok()) return status;
  }
  return code == SQLITE_DONE ? Status() : MapError(code, Phase::kWork, R::kTable);
}

// Adds at most `rows_max` rows of a statement that is bound.
template <class R>
Status CollectRows(sqlite3_stmt* statement, std::uint32_t rows_max, std::vector<R>* rows,
                   bool* more) {
  *more = false;
  for (std::uint32_t taken = 0;; ++taken) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return Status();
    if (code != SQLITE_ROW) return MapError(code, Phase::kWork, R::kTable);
    if (taken == rows_max) {
      *more = true;
      return Status();
    }
    if (Status status = ReadRow(statement, &rows->emplace_back()); !status.ok()) return status;
  }
}

// Adds at most `rows_max` rows behind the row `after`; nullptr = the first.
template <class R>
Status PageRows(Connection* connection, const R* after, std::uint32_t rows_max,
                std::vector<R>* rows) {
  int code = SQLITE_OK;
  const TableSql<R>& sql = SqlOf<R>();
  sqlite3_stmt* statement = connection->Prepared(after ? sql.next_page : sql.first_page, &code);
  if (statement == nullptr) return MapError(code, Phase::kWork, R::kTable);
  const ScopedReset reset(statement);
  Binder binder(statement);
  if (after != nullptr) R::Columns(*after, BindKeys{binder});
  binder.Bind(rows_max);
  if (binder.code() != SQLITE_OK) return MapError(binder.code(), Phase::kWork, R::kTable);
  bool more = false;
  return CollectRows<R>(statement, rows_max, rows, &more);
}

// One writing statement of a table, kept ready from row to row.
class RowStatement {
 public:
  RowStatement(Connection* connection, const char* table, const std::string& sql)
      : connection_(connection), table_(table), sql_(sql) {}

  // nullptr and *status when it cannot be prepared; else ready for the values of the next row.
  Binder* Next(Status* status);
  // Writes the row that was bound; kAborted when there was no such row.
  Status Step();

 private:
  Connection* const connection_;
  const char* const table_;
  const std::string& sql_;
  sqlite3_stmt* statement_ = nullptr;
  Binder binder_{nullptr};
};

// Sorts pointers by a comparison of the C kind. Not std::sort: one copy of it a table is a large
// part of the library's compile time.
void SortPointers(const void** first, std::size_t count, int (*compare)(const void*, const void*));

// Records as rows, out of changes.
template <class R>
class ChangeRows final : public RowSource {
 public:
  explicit ChangeRows(std::span<const void* const> changes) : changes_(changes) {}

  std::size_t size() const override { return changes_.size(); }
  void Give(sqlite3_context* to, std::size_t row, int column) const override {
    const auto& change = *static_cast<const typename ChangesOf<R>::Change*>(changes_[row]);
    const ColumnGiver giver(to);
    R::Columns(change.row, GiveColumn{giver, column});
  }

 private:
  const std::span<const void* const> changes_;
};

// Runs a statement that reads `rows` and answers nothing.
Status RunOver(Connection* connection, const char* table, const std::string& sql,
               const RowSource& rows);

template <class R>
Status InsertRows(Connection* connection, std::span<const void* const> changes) {
  return RunOver(connection, R::kTable, SqlOf<R>().insert, ChangeRows<R>(changes));
}

// Writes the changes of one table. Not for two changes of one key.
template <class R>
class RowWriter {
 public:
  using Change = typename ChangesOf<R>::Change;

  explicit RowWriter(Connection* connection)
      : connection_(connection),
        update_(connection, R::kTable, SqlOf<R>().update),
        remove_(connection, R::kTable, SqlOf<R>().remove) {}

  Status Write(const std::vector<Change>& changes) {
    std::vector<const void*> order;
    order.reserve(changes.size());
    for (const Change& change : changes) order.push_back(&change);
    SortPointers(order.data(), order.size(), &Compare);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto& change = *static_cast<const Change*>(order[i]);
      if (change.kind == ChangeKind::kInsert)
        return InsertRows<R>(connection_, {&order[i], order.size() - i});
      if (Status status = WriteOne(change); !status.ok()) return status;
    }
    return Status();
  }

 private:
  // By key, so that neighbours on disk are written one after the other; removals first, so that
  // what they leave free may be taken; inserts last, all in one statement.
  static int Compare(const void* left, const void* right) {
    const auto& a = *static_cast<const Change*>(left);
    const auto& b = *static_cast<const Change*>(right);
    if (Turn(a.kind) != Turn(b.kind)) return Turn(a.kind) - Turn(b.kind);
    const auto order = a.row.key() <=> b.row.key();
    return order < 0 ? -1 : order > 0;
  }

  static int Turn(ChangeKind kind) {
    return kind == ChangeKind::kRemove ? 0 : kind == ChangeKind::kUpdate ? 1 : 2;
  }

  Status WriteOne(const Change& change) {
    Status status;
    RowStatement& statement = change.kind == ChangeKind::kUpdate ? update_ : remove_;
    Binder* binder = statement.Next(&status);
    if (binder == nullptr) return status;
    if (change.kind == ChangeKind::kUpdate) R::Columns(change.row, BindFields{*binder});
    R::Columns(change.row, BindKeys{*binder});
    if constexpr (Versioned<R>) {
      if (change.kind == ChangeKind::kUpdate) binder->Bind(change.version_seen);
    }
    return statement.Step();
  }

  Connection* const connection_;
  RowStatement update_, remove_;
};

// A bounded read of a named index. REQUIRES: scan.rows_max > 0.
Status ScanRows(Connection* connection, const ScanSpec& scan, RecordSet* into, bool* more);

}  // namespace seathold::sqlite
