// The versions of seats, so that a batch of holds need not ask the database for each of its seats
// whether it is still the one that was decided upon. 8 bytes a seat of each performance that sells.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "seathold/adapter/storage.h"
#include "src/storage/journal/per_owner.h"

namespace seathold::journal {

// Used by whoever has the turn.
class SeatVersions {
 public:
  // Whether the seats of this performance are known. One that has none of this number has no seat.
  bool Knows(PerformanceId performance) { return Of(performance) != nullptr; }
  // REQUIRES: known. nullptr = there is no such seat.
  const std::uint64_t* Find(const SeatRecord::Key& key) {
    const Versions& versions = *Of(std::get<PerformanceId>(key));
    const std::uint32_t ordinal = std::get<1>(key);
    return ordinal < versions.size() ? &versions[ordinal] : nullptr;
  }
  // All seats of it, by ordinal from 0 on. Others are as before: it stays unknown.
  void Learn(PerformanceId performance, const std::vector<SeatRecord>& seats) {
    Versions versions;
    versions.reserve(seats.size());
    for (const SeatRecord& seat : seats) {
      if (seat.ordinal != versions.size()) return;
      versions.push_back(seat.version);
    }
    seats_.At(performance.value) = std::move(versions);
  }
  // What was committed. Seats that come or go make their performance unknown. Cannot fail.
  void Note(const ChangesOf<SeatRecord>& committed) {
    for (const auto& change : committed.changes) {
      Versions* known = Of(change.row.performance);
      if (known == nullptr) continue;
      if (change.kind == ChangeKind::kUpdate && change.row.ordinal < known->size()) {
        (*known)[change.row.ordinal] = change.row.version;
      } else {
        seats_.Erase(change.row.performance.value);
      }
    }
  }

 private:
  using Versions = std::vector<std::uint64_t>;

  Versions* Of(PerformanceId performance) { return seats_.Find(performance.value); }

  PerOwner<Versions> seats_;
};

}  // namespace seathold::journal
