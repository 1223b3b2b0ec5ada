#include "src/storage/postgres/writers.h"

#include <time.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include "src/storage/postgres/core.h"
#include "src/storage/postgres/row_reader.h"

namespace seathold::postgres {
namespace {

constexpr std::int64_t kPauseMs = 20;

// Rows that nobody used for a week, or $1. One that is locked is in use.
const Sql kFoldSql{R"sql(
WITH gone AS (
  DELETE FROM writers WHERE writer IN (
    SELECT writer FROM writers
    WHERE writer <> 0 AND (writer = $1 OR seen_at < clock_timestamp() - interval '7 days')
    FOR UPDATE SKIP LOCKED)
  RETURNING commits, time_mark_us),
noted AS (SELECT sum(commits)::bigint AS commits, max(time_mark_us) AS time_mark_us FROM gone)
UPDATE writers w
SET commits = w.commits + noted.commits,
    time_mark_us = greatest(w.time_mark_us, noted.time_mark_us)
FROM noted WHERE w.writer = 0 AND noted.commits IS NOT NULL)sql"};
const Sql kAddSql{"INSERT INTO writers VALUES ($1, 0, 0, clock_timestamp())"};
const Sql kNoteSql{
    "UPDATE writers SET commits = commits + 1, time_mark_us = greatest(time_mark_us, $2), "
    "seen_at = clock_timestamp() WHERE writer = $1 RETURNING commits",
    "note"};
const Sql kResetSql{"UPDATE writers SET time_mark_us = $1 WHERE writer <> $2"};
const Sql kResetOwnSql{
    "UPDATE writers SET commits = commits + 1, time_mark_us = $2, seen_at = clock_timestamp() "
    "WHERE writer = $1 RETURNING commits"};
const Sql kLockOwnSql{"SELECT commits FROM writers WHERE writer = $1 FOR UPDATE"};

// COMMIT goes alone, in both: it could be done although what stands in front of it met an error
// that belongs to no statement.
Status RunAndCommit(Connection* connection, Deadline deadline) {
  if (Status status = connection->Run(Phase::kWork, deadline); !status.ok()) return status;
  connection->Queue(kCommitSql);
  return connection->Run(Phase::kWork, deadline);
}

void Pause(Deadline deadline) {
  const std::int64_t ns = std::min(kPauseMs * 1'000'000, deadline.remaining_ns());
  const timespec wait{0, static_cast<long>(ns)};
  (void)nanosleep(&wait, nullptr);
}

// kBusy: not yet known.
Status LookAtCommit(const Target& target, std::int64_t writer, std::int64_t number,
                    Deadline deadline) {
  auto opened = Connection::Open(target, deadline);
  if (!opened.ok()) return Status(Code::kBusy);
  Connection* const connection = opened.value().get();
  QueueBegin(connection, target, Access::kWrite, deadline, writer);
  Params params;
  params.Add(writer);
  connection->Queue(kLockOwnSql, params);
  std::vector<ResultPtr> results;
  if (!connection->Run(Phase::kWork, deadline, &results).ok()) return Status(Code::kBusy);
  std::int64_t found = 0;
  if (!ReadNote(results[kBeginStatements].get(), &found).ok()) return Status(Code::kBusy);
  return found >= number ? Status() : Status(Code::kAborted);
}

}  // namespace

std::int64_t DrawWriter() {
  std::random_device device;
  const auto half = [&] { return static_cast<std::uint64_t>(device()) & 0xFFFF'FFFF; };
  const std::uint64_t drawn = (half() << 32 | half()) & ~kEngineUserBit;
  return static_cast<std::int64_t>(std::max<std::uint64_t>(drawn, 1));
}

Status RegisterWriter(Connection* connection, const Target& target, std::int64_t writer,
                      std::int64_t before, Deadline deadline) {
  QueueBegin(connection, target, Access::kWrite, deadline, writer);
  Params old, own;
  old.Add(before);
  own.Add(writer);
  connection->Queue(kFoldSql, old);
  connection->Queue(kAddSql, own);
  return RunAndCommit(connection, deadline);
}

Status DropWriter(Connection* connection, const Target& target, std::int64_t writer,
                  Deadline deadline) {
  QueueBegin(connection, target, Access::kWrite, deadline, writer);
  Params own;
  own.Add(writer);
  connection->Queue(kFoldSql, own);
  return RunAndCommit(connection, deadline);
}

void QueueNote(Connection* connection, std::int64_t writer, TimeUs mark) {
  Params params;
  params.Add(writer);
  params.Add(mark);
  connection->Queue(kNoteSql, params);
}

void QueueReset(Connection* connection, std::int64_t writer, TimeUs mark) {
  Params others, own;
  others.Add(mark);
  others.Add(writer);
  own.Add(writer);
  own.Add(mark);
  connection->Queue(kResetSql, others);
  connection->Queue(kResetOwnSql, own);
}

Status ReadNote(const PGresult* result, std::int64_t* number) {
  if (Pq().ntuples(result) != 1) return Status(Code::kAborted);
  RowReader reader(result, 0);
  reader.Read(number);
  return reader.ok() ? Status() : Status(Code::kStorageCorrupt, "writers");
}

Status SettleCommit(const Target& target, std::int64_t writer, std::int64_t number,
                    Deadline deadline) {
  do {
    const Status status = LookAtCommit(target, writer, number, deadline);
    if (!(status == Code::kBusy)) return status;
    Pause(deadline);
  } while (!deadline.passed());
  return Status(Code::kOutcomeUnknown);
}

}  // namespace seathold::postgres
