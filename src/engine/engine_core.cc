#include "src/engine/engine_core.h"

namespace seathold {
namespace {

Status LoadState(StorageUnit& unit, PerformanceId performance, PerformanceStateRecord* state) {
  KeySet keys;
  keys.Add<PerformanceStateRecord>({performance});
  RecordSet rows;
  if (Status s = unit.Load(keys, &rows); !s.ok()) return s;
  if (rows.of<PerformanceStateRecord>().rows.empty())
    return Status(Code::kStorageCorrupt, "a performance without its state");
  *state = rows.of<PerformanceStateRecord>().rows[0];
  return Status();
}

Status LoadMirror(StorageUnit& unit, const PerformanceStateRecord& state,
                  const SeatMirror::Look& look, Directory::Entry* entry) {
  std::vector<SeatRecord> seats;
  ScanSpec scan{.index = ScanSpec::Index::kSeatsOfPerformance,
                .key = state.performance.value,
                .after = -1,
                .rows_max = 100'000};
  const Status status =
      ScanAll<SeatRecord>(unit, scan, [&](const SeatRecord& seat, ScanSpec* next) {
        next->after = seat.ordinal;
        seats.push_back(seat);
      });
  if (!status.ok()) return status;
  if (seats.size() != entry->info.plan->seats.size()) {
    return Status(Code::kStorageCorrupt, "a performance without all its seats");
  }
  entry->mirror.Load(state, std::move(seats), look);
  return Status();
}

Status FollowFeed(StorageUnit& unit, const PerformanceStateRecord& state,
                  const SeatMirror::Look& look, Directory::Entry* entry) {
  std::vector<FeedRecord> events;
  ScanSpec scan{.index = ScanSpec::Index::kFeedAfter,
                .key = state.performance.value,
                .after = static_cast<std::int64_t>(entry->mirror.version()),
                .rows_max = 10'000};
  const Status status =
      ScanAll<FeedRecord>(unit, scan, [&](const FeedRecord& event, ScanSpec* next) {
        next->after = static_cast<std::int64_t>(event.counter);
        events.push_back(event);
      });
  if (status.ok()) entry->mirror.Follow(state, events, look);
  return status;
}

struct Looking {
  SeatMirror& mirror;
  ~Looking() { mirror.EndLook(); }
};

}  // namespace

Result<Directory::Entry*> EngineCore::Performance(PerformanceId performance, Deadline deadline) {
  if (Directory::Entry* entry = directory->FindEntry(performance)) return entry;
  const Status status = InUnit(Access::kRead, deadline, [&](StorageUnit& unit) {
    return directory->Load(unit, performance);
  });
  if (!status.ok()) return status;
  Directory::Entry* entry = directory->FindEntry(performance);
  if (entry == nullptr) return Code::kUnknownPerformance;
  return entry;
}

Status EngineCore::Refresh(Directory::Entry* entry, std::int64_t age_ms, Deadline deadline) {
  SeatMirror::Look look;
  if (!entry->mirror.BeginLook(age_ms, deadline, &look)) return Status();
  const Looking until_the_end{entry->mirror};
  counters.mirror_refreshes.fetch_add(1, std::memory_order_relaxed);
  return InUnit(Access::kRead, deadline, [&](StorageUnit& unit) {
    PerformanceStateRecord state;
    if (Status s = LoadState(unit, entry->info.record.performance, &state); !s.ok()) return s;
    const std::uint64_t known = entry->mirror.version();
    const bool reachable = known + 1 >= state.feed_first && known <= state.feed;
    if (!entry->mirror.loaded() || !reachable) return LoadMirror(unit, state, look, entry);
    return FollowFeed(unit, state, look, entry);
  });
}

Result<Directory::Entry*> EngineCore::Mirrored(PerformanceId performance, Deadline deadline) {
  auto entry = Performance(performance, deadline);
  if (!entry.ok()) return entry;
  if ((*entry)->mirror.Fresh(MonotonicNs())) return entry;
  const Status status = Refresh(*entry, options.refusal_max_age_ms, deadline);
  if (!status.ok()) return status;
  return entry;
}

Result<const ShowRecord*> EngineCore::Show(ShowId show, Deadline deadline) {
  if (const ShowRecord* known = directory->FindShow(show)) return known;
  const Status status = InUnit(Access::kRead, deadline,
                               [&](StorageUnit& unit) { return directory->LoadShow(unit, show); });
  if (!status.ok()) return status;
  const ShowRecord* known = directory->FindShow(show);
  if (known == nullptr) return Code::kUnknownShow;
  return known;
}

}  // namespace seathold
