#include "src/storage/sqlite/connection.h"

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string_view>

#include "src/storage/sqlite/bound_rows.h"
#include "src/storage/sqlite/is_list.h"
#include "src/util/private_locks.h"

namespace seathold::sqlite {
namespace {

constexpr std::int64_t kBusySleepMinNs = 100'000;
constexpr std::int64_t kBusySleepMaxNs = 5'000'000;
constexpr std::int64_t kRewriteBytes = 64 << 10;  // SQLite writes no 128 KiB at once
// Virtual machine steps between two looks at the clock.
constexpr int kStepsPerLook = 10'000;

constexpr const char* kPragmas =
    "PRAGMA synchronous = FULL;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA mmap_size = 0;"            // a file that shrinks must be an error, not a signal
    "PRAGMA cache_size = -32768;"      // 32 MiB
    "PRAGMA wal_autocheckpoint = 0;";  // we checkpoint ourselves, outside COMMIT

void SleepNs(std::int64_t ns) {
  const timespec span{0, static_cast<long>(ns)};
  nanosleep(&span, nullptr);
}

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

int StopAtDeadline(void* deadline) { return static_cast<const Deadline*>(deadline)->passed(); }

}  // namespace

Result<std::unique_ptr<Connection>> Connection::Open(const std::string& path,
                                                     const std::string& vfs, Deadline deadline) {
  const int flags = SQLITE_OPEN_READWRITE | (vfs.empty() ? 0 : SQLITE_OPEN_CREATE);
  return OpenWith(path, path, flags, vfs.empty() ? nullptr : vfs.c_str(), deadline);
}

Result<std::unique_ptr<Connection>> Connection::OpenToRead(const std::string& path, ReadFrom from,
                                                           Deadline deadline) {
  const std::string name =
      "file:" + EscapeForUri(path) + (from == ReadFrom::kFileAlone ? "?immutable=1" : "");
  return OpenWith(path, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr, deadline);
}

Result<std::unique_ptr<Connection>> Connection::OpenWith(const std::string& path,
                                                         const std::string& name, int flags,
                                                         const char* vfs, Deadline deadline) {
  if (sqlite3_threadsafe() == 0) {
    return Status(Code::kUnsupported, "this SQLite was built without thread safety");
  }
  if (Status status = PreparePrivateLocks(); !status.ok()) return status;
  sqlite3* db = nullptr;
  flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
  int code = sqlite3_open_v2(name.c_str(), &db, flags, vfs);
  std::unique_ptr<Connection> connection(new (std::nothrow) Connection(db));
  if (connection == nullptr) {
    sqlite3_close_v2(db);
    return Code::kOutOfMemory;
  }
  connection->set_deadline(deadline);
  if (code == SQLITE_OK) code = connection->Configure();
  if (code != SQLITE_OK) return MapError(code, Phase::kOpen, path);
  return connection;
}

int Connection::Configure() {
  sqlite3_busy_handler(db_, &Connection::OnBusy, this);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_limit(db_, SQLITE_LIMIT_ATTACHED, 1);  // VACUUM INTO needs the one
  int code = AddBoundRows(db_);
  if (code == SQLITE_OK) code = AddIsList(db_);
  if (code == SQLITE_OK) code = Exec(kPragmas);
  sqlite3_wal_hook(db_, &Connection::OnCommit, this);  // after wal_autocheckpoint, which takes it
  if (code != SQLITE_OK) return code;
  return sqlite3_prepare_v3(db_, "ROLLBACK", -1, SQLITE_PREPARE_PERSISTENT, &rollback_, nullptr);
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_finalize(rollback_);
  sqlite3_close_v2(db_);
}

int Connection::OnBusy(void* self, int tries) {
  const std::int64_t left = static_cast<Connection*>(self)->deadline_.remaining_ns();
  if (left == 0) return 0;
  const std::int64_t wish = std::min(kBusySleepMinNs * (tries + 1), kBusySleepMaxNs);
  SleepNs(std::min(wish, left));
  return 1;
}

int Connection::OnCommit(void* self, sqlite3*, const char*, int frames) {
  auto* connection = static_cast<Connection*>(self);
  const bool from_the_front = frames < connection->wal_frames_;
  connection->wal_frames_added_ += from_the_front ? frames : frames - connection->wal_frames_;
  connection->wal_frames_ = frames;
  return SQLITE_OK;
}

int Connection::Exec(const char* sql) { return sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); }

int Connection::ExecUntilDeadline(const char* sql, Deadline deadline) {
  sqlite3_progress_handler(db_, kStepsPerLook, &StopAtDeadline, &deadline);
  const int code = Exec(sql);
  sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  return code;
}

int Connection::StepUntilDeadline(sqlite3_stmt* statement, Deadline deadline) {
  sqlite3_progress_handler(db_, kStepsPerLook, &StopAtDeadline, &deadline);
  const int code = sqlite3_step(statement);
  sqlite3_progress_handler(db_, 0, nullptr, nullptr);
  return code;
}

int Connection::QueryInt(const char* sql, std::int64_t* value) {
  std::string text;
  const int code = QueryText(sql, &text);
  *value = code == SQLITE_OK && !text.empty() ? std::strtoll(text.c_str(), nullptr, 10) : 0;
  return code;
}

int Connection::QueryText(const char* sql, std::string* value, Deadline deadline) {
  value->clear();
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr);
  const StatementPtr finalized(statement);
  bool first = true;
  // To the end: a pragma that writes commits there, and may fail there.
  while (code == SQLITE_OK || code == SQLITE_ROW) {
    code = StepUntilDeadline(statement, deadline);
    if (code != SQLITE_ROW || !first) continue;
    first = false;
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    if (text != nullptr) *value = text;
  }
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

sqlite3_stmt* Connection::Prepared(const std::string& sql, int* code) try {
  *code = SQLITE_OK;
  sqlite3_stmt*& statement = statements_[&sql];
  if (statement == nullptr) {
    *code = sqlite3_prepare_v3(db_, sql.c_str(), static_cast<int>(sql.size() + 1),
                               SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  }
  return statement;
} catch (const std::bad_alloc&) {
  *code = SQLITE_NOMEM;
  return nullptr;
}

sqlite3_file* Connection::Wal() {
  sqlite3_file* wal = nullptr;
  const int code = sqlite3_file_control(db_, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
  return code == SQLITE_OK && wal != nullptr && wal->pMethods != nullptr ? wal : nullptr;
}

std::int64_t Connection::WalBytes() {
  sqlite3_file* const wal = Wal();
  sqlite3_int64 bytes = 0;
  return wal != nullptr && wal->pMethods->xFileSize(wal, &bytes) == SQLITE_OK ? bytes : 0;
}

int Connection::SyncWal() {
  sqlite3_file* const wal = Wal();
  return wal == nullptr ? SQLITE_OK : wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL);
}

int Connection::RewriteWal() {
  int code = Exec("BEGIN IMMEDIATE");  // nobody else writes to it meanwhile
  if (code == SQLITE_OK) code = WriteWalAgain();
  if (code == SQLITE_OK) code = SyncWal();
  Rollback();
  return code;
}

int Connection::WriteWalAgain() {
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

bool Connection::Rollback() {
  if (sqlite3_get_autocommit(db_) != 0) return true;  // SQLite has done so itself
  sqlite3_step(rollback_);
  sqlite3_reset(rollback_);
  return sqlite3_get_autocommit(db_) != 0;
}

void Connection::KeepWalOnClose() {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

}  // namespace seathold::sqlite
