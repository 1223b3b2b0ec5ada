// A transaction: begin, load behind locks, write, COMMIT, each in one round trip.
#include <algorithm>
#include <limits>
#include <new>
#include <string_view>
#include <utility>

#include "src/storage/page.h"
#include "src/storage/postgres/core.h"
#include "src/storage/postgres/rows.h"
#include "src/storage/postgres/schema.h"
#include "src/util/guarded.h"

namespace seathold::postgres {
namespace {

const Sql kBeginReadSql{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
// Both are said, since BEGIN alone inherits what the database, the role or a pooler's last client
// set: at another level the locks are had and the reads behind them show the past.
const Sql kBeginWriteSql{"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"};
// For this transaction only: behind a pooler the session is somebody else's next. Our statements
// are all by key, of a few rows or a thousand, in tables that may have been empty a minute ago: the
// planner is told, and asked once. Row locks that others wait for are not kept by a host that
// hangs.
const Sql kSettingsSql{R"sql(
SELECT set_config('search_path', $1 || ', pg_temp', true), set_config('lock_timeout', $2, true),
       set_config('idle_in_transaction_session_timeout', '30000', true),
       set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                  WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true),
       set_config('plan_cache_mode', 'force_generic_plan', true),
       set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true))sql",
                       "settings"};
const Sql kUnitControlSql{R"sql(
SELECT oldest_writer, (SELECT coalesce(max(time_mark_us), 0) FROM writers),
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       (SELECT coalesce(sum(commits), 0)::bigint FROM writers WHERE writer <> $1)
FROM control)sql",
                          "control"};
// Every transaction that is about to commit has its writer's row.
const Sql kLockWritersSql{"SELECT FROM writers ORDER BY writer FOR SHARE", "lock_writers"};
// A statement of its own: a clock that is read where locks are waited for is older than the wait.
const Sql kTimeSql{R"sql(
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
       (SELECT coalesce(max(time_mark_us), 0) FROM writers))sql",
                   "time"};

constexpr std::int64_t kRollbackMs = 1'000;

std::string LockTimeout(Deadline deadline) {
  if (deadline.monotonic_ns == Deadline{}.monotonic_ns) return "0";  // none
  const std::int64_t ms = deadline.remaining_ns() / 1'000'000;
  return std::to_string(std::clamp<std::int64_t>(ms, 1, std::numeric_limits<int>::max()));
}

class PostgresUnit final : public StorageUnit {
 public:
  PostgresUnit(Core* core, Access access, Deadline deadline)
      : core_(core), access_(access), deadline_(deadline), cut_(WithAllowance(deadline)) {}
  ~PostgresUnit() override {
    if (core_->fork.forked()) {
      (void)connection_.release();  // the parent's
      return;
    }
    if (!taken_) return;
    End();
    core_->pool.Give(access_, std::move(connection_));
  }

  Status Begin() {
    for (;;) {
      bool used = false;
      Status status = core_->pool.Take(access_, deadline_, &connection_, &used);
      if (!status.ok()) return status;
      taken_ = true;
      status = BeginOn();
      if (status.ok() || connection_->usable() || !used) return status;
      // It was lost while nobody used it: nothing was begun.
      taken_ = false;
      core_->pool.Give(access_, nullptr);
      connection_.reset();
    }
  }

  TimeUs time_mark() const override { return control_.time_mark; }
  std::optional<TimeUs> Now() override { return control_.now; }

  Status AwaitOthers() override {
    if (Status status = Usable(); !status.ok()) return status;
    if (access_ == Access::kRead) return Status();
    return Fail(Guarded([&] {
      connection_->Queue(kLockWritersSql);
      return RunTimed();
    }));
  }

  Status Load(const KeySet& keys, RecordSet* into) override {
    if (Status status = Usable(); !status.ok()) return status;
    return Fail(Guarded([&] { return LoadAll(keys, into); }));
  }

  Status Scan(const ScanSpec& scan, RecordSet* into, bool* more) override {
    if (Status status = Usable(); !status.ok()) return status;
    if (scan.rows_max == 0) return Status(Code::kInvalidArgument, "rows_max is at least 1");
    return Fail(Guarded([&] {
      if (Status status = QueueScan(connection_.get(), scan); !status.ok()) return status;
      if (Status status = Run(); !status.ok()) return status;
      return ReadScan(results_[0].get(), scan, into, more);
    }));
  }

  Status Page(std::uint32_t rows_max, RecordSet* io) override {
    if (Status status = Usable(); !status.ok()) return status;
    if (rows_max == 0) return Status(Code::kInvalidArgument, "rows_max is at least 1");
    return Fail(Guarded([&] {
      return NextPage(io, [&]<class R>(const R* after, std::vector<R>* rows) {
        Params params;
        if (after != nullptr) {
          std::apply([&](const auto&... parts) { (params.AddKey(parts), ...); }, after->key());
        }
        params.Add(std::int64_t{rows_max});
        connection_->Queue(after ? SqlOf<R>().next_page : SqlOf<R>().first_page, params);
        const Status status = Run();
        return status.ok() ? ReadRows(results_[0].get(), rows_max, rows) : status;
      });
    }));
  }

  Status Apply(const ChangeSet& changes, TimeUs mark) override {
    if (Status status = MayWrite(); !status.ok()) return status;
    if (reset_) return Status(Code::kInternal, "this unit sets the mark");
    applied_ = true;
    const Status status = Fail(Guarded([&] { return WriteAll(changes, mark); }));
    // What was written before the failure must not be committed.
    if (!status.ok()) End();
    return status;
  }

  Status SetTimeMark(TimeUs mark) override {
    if (Status status = MayWrite(); !status.ok()) return status;
    if (applied_) return Status(Code::kInternal, "this unit applies changes");
    applied_ = reset_ = true;
    const Status status = Fail(Guarded([&] {
      QueueReset(connection_.get(), core_->writer, mark);
      return RunNoted();
    }));
    if (!status.ok()) End();
    return status;
  }

  Status Commit() override {
    if (Status status = Usable(); !status.ok()) return status;
    if (!applied_) {
      End();
      return Status();
    }
    if (deadline_.passed()) {
      End();
      return Status(Code::kBusy);
    }
    return Guarded([&] { return CommitApplied(); });
  }

 private:
  Status Usable() const {
    if (core_->fork.forked()) return Status(Code::kForked);
    return open_ ? Status() : Status(Code::kInternal, "the unit has ended");
  }
  Status MayWrite() const {
    if (Status status = Usable(); !status.ok()) return status;
    return access_ == Access::kRead ? Status(Code::kReadOnly, "this unit only reads") : Status();
  }

  Status BeginOn() {
    if (access_ == Access::kWrite && !core_->registered) {
      const std::int64_t before = core_->writer.exchange(DrawWriter());
      Status status =
          RegisterWriter(connection_.get(), core_->pool.target(), core_->writer, before, cut_);
      if (!status.ok()) {
        Rollback();
        return status;
      }
      core_->registered = true;
    }
    open_ = true;
    QueueBegin(connection_.get(), core_->pool.target(), access_, deadline_, core_->writer);
    Status status = Run();
    if (status.ok()) status = ReadControl(results_[2].get(), &control_);
    return Fail(status);
  }

  Status Run() { return connection_->Run(Phase::kWork, cut_, &results_); }

  // Runs what is queued, and behind it asks for the time.
  Status RunTimed() {
    connection_->Queue(kTimeSql);
    if (Status status = Run(); !status.ok()) return status;
    RowReader reader(results_.back().get(), 0);
    reader.Read(&control_.now);
    reader.Read(&control_.time_mark);
    return reader.ok() ? Status() : Status(Code::kStorageCorrupt, "writers");
  }

  // Queues the locks of performances that are not yet had.
  void QueuePerformances(const KeySet& keys) {
    std::vector<PerformanceStateRecord::Key> wanted;
    keys.ForEach([&](const auto& slot) { AddPerformances(slot, &wanted); });
    std::ranges::sort(wanted);
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    std::erase_if(wanted,
                  [&](const auto& key) { return std::ranges::binary_search(locked_, key); });
    if (wanted.empty()) return;
    connection_->Queue(SqlOf<PerformanceStateRecord>().load_locked, KeyParams(wanted));
    locked_.insert(locked_.end(), wanted.begin(), wanted.end());
    std::ranges::sort(locked_);
  }
  template <class R>
  void AddPerformances(const KeysOf<R>& slot, std::vector<PerformanceStateRecord::Key>* wanted) {
    if constexpr (std::is_same_v<std::tuple_element_t<0, typename R::Key>, PerformanceId>) {
      if (GuardOf<R>() != Guard::kPerformance) return;
      for (const auto& key : slot.keys) wanted->emplace_back(std::get<0>(key));
    }
  }

  // One round trip. What a writing unit reads and may change is locked first, in one order for
  // everybody: performances by id, then rows of their own, table by table, by key.
  Status LoadAll(const KeySet& keys, RecordSet* into) {
    const bool locks = access_ == Access::kWrite;
    const std::size_t locked = locked_.size();
    if (locks) QueuePerformances(keys);
    std::size_t next = locked_.size() > locked ? 1 : 0;
    bool any = false;
    keys.ForEach([&](const auto& slot) { any |= QueueLoad(slot, locks); });
    if (!any) return Status();
    if (Status ran = locks ? RunTimed() : Run(); !ran.ok()) return ran;
    Status status;
    keys.ForEach([&](const auto& slot) {
      if (status.ok() && !slot.keys.empty()) status = ReadTable(slot, next++, into);
    });
    return status;
  }
  template <class R>
  bool QueueLoad(const KeysOf<R>& slot, bool locks) {
    if (slot.keys.empty()) return false;
    const bool locked = locks && GuardOf<R>() == Guard::kItself;
    connection_->Queue(locked ? SqlOf<R>().load_locked : SqlOf<R>().load, KeyParams(slot.keys));
    return true;
  }
  template <class R>
  Status ReadTable(const KeysOf<R>&, std::size_t at, RecordSet* into) {
    return ReadRows(results_[at].get(), std::numeric_limits<std::size_t>::max(),
                    &into->of<R>().rows);
  }

  // One round trip, whatever changes.
  Status WriteAll(const ChangeSet& changes, TimeUs mark) {
    Expected expected;
    Status status;
    changes.ForEach([&](const auto& slot) {
      if (status.ok()) status = QueueTable(slot, &expected);
    });
    QueueNote(connection_.get(), core_->writer, mark);
    // What was queued must be taken off, also when it is not to be.
    const Status ran = RunNoted();
    if (!status.ok()) return status;
    if (!ran.ok()) return ran;
    for (std::size_t i = 0; i < expected.rows.size(); ++i) {
      if (RowsWritten(results_[i].get()) != expected.rows[i]) return Status(Code::kAborted);
    }
    return Status();
  }
  template <class R>
  Status QueueTable(const ChangesOf<R>& slot, Expected* expected) {
    if (slot.changes.empty()) return Status();
    return TableWriter<R>(connection_.get(), expected).Queue(slot.changes);
  }
  Status RunNoted() {
    if (Status status = Run(); !status.ok()) return status;
    return ReadNote(results_.back().get(), &number_);
  }

  // COMMIT goes alone: the locks are had when it is sent, and its own answer says what became of
  // it.
  Status CommitApplied() {
    connection_->Queue(kCommitSql);
    Status status = connection_->Run(Phase::kCommit, cut_, &results_);
    if (status.ok()) {
      open_ = false;
      // A transaction that had failed answers ROLLBACK, and calls it a success.
      const std::string_view tag = Pq().cmdStatus(results_[0].get());
      return tag == "COMMIT" ? Status() : Status(Code::kAborted);
    }
    End();
    if (!(status == Code::kOutcomeUnknown)) return status;
    const Status settled = SettleCommit(core_->pool.target(), core_->writer, number_, cut_);
    if (!(settled == Code::kOutcomeUnknown)) return settled;
    // What may still land lands under a number that is not ours any more, so that it shows as what
    // others committed.
    core_->registered = false;
    return status;
  }

  // Passes a status on; a transaction that met an error is over.
  Status Fail(Status status) {
    if (!status.ok()) End();
    return status;
  }

  void End() {
    if (!std::exchange(open_, false)) return;
    Rollback();
  }
  void Rollback() {
    if (!connection_->usable()) return;
    connection_->Queue(kRollbackSql);
    (void)connection_->Run(Phase::kWork, Deadline::After({kRollbackMs}));
  }

  Core* const core_;
  const Access access_;
  const Deadline deadline_, cut_;
  std::unique_ptr<Connection> connection_;
  std::vector<ResultPtr> results_;
  Control control_;
  std::vector<PerformanceStateRecord::Key> locked_;  // sorted
  std::int64_t number_ = 0;                          // of the commit to come
  bool taken_ = false;
  bool open_ = false;
  bool applied_ = false;
  bool reset_ = false;
};

}  // namespace

Deadline WithAllowance(Deadline deadline) {
  const std::int64_t last = std::numeric_limits<std::int64_t>::max() - kAllowanceMs * 1'000'000;
  if (deadline.monotonic_ns > last) return deadline;
  return {std::max(deadline.monotonic_ns, MonotonicNs()) + kAllowanceMs * 1'000'000};
}

void QueueBegin(Connection* connection, const Target& target, Access access, Deadline deadline,
                std::int64_t writer) {
  connection->Queue(access == Access::kWrite ? kBeginWriteSql : kBeginReadSql);
  Params settings, control;
  settings.Add(target.schema);
  settings.Add(LockTimeout(deadline));
  connection->Queue(kSettingsSql, settings);
  control.Add(writer);
  connection->Queue(kUnitControlSql, control);
}

Status ReadControl(const PGresult* result, Control* control) {
  if (Pq().ntuples(result) != 1) return Status(Code::kStorageCorrupt, "no control row");
  RowReader reader(result, 0);
  std::int64_t oldest_writer = 0;
  reader.Read(&oldest_writer);
  reader.Read(&control->time_mark);
  reader.Read(&control->now);
  reader.Read(&control->foreign_commits);
  if (!reader.ok()) return Status(Code::kStorageCorrupt, "control");
  return oldest_writer > kSchemaVersion ? Status(Code::kNewerSchema) : Status();
}

Result<std::unique_ptr<StorageUnit>> BeginUnit(Core* core, Access access, Deadline deadline) {
  if (core->read_only && access == Access::kWrite) return Code::kReadOnly;
  std::unique_ptr<PostgresUnit> unit(new (std::nothrow) PostgresUnit(core, access, deadline));
  if (!unit) return Code::kOutOfMemory;
  if (Status status = Guarded([&] { return unit->Begin(); }); !status.ok()) return status;
  return std::unique_ptr<StorageUnit>(std::move(unit));
}

}  // namespace seathold::postgres
