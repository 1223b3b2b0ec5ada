// The records of one table that a batch works on: what was loaded, what was changed, how to go
// back.
//
// Built for thousands of batches in a row: clearing keeps the memory, rows stay where they are
// until then, and a look-up is one probe of a flat hash index.
#pragma once

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "seathold/adapter/storage.h"

namespace seathold {

inline std::uint64_t MixHash(std::uint64_t h, std::uint64_t value) {
  h = (h ^ value) * 0x9E3779B97F4A7C15ull;
  return h ^ (h >> 32);
}
inline std::uint64_t HashPart(std::uint64_t h, const Uuid& id) {
  std::uint64_t halves[2];
  std::memcpy(halves, id.data(), sizeof halves);
  return MixHash(MixHash(h, halves[0]), halves[1]);
}
inline std::uint64_t HashPart(std::uint64_t h, const Currency& c) {
  return MixHash(h, std::bit_cast<std::uint32_t>(c.code));
}
template <class T>
requires std::is_integral_v<T> || std::is_enum_v<T> std::uint64_t HashPart(std::uint64_t h,
                                                                           T value) {
  return MixHash(h, static_cast<std::uint64_t>(value));
}
template <class Tag, class Rep>
std::uint64_t HashPart(std::uint64_t h, const Id<Tag, Rep>& id) {
  return HashPart(h, id.value);
}
// A number that ends a key keeps its last three bits: eight neighbours, such as the seats of a row,
// share a cache line of an index.
template <class Part>
std::uint64_t HashLast(std::uint64_t h, const Part& part) {
  if constexpr (std::is_integral_v<Part>) {
    return (MixHash(h, part >> 3) & ~std::uint64_t{7}) | (part & 7);
  } else {
    return HashPart(h, part);
  }
}
template <class... Parts>
std::uint64_t HashKey(const std::tuple<Parts...>& key) {
  constexpr std::size_t kLast = sizeof...(Parts) - 1;
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    std::uint64_t h = 0x84222325CBF29CE4ull;
    ((h = HashPart(h, std::get<I>(key))), ...);
    return HashLast(h, std::get<kLast>(key));
  }
  (std::make_index_sequence<kLast>());
}

template <class R>
class RowTable {
 public:
  using Key = typename R::Key;
  struct Slot {
    Key key{};
    R row{};
    bool present = false;  // false: known to be absent
    bool stored = false;   // present in storage when the batch began
    bool dirty = false;
    std::uint32_t linked_at = 0;  // its place in the index
    std::uint64_t version_seen = 0;
  };

  // nullptr = nothing is known of this key.
  const Slot* Find(const Key& key) const {
    if (index_.empty()) return nullptr;
    const std::uint32_t number = index_[Probe(key, HashKey(key))].number;
    return number != 0 ? &At(number - 1) : nullptr;
  }
  Slot* Find(const Key& key) {
    return const_cast<Slot*>(static_cast<const RowTable*>(this)->Find(key));
  }

  std::size_t size() const { return size_; }
  // fn(slot) for all that is known, in the order in which it became so.
  template <class Fn>
  void ForEach(Fn&& fn) const {
    for (std::size_t i = 0; i < size_; ++i) fn(At(i));
  }
  // Until `more` keys have been added, adding one cannot fail.
  void Reserve(std::size_t more) {
    while ((size_ + more) * 2 > index_.size()) Grow();
    while (size_ + more > chunks_.size() * kChunk) AddChunk();
  }

  // Of a key that is asked for soon: where its place in the index comes from memory meanwhile.
  void Prefetch(const Key& key) const {
    if (!index_.empty()) __builtin_prefetch(&index_[HashKey(key) & mask_]);
  }

  // The row of its key becomes known. What is known already stays as it is.
  Slot* AddRow(const R& row) {
    bool added = false;
    Slot* slot = FindOrAdd(row.key(), &added);
    if (!added) return slot;
    slot->row = row;
    slot->present = slot->stored = true;
    if constexpr (Versioned<R>) slot->version_seen = row.version_value();
    return slot;
  }
  // The key becomes known, to be absent. What is known already stays as it is.
  Slot* AddAbsent(const Key& key) {
    bool added = false;
    return FindOrAdd(key, &added);
  }
  Slot* FindOrAdd(const Key& key, bool* added) {
    if ((size_ + 1) * 2 > index_.size()) Grow();
    if (size_ == chunks_.size() * kChunk) AddChunk();
    const std::uint64_t hash = HashKey(key);
    const std::uint64_t at = Probe(key, hash);
    Link& link = index_[at];
    *added = link.number == 0;
    if (!*added) return &At(link.number - 1);
    Slot& slot = At(size_);
    slot.key = key;
    slot.present = slot.stored = slot.dirty = false;
    slot.linked_at = static_cast<std::uint32_t>(at);
    link = {static_cast<std::uint32_t>(++size_), TagOf(hash)};
    return &slot;
  }

  // Changes a slot so that Undo can take it back.
  void Change(Slot* slot, const R& row, bool present) {
    Entry& entry = journal_.emplace_back();
    entry.slot = slot;
    entry.present = slot->present;
    entry.dirty = slot->dirty;
    if (slot->present || slot->dirty) entry.row = slot->row;
    slot->row = row;
    slot->present = present;
    slot->dirty = true;
  }

  void Keep() { journal_.clear(); }
  // fn(row before) for each change of a row that is taken back, newest first.
  template <class Fn>
  void Undo(Fn&& fn) {
    for (auto entry = journal_.rbegin(); entry != journal_.rend(); ++entry) {
      if (entry->row) {
        fn(*entry->row);
        entry->slot->row = *std::move(entry->row);
      }
      entry->slot->present = entry->present;
      entry->slot->dirty = entry->dirty;
    }
    journal_.clear();
  }

  void Collect(ChangesOf<R>* out) const {
    out->changes.reserve(size_);
    for (std::size_t i = 0; i < size_; ++i) {
      const Slot& slot = At(i);
      if (!slot.dirty || (!slot.present && !slot.stored)) continue;
      const ChangeKind kind = !slot.present ? ChangeKind::kRemove
                              : slot.stored ? ChangeKind::kUpdate
                                            : ChangeKind::kInsert;
      out->changes.push_back({slot.row, kind, slot.version_seen});
    }
  }

  void clear() {
    journal_.clear();
    if (chunks_.size() > kChunksKept) {  // a batch of unusual size: give the memory back
      chunks_.clear();
      index_.clear();
    }
    if (size_ < index_.size() / kSparse) {
      for (std::size_t i = 0; i < size_; ++i) index_[At(i).linked_at] = Link();
    } else {
      std::fill(index_.begin(), index_.end(), Link());
    }
    size_ = 0;
  }

 private:
  struct Entry {
    Slot* slot = nullptr;
    std::optional<R> row;  // where there was one
    bool present = false;
    bool dirty = false;
  };
  // Of the index. Slots are far apart: the tag tells most of those of other keys from afar.
  struct Link {
    std::uint32_t number = 0;  // of the slot, from 1; 0 = free
    std::uint32_t tag = 0;
  };
  // Neighbours differ in their last bits alone.
  static std::uint32_t TagOf(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32) + static_cast<std::uint32_t>(hash);
  }

  static constexpr std::size_t kChunk = 64;
  static constexpr std::size_t kChunksKept = 1'024;
  static constexpr std::size_t kSparse = 16;

  Slot& At(std::size_t i) { return chunks_[i / kChunk][i % kChunk]; }
  const Slot& At(std::size_t i) const { return chunks_[i / kChunk][i % kChunk]; }

  // The place in the index that names the key's slot, or else the free one where it would stand.
  std::uint64_t Probe(const Key& key, std::uint64_t hash) const {
    for (std::uint64_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Link link = index_[at];
      if (link.number == 0) return at;
      if (link.tag == TagOf(hash) && At(link.number - 1).key == key) return at;
    }
  }

  void AddChunk() { chunks_.push_back(std::make_unique<Slot[]>(kChunk)); }
  void LinkTo(std::size_t i) {
    const std::uint64_t hash = HashKey(At(i).key);
    std::uint64_t at = hash & mask_;
    while (index_[at].number != 0) at = (at + 1) & mask_;
    index_[at] = {static_cast<std::uint32_t>(i + 1), TagOf(hash)};
    At(i).linked_at = static_cast<std::uint32_t>(at);
  }
  void Grow() {
    index_.assign(std::max<std::size_t>(64, index_.size() * 2), Link());
    mask_ = index_.size() - 1;
    for (std::size_t i = 0; i < size_; ++i) LinkTo(i);
  }

  std::vector<std::unique_ptr<Slot[]>> chunks_;  // slots never move: rules keep pointers to rows
  std::size_t size_ = 0;
  std::vector<Link> index_;
  std::uint64_t mask_ = 0;
  std::vector<Entry> journal_;  // changes of the command under decision
};

}  // namespace seathold
