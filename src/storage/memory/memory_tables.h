// The tables of memory storage: ordered maps by key, secondary indexes for the reads that a sale
// does all the time, and changes that are prepared so that applying them cannot fail. Not
// thread-safe: the storage's own lock decides who looks and who writes.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "seathold/adapter/storage.h"

namespace seathold::memory {

// What an index entry of this record looks like, and which rows have one. Most records have none.
struct NoEntry {
  auto operator<=>(const NoEntry&) const = default;
};

template <class R>
struct IndexOf {
  using Entry = NoEntry;
  static bool Has(const R&) { return false; }
  static Entry Of(const R&) { return {}; }
};

// kHoldsDue: live holds by deadline.
template <>
struct IndexOf<HoldRecord> {
  using Entry = std::tuple<TimeUs, PerformanceId, HoldId>;
  static bool Has(const HoldRecord& hold) { return hold.state == HoldState::kHeld; }
  static Entry Of(const HoldRecord& hold) { return {hold.expires_at, hold.performance, hold.hold}; }
};

// kTransfersOfAccount: the lines of a statement.
template <>
struct IndexOf<TransferRecord> {
  using Entry = std::tuple<UserId, Currency, std::uint64_t, TransferId>;
  static bool Has(const TransferRecord& row) { return row.line > 0 && row.code == Code::kOk; }
  static Entry Of(const TransferRecord& row) {
    return {row.user, row.currency, row.line, row.transfer};
  }
};

// kHoldsOfUser. Every hold has one and it never changes, so it is kept apart from IndexOf.
using UserEntry = std::tuple<UserId, PerformanceId, HoldId>;

template <class R>
class Table {
 public:
  using Key = typename R::Key;
  using Rows = std::map<Key, R>;
  using Entries = std::set<typename IndexOf<R>::Entry>;
  using Change = typename ChangesOf<R>::Change;

  const Rows& rows() const { return rows_; }
  const Entries& entries() const { return entries_; }
  const std::set<UserEntry>& users() const { return users_; }
  const R* Find(const Key& key) const {
    const auto it = rows_.find(key);
    return it == rows_.end() ? nullptr : &it->second;
  }

  // Prepares one change; false when it does not fit what is there. May throw std::bad_alloc. Either
  // way Discard() leaves the table as it was.
  bool Stage(const Change& change) {
    switch (change.kind) {
      case ChangeKind::kInsert:
        return StageInsert(change.row);
      case ChangeKind::kUpdate:
        return StageUpdate(change);
      case ChangeKind::kRemove:
        return StageRemove(change.row);
    }
    return false;
  }

  void Publish() noexcept {
    for (const auto& it : removed_entries_) entries_.erase(it);
    for (auto& [it, row] : updates_) it->second = std::move(row);
    for (const auto& it : removals_) rows_.erase(it);
    for (const auto& entry : removed_users_) users_.erase(entry);
    rows_.merge(inserts_);
    entries_.merge(new_entries_);
    users_.merge(new_users_);
    Discard();
  }

  void Discard() noexcept {
    inserts_.clear();
    updates_.clear();
    removals_.clear();
    new_entries_.clear();
    removed_entries_.clear();
    new_users_.clear();
    removed_users_.clear();
  }

 private:
  using Iterator = typename Rows::iterator;
  using EntryIterator = typename Entries::iterator;

  bool StageInsert(const R& row) {
    if (rows_.contains(row.key())) return false;
    if (!inserts_.emplace(row.key(), row).second) return false;
    if (IndexOf<R>::Has(row)) new_entries_.insert(IndexOf<R>::Of(row));
    if constexpr (std::is_same_v<R, HoldRecord>) {
      new_users_.emplace(row.user, row.performance, row.hold);
    }
    return true;
  }

  bool StageUpdate(const Change& change) {
    const Iterator it = rows_.find(change.row.key());
    if (it == rows_.end()) return false;
    if constexpr (Versioned<R>) {
      if (it->second.version_value() != change.version_seen) return false;
    }
    StageEntryRemoval(it->second);
    if (IndexOf<R>::Has(change.row)) new_entries_.insert(IndexOf<R>::Of(change.row));
    updates_.emplace_back(it, change.row);
    return true;
  }

  bool StageRemove(const R& row) {
    const Iterator it = rows_.find(row.key());
    if (it == rows_.end()) return false;
    StageEntryRemoval(it->second);
    if constexpr (std::is_same_v<R, HoldRecord>) {
      removed_users_.emplace_back(it->second.user, it->second.performance, it->second.hold);
    }
    removals_.push_back(it);
    return true;
  }

  void StageEntryRemoval(const R& row) {
    if (!IndexOf<R>::Has(row)) return;
    const auto it = entries_.find(IndexOf<R>::Of(row));
    if (it != entries_.end()) removed_entries_.push_back(it);
  }

  Rows rows_;
  Entries entries_;
  std::set<UserEntry> users_;

  Rows inserts_;
  std::vector<std::pair<Iterator, R>> updates_;
  std::vector<Iterator> removals_;
  Entries new_entries_;
  std::vector<EntryIterator> removed_entries_;
  std::set<UserEntry> new_users_;
  std::vector<UserEntry> removed_users_;
};

struct Tables : PerTable<Table> {
  TimeUs time_mark;
};

// Adds the rows of a named index to `into`. REQUIRES: scan.rows_max > 0.
void ScanTables(const Tables& tables, const ScanSpec& scan, RecordSet* into, bool* more);

}  // namespace seathold::memory
