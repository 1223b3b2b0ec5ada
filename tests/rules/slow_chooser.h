// Best-available by its definition: every set of free seats is scored and the best one is it. Slow,
// and written without a look at how the engine chooses.
//
// Kinds, best first: side by side in one row, in one row, in two rows of which one stands behind
// the other, in one section, anywhere. Within a kind the rows that are sold first come first (by
// section, then rank), as many seats as possible in each before the next; in a row the seats that
// lie closest together, then closest to its middle, then the lower ordinal.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace seathold::testing {

struct SlowSeat {
  std::uint32_t section = 0, rank = 0;  // together they name the row
  std::uint32_t place = 0;
  std::uint32_t category = 0;
  bool free = true;
};
using SlowHall = std::vector<SlowSeat>;  // by ordinal, at most 20
using SeatSet = std::vector<std::uint32_t>;

class SlowChooser {
 public:
  explicit SlowChooser(const SlowHall& hall) : hall_(hall) {
    for (std::uint32_t o = 0; o < hall.size(); ++o) {
      const auto [at, added] = ends_.try_emplace(RowOf(o), hall[o].place, hall[o].place);
      at->second.first = std::min(at->second.first, hall[o].place);
      at->second.second = std::max(at->second.second, hall[o].place);
    }
  }

  // None: nothing will do.
  std::optional<SeatSet> Choose(int count, std::optional<std::uint32_t> category,
                                bool allow_split) const {
    std::optional<SeatSet> best;
    Score least;
    for (std::uint32_t mask = 0; mask < 1u << hall_.size(); ++mask) {
      if (std::popcount(mask) != count) continue;
      SeatSet set;
      bool usable = true;
      for (std::uint32_t o = 0; o < hall_.size(); ++o) {
        if ((mask >> o & 1) == 0) continue;
        usable = usable && hall_[o].free && (!category || hall_[o].category == *category);
        set.push_back(o);
      }
      if (!usable) continue;
      const Score score = ScoreOf(set);
      if (!allow_split && score[0] != 0) continue;
      if (best && least <= score) continue;
      best = set;
      least = score;
    }
    return best;
  }

 private:
  using Row = std::pair<std::uint32_t, std::uint32_t>;  // section, rank
  using Score = std::vector<std::int64_t>;              // less is better

  Row RowOf(std::uint32_t ordinal) const { return {hall_[ordinal].section, hall_[ordinal].rank}; }

  std::int64_t KindOf(const std::map<Row, SeatSet>& rows) const {
    const Row& first = rows.begin()->first;
    const Row& last = rows.rbegin()->first;
    if (rows.size() == 1) {
      const SeatSet& seats = rows.begin()->second;
      const auto spread = hall_[seats.back()].place - hall_[seats.front()].place;
      return spread + 1 == seats.size() ? 0 : 1;
    }
    if (first.first != last.first) return 4;
    return rows.size() == 2 && last.second == first.second + 1 ? 2 : 3;
  }
  Score ScoreOf(const SeatSet& set) const {
    std::map<Row, SeatSet> rows;
    for (const std::uint32_t o : set) rows[RowOf(o)].push_back(o);
    for (auto& [row, seats] : rows) {
      std::ranges::sort(seats, {}, [&](std::uint32_t o) { return hall_[o].place; });
    }
    Score score = {KindOf(rows)};
    for (const auto& [row, seats] : rows) {
      const std::int64_t first = hall_[seats.front()].place;
      const std::int64_t last = hall_[seats.back()].place;
      const auto& [left, right] = ends_.at(row);
      const std::int64_t off = std::abs(first + last - std::int64_t{left} - std::int64_t{right});
      const std::int64_t sold_first[] = {
          row.first,    row.second, -static_cast<std::int64_t>(seats.size()),
          last - first, off,        seats.front()};
      score.insert(score.end(), std::begin(sold_first), std::end(sold_first));
    }
    return score;
  }

  const SlowHall& hall_;
  std::map<Row, std::pair<std::uint32_t, std::uint32_t>> ends_;  // the outermost places of a row
};

// One line a row: where it is, then its seats by place; "o" = free, "x" = not, a space = no seat,
// in capitals those of category 1.
inline std::string Draw(const SlowHall& hall) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> rows;
  for (const SlowSeat& seat : hall) {
    std::string& row = rows[{seat.section, seat.rank}];
    if (row.size() <= seat.place) row.resize(seat.place + 1, ' ');
    row[seat.place] = seat.category == 1 ? (seat.free ? 'O' : 'X') : (seat.free ? 'o' : 'x');
  }
  std::string text;
  for (const auto& [row, seats] : rows) {
    text += "\nsection " + std::to_string(row.first) + " rank " + std::to_string(row.second) +
            " |" + seats + "|";
  }
  return text;
}

}  // namespace seathold::testing
