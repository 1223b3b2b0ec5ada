// The statements of one table, made once from the record's column list. Names come from the records
// only; every value is a parameter. A statement does many rows: its parameters are arrays, one a
// column, that `unnest` lays side by side.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/storage/columns.h"
#include "src/storage/postgres/connection.h"

namespace seathold::postgres {

// What keeps a row as it was read until the unit ends.
//   kNothing       it never changes
//   kPerformance   the row of its performance in performance_state is locked
//   kItself        it is locked
enum class Guard { kNothing, kPerformance, kItself };

template <class R>
Guard GuardOf() {
  static const Guard guard = [] {
    const ColumnNames names = ColumnsOf<R>();
    if (names.keys[0] == "performance") {
      const bool changes =
          !names.fields.empty() || std::is_same_v<R, FeedRecord> || std::is_same_v<R, BlockRecord>;
      return changes ? Guard::kPerformance : Guard::kNothing;
    }
    return names.fields.empty() ? Guard::kNothing : Guard::kItself;
  }();
  return guard;
}

// `k(a0, a1, b0)`: the rows of unnest, a for keys, b for the rest; `numbered`: n counts them.
std::string Unnested(std::size_t keys, std::size_t others, bool numbered = false);
// `t."performance" = k.a0 AND t."ordinal" = k.a1`
std::string KeysEqual(const std::vector<std::string>& keys);
// `t."a", t."b"`
std::string OfTable(const std::vector<std::string>& names);

struct TableSql {
  Sql load, load_locked, insert, update, remove;
  // A page in the order of the key: the first, or behind the key in the first parameters. The last
  // parameter is its size.
  Sql first_page, next_page;
};
TableSql MakeTableSql(std::string_view table, const ColumnNames& names, const char* version_column);

template <class R>
const TableSql& SqlOf() {
  static const TableSql sql = [] {
    const char* version = nullptr;
    if constexpr (Versioned<R>) version = R::kVersionColumn;
    return MakeTableSql(R::kTable, ColumnsOf<R>(), version);
  }();
  return sql;
}

}  // namespace seathold::postgres
