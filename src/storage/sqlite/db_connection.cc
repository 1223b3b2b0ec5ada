#include "src/storage/sqlite/db_connection.h"

#include <algorithm>
#include <cstdio>
#include <new>

#include "src/storage/sqlite/bound_rows.h"
#include "src/storage/sqlite/is_list.h"

namespace seathold::sqlite {
namespace {

constexpr BusySleep kSleep{.step_ns = 100'000, .most_ns = 5'000'000};
constexpr std::int64_t kRewriteBytes = 64 << 10;  // SQLite writes no 128 KiB at once

constexpr const char* kPragmas =
    "PRAGMA synchronous = FULL;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA mmap_size = 0;"            // a file that shrinks must be an error, not a signal
    "PRAGMA cache_size = -32768;"      // 32 MiB
    "PRAGMA wal_autocheckpoint = 0;";  // we checkpoint ourselves, outside COMMIT

std::string EscapeForUri(const std::string& path) {
  std::string text;
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      char escaped[4];
      std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned>(c));
      text += escaped;
    } else {
      text += c;
    }
  }
  return text;
}

int Extend(sqlite3* db) {
  int code = AddBoundRows(db);
  if (code == SQLITE_OK) code = AddIsList(db);
  return code == SQLITE_OK ? sqlite3_exec(db, kPragmas, nullptr, nullptr, nullptr) : code;
}

}  // namespace

DbConnection::DbConnection() : Connection(kSleep) {}

Result<std::unique_ptr<DbConnection>> DbConnection::Open(const std::string& path,
                                                         const std::string& vfs,
                                                         Deadline deadline) {
  const int flags = SQLITE_OPEN_READWRITE | (vfs.empty() ? 0 : SQLITE_OPEN_CREATE);
  return OpenWith({.name = path.c_str(),
                   .path = path,
                   .flags = flags,
                   .vfs = vfs.empty() ? nullptr : vfs.c_str(),
                   .deadline = deadline});
}

Result<std::unique_ptr<DbConnection>> DbConnection::OpenToRead(const std::string& path,
                                                               ReadFrom from, Deadline deadline) {
  const std::string name =
      "file:" + EscapeForUri(path) + (from == ReadFrom::kFileAlone ? "?immutable=1" : "");
  return OpenWith({.name = name.c_str(),
                   .path = path,
                   .flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
                   .deadline = deadline});
}

Result<std::unique_ptr<DbConnection>> DbConnection::OpenWith(Opening how) {
  how.extend = &Extend;
  std::unique_ptr<DbConnection> connection(new (std::nothrow) DbConnection);
  if (connection == nullptr) return Code::kOutOfMemory;
  if (Status status = connection->Connection::Open(how); !status.ok()) return status;
  // Behind wal_autocheckpoint, which takes the hook.
  sqlite3_wal_hook(connection->handle(), &OnCommit, connection.get());
  return connection;
}

int DbConnection::OnCommit(void* self, sqlite3*, const char*, int frames) {
  auto* connection = static_cast<DbConnection*>(self);
  const bool from_the_front = frames < connection->wal_frames_;
  connection->wal_frames_added_ += from_the_front ? frames : frames - connection->wal_frames_;
  connection->wal_frames_ = frames;
  return SQLITE_OK;
}

sqlite3_file* DbConnection::Wal() {
  sqlite3_file* wal = nullptr;
  const int code = sqlite3_file_control(handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
  return code == SQLITE_OK && wal != nullptr && wal->pMethods != nullptr ? wal : nullptr;
}

std::int64_t DbConnection::WalBytes() {
  sqlite3_file* const wal = Wal();
  sqlite3_int64 bytes = 0;
  const bool known = wal != nullptr && wal->pMethods->xFileSize(wal, &bytes) == SQLITE_OK;
  wal_bytes_ = known ? bytes : 0;
  return wal_bytes_;
}

int DbConnection::SyncWal() {
  sqlite3_file* const wal = Wal();
  return wal == nullptr ? SQLITE_OK : wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL);
}

int DbConnection::RewriteWal() {
  int code = Exec("BEGIN IMMEDIATE");  // nobody else writes to it meanwhile
  if (code == SQLITE_OK) code = WriteWalAgain();
  if (code == SQLITE_OK) code = SyncWal();
  Rollback();
  return code;
}

int DbConnection::WriteWalAgain() {
  sqlite3_file* const wal = Wal();
  const std::int64_t bytes = WalBytes();
  const std::unique_ptr<char[]> buffer(new (std::nothrow) char[kRewriteBytes]);
  if (!buffer) return SQLITE_NOMEM;
  int code = SQLITE_OK;
  for (std::int64_t at = 0; at < bytes && code == SQLITE_OK; at += kRewriteBytes) {
    const int size = static_cast<int>(std::min(kRewriteBytes, bytes - at));
    code = wal->pMethods->xRead(wal, buffer.get(), size, at);
    if (code == SQLITE_OK) code = wal->pMethods->xWrite(wal, buffer.get(), size, at);
  }
  return code;
}

void DbConnection::KeepWalOnClose() {
  sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

}  // namespace seathold::sqlite
