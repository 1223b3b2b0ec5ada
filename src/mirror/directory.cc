#include "src/mirror/directory.h"

#include <algorithm>
#include <numeric>

#include "src/plan/plan_draft.h"
#include "src/util/text.h"

namespace seathold {
namespace {

void Arrange(VenuePlan* plan) {
  for (std::uint32_t o = 0; o < plan->seats.size(); ++o) {
    VenuePlan::Row& row = plan->rows[plan->seats[o].row];
    if (row.count++ == 0) row.first = o;
  }
  plan->row_order.resize(plan->rows.size());
  std::iota(plan->row_order.begin(), plan->row_order.end(), 0u);
  std::ranges::sort(plan->row_order, {}, [&](std::uint32_t row) {
    return std::tuple(plan->rows[row].section, plan->rows[row].rank, row);
  });
}

Status LoadRows(StorageUnit& unit, VenueId venue, VenuePlan* geometry, Plan* plan) {
  ScanSpec scan{.index = ScanSpec::Index::kRowsOfVenue, .key = venue.value, .after = -1};
  return ScanAll<PlanRowRecord>(unit, scan, [&](const PlanRowRecord& row, ScanSpec* next) {
    next->after = row.row;
    if (geometry != nullptr) geometry->rows.push_back({row.section_index, row.rank, 0, 0});
    if (plan != nullptr) plan->rows.push_back({row.section, row.name, row.rank, row.section_index});
  });
}

Status LoadSeats(StorageUnit& unit, VenueId venue, VenuePlan* geometry, Plan* plan) {
  ScanSpec scan{
      .index = ScanSpec::Index::kSeatsOfVenue, .key = venue.value, .after = -1, .rows_max = 10'000};
  return ScanAll<PlanSeatRecord>(unit, scan, [&](const PlanSeatRecord& seat, ScanSpec* next) {
    next->after = seat.ordinal;
    if (geometry != nullptr) geometry->seats.push_back({seat.category, seat.row, seat.place});
    if (plan != nullptr) {
      plan->seats.push_back({seat.guid, seat.number, seat.attributes, seat.x, seat.y, seat.category,
                             seat.row, seat.place, seat.blocked});
    }
  });
}

Status LoadCategories(StorageUnit& unit, VenueId venue, Plan* plan) {
  ScanSpec scan{.index = ScanSpec::Index::kCategoriesOfVenue, .key = venue.value, .after = -1};
  return ScanAll<CategoryRecord>(unit, scan, [&](const CategoryRecord& category, ScanSpec* next) {
    next->after = category.category;
    plan->categories.push_back({category.name, category.color});
  });
}

// Rows, seats and categories of a database that nobody tampered with.
bool InBounds(const VenuePlan& plan) {
  return std::ranges::all_of(plan.seats,
                             [&](const auto& seat) { return seat.row < plan.rows.size(); });
}

template <class R>
Status LoadOne(StorageUnit& unit, const typename R::Key& key, R* out, bool* found) {
  KeySet keys;
  keys.Add<R>(key);
  RecordSet rows;
  const Status status = unit.Load(keys, &rows);
  if (!status.ok()) return status;
  *found = !rows.of<R>().rows.empty();
  if (*found) *out = rows.of<R>().rows[0];
  return status;
}

}  // namespace

std::optional<std::uint32_t> Directory::PlanEntry::FindSeat(std::string_view guid) const {
  if (const auto at = by_guid.find(guid); at != by_guid.end()) return at->second;
  if (guid.size() > kGuidBytesMax) return std::nullopt;
  const std::string form = LookupForm(guid);
  if (const auto at = by_guid.find(form); at != by_guid.end()) return at->second;
  if (const auto at = by_form.find(form); at != by_form.end()) return at->second;
  return std::nullopt;
}

Directory::Entry* Directory::FindEntry(PerformanceId performance) const {
  return performances_.Find(performance);
}

const PerformanceInfo* Directory::Find(PerformanceId performance) const {
  const Entry* entry = FindEntry(performance);
  return entry == nullptr ? nullptr : &entry->info;
}

const ShowRecord* Directory::FindShow(ShowId show) const { return shows_.Find(show); }

const Directory::PlanEntry* Directory::FindPlan(VenueId venue) const { return plans_.Find(venue); }

Status Directory::LoadGeometry(StorageUnit& unit, VenueId venue,
                               std::shared_ptr<const VenuePlan>* out) {
  {
    const MutexLock lock(mutex_);
    if (const auto at = geometry_.find(venue); at != geometry_.end()) {
      *out = at->second;
      return Status();
    }
  }
  auto plan = std::make_shared<VenuePlan>();
  plan->venue = venue;
  if (Status s = LoadRows(unit, venue, plan.get(), nullptr); !s.ok()) return s;
  if (Status s = LoadSeats(unit, venue, plan.get(), nullptr); !s.ok()) return s;
  if (!InBounds(*plan))
    return Status(Code::kStorageCorrupt, "the plan of a venue names a row it has not");
  Arrange(plan.get());
  const MutexLock lock(mutex_);
  *out = geometry_.try_emplace(venue, plan).first->second;
  return Status();
}

Status Directory::LoadInfo(StorageUnit& unit, PerformanceId performance, PerformanceInfo* info,
                           bool* found) {
  if (Status s = LoadOne(unit, {performance}, &info->record, found); !s.ok() || !*found) return s;
  bool show_found = false;
  if (Status s = LoadOne(unit, {info->record.show}, &info->show, &show_found); !s.ok()) return s;
  ScanSpec prices{.index = ScanSpec::Index::kPricesOfPerformance, .key = performance.value};
  prices.rows_max = 1'000'000;
  if (Status s = ScanAll<PriceRecord>(
          unit, prices,
          [&](const PriceRecord& price, ScanSpec*) { info->prices.push_back(price); });
      !s.ok()) {
    return s;
  }
  if (Status s = LoadGeometry(unit, info->record.venue, &info->plan); !s.ok()) return s;
  const bool whole = show_found && info->plan->seats.size() == info->record.seats;
  if (!whole) return Status(Code::kStorageCorrupt, "a performance without its show or its seats");
  return Status();
}

Status Directory::Load(StorageUnit& unit, PerformanceId performance) {
  if (FindEntry(performance) != nullptr) return Status();
  PerformanceInfo info;
  bool found = false;
  if (Status s = LoadInfo(unit, performance, &info, &found); !s.ok() || !found) return s;
  auto entry = std::make_unique<Entry>(std::move(info), refusal_max_age_ms_, shared_);
  const MutexLock lock(mutex_);
  performances_.Add(performance, std::move(entry));
  return Status();
}

Status Directory::LoadShow(StorageUnit& unit, ShowId show) {
  if (FindShow(show) != nullptr) return Status();
  ShowRecord record;
  bool found = false;
  if (Status s = LoadOne(unit, {show}, &record, &found); !s.ok() || !found) return s;
  const MutexLock lock(mutex_);
  shows_.Add(show, std::make_unique<const ShowRecord>(std::move(record)));
  return Status();
}

Status Directory::LoadPlan(StorageUnit& unit, VenueId venue) {
  if (FindPlan(venue) != nullptr) return Status();
  VenueRecord record;
  bool found = false;
  if (Status s = LoadOne(unit, {venue}, &record, &found); !s.ok() || !found) return s;
  auto plan = std::make_shared<Plan>();
  plan->name = record.name;
  if (Status s = LoadCategories(unit, venue, plan.get()); !s.ok()) return s;
  if (Status s = LoadRows(unit, venue, nullptr, plan.get()); !s.ok()) return s;
  if (Status s = LoadSeats(unit, venue, nullptr, plan.get()); !s.ok()) return s;
  auto entry = std::make_unique<PlanEntry>();
  std::uint32_t ordinal = 0;
  for (const PlanSeat& seat : plan->seats) {
    if (!IsLookupForm(seat.guid)) entry->by_form.emplace(LookupForm(seat.guid), ordinal);
    entry->by_guid.emplace(seat.guid, ordinal++);
  }
  entry->plan = std::move(plan);
  entry->zone = std::move(record.zone);
  const MutexLock lock(mutex_);
  plans_.Add(venue, std::move(entry));
  return Status();
}

void Directory::WakeWaiters() const {
  const MutexLock lock(mutex_);
  performances_.Each([](PerformanceId, Entry& entry) { entry.mirror.Wake(); });
}

void Directory::ForgetMirrors() {
  const MutexLock lock(mutex_);
  performances_.Each([](PerformanceId, Entry& entry) { entry.mirror.Forget(); });
}

std::size_t Directory::mirror_bytes() const {
  const MutexLock lock(mutex_);
  std::size_t bytes = 0;
  performances_.Each([&](PerformanceId, const Entry& entry) { bytes += entry.mirror.bytes(); });
  return bytes;
}

}  // namespace seathold
