// The statements of one table, made once from the record's column list. Names come from the records
// only; every value is bound.
#pragma once

#include <string>
#include <vector>

#include "seathold/adapter/records.h"
#include "src/storage/columns.h"
#include "src/storage/sqlite/bound_rows.h"
#include "src/storage/sqlite/values.h"

namespace seathold::sqlite {

template <class R>
std::string SelectSql() {
  return "SELECT " + JoinColumns(ColumnsOf<R>().all, "", ", ") + " FROM " + R::kTable;
}
// CROSS: the keys first, whatever the planner thinks of their number.
template <class R>
std::string LoadSql() {
  std::string sql = "SELECT " + JoinColumns(ColumnsOf<R>().all, "", ", ") +
                    " FROM bound_rows(?) CROSS JOIN " + R::kTable;
  int part = 0;
  for (const std::string& key : ColumnsOf<R>().keys) {
    sql += (part == 0 ? " WHERE " : " AND ") + JoinColumns({key}, "", "") + " = c" +
           std::to_string(part);
    ++part;
  }
  return sql;
}
// A page in the order of the key: the first, or behind the key that is bound. The last parameter is
// its size.
template <class R>
std::string PageSql(bool first) {
  const std::string keys = JoinColumns(ColumnsOf<R>().keys, "", ", ");
  std::string marks;
  for (std::size_t i = 0; i < ColumnsOf<R>().keys.size(); ++i) marks += i == 0 ? "?" : ", ?";
  return SelectSql<R>() + (first ? "" : " WHERE (" + keys + ") > (" + marks + ")") + " ORDER BY " +
         keys + " LIMIT ?";
}
// OR FAIL, here and below: whoever meets an error undoes the whole transaction, so that SQLite need
// not keep what one statement would be undone by.
template <class R>
std::string InsertSql() {
  const ColumnNames names = ColumnsOf<R>();
  return std::string("INSERT OR FAIL INTO ") + R::kTable + " (" + JoinColumns(names.all, "", ", ") +
         ") SELECT " + BoundColumns(names.all.size()) + " FROM bound_rows(?)";
}
// Sets what may change and nothing else, so that indexes over the rest stay untouched. Empty for a
// table whose rows never change.
template <class R>
std::string UpdateSql() {
  const ColumnNames names = ColumnsOf<R>();
  if (names.fields.empty()) return "";
  std::string sql = std::string("UPDATE OR FAIL ") + R::kTable + " SET " +
                    JoinColumns(names.fields, " = ?", ", ") + " WHERE " +
                    JoinColumns(names.keys, " = ?", " AND ");
  if constexpr (Versioned<R>) sql += std::string(" AND ") + R::kVersionColumn + " = ?";
  return sql;
}
template <class R>
std::string RemoveSql() {
  return std::string("DELETE FROM ") + R::kTable + " WHERE " +
         JoinColumns(ColumnsOf<R>().keys, " = ?", " AND ");
}

// Visitors over a record's columns. -------------------------------------------------------------

// Gives one column to a statement that reads from bound_rows.
struct GiveColumn {
  const ColumnGiver& to;
  int left;  // columns before it
  template <class T>
  void key(const char*, const T& value) {
    if (left-- == 0) to.GiveKey(value);
  }
  template <class T>
  void fixed(const char*, const T& value) {
    if (left-- == 0) to.Give(value);
  }
  template <class T>
  void field(const char*, const T& value) {
    if (left-- == 0) to.Give(value);
  }
};
struct BindFields {
  Binder& to;
  template <class T>
  void key(const char*, const T&) {}
  template <class T>
  void fixed(const char*, const T&) {}
  template <class T>
  void field(const char*, const T& value) {
    to.Bind(value);
  }
};
struct BindKeys {
  Binder& to;
  template <class T>
  void key(const char*, const T& value) {
    to.BindKey(value);
  }
  template <class T>
  void fixed(const char*, const T&) {}
  template <class T>
  void field(const char*, const T&) {}
};

}  // namespace seathold::sqlite
