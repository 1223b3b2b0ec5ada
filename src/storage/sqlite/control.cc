#include "src/storage/sqlite/control.h"

#include <cstring>
#include <string>

#include "src/sqlite/connection.h"
#include "src/storage/sqlite/schema.h"

namespace seathold::sqlite {
namespace {

const std::string kReadControlSql =
    "SELECT mode, schema_version, oldest_writer, time_mark_us, commits, writer, wal, settled "
    "FROM control WHERE id = 1";
const std::string kWriteControlSql =
    "UPDATE control SET time_mark_us = max(time_mark_us, ?), commits = commits + 1, writer = ?, "
    "wal = max(wal, ?) WHERE id = 1";
const std::string kReadIdentitySql =
    "SELECT lower(hex(pair)), created_by, commits FROM control WHERE id = 1";

const std::string kWriteNoteSql =
    "UPDATE control SET mode = iif(?, 'journal', 'shared'), settled = ? WHERE id = 1";

std::string TextAt(sqlite3_stmt* row, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  return text == nullptr ? "" : text;
}

const std::string kResetControlSql =
    "UPDATE control SET time_mark_us = ?, commits = commits + 1, writer = ?, wal = max(wal, ?) "
    "WHERE id = 1";

int Write(Connection* connection, const std::string& sql, TimeUs mark, std::uint64_t writer,
          int wal) {
  return connection->Run(sql, {mark.value, static_cast<std::int64_t>(writer), wal});
}

}  // namespace

int ReadControl(Connection* connection, Control* control) {
  int code = SQLITE_OK;
  sqlite3_stmt* read = connection->Prepared(kReadControlSql, &code);
  if (read == nullptr) return code;
  const ScopedReset reset(read);
  code = sqlite3_step(read);
  if (code == SQLITE_DONE) return SQLITE_CORRUPT;
  if (code != SQLITE_ROW) return code;
  const auto* mode = reinterpret_cast<const char*>(sqlite3_column_text(read, 0));
  if (mode == nullptr && ColumnsRead(read) != SQLITE_OK) return SQLITE_NOMEM;
  control->shared = mode != nullptr && std::strcmp(mode, "shared") == 0;
  control->journal = mode != nullptr && std::strcmp(mode, "journal") == 0;
  control->schema = static_cast<std::uint32_t>(sqlite3_column_int64(read, 1));
  control->oldest_writer = static_cast<std::uint32_t>(sqlite3_column_int64(read, 2));
  control->time_mark = TimeUs{sqlite3_column_int64(read, 3)};
  control->commits = static_cast<std::uint64_t>(sqlite3_column_int64(read, 4));
  control->writer = static_cast<std::uint64_t>(sqlite3_column_int64(read, 5));
  control->wal = sqlite3_column_int(read, 6);
  control->settled = static_cast<std::uint64_t>(sqlite3_column_int64(read, 7));
  return SQLITE_OK;
}

Status CheckControl(const Control& control, bool owned) {
  if (control.oldest_writer > kSchemaVersion) return Status(Code::kNewerSchema);
  if (control.shared || (control.journal && owned)) return Status();
  return Status(Code::kNotOwner);
}

int WriteJournalNote(Connection* connection, const JournalNote& note) {
  return connection->Run(kWriteNoteSql,
                         {note.open ? 1 : 0, static_cast<std::int64_t>(note.settled)});
}

int WriteControl(Connection* connection, TimeUs mark, std::uint64_t writer, int wal) {
  return Write(connection, kWriteControlSql, mark, writer, wal);
}

int ResetControl(Connection* connection, TimeUs mark, std::uint64_t writer, int wal) {
  return Write(connection, kResetControlSql, mark, writer, wal);
}

int ReadIdentity(Connection* connection, Identity* identity) {
  int code = SQLITE_OK;
  sqlite3_stmt* read = connection->Prepared(kReadIdentitySql, &code);
  if (read == nullptr) return code;
  const ScopedReset reset(read);
  code = sqlite3_step(read);
  if (code == SQLITE_DONE) return SQLITE_CORRUPT;
  if (code != SQLITE_ROW) return code;
  identity->pair = TextAt(read, 0);
  identity->created_by = TextAt(read, 1);
  identity->commits = static_cast<std::uint64_t>(sqlite3_column_int64(read, 2));
  return ColumnsRead(read);
}

}  // namespace seathold::sqlite
