#include "src/rules/working_set.h"

#include <algorithm>

namespace seathold {
namespace {

template <class R>
void FillTable(const KeysOf<R>& asked, const RowsOf<R>& found, RowTable<R>* table) {
  for (const R& row : found.rows) table->AddRow(row);
  for (const typename R::Key& key : asked.keys) table->AddAbsent(key);
}

}  // namespace

void WorkingSet::BeginBatch() {
  tables_.ForEach([](auto& table) { table.clear(); });
  boards_.clear();
  ClearMisses();
  missed_ = false;
}

void WorkingSet::KeepCommand() {
  tables_.ForEach([](auto& table) { table.Keep(); });
}

void WorkingSet::DropCommand() {
  tables_.ForEach([this](auto& table) {
    table.Undo([this]([[maybe_unused]] const auto& before) {
      if constexpr (std::is_same_v<std::decay_t<decltype(before)>, SeatRecord>) NoteSeat(before);
    });
  });
}

void WorkingSet::ClearMisses() {
  misses_.clear();
  board_misses_.clear();
}

void WorkingSet::Fill(const KeySet& asked, const RecordSet& found) {
  [&]<class... Records>(RecordList<Records...>) {
    (FillTable<Records>(asked.of<Records>(), found.of<Records>(), &tables_.of<Records>()), ...);
  }(AllRecords{});
}

void WorkingSet::FillBoard(const PerformanceInfo& info, std::vector<SeatRecord> seats) {
  auto board = std::make_unique<SeatBoard>();
  board->info = &info;
  board->seats = std::move(seats);
  board->Count(now_);
  const PerformanceId performance = info.record.performance;
  boards_.push_back(std::move(board));
  // Commands decided before may have changed seats that this board shows as they were stored.
  SeatBoard& added = *boards_.back();
  for (std::uint32_t o = 0; o < added.seats.size(); ++o) {
    const auto* slot = tables_.of<SeatRecord>().Find({performance, o});
    if (slot != nullptr && slot->dirty) added.Note(slot->row, now_);
  }
}

const SeatBoard* WorkingSet::FindBoard(PerformanceId performance) {
  const SeatBoard* board = BoardOf(performance);
  if (board == nullptr) {
    missed_ = true;
    if (std::ranges::find(board_misses_, performance) == board_misses_.end()) {
      board_misses_.push_back(performance);
    }
  }
  return board;
}

SeatBoard* WorkingSet::BoardOf(PerformanceId performance) {
  for (const auto& board : boards_) {
    if (board->info->record.performance == performance) return board.get();
  }
  return nullptr;
}

RowTable<SeatRecord>::Slot* WorkingSet::FromBoard(const SeatRecord::Key& key) {
  const auto [performance, ordinal] = key;
  const SeatBoard* board = boards_.empty() ? nullptr : BoardOf(performance);
  if (board == nullptr || ordinal >= board->seats.size()) return nullptr;
  return tables_.of<SeatRecord>().AddRow(board->seats[ordinal]);
}

void WorkingSet::NoteSeat(const SeatRecord& seat) {
  if (boards_.empty()) return;
  if (SeatBoard* board = BoardOf(seat.performance)) board->Note(seat, now_);
}

void WorkingSet::Collect(ChangeSet* out) const {
  [&]<class... Records>(RecordList<Records...>) {
    (tables_.of<Records>().Collect(&out->of<Records>()), ...);
  }(AllRecords{});
}

}  // namespace seathold
