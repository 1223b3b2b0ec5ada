#include "src/storage/journal/merged_scan.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "src/util/lapse.h"

namespace seathold::journal {
namespace {

// Of an index that cannot be read on from a row: all of it that is asked for is read at once.
struct AllAtOnce {};

// An index: `belongs(row)`, and `place(row)`, by which its rows are in order. `go_on(row, &scan)`
// has a scan go on behind a row.
template <class R, class Belongs, class Place, class GoOn>
class Merge {
 public:
  Merge(const Overlay& overlay, StorageUnit* below, const ScanSpec& scan, Belongs belongs,
        Place place, GoOn go_on)
      : overlay_(overlay),
        below_(below),
        scan_(scan),
        belongs_(belongs),
        place_(place),
        go_on_(go_on) {}

  Status Run(RecordSet* into, bool* more) {
    std::vector<R> rows = Ours();
    const auto ours = static_cast<std::ptrdiff_t>(rows.size());
    if (Status status = AddTheirs(&rows, more); !status.ok()) return status;
    const auto before = [this](const R& a, const R& b) { return place_(a) < place_(b); };
    std::inplace_merge(rows.begin(), rows.begin() + ours, rows.end(), before);
    if (rows.size() > scan_.rows_max) {
      *more = true;
      rows.erase(rows.begin() + scan_.rows_max, rows.end());
    }
    auto& out = into->of<R>().rows;
    out.insert(out.end(), std::make_move_iterator(rows.begin()),
               std::make_move_iterator(rows.end()));
    return Status();
  }

 private:
  // The sweeper asks every second, and seldom is one of the latest holds due.
  bool NoneOfOurs() const {
    return scan_.index == ScanSpec::Index::kHoldsDue &&
           !HasLapsed(overlay_.no_hold_due(), scan_.until);
  }

  std::vector<R> Ours() {
    std::vector<R> rows;
    if (NoneOfOurs()) return rows;
    overlay_.ForEach<R>([&](const auto& slot) {
      if (slot.present && belongs_(slot.row)) rows.push_back(slot.row);
    });
    if (!std::ranges::is_sorted(rows, {}, place_)) std::ranges::sort(rows, {}, place_);
    return rows;
  }

  // Until there is one more than enough that the overlay does not hide, or all there is. Page by
  // page: the overlay may know of hundreds of thousands of rows, of which it hides few of these.
  // Twice as many each time, since it may hide a long stretch, which was settled a moment ago.
  Status AddTheirs(std::vector<R>* rows, bool* more) {
    constexpr bool kAtOnce = std::is_same_v<GoOn, AllAtOnce>;
    ScanSpec page = scan_;
    page.rows_max = Capped(scan_.rows_max + std::uint64_t{1} + (kAtOnce ? overlay_.size<R>() : 0));
    std::size_t found = 0;
    while (true) {
      RecordSet theirs;
      if (Status status = below_->Scan(page, &theirs, more); !status.ok()) return status;
      auto& read = theirs.of<R>().rows;
      if constexpr (!kAtOnce) {
        if (*more) go_on_(read.back(), &page);
      }
      for (R& row : read) {
        if (overlay_.Find<R>(row.key()) != nullptr) continue;
        rows->push_back(std::move(row));
        ++found;
      }
      if (!*more || found > scan_.rows_max) return Status();
      page.rows_max = Capped(std::uint64_t{2} * page.rows_max);
    }
  }

  static std::uint32_t Capped(std::uint64_t rows) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::min(kMost, rows));
  }

  const Overlay& overlay_;
  StorageUnit* const below_;
  const ScanSpec& scan_;
  const Belongs belongs_;
  const Place place_;
  const GoOn go_on_;
};

// Sorts what is higher before what is lower.
Uuid Downwards(Uuid id) {
  for (std::uint8_t& byte : id) byte = static_cast<std::uint8_t>(~byte);
  return id;
}

// What all indexes are merged with.
struct Merging {
  const Overlay& overlay;
  StorageUnit* below;
  const ScanSpec& scan;
  RecordSet* into;
  bool* more;

  template <class R, class Belongs, class Place, class GoOn = AllAtOnce>
  Status By(Belongs belongs, Place place, GoOn go_on = {}) const {
    Merge<R, Belongs, Place, GoOn> merge(overlay, below, scan, belongs, place, go_on);
    return merge.Run(into, more);
  }
  // Where a number tells the place, and `after` is one.
  template <class R, class Belongs, class Number>
  Status ByNumber(Belongs belongs, Number number) const {
    return By<R>(belongs, number, [number](const R& row, ScanSpec* on) {
      on->after = static_cast<std::int64_t>(number(row));
    });
  }

  bool IsAfter(std::int64_t number) const { return number > scan.after; }
  // Numbers of 64 bits: `after` is one of them, so that none is beyond the last.
  bool IsAfter(std::uint64_t number) const {
    return scan.after < 0 || number > static_cast<std::uint64_t>(scan.after);
  }

  template <class R>
  Status ByKeyAfter() const {
    const auto id = [](const R& row) { return std::get<0>(row.key()).value; };
    return ByNumber<R>([=, this](const R& row) { return IsAfter(id(row)); }, id);
  }
  // Rows of one owner, by the number behind it in their key.
  template <class R>
  Status ByNumberAfter() const {
    const auto number = [](const R& row) { return std::get<1>(row.key()); };
    return ByNumber<R>(
        [=, this](const R& row) {
          return std::get<0>(row.key()).value == scan.key && IsAfter(std::int64_t{number(row)});
        },
        number);
  }

  Status Prices() const {
    return By<PriceRecord>(
        [this](const PriceRecord& row) { return row.performance.value == scan.key; },
        [](const PriceRecord& row) { return row.key(); });
  }
  Status HoldsDue() const {
    return By<HoldRecord>(
        [this](const HoldRecord& row) {
          return row.state == HoldState::kHeld && HasLapsed(row.expires_at, scan.until);
        },
        [](const HoldRecord& row) { return std::tuple(row.expires_at, row.key()); });
  }
  Status HoldsOfUser() const {
    const std::tuple after{PerformanceId{static_cast<std::uint64_t>(scan.after)},
                           HoldId{scan.after_id}};
    return By<HoldRecord>(
        [=, this](const HoldRecord& row) {
          return row.user.value == scan.key && row.key() > after;
        },
        [](const HoldRecord& row) { return row.key(); },
        [](const HoldRecord& row, ScanSpec* on) {
          on->after = static_cast<std::int64_t>(row.performance.value);
          on->after_id = row.hold.value;
        });
  }
  Status HoldsOfPerformance() const {
    return By<HoldRecord>(
        [this](const HoldRecord& row) {
          return row.performance.value == scan.key && row.hold.value > scan.after_id;
        },
        [](const HoldRecord& row) { return row.hold; },
        [](const HoldRecord& row, ScanSpec* on) { on->after_id = row.hold.value; });
  }
  Status TransfersOfAccount() const {
    return ByNumber<TransferRecord>(  // a line of an account is one transfer's
        [this](const TransferRecord& row) {
          return row.line > 0 && row.code == Code::kOk && row.user.value == scan.key &&
                 row.currency == scan.currency && IsAfter(row.line);
        },
        [](const TransferRecord& row) { return row.line; });
  }
  Status Feed() const {
    return ByNumber<FeedRecord>(
        [this](const FeedRecord& row) {
          return row.performance.value == scan.key && IsAfter(row.counter);
        },
        [](const FeedRecord& row) { return row.counter; });
  }
  Status LastHolds() const {
    return By<HoldRecord>(
        [this](const HoldRecord& row) { return row.performance.value == scan.key; },
        [](const HoldRecord& row) { return Downwards(row.hold.value); });
  }
  Status LastTransfers() const {
    return By<TransferRecord>(
        [](const TransferRecord&) { return true; },
        [](const TransferRecord& row) { return Downwards(row.transfer.value); });
  }
};

}  // namespace

Status ScanMerged(const Overlay& overlay, StorageUnit* below, const ScanSpec& scan, RecordSet* into,
                  bool* more) {
  using Index = ScanSpec::Index;
  const Merging merging{overlay, below, scan, into, more};
  *more = false;
  switch (scan.index) {
    case Index::kVenues:
      return merging.ByKeyAfter<VenueRecord>();
    case Index::kShows:
      return merging.ByKeyAfter<ShowRecord>();
    case Index::kPerformances:
      return merging.ByKeyAfter<PerformanceRecord>();
    case Index::kCategoriesOfVenue:
      return merging.ByNumberAfter<CategoryRecord>();
    case Index::kRowsOfVenue:
      return merging.ByNumberAfter<PlanRowRecord>();
    case Index::kSeatsOfVenue:
      return merging.ByNumberAfter<PlanSeatRecord>();
    case Index::kSeatsOfPerformance:
      return merging.ByNumberAfter<SeatRecord>();
    case Index::kBlocksOfPerformance:
      return merging.ByNumberAfter<BlockRecord>();
    case Index::kPricesOfPerformance:
      return merging.Prices();
    case Index::kHoldsDue:
      return merging.HoldsDue();
    case Index::kHoldsOfUser:
      return merging.HoldsOfUser();
    case Index::kHoldsOfPerformance:
      return merging.HoldsOfPerformance();
    case Index::kTransfersOfAccount:
      return merging.TransfersOfAccount();
    case Index::kFeedAfter:
      return merging.Feed();
    case Index::kLastHolds:
      return merging.LastHolds();
    case Index::kLastTransfers:
      return merging.LastTransfers();
  }
  return Status(Code::kInternal, "an index that nobody knows");
}

}  // namespace seathold::journal
