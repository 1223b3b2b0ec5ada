// What the holds of one call are after, so that a rush for few seats is not decided ask by ask: an
// ask for a seat that an earlier ask of the call may get waits until that one is answered, and is
// then refused in memory like any that comes late.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "src/rules/hold.h"
#include "src/util/row_table.h"

namespace seathold {

class SeatsWanted {
 public:
  // Whether a seat of `args` is among those that were noted.
  bool Wants(const HoldArgs& args) const {
    return std::any_of(args.seats.begin(), args.seats.end(), [&](const SeatTicket& ticket) {
      return Has(KeyOf(kSeat, args.performance.value, ticket.seat.value));
    });
  }
  // True: all its seats are new.
  bool Note(const HoldArgs& args) {
    bool all_new = true;
    for (const SeatTicket& ticket : args.seats) {
      const bool is_new = Add(KeyOf(kSeat, args.performance.value, ticket.seat.value));
      all_new = all_new && is_new;
    }
    return all_new;
  }
  // Notes what `args` is after. True: it waits, since an earlier ask wants one of its seats, or one
  // that waits has its id, or its buyer where seats are counted by buyer (`counted`): asks that
  // bear upon each other are decided in the order of the call.
  bool MustWait(const HoldArgs& args, bool counted) {
    bool waits = !Note(args);
    const std::uint64_t id = HashPart(HashPart(kId, args.performance), args.id);
    const std::uint64_t user = KeyOf(kUser, args.performance.value, args.user.value);
    waits = waits || (any_waits_ && (Has(id) || (counted && Has(user))));
    if (!waits) return false;
    any_waits_ = true;
    Add(id);
    if (counted) Add(user);
    return true;
  }

 private:
  enum Kind : std::uint64_t { kSeat = 1, kId = 2, kUser = 3 };

  // Two that share one, once in 2^64 pairs, are taken for the same: one of them waits in vain.
  static std::uint64_t KeyOf(Kind kind, std::uint64_t owner, std::uint64_t number) {
    return MixHash(MixHash(kind, owner), number);
  }

  bool Has(std::uint64_t key) const { return size_ > 0 && keys_[Probe(keys_, key)] != 0; }
  // False: it was there already.
  bool Add(std::uint64_t key) {
    if ((size_ + 1) * 2 > keys_.size()) Grow();
    std::uint64_t& at = keys_[Probe(keys_, key)];
    if (at != 0) return false;
    at = key | 1;
    ++size_;
    return true;
  }
  void Grow() {
    std::vector<std::uint64_t> wider(std::max<std::size_t>(64, keys_.size() * 2));
    for (const std::uint64_t key : keys_) {
      if (key != 0) wider[Probe(wider, key)] = key;
    }
    keys_.swap(wider);
  }
  static std::size_t Probe(const std::vector<std::uint64_t>& keys, std::uint64_t key) {
    const std::size_t mask = keys.size() - 1;
    std::size_t at = (key >> 1) & mask;
    while (keys[at] != 0 && keys[at] != (key | 1)) at = (at + 1) & mask;
    return at;
  }

  std::vector<std::uint64_t> keys_;  // 0 = free; a power of two of them
  std::size_t size_ = 0;
  bool any_waits_ = false;
};

}  // namespace seathold
