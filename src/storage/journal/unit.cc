// A unit of work over the overlay and the database behind it.
#include <memory>
#include <new>
#include <utility>

#include "src/storage/journal/core.h"
#include "src/storage/journal/merged_scan.h"
#include "src/util/guarded.h"

namespace seathold::journal {
namespace {

// A batch asks for its keys one behind the other, and each lies somewhere else.
constexpr std::size_t kPrefetched = 8;

// The state of a key as a change finds it.
struct Standing {
  bool known = false;
  bool present = false;
  std::uint64_t version = 0;
  bool closed = false;  // this unit has changed it
};

template <class R>
std::uint64_t VersionOf([[maybe_unused]] const R& row) {
  if constexpr (Versioned<R>) return row.version_value();
  return 0;
}

class JournalUnit final : public StorageUnit {
 public:
  JournalUnit(Core* core, Access access, Deadline deadline)
      : core_(core), access_(access), deadline_(deadline) {}
  ~JournalUnit() override { End(); }

  Status Begin() {
    if (Status status = core_->Usable(); !status.ok()) return status;
    if (access_ == Access::kWrite) {
      if (Status status = core_->turns().Enter(Access::kWrite, deadline_); !status.ok()) {
        return status;
      }
      has_turn_ = true;
      core_->seen().ForEach([](auto& keys) { keys.clear(); });
    }
    return Look();
  }

  TimeUs time_mark() const override { return mark_; }
  Status AwaitOthers() override { return Usable(); }

  Status Load(const KeySet& keys, RecordSet* into) override {
    if (Status status = Usable(); !status.ok()) return status;
    return Guarded([&] {
      KeySet below;
      keys.ForEach([&](const auto& slot) { LoadFromOverlay(slot, into, &below); });
      return below.empty() ? Status() : LoadFromBelow(below, into);
    });
  }

  Status Scan(const ScanSpec& scan, RecordSet* into, bool* more) override {
    if (Status status = Usable(); !status.ok()) return status;
    if (scan.rows_max == 0) return Status(Code::kInvalidArgument, "rows_max is at least 1");
    return Guarded([&] {
      if (Status status = OpenBelow(); !status.ok()) return status;
      return core_->Heard(ScanMerged(core_->overlay(), below_.get(), scan, into, more));
    });
  }

  // All there is, as of the first page: by then it is all in the database.
  Status Page(std::uint32_t rows_max, RecordSet* io) override {
    if (Status status = Usable(); !status.ok()) return status;
    if (!paging_) {
      if (Status status = SettleFirst(); !status.ok()) return status;
      paging_ = true;
    }
    if (Status status = OpenBelow(); !status.ok()) return status;
    return core_->Heard(below_->Page(rows_max, io));
  }

  Status Apply(const ChangeSet& changes, TimeUs mark) override {
    if (Status status = MayWrite(); !status.ok()) return status;
    if (resets_) return Ended();
    const Status status = Guarded([&] {
      if (applied_) staged_.ForEach([&](const auto& slot) { Close(slot); });
      Status known = LearnSeats(changes.of<SeatRecord>());
      if (known.ok()) known = LearnIds(changes.of<HoldRecord>());
      if (known.ok()) known = LearnIds(changes.of<TransferRecord>());
      if (!known.ok()) return known;
      KeySet unknown;
      bool fits = Fit(changes, &unknown);
      if (!unknown.empty()) {
        if (Status seen = See(&unknown); !seen.ok()) return seen;
        unknown.clear();
        fits = Fit(changes, &unknown) && unknown.empty();
      }
      if (!fits) return Status(Code::kAborted);
      changes.ForEach([&](const auto& slot) { Stage(slot); });
      return Status();
    });
    applied_ = true;
    new_mark_ = mark;
    if (!status.ok()) ended_ = true;
    return status;
  }

  Status SetTimeMark(TimeUs mark) override {
    if (Status status = MayWrite(); !status.ok()) return status;
    if (applied_) return Ended();
    applied_ = resets_ = true;
    new_mark_ = mark;
    return Status();
  }

  Status Commit() override {
    if (Status status = Usable(); !status.ok()) return status;
    ended_ = true;
    StopLooking();
    if (!applied_) return Status();
    return resets_ ? core_->SetTimeMark(new_mark_, deadline_)
                   : core_->Commit(&staged_, new_mark_, deadline_);
  }

 private:
  static Status Ended() { return Status(Code::kInternal, "the unit has ended"); }
  Status Usable() const { return ended_ ? Ended() : core_->Usable(); }
  Status MayWrite() const {
    if (Status status = Usable(); !status.ok()) return status;
    return access_ == Access::kWrite ? Status() : Status(Code::kReadOnly, "this unit only reads");
  }

  // The view is what a unit sees: nothing is published and nothing leaves the overlay meanwhile, so
  // that a snapshot of the database taken at any time in it goes with this overlay.
  Status Look() {
    const Status status = core_->view().Enter(Access::kRead, deadline_);
    looks_ = status.ok();
    if (looks_) mark_ = core_->mark();
    return status;
  }
  void StopLooking() {
    below_.reset();
    if (looks_) core_->view().Leave(Access::kRead);
    looks_ = false;
  }
  void End() {
    StopLooking();
    if (has_turn_) core_->turns().Leave(Access::kWrite);
    has_turn_ = false;
  }

  Status OpenBelow() {
    if (below_ != nullptr) return Status();
    auto unit = core_->below().Begin(Access::kRead, deadline_);
    if (unit.ok()) below_ = std::move(unit).value();
    return core_->Heard(unit.status());
  }

  Status SettleFirst() {
    StopLooking();
    const bool had_turn = has_turn_;
    if (!had_turn) {
      if (Status status = core_->turns().Enter(Access::kWrite, deadline_); !status.ok()) {
        return status;
      }
    }
    const Status settled = core_->SettleAll(deadline_);
    // Before anybody else commits.
    const Status looked = settled.ok() ? Look() : settled;
    if (!had_turn) core_->turns().Leave(Access::kWrite);
    return looked;
  }

  template <class R>
  void LoadFromOverlay(const KeysOf<R>& slot, RecordSet* into, KeySet* below) {
    const auto& keys = slot.keys;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (i + kPrefetched < keys.size()) core_->overlay().Prefetch<R>(keys[i + kPrefetched]);
      const auto& key = keys[i];
      if (IsBeyond<R>(key)) continue;
      const auto* known = core_->overlay().Find<R>(key);
      if (known == nullptr) {
        below->of<R>().keys.push_back(key);
      } else if (known->present) {
        into->of<R>().rows.push_back(known->row);
      }
    }
  }

  Status LoadFromBelow(const KeySet& keys, RecordSet* into) {
    if (Status status = OpenBelow(); !status.ok()) return status;
    if (access_ == Access::kRead) return core_->Heard(below_->Load(keys, into));
    RecordSet rows;
    if (Status status = core_->Heard(below_->Load(keys, &rows)); !status.ok()) return status;
    keys.ForEach([&]<class R>(const KeysOf<R>& slot) { Remember(slot, rows.of<R>()); });
    rows.ForEach([&]<class R>(RowsOf<R>& slot) {
      auto& out = into->of<R>().rows;
      out.insert(out.end(), std::make_move_iterator(slot.rows.begin()),
                 std::make_move_iterator(slot.rows.end()));
    });
    return Status();
  }

  // So that a change of these keys need not ask again.
  template <class R>
  void Remember(const KeysOf<R>& asked, const RowsOf<R>& found) {
    auto& seen = core_->seen().of<R>();
    for (const R& row : found.rows) seen.AddRow({row.key(), VersionOf(row)});
    for (const auto& key : asked.keys) seen.AddAbsent(key);
  }

  // What the database said is not in the overlay.
  template <class R>
  Standing StandingOf(const typename R::Key& key) {
    if constexpr (std::is_same_v<R, SeatRecord>) {
      if (core_->seat_versions().Knows(std::get<PerformanceId>(key))) return StandingOfSeat(key);
    }
    if (const auto* seen = core_->seen().of<R>().Find(key)) {
      return {true, seen->present, seen->row.version, seen->dirty};
    }
    if (IsBeyond<R>(key)) return {.known = true};
    if (const auto* known = core_->overlay().Find<R>(key)) {
      return {true, known->present, VersionOf(known->row)};
    }
    return {};
  }

  // Thousands in a batch, and hardly ever in its second Apply.
  Standing StandingOfSeat(const SeatRecord::Key& key) {
    const auto* seen = applied_ ? core_->seen().of<SeatRecord>().Find(key) : nullptr;
    const std::uint64_t* version = core_->seat_versions().Find(key);
    return {true, version != nullptr, version != nullptr ? *version : 0,
            seen != nullptr && seen->dirty};
  }

  // Nothing has this key, and that is known without looking for it. Of who has the turn.
  template <class R>
  bool IsBeyond([[maybe_unused]] const typename R::Key& key) {
    if (access_ == Access::kRead) return false;
    if constexpr (kHasId<R>) return core_->ids<R>().IsBeyond(OwnerOf(key), IdOf(key));
    if constexpr (std::is_same_v<R, FeedRecord>) {
      // No event lies beyond what its performance has counted.
      const auto [performance, counter] = key;
      const Standing state = StandingOf<PerformanceStateRecord>({performance});
      return state.known && state.present && counter > state.version;
    }
    return false;
  }

  // Where a row is inserted for the first time: the highest id that the database has.
  template <class R>
  Status LearnIds(const ChangesOf<R>& slot) {
    HighestIds& ids = core_->ids<R>();
    for (const auto& change : slot.changes) {
      const std::uint64_t owner = OwnerOf(change.row.key());
      if (change.kind != ChangeKind::kInsert || ids.Knows(owner)) continue;
      RecordSet last;
      bool more = false;
      if (Status status = OpenBelow(); !status.ok()) return status;
      const Status status = core_->Heard(below_->Scan(LastOf<R>(owner), &last, &more));
      if (!status.ok()) return status;
      const auto& rows = last.of<R>().rows;
      ids.Learn(owner, rows.empty() ? Uuid{} : IdOf(rows[0].key()));
    }
    return Status();
  }

  // Performances whose seats change for the first time.
  Status LearnSeats(const ChangesOf<SeatRecord>& slot) {
    PerformanceId last;
    for (const auto& change : slot.changes) {
      const PerformanceId performance = change.row.performance;
      const bool update = change.kind == ChangeKind::kUpdate;
      if (performance == last || !update || core_->seat_versions().Knows(performance)) continue;
      last = performance;
      ScanSpec scan{.index = ScanSpec::Index::kSeatsOfPerformance,
                    .key = performance.value,
                    .after = -1,
                    .rows_max = kSeatsPerVenueMax};
      RecordSet seats;
      bool more = false;
      if (Status status = OpenBelow(); !status.ok()) return status;
      const Status status =
          core_->Heard(ScanMerged(core_->overlay(), below_.get(), scan, &seats, &more));
      if (!status.ok()) return status;
      core_->seat_versions().Learn(performance, seats.of<SeatRecord>().rows);
    }
    return Status();
  }

  // Asks the database for what this unit has not heard of.
  Status See(KeySet* unknown) {
    unknown->Seal();
    RecordSet unused;
    return LoadFromBelow(*unknown, &unused);
  }

  // Whether all changes fit what their keys stand at, but for those that are unknown.
  bool Fit(const ChangeSet& changes, KeySet* unknown) {
    bool fits = true;
    changes.ForEach([&]<class R>(const ChangesOf<R>& slot) {
      for (const auto& change : slot.changes) {
        const auto key = change.row.key();
        const Standing standing = StandingOf<R>(key);
        if (!standing.known) unknown->Add<R>(key);
        fits = fits && (!standing.known || Fits<R>(change, standing));
      }
    });
    return fits;
  }

  template <class R>
  static bool Fits(const typename ChangesOf<R>::Change& change, const Standing& standing) {
    if (standing.closed) return false;
    if (standing.present != (change.kind != ChangeKind::kInsert)) return false;
    const bool versioned = Versioned<R> && change.kind == ChangeKind::kUpdate;
    return !versioned || standing.version == change.version_seen;
  }

  // What was applied before may not be changed again.
  template <class R>
  void Close(const ChangesOf<R>& slot) {
    auto& seen = core_->seen().of<R>();
    for (const auto& change : slot.changes) seen.AddAbsent(change.row.key())->dirty = true;
  }

  template <class R>
  void Stage(const ChangesOf<R>& slot) {
    auto& staged = staged_.of<R>().changes;
    staged.insert(staged.end(), slot.changes.begin(), slot.changes.end());
  }

  Core* const core_;
  const Access access_;
  const Deadline deadline_;
  std::unique_ptr<StorageUnit> below_;
  ChangeSet staged_;
  TimeUs mark_, new_mark_;
  bool has_turn_ = false, looks_ = false;
  bool paging_ = false;
  bool applied_ = false, resets_ = false, ended_ = false;
};

}  // namespace

Result<std::unique_ptr<StorageUnit>> BeginUnit(Core* core, Access access, Deadline deadline) {
  std::unique_ptr<JournalUnit> unit(new (std::nothrow) JournalUnit(core, access, deadline));
  if (!unit) return Code::kOutOfMemory;
  if (Status status = Guarded([&] { return unit->Begin(); }); !status.ok()) return status;
  return std::unique_ptr<StorageUnit>(std::move(unit));
}

}  // namespace seathold::journal
