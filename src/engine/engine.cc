// Engine: the objects, sweeping, verifying, and closing.
#include "seathold/engine.h"

#include <algorithm>

#include "seathold/adapter/parts.h"
#include "src/engine/engine_open.h"
#include "src/engine/queue_line.h"
#include "src/engine/sweeper.h"
#include "src/util/uuid7.h"

namespace seathold {
namespace {

constexpr int kSweepHoldsMax = 100'000;
constexpr std::int64_t kCloseTimeoutMs = 60'000;
constexpr std::int64_t kCloseTellMs = 1'000;
constexpr const char* kWalLost =
    "the -wal that was in use when this database was last left is gone: unless another program "
    "closed the database since, its latest commits are missing";

class EngineImpl final : public Engine {
 public:
  ~EngineImpl() override {
    if (core_.fork_guard.forked()) (void)sweeper_.release();  // its thread is the parent's
    if (core_.storage != nullptr) (void)Close({kCloseTimeoutMs});
  }

  Status Start(const EngineOptions& options, EngineParts parts) {
    if (Status s = OpenCore(options, std::move(parts), &core_); !s.ok()) return s;
    // Engine time starts at what storage has seen, so that memory and transactions agree from the
    // first call on.
    const Status marked = core_.InUnit(Access::kRead, Deadline::After({}), [&](StorageUnit& unit) {
      core_.NowIn(unit);
      return Status();
    });
    if (!marked.ok()) return marked;
    WarnOfTheClock();
    ids_ = std::make_unique<Uuid7>(*core_.entropy);
    catalog_ = NewCatalog(core_);
    reservations_ = NewReservationSystem(core_);
    queue_ = NewQueueManager(core_);
    wallet_ = NewWallet(core_);
    auto accounts = NewAccounts(core_);
    if (!accounts.ok()) return accounts.status();
    accounts_ = std::move(accounts).value();
    sweeper_ = std::make_unique<Sweeper>(core_);
    if (options.sweeper_thread && !options.read_only) sweeper_->Start();
    if (core_.info.wal_lost) core_.log->Write(LogLevel::kWarning, kWalLost);
    core_.log->Write(LogLevel::kInfo,
                     "opened " + core_.info.description + "; durability: " + core_.info.durability);
    return Status();
  }

  Catalog& catalog() override { return *catalog_; }
  ReservationSystem& reservations() override { return *reservations_; }
  QueueManager& queue() override { return *queue_; }
  Wallet& wallet() override { return *wallet_; }
  Accounts& accounts() override { return *accounts_; }

  Uuid NewId() override { return ids_->Next(core_.Now()); }
  TimeUs Now() override { return core_.Now(); }

  Result<int> Sweep(int holds_max, const CallOptions& options) override {
    if (holds_max < 1 || holds_max > kSweepHoldsMax) {
      return Status(Code::kInvalidArgument, "holds_max is not within 1 .. 100,000");
    }
    if (Status usable = core_.Writable(); !usable.ok()) return usable;
    const Deadline deadline = Deadline::After(options);
    int ended = 0;
    const Status swept = Guarded([&] {
      const auto holds = sweeper_->Sweep(holds_max, deadline);
      if (!holds.ok()) return holds.status();
      ended = *holds;
      return SweepLines(core_, deadline);
    });
    if (!swept.ok() && ended == 0) return swept;  // else it has had its effect
    return ended;
  }

  Result<AuditReport> Verify(const CallOptions& options) override try {
    if (Status usable = core_.Usable(); !usable.ok()) return usable;
    AuditReport report;
    const Status status = core_.storage->Audit(core_.Now(), &report, Deadline::After(options));
    if (!status.ok()) return status;
    return report;
  } catch (...) {
    return CaughtStatus();
  }

  Status Backup(const std::string& path, const CallOptions& options) override try {
    if (Status usable = core_.Usable(); !usable.ok()) return usable;
    if (path.empty()) return Status(Code::kInvalidArgument, "the backup has no path");
    return core_.storage->Backup(path, Deadline::After(options));
  } catch (...) {
    return CaughtStatus();
  }

  Status RotateKeys() override try {
    if (Status usable = core_.Writable(); !usable.ok()) return usable;
    return core_.keys->Rotate(*core_.entropy, core_.Now()).status();
  } catch (...) {
    return CaughtStatus();
  }

  Stats stats() const override {
    Stats out;
    core_.counters.Read(&out);
    out.storage = core_.info;
    out.claims = core_.claims_text;
    out.line = core_.line_text;
    out.clock_jumps = core_.time->jumps();
    out.mirror_bytes = core_.directory->mirror_bytes();
    out.time_mark = core_.time->mark();
    out.clock_behind_ms = ClockBehindMs();
    out.bytes_on_disk = core_.storage->bytes_on_disk();
    return out;
  }

  Status AcceptClock(TimeUs mark, const CallOptions& options) override {
    const Deadline deadline = Deadline::After(options);
    const Status set = core_.InUnit(Access::kWrite, deadline, [&](StorageUnit& unit) {
      const TimeUs old = core_.NowIn(unit);
      if (mark.value < 1 || mark > old) {
        return Status(Code::kInvalidArgument, "the mark is not within 1 .. engine time");
      }
      Status status = unit.SetTimeMark(mark);
      if (!status.ok()) return status;
      // Under the write lock, so that no batch notes the old time again.
      core_.time->Restart(mark);
      status = unit.Commit();
      if (!status.ok()) core_.time->Now(old);
      return status;
    });
    if (!set.ok()) return set;
    return Guarded([&] {
      core_.directory->ForgetMirrors();
      return ReopenLines(core_, deadline);
    });
  }

  void EndWaits() override {
    if (core_.fork_guard.forked()) return;
    core_.waits_ended.store(true);
    core_.directory->WakeWaiters();
  }

  Status Close(const CallOptions& options) override {
    if (core_.fork_guard.forked()) return Status(Code::kForked);
    if (core_.directory != nullptr) EndWaits();
    const MutexLock lock(close_mutex_);
    if (closed_) return Status();
    core_.closed.store(true, std::memory_order_release);
    if (sweeper_ != nullptr) sweeper_->Stop();
    if (core_.commits != nullptr) {
      core_.commits->Close(Status(Code::kClosed));
      if (!core_.commits->Drain(Deadline::After(options))) return Status(Code::kBusy);
    }
    TellLine({std::min(options.timeout_ms, kCloseTellMs)});
    const Status closed = Guarded([&] { return core_.storage->Close(); });
    closed_ = closed.ok();
    return closed;
  }

 private:
  std::int64_t ClockBehindMs() const {
    const std::int64_t behind_us = core_.time->Now().value - core_.clock->Now().value;
    return std::max<std::int64_t>(0, behind_us / kUsPerMs);
  }

  void WarnOfTheClock() {
    const std::int64_t behind_ms = ClockBehindMs();
    if (behind_ms < core_.options.clock_jump_max_ms) return;
    core_.log->Write(LogLevel::kWarning,
                     "this database was written " + std::to_string(behind_ms / 1'000) +
                         " s ahead of this machine's clock, and goes by that time: sales and holds "
                         "may be over. Where that clock was wrong, accept a new one (`seathold "
                         "clock`)");
  }

  // The last chance to tell the line who is through. Closing does not depend on it.
  void TellLine(const CallOptions& options) {
    if (core_.line_writer == nullptr || core_.options.read_only) return;
    (void)Guarded([&] {
      const Status told = core_.line_writer->Tell(Deadline::After(options));
      if (told.ok()) return told;
      core_.log->Write(LogLevel::kWarning, "the waiting line was not told of all: " + told.text());
      return told;
    });
  }

  EngineCore core_;
  std::unique_ptr<Uuid7> ids_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<ReservationSystem> reservations_;
  std::unique_ptr<QueueManager> queue_;
  std::unique_ptr<Wallet> wallet_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<Sweeper> sweeper_;
  Mutex close_mutex_{LockRank::kClosing};
  bool closed_ GUARDED_BY(close_mutex_) = false;
};

}  // namespace

Result<std::unique_ptr<Engine>> Engine::Open(const EngineOptions& options) {
  return Open(options, EngineParts());
}

Result<std::unique_ptr<Engine>> Engine::Open(const EngineOptions& options, EngineParts parts) {
  std::unique_ptr<EngineImpl> engine;
  const Status started = Guarded([&] {
    engine = std::make_unique<EngineImpl>();
    return engine->Start(options, std::move(parts));
  });
  if (!started.ok()) return started;
  return std::unique_ptr<Engine>(std::move(engine));
}

std::string_view Version() { return "0.2.0"; }

}  // namespace seathold
