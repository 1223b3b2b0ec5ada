// Rows of any record to and from a connection, in bulk. Statuses are those of Phase::kWork.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "seathold/storage.h"
#include "src/storage/sqlite/connection.h"
#include "src/storage/sqlite/table_sql.h"

namespace seathold::sqlite {

template <class R>
struct TableSql {
  const std::string load = LoadSql<R>(), insert = InsertSql<R>(), update = UpdateSql<R>(),
                    remove = RemoveSql<R>();
};
template <class R>
const TableSql<R>& SqlOf() {
  static const TableSql<R> sql;
  return sql;
}

Status DamagedRow(const char* table, const char* column);

// The row that `statement` stands on.
template <class R>
Status ReadRow(sqlite3_stmt* statement, R* row) {
  ColumnReader reader(statement);
  R::Columns(*row, ReadAll{reader});
  if (reader.ok()) return Status();
  return DamagedRow(R::kTable, sqlite3_column_name(statement, reader.column()));
}

template <class Tuple>
void BindKeyTuple(const Tuple& key, Binder* binder) {
  std::apply([&](const auto&... part) { (binder->BindKey(part), ...); }, key);
}

// Adds the rows of these keys that exist.
template <class R>
Status LoadRows(Connection* connection, const std::vector<typename R::Key>& keys,
                std::vector<R>* rows) {
  if (keys.empty()) return Status();
  int code = SQLITE_OK;
  sqlite3_stmt* statement = connection->Prepared(SqlOf<R>().load, &code);
  if (statement == nullptr) return MapError(code, Phase::kWork, R::kTable);
  const ScopedReset reset(statement);
  Binder binder(statement);
  for (const auto& key : keys) {
    binder.Restart();
    BindKeyTuple(key, &binder);
    code = binder.code() == SQLITE_OK ? sqlite3_step(statement) : binder.code();
    if (code == SQLITE_ROW) {
      if (Status status = ReadRow(statement, &rows->emplace_back()); !status.ok()) return status;
    } else if (code != SQLITE_DONE) {
      return MapError(code, Phase::kWork, R::kTable);
    }
    sqlite3_reset(statement);
  }
  return Status();
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

// Writes the changes of one table. Not for two threads, nor for two changes of one key.
template <class R>
class RowWriter {
 public:
  using Change = typename ChangesOf<R>::Change;

  explicit RowWriter(Connection* connection) : connection_(connection) {}

  Status Write(const std::vector<Change>& changes) {
    for (const Change* change : InOrder(changes)) {
      if (Status status = WriteOne(*change); !status.ok()) return status;
    }
    return Status();
  }

 private:
  struct Prepared {
    sqlite3_stmt* statement = nullptr;
    Binder binder{nullptr};
  };

  // By key, so that neighbours on disk are written one after the other; removals first, so that
  // what they leave free may be taken.
  static std::vector<const Change*> InOrder(const std::vector<Change>& changes) {
    std::vector<const Change*> order;
    order.reserve(changes.size());
    for (const Change& change : changes) order.push_back(&change);
    const auto before = [](const Change* a, const Change* b) {
      const bool a_late = a->kind != ChangeKind::kRemove, b_late = b->kind != ChangeKind::kRemove;
      return a_late != b_late ? b_late : a->row.key() < b->row.key();
    };
    if (!std::ranges::is_sorted(order, before)) std::ranges::sort(order, before);
    return order;
  }

  Status WriteOne(const Change& change) {
    switch (change.kind) {
      case ChangeKind::kInsert:
        return Step(SqlOf<R>().insert, &insert_,
                    [&](Binder& to) { R::Columns(change.row, BindAll{to}); });
      case ChangeKind::kUpdate:
        return Step(SqlOf<R>().update, &update_, [&](Binder& to) {
          R::Columns(change.row, BindFields{to});
          R::Columns(change.row, BindKeys{to});
          if constexpr (Versioned<R>) to.Bind(change.version_seen);
        });
      case ChangeKind::kRemove:
        return Step(SqlOf<R>().remove, &remove_,
                    [&](Binder& to) { R::Columns(change.row, BindKeys{to}); });
    }
    return Status(Code::kInternal);
  }

  template <class Bind>
  Status Step(const std::string& sql, Prepared* prepared, const Bind& bind) {
    int code = SQLITE_OK;
    if (prepared->statement == nullptr) {
      if (sql.empty())
        return Status(Code::kInternal, std::string(R::kTable) + ": rows never change");
      prepared->statement = connection_->Prepared(sql, &code);
      if (prepared->statement == nullptr) return MapError(code, Phase::kWork, R::kTable);
      prepared->binder = Binder(prepared->statement);
    }
    Binder& binder = prepared->binder;
    binder.Restart();
    bind(binder);
    code = binder.code() == SQLITE_OK ? sqlite3_step(prepared->statement) : binder.code();
    // The answer of reset repeats the error of the step.
    sqlite3_reset(prepared->statement);
    if (code != SQLITE_DONE) return MapError(code, Phase::kWork, R::kTable);
    return sqlite3_changes(connection_->handle()) == 1 ? Status() : Status(Code::kAborted);
  }

  Connection* const connection_;
  Prepared insert_, update_, remove_;
};

// A bounded read of a named index. REQUIRES: scan.rows_max > 0.
Status ScanRows(Connection* connection, const ScanSpec& scan, RecordSet* into, bool* more);

}  // namespace seathold::sqlite
