// SQLite as a Storage.
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "seathold/adapter/storage.h"
#include "src/storage/sqlite/audit.h"
#include "src/storage/sqlite/backup.h"
#include "src/storage/sqlite/core.h"
#include "src/storage/sqlite/open.h"
#include "src/storage/sqlite/open_cores.h"
#include "src/storage/sqlite/wal_note.h"

namespace seathold {
namespace {

using sqlite::Core;

// Close waits this long for units in flight.
constexpr std::int64_t kDrainMs = 10'000;
constexpr std::int64_t kLastWordsMs = 1'000;

// A connection of the pool for as long as this lives.
class Lease {
 public:
  Lease(Core* core, Access access) : core_(core), access_(access) {}
  ~Lease() {
    if (connection_) core_->pool.Give(access_, std::move(connection_));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  Status Take(Deadline deadline) {
    const Status status = core_->pool.Take(access_, deadline, &connection_);
    if (status.ok()) connection_->set_deadline(deadline);
    return status;
  }
  sqlite::DbConnection* get() const { return connection_.get(); }

 private:
  Core* const core_;
  const Access access_;
  std::unique_ptr<sqlite::DbConnection> connection_;
};

class SqliteStorage final : public Storage {
 public:
  explicit SqliteStorage(SqliteOptions options) : options_(std::move(options)) {}
  ~SqliteStorage() override {
    if (core_ && core_->fork.forked()) {
      core_->pool.Abandon();
      (void)core_.release();
    } else if (!Close().ok()) {
      (void)core_.release();  // a unit still leans on it
    }
  }

  Result<StorageInfo> Open(const StorageOptions& how) override {
    if (core_ && !closed_) return Status(Code::kCannotOpen, "this storage is open already");
    try {
      auto core = std::make_unique<Core>();
      auto info = sqlite::OpenDatabase(options_, how, core.get());
      if (info.ok()) {
        sqlite::AddOpenCore(core.get());
        core_ = std::move(core);
        closed_ = false;
      }
      return info;
    } catch (const std::bad_alloc&) {
      return Code::kOutOfMemory;
    }
  }

  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    if (Status status = Usable(); !status.ok()) return status;
    return sqlite::BeginUnit(core_.get(), access, deadline);
  }

  Result<std::uint64_t> ForeignCommits(Deadline deadline) override {
    if (Status status = Usable(); !status.ok()) return status;
    Lease reader(core_.get(), Access::kRead);
    if (Status status = reader.Take(deadline); !status.ok()) return status;
    sqlite::Control control;
    const int code = sqlite::ReadControl(reader.get(), &control);
    if (code != SQLITE_OK) return sqlite::MapError(code, sqlite::Phase::kWork, "control");
    if (Status status = sqlite::CheckControl(control, core_->owned); !status.ok()) return status;
    core_->NoteCommits(control);
    return core_->foreign_commits.load();
  }

  Status Audit(TimeUs now, AuditReport* report, Deadline deadline) override {
    if (Status status = Usable(); !status.ok()) return status;
    Lease reader(core_.get(), Access::kRead);
    if (Status status = reader.Take(deadline); !status.ok()) return status;
    try {
      return sqlite::AuditDatabase(reader.get(), core_->owned, now, report, deadline);
    } catch (const std::bad_alloc&) {
      return Status(Code::kOutOfMemory);
    }
  }

  Status Backup(const std::string& path, Deadline deadline) override {
    if (Status status = Usable(); !status.ok()) return status;
    Lease reader(core_.get(), Access::kRead);
    if (Status status = reader.Take(deadline); !status.ok()) return status;
    return sqlite::BackupTo(reader.get(), path, deadline);
  }

  Status Maintain(Deadline deadline) override {
    if (Status status = Usable(); !status.ok()) return status;
    if (core_->read_only) return Status(Code::kReadOnly);
    Lease writer(core_.get(), Access::kWrite);
    if (Status status = writer.Take(deadline); !status.ok()) return status;
    sqlite::CopyWal(core_.get(), writer.get());
    // Who is in the gate now writes: the next one to write cuts.
    if (core_->gate.Enter(Deadline{0}).ok()) {
      sqlite::CutWalIfDue(core_.get(), writer.get());
      core_->gate.Leave();
    }
    return Status();
  }

  std::uint64_t bytes_on_disk() const override {
    return core_ && core_->real_files ? core_->files.BytesOnDisk() : 0;
  }

  Status Close() override {
    if (!core_ || closed_) return Status();
    if (core_->fork.forked()) return Status(Code::kForked);
    std::unique_ptr<sqlite::DbConnection> writer;
    const Status status = core_->pool.Close(Deadline::After({kDrainMs}), &writer);
    if (!status.ok()) return status;
    // The last one out says that the file is whole. Waiting is not worth it: who cannot say so
    // leaves a note that a WAL was in use, as a crash does.
    const bool last = writer && core_->gate.Enter(Deadline::After({kLastWordsMs})).ok() &&
                      core_->gate.StayAlone();
    // A loss is told until somebody builds upon what is left.
    if (last && !core_->wal_lost) sqlite::NoteClosed(core_.get(), writer.get());
    if (!last) core_->gate.Part();
    writer.reset();
    core_->gate.Close();
    core_->bond.Untie();
    sqlite::RemoveOpenCore(core_.get());
    closed_ = true;
    return Status();
  }

 private:
  Status Usable() const {
    if (!core_) return Status(Code::kClosed);
    if (core_->fork.forked()) return Status(Code::kForked);
    // Nobody waits for readers to close before they put another file in the place of this one.
    const bool replaced = core_->read_only && core_->real_files && !core_->files.SameDatabase();
    return replaced ? Status(Code::kStorageCorrupt, "the database was removed or replaced")
                    : Status();
  }

  const SqliteOptions options_;
  // Written by Open and Close only, which nobody calls beside other calls of the first opening.
  std::unique_ptr<Core> core_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Storage> NewSqliteStorage(const SqliteOptions& options) {
  return std::make_unique<SqliteStorage>(options);
}

}  // namespace seathold
