// Best-available seats, from side by side to anywhere: seat_board.h has the order.
#include <algorithm>
#include <cstdlib>
#include <span>
#include <tuple>

#include "src/rules/seat_board.h"

namespace seathold {
namespace {

// One search: a board, and which of its free seats count.
class Search {
 public:
  Search(const SeatBoard& board, int count, std::uint32_t category)
      : board_(board),
        plan_(*board.info->plan),
        count_(static_cast<std::size_t>(count)),
        category_(category) {}

  bool Run(Ordinals* out);
  bool OneRow(Ordinals* out);
  bool AdjacentRows(Ordinals* out);
  bool OneSection(Ordinals* out);
  bool Anywhere(Ordinals* out);

 private:
  // Appends the usable seats of a row, in the order of their places.
  void Usable(std::uint32_t row_number, std::vector<std::uint32_t>* out) const {
    if (board_.row_free[row_number] == 0) return;
    const VenuePlan::Row& row = plan_.rows[row_number];
    for (std::uint32_t o = row.first; o < row.first + row.count; ++o) {
      const bool fits = category_ == kAnyCategory || plan_.seats[o].category == category_;
      if (board_.free[o] != 0 && fits) out->push_back(o);
    }
  }
  std::int64_t PlaceOf(std::uint32_t ordinal) const { return plan_.seats[ordinal].place; }
  // Twice the distance between the middle of [first, last] and the middle of its row.
  std::int64_t OffCentre(std::uint32_t first, std::uint32_t last) const {
    const VenuePlan::Row& row = plan_.rows[plan_.seats[first].row];
    const std::int64_t middle = PlaceOf(row.first) + PlaceOf(row.first + row.count - 1);
    return std::abs(PlaceOf(first) + PlaceOf(last) - middle);
  }
  // The window of `take` seats that lies closest together, then closest to the centre, then first.
  std::size_t BestWindow(std::span<const std::uint32_t> seats, std::size_t take) const {
    std::size_t best = 0;
    auto score = [&](std::size_t at) {
      const std::uint32_t first = seats[at];
      const std::uint32_t last = seats[at + take - 1];
      return std::tuple(PlaceOf(last) - PlaceOf(first), OffCentre(first, last));
    };
    for (std::size_t at = 1; at + take <= seats.size(); ++at) {
      if (score(at) < score(best)) best = at;
    }
    return best;
  }
  static bool Take(std::span<const std::uint32_t> seats, Ordinals* out) {
    std::vector<std::uint32_t> sorted(seats.begin(), seats.end());
    std::ranges::sort(sorted);
    for (const std::uint32_t seat : sorted) out->push_back(seat);
    return true;
  }
  bool TakeWindow(std::span<const std::uint32_t> seats, Ordinals* out) const {
    return Take(seats.subspan(BestWindow(seats, count_), count_), out);
  }
  // Whole rows in order of sale, the last one from its best window.
  bool TakeRows(std::span<const std::uint32_t> row_numbers, Ordinals* out) const;

  const SeatBoard& board_;
  const VenuePlan& plan_;
  const std::size_t count_;
  const std::uint32_t category_;
};

bool Search::Run(Ordinals* out) {
  std::vector<std::uint32_t> seats;
  for (const std::uint32_t row : plan_.row_order) {
    if (board_.row_free[row] < count_) continue;
    seats.clear();
    Usable(row, &seats);
    if (seats.size() < count_) continue;
    const std::size_t at = BestWindow(seats, count_);
    const auto span = PlaceOf(seats[at + count_ - 1]) - PlaceOf(seats[at]);
    if (span == static_cast<std::int64_t>(count_) - 1) {
      return Take(std::span(seats).subspan(at, count_), out);
    }
  }
  return false;
}

bool Search::OneRow(Ordinals* out) {
  std::vector<std::uint32_t> seats;
  for (const std::uint32_t row : plan_.row_order) {
    if (board_.row_free[row] < count_) continue;
    seats.clear();
    Usable(row, &seats);
    if (seats.size() >= count_) return TakeWindow(seats, out);
  }
  return false;
}

bool Search::TakeRows(std::span<const std::uint32_t> row_numbers, Ordinals* out) const {
  std::vector<std::uint32_t> taken;
  std::vector<std::uint32_t> seats;
  for (const std::uint32_t row : row_numbers) {
    seats.clear();
    Usable(row, &seats);
    const std::size_t take = std::min(seats.size(), count_ - taken.size());
    if (take == 0) continue;
    const std::size_t at = BestWindow(seats, take);
    taken.insert(taken.end(), seats.begin() + static_cast<std::ptrdiff_t>(at),
                 seats.begin() + static_cast<std::ptrdiff_t>(at + take));
    if (taken.size() == count_) return Take(taken, out);
  }
  return false;
}

bool Search::AdjacentRows(Ordinals* out) {
  for (std::size_t i = 1; i < plan_.row_order.size(); ++i) {
    const VenuePlan::Row& front = plan_.rows[plan_.row_order[i - 1]];
    const VenuePlan::Row& back = plan_.rows[plan_.row_order[i]];
    if (front.section != back.section || back.rank != front.rank + 1) continue;
    const std::uint32_t pair[] = {plan_.row_order[i - 1], plan_.row_order[i]};
    if (board_.row_free[pair[0]] + board_.row_free[pair[1]] < count_) continue;
    if (TakeRows(pair, out)) return true;
  }
  return false;
}

bool Search::OneSection(Ordinals* out) {
  const auto& order = plan_.row_order;
  for (auto from = order.begin(); from != order.end();) {
    const std::uint32_t section = plan_.rows[*from].section;
    const auto to = std::find_if(
        from, order.end(), [&](std::uint32_t row) { return plan_.rows[row].section != section; });
    if (TakeRows(std::span(from, to), out)) return true;
    from = to;
  }
  return false;
}

bool Search::Anywhere(Ordinals* out) { return TakeRows(plan_.row_order, out); }

}  // namespace

void SeatBoard::Count(TimeUs now) {
  free.assign(seats.size(), 0);
  row_free.assign(info->plan->rows.size(), 0);
  for (const SeatRecord& seat : seats) NoteFree(seat, now);
}

void SeatBoard::Note(const SeatRecord& seat, TimeUs now) {
  seats[seat.ordinal] = seat;
  NoteFree(seat, now);
}

void SeatBoard::NoteFree(const SeatRecord& seat, TimeUs now) {
  const std::uint8_t is_free = IsFree(seat, now) ? 1 : 0;
  std::uint32_t& of_row = row_free[info->plan->seats[seat.ordinal].row];
  of_row = of_row + is_free - free[seat.ordinal];
  free[seat.ordinal] = is_free;
}

bool ChooseSeats(const SeatBoard& board, int count, std::uint32_t category, bool allow_split,
                 Ordinals* out) {
  Search search(board, count, category);
  if (search.Run(out)) return true;
  if (!allow_split) return false;
  return search.OneRow(out) || search.AdjacentRows(out) || search.OneSection(out) ||
         search.Anywhere(out);
}

bool HasRun(const VenuePlan& plan, int count, std::uint32_t category) {
  for (const VenuePlan::Row& row : plan.rows) {
    int run = 0;
    for (std::uint32_t o = row.first; o < row.first + row.count; ++o) {
      const VenuePlan::Seat& seat = plan.seats[o];
      const bool fits = category == kAnyCategory || seat.category == category;
      const bool beside = run > 0 && seat.place == plan.seats[o - 1].place + 1;
      run = !fits ? 0 : beside ? run + 1 : 1;
      if (run >= count) return true;
    }
  }
  return false;
}

}  // namespace seathold
