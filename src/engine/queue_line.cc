#include "src/engine/queue_line.h"

#include <algorithm>
#include <limits>

#include "src/commit/submit.h"
#include "src/rules/queue.h"

namespace seathold {
namespace {

using RaiseEpochCommand =
    RuleCommand<RaiseEpochArgs, RaiseEpochReply, RaiseEpochKeys, DecideRaiseEpoch>;

struct Reopening {
  LineEpochs& epochs;
  ShowId show;
  ~Reopening() { epochs.EndReopen(show); }
};

LineConfig ConfigOf(const ShowRecord& show, std::uint64_t epoch) {
  LineConfig config;
  config.epoch = epoch;
  config.active_max = show.active_max;
  config.rate_per_s = show.rate_per_s;
  config.grace_ms = show.grace_ms;
  config.pass_ms = show.pass_ms;
  return config;
}

Status ReadLineRecord(EngineCore& core, ShowId show, Deadline deadline, LineRecord* line) {
  return core.InUnit(Access::kRead, deadline, [&](StorageUnit& unit) {
    KeySet keys;
    keys.Add<LineRecord>({show});
    RecordSet rows;
    if (Status s = unit.Load(keys, &rows); !s.ok()) return s;
    if (rows.of<LineRecord>().rows.empty()) {
      return Status(Code::kStorageCorrupt, "a show without the record of its line");
    }
    *line = rows.of<LineRecord>().rows[0];
    return Status();
  });
}

// The longest a buyer's hold of this show may last.
Status LongestHold(EngineCore& core, ShowId show, Deadline deadline, std::int64_t* hold_ms) {
  *hold_ms = core.options.hold_ttl_ms;
  return core.InUnit(Access::kRead, deadline, [&](StorageUnit& unit) {
    const ScanSpec scan{.index = ScanSpec::Index::kPerformances};
    return ScanAll<PerformanceRecord>(unit, scan, [&](const PerformanceRecord& p, ScanSpec* next) {
      next->after = static_cast<std::int64_t>(p.performance.value);
      if (p.show == show) *hold_ms = std::max(*hold_ms, p.hold_ttl_ms);
    });
  });
}

// Only who has raised an epoch opens its line: opened a second time, after another loss, it would
// give the same sequences again.
Status OpenRaised(EngineCore& core, const ShowRecord& show, const LineRecord& line,
                  std::int64_t hold_ms, Deadline deadline) {
  LineConfig config = ConfigOf(show, line.epoch);
  config.quiet_until = AddMs(line.lost_at, core.options.rebuild_grace_ms);
  config.missing_active = show.active_max;
  config.missing_until = AddMs(line.lost_at, show.pass_ms + hold_ms);
  const Status status = core.line->OpenLine(show.show, config, core.Now(), deadline);
  // Another process was faster with a higher epoch: the next try finds it.
  return status == Code::kLineLost ? Status() : status;
}

Status RaiseAndOpen(EngineCore& core, const ShowRecord& show, std::uint64_t believed,
                    Deadline deadline) {
  std::int64_t hold_ms = 0;
  if (Status s = LongestHold(core, show.show, deadline, &hold_ms); !s.ok()) return s;
  RaiseEpochArgs args{show.show, believed, 0};
  // A line of a higher epoch than storage's: storage is an older copy.
  LineStats stats;
  const Status seen = core.line->Stats(show.show, core.Now(), &stats, deadline);
  if (seen.ok() && stats.epoch >= believed) args.at_least = stats.epoch + 1;
  // One that cannot be opened now is not raised either, or every try would cost an epoch.
  if (!seen.ok() && !(seen == Code::kLineLost)) return seen;

  RaiseEpochCommand command(args);
  Status status = SubmitOne(*core.commits, command, deadline, &command);
  if (status.ok()) status = command.reply.status;
  // Whatever became of it, the caller's own request had no effect.
  if (status == Code::kOutcomeUnknown) return Status(Code::kBusy);
  if (!status.ok()) return status;
  core.line_epochs.Note(show.show, command.reply.line.epoch);
  if (!command.reply.raised) return Status();
  core.counters.lines_lost.fetch_add(1, std::memory_order_relaxed);
  core.log->Write(LogLevel::kWarning, "the waiting line of show " +
                                          std::to_string(show.show.value) +
                                          " was lost; it is rebuilt as epoch " +
                                          std::to_string(command.reply.line.epoch));
  return OpenRaised(core, show, command.reply.line, hold_ms, deadline);
}

Status AdoptOrRaise(EngineCore& core, const ShowRecord& show, std::uint64_t believed,
                    Deadline deadline) {
  LineRecord line;
  if (Status s = ReadLineRecord(core, show.show, deadline, &line); !s.ok()) return s;
  if (line.epoch > believed) {
    core.line_epochs.Note(show.show, line.epoch);
    return Status();
  }
  return RaiseAndOpen(core, show, believed, deadline);
}

// Shows never change, so those that were read once are known; only newer ones are looked for.
Status ReadQueuedShows(EngineCore& core, Deadline deadline, std::vector<ShowRecord>* shows) {
  ShowId last = core.queued_shows.Get(shows);
  std::vector<ShowRecord> fresh;
  const Status status = core.InUnit(Access::kRead, deadline, [&](StorageUnit& unit) {
    const ScanSpec scan{.index = ScanSpec::Index::kShows,
                        .after = static_cast<std::int64_t>(last.value)};
    return ScanAll<ShowRecord>(unit, scan, [&](const ShowRecord& show, ScanSpec* next) {
      next->after = static_cast<std::int64_t>(show.show.value);
      last = show.show;
      if (show.requires_pass) fresh.push_back(show);
    });
  });
  if (!status.ok()) return status;
  core.queued_shows.Add(fresh, last);
  shows->insert(shows->end(), fresh.begin(), fresh.end());
  return Status();
}

}  // namespace

Status ReopenLine(EngineCore& core, const ShowRecord& show, std::uint64_t believed,
                  Deadline deadline) {
  bool mine = false;
  const Status begun = core.line_epochs.BeginReopen(show.show, believed, deadline, &mine);
  if (!begun.ok() || !mine) return begun;
  const Reopening until_the_end{core.line_epochs, show.show};
  return AdoptOrRaise(core, show, believed, deadline);
}

Result<std::uint64_t> EpochOf(EngineCore& core, ShowId show, Deadline deadline) {
  if (const std::uint64_t known = core.line_epochs.Find(show); known != 0) return known;
  LineRecord line;
  if (Status s = ReadLineRecord(core, show, deadline, &line); !s.ok()) return s;
  core.line_epochs.Note(show, line.epoch);
  return line.epoch;
}

Status AdmitWaiting(EngineCore& core, const ShowRecord& show, std::uint32_t max, Deadline deadline,
                    std::uint32_t* admitted) {
  const Status told = Guarded([&] { return core.line_writer->Tell(deadline); });
  if (!told.ok()) return told;
  return OnLine(core, show, deadline, [&](std::uint64_t epoch) {
    return core.line->Admit(show.show, epoch, max, core.Now(), deadline, admitted);
  });
}

Result<const ShowRecord*> QueuedShow(EngineCore& core, ShowId show, Deadline deadline) {
  auto record = core.Show(show, deadline);
  if (!record.ok()) return record;
  if (core.line == nullptr || !(*record)->requires_pass) return Code::kNoLine;
  return record;
}

Status OpenNewLine(EngineCore& core, ShowId show, Deadline deadline) {
  const auto record = core.Show(show, deadline);
  if (!record.ok()) return record.status();
  if (!(*record)->requires_pass) return Status();
  if (core.line == nullptr) return Status(Code::kNoLine);
  const Status status = core.line->OpenLine(show, ConfigOf(**record, 1), core.Now(), deadline);
  if (status.ok()) core.line_epochs.Note(show, 1);
  return status == Code::kLineLost ? Status() : status;
}

Status ReopenLines(EngineCore& core, Deadline deadline) {
  if (core.line == nullptr) return Status();
  std::vector<ShowRecord> shows;
  if (Status s = ReadQueuedShows(core, deadline, &shows); !s.ok()) return s;
  for (const ShowRecord& show : shows) {
    const auto epoch = EpochOf(core, show.show, deadline);
    if (!epoch.ok()) return epoch.status();
    if (Status s = ReopenLine(core, show, *epoch, deadline); !s.ok()) return s;
  }
  return Status();
}

Status SweepLines(EngineCore& core, Deadline deadline) {
  if (core.line == nullptr) return core.Usable();
  std::vector<ShowRecord> shows;
  const Status status = ReadQueuedShows(core, deadline, &shows);
  for (const ShowRecord& show : shows) {
    constexpr auto kEverybody = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t admitted = 0;
    if (!AdmitWaiting(core, show, kEverybody, deadline, &admitted).ok()) {
      core.counters.cache_errors.fetch_add(1, std::memory_order_relaxed);
    }
  }
  return status;
}

}  // namespace seathold
