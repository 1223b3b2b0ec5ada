// The connections of one database: one that writes and a few that read, handed out one thread at a
// time, with a bounded wait.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "seathold/adapter/storage.h"
#include "seathold/status.h"
#include "src/storage/sqlite/db_connection.h"
#include "src/util/mutex.h"

namespace seathold::sqlite {

inline constexpr int kReadersMax = 4;

class ConnectionPool {
 public:
  using Opener = std::function<Result<std::unique_ptr<DbConnection>>(Deadline)>;

  // Starts handing out. `open_reader` makes what readers get; `writer` is open, or null where
  // nobody writes.
  void Start(Opener open_reader, std::unique_ptr<DbConnection> writer) EXCLUDES(mutex_);
  // kClosed, the code it was poisoned with, kBusy at the deadline, or what opening a reader
  // answers.
  Status Take(Access access, Deadline deadline, std::unique_ptr<DbConnection>* connection)
      EXCLUDES(mutex_);
  // A reader that is still in a transaction is taken out of it, or closed.
  void Give(Access access, std::unique_ptr<DbConnection> connection) EXCLUDES(mutex_);

  // From now on every Take answers `code`, and connections are closed as they come back, the WAL
  // left as it is. The first poison stays.
  void Poison(Code code) EXCLUDES(mutex_);
  // Waits for what is handed out, then closes all but the writer, which is the caller's to close
  // (null once poisoned). kBusy at the deadline: closed to new takers, but something is still out.
  Status Close(Deadline deadline, std::unique_ptr<DbConnection>* writer) EXCLUDES(mutex_);
  // In a fork: closes what was inherited, without touching the files. False when something was
  // handed out at the moment of the fork.
  bool CloseInherited();
  // Forgets the connections without closing them: in a fork they are the parent's.
  void Abandon() NO_THREAD_SAFETY_ANALYSIS;

 private:
  Status WaitForOne(Access access, Deadline deadline) REQUIRES(mutex_);
  bool HasOne(Access access) const REQUIRES(mutex_);
  Status OpenReader(Deadline deadline, std::unique_ptr<DbConnection>* connection) EXCLUDES(mutex_);

  Opener open_reader_;  // constant after Start

  Mutex mutex_;
  CondVar moved_;
  Code refusal_ GUARDED_BY(mutex_) = Code::kClosed;  // kOk while open
  bool poisoned_ GUARDED_BY(mutex_) = false;
  std::unique_ptr<DbConnection> writer_ GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<DbConnection>> idle_readers_ GUARDED_BY(mutex_);
  int readers_out_ GUARDED_BY(mutex_) = 0;
  bool writer_out_ GUARDED_BY(mutex_) = false;
};

}  // namespace seathold::sqlite
