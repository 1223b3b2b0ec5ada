// Where the stage and the names of sections stand on a map of characters, among its seats. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/plan.h"

namespace seathold::cli {

struct MapCell {
  int column = 0, line = 0;
};

// A text over cells where no seat is.
struct MapName {
  MapCell at;  // of its first character
  int width = 0;
  std::string text;
};

// Lines that a map needs above and below its seats.
inline constexpr int kMapMargin = 2;
inline constexpr std::uint32_t kNamedSectionsMax = 200;

// `cells`: of each seat, by ordinal, inside `columns` and `lines`. `width`: columns that a text
// takes.
class MapNames {
 public:
  using Width = std::size_t (*)(std::string_view);

  MapNames(const Plan& plan, const std::vector<MapCell>& cells, MapCell size, Width width)
      : plan_(plan), cells_(cells), size_(size), width_(width) {
    taken_.resize(static_cast<std::size_t>(size.column * size.line));
    for (const MapCell& cell : cells) Take(cell);
    AddStage();
    AddSections();
  }

  // By line, and along it.
  std::vector<MapName> names() && {
    std::ranges::sort(names_, [](const MapName& a, const MapName& b) {
      return a.at.line != b.at.line ? a.at.line < b.at.line : a.at.column < b.at.column;
    });
    return std::move(names_);
  }

 private:
  struct Box {
    int left = std::numeric_limits<int>::max(), top = left, right = -1, bottom = -1;
    double lines = 0, seats = 0;

    void Add(const MapCell& cell) {
      left = std::min(left, cell.column), right = std::max(right, cell.column);
      top = std::min(top, cell.line), bottom = std::max(bottom, cell.line);
      lines += cell.line, ++seats;
    }
    double middle_line() const { return seats == 0 ? 0 : lines / seats; }
  };

  void Take(const MapCell& cell) {
    taken_[static_cast<std::size_t>(cell.line * size_.column + cell.column)] = true;
  }

  // With a blank on both sides.
  bool Free(const MapCell& at, int width) const {
    if (at.line < 0 || at.line >= size_.line || at.column < 0) return false;
    if (at.column + width > size_.column) return false;
    const int first = std::max(at.column - 1, 0);
    const int last = std::min(at.column + width, size_.column - 1);
    for (int column = first; column <= last; ++column) {
      if (taken_[static_cast<std::size_t>(at.line * size_.column + column)]) return false;
    }
    return true;
  }

  bool Put(const MapCell& at, int width, const std::string& text) {
    if (!Free(at, width)) return false;
    for (int i = 0; i < width; ++i) Take({at.column + i, at.line});
    names_.push_back({at, width, text});
    return true;
  }

  std::uint32_t SectionOf(std::size_t seat) const {
    return plan_.rows[plan_.seats[seat].row].section_index;
  }

  // Before the front row of the first section, away from the rows behind it.
  void AddStage() {
    Box front, back;
    for (std::size_t i = 0; i < cells_.size() && SectionOf(i) == 0; ++i) {
      (plan_.rows[plan_.seats[i].row].rank == 0 ? front : back).Add(cells_[i]);
    }
    const int wide = front.right - front.left + 1;
    if (back.seats == 0 || wide < 4 || front.middle_line() == back.middle_line()) return;
    const bool upwards = front.middle_line() < back.middle_line();
    const std::string text = "[   STAGE   ]";
    const int width = static_cast<int>(text.size());
    const int column = std::max(0, front.left + (wide - width) / 2);
    for (const int away : {2, 1, 3, 4, 5}) {
      const int line = upwards ? front.top - away : front.bottom + away;
      if (Put({column, line}, width, text)) return;
    }
  }

  void AddSections() {
    if (plan_.rows.empty() || plan_.rows.back().section_index == 0) return;
    if (plan_.rows.back().section_index >= kNamedSectionsMax) return;
    for (std::size_t begin = 0, end = 0; begin < cells_.size(); begin = end) {
      Box box;
      for (; end < cells_.size() && SectionOf(end) == SectionOf(begin); ++end) box.Add(cells_[end]);
      AddSection(plan_.rows[plan_.seats[begin].row].section, box);
    }
  }

  // Below, above, among its rows or beside it: the first place that is free, from the middle
  // outwards. A name without a place is left out.
  void AddSection(const std::string& name, const Box& box) {
    const int width = static_cast<int>(width_(name));
    const int middle = (box.left + box.right + 1 - width) / 2;
    std::vector<int> lines = {box.bottom + 1, box.top - 1};
    for (int line = box.top; line <= box.bottom; ++line) lines.push_back(line);
    for (const int line : lines) {
      for (int aside = 0; aside <= (box.right - box.left) / 2; ++aside) {
        if (Put({middle + aside, line}, width, name)) return;
        if (Put({middle - aside, line}, width, name)) return;
      }
    }
    for (int line = box.top; line <= box.bottom; ++line) {
      if (Put({box.right + 2, line}, width, name)) return;
      if (Put({box.left - 1 - width, line}, width, name)) return;
    }
  }

  const Plan& plan_;
  const std::vector<MapCell>& cells_;
  const MapCell size_;
  const Width width_;
  std::vector<bool> taken_;
  std::vector<MapName> names_;
};

}  // namespace seathold::cli
