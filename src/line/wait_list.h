// Who waits, by sequence, with exact ranks. Pure data structure, no lock, no clock. Not thread-safe
// but for Hear.
//
// Sequences are grouped in blocks of 512. A block keeps a bitmap of who is there and its waiters
// packed in order, so a rank is one Fenwick sum over the blocks and a few popcounts; an empty block
// is freed, so memory follows the number of waiters and not the span of their sequences.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "seathold/adapter/line.h"
#include "seathold/ids.h"

namespace seathold {

struct Waiter {
  UserId user;
  std::int64_t heard_us = 0;  // served-time reading of the last heartbeat
};

struct WaiterAt {
  Sequence sequence;
  Waiter waiter;
};

class WaitList {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // REQUIRES: no waiter has this sequence.
  void Insert(Sequence sequence, const Waiter& waiter);
  bool Erase(Sequence sequence);  // false: was not there

  // What a poll needs, found in one step. `waiter` is null when nobody has the sequence; it is good
  // until the list next changes.
  struct Found {
    Waiter* waiter = nullptr;
    std::uint64_t ahead = 0;  // waiters with a lower sequence
  };
  Found Find(Sequence sequence);
  // As Find, and stores a heartbeat, which is remembered until TakeHeard. Only when `user` matches.
  // Several threads may hear at once, at the same `served_us`, while nobody does anything else.
  Found Hear(Sequence sequence, UserId user, std::int64_t served_us);

  WaiterAt Front() const;  // REQUIRES: !empty()

  // A lower bound of every waiter's heard_us: nobody is silent while this is not.
  std::int64_t oldest_us() const { return oldest_us_; }
  // Removes everybody heard before `cutoff_us`; answers them in order.
  std::vector<WaiterAt> DropBefore(std::int64_t cutoff_us);

  bool has_heard() const {
    return std::atomic_ref(heard_blocks_).load(std::memory_order_relaxed) > 0;
  }
  // At most `count_max` heartbeats stored since they were last taken, going on where the last call
  // stopped; *round_done says that the end was reached (the next call starts at the front).
  std::vector<WaiterAt> TakeHeard(std::size_t count_max, bool* round_done);

 private:
  static constexpr int kBlockBits = 9;
  static constexpr std::size_t kBlockSize = std::size_t{1} << kBlockBits;
  static constexpr std::size_t kWords = kBlockSize / 64;
  using Bits = std::array<std::uint64_t, kWords>;

  struct Block {
    Bits present{};
    Bits heard{};
    bool any_heard = false;
    std::int64_t oldest_us = 0;  // lower bound within the block
    std::vector<Waiter> waiters;
  };

  static std::uint64_t KeyOf(Sequence s) { return s.value >> kBlockBits; }
  static std::size_t OffsetOf(Sequence s) { return s.value & (kBlockSize - 1); }
  static std::size_t RankIn(const Bits& bits, std::size_t offset);

  std::size_t LowerBlock(std::uint64_t key) const;
  std::size_t BlockFor(std::uint64_t key, std::int64_t heard_us);  // inserts it when absent
  void RemoveBlock(std::size_t index);
  void Recount();  // rebuilds tree_
  void Add(std::size_t index, std::int32_t by);
  std::uint64_t Before(std::size_t index) const;
  void DropInBlock(std::size_t index, std::int64_t cutoff_us, std::vector<WaiterAt>* out);
  void TakeHeardInBlock(std::size_t index, std::size_t count_max, std::vector<WaiterAt>* out);

  std::vector<std::uint64_t> keys_;  // ascending, parallel to blocks_
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<std::uint32_t> tree_;  // Fenwick over the blocks' sizes, 1-based in a 0-based vector
  std::size_t size_ = 0;
  mutable std::size_t heard_blocks_ = 0;
  std::uint64_t heard_from_ = 0;  // key of the block where TakeHeard goes on
  std::int64_t oldest_us_ = INT64_MAX;
};

}  // namespace seathold
