// Who has each seat and until when, to be read seat by seat while others are written.
//
// A seat's version is the number of its sequence lock: of one version there is one state, and a
// reader that found the same one before and after has read it. Only 0 comes back, which says that
// nothing is there. Whoever writes holds a mutex.
#pragma once

#include <cstddef>
#include <memory>

#include "seathold/adapter/records.h"
#include "src/util/lapse.h"
#include "src/util/sequence_lock.h"

namespace seathold {

// State and deadline in one word: what tells whether a seat is free. Deadlines are below kTimeMax.
struct SeatTerm {
  std::uint64_t word = 0;

  static SeatTerm Of(SeatState state, TimeUs expires_at) {
    return {static_cast<std::uint64_t>(expires_at.value) << 2 | static_cast<std::uint64_t>(state)};
  }
  SeatState state() const { return static_cast<SeatState>(word & 3); }
  TimeUs expires_at() const { return TimeUs{static_cast<std::int64_t>(word) >> 2}; }
  // As people see it: a hold that has lapsed is available.
  SeatState Shown(TimeUs now) const {
    const bool lapsed = state() == SeatState::kHeld && HasLapsed(expires_at(), now);
    return lapsed ? SeatState::kAvailable : state();
  }
};
static_assert(kTimeMax.value < std::int64_t{1} << 61);

struct SeatOwner {
  std::uint64_t version;
  SeatTerm term;
  UserId user;
};

class SeatOwners {
 public:
  explicit SeatOwners(std::size_t seats) : seats_(std::make_unique<Seat[]>(seats)), size_(seats) {}

  std::size_t size() const { return size_; }
  static constexpr std::size_t bytes_a_seat() { return sizeof(Seat); }

  void Write(std::uint32_t ordinal, const SeatOwner& owner) {
    Seat& seat = seats_[ordinal];
    seat.version.Begin();
    seat.term.store(owner.term.word);
    seat.user.store(owner.user.value);
    seat.version.End(owner.version * 2);
  }
  // As of one version. `mutex`: the writers'. REQUIRES: ordinal < size().
  SeatOwner Read(std::uint32_t ordinal, Mutex& mutex) const {
    const Seat& seat = seats_[ordinal];
    return seat.version.Read(mutex,
                             [&seat](std::uint64_t number) { return OwnerOf(seat, number); });
  }
  // REQUIRES: nobody writes.
  SeatOwner At(std::uint32_t ordinal) const {
    return OwnerOf(seats_[ordinal], seats_[ordinal].version.number());
  }
  // By itself, for who reads many under another sequence lock.
  SeatTerm TermAt(std::size_t ordinal) const { return {seats_[ordinal].term.load()}; }

 private:
  struct Seat {
    SequenceLock version;
    SharedWord term, user;
  };
  static SeatOwner OwnerOf(const Seat& seat, std::uint64_t number) {
    return {number / 2, {seat.term.load()}, UserId{seat.user.load()}};
  }

  const std::unique_ptr<Seat[]> seats_;
  const std::size_t size_;
};

}  // namespace seathold
