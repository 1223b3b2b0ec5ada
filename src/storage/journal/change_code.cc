#include "src/storage/journal/change_code.h"

#include <array>
#include <utility>

#include "src/storage/journal/bytes.h"

namespace seathold::journal {
namespace {

constexpr std::uint64_t kKinds = 4;

bool IsWritten(ChangeKind kind, bool is_field) {
  return kind == ChangeKind::kInsert || (kind == ChangeKind::kUpdate && is_field);
}

// A visitor that calls `visit(value, i)` for the columns that a change of this kind carries.
template <class Visit>
struct ForWritten {
  ChangeKind kind;
  Visit visit;
  std::size_t at = 0;

  template <class T>
  void key(const char*, T& value) {
    visit(value, at++);
  }
  template <class T>
  void fixed(const char*, T& value) {
    if (IsWritten(kind, false)) visit(value, at);
    ++at;
  }
  template <class T>
  void field(const char*, T& value) {
    if (IsWritten(kind, true)) visit(value, at);
    ++at;
  }
};
template <class Visit>
ForWritten(ChangeKind, Visit) -> ForWritten<Visit>;

// The row before, by column: what stood in each when it was last written.
template <class R>
class RowBefore {
 public:
  RowBefore() {
    R::Columns(row_, ForWritten{ChangeKind::kInsert,
                                [this](auto& value, std::size_t i) { columns_.at(i) = &value; }});
  }
  RowBefore(const RowBefore&) = delete;
  RowBefore& operator=(const RowBefore&) = delete;

  template <class T>
  std::remove_const_t<T>& At(std::size_t i) {
    return *static_cast<std::remove_const_t<T>*>(columns_[i]);
  }

 private:
  R row_{};
  std::array<void*, kColumnsMax> columns_{};
};

template <class R>
void WriteRow(const typename ChangesOf<R>::Change& change, RowBefore<R>* before, ByteWriter* to) {
  std::uint64_t mask = 0;
  R::Columns(change.row, ForWritten{change.kind, [&]<class T>(const T& value, std::size_t i) {
                                      if (!(before->template At<T>(i) == value)) {
                                        mask |= std::uint64_t{1} << i;
                                      }
                                    }});
  to->PutNumber(mask * kKinds + static_cast<std::uint64_t>(change.kind));
  R::Columns(change.row, ForWritten{change.kind, [&]<class T>(const T& value, std::size_t i) {
                                      if ((mask >> i & 1) == 0) return;
                                      T& old = before->template At<T>(i);
                                      to->Put(old, value);
                                      old = value;
                                    }});
}

template <class R>
bool ReadRow(ByteReader* from, RowBefore<R>* before, typename ChangesOf<R>::Change* change) {
  const std::uint64_t head = from->TakeNumber();
  if (head % kKinds > static_cast<std::uint64_t>(ChangeKind::kRemove)) return false;
  change->kind = static_cast<ChangeKind>(head % kKinds);
  const std::uint64_t mask = head / kKinds;
  R::Columns(change->row, ForWritten{change->kind, [&]<class T>(T& value, std::size_t i) {
                                       T& old = before->template At<T>(i);
                                       if ((mask >> i & 1) != 0) from->Take(&old);
                                       value = old;
                                     }});
  return from->ok();
}

template <class R>
void WriteTable(const ChangesOf<R>& slot, std::uint64_t number, ByteWriter* to) {
  if (slot.changes.empty()) return;
  to->PutNumber(number);
  to->PutNumber(slot.changes.size());
  RowBefore<R> before;
  for (const auto& change : slot.changes) WriteRow<R>(change, &before, to);
}

template <class R>
bool ReadTable(ByteReader* from, ChangesOf<R>* slot) {
  RowBefore<R> before;
  for (std::uint64_t left = from->TakeNumber(); left > 0; --left) {
    if (!from->ok() || !ReadRow<R>(from, &before, &slot->changes.emplace_back())) return false;
  }
  return from->ok();
}

}  // namespace

void EncodeChanges(const ChangeSet& changes, TimeUs mark, std::vector<std::uint8_t>* out) {
  ByteWriter to(out);
  to.Put(TimeUs(), mark);
  std::uint64_t number = 0;
  changes.ForEach([&](const auto& slot) { WriteTable(slot, ++number, &to); });
  to.PutNumber(0);
  to.Finish();
}

bool DecodeChanges(std::span<const std::uint8_t> text, ChangeSet* changes, TimeUs* mark) {
  ByteReader from(text);
  *mark = TimeUs();
  from.Take(mark);
  std::uint64_t next = from.TakeNumber();
  std::uint64_t number = 0;
  changes->ForEach([&](auto& slot) {
    if (!from.ok() || ++number != next) return;
    next = ReadTable(&from, &slot) ? from.TakeNumber() : ~std::uint64_t{0};
  });
  return from.ok() && next == 0 && from.at_end();
}

}  // namespace seathold::journal
