// What the storage and its units share.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "seathold/adapter/storage.h"
#include "src/storage/postgres/pool.h"
#include "src/storage/postgres/writers.h"
#include "src/util/fork_guard.h"

namespace seathold::postgres {

// An answer may come this long after a deadline: a server that is asked for something at once takes
// a moment, and a call with no time to wait is worth an answer.
inline constexpr std::int64_t kAllowanceMs = 50;
Deadline WithAllowance(Deadline deadline);

struct Core {
  ForkGuard fork;
  Pool pool;
  bool read_only = false;               // constant while open
  std::atomic<std::int64_t> writer{0};  // our row of `writers`; set by whoever writes
  bool registered = false;              // it is there; used by whoever writes
};

// Begins a unit: connection, transaction, control row.
Result<std::unique_ptr<StorageUnit>> BeginUnit(Core* core, Access access, Deadline deadline);

// Queues what every transaction of ours begins with: three statements.
void QueueBegin(Connection* connection, const Target& target, Access access, Deadline deadline,
                std::int64_t writer);
inline constexpr std::size_t kBeginStatements = 3;

struct Control {
  TimeUs time_mark;
  TimeUs now;  // the server's clock
  std::uint64_t foreign_commits = 0;
};
// Reads the third result of QueueBegin. kNewerSchema, kStorageCorrupt.
Status ReadControl(const PGresult* result, Control* control);

}  // namespace seathold::postgres
