#include "src/line/sqlite/sqlite_line.h"

#include <algorithm>
#include <new>

#include "src/line/line_rules.h"
#include "src/line/sqlite/gate.h"
#include "src/line/sqlite/line_file.h"
#include "src/line/sqlite/show_state.h"
#include "src/util/fork_guard.h"
#include "src/util/grow_only_table.h"
#include "src/util/mutex.h"

namespace seathold {
namespace {

constexpr std::size_t kRideRowsMax = 64;      // heartbeats any write takes along
constexpr std::size_t kFlushRowsMax = 4'096;  // and one that comes when they are due
constexpr std::int64_t kLogRowsMax = 65'536;  // behind that, a process reads the whole line again
constexpr std::int64_t kFlushWaitMs = 50;     // a poll's wait for the file, for heartbeats only
constexpr std::int64_t kFlushRetryNs = 1'000'000'000;
constexpr std::int64_t kCloseWaitMs = 1'000;

std::int64_t QuarterGraceUs(const LineImage& image) {
  return image.numbers().config.grace_ms * kUsPerMs / 4;
}

class SqliteLine final : public Line {
 public:
  SqliteLine(std::string path, const SqliteLineOptions& options)
      : max_age_ns_(options.max_age_ms * 1'000'000),
        read_only_(options.read_only),
        file_(std::make_unique<LineFile>(std::move(path),
                                         LineOwner{options.pair, options.read_only})) {}

  ~SqliteLine() override {
    if (fork_guard_.forked()) {
      (void)file_.release();  // the parent's connection: closing it here could harm the parent
      return;
    }
    if (read_only_) return;
    const Deadline deadline = Deadline::After({kCloseWaitMs});
    states_.Each([&](ShowId show, ShowState& state) { FlushAtClose(show, state, deadline); });
  }

  Status Open(Deadline deadline) {
    GateHold gate(gate_, deadline);
    return ConnectOrReplace(deadline);
  }

  Status OpenLine(ShowId show, const LineConfig& config, TimeUs now, Deadline deadline) override;
  Status Join(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
              Deadline deadline) override;
  Status Poll(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
              Deadline deadline) override;
  Status Admit(ShowId show, std::uint64_t epoch, std::uint32_t max, TimeUs now, Deadline deadline,
               std::uint32_t* admitted) override;
  Status Keep(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
              Deadline deadline) override;
  Status Leave(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
               Deadline deadline) override;
  Status Stats(ShowId show, TimeUs now, LineStats* out, Deadline deadline) override;

 private:
  enum class Polled { kDone, kFlushDue, kStale, kReenter };

  ShowState* StateOf(ShowId show);  // null: out of memory
  Status Connected(Deadline deadline);
  Status ConnectOrReplace(Deadline deadline);
  Status Replace(Deadline deadline);

  Status Sync(ShowId show, ShowState& state) REQUIRES(state.mutex);
  Status SyncFrom(ShowId show, ShowState& state, const LineHead& head, bool reconnected)
      REQUIRES(state.mutex);
  Status LoadWhole(ShowId show, ShowState& state, const LineHead& head) REQUIRES(state.mutex);
  bool LoadChanges(ShowId show, ShowState& state, const LineHead& head, Status* status)
      REQUIRES(state.mutex);
  Status Tidy(ShowId show, ShowState& state, LineImage& image);

  bool FlushDue(const ShowState& state) const REQUIRES_SHARED(state.mutex);
  Status Save(ShowId show, ShowState& state) REQUIRES(state.mutex);
  Status SaveRows(ShowId show, ShowState& state, std::vector<Sequence> touched)
      REQUIRES(state.mutex);
  Status Finish(ShowId show, ShowState& state, Status status, bool always, Deadline deadline)
      REQUIRES(state.mutex);
  void FlushAtClose(ShowId show, ShowState& state, Deadline deadline);
  void Flush(ShowId show, ShowState& state, Deadline deadline);

  template <class Step>
  Status Write(ShowId show, std::uint64_t epoch, Deadline deadline, const Step& step);
  Status Refresh(ShowId show, ShowState& state, Deadline deadline);
  Status OpenIn(ShowId show, ShowState& state, const LineConfig& config, TimeUs now,
                Deadline deadline, bool* damaged);
  Status OpenLocked(ShowId show, ShowState& state, const LineConfig& config, TimeUs now,
                    Deadline deadline, bool* damaged) REQUIRES(state.mutex);
  Status MakeLine(ShowId show, ShowState& state, const LineConfig& config, TimeUs now)
      REQUIRES(state.mutex);
  bool PollBeside(ShowState& state, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now);
  Polled TryPoll(ShowState& state, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
                 bool refreshed, Status* status);

  const std::int64_t max_age_ns_;
  const bool read_only_;
  const ForkGuard fork_guard_;
  Mutex states_mutex_;
  GrowOnlyTable<ShowId, ShowState> states_;  // states_mutex_: of whoever adds

  Gate gate_;
  // Guarded by the gate.
  std::unique_ptr<LineFile> file_;
  std::int64_t connection_ = 0;  // counts them
};

ShowState* SqliteLine::StateOf(ShowId show) {
  if (ShowState* known = states_.Find(show)) return known;
  MutexLock lock(states_mutex_);
  try {
    return states_.Add(show, std::make_unique<ShowState>());
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

// REQUIRES: the gate. A file that was deleted or replaced is let go: going on with the old one
// would make two lines of one.
Status SqliteLine::Connected(Deadline deadline) {
  if (fork_guard_.forked()) return Status(Code::kForked);
  if (file_->connected() && !file_->Moved()) return {};
  file_->Disconnect();
  ++connection_;
  return file_->Connect(deadline);
}

Status SqliteLine::ConnectOrReplace(Deadline deadline) {
  Status status = Connected(deadline);
  return status == Code::kLineLost && !read_only_ ? Replace(deadline) : status;
}

Status SqliteLine::Replace(Deadline deadline) {
  Status status = file_->Discard();
  ++connection_;
  return status.ok() ? file_->Connect(deadline) : status;
}

// Whether a file was put back, or lost its log: the places that it would give next are somebody's.
bool IsOlder(const LineHead& head, const ShowState& state) {
  return head.numbers.config.epoch == state.newest_epoch && head.version < state.newest_version;
}

// REQUIRES: what state.head says is in the file.
void NoteNewest(ShowState* state) {
  state->newest_epoch = state->head.numbers.config.epoch;
  state->newest_version = state->head.version;
}

Status SqliteLine::Sync(ShowId show, ShowState& state) {
  FileState at{connection_, 0};
  if (Status status = file_->DataVersion(&at.data_version); !status.ok()) return status;
  const std::int64_t now_ns = MonotonicNs();
  if (!state.known || !(state.seen == at)) {
    const bool reconnected = state.seen.connection != connection_;
    state.seen = at;
    std::optional<LineHead> head;
    Status status = file_->ReadHead(show, &head);
    const bool this_boot = head && (head->boot == 0 || head->boot == file_->boot());
    if (status.ok() && (!this_boot || IsOlder(*head, state))) status = Status(Code::kLineLost);
    if (status.ok()) status = SyncFrom(show, state, *head, reconnected);
    if (status.ok()) NoteNewest(&state);
    if (!status.ok()) state.image.reset();
    state.known = status.ok() || status == Code::kLineLost;
    if (!state.known) return status;
  }
  state.checked_ns = now_ns;
  return state.image ? Status() : Status(Code::kLineLost);
}

Status SqliteLine::SyncFrom(ShowId show, ShowState& state, const LineHead& head, bool reconnected) {
  const bool same_line = state.image && !reconnected &&
                         state.image->numbers().config.epoch == head.numbers.config.epoch &&
                         state.head.version >= head.log_from && state.head.version <= head.version;
  Status status;
  if (same_line && LoadChanges(show, state, head, &status)) return status;
  return status.ok() ? LoadWhole(show, state, head) : status;
}

// False: this image cannot take them over.
bool SqliteLine::LoadChanges(ShowId show, ShowState& state, const LineHead& head, Status* status) {
  LineImage& image = *state.image;
  image.RestoreNumbers(head.numbers);
  std::vector<LineRow> rows;
  *status = file_->ReadChanges(show, state.head.version,
                               [&](Sequence sequence, const std::optional<LineRow>& row) {
                                 // A user's old entry has to go before the new one may come.
                                 if (row) rows.push_back(*row);
                                 if (!row) image.Forget(sequence);
                               });
  if (!status->ok()) return false;
  for (const LineRow& row : rows) {
    if (!image.Restore(row)) return false;
  }
  (void)image.TakeTouched();
  state.head = head;
  state.stored_served_us = head.numbers.served_us;
  return true;
}

Status SqliteLine::LoadWhole(ShowId show, ShowState& state, const LineHead& head) {
  LineImage image(head.numbers, head.numbers.config.grace_ms * kUsPerMs / 4);
  Status status = file_->ReadEntries(show, [&](const LineRow& row) { return image.Restore(row); });
  if (!status.ok()) return status;
  if (state.image && state.image->numbers().config.epoch == head.numbers.config.epoch) {
    for (bool done = false; !done;) {
      for (const WaiterAt& heard : state.image->TakeHeard(kFlushRowsMax, &done)) {
        image.MergeHeard(heard.sequence, heard.waiter, true);
      }
    }
  }
  image.TrackTouched(true);
  state.image.emplace(std::move(image));
  state.head = head;
  state.flushed_us = head.numbers.seen_us;
  state.stored_served_us = head.numbers.served_us;
  state.heard_at = state.seen;
  return {};
}

// Nobody is dropped whom another process has heard.
Status SqliteLine::Tidy(ShowId show, ShowState& state, LineImage& image) {
  if (image.has_silent() && !(state.heard_at == state.seen)) {
    Status status = file_->ReadEntries(show, [&](const LineRow& row) {
      image.MergeHeard(row.sequence, {row.user, row.heard_us}, false);
      return true;
    });
    if (!status.ok()) return status;
    state.heard_at = state.seen;
  }
  image.Tidy();
  return {};
}

bool SqliteLine::FlushDue(const ShowState& state) const {
  const LineImage& image = *state.image;
  const LineNumbers& n = image.numbers();
  if (n.served_us - state.stored_served_us >= QuarterGraceUs(image)) return true;
  return image.has_heard() && n.seen_us - state.flushed_us >= QuarterGraceUs(image);
}

Status SqliteLine::SaveRows(ShowId show, ShowState& state, std::vector<Sequence> touched) {
  std::ranges::sort(touched);
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  LineHead& head = state.head;
  ++head.version;
  const auto rows = static_cast<std::int64_t>(touched.size());
  const bool logged = head.log_rows + rows <= kLogRowsMax;
  Status status;
  if (!logged) {
    status = file_->ClearLog(show);
    head.log_from = head.version;
  }
  head.log_rows = logged ? head.log_rows + rows : 0;
  for (const Sequence sequence : touched) {
    const std::optional<LineRow> row = state.image->Row(sequence);
    if (status.ok() && logged) status = file_->LogChange(show, head.version, sequence);
    if (!status.ok()) return status;
    status = row ? file_->WriteEntry(show, *row) : file_->DropEntry(show, sequence);
  }
  return status;
}

Status SqliteLine::Save(ShowId show, ShowState& state) {
  LineImage& image = *state.image;
  Status status;
  if (image.touched()) status = SaveRows(show, state, image.TakeTouched());
  const std::size_t heard_max = FlushDue(state) ? kFlushRowsMax : kRideRowsMax;
  for (const WaiterAt& heard : image.TakeHeard(heard_max, &state.heard_stored)) {
    if (status.ok()) status = file_->WriteHeard(show, heard);
  }
  state.head.numbers = image.numbers();
  return status.ok() ? file_->WriteHead(show, state.head) : status;
}

// Ends a write: stores what the step changed, or forgets the image when that cannot be stored, so
// that nobody is told of what is not in the file.
Status SqliteLine::Finish(ShowId show, ShowState& state, Status status, bool always,
                          Deadline deadline) {
  const bool stepped = status.ok();
  if (stepped && !always && !state.image->touched() && !FlushDue(state)) {
    file_->Rollback();
    return {};
  }
  if (stepped) status = Save(show, state);
  if (status.ok()) status = file_->Commit(deadline);
  if (status.ok()) {
    NoteNewest(&state);
    state.stored_served_us = state.image->numbers().served_us;
    if (state.heard_stored) state.flushed_us = state.image->numbers().seen_us;
    return {};
  }
  file_->Rollback();
  state.image.reset();
  state.known = false;
  return status;
}

template <class Step>
Status SqliteLine::Write(ShowId show, std::uint64_t epoch, Deadline deadline, const Step& step) {
  ShowState* const known = StateOf(show);
  if (known == nullptr) return Status(Code::kOutOfMemory);
  ShowState& state = *known;
  GateHold gate(gate_, deadline);
  if (!gate.held()) return Status(Code::kBusy);
  Status status = Connected(deadline);
  if (status.ok()) status = file_->BeginWrite(deadline);
  if (!status.ok()) return status;
  AloneLock lock(state.mutex);
  try {
    status = Sync(show, state);
    if (status.ok() && state.image->numbers().config.epoch != epoch) {
      status = Status(Code::kLineLost);
    }
    if (status.ok()) status = step(*state.image, state);
    if (status == Code::kLineLost) {  // nothing was done, and the image is what the file says
      file_->Rollback();
      return status;
    }
    return Finish(show, state, status, false, deadline);
  } catch (const std::bad_alloc&) {
    return Finish(show, state, Status(Code::kOutOfMemory), false, deadline);
  }
}

Status SqliteLine::Refresh(ShowId show, ShowState& state, Deadline deadline) {
  GateHold gate(gate_, deadline);
  if (!gate.held()) return Status(Code::kBusy);
  Status status = Connected(deadline);
  if (status.ok()) status = file_->BeginRead(deadline);
  if (!status.ok()) return status;
  AloneLock lock(state.mutex);
  try {
    status = Sync(show, state);
  } catch (const std::bad_alloc&) {
    state.image.reset();
    state.known = false;
    status = Status(Code::kOutOfMemory);
  }
  file_->Rollback();
  return status;
}

Status SqliteLine::MakeLine(ShowId show, ShowState& state, const LineConfig& config, TimeUs now) {
  Status status = file_->DropLine(show);
  state.head = LineHead{.boot = file_->boot()};
  state.image.emplace(LineNumbers::Fresh(config, now), config.grace_ms * kUsPerMs / 4);
  state.image->TrackTouched(true);
  state.flushed_us = now.value;
  state.heard_at = state.seen;
  return status;
}

// *damaged: the file itself is broken, not just this line.
Status SqliteLine::OpenLocked(ShowId show, ShowState& state, const LineConfig& config, TimeUs now,
                              Deadline deadline, bool* damaged) {
  Status status = Sync(show, state);
  if (status.ok() && state.image->numbers().config.epoch == config.epoch) {
    state.image->Observe(now);
    state.image->TakeNumbers(config);
    return Finish(show, state, Status(), true, deadline);
  }
  std::optional<LineHead> head;
  if (status.ok() || status == Code::kLineLost) status = file_->ReadHead(show, &head);
  // A line that is lost keeps its epoch closed: its sequences may not be given a second time.
  if (status.ok() && head && head->numbers.config.epoch >= config.epoch) {
    file_->Rollback();
    return Status(Code::kLineLost);
  }
  if (status.ok()) status = MakeLine(show, state, config, now);
  status = Finish(show, state, status, true, deadline);
  *damaged = status == Code::kLineLost;
  return status;
}

Status SqliteLine::OpenIn(ShowId show, ShowState& state, const LineConfig& config, TimeUs now,
                          Deadline deadline, bool* damaged) {
  Status status = file_->BeginWrite(deadline);
  *damaged = status == Code::kLineLost;
  if (!status.ok()) return status;
  AloneLock lock(state.mutex);
  try {
    return OpenLocked(show, state, config, now, deadline, damaged);
  } catch (const std::bad_alloc&) {
    return Finish(show, state, Status(Code::kOutOfMemory), true, deadline);
  }
}

Status SqliteLine::OpenLine(ShowId show, const LineConfig& config, TimeUs now, Deadline deadline) {
  if (Status bad = CheckLineConfig(show, config); !bad.ok()) return bad;
  ShowState* const known = StateOf(show);
  if (known == nullptr) return Status(Code::kOutOfMemory);
  GateHold gate(gate_, deadline);
  if (!gate.held()) return Status(Code::kBusy);
  Status status = ConnectOrReplace(deadline);
  bool damaged = false;
  if (status.ok()) status = OpenIn(show, *known, config, now, deadline, &damaged);
  if (!damaged) return status;
  status = Replace(deadline);
  return status.ok() ? OpenIn(show, *known, config, now, deadline, &damaged) : status;
}

Status SqliteLine::Join(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
                        Deadline deadline) {
  if (Status bad = CheckLineEntries(show, epoch, io); !bad.ok()) return bad;
  return Write(show, epoch, deadline, [&](LineImage& image, ShowState& locked) {
    image.Observe(now);
    Status status = Tidy(show, locked, image);
    if (!status.ok()) return status;
    for (LineEntry& entry : io) image.Join(&entry);
    return status;
  });
}

// As nearly all polls are answered: time moves on once a millisecond or so.
bool SqliteLine::PollBeside(ShowState& state, std::uint64_t epoch, std::span<LineEntry> io,
                            TimeUs now) {
  SharedLock lock(state.mutex);
  if (MonotonicNs() - state.checked_ns >= max_age_ns_ || !state.image) return false;
  LineImage& image = *state.image;
  return image.numbers().config.epoch == epoch && image.PollBeside(io, now) && !FlushDue(state);
}

SqliteLine::Polled SqliteLine::TryPoll(ShowState& state, std::uint64_t epoch,
                                       std::span<LineEntry> io, TimeUs now, bool refreshed,
                                       Status* status) {
  AloneLock lock(state.mutex);
  const bool fresh = refreshed || MonotonicNs() - state.checked_ns < max_age_ns_;
  if (!fresh || !state.image) return Polled::kStale;
  LineImage& image = *state.image;
  const bool other_epoch = image.numbers().config.epoch != epoch;
  if (other_epoch ||
      std::ranges::any_of(io, [&](const LineEntry& entry) { return image.IsAheadOfLine(entry); })) {
    if (refreshed) *status = Status(Code::kLineLost);
    return refreshed ? Polled::kDone : Polled::kStale;
  }
  image.Observe(now);
  bool all_here = true;
  for (LineEntry& entry : io) all_here = image.Poll(&entry) && all_here;
  if (!all_here) return Polled::kReenter;
  const bool flush = FlushDue(state) && MonotonicNs() >= state.flush_retry_ns;
  return flush ? Polled::kFlushDue : Polled::kDone;
}

Status SqliteLine::Poll(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
                        Deadline deadline) {
  if (Status bad = CheckLineEntries(show, epoch, io); !bad.ok()) return bad;
  ShowState* const known = StateOf(show);
  if (known == nullptr) return Status(Code::kOutOfMemory);
  ShowState& state = *known;
  if (PollBeside(state, epoch, io, now)) return {};
  Status status;
  Polled polled = TryPoll(state, epoch, io, now, false, &status);
  if (polled == Polled::kStale) {
    status = Refresh(show, state, deadline);
    if (!status.ok()) return status;
    polled = TryPoll(state, epoch, io, now, true, &status);
  }
  if (polled == Polled::kFlushDue) Flush(show, state, deadline);
  if (polled == Polled::kStale) return Status(Code::kBusy);  // forgotten again by another thread
  if (polled != Polled::kReenter) return status;
  return Write(show, epoch, deadline, [&](LineImage& image, ShowState& locked) {
    for (const LineEntry& entry : io) {
      if (image.IsAheadOfLine(entry)) return Status(Code::kLineLost);
    }
    image.Observe(now);
    Status tidied = Tidy(show, locked, image);
    if (!tidied.ok()) return tidied;
    for (LineEntry& entry : io) {
      if (!image.Poll(&entry)) image.Reenter(&entry);
    }
    return tidied;
  });
}

Status SqliteLine::Admit(ShowId show, std::uint64_t epoch, std::uint32_t max, TimeUs now,
                         Deadline deadline, std::uint32_t* admitted) {
  *admitted = 0;
  if (Status bad = CheckLineEntries(show, epoch, {}); !bad.ok()) return bad;
  std::uint32_t count = 0;
  Status status = Write(show, epoch, deadline, [&](LineImage& image, ShowState& locked) {
    image.Observe(now);
    Status tidied = Tidy(show, locked, image);
    if (tidied.ok()) count = image.Admit(max);
    return tidied;
  });
  if (status.ok()) *admitted = count;
  return status;
}

Status SqliteLine::Keep(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
                        Deadline deadline) {
  if (Status bad = CheckLineEntries(show, epoch, entries); !bad.ok()) return bad;
  return Write(show, epoch, deadline, [&](LineImage& image, ShowState&) {
    for (const LineEntry& entry : entries) image.Keep(entry);
    return Status();
  });
}

Status SqliteLine::Leave(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
                         Deadline deadline) {
  if (Status bad = CheckLineEntries(show, epoch, entries); !bad.ok()) return bad;
  return Write(show, epoch, deadline, [&](LineImage& image, ShowState&) {
    for (const LineEntry& entry : entries) image.Leave(entry);
    return Status();
  });
}

Status SqliteLine::Stats(ShowId show, TimeUs now, LineStats* out, Deadline deadline) {
  if (!show) return Status(Code::kInvalidArgument, "show is 0");
  ShowState* const known = StateOf(show);
  if (known == nullptr) return Status(Code::kOutOfMemory);
  ShowState& state = *known;
  for (const bool refreshed : {false, true}) {
    {
      AloneLock lock(state.mutex);
      const bool fresh = refreshed || MonotonicNs() - state.checked_ns < max_age_ns_;
      if (fresh && state.image) {
        *out = state.image->Stats(now);
        return {};
      }
    }
    if (refreshed) break;
    if (Status status = Refresh(show, state, deadline); !status.ok()) return status;
  }
  return Status(Code::kBusy);
}

// A poll has its answer already; storing heartbeats must not make it wait long.
void SqliteLine::Flush(ShowId show, ShowState& state, Deadline deadline) {
  std::uint64_t epoch = 0;
  {
    AloneLock lock(state.mutex);
    state.flush_retry_ns = MonotonicNs() + kFlushRetryNs;
    if (!state.image) return;
    epoch = state.image->numbers().config.epoch;
  }
  const Deadline soon = Deadline::After({kFlushWaitMs});
  const Deadline bound{std::min(soon.monotonic_ns, deadline.monotonic_ns)};
  const Status status = Write(show, epoch, bound, [](LineImage&, ShowState&) { return Status(); });
  AloneLock lock(state.mutex);
  if (status.ok()) state.flush_retry_ns = 0;
}

void SqliteLine::FlushAtClose(ShowId show, ShowState& state, Deadline deadline) {
  bool heard = false;
  {
    AloneLock lock(state.mutex);
    heard = state.image && state.image->has_heard();
    if (heard) state.flushed_us = INT64_MIN / 2;
  }
  if (heard) Flush(show, state, deadline);
}

}  // namespace

std::string SqliteLinePath(std::string_view database) { return std::string(database) + "-line"; }

Result<std::unique_ptr<Line>> NewSqliteLine(const std::string& path,
                                            const SqliteLineOptions& options, Deadline deadline) {
  if (path.empty() || options.max_age_ms < 0 || options.max_age_ms > 60'000) {
    return Status(Code::kInvalidArgument, "a path, and max_age_ms of 0 .. 60,000");
  }
  std::string resolved;
  if (Status status = sqlite::ResolvePath(path, &resolved); !status.ok()) return status;
  auto line = std::make_unique<SqliteLine>(std::move(resolved), options);
  if (Status status = line->Open(deadline); !status.ok()) return status;
  return std::unique_ptr<Line>(std::move(line));
}

}  // namespace seathold
