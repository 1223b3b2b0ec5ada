// Storages that stand in front of another and change one thing: derive and override it.
//
//   class Counting : public seathold::StorageWrapper {
//    public:
//     using StorageWrapper::StorageWrapper;
//     Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
//       ++begun;
//       return StorageWrapper::Begin(access, deadline);
//     }
//     std::atomic<int> begun = 0;
//   };
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "seathold/adapter/storage.h"

namespace seathold {

// Forwards everything.
class StorageWrapper : public Storage {
 public:
  explicit StorageWrapper(std::unique_ptr<Storage> inner) : inner_(std::move(inner)) {}

  Result<StorageInfo> Open(const StorageOptions& options) override { return inner_->Open(options); }
  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    return inner_->Begin(access, deadline);
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

 protected:
  Storage& inner() { return *inner_; }

 private:
  const std::unique_ptr<Storage> inner_;
};

// The same for a unit.
class UnitWrapper : public StorageUnit {
 public:
  explicit UnitWrapper(std::unique_ptr<StorageUnit> inner) : inner_(std::move(inner)) {}

  TimeUs time_mark() const override { return inner_->time_mark(); }
  std::optional<TimeUs> Now() override { return inner_->Now(); }
  Status AwaitOthers() override { return inner_->AwaitOthers(); }
  Status Load(const KeySet& keys, RecordSet* into) override { return inner_->Load(keys, into); }
  Status Scan(const ScanSpec& scan, RecordSet* into, bool* more) override {
    return inner_->Scan(scan, into, more);
  }
  Status Page(std::uint32_t rows_max, RecordSet* io) override { return inner_->Page(rows_max, io); }
  Status SetTimeMark(TimeUs mark) override { return inner_->SetTimeMark(mark); }
  JournalNote journal_note() const override { return inner_->journal_note(); }
  Status NoteJournal(const JournalNote& note) override { return inner_->NoteJournal(note); }
  Status Apply(const ChangeSet& changes, TimeUs mark) override {
    return inner_->Apply(changes, mark);
  }
  Status Commit() override { return inner_->Commit(); }

 private:
  const std::unique_ptr<StorageUnit> inner_;
};

}  // namespace seathold
