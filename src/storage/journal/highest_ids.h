// The highest id that a table has. Ids of UUIDv7 sort by when they were made, so that a new one
// lies beyond all there are, and neither the database nor the overlay need be asked whether it is
// there already. Any other id is as right, and is looked for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "seathold/adapter/storage.h"

namespace seathold::journal {

// Holds are of a performance, transfers of nobody.
template <class R>
inline constexpr bool kHasId = std::is_same_v<R, HoldRecord> || std::is_same_v<R, TransferRecord>;
inline std::uint64_t OwnerOf(const HoldRecord::Key& key) {
  return std::get<PerformanceId>(key).value;
}
inline std::uint64_t OwnerOf(const TransferRecord::Key&) { return 0; }
inline const Uuid& IdOf(const HoldRecord::Key& key) { return std::get<HoldId>(key).value; }
inline const Uuid& IdOf(const TransferRecord::Key& key) { return std::get<TransferId>(key).value; }
// Finds a row beyond the key, if there is one.
inline ScanSpec Beyond(const HoldRecord::Key& key) {
  return {.index = ScanSpec::Index::kHoldsOfPerformance,
          .key = OwnerOf(key),
          .after_id = IdOf(key),
          .rows_max = 1};
}
inline ScanSpec Beyond(const TransferRecord::Key& key) {
  return {.index = ScanSpec::Index::kTransfers, .after_id = IdOf(key), .rows_max = 1};
}

// Used by whoever has the turn. 17 bytes an owner.
class HighestIds {
 public:
  // No row of this owner has this id or a higher one.
  bool IsBeyond(std::uint64_t owner, const Uuid& id) {
    const auto* highest = Of(owner);
    return highest != nullptr && *highest && **highest < id;
  }
  bool Asked(std::uint64_t owner) { return Of(owner) != nullptr; }
  // None has a higher one than this; nullopt = some may have any.
  void Learn(std::uint64_t owner, std::optional<Uuid> highest) {
    highest_[owner] = highest;
    latest_ = nullptr;
  }
  // What was committed. Cannot fail.
  template <class R>
  void Note(const ChangesOf<R>& committed) {
    for (const auto& change : committed.changes) {
      if (change.kind != ChangeKind::kInsert) continue;
      const auto key = change.row.key();
      auto* highest = Of(OwnerOf(key));
      if (highest != nullptr && *highest) *highest = std::max(**highest, IdOf(key));
    }
  }

 private:
  // A batch asks for one owner many times.
  std::optional<Uuid>* Of(std::uint64_t owner) {
    if (latest_ != nullptr && latest_->first == owner) return &latest_->second;
    const auto known = highest_.find(owner);
    if (known == highest_.end()) return nullptr;
    latest_ = &*known;
    return &known->second;
  }

  std::unordered_map<std::uint64_t, std::optional<Uuid>> highest_;
  std::pair<const std::uint64_t, std::optional<Uuid>>* latest_ = nullptr;
};

}  // namespace seathold::journal
