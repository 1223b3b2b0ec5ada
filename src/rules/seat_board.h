// All seats of one performance as a batch sees them, for choosing among them.
#pragma once

#include <cstdint>
#include <vector>

#include "seathold/adapter/records.h"
#include "src/rules/performance_info.h"
#include "src/util/lapse.h"

namespace seathold {

// Free = available, or held by a hold that has lapsed.
inline bool IsFree(const SeatRecord& seat, TimeUs now) {
  return seat.state == SeatState::kAvailable ||
         (seat.state == SeatState::kHeld && HasLapsed(seat.expires_at, now));
}

struct SeatBoard {
  const PerformanceInfo* info = nullptr;
  std::vector<SeatRecord> seats;        // by ordinal, kept up to date as the batch goes on
  std::vector<std::uint8_t> free;       // 1 = free
  std::vector<std::uint32_t> row_free;  // free seats a row

  void Count(TimeUs now);
  void Note(const SeatRecord& seat, TimeUs now);

 private:
  void NoteFree(const SeatRecord& seat, TimeUs now);
};

// Chooses `count` free seats (of `category`, or kAnyCategory), sorted by ordinal: in one run, else
// split in one row, else in adjacent rows, else in one section, else anywhere; rows in order of
// sale, ties by distance to the row's centre, then ordinal. Without `allow_split` only a run will
// do. False = there are none.
bool ChooseSeats(const SeatBoard& board, int count, std::uint32_t category, bool allow_split,
                 Ordinals* out);

// Some row has `count` seats of `category` side by side, whoever has them now.
bool HasRun(const VenuePlan& plan, int count, std::uint32_t category);

}  // namespace seathold
