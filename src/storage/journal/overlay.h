// What the log holds and the database does not yet: the latest row of each key, or that it is gone.
//
// Two layers of it: `active` takes commits, `frozen` is being settled and does not change. A layer
// knows of each of its keys whether the rows below it have it, so that what it is to the database
// can be told when it is settled: an insert, an update of a version, a removal, or nothing.
#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "seathold/adapter/storage.h"
#include "src/util/row_table.h"

namespace seathold::journal {

inline constexpr TimeUs kNeverDue{std::numeric_limits<std::int64_t>::max()};

struct Layer : PerTable<RowTable> {
  TimeUs mark;
  std::uint64_t last = 0;          // the number of the latest record in it
  TimeUs no_hold_due = kNeverDue;  // before then

  bool empty() const {
    bool all = true;
    ForEach([&](const auto& table) { all = all && table.size() == 0; });
    return all;
  }
  void clear() {
    ForEach([](auto& table) { table.clear(); });
    mark = TimeUs();
    no_hold_due = kNeverDue;
  }
};

// Adds a change to a layer. The first one of a key says what lies below. Cannot fail where the
// table has room reserved.
template <class R>
void Put(typename ChangesOf<R>::Change&& change, Layer* layer) {
  bool added = false;
  auto* slot = layer->of<R>().FindOrAdd(change.row.key(), &added);
  if (added) {
    slot->stored = change.kind != ChangeKind::kInsert;
    slot->version_seen = change.version_seen;
    slot->dirty = true;
  }
  if constexpr (std::is_same_v<R, HoldRecord>) {
    layer->no_hold_due = std::min(layer->no_hold_due, change.row.expires_at);
  }
  slot->present = change.kind != ChangeKind::kRemove;
  slot->row = std::move(change.row);
}

struct Overlay {
  std::unique_ptr<Layer> active = std::make_unique<Layer>(), frozen = std::make_unique<Layer>();

  // nullptr: nothing is known of the key here; the database is to be asked.
  template <class R>
  const typename RowTable<R>::Slot* Find(const typename R::Key& key) const {
    const auto* slot = std::as_const(*active).template of<R>().Find(key);
    return slot != nullptr ? slot : std::as_const(*frozen).template of<R>().Find(key);
  }

  template <class R>
  void Prefetch(const typename R::Key& key) const {
    for (const auto* layer : {active.get(), frozen.get()}) layer->template of<R>().Prefetch(key);
  }

  // At least as many keys as it has a word on.
  template <class R>
  std::size_t size() const {
    return std::as_const(*active).template of<R>().size() +
           std::as_const(*frozen).template of<R>().size();
  }
  TimeUs no_hold_due() const { return std::min(active->no_hold_due, frozen->no_hold_due); }
  // fn(slot) for the latest of each key.
  template <class R, class Fn>
  void ForEach(Fn&& fn) const {
    const auto& latest = std::as_const(*active).template of<R>();
    latest.ForEach(fn);
    std::as_const(*frozen).template of<R>().ForEach([&](const auto& slot) {
      if (latest.Find(slot.key) == nullptr) fn(slot);
    });
  }
};

}  // namespace seathold::journal
