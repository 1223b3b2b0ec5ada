#include "examples/cli/seat_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>

#include "examples/cli/map_names.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"
#include "seathold/seat_colours.h"

namespace seathold::cli {
namespace {

struct Point {
  double x = 0, y = 0;
  auto operator<=>(const Point&) const = default;
};
// Marks a unit of the plan; a mark is about twice as high as it is wide.
struct Scale {
  double columns = 1, lines = 1;
};
using Tally = std::array<std::uint32_t, 4>;

// Four states, then marks for several seats of different states: a third, two thirds, more taken.
constexpr std::array<const char*, 7> kUtf8Marks = {"○", "◐", "●", "×", "░", "▒", "▓"};
constexpr std::array<const char*, 7> kAsciiMarks = {".", "h", "#", "x", "-", "+", "%"};

std::string ColorOf(std::size_t state) {
  return fmt::format("\033[38;5;{}m", kSeatColours[state].terminal);
}

// The mark of a cell with these seats, of which the state `most` has the most.
std::size_t MarkOf(const Tally& tally, std::size_t most) {
  const std::uint32_t all = std::accumulate(tally.begin(), tally.end(), 0u);
  if (tally[most] == all) return most;
  const std::uint32_t taken = all - tally[static_cast<std::size_t>(SeatState::kAvailable)];
  return taken * 3 <= all ? 4 : taken * 3 <= all * 2 ? 5 : 6;
}

double Distance(Point a, Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

double MedianOr(std::vector<double> values, double otherwise) {
  std::erase_if(values, [](double value) { return !(value > 0); });
  if (values.empty()) return otherwise;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// The places of the drawing, or row by row where it puts many seats into one spot.
std::vector<Point> PlacesOf(const Plan& plan) {
  std::vector<Point> points;
  for (const PlanSeat& seat : plan.seats) points.push_back({seat.x, seat.y});
  const std::set<Point> distinct(points.begin(), points.end());
  if (distinct.size() * 10 >= points.size() * 9) return points;
  points.clear();
  for (const PlanSeat& seat : plan.seats) {
    points.push_back({static_cast<double>(seat.place), static_cast<double>(seat.row)});
  }
  return points;
}

// How far neighbours in a row stand apart.
double SeatPitch(const Plan& plan, const std::vector<Point>& points) {
  std::vector<double> distances;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const PlanSeat& seat = plan.seats[i];
    const PlanSeat& before = plan.seats[i - 1];
    if (seat.row != before.row || seat.place != before.place + 1) continue;
    distances.push_back(Distance(points[i], points[i - 1]));
  }
  return MedianOr(std::move(distances), 1);
}

// How far the middles of rows, one behind the other in a section, stand apart.
double RowPitch(const Plan& plan, const std::vector<Point>& points, double otherwise) {
  std::vector<Point> middles(plan.rows.size());
  std::vector<double> seats(plan.rows.size(), 0);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::uint32_t row = plan.seats[i].row;
    middles[row].x += points[i].x;
    middles[row].y += points[i].y;
    seats[row] += 1;
  }
  std::vector<double> distances;
  for (std::size_t row = 0; row < middles.size(); ++row) {
    const double count = std::max(seats[row], 1.0);
    middles[row] = {middles[row].x / count, middles[row].y / count};
    const bool follows =
        row > 0 && plan.rows[row].section_index == plan.rows[row - 1].section_index;
    if (follows) distances.push_back(std::abs(middles[row].y - middles[row - 1].y));
  }
  return MedianOr(std::move(distances), otherwise);
}

// Where lines are few, they are for seats.
int MarginOf(const MapStyle& style) { return style.lines_max > 4 * kMapMargin ? kMapMargin : 0; }

// Two columns a seat where that fits, else one, else as many seats a mark as it takes.
Scale ScaleFor(const Plan& plan, const std::vector<Point>& points, Point span,
               const MapStyle& style) {
  const double pitch = SeatPitch(plan, points);
  const double room = style.columns - 1;
  Scale scale{2 / pitch, 1 / RowPitch(plan, points, pitch)};
  if (span.x * scale.columns > room) scale.columns = 1 / pitch;
  if (span.x * scale.columns > room) {
    scale.columns = room / span.x;
    scale.lines = std::min(scale.lines, scale.columns / 2);
  }
  const double lines = style.lines_max - 1 - 2 * MarginOf(style);
  if (span.y * scale.lines > lines) scale.lines = lines / span.y;
  return scale;
}

class Grid {
 public:
  Grid(std::size_t columns, std::size_t lines) : columns_(columns), cells_(columns * lines) {}

  void Add(std::size_t column, std::size_t line, SeatState state) {
    ++cells_[line * columns_ + column][static_cast<std::size_t>(state)];
  }
  // Without empty lines around.
  std::string Draw(const MapStyle& style, const std::vector<MapName>& names) const {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < cells_.size(); at += columns_) {
      lines.push_back(DrawLine(at, style, names));
    }
    while (!lines.empty() && lines.back().empty()) lines.pop_back();
    std::string out;
    for (const std::string& line : lines) {
      if (!line.empty() || !out.empty()) out += line + "\n";
    }
    return out;
  }

 private:
  std::string DrawLine(std::size_t at, const MapStyle& style,
                       const std::vector<MapName>& names) const {
    const auto& marks = style.utf8 ? kUtf8Marks : kAsciiMarks;
    std::string line;
    std::size_t blanks = 0;
    std::size_t color = kNoColor;
    for (std::size_t column = 0; column < columns_; ++column) {
      if (const MapName* name = NameAt(names, at / columns_, column)) {
        line.append(blanks, ' ');
        if (color != kNoColor) line += kPlain;
        line += Printable(name->text);
        blanks = 0, color = kNoColor;
        column += static_cast<std::size_t>(name->width) - 1;
        continue;
      }
      const Tally& tally = cells_[at + column];
      const auto most = static_cast<std::size_t>(std::ranges::max_element(tally) - tally.begin());
      if (tally[most] == 0) {
        ++blanks;
        continue;
      }
      line.append(blanks, ' ');
      blanks = 0;
      if (style.color && color != most) line += ColorOf(color = most);
      line += marks[MarkOf(tally, most)];
    }
    return color != kNoColor ? line + kPlain : line;
  }

  static const MapName* NameAt(const std::vector<MapName>& names, std::size_t line,
                               std::size_t column) {
    for (const MapName& name : names) {
      if (name.at.line == static_cast<int>(line) && name.at.column == static_cast<int>(column)) {
        return &name;
      }
    }
    return nullptr;
  }

  static constexpr std::size_t kNoColor = 4;
  static constexpr const char* kPlain = "\033[0m";

  std::size_t columns_;
  std::vector<Tally> cells_;
};

}  // namespace

std::string DrawSeats(const Plan& plan, const std::vector<SeatState>& states,
                      const MapStyle& style) {
  const std::vector<Point> points = PlacesOf(plan);
  if (points.empty() || states.size() != points.size()) return "";
  Point least = points.front();
  Point most = points.front();
  for (const Point& point : points) {
    least = {std::min(least.x, point.x), std::min(least.y, point.y)};
    most = {std::max(most.x, point.x), std::max(most.y, point.y)};
  }
  const Point span{most.x - least.x, most.y - least.y};
  const Scale scale = ScaleFor(plan, points, span, style);
  const auto cell = [](double distance, double marks) {
    return static_cast<int>(std::lround(distance * marks));
  };
  const int margin = MarginOf(style);
  const MapCell size{std::max(cell(span.x, scale.columns) + 1, style.columns - 1),
                     cell(span.y, scale.lines) + 1 + 2 * margin};
  Grid grid(static_cast<std::size_t>(size.column), static_cast<std::size_t>(size.line));
  std::vector<MapCell> cells;
  for (std::size_t i = 0; i < points.size(); ++i) {
    cells.push_back({cell(points[i].x - least.x, scale.columns),
                     cell(points[i].y - least.y, scale.lines) + margin});
    grid.Add(static_cast<std::size_t>(cells[i].column), static_cast<std::size_t>(cells[i].line),
             states[i]);
  }
  return grid.Draw(style, MapNames(plan, cells, size, DisplayWidth).names());
}

std::string DrawLegend(const std::vector<SeatState>& states, std::string_view drawing,
                       const MapStyle& style) {
  const auto& marks = style.utf8 ? kUtf8Marks : kAsciiMarks;
  Tally tally{};
  for (const SeatState state : states) ++tally.at(static_cast<std::size_t>(state));
  std::string text;
  for (std::size_t i = 0; i < tally.size(); ++i) {
    text += fmt::format("{}{}{} {} {}   ", style.color ? ColorOf(i) : "", marks[i],
                        style.color ? "\033[0m" : "", NameOf(static_cast<SeatState>(i)),
                        CountText(tally[i]));
  }
  const bool several = std::any_of(marks.begin() + 4, marks.end(), [&](const char* mark) {
    return drawing.find(mark) != std::string_view::npos;
  });
  if (several)
    text += fmt::format("{}{}{} several seats, fewer to more of them taken", marks[4], marks[5],
                        marks[6]);
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace seathold::cli
