// The highest id that a table has. Ids of UUIDv7 sort by when they were made, so that a new one
// lies beyond all there are, and neither the database nor the overlay need be asked whether it is
// there already. Any other id is as right, and is looked for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <type_traits>

#include "seathold/adapter/storage.h"
#include "src/storage/journal/per_owner.h"

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
template <class R>
ScanSpec LastOf(std::uint64_t owner) {
  using Index = ScanSpec::Index;
  return {.index = std::is_same_v<R, HoldRecord> ? Index::kLastHolds : Index::kLastTransfers,
          .key = owner,
          .rows_max = 1};
}

// Used by whoever has the turn. Some 64 bytes for each owner that something is inserted for.
class HighestIds {
 public:
  // No row of this owner has this id or a higher one.
  bool IsBeyond(std::uint64_t owner, const Uuid& id) {
    const Highest* highest = highest_.Find(owner);
    return highest != nullptr && highest->of_all && highest->id < id;
  }
  bool Knows(std::uint64_t owner) {
    const Highest* highest = highest_.Find(owner);
    return highest != nullptr && highest->of_all;
  }
  // A row that may not be in the database.
  void Raise(std::uint64_t owner, const Uuid& id) {
    Highest& highest = highest_.At(owner);
    highest.id = std::max(highest.id, id);
  }
  // The highest in the database; those that may not be in it have been raised.
  void Learn(std::uint64_t owner, const Uuid& id) {
    Raise(owner, id);
    highest_.At(owner).of_all = true;
  }
  // What was committed. REQUIRES: its owners are known. Cannot fail.
  template <class R>
  void Note(const ChangesOf<R>& committed) {
    for (const auto& change : committed.changes) {
      if (change.kind != ChangeKind::kInsert) continue;
      const auto key = change.row.key();
      Highest* highest = highest_.Find(OwnerOf(key));
      highest->id = std::max(highest->id, IdOf(key));
    }
  }

 private:
  struct Highest {
    Uuid id{};
    bool of_all = false;  // the database was asked as well
  };

  PerOwner<Highest> highest_;
};

}  // namespace seathold::journal
