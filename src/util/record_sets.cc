// The sets of adapter/storage.h: sealed, counted, cleared table by table.
#include <algorithm>

#include "seathold/adapter/storage.h"

namespace seathold {

void KeySet::Seal() {
  ForEach([](auto& slot) {
    if (!std::ranges::is_sorted(slot.keys)) std::ranges::sort(slot.keys);
    slot.keys.erase(std::unique(slot.keys.begin(), slot.keys.end()), slot.keys.end());
  });
}

bool KeySet::empty() const {
  bool empty = true;
  ForEach([&](const auto& slot) { empty = empty && slot.keys.empty(); });
  return empty;
}

void KeySet::clear() {
  ForEach([](auto& slot) { slot.keys.clear(); });
}

void RecordSet::clear() {
  ForEach([](auto& slot) { slot.rows.clear(); });
}

std::size_t ChangeSet::size() const {
  std::size_t count = 0;
  ForEach([&](const auto& slot) { count += slot.changes.size(); });
  return count;
}

bool ChangeSet::empty() const { return size() == 0; }

void ChangeSet::clear() {
  ForEach([](auto& slot) { slot.changes.clear(); });
}

}  // namespace seathold
