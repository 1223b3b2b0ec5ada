// All there is, table by table: what StorageUnit::Page is for every adapter.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "seathold/adapter/storage.h"

namespace seathold {

// Replaces the page in `io` by the next one. `read(after, &rows)` adds rows of one table: those
// behind the row `after`, or with nullptr the first.
template <class Read>
Status NextPage(RecordSet* io, Read&& read) {
  std::size_t tables = 0, from = 0;  // the table that `io` has rows of, or the first
  io->ForEach([&](const auto& slot) {
    if (!slot.rows.empty()) from = tables;
    ++tables;
  });
  RecordSet next;
  Status status;
  bool found = false;
  std::size_t table = 0;
  io->ForEach([&]<class R>(const RowsOf<R>& slot) {
    if (table++ < from || found || !status.ok()) return;
    auto& rows = next.of<R>().rows;
    status = read(slot.rows.empty() ? static_cast<const R*>(nullptr) : &slot.rows.back(), &rows);
    found = !rows.empty();
  });
  if (status.ok()) *io = std::move(next);
  return status;
}

}  // namespace seathold
