#include "src/plan/plan_draft.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <span>
#include <unordered_map>
#include <utility>

#include "src/util/text.h"

namespace seathold {
namespace {

constexpr double kAisleFactor = 1.6;

using SeatIndices = std::span<std::uint32_t>;

double Distance(const PlanSeat& a, const PlanSeat& b) { return Length(a.x - b.x, a.y - b.y); }

double PathLength(const std::vector<PlanSeat>& seats, std::span<const std::uint32_t> order) {
  double length = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    length += Distance(seats[order[i - 1]], seats[order[i]]);
  }
  return length;
}

// The direction of the row's largest spread, pointing to the right.
std::pair<double, double> MainAxis(const std::vector<PlanSeat>& seats, SeatIndices row) {
  double mean_x = 0, mean_y = 0;
  for (const auto index : row) {
    mean_x += seats[index].x / static_cast<double>(row.size());
    mean_y += seats[index].y / static_cast<double>(row.size());
  }
  double xx = 0, xy = 0, yy = 0;
  for (const auto index : row) {
    const double dx = seats[index].x - mean_x, dy = seats[index].y - mean_y;
    xx += dx * dx, xy += dx * dy, yy += dy * dy;
  }
  const double angle = std::atan2(2 * xy, xx - yy) / 2;
  return {std::cos(angle), std::sin(angle)};
}

// A file may list the seats of a row in any order, and a row may bend until its ends face each
// other: along the main axis is right for the first, the order of the file for the second. The
// shorter way through all seats tells them apart; the file wins a tie, so that arranging twice
// changes nothing.
void OrderRow(const std::vector<PlanSeat>& seats, SeatIndices row) {
  const auto axis = MainAxis(seats, row);
  const auto along = [&](std::uint32_t i) {
    return seats[i].x * axis.first + seats[i].y * axis.second;
  };
  std::vector<std::uint32_t> by_axis(row.begin(), row.end());
  std::stable_sort(by_axis.begin(), by_axis.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return along(a) < along(b); });
  constexpr double kClearlyShorter = 1 - 1e-9;
  if (PathLength(seats, by_axis) < PathLength(seats, row) * kClearlyShorter) {
    std::copy(by_axis.begin(), by_axis.end(), row.begin());
  }
}

void PlaceRow(std::vector<PlanSeat>& seats, SeatIndices row) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < row.size(); ++i) {
    gaps.push_back(Distance(seats[row[i - 1]], seats[row[i]]));
  }
  std::vector<double> sorted = gaps;
  const double usual = LowerMedian(sorted);
  std::uint32_t place = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) place += usual > 0 && gaps[i - 1] > kAisleFactor * usual ? 2 : 1;
    seats[row[i]].place = place;
  }
}

void OrderRows(Plan& plan) {
  std::vector<std::uint32_t> order(plan.rows.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return plan.rows[a].section_index < plan.rows[b].section_index;
  });
  std::vector<PlanRow> rows;
  std::vector<std::uint32_t> moved_to(order.size());
  for (const auto from : order) {
    moved_to[from] = static_cast<std::uint32_t>(rows.size());
    const bool same_section =
        !rows.empty() && rows.back().section_index == plan.rows[from].section_index;
    const std::uint32_t rank = same_section ? rows.back().rank + 1 : 0;
    rows.push_back(std::move(plan.rows[from]));
    rows.back().rank = rank;
  }
  plan.rows = std::move(rows);
  for (PlanSeat& seat : plan.seats) seat.row = moved_to[seat.row];
}

}  // namespace

void PlanNotes::Add(std::string place, const std::string& what, const std::string& kind) {
  if (const auto known = by_kind_.find(kind); !kind.empty() && known != by_kind_.end()) {
    ++first_[known->second].count;
    return;
  }
  if (first_.size() == kPlanNotesMax) {
    ++left_off_;
    return;
  }
  if (!kind.empty()) by_kind_.emplace(kind, first_.size());
  first_.push_back({std::move(place) + ": " + what});
}

std::vector<std::string> PlanNotes::Take() {
  std::vector<std::string> notes;
  for (Note& note : first_) {
    if (note.count > 1) note.text += " (" + std::to_string(note.count) + " times)";
    notes.push_back(std::move(note.text));
  }
  if (left_off_ > 0) notes.push_back("and " + std::to_string(left_off_) + " " + rest_ + " more");
  return notes;
}

const PlanNames::Known& PlanNames::Add(const std::string& name, std::uint32_t index,
                                       const std::string& place) {
  const auto [at, is_new] = names_.try_emplace(LookupForm(name));
  Known& known = at->second;
  known.is_new = is_new;
  if (is_new) known = {index, name, place, true};
  return known;
}

const PlanNames::Known* PlanNames::Find(const std::string& name) const {
  const auto at = names_.find(LookupForm(name));
  return at == names_.end() ? nullptr : &at->second;
}

std::string SpellingFault(const PlanNames::Known& known, const std::string& name) {
  if (known.spelled == name) return "";
  return "\"" + name + "\" looks like \"" + known.spelled + "\" at " + known.place +
         " and is spelled otherwise";
}

Status InvalidPlan(std::string_view place, std::string_view reason) {
  std::string detail(place);
  if (!detail.empty()) detail += ": ";
  return Status(Code::kInvalidPlan, detail += reason);
}

std::string TakeName(std::string_view text, std::size_t bytes_max, std::string* out) {
  Result<std::string> taken = TakeText(text, bytes_max);
  if (!taken.ok()) return std::string(taken.status().detail());
  *out = *std::move(taken);
  return "";
}

bool IsForSale(std::string_view status) {
  static constexpr std::string_view kFree[] = {"",       "free",     "available", "empty",
                                               "open",   "vacant",   "ok",        "normal",
                                               "active", "for sale", "for_sale",  "unsold"};
  const std::string word = Normalized(LookupForm(status), TextForm::kFolded).value_or("?");
  return std::ranges::find(kFree, word) != std::end(kFree);
}

std::string CoordinateFault(double coordinate) {
  if (std::isfinite(coordinate) && std::abs(coordinate) <= kCoordinateMax) return "";
  return "a coordinate beyond 10,000,000";
}

std::optional<std::string> NormalColor(std::string_view color) {
  constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
  if (!color.starts_with('#') || (color.size() != 4 && color.size() != 7)) return std::nullopt;
  if (color.find_first_not_of(kHexDigits, 1) != color.npos) return std::nullopt;
  std::string normal = "#";
  for (const char digit : color.substr(1)) {
    const char upper = digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
    normal.append(color.size() == 4 ? 2 : 1, upper);
  }
  return normal;
}

std::optional<RepeatedGuid> FindRepeatedGuid(const std::vector<PlanSeat>& seats) {
  std::unordered_map<std::string_view, std::size_t> seen;
  std::deque<std::string> forms;  // most guids are their own, and need none
  seen.reserve(seats.size());
  for (std::size_t i = 0; i < seats.size(); ++i) {
    std::string_view form = seats[i].guid;
    if (!IsLookupForm(form)) form = forms.emplace_back(LookupForm(form));
    const auto [at, is_new] = seen.emplace(form, i);
    if (!is_new) return RepeatedGuid{at->second, i};
  }
  return std::nullopt;
}

double LowerMedian(std::vector<double>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void ArrangeSeats(Plan& plan) {
  OrderRows(plan);
  std::vector<std::uint32_t> order(plan.seats.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return plan.seats[a].row < plan.seats[b].row;
  });
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && plan.seats[order[end]].row == plan.seats[order[begin]].row) ++end;
    const SeatIndices row(order.data() + begin, end - begin);
    OrderRow(plan.seats, row);
    PlaceRow(plan.seats, row);
  }
  std::vector<PlanSeat> seats;
  seats.reserve(order.size());
  for (const auto from : order) seats.push_back(std::move(plan.seats[from]));
  plan.seats = std::move(seats);
}

}  // namespace seathold
