// A table from numbers to objects that are added and never removed, found without a lock.
//
// Its slots are filled once each; a table that is half full is replaced by one of twice the size
// that has the same objects. Who still looks into the old one finds all that was there when the
// look began: replaced ones live as long as the table, and all of them together are as large as the
// last.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace seathold {

// Key: a strong type around `value`, an unsigned number.
template <class Key, class Value>
class GrowOnlyTable {
 public:
  GrowOnlyTable() { Grow(kSlotsMin); }
  GrowOnlyTable(const GrowOnlyTable&) = delete;
  GrowOnlyTable& operator=(const GrowOnlyTable&) = delete;

  // From any thread. nullptr: was not added yet. What it finds lives as long as the table.
  Value* Find(Key key) const {
    const Slots& slots = *slots_.load(std::memory_order_acquire);
    for (std::size_t at = HomeOf(key, slots);; at = (at + 1) & slots.mask) {
      Item* item = slots.items[at].load(std::memory_order_acquire);
      if (item == nullptr) return nullptr;
      if (item->key == key) return item->value.get();
    }
  }

  // The rest by one thread at a time: whoever owns the table has a mutex.

  // What is there already stays.
  Value* Add(Key key, std::unique_ptr<Value> value) {
    if (Value* there = Find(key)) return there;
    if ((items_.size() + 1) * 2 > tables_.back()->mask + 1) Grow((tables_.back()->mask + 1) * 2);
    items_.push_back(std::make_unique<Item>(Item{key, std::move(value)}));
    Put(items_.back().get(), *tables_.back());
    return items_.back()->value.get();
  }
  template <class Fn>
  void Each(Fn fn) const {
    for (const auto& item : items_) fn(item->key, *item->value);
  }

 private:
  static constexpr std::size_t kSlotsMin = 16;  // a power of two, as every size

  struct Item {
    Key key;
    std::unique_ptr<Value> value;
  };
  struct Slots {
    std::size_t mask;
    std::unique_ptr<std::atomic<Item*>[]> items;
  };

  // Ids are given in order: multiplied, they lie apart.
  static std::size_t HomeOf(Key key, const Slots& slots) {
    return static_cast<std::size_t>(key.value * 0x9E37'79B9'7F4A'7C15u >> 32) & slots.mask;
  }
  static void Put(Item* item, Slots& slots) {
    std::size_t at = HomeOf(item->key, slots);
    while (slots.items[at].load(std::memory_order_relaxed) != nullptr) at = (at + 1) & slots.mask;
    slots.items[at].store(item, std::memory_order_release);
  }
  void Grow(std::size_t size) {
    tables_.push_back(
        std::make_unique<Slots>(Slots{size - 1, std::make_unique<std::atomic<Item*>[]>(size)}));
    for (const auto& item : items_) Put(item.get(), *tables_.back());
    slots_.store(tables_.back().get(), std::memory_order_release);
  }

  std::atomic<const Slots*> slots_{nullptr};
  std::vector<std::unique_ptr<Slots>> tables_;  // the last is in use
  std::vector<std::unique_ptr<Item>> items_;
};

}  // namespace seathold
