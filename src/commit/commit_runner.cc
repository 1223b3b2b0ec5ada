#include "src/commit/commit_runner.h"

#include <algorithm>

#include "src/util/guarded.h"

namespace seathold {
namespace {

// A batch that another transaction got in the way of is tried again this often.
constexpr int kAbortedTriesMax = 4;
// However many waves it takes, the first command of a batch is decided: it needs at most one for
// each record that leads to another (seat, its hold, that hold's seats and limits), a few for each
// seat.
constexpr int kFirstCommandWavesMax = 64;

// True for faults that one command of a batch may have caused.
bool MayBeOneCommand(Code code) {
  switch (code) {
    case Code::kInternal:
    case Code::kOutOfMemory:
    case Code::kStorageCorrupt:
    case Code::kInvalidArgument:
    case Code::kInvalidText:
    case Code::kAmountOutOfRange:
      return true;
    default:
      return false;
  }
}

}  // namespace

Status CommitRunner::Begin(Deadline deadline) {
  unit_.reset();
  began_ns_ = MonotonicNs();
  RankOfLock::HoldsNone();
  return Guarded([&] {
    auto unit = storage_.Begin(Access::kWrite, deadline);
    if (!unit.ok()) return unit.status();
    unit_ = std::move(unit).value();
    return Status();
  });
}

std::size_t CommitRunner::Run(const std::vector<Command*>& commands, Deadline deadline) {
  published_ = false;
  counters_.batches.fetch_add(1, std::memory_order_relaxed);
  counters_.commands.fetch_add(commands.size(), std::memory_order_relaxed);
  Status status;
  std::size_t answered = 0;
  for (int attempt = 0; attempt < kAbortedTriesMax; ++attempt) {
    status = attempt == 0 ? Status() : Begin(deadline);
    answered = commands.size();
    if (status.ok()) status = DecideAndCommit(commands, &answered);
    if (!(status == Code::kAborted)) break;
    ForgetMirrors(commands);  // a seat that came from there may not be what storage has
  }
  // Ending a unit that has committed may pass a checkpoint: that waits until the batch is awake.
  if (!status.ok() || !published_) unit_.reset();
  if (status.ok()) return answered;
  const Commands front = Commands(commands).first(answered);
  if (MayBeOneCommand(status.code()) && front.size() > 1) return RunOneByOne(front, deadline);
  if (status == Code::kAborted) status = Status(Code::kBusy);
  FailAll(front, status);
  return answered;
}

// Every command alone, so that the culprit alone gets the error. What is not begun by the deadline
// goes back to the backlog: its callers may have more time than the one who leads.
std::size_t CommitRunner::RunOneByOne(Commands commands, Deadline deadline) {
  (void)Guarded([&] {
    log_.Write(LogLevel::kWarning,
               "a batch failed before its commit; deciding its commands one by one");
    return Status();
  });
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (i > 0 && deadline.passed()) return i;
    const Commands one = commands.subspan(i, 1);
    std::size_t answered = 0;
    Status status = Begin(deadline);
    if (status.ok()) status = DecideAndCommit(one, &answered);
    unit_.reset();
    if (status == Code::kAborted) status = Status(Code::kBusy);
    if (!status.ok()) FailAll(one, status);
    TellCaches(deadline);
    counters_.redecided.fetch_add(1, std::memory_order_relaxed);
  }
  return commands.size();
}

Status CommitRunner::DecideAndCommit(Commands commands, std::size_t* answered) {
  changes_.clear();
  const Status decided = Guarded([&] {
    const Status status = Decide(commands, answered);
    if (!status.ok()) return status;
    working_set_.Collect(&changes_);
    return changes_.empty() ? Status() : unit_->Apply(changes_, now_);
  });
  if (!decided.ok()) {
    *answered = commands.size();
    return decided;
  }
  if (changes_.empty()) return Status();
  const Timed timed(counters_.commit);
  const Status committed = Guarded([&] { return unit_->Commit(); });
  if (committed == Code::kOutcomeUnknown) ForgetMirrors(commands.first(*answered));
  if (!committed.ok()) return committed;
  const Status published = Guarded([&] {
    Publish();
    return Status();
  });
  if (!published.ok()) ForgetMirrors(commands.first(*answered));
  return Status();
}

Status CommitRunner::Decide(Commands commands, std::size_t* decided) {
  working_set_.BeginBatch();
  feeds_.clear();
  Status status = LoadExpected(commands);
  // `now` is read behind the locks that loading took, like everything else that is decided by.
  now_ = time_.Now(unit_->time_mark(), unit_->Now());
  working_set_.set_now(now_);
  const RuleContext context{now_, limits_, directory_};
  std::size_t next = 0;
  for (int wave = 1; status.ok(); ++wave) {
    if (DecideWave(commands, context, &next)) break;
    const bool out_of_waves = wave >= waves_max_ && next > 0;
    if (out_of_waves) break;
    if (wave >= kFirstCommandWavesMax) return Status(Code::kInternal, "a command never settled");
    counters_.waves.fetch_add(1, std::memory_order_relaxed);
    status = LoadMisses();
  }
  *decided = next;
  return status;
}

bool CommitRunner::DecideWave(Commands commands, const RuleContext& context, std::size_t* next) {
  bool all = true;
  for (std::size_t i = *next; i < commands.size(); ++i) {
    bool missed = false;
    Status failed;
    DecideOne(*commands[i], context, &missed, &failed);
    const bool keep = all && !missed && failed.ok();
    keep ? working_set_.KeepCommand() : working_set_.DropCommand();
    if (all && !missed && !failed.ok()) commands[i]->Fail(failed);
    if (all && missed) {
      all = false;
      *next = i;
    }
  }
  if (all) *next = commands.size();
  return all;
}

void CommitRunner::DecideOne(Command& command, const RuleContext& context, bool* missed,
                             Status* failed) {
  working_set_.BeginCommand();
  *failed = Guarded([&] {
    command.Decide(working_set_, context);
    return Status();
  });
  if (failed->ok() && working_set_.damaged()) *failed = Status(Code::kStorageCorrupt);
  *missed = failed->ok() && working_set_.missed();
}

// Seats that a mirror may know come last: where it shows exactly the state that this unit has read
// by then, they need no reading.
Status CommitRunner::Fill(KeySet* keys) {
  keys->Seal();
  std::vector<SeatRecord::Key> mirrored = SetAsideMirrored(keys);
  if (Status status = Read(*keys); !status.ok() || mirrored.empty()) return status;
  TakeMirrored(&mirrored);
  keys->clear();
  keys->of<SeatRecord>().keys = std::move(mirrored);
  return Read(*keys);
}

// Takes the seats of performances that have a mirror out of `keys`, and puts what tells whether it
// shows the present state in.
std::vector<SeatRecord::Key> CommitRunner::SetAsideMirrored(KeySet* keys) {
  std::vector<SeatRecord::Key> mirrored;
  PerformanceId performance;
  bool has_mirror = false;
  std::erase_if(keys->of<SeatRecord>().keys, [&](const SeatRecord::Key& seat) {
    if (std::get<PerformanceId>(seat) != performance) {
      performance = std::get<PerformanceId>(seat);
      const Directory::Entry* entry = directory_.FindEntry(performance);
      has_mirror = entry != nullptr && entry->mirror.loaded();
      if (has_mirror && !KnownFeed(performance)) keys->Add<PerformanceStateRecord>({performance});
    }
    if (has_mirror) mirrored.push_back(seat);
    return has_mirror;
  });
  keys->Seal();
  return mirrored;
}

Status CommitRunner::Read(const KeySet& keys) {
  if (keys.empty()) return Status();
  rows_.clear();
  if (Status status = unit_->Load(keys, &rows_); !status.ok()) return status;
  working_set_.Fill(keys, rows_);
  for (const auto& state : rows_.of<PerformanceStateRecord>().rows) {
    feeds_.emplace_back(state.performance, state.feed);
  }
  return Status();
}

// Takes the seats that mirrors know out of what must be read. An update names the version it saw,
// so a mirror that was wrong could still sell nothing twice.
void CommitRunner::TakeMirrored(std::vector<SeatRecord::Key>* seats) {
  rows_.clear();
  auto* rows = &rows_.of<SeatRecord>().rows;
  for (auto first = seats->begin(); first != seats->end();) {
    const PerformanceId performance = std::get<PerformanceId>(*first);
    const auto last = std::find_if(first, seats->end(), [&](const SeatRecord::Key& key) {
      return std::get<PerformanceId>(key) != performance;
    });
    const Directory::Entry* entry = directory_.FindEntry(performance);
    const auto feed = KnownFeed(performance);
    const bool known = entry && feed && entry->mirror.SeatsAt(*feed, {first, last}, rows);
    first = known ? seats->erase(first, last) : last;
  }
  if (!rows->empty()) working_set_.Fill(KeySet(), rows_);
}

std::optional<std::uint64_t> CommitRunner::KnownFeed(PerformanceId performance) const {
  for (const auto& [known, feed] : feeds_) {
    if (known == performance) return feed;
  }
  return std::nullopt;
}

Result<std::uint64_t> CommitRunner::FeedOf(PerformanceId performance) {
  if (!KnownFeed(performance)) {
    KeySet key;
    key.Add<PerformanceStateRecord>({performance});
    if (Status status = Read(key); !status.ok()) return status;
  }
  const auto feed = KnownFeed(performance);
  if (!feed) return Status(Code::kStorageCorrupt, "a performance without its state");
  return *feed;
}

// What of the catalogue is read for the keys never changes.
Status CommitRunner::LoadExpected(Commands commands) {
  PerformanceId last;
  for (const Command* command : commands) {
    const PerformanceId performance = command->performance();
    if (!performance || performance == last) continue;
    const Status status = directory_.Load(*unit_, performance);
    if (!status.ok()) return status;
    last = performance;
  }
  keys_.clear();
  for (const Command* command : commands) command->Keys(directory_, &keys_);
  return Fill(&keys_);
}

Status CommitRunner::LoadMisses() {
  keys_.clear();
  std::swap(keys_, *working_set_.misses());
  const std::vector<PerformanceId> boards = working_set_.board_misses();
  working_set_.ClearMisses();
  for (const PerformanceId performance : boards) {
    const Status status = LoadBoard(performance, &keys_);
    if (!status.ok()) return status;
  }
  return Fill(&keys_);
}

// The mirror's seats where it shows exactly the state that this transaction sees, else storage's.
// With them come the lapsed holds that choosing may run into.
Status CommitRunner::LoadBoard(PerformanceId performance, KeySet* lapsed) {
  Directory::Entry* entry = directory_.FindEntry(performance);
  if (entry == nullptr) return Status(Code::kStorageCorrupt, "a performance without its record");
  const auto feed = FeedOf(performance);
  if (!feed.ok()) return feed.status();
  auto seats = entry->mirror.SeatsAt(*feed);
  if (!seats) {
    seats.emplace();
    ScanSpec scan{.index = ScanSpec::Index::kSeatsOfPerformance,
                  .key = performance.value,
                  .after = -1,
                  .rows_max = 100'000};
    const Status status =
        ScanAll<SeatRecord>(*unit_, scan, [&](const SeatRecord& seat, ScanSpec* next) {
          next->after = seat.ordinal;
          seats->push_back(seat);
        });
    if (!status.ok()) return status;
  }
  if (seats->size() != entry->info.plan->seats.size()) {
    return Status(Code::kStorageCorrupt, "a performance without all its seats");
  }
  for (const SeatRecord& seat : *seats) {
    if (seat.state != SeatState::kHeld || !IsFree(seat, now_)) continue;
    lapsed->Add<HoldRecord>({performance, seat.hold});
    if (entry->info.record.user_limit > 0) lapsed->Add<LimitRecord>({performance, seat.user});
  }
  working_set_.FillBoard(entry->info, *std::move(seats));
  return Status();
}

// Mirrors hear of a commit before anyone else does.
void CommitRunner::Publish() {
  published_ = true;
  for (const auto& change : changes_.of<SpentRecord>().changes) spent_passes_.Note(change.row);
  for (const auto& change : changes_.of<PerformanceStateRecord>().changes) {
    Directory::Entry* entry = directory_.FindEntry(change.row.performance);
    if (entry == nullptr) continue;
    std::vector<const SeatRecord*> seats;
    for (const auto& seat : changes_.of<SeatRecord>().changes) {
      if (seat.row.performance == change.row.performance) seats.push_back(&seat.row);
    }
    entry->mirror.Publish(change.version_seen, change.row, seats, began_ns_);
  }
}

void CommitRunner::ForgetMirrors(Commands commands) {
  for (const Command* command : commands) {
    Directory::Entry* entry = directory_.FindEntry(command->performance());
    if (entry != nullptr) entry->mirror.Forget();
  }
}

void CommitRunner::TellCaches(Deadline deadline) {
  if (!published_) return;
  published_ = false;
  (void)Guarded([&] {
    caches_.Write(changes_, now_, deadline);
    return Status();
  });
}

void CommitRunner::FailAll(Commands commands, const Status& status) {
  for (Command* command : commands) command->Fail(status);
}

}  // namespace seathold
