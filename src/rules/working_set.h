// The records that a batch of commands works on. Rules read it and stage after-images in it;
// nothing here touches storage.
//
// A rule that asks for a record which was not loaded gets nullptr and leaves a miss: the command is
// then dropped and decided again once the record is there. So a rule asks for all it needs before
// it stages anything, and returns as soon as `missed()`.
#pragma once

#include <memory>
#include <vector>

#include "src/rules/seat_board.h"
#include "src/util/row_table.h"

namespace seathold {

class WorkingSet {
 public:
  // --- for rules ---

  // nullptr: absent, or not loaded (a miss). The row stays where it is until the batch ends.
  template <class R>
  const R* Find(const typename R::Key& key) {
    auto* slot = tables_.of<R>().Find(key);
    if constexpr (std::is_same_v<R, SeatRecord>) {
      if (slot == nullptr) slot = FromBoard(key);
    }
    if (slot == nullptr) {
      misses_.Add<R>(key);
      missed_ = true;
      return nullptr;
    }
    return slot->present ? &slot->row : nullptr;
  }

  // As Find, for a record that another one promises: absent means that the database is damaged. The
  // command is then dropped with kStorageCorrupt; to the rule it looks like a miss.
  template <class R>
  const R* Must(const typename R::Key& key) {
    const R* row = Find<R>(key);
    if (row == nullptr && !missed_) ReportDamage();
    return row;
  }
  void ReportDamage() { damaged_ = missed_ = true; }

  // Writes a record whose key was found before (present or absent).
  template <class R>
  void Put(const R& row) {
    auto& table = tables_.of<R>();
    auto* slot = table.Find(row.key());
    assert(slot != nullptr);
    table.Change(slot, row, true);
    if constexpr (std::is_same_v<R, SeatRecord>) NoteSeat(row);
  }

  // Writes a record whose key cannot exist yet, without looking.
  template <class R>
  void Insert(const R& row) {
    auto& table = tables_.of<R>();
    auto* slot = table.AddAbsent(row.key());
    assert(!slot->present);
    table.Change(slot, row, true);
  }

  template <class R>
  void Remove(const typename R::Key& key) {
    auto& table = tables_.of<R>();
    auto* slot = table.Find(key);
    assert(slot != nullptr);
    if (slot->present) table.Change(slot, slot->row, false);
  }

  // nullptr: not loaded (a miss).
  const SeatBoard* FindBoard(PerformanceId performance);

  bool missed() const { return missed_; }

  // --- for the engine ---

  bool damaged() const { return damaged_; }

  void BeginBatch();
  // The time that is decided by. REQUIRES: set before the first command of a batch.
  void set_now(TimeUs now) { now_ = now; }
  void BeginCommand() { missed_ = damaged_ = false; }
  void KeepCommand();
  void DropCommand();

  KeySet* misses() { return &misses_; }
  const std::vector<PerformanceId>& board_misses() const { return board_misses_; }
  void ClearMisses();
  // Everything in `asked` becomes known: present if in `found`, else absent.
  void Fill(const KeySet& asked, const RecordSet& found);
  // `seats`: all of them, by ordinal.
  void FillBoard(const PerformanceInfo& info, std::vector<SeatRecord> seats);
  void Collect(ChangeSet* out) const;

 private:
  RowTable<SeatRecord>::Slot* FromBoard(const SeatRecord::Key& key);
  void NoteSeat(const SeatRecord& seat);
  SeatBoard* BoardOf(PerformanceId performance);

  PerTable<RowTable> tables_;
  std::vector<std::unique_ptr<SeatBoard>> boards_;  // few a batch; pointers handed out stay good
  KeySet misses_;
  std::vector<PerformanceId> board_misses_;
  TimeUs now_;
  bool missed_ = false;
  bool damaged_ = false;
};

}  // namespace seathold
