// One SQLite connection with its prepared statements. Used by one thread at a time.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <unordered_map>

#include "seathold/status.h"
#include "seathold/time.h"
#include "src/storage/sqlite/error_map.h"
#include "src/util/sqlite_statement.h"

namespace seathold::sqlite {

// How a file is read that must not change.
enum class ReadFrom {
  kFileAlone,  // as if nothing lay beside it and nobody could write it; makes no file, takes no
               // lock
  kFileAndLog  // with its WAL, by the locks of everybody else
};

class Connection {
 public:
  // Opens a file that exists, with every safety switch on. `vfs` empty = the default.
  static Result<std::unique_ptr<Connection>> Open(const std::string& path, const std::string& vfs,
                                                  Deadline deadline);
  static Result<std::unique_ptr<Connection>> OpenToRead(const std::string& path, ReadFrom from,
                                                        Deadline deadline = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* handle() const { return db_; }
  // Waits for other connections end here.
  void set_deadline(Deadline deadline) { deadline_ = deadline; }

  // Runs SQL text of ours, several statements if need be. An SQLite result code.
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

  // The length of the WAL file, 0 when there is none. It stays as long as it once was when the WAL
  // starts over at its front.
  std::int64_t WalBytes();
  // Syncs the WAL, or writes all of it once more first. Neither changes what is in it. An SQLite
  // result code.
  int SyncWal();
  int RewriteWal();
  // What commits have added to the WAL since the last NoteCheckpoint, as this connection sees it.
  std::int64_t wal_bytes_added() const { return wal_frames_added_ * kWalFrameBytes; }
  void NoteCheckpoint() { wal_frames_added_ = 0; }

  // Ends a transaction that is open. Needs no memory of ours. False when even that failed: the
  // connection is beyond use.
  bool Rollback();
  // The next close leaves the WAL as it is: for connections that met an error of the disk.
  void KeepWalOnClose();

 private:
  explicit Connection(sqlite3* db) : db_(db) {}
  sqlite3_file* Wal();  // nullptr when there is none
  int WriteWalAgain();
  static Result<std::unique_ptr<Connection>> OpenWith(const std::string& path,
                                                      const std::string& name, int flags,
                                                      const char* vfs, Deadline deadline);
  int Configure();
  static int OnBusy(void* self, int tries);
  static int OnCommit(void* self, sqlite3*, const char*, int frames);
  static constexpr std::int64_t kWalFrameBytes = 4'096 + 24;  // a page and its header

  sqlite3* const db_;
  sqlite3_stmt* rollback_ = nullptr;  // ready from the start: it is needed where memory is short
  Deadline deadline_;
  std::int64_t wal_frames_ = 0;  // in the WAL after this connection's last commit
  std::int64_t wal_frames_added_ = 0;
  std::unordered_map<const std::string*, sqlite3_stmt*> statements_;
};

// Resets a statement when it goes out of scope, so that no read transaction lingers.
class ScopedReset {
 public:
  explicit ScopedReset(sqlite3_stmt* statement) : statement_(statement) {}
  ~ScopedReset() { sqlite3_reset(statement_); }
  ScopedReset(const ScopedReset&) = delete;
  ScopedReset& operator=(const ScopedReset&) = delete;

 private:
  sqlite3_stmt* const statement_;
};

}  // namespace seathold::sqlite
