#include "src/sqlite/connection.h"

#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "src/sqlite/private_locks.h"

namespace seathold::sqlite {
namespace {

// Virtual machine steps between two looks at the clock.
constexpr int kStepsPerLook = 10'000;

void SleepNs(std::int64_t ns) {
  const timespec span{0, static_cast<long>(ns)};
  nanosleep(&span, nullptr);
}

int StopAtDeadline(void* deadline) { return static_cast<const Deadline*>(deadline)->passed(); }

}  // namespace

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_finalize(rollback_);
  sqlite3_close_v2(db_);
}

Status Connection::Open(const Opening& how) {
  if (sqlite3_threadsafe() == 0) {
    return Status(Code::kUnsupported, "this SQLite was built without thread safety");
  }
  if (Status status = PreparePrivateLocks(); !status.ok()) return status;
  deadline_ = how.deadline;
  // A host may have made the shared cache the default; its locks know no busy handler.
  const int flags = how.flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                    SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
  int code = sqlite3_open_v2(how.name, &db_, flags, how.vfs);
  if (code != SQLITE_OK) return MapError(code, how.phase, how.path);
  sqlite3_busy_handler(db_, &Connection::OnBusy, this);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_limit(db_, SQLITE_LIMIT_ATTACHED, 1);  // VACUUM INTO needs the one
  if (how.extend != nullptr) code = how.extend(db_);
  if (code == SQLITE_OK) {
    code = sqlite3_prepare_v3(db_, "ROLLBACK", -1, SQLITE_PREPARE_PERSISTENT, &rollback_, nullptr);
  }
  return MapError(code, how.phase, how.path);
}

int Connection::OnBusy(void* self, int tries) {
  const auto* connection = static_cast<const Connection*>(self);
  const std::int64_t left = connection->deadline_.remaining_ns();
  if (left == 0) return 0;
  const BusySleep& sleep = connection->sleep_;
  SleepNs(std::min({sleep.step_ns * (tries + 1), sleep.most_ns, left}));
  return 1;
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

sqlite3_stmt* Connection::Bound(const std::string& sql, std::initializer_list<std::int64_t> values,
                                int* code) {
  sqlite3_stmt* const statement = Prepared(sql, code);
  int index = 0;
  for (const std::int64_t value : values) {
    if (*code == SQLITE_OK) *code = sqlite3_bind_int64(statement, ++index, value);
  }
  return *code == SQLITE_OK ? statement : nullptr;
}

int Connection::Run(const std::string& sql, std::initializer_list<std::int64_t> values) {
  int code = SQLITE_OK;
  sqlite3_stmt* const statement = Bound(sql, values, &code);
  if (statement == nullptr) return code;
  code = sqlite3_step(statement);
  sqlite3_reset(statement);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

bool Connection::Rollback() {
  if (sqlite3_get_autocommit(db_) != 0) return true;  // SQLite has done so itself
  sqlite3_step(rollback_);
  sqlite3_reset(rollback_);
  return sqlite3_get_autocommit(db_) != 0;
}

}  // namespace seathold::sqlite
