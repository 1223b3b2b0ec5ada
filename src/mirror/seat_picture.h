// A performance's seats as people see them: two bits a seat, how many are in which state, and for
// each block of seats when the first of its holds ends.
//
// What is kept knows no clock. A look at it costs a load or two a block, and more only for blocks
// in which a hold is past its deadline: there the seats themselves tell. Changed by one writer at a
// time and read by anybody, both under the sequence lock of the mirror that owns it.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "src/mirror/seat_owners.h"

namespace seathold {

class SeatPicture {
 public:
  // Every seat is available. `owners`: the same seats, written before the picture is.
  explicit SeatPicture(const SeatOwners& owners);

  // A seat became what it is in `owners`.
  void Change(std::uint32_t ordinal, SeatTerm before, SeatTerm now);
  // After the last change, before anybody may look.
  void Settle();

  struct Seen {
    std::array<std::uint32_t, 4> counts{};  // by SeatState
    TimeUs next_release_at;                 // 0 = none is held
    TimeUs lapse;                           // the latest deadline that has passed, or 0
  };
  // As seen at `now`; `bits` as in SeatMap, bits_bytes() of them, or nullptr.
  Seen At(TimeUs now, std::uint8_t* bits) const;
  std::size_t bits_bytes() const { return (owners_.size() + 3) / 4; }

  // take(ordinal, term) for each seat that is held with a deadline not after `until`.
  template <class Take>
  void EachDue(TimeUs until, Take take) const {
    for (std::size_t block = 0; block < blocks_n_; ++block) {
      if (SoonestOf(block) <= until.value) EachDueIn(block, until, take);
    }
  }
  // take(ordinal, term) for each seat that is not available, holds past their deadline included.
  template <class Take>
  void EachTaken(Take take) const {
    for (std::size_t block = 0; block < blocks_n_; ++block) {
      std::uint64_t states = blocks_[block].states.load();
      for (; states != 0; states &= ~(std::uint64_t{3} << FirstIn(states) * 2)) {
        const std::size_t ordinal = block * kSeatsABlock + FirstIn(states);
        take(static_cast<std::uint32_t>(ordinal), owners_.TermAt(ordinal));
      }
    }
  }

  std::size_t bytes() const { return blocks_n_ * sizeof(Block); }

 private:
  static constexpr std::size_t kSeatsABlock = 32;
  static constexpr std::int64_t kNever = INT64_MAX;
  static constexpr std::size_t kNone = SIZE_MAX;

  struct Block {
    SharedWord states;   // two bits a seat
    SharedWord soonest;  // of the deadlines of its held seats, or kNever
  };

  // The first seat that is not available. REQUIRES: there is one.
  static std::size_t FirstIn(std::uint64_t states) {
    return static_cast<std::size_t>(std::countr_zero(states)) / 2;
  }
  std::int64_t SoonestOf(std::size_t block) const {
    return static_cast<std::int64_t>(blocks_[block].soonest.load());
  }
  template <class Take>
  void EachDueIn(std::size_t block, TimeUs until, Take take) const {
    const std::size_t first = block * kSeatsABlock;
    const std::size_t last = std::min(first + kSeatsABlock, owners_.size());
    for (std::size_t ordinal = first; ordinal < last; ++ordinal) {
      const SeatTerm term = owners_.TermAt(ordinal);
      if (term.state() != SeatState::kHeld || !HasLapsed(term.expires_at(), until)) continue;
      take(static_cast<std::uint32_t>(ordinal), term);
    }
  }
  std::uint64_t PassDue(std::size_t block, TimeUs now, Seen* seen, std::int64_t* soonest) const;
  std::int64_t SoonestIn(std::size_t block, TimeUs after) const;
  void Count(SeatState state, std::uint64_t by);

  const SeatOwners& owners_;
  const std::size_t blocks_n_;
  const std::unique_ptr<Block[]> blocks_;
  std::array<SharedWord, 4> counts_;  // by SeatState, as stored: lapsed holds are held
  std::size_t unsettled_ = kNone;     // the writer's: a block whose soonest is to be found again
};

}  // namespace seathold
