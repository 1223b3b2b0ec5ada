// A transaction, and what its commit checks of the files below.
#include <algorithm>
#include <memory>
#include <new>
#include <utility>

#include "src/storage/page.h"
#include "src/storage/sqlite/core.h"
#include "src/storage/sqlite/rows.h"
#include "src/util/guarded.h"

namespace seathold::sqlite {
namespace {

const std::string kBeginRead = "BEGIN";
const std::string kBeginWrite = "BEGIN IMMEDIATE";
const std::string kCommitSql = "COMMIT";

class SqliteUnit final : public StorageUnit {
 public:
  SqliteUnit(Core* core, Access access) : core_(core), access_(access) {}
  ~SqliteUnit() override {
    if (core_->fork.forked()) {
      (void)connection_.release();  // the parent's
      return;
    }
    if (!connection_) return;
    End();
    if (committed_) CopyWalIfDue(core_, connection_.get());
    core_->pool.Give(access_, std::move(connection_));
  }

  Status Begin(Deadline deadline) {
    if (Status status = core_->pool.Take(access_, deadline, &connection_); !status.ok()) {
      return status;
    }
    open_ = true;
    const bool write = access_ == Access::kWrite;
    if (write) {
      if (Status status = core_->gate.Enter(deadline); !status.ok()) return status;
      CutWalIfDue(core_, connection_.get());
    }
    connection_->set_deadline(deadline);
    int code = connection_->Run(write ? kBeginWrite : kBeginRead);
    if (code == SQLITE_OK) code = ReadControl(connection_.get(), &control_);
    if (code != SQLITE_OK) return Fail(MapError(code, Phase::kWork, "beginning a transaction"));
    core_->NoteCommits(control_);
    RaiseWal(control_.wal);
    if (write && core_->real_files && !core_->files.Unchanged())
      return Fail(Replaced(Code::kStorageCorrupt));
    return CheckControl(control_, core_->owned);
  }

  TimeUs time_mark() const override { return control_.time_mark; }
  Status AwaitOthers() override { return Usable(); }

  Status Load(const KeySet& keys, RecordSet* into) override {
    if (Status status = Usable(); !status.ok()) return status;
    return Fail(Guarded([&] {
      Status status;
      keys.ForEach([&](const auto& slot) {
        if (status.ok()) status = LoadTable(slot, into);
      });
      return status;
    }));
  }

  Status Scan(const ScanSpec& scan, RecordSet* into, bool* more) override {
    if (Status status = Usable(); !status.ok()) return status;
    if (scan.rows_max == 0) return Status(Code::kInvalidArgument, "rows_max is at least 1");
    return Fail(Guarded([&] { return ScanRows(connection_.get(), scan, into, more); }));
  }

  Status Page(std::uint32_t rows_max, RecordSet* io) override {
    if (Status status = Usable(); !status.ok()) return status;
    if (rows_max == 0) return Status(Code::kInvalidArgument, "rows_max is at least 1");
    return Fail(Guarded([&] {
      return NextPage(io, [&]<class R>(const R* after, std::vector<R>* rows) {
        return PageRows<R>(connection_.get(), after, rows_max, rows);
      });
    }));
  }

  Status Apply(const ChangeSet& changes, TimeUs mark) override {
    if (Status status = Usable(); !status.ok()) return status;
    if (access_ == Access::kRead) return Status(Code::kReadOnly, "this unit only reads");
    if (reset_) return Status(Code::kInternal, "this unit sets the mark");
    const Status status = Fail(Guarded([&] { return WriteAll(changes, mark); }));
    applied_ = true;
    // What was written before the failure must not be committed.
    if (!status.ok()) End();
    return status;
  }

  Status SetTimeMark(TimeUs mark) override {
    if (Status status = Usable(); !status.ok()) return status;
    if (access_ == Access::kRead) return Status(Code::kReadOnly, "this unit only reads");
    if (applied_) return Status(Code::kInternal, "this unit applies changes");
    applied_ = reset_ = true;
    const int code = ResetControl(connection_.get(), mark, core_->writer_id, Wal());
    const Status status = Fail(MapError(code, Phase::kWork, "control"));
    if (!status.ok()) End();
    return status;
  }

  JournalNote journal_note() const override { return {control_.journal, control_.settled}; }

  Status NoteJournal(const JournalNote& note) override {
    if (Status status = Usable(); !status.ok()) return status;
    if (access_ == Access::kRead) return Status(Code::kReadOnly, "this unit only reads");
    if (!core_->owned) return Status(Code::kNotOwner, "this database is open to others");
    int code =
        applied_ ? SQLITE_OK : WriteControl(connection_.get(), TimeUs(), core_->writer_id, Wal());
    if (code == SQLITE_OK) code = WriteJournalNote(connection_.get(), note);
    applied_ = true;
    const Status status = Fail(MapError(code, Phase::kWork, "control"));
    if (!status.ok()) End();
    return status;
  }

  Status Commit() override {
    if (Status status = Usable(); !status.ok()) return status;
    if (!applied_) {
      End();
      return Status();
    }
    int code = SQLITE_OK;
    if (connection_->Prepared(kCommitSql, &code) == nullptr) {  // nothing was committed
      End();
      return MapError(code, Phase::kWork, "COMMIT");
    }
    code = connection_->Run(kCommitSql);
    const bool landed = code == SQLITE_OK;
    const bool replaced = core_->real_files && !core_->files.Unchanged();
    committed_ = landed && !replaced;
    if (committed_) {
      RaiseWal(kWalInUse);
      core_->wal_lost = false;
    }
    Status status = MapError(code, Phase::kCommit, "COMMIT");
    if (replaced && (landed || status == Code::kOutcomeUnknown)) {
      core_->Poison(Code::kStorageCorrupt);
      status = Replaced(Code::kOutcomeUnknown);
    } else if (status == Code::kOutcomeUnknown) {
      core_->Poison(Code::kStorageFailed);
    }
    End();
    return status;
  }

 private:
  template <class R>
  Status LoadTable(const KeysOf<R>& slot, RecordSet* into) {
    return LoadRows<R>(connection_.get(), slot.keys, &into->of<R>().rows);
  }

  Status WriteAll(const ChangeSet& changes, TimeUs mark) {
    Status status;
    changes.ForEach([&](const auto& slot) {
      if (status.ok()) status = WriteTable(slot);
    });
    if (!status.ok() || applied_) return status;  // the control row: once a transaction
    const int code = WriteControl(connection_.get(), mark, core_->writer_id, Wal());
    return MapError(code, Phase::kWork, "control");
  }
  int Wal() const { return std::max<int>(core_->wal, kWalInUse); }
  template <class R>
  Status WriteTable(const ChangesOf<R>& slot) {
    if (slot.changes.empty()) return Status();
    return RowWriter<R>(connection_.get()).Write(slot.changes);
  }

  Status Usable() const {
    if (core_->fork.forked()) return Status(Code::kForked);
    return open_ ? Status() : Status(Code::kInternal, "the unit has ended");
  }

  void RaiseWal(int wal) {
    int known = core_->wal.load();
    while (known < wal && !core_->wal.compare_exchange_weak(known, wal)) {
    }
  }

  Status Replaced(Code code) const {
    try {
      return Status(code, core_->files.path() +
                              ": the database, its -wal or its -shm was removed or replaced");
    } catch (const std::bad_alloc&) {
      return Status(code);
    }
  }

  // Passes a status on; one that shakes the trust in the file or the disk ends the storage with it.
  Status Fail(Status status) {
    if (PoisonsStorage(status.code())) {
      core_->Poison(status.code());
      End();
    }
    return status;
  }

  // Ends the transaction and lets the next writer in.
  void End() {
    if (!open_) return;
    open_ = false;
    if (!connection_->Rollback()) core_->Poison(Code::kStorageFailed);
    if (access_ == Access::kWrite) core_->gate.Leave();
  }

  Core* const core_;
  const Access access_;
  std::unique_ptr<DbConnection> connection_;
  Control control_;
  bool open_ = false;
  bool applied_ = false;
  bool reset_ = false;
  bool committed_ = false;
};

}  // namespace

Result<std::unique_ptr<StorageUnit>> BeginUnit(Core* core, Access access, Deadline deadline) {
  if (core->read_only && access == Access::kWrite) return Code::kReadOnly;
  std::unique_ptr<SqliteUnit> unit(new (std::nothrow) SqliteUnit(core, access));
  if (!unit) return Code::kOutOfMemory;
  if (Status status = Guarded([&] { return unit->Begin(deadline); }); !status.ok()) {
    return status;
  }
  return std::unique_ptr<StorageUnit>(std::move(unit));
}

}  // namespace seathold::sqlite
