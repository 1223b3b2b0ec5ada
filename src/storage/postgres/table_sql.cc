#include "src/storage/postgres/table_sql.h"

namespace seathold::postgres {
namespace {

std::string Numbered(const char* letter, std::size_t count) {
  std::string names;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) names += ", ";
    names += letter + std::to_string(i);
  }
  return names;
}

// NO KEY: enough against every other writer, and no row is ever referred to.
constexpr const char* kForUpdate = " FOR NO KEY UPDATE OF t";

// In the order of the keys that were asked for, which is everybody's order of locking too.
std::string LoadText(const std::string& table, const ColumnNames& names) {
  return "SELECT " + OfTable(names.all) + " FROM " + Unnested(names.keys.size(), 0, true) +
         " JOIN " + table + " t ON " + KeysEqual(names.keys) + " ORDER BY k.n";
}

std::string PageText(const std::string& table, const ColumnNames& names, bool first) {
  const std::string keys = OfTable(names.keys);
  std::string text = "SELECT " + OfTable(names.all) + " FROM " + table + " t";
  std::size_t next = 1;
  if (!first) {
    text += " WHERE (" + keys + ") > (";
    for (; next <= names.keys.size(); ++next) {
      text += (next > 1 ? ", $" : "$") + std::to_string(next);
    }
    text += ")";
  }
  return text + " ORDER BY " + keys + " LIMIT $" + std::to_string(next);
}

// Sets what may change and nothing else, so that indexes over the rest stay untouched.
std::string UpdateText(const std::string& table, const ColumnNames& names,
                       const char* version_column) {
  if (names.fields.empty()) return "";
  std::string set;
  for (std::size_t i = 0; i < names.fields.size(); ++i) {
    if (i > 0) set += ", ";
    set += '"' + names.fields[i] + "\" = k.b" + std::to_string(i);
  }
  const std::size_t others = names.fields.size() + (version_column == nullptr ? 0 : 1);
  std::string text = "UPDATE " + table + " t SET " + set + " FROM " +
                     Unnested(names.keys.size(), others) + " WHERE " + KeysEqual(names.keys);
  if (version_column != nullptr) {
    text += " AND t.\"" + std::string(version_column) + "\" = k.b" +
            std::to_string(names.fields.size());
  }
  return text;
}

}  // namespace

std::string Unnested(std::size_t keys, std::size_t others, bool numbered) {
  std::string parameters;
  for (std::size_t i = 1; i <= keys + others; ++i) {
    if (i > 1) parameters += ", ";
    parameters += '$' + std::to_string(i);
  }
  const std::string names = Numbered("a", keys) + (others > 0 ? ", " + Numbered("b", others) : "");
  return "unnest(" + parameters + (numbered ? ") WITH ORDINALITY AS k(" : ") AS k(") + names +
         (numbered ? ", n)" : ")");
}

std::string KeysEqual(const std::vector<std::string>& keys) {
  std::string text;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) text += " AND ";
    text += "t.\"" + keys[i] + "\" = k.a" + std::to_string(i);
  }
  return text;
}

std::string OfTable(const std::vector<std::string>& names) {
  return "t." + JoinColumns(names, "", ", t.");
}

TableSql MakeTableSql(std::string_view name, const ColumnNames& names, const char* version_column) {
  const std::string table(name);
  const std::string load = LoadText(table, names);
  std::string parameters;
  for (std::size_t i = 1; i <= names.all.size(); ++i) {
    parameters += (i > 1 ? ", $" : "$") + std::to_string(i);
  }
  return {
      .load = {load, "load_" + table},
      .load_locked = {load + kForUpdate, "load_locked_" + table},
      .insert = {"INSERT INTO " + table + " (" + JoinColumns(names.all, "", ", ") +
                     ") SELECT * FROM unnest(" + parameters + ")",
                 "insert_" + table},
      .update = {UpdateText(table, names, version_column), "update_" + table},
      .remove = {"DELETE FROM " + table + " t USING " + Unnested(names.keys.size(), 0) + " WHERE " +
                     KeysEqual(names.keys),
                 "remove_" + table},
      .first_page = {PageText(table, names, true), "first_page_" + table},
      .next_page = {PageText(table, names, false), "next_page_" + table},
  };
}

}  // namespace seathold::postgres
