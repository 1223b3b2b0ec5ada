// An SQLite storage whose process stops itself (SIGSTOP) inside a transaction, before its COMMIT.
#pragma once

#include <signal.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "seathold/adapter/storage.h"

namespace seathold::testing {

class StoppingUnit final : public StorageUnit {
 public:
  StoppingUnit(std::unique_ptr<StorageUnit> inner, std::atomic<bool>* stop)
      : inner_(std::move(inner)), stop_(stop) {}

  TimeUs time_mark() const override { return inner_->time_mark(); }
  std::optional<TimeUs> Now() override { return inner_->Now(); }
  Status AwaitOthers() override { return inner_->AwaitOthers(); }
  Status Load(const KeySet& keys, RecordSet* into) override { return inner_->Load(keys, into); }
  Status Scan(const ScanSpec& scan, RecordSet* into, bool* more) override {
    return inner_->Scan(scan, into, more);
  }
  Status Page(std::uint32_t rows_max, RecordSet* io) override { return inner_->Page(rows_max, io); }
  Status Apply(const ChangeSet& changes, TimeUs mark) override {
    return inner_->Apply(changes, mark);
  }
  Status Commit() override {
    if (stop_->exchange(false)) raise(SIGSTOP);
    return inner_->Commit();
  }

 private:
  std::unique_ptr<StorageUnit> inner_;
  std::atomic<bool>* const stop_;
};

class StoppingStorage final : public Storage {
 public:
  // `stop` makes the next commit stop; it outlives this.
  StoppingStorage(const std::string& path, std::atomic<bool>* stop)
      : inner_(NewSqliteStorage({.path = path, .vfs = ""})), stop_(stop) {}

  Result<StorageInfo> Open(const StorageOptions& options) override { return inner_->Open(options); }
  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    auto unit = inner_->Begin(access, deadline);
    if (!unit.ok() || access == Access::kRead) return unit;
    return std::unique_ptr<StorageUnit>(
        std::make_unique<StoppingUnit>(std::move(unit).value(), stop_));
  }
  Result<std::uint64_t> ForeignCommits(Deadline deadline) override {
    return inner_->ForeignCommits(deadline);
  }
  Status Audit(TimeUs now, AuditReport* report, Deadline deadline) override {
    return inner_->Audit(now, report, deadline);
  }
  Status Backup(const std::string& path, Deadline deadline) override {
    return inner_->Backup(path, deadline);
  }
  Status Maintain(Deadline deadline) override { return inner_->Maintain(deadline); }
  std::uint64_t bytes_on_disk() const override { return inner_->bytes_on_disk(); }
  Status Close() override { return inner_->Close(); }

 private:
  std::unique_ptr<Storage> inner_;
  std::atomic<bool>* const stop_;
};

}  // namespace seathold::testing
