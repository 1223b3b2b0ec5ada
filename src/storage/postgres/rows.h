// Rows of any record to and from a connection, in bulk.
#pragma once

#include <algorithm>
#include <compare>
#include <string>
#include <tuple>
#include <vector>

#include "seathold/adapter/storage.h"
#include "src/storage/postgres/connection.h"
#include "src/storage/postgres/row_reader.h"
#include "src/storage/postgres/table_sql.h"

namespace seathold::postgres {

// Why a row could not be read: a value that we would not have written.
Status UnreadRow(const char* table, const PGresult* result, int column);

// Adds at most `rows_max` rows of a result.
template <class R>
Status ReadRows(const PGresult* result, std::size_t rows_max, std::vector<R>* rows) {
  const auto count = std::min(static_cast<std::size_t>(Pq().ntuples(result)), rows_max);
  rows->reserve(rows->size() + count);
  for (std::size_t row = 0; row < count; ++row) {
    RowReader reader(result, static_cast<int>(row));
    R::Columns(rows->emplace_back(), ReadAll{reader});
    if (!reader.ok()) return UnreadRow(R::kTable, result, reader.column());
  }
  return Status();
}

// Keys as parameters: an array a part.
template <class Key>
Params KeyParams(const std::vector<Key>& keys) {
  Params params;
  const auto add = [&]<std::size_t... I>(std::index_sequence<I...>) {
    const auto part = [&]<std::size_t At>() {
      Array array(TypeOf<std::tuple_element_t<At, Key>>());
      for (const Key& key : keys) array.AddKey(std::get<At>(key));
      params.Add(array);
    };
    (part.template operator()<I>(), ...);
  };
  add(std::make_index_sequence<std::tuple_size_v<Key>>());
  return params;
}

// Which of a record's columns a statement takes.
enum class Take { kAll, kKeys, kFields };

// The types of those columns, then their values row by row.
struct ColumnTypes {
  const Take take;
  std::vector<Array>& arrays;
  template <class T>
  void key(const char*, const T&) {
    if (take != Take::kFields) arrays.emplace_back(TypeOf<T>());
  }
  template <class T>
  void fixed(const char*, const T&) {
    if (take == Take::kAll) arrays.emplace_back(TypeOf<T>());
  }
  template <class T>
  void field(const char*, const T&) {
    if (take != Take::kKeys) arrays.emplace_back(TypeOf<T>());
  }
};
struct AddColumns {
  const Take take;
  Array* next;
  template <class T>
  void key(const char*, const T& value) {
    if (take != Take::kFields) (next++)->AddKey(value);
  }
  template <class T>
  void fixed(const char*, const T& value) {
    if (take == Take::kAll) (next++)->Add(value);
  }
  template <class T>
  void field(const char*, const T& value) {
    if (take != Take::kKeys) (next++)->Add(value);
  }
};

template <class R>
void AddColumnsOf(const std::vector<const typename ChangesOf<R>::Change*>& changes, Take take,
                  Params* params) {
  std::vector<Array> arrays;
  const R none{};
  R::Columns(none, ColumnTypes{take, arrays});
  for (const auto* change : changes) R::Columns(change->row, AddColumns{take, arrays.data()});
  for (const Array& array : arrays) params->Add(array);
}

// Statements that were queued, and how many rows each must have written.
struct Expected {
  std::vector<std::size_t> rows;
};

// Queues the changes of one table: at most one statement a kind, removals first, so that what they
// leave free may be taken. Rows go in key order.
template <class R>
class TableWriter {
 public:
  using Change = typename ChangesOf<R>::Change;

  TableWriter(Connection* connection, Expected* expected)
      : connection_(connection), expected_(expected) {}

  Status Queue(const std::vector<Change>& changes) {
    std::vector<const Change*> inserts, updates, removals;
    for (const Change& change : changes) {
      auto& kind = change.kind == ChangeKind::kInsert   ? inserts
                   : change.kind == ChangeKind::kUpdate ? updates
                                                        : removals;
      kind.push_back(&change);
    }
    for (auto* const kind : {&inserts, &updates, &removals}) {
      if (!SortByKey(kind)) {
        // The server would write one of the two, whichever its plan meets first.
        return Status(Code::kInternal, std::string(R::kTable) + ": a key twice");
      }
    }
    if (!updates.empty() && SqlOf<R>().update.text.empty()) {
      return Status(Code::kInternal, std::string(R::kTable) + ": rows never change");
    }
    Put(SqlOf<R>().remove, removals, {Take::kKeys});
    Put(SqlOf<R>().update, updates, {Take::kKeys, Take::kFields});
    Put(SqlOf<R>().insert, inserts, {Take::kAll});
    return Status();
  }

 private:
  // False: a key is there twice.
  static bool SortByKey(std::vector<const Change*>* changes) {
    const auto key = [](const Change* change) { return change->row.key(); };
    if (!std::ranges::is_sorted(*changes, {}, key)) std::ranges::sort(*changes, {}, key);
    return std::ranges::adjacent_find(*changes, {}, key) == changes->end();
  }

  void Put(const Sql& sql, const std::vector<const Change*>& changes,
           std::initializer_list<Take> columns) {
    if (changes.empty()) return;
    Params params;
    for (const Take take : columns) AddColumnsOf<R>(changes, take, &params);
    if constexpr (Versioned<R>) {
      if (&sql == &SqlOf<R>().update) {
        Array seen(Type::kInt8);
        for (const Change* change : changes) seen.Add(change->version_seen);
        params.Add(seen);
      }
    }
    connection_->Queue(sql, params);
    expected_->rows.push_back(changes.size());
  }

  Connection* const connection_;
  Expected* const expected_;
};

// The rows that a statement wrote.
std::size_t RowsWritten(PGresult* result);

// Queues a bounded read of a named index. REQUIRES: scan.rows_max > 0.
Status QueueScan(Connection* connection, const ScanSpec& scan);
// Adds its rows.
Status ReadScan(const PGresult* result, const ScanSpec& scan, RecordSet* into, bool* more);

}  // namespace seathold::postgres
