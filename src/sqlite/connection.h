// One SQLite connection with its prepared statements. Used by one thread at a time.
#pragma once

#include <sqlite3.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "seathold/status.h"
#include "seathold/time.h"
#include "src/sqlite/error_map.h"
#include "src/sqlite/statement.h"

namespace seathold::sqlite {

// How long a connection sleeps between two looks at a lock: the n-th time n steps, never above the
// most.
struct BusySleep {
  std::int64_t step_ns = 0;
  std::int64_t most_ns = 0;
};

struct Opening {
  const char* name = nullptr;  // a path; a URI where the flags say so
  std::string_view path;       // how messages call it
  int flags = SQLITE_OPEN_READWRITE;
  const char* vfs = nullptr;  // nullptr: the default
  // What the connection is given before anything is prepared: pragmas and functions make statements
  // expire, and preparing ROLLBACK again takes memory.
  int (*extend)(sqlite3*) = nullptr;
  Deadline deadline;
  Phase phase = Phase::kOpen;
};

class Connection {
 public:
  explicit Connection(BusySleep sleep) : sleep_(sleep) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Once. With every safety switch on; no symbolic link is followed.
  Status Open(const Opening& how);

  sqlite3* handle() const { return db_; }
  // Waits for other connections end here.
  void set_deadline(Deadline deadline) { deadline_ = deadline; }

  // Runs SQL text of ours, several statements if need be. An SQLite result code, as below.
  int Exec(const char* sql);
  // Like Exec and sqlite3_step, but give up (SQLITE_INTERRUPT) at the deadline.
  int ExecUntilDeadline(const char* sql, Deadline deadline);
  int StepUntilDeadline(sqlite3_stmt* statement, Deadline deadline);
  // The first column of the first row, 0 or empty without a row.
  int QueryInt(const char* sql, std::int64_t* value);
  int QueryText(const char* sql, std::string* value, Deadline deadline = {});

  // A statement of this text, prepared at its first use; nullptr and *code on failure. `sql` must
  // outlive the connection (a literal or a static). Throws nothing.
  sqlite3_stmt* Prepared(const std::string& sql, int* code);
  // The same with its parameters bound; to be reset by the caller.
  sqlite3_stmt* Bound(const std::string& sql, std::initializer_list<std::int64_t> values,
                      int* code);
  // Runs one that answers no rows.
  int Run(const std::string& sql, std::initializer_list<std::int64_t> values = {});

  // Ends a transaction that is open. Needs no memory of ours. False when even that failed: the
  // connection is beyond use.
  bool Rollback();

 private:
  static int OnBusy(void* self, int tries);

  const BusySleep sleep_;
  sqlite3* db_ = nullptr;             // constant once open
  sqlite3_stmt* rollback_ = nullptr;  // ready from the start: it is needed where memory is short
  Deadline deadline_;
  std::unordered_map<const std::string*, sqlite3_stmt*> statements_;
};

}  // namespace seathold::sqlite
