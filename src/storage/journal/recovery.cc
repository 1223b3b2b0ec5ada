#include "src/storage/journal/recovery.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/storage/columns.h"
#include "src/storage/journal/change_code.h"

namespace seathold::journal {
namespace {

struct GatherColumns {
  std::array<const void*, kColumnsMax> columns{};
  std::size_t count = 0;
  template <class T>
  void key(const char*, const T& value) {
    columns.at(count++) = &value;
  }
  template <class T>
  void fixed(const char*, const T& value) {
    columns.at(count++) = &value;
  }
  template <class T>
  void field(const char*, const T& value) {
    columns.at(count++) = &value;
  }
};

// Takes what an update does not carry from the row that it updates.
struct TakeFixed {
  const std::array<const void*, kColumnsMax>& from;
  std::size_t at = 0;
  template <class T>
  void key(const char*, T&) {
    ++at;
  }
  template <class T>
  void fixed(const char*, T& value) {
    value = *static_cast<const T*>(from[at++]);
  }
  template <class T>
  void field(const char*, T&) {
    ++at;
  }
};

template <class R>
void CompleteUpdate(const R& before, R* row) {
  GatherColumns columns;
  R::Columns(before, columns);
  R::Columns(*row, TakeFixed{columns.columns});
}

// The rows of the database that changes build upon.
using Below = PerTable<RowTable>;

// One change onto the layer. False where it does not fit.
template <class R>
bool PutOnto(const Below& below, typename ChangesOf<R>::Change change, Layer* layer) {
  const auto* slot = std::as_const(*layer).template of<R>().Find(change.row.key());
  if (slot == nullptr) slot = below.of<R>().Find(change.row.key());
  const bool present = slot != nullptr && slot->present;
  if (present != (change.kind != ChangeKind::kInsert)) return false;
  if (change.kind == ChangeKind::kUpdate) CompleteUpdate(slot->row, &change.row);
  if constexpr (Versioned<R>) {
    if (present) change.version_seen = slot->row.version_value();
  }
  Put<R>(std::move(change), layer);
  return true;
}

}  // namespace

Status Recovery::Add(std::uint64_t number, std::span<const std::uint8_t> text) {
  Record& record = records_.emplace_back();
  record.number = number;
  if (DecodeChanges(text, &record.changes, &record.mark)) return Status();
  return Status(Code::kStorageCorrupt, "a record of the log says nothing that can be read");
}

Status Recovery::Fill(StorageUnit* below, Layer* layer) const {
  KeySet keys;
  for (const Record& record : records_) {
    record.changes.ForEach([&]<class R>(const ChangesOf<R>& slot) {
      for (const auto& change : slot.changes) keys.Add<R>(change.row.key());
    });
  }
  keys.Seal();
  RecordSet found;
  if (Status status = below->Load(keys, &found); !status.ok()) return status;
  Below rows;
  found.ForEach([&]<class R>(const RowsOf<R>& slot) {
    for (const R& row : slot.rows) rows.of<R>().AddRow(row);
  });
  bool fits = true;
  for (const Record& record : records_) {
    record.changes.ForEach([&]<class R>(const ChangesOf<R>& slot) {
      for (const auto& change : slot.changes) {
        fits = fits && PutOnto<R>(rows, change, layer);
      }
    });
    layer->mark = std::max(layer->mark, record.mark);
    layer->last = record.number;
  }
  return fits ? Status() : Status(Code::kStorageCorrupt, "the log does not go with its database");
}

}  // namespace seathold::journal
