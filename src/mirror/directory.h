// The catalogue in memory: shows, performances with their prices and geometry, plans.
//
// All of it never changes once added, so an entry is loaded once and stays, and is found without a
// lock. (What does change about a performance stands in its mirror.) Thread-safe.
#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>

#include "seathold/adapter/storage.h"
#include "seathold/plan.h"
#include "src/mirror/seat_mirror.h"
#include "src/rules/performance_info.h"
#include "src/util/grow_only_table.h"
#include "src/util/mutex.h"

namespace seathold {

class Directory final : public PerformanceCatalog {
 public:
  struct Entry {
    PerformanceInfo info;
    SeatMirror mirror;

    Entry(PerformanceInfo i, std::int64_t max_age_ms, bool shared)
        : info(std::move(i)), mirror(max_age_ms, shared) {}
  };
  struct PlanEntry {
    std::shared_ptr<const Plan> plan;                             // shared with callers of GetPlan
    std::string zone;                                             // of the venue
    std::unordered_map<std::string_view, std::uint32_t> by_guid;  // views into *plan
    // Of guids that are not their own look-up form.
    std::unordered_map<std::string, std::uint32_t> by_form;

    // The ordinal of the seat with this guid: spelled so, else one that looks the same.
    std::optional<std::uint32_t> FindSeat(std::string_view guid) const;
  };

  Directory(std::int64_t refusal_max_age_ms, bool shared)
      : refusal_max_age_ms_(refusal_max_age_ms), shared_(shared) {}

  // In memory only; nullptr = not loaded, or there is none. Entries live as long as the directory.
  Entry* FindEntry(PerformanceId performance) const;
  const PerformanceInfo* Find(PerformanceId performance) const override;
  const ShowRecord* FindShow(ShowId show) const;
  const PlanEntry* FindPlan(VenueId venue) const;

  // Reads what is not in memory yet. kOk also when there is none.
  Status Load(StorageUnit& unit, PerformanceId performance);
  Status LoadShow(StorageUnit& unit, ShowId show);
  Status LoadPlan(StorageUnit& unit, VenueId venue);

  std::size_t mirror_bytes() const;
  // Whoever waits for news of a performance looks up.
  void WakeWaiters() const;
  // Nothing is known of any seat until the next look.
  void ForgetMirrors();

 private:
  Status LoadInfo(StorageUnit& unit, PerformanceId performance, PerformanceInfo* info, bool* found);
  Status LoadGeometry(StorageUnit& unit, VenueId venue, std::shared_ptr<const VenuePlan>* out);

  const std::int64_t refusal_max_age_ms_;
  const bool shared_;
  mutable Mutex mutex_{LockRank::kDirectory};  // of whoever adds
  GrowOnlyTable<PerformanceId, Entry> performances_;
  GrowOnlyTable<ShowId, const ShowRecord> shows_;
  GrowOnlyTable<VenueId, const PlanEntry> plans_;
  std::unordered_map<VenueId, std::shared_ptr<const VenuePlan>> geometry_ GUARDED_BY(mutex_);
};

// Reads a whole index, page by page.
template <class R, class Take>
Status ScanAll(StorageUnit& unit, ScanSpec scan, Take take) {
  RecordSet page;
  for (bool more = true; more;) {
    page.clear();
    const Status status = unit.Scan(scan, &page, &more);
    if (!status.ok()) return status;
    const auto& rows = page.of<R>().rows;
    for (const R& row : rows) take(row, &scan);
    if (rows.empty()) break;
  }
  return Status();
}

}  // namespace seathold
