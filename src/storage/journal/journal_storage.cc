#include "src/storage/journal/journal_storage.h"

#include <atomic>
#include <new>
#include <string>
#include <thread>
#include <utility>

#include "src/storage/journal/core.h"
#include "src/storage/journal/recovery.h"
#include "src/util/guarded.h"

namespace seathold {
namespace {

using journal::Core;
using journal::Log;

// Closing waits this long for units in flight, and then for what is to be settled.
constexpr std::int64_t kDrainMs = 10'000;
constexpr std::int64_t kLastSettleMs = 60'000;
constexpr std::uint64_t kHalfBytesMin = 4 << 10;

Status NoteIn(Storage& below, const JournalNote& note, Deadline deadline) {
  auto unit = below.Begin(Access::kWrite, deadline);
  if (!unit.ok()) return unit.status();
  if (Status status = (*unit)->NoteJournal(note); !status.ok()) return status;
  return (*unit)->Commit();
}

// What a disk answers, as the answer of Open.
Status AtOpening(const Status& status, const std::string& path) {
  const bool failed = status == Code::kStorageFailed || status == Code::kOutcomeUnknown;
  const std::string detail(status.detail());
  return Status(failed ? Code::kCannotOpen : status.code(),
                detail.starts_with(path) ? detail : path + ": " + detail);
}

class JournalStorage final : public Storage {
 public:
  JournalStorage(std::unique_ptr<Storage> below, JournalOptions options)
      : below_(std::move(below)), options_(std::move(options)) {}
  ~JournalStorage() override {
    if (core_ != nullptr && core_->Usable() == Code::kForked) {
      // The parent's. In a child its handle may be that of a thread of the child's own by now.
      (void)new (std::nothrow) std::thread(std::move(settler_));
      (void)core_.release();
      return;
    }
    if (Close().ok() || core_ == nullptr) return;
    if (settler_.joinable()) {
      core_->Stop();
      settler_.join();
    }
    (void)core_.release();  // a unit still leans on it
  }

  Result<StorageInfo> Open(const StorageOptions& how) override {
    if (core_ != nullptr && !closed_) {
      return Status(Code::kCannotOpen, "this storage is open already");
    }
    core_.reset();
    StorageInfo info;
    const Status opened = Guarded([&] { return OpenAll(how, &info); });
    if (opened.ok()) {
      closing_.store(false);
      closed_ = false;
      return info;
    }
    core_.reset();
    (void)below_->Close();
    return opened;
  }

  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    if (core_ == nullptr || closing_.load()) return Status(Code::kClosed);
    return journal::BeginUnit(core_.get(), access, deadline);
  }

  Status Audit(TimeUs now, AuditReport* report, Deadline deadline) override {
    if (Status status = Settle(deadline); !status.ok()) return status;
    return below_->Audit(now, report, deadline);
  }
  Status Backup(const std::string& path, Deadline deadline) override {
    if (Status status = Settle(deadline); !status.ok()) return status;
    return below_->Backup(path, deadline);
  }
  // Once nobody buys, what is in the log may as well be where SQL tools look for it.
  Status Maintain(Deadline deadline) override {
    if (Status status = Settle(deadline); !status.ok()) return status;
    return below_->Maintain(deadline);
  }
  std::uint64_t bytes_on_disk() const override {
    return below_->bytes_on_disk() + (core_ != nullptr ? core_->log_bytes() : 0);
  }

  Status Close() override {
    if (core_ == nullptr || closed_) return Status();
    if (core_->Usable() == Code::kForked) return Status(Code::kForked);
    // Units that have begun may commit.
    closing_.store(true);
    const Deadline drained = Deadline::After({kDrainMs});
    if (Status status = core_->turns().Close(drained); !status.ok()) return status;
    if (settler_.joinable()) {
      core_->Stop();
      settler_.join();
    }
    if (Status status = AwaitReaders(drained); !status.ok()) return status;
    // What cannot be settled now stays in the log, for whoever opens it next.
    (void)Guarded([&] { return EndLog(Deadline::After({kLastSettleMs})); });
    // Behind it: whoever settles waits for those who look, also in a call that is still under way.
    if (Status status = core_->view().Close(drained); !status.ok()) return status;
    const Status closed = below_->Close();
    closed_ = closed.ok();
    return closed;
  }

 private:
  Status OpenAll(const StorageOptions& how, StorageInfo* info) {
    if (how.read_only) return Status(Code::kReadOnly, "a journal is opened to write");
    StorageOptions below = how;
    below.owned = true;
    auto opened = below_->Open(below);
    if (!opened.ok()) return opened.status();
    *info = std::move(opened).value();
    place_ = options_.place;
    if (place_ == nullptr && info->log_path.empty()) {
      return Status(Code::kUnsupported, "beside this storage is no place for the log of a journal");
    }
    if (place_ == nullptr) place_ = journal::LogAt(info->log_path);
    core_ = std::make_unique<Core>(*below_, options_.settler_thread);
    if (Status status = StartLog(*info, Deadline::After({how.busy_ms})); !status.ok()) {
      return status;
    }
    if (Status status = core_->turns().Open(); !status.ok()) return status;
    if (Status status = core_->view().Open(); !status.ok()) return status;
    info->description += ", behind a journal";
    info->durability = "every commit synced to a log";
    info->shared = false;
    info->line_path.clear();        // others have no business here, and this process has a memory
    if (options_.settler_thread) {  // last: nothing fails behind it
      settler_ = std::thread([core = core_.get()] { core->SettleUntilStopped(); });
    }
    return Status();
  }

  Status StartLog(const StorageInfo& info, Deadline deadline) {
    auto unit = below_->Begin(Access::kRead, deadline);
    if (!unit.ok()) return unit.status();
    const JournalNote note = (*unit)->journal_note();
    const TimeUs mark = (*unit)->time_mark();
    auto log = FindLog(info, note, unit->get());
    unit->reset();
    if (log.ok() && *log == nullptr) log = BeginLog(info, note, deadline);
    if (!log.ok()) return AtOpening(log.status(), info.log_path);
    core_->Start(std::move(log).value(), note.settled, mark);
    return Status();
  }

  // The log that is there, if one is needed. One that holds nothing more is not.
  Result<std::unique_ptr<Log>> FindLog(const StorageInfo& info, const JournalNote& note,
                                       StorageUnit* below) {
    auto file = place_->Open();
    if (!file.ok()) return file.status();
    if (*file == nullptr) {
      if (!note.open) return std::unique_ptr<Log>();
      return Status(Code::kStorageCorrupt,
                    "is gone, and with it the latest commits; put it back, or restore a backup");
    }
    journal::Recovery recovery;
    bool more = false;
    auto log = Log::Find(std::move(*file), {info.pair, info.schema}, note.settled,
                         [&](std::uint64_t number, std::span<const std::uint8_t> text) {
                           more = true;
                           return recovery.Add(number, text);
                         });
    if (!log.ok()) return log;
    if (!note.open && more) {
      return Status(Code::kStorageCorrupt,
                    "holds commits that this database has not: the database is older than it");
    }
    if (!note.open) return std::unique_ptr<Log>();
    if (*log == nullptr) return Status(Code::kStorageCorrupt, "is empty, and commits were in it");
    const Status filled = recovery.Fill(below, core_->overlay().frozen.get());
    if (!filled.ok()) return filled;
    return log;
  }

  // In this order: a log without commits is nothing to a database that does not ask for it.
  Result<std::unique_ptr<Log>> BeginLog(const StorageInfo& info, const JournalNote& note,
                                        Deadline deadline) {
    if (Status status = place_->Remove(); !status.ok()) return status;
    const std::uint64_t half = std::max(options_.half_bytes, kHalfBytesMin) / 8 * 8;
    auto file = place_->Create(Log::FileBytes(half));
    if (!file.ok()) return file.status();
    auto log = Log::Begin(std::move(*file), {info.pair, info.schema}, note.settled);
    if (!log.ok()) return log;
    const Status noted = NoteIn(*below_, {.open = true, .settled = note.settled}, deadline);
    if (!noted.ok()) return noted;
    return log;
  }

  Status Settle(Deadline deadline) {
    if (core_ == nullptr || closing_.load()) return Status(Code::kClosed);
    return Guarded([&] { return core_->SettleSoFar(deadline); });
  }

  Status AwaitReaders(Deadline deadline) {
    const Status alone = core_->view().Enter(Access::kWrite, deadline);
    if (alone.ok()) core_->view().Leave(Access::kWrite);
    return alone == Code::kClosed ? Status() : alone;
  }

  // The database is whole without the log, says so, and only then the log goes.
  Status EndLog(Deadline deadline) {
    if (Status status = core_->SettleAll(deadline); !status.ok()) return status;
    const JournalNote note{.open = false, .settled = core_->settled()};
    if (Status status = NoteIn(*below_, note, deadline); !status.ok()) return status;
    return place_->Remove();
  }

  const std::unique_ptr<Storage> below_;
  const JournalOptions options_;
  std::unique_ptr<Core> core_;  // from Open on
  std::thread settler_;
  std::shared_ptr<journal::LogPlace> place_;
  std::atomic<bool> closing_{false};
  bool closed_ = false;  // as core_: written by Open and Close
};

}  // namespace

std::unique_ptr<Storage> NewJournalStorage(std::unique_ptr<Storage> below,
                                           const JournalOptions& options) {
  return std::make_unique<JournalStorage>(std::move(below), options);
}

}  // namespace seathold
