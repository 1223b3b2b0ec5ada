// Named indexes over the tables in memory.
#include <iterator>
#include <limits>

#include "src/storage/memory/memory_tables.h"
#include "src/util/lapse.h"

namespace seathold::memory {
namespace {

// Takes rows from `it` on while `belongs`, at most rows_max of them.
template <class R, class Iterator, class Belongs, class RowOf>
void Take(Iterator it, Iterator end, std::uint32_t rows_max, const Belongs& belongs,
          const RowOf& row_of, RecordSet* into, bool* more) {
  auto& rows = into->of<R>().rows;
  std::uint32_t taken = 0;
  for (; it != end && belongs(*it); ++it) {
    if (taken == rows_max) {
      *more = true;
      return;
    }
    rows.push_back(row_of(*it));
    ++taken;
  }
}

// A table whose key begins with the scan's key, or that is walked whole: from the first row whose
// key is not below `from`.
template <class R, class Belongs>
void TakeRows(const Tables& tables, const typename R::Key& from, std::uint32_t rows_max,
              const Belongs& belongs, RecordSet* into, bool* more) {
  const auto& rows = tables.of<R>().rows();
  Take<R>(
      rows.lower_bound(from), rows.end(), rows_max,
      [&](const auto& entry) { return belongs(entry.second); },
      [](const auto& entry) -> const R& { return entry.second; }, into, more);
}

// Ids that are above `after`, from the first one on.
template <class R, class IdType>
void TakeIdsAfter(const Tables& tables, const ScanSpec& scan, RecordSet* into, bool* more) {
  if (scan.after == std::numeric_limits<std::int64_t>::max()) return;
  const IdType from{static_cast<std::uint64_t>(scan.after + 1)};
  TakeRows<R>(
      tables, {from}, scan.rows_max, [](const R&) { return true; }, into, more);
}

// Rows of one owner whose 32-bit number is above `after` (-1 = from the start).
template <class R, class OwnerId, class Owner>
void TakeNumbersAfter(const Tables& tables, const ScanSpec& scan, Owner R::*owner, RecordSet* into,
                      bool* more) {
  if (scan.after >= std::numeric_limits<std::uint32_t>::max()) return;
  const OwnerId id{scan.key};
  const auto from = static_cast<std::uint32_t>(scan.after + 1);
  TakeRows<R>(
      tables, {id, from}, scan.rows_max, [&](const R& row) { return row.*owner == id; }, into,
      more);
}

void TakePrices(const Tables& tables, const ScanSpec& scan, RecordSet* into, bool* more) {
  const PerformanceId id{scan.key};
  TakeRows<PriceRecord>(
      tables, {id, 0, 0}, scan.rows_max,
      [&](const PriceRecord& row) { return row.performance == id; }, into, more);
}

void TakeFeed(const Tables& tables, const ScanSpec& scan, RecordSet* into, bool* more) {
  const PerformanceId id{scan.key};
  TakeRows<FeedRecord>(
      tables, {id, static_cast<std::uint64_t>(scan.after) + 1}, scan.rows_max,
      [&](const FeedRecord& row) { return row.performance == id; }, into, more);
}

void TakeHoldsOfPerformance(const Tables& tables, const ScanSpec& scan, RecordSet* into,
                            bool* more) {
  const auto& rows = tables.of<HoldRecord>().rows();
  const PerformanceId id{scan.key};
  const HoldId after{scan.after_id};
  // A zero id is no hold's, so "after nothing" and "after zero" are the same place.
  Take<HoldRecord>(
      rows.upper_bound({id, after}), rows.end(), scan.rows_max,
      [&](const auto& entry) { return entry.second.performance == id; },
      [](const auto& entry) -> const HoldRecord& { return entry.second; }, into, more);
}

void TakeHoldsDue(const Tables& tables, const ScanSpec& scan, RecordSet* into, bool* more) {
  const auto& table = tables.of<HoldRecord>();
  Take<HoldRecord>(
      table.entries().begin(), table.entries().end(), scan.rows_max,
      [&](const auto& entry) { return HasLapsed(std::get<0>(entry), scan.until); },
      [&](const auto& entry) -> const HoldRecord& {
        return *table.Find({std::get<1>(entry), std::get<2>(entry)});
      },
      into, more);
}

void TakeHoldsOfUser(const Tables& tables, const ScanSpec& scan, RecordSet* into, bool* more) {
  const auto& table = tables.of<HoldRecord>();
  const UserId user{scan.key};
  const PerformanceId after{static_cast<std::uint64_t>(scan.after)};
  Take<HoldRecord>(
      table.users().upper_bound({user, after, HoldId{scan.after_id}}), table.users().end(),
      scan.rows_max, [&](const UserEntry& entry) { return std::get<0>(entry) == user; },
      [&](const UserEntry& entry) -> const HoldRecord& {
        return *table.Find({std::get<1>(entry), std::get<2>(entry)});
      },
      into, more);
}

void TakeTransfersOfAccount(const Tables& tables, const ScanSpec& scan, RecordSet* into,
                            bool* more) {
  const auto& table = tables.of<TransferRecord>();
  const UserId user{scan.key};
  const auto from = static_cast<std::uint64_t>(scan.after) + 1;
  Take<TransferRecord>(
      table.entries().lower_bound({user, scan.currency, from, TransferId{}}), table.entries().end(),
      scan.rows_max,
      [&](const auto& entry) {
        return std::get<0>(entry) == user && std::get<1>(entry) == scan.currency;
      },
      [&](const auto& entry) -> const TransferRecord& { return *table.Find({std::get<3>(entry)}); },
      into, more);
}

void TakeLastHolds(const Tables& tables, const ScanSpec& scan, RecordSet* into, bool* more) {
  const auto& rows = tables.of<HoldRecord>().rows();
  const PerformanceId id{scan.key};
  Uuid highest;
  highest.fill(0xFF);
  Take<HoldRecord>(
      std::make_reverse_iterator(rows.upper_bound({id, HoldId{highest}})), rows.rend(),
      scan.rows_max, [&](const auto& entry) { return entry.second.performance == id; },
      [](const auto& entry) -> const HoldRecord& { return entry.second; }, into, more);
}

void TakeLastTransfers(const Tables& tables, const ScanSpec& scan, RecordSet* into, bool* more) {
  const auto& rows = tables.of<TransferRecord>().rows();
  Take<TransferRecord>(
      rows.rbegin(), rows.rend(), scan.rows_max, [](const auto&) { return true; },
      [](const auto& entry) -> const TransferRecord& { return entry.second; }, into, more);
}

}  // namespace

void ScanTables(const Tables& tables, const ScanSpec& scan, RecordSet* into, bool* more) {
  using Index = ScanSpec::Index;
  *more = false;
  switch (scan.index) {
    case Index::kVenues:
      return TakeIdsAfter<VenueRecord, VenueId>(tables, scan, into, more);
    case Index::kShows:
      return TakeIdsAfter<ShowRecord, ShowId>(tables, scan, into, more);
    case Index::kPerformances:
      return TakeIdsAfter<PerformanceRecord, PerformanceId>(tables, scan, into, more);
    case Index::kCategoriesOfVenue:
      return TakeNumbersAfter<CategoryRecord, VenueId>(tables, scan, &CategoryRecord::venue, into,
                                                       more);
    case Index::kRowsOfVenue:
      return TakeNumbersAfter<PlanRowRecord, VenueId>(tables, scan, &PlanRowRecord::venue, into,
                                                      more);
    case Index::kSeatsOfVenue:
      return TakeNumbersAfter<PlanSeatRecord, VenueId>(tables, scan, &PlanSeatRecord::venue, into,
                                                       more);
    case Index::kSeatsOfPerformance:
      return TakeNumbersAfter<SeatRecord, PerformanceId>(tables, scan, &SeatRecord::performance,
                                                         into, more);
    case Index::kBlocksOfPerformance:
      return TakeNumbersAfter<BlockRecord, PerformanceId>(tables, scan, &BlockRecord::performance,
                                                          into, more);
    case Index::kPricesOfPerformance:
      return TakePrices(tables, scan, into, more);
    case Index::kHoldsDue:
      return TakeHoldsDue(tables, scan, into, more);
    case Index::kHoldsOfUser:
      return TakeHoldsOfUser(tables, scan, into, more);
    case Index::kHoldsOfPerformance:
      return TakeHoldsOfPerformance(tables, scan, into, more);
    case Index::kTransfersOfAccount:
      return TakeTransfersOfAccount(tables, scan, into, more);
    case Index::kFeedAfter:
      return TakeFeed(tables, scan, into, more);
    case Index::kLastHolds:
      return TakeLastHolds(tables, scan, into, more);
    case Index::kLastTransfers:
      return TakeLastTransfers(tables, scan, into, more);
  }
}

}  // namespace seathold::memory
