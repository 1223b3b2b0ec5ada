#include "src/storage/sqlite/bound_rows.h"

#include <new>

namespace seathold::sqlite {
namespace {

// Which pointers are ours: SQLite hands none over to a table that asks for another name.
constexpr const char* kPointerName = "seathold rows";
constexpr int kSourceColumn = kBoundColumnsMax;

struct Cursor : sqlite3_vtab_cursor {
  const RowSource* rows = nullptr;
  std::size_t at = 0;
};

const std::string kTable = "CREATE TABLE x(" + BoundColumns(kBoundColumnsMax) + ", source HIDDEN)";

int Connect(sqlite3* db, void*, int, const char* const*, sqlite3_vtab** out, char**) {
  const int code = sqlite3_declare_vtab(db, kTable.c_str());
  if (code != SQLITE_OK) return code;
  *out = new (std::nothrow) sqlite3_vtab{};
  return *out == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}
int Disconnect(sqlite3_vtab* table) {
  delete table;
  return SQLITE_OK;
}

int BestIndex(sqlite3_vtab*, sqlite3_index_info* info) {
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.iColumn != kSourceColumn || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ)
      continue;
    if (constraint.usable == 0) return SQLITE_CONSTRAINT;
    info->aConstraintUsage[i].argvIndex = 1;
    info->aConstraintUsage[i].omit = 1;
    info->estimatedCost = 1;
    info->estimatedRows = 100;
    return SQLITE_OK;
  }
  return SQLITE_CONSTRAINT;  // rows from nowhere
}

int Open(sqlite3_vtab*, sqlite3_vtab_cursor** out) {
  *out = new (std::nothrow) Cursor;
  return *out == nullptr ? SQLITE_NOMEM : SQLITE_OK;
}
int Close(sqlite3_vtab_cursor* cursor) {
  delete static_cast<Cursor*>(cursor);
  return SQLITE_OK;
}
int Filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value** values) {
  auto* self = static_cast<Cursor*>(cursor);
  self->rows = static_cast<const RowSource*>(sqlite3_value_pointer(values[0], kPointerName));
  self->at = 0;
  return SQLITE_OK;
}
int Next(sqlite3_vtab_cursor* cursor) {
  ++static_cast<Cursor*>(cursor)->at;
  return SQLITE_OK;
}
int Eof(sqlite3_vtab_cursor* cursor) {
  const auto* self = static_cast<Cursor*>(cursor);
  return self->rows == nullptr || self->at >= self->rows->size();
}
int Column(sqlite3_vtab_cursor* cursor, sqlite3_context* to, int column) {
  const auto* self = static_cast<Cursor*>(cursor);
  try {
    if (column < kSourceColumn) self->rows->Give(to, self->at, column);
    return SQLITE_OK;
  } catch (const std::bad_alloc&) {  // nothing may be thrown through SQLite
    return SQLITE_NOMEM;
  }
}
int Rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* row) {
  *row = static_cast<sqlite3_int64>(static_cast<Cursor*>(cursor)->at);
  return SQLITE_OK;
}

// Without xCreate: it is there by its name alone, and leaves nothing in the schema.
constexpr sqlite3_module kModule = [] {
  sqlite3_module module{};
  module.xConnect = &Connect;
  module.xBestIndex = &BestIndex;
  module.xDisconnect = &Disconnect;
  module.xOpen = &Open;
  module.xClose = &Close;
  module.xFilter = &Filter;
  module.xNext = &Next;
  module.xEof = &Eof;
  module.xColumn = &Column;
  module.xRowid = &Rowid;
  return module;
}();

}  // namespace

int AddBoundRows(sqlite3* db) {
  return sqlite3_create_module_v2(db, "bound_rows", &kModule, nullptr, nullptr);
}

int BindRows(sqlite3_stmt* statement, const RowSource& rows) {
  return sqlite3_bind_pointer(statement, 1, const_cast<RowSource*>(&rows), kPointerName, nullptr);
}

std::string BoundColumns(std::size_t n) {
  std::string names;
  for (std::size_t i = 0; i < n; ++i) names += (i == 0 ? "c" : ", c") + std::to_string(i);
  return names;
}

}  // namespace seathold::sqlite
