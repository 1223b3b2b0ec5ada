#include "src/line/wait_list.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>

namespace seathold {

std::size_t WaitList::RankIn(const Bits& bits, std::size_t offset) {
  std::size_t rank = 0;
  for (std::size_t word = 0; word < offset / 64; ++word) {
    rank += static_cast<std::size_t>(std::popcount(bits[word]));
  }
  const std::uint64_t below = (std::uint64_t{1} << (offset % 64)) - 1;
  return rank + static_cast<std::size_t>(std::popcount(bits[offset / 64] & below));
}

std::size_t WaitList::LowerBlock(std::uint64_t key) const {
  if (keys_.empty() || key <= keys_.front()) return 0;
  // Counters are dense, so a block mostly stands where its number says.
  const std::uint64_t guess = key - keys_.front();
  if (guess < keys_.size() && keys_[guess] == key) return guess;
  return static_cast<std::size_t>(std::ranges::lower_bound(keys_, key) - keys_.begin());
}

std::size_t WaitList::BlockFor(std::uint64_t key, std::int64_t heard_us) {
  const std::size_t index = LowerBlock(key);
  if (index < keys_.size() && keys_[index] == key) return index;
  auto block = std::make_unique<Block>();
  block->oldest_us = heard_us;
  keys_.reserve(keys_.size() + 1);
  tree_.reserve(tree_.size() + 1);
  blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(index), std::move(block));
  keys_.insert(keys_.begin() + static_cast<std::ptrdiff_t>(index), key);
  Recount();
  return index;
}

void WaitList::RemoveBlock(std::size_t index) {
  if (blocks_[index]->any_heard) --heard_blocks_;
  blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(index));
  keys_.erase(keys_.begin() + static_cast<std::ptrdiff_t>(index));
  Recount();
}

void WaitList::Recount() {
  tree_.assign(blocks_.size(), 0);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    tree_[i] += static_cast<std::uint32_t>(blocks_[i]->waiters.size());
    const std::size_t parent = i | (i + 1);
    if (parent < tree_.size()) tree_[parent] += tree_[i];
  }
}

void WaitList::Add(std::size_t index, std::int32_t by) {
  for (std::size_t i = index; i < tree_.size(); i |= i + 1) {
    tree_[i] += static_cast<std::uint32_t>(by);
  }
}

std::uint64_t WaitList::Before(std::size_t index) const {
  std::uint64_t sum = 0;
  for (std::size_t i = index; i > 0; i &= i - 1) sum += tree_[i - 1];
  return sum;
}

void WaitList::Insert(Sequence sequence, const Waiter& waiter) {
  const std::size_t index = BlockFor(KeyOf(sequence), waiter.heard_us);
  Block& block = *blocks_[index];
  const std::size_t offset = OffsetOf(sequence);
  const std::size_t rank = RankIn(block.present, offset);
  assert((block.present[offset / 64] >> (offset % 64) & 1) == 0);
  block.waiters.insert(block.waiters.begin() + static_cast<std::ptrdiff_t>(rank), waiter);
  block.present[offset / 64] |= std::uint64_t{1} << (offset % 64);
  block.oldest_us = std::min(block.oldest_us, waiter.heard_us);
  oldest_us_ = std::min(oldest_us_, waiter.heard_us);
  Add(index, 1);
  ++size_;
}

bool WaitList::Erase(Sequence sequence) {
  const std::size_t index = LowerBlock(KeyOf(sequence));
  if (index == keys_.size() || keys_[index] != KeyOf(sequence)) return false;
  Block& block = *blocks_[index];
  const std::size_t offset = OffsetOf(sequence);
  const std::uint64_t bit = std::uint64_t{1} << (offset % 64);
  if ((block.present[offset / 64] & bit) == 0) return false;
  const std::size_t rank = RankIn(block.present, offset);
  block.waiters.erase(block.waiters.begin() + static_cast<std::ptrdiff_t>(rank));
  block.present[offset / 64] &= ~bit;
  block.heard[offset / 64] &= ~bit;
  --size_;
  if (block.waiters.empty()) {
    RemoveBlock(index);
  } else {
    Add(index, -1);
  }
  if (empty()) oldest_us_ = INT64_MAX;
  return true;
}

WaitList::Found WaitList::Find(Sequence sequence) {
  const std::size_t index = LowerBlock(KeyOf(sequence));
  if (index == keys_.size() || keys_[index] != KeyOf(sequence)) return {};
  Block& block = *blocks_[index];
  const std::size_t offset = OffsetOf(sequence);
  if ((block.present[offset / 64] >> (offset % 64) & 1) == 0) return {};
  const std::size_t rank = RankIn(block.present, offset);
  return {&block.waiters[rank], Before(index) + rank};
}

// Nothing that a rank or another poll depends on changes; what does is written by atomic steps.
WaitList::Found WaitList::Hear(Sequence sequence, UserId user, std::int64_t served_us) {
  const Found found = Find(sequence);
  if (found.waiter == nullptr || found.waiter->user != user) return {};
  const std::atomic_ref heard_us(found.waiter->heard_us);
  if (served_us <= heard_us.load(std::memory_order_relaxed)) return found;
  heard_us.store(served_us, std::memory_order_relaxed);
  Block& block = *blocks_[LowerBlock(KeyOf(sequence))];
  const std::size_t offset = OffsetOf(sequence);
  std::atomic_ref(block.heard[offset / 64])
      .fetch_or(std::uint64_t{1} << (offset % 64), std::memory_order_relaxed);
  const std::atomic_ref any_heard(block.any_heard);
  if (any_heard.load(std::memory_order_relaxed)) return found;
  if (any_heard.exchange(true, std::memory_order_relaxed)) return found;
  std::atomic_ref(heard_blocks_).fetch_add(1, std::memory_order_relaxed);
  return found;
}

WaiterAt WaitList::Front() const {
  assert(!empty());
  const Block& block = *blocks_.front();
  std::size_t word = 0;
  while (block.present[word] == 0) ++word;
  const std::size_t offset =
      word * 64 + static_cast<std::size_t>(std::countr_zero(block.present[word]));
  return {Sequence{(keys_.front() << kBlockBits) | offset}, block.waiters.front()};
}

std::vector<WaiterAt> WaitList::DropBefore(std::int64_t cutoff_us) {
  std::vector<WaiterAt> dropped;
  if (oldest_us_ >= cutoff_us) return dropped;
  oldest_us_ = INT64_MAX;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (blocks_[i]->oldest_us < cutoff_us) DropInBlock(i, cutoff_us, &dropped);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (blocks_[i]->waiters.empty()) {
      if (blocks_[i]->any_heard) --heard_blocks_;
      continue;
    }
    oldest_us_ = std::min(oldest_us_, blocks_[i]->oldest_us);
    keys_[kept] = keys_[i];
    if (kept != i) blocks_[kept] = std::move(blocks_[i]);
    ++kept;
  }
  keys_.resize(kept);
  blocks_.resize(kept);
  if (!dropped.empty()) Recount();
  return dropped;
}

void WaitList::DropInBlock(std::size_t index, std::int64_t cutoff_us, std::vector<WaiterAt>* out) {
  Block& block = *blocks_[index];
  std::size_t rank = 0, kept = 0;
  std::int64_t oldest_us = INT64_MAX;
  for (std::size_t word = 0; word < kWords; ++word) {
    for (std::uint64_t bits = block.present[word]; bits != 0; bits &= bits - 1) {
      const Waiter waiter = block.waiters[rank++];
      if (waiter.heard_us >= cutoff_us) {
        oldest_us = std::min(oldest_us, waiter.heard_us);
        block.waiters[kept++] = waiter;
        continue;
      }
      const int bit = std::countr_zero(bits);
      const std::uint64_t offset = word * 64 + static_cast<std::uint64_t>(bit);
      out->push_back({Sequence{(keys_[index] << kBlockBits) | offset}, waiter});
      block.present[word] &= ~(std::uint64_t{1} << bit);
      block.heard[word] &= block.present[word];
    }
  }
  size_ -= block.waiters.size() - kept;
  block.waiters.resize(kept);
  block.oldest_us = oldest_us;
}

std::vector<WaiterAt> WaitList::TakeHeard(std::size_t count_max, bool* round_done) {
  std::vector<WaiterAt> taken;
  std::size_t i = LowerBlock(heard_from_);
  // A block cut short by count_max waits for the next round; its heartbeats stay marked.
  for (; i < blocks_.size() && taken.size() < count_max; ++i) {
    if (blocks_[i]->any_heard) TakeHeardInBlock(i, count_max, &taken);
  }
  *round_done = i == blocks_.size();
  heard_from_ = *round_done ? 0 : keys_[i];
  return taken;
}

void WaitList::TakeHeardInBlock(std::size_t index, std::size_t count_max,
                                std::vector<WaiterAt>* out) {
  Block& block = *blocks_[index];
  for (std::size_t word = 0; word < kWords; ++word) {
    while (block.heard[word] != 0) {
      if (out->size() == count_max) return;
      const auto bit = static_cast<std::uint64_t>(std::countr_zero(block.heard[word]));
      const std::size_t offset = word * 64 + bit;
      out->push_back({Sequence{(keys_[index] << kBlockBits) | offset},
                      block.waiters[RankIn(block.present, offset)]});
      block.heard[word] &= block.heard[word] - 1;
    }
  }
  block.any_heard = false;
  --heard_blocks_;
}

}  // namespace seathold
