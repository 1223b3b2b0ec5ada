#include "seathold/hall_drawing.h"

#include <cmath>
#include <cstdio>
#include <unordered_map>
#include <utility>

#include "src/plan/plan_draft.h"
#include "src/util/text.h"

namespace seathold {
namespace {

constexpr double kPitchMin = 1e-3;
constexpr double kOnTopOfEachOther = 0.4;  // closer seats, in pitches, are a flaw of the plan
constexpr std::size_t kNearestSamples = 2'000;
constexpr std::uint32_t kLabelledSectionsMax = 200;

}  // namespace

struct Dot {
  double x = 0, y = 0;
};

// Cells of one edge length, for "which seats are near here".
class HallDrawing::Grid {
 public:
  Grid(const std::vector<SvgDot>& dots, double cell) : dots_(dots), cell_(cell) {
    for (std::uint32_t i = 0; i < dots.size(); ++i) cells_[Key(dots[i].x, dots[i].y)].push_back(i);
  }

  double NearestDistance(std::uint32_t index, double at_least) const {
    double nearest = std::numeric_limits<double>::max();
    const SvgDot& dot = dots_[index];
    ForEachNear({dot.x - cell_, dot.y - cell_, dot.x + cell_, dot.y + cell_}, [&](std::uint32_t i) {
      const double distance = Length(dots_[i].x - dot.x, dots_[i].y - dot.y);
      if (i != index && distance > at_least) nearest = std::min(nearest, distance);
    });
    return nearest;
  }

  int CountIn(const SvgBox& box) const {
    int count = 0;
    ForEachNear(box, [&](std::uint32_t i) {
      const SvgDot& dot = dots_[i];
      count += dot.x > box.left && dot.x < box.right && dot.y > box.top && dot.y < box.bottom;
    });
    return count;
  }

 private:
  std::int64_t Cell(double value) const {
    return static_cast<std::int64_t>(std::floor(value / cell_));
  }
  std::uint64_t Key(double x, double y) const { return KeyOf(Cell(x), Cell(y)); }
  static std::uint64_t KeyOf(std::int64_t column, std::int64_t row) {
    return static_cast<std::uint64_t>(column) * 0x9E3779B97F4A7C15u ^
           static_cast<std::uint64_t>(row);
  }

  template <class Visit>
  void ForEachNear(const SvgBox& box, const Visit& visit) const {
    for (auto row = Cell(box.top); row <= Cell(box.bottom); ++row) {
      for (auto column = Cell(box.left); column <= Cell(box.right); ++column) {
        const auto cell = cells_.find(KeyOf(column, row));
        if (cell == cells_.end()) continue;
        for (const auto index : cell->second) visit(index);
      }
    }
  }

  const std::vector<SvgDot>& dots_;
  double cell_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> cells_;
};
std::string SvgEscaped(std::string_view text) {
  const bool clean = IsCleanText(text, text.size());
  std::string out;
  for (char c : text) {
    if (!clean && (c < 0x20 || c == 0x7F)) c = '?';
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string SvgNumber(double number) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f", number);
  std::string out = text;
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out == "-0" ? "0" : out;
}

std::string SvgCount(std::size_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), ",");
  }
  return text;
}

std::size_t CharacterCount(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](unsigned char byte) { return (byte & 0xC0) != 0x80; }));
}
std::string SvgText(double x, double y, double size, std::string_view attributes,
                    std::string_view text) {
  std::string out = "<text x=\"" + SvgNumber(x) + "\" y=\"" + SvgNumber(y) + "\" font-size=\"" +
                    SvgNumber(size) + "\"";
  if (!attributes.empty()) (out += ' ') += attributes;
  return out + ">" + SvgEscaped(text) + "</text>\n";
}

HallDrawing::HallDrawing(const Plan& plan, const Options& options)
    : plan_(plan), options_(options) {
  Scale();
  PlaceStage();
  const double down = options_.top - hall_.top;
  for (SvgDot& dot : dots_) dot.y += down;
  for (SvgBox* box : {&hall_, &stage_}) box->top += down, box->bottom += down;
}

// The distance at which nine in ten seats keep clear of their nearest neighbour, in the file's
// units.
double HallDrawing::SeatPitch(const Plan& plan) {
  std::vector<SvgDot> dots;
  std::vector<double> along_rows, nearest;
  for (std::size_t i = 0; i < plan.seats.size(); ++i) {
    const PlanSeat& seat = plan.seats[i];
    dots.push_back({seat.x, seat.y});
    if (i == 0 || plan.seats[i - 1].row != seat.row) continue;
    const double distance = Length(seat.x - dots[i - 1].x, seat.y - dots[i - 1].y);
    if (distance > 0) along_rows.push_back(distance);
  }
  const double usual = LowerMedian(along_rows);
  if (usual < kPitchMin) return kSeatPitch;
  const Grid grid(dots, usual);
  const auto stride = static_cast<std::uint32_t>(dots.size() / kNearestSamples + 1);
  for (std::uint32_t i = 0; i < dots.size(); i += stride) {
    const double distance = grid.NearestDistance(i, usual * kOnTopOfEachOther);
    if (distance < usual * 2) nearest.push_back(distance);
  }
  if (nearest.empty()) return usual;
  const auto tenth = nearest.begin() + static_cast<std::ptrdiff_t>(nearest.size() / 10);
  std::nth_element(nearest.begin(), tenth, nearest.end());
  return std::max(*tenth, kPitchMin);
}
// Fits all seats into the width; a hall much deeper than wide is narrowed instead.
void HallDrawing::Scale() {
  const double width = options_.width;
  unit_ = width / 1000;
  SvgBox box;
  for (const PlanSeat& seat : plan_.seats) box.Add(seat.x, seat.y);
  if (plan_.seats.empty()) box.Add(0, 0);
  const double pitch = SeatPitch(plan_);
  const double room = width - 2 * kSvgMargin * unit_;
  constexpr double kDepthMax = 1.6, kSeatMax = 30;
  scale_ = std::min({room / (box.width() + pitch), kDepthMax * room / (box.height() + pitch),
                     kSeatMax * unit_ / pitch});
  pitch_ = pitch * scale_;
  const double middle = (box.left + box.right) / 2;
  for (const PlanSeat& seat : plan_.seats) {
    dots_.push_back(
        {(seat.x - middle) * scale_ + width / 2, (seat.y - box.top) * scale_ + pitch_ / 2});
    hall_.Add(dots_.back().x, dots_.back().y);
  }
  if (dots_.empty()) hall_.Add(width / 2, 0);
  hall_.Grow(pitch_ / 2);
}

// The stage lies before the front row of the first section, away from the rows behind it. Where
// that row is not in the middle of its section (an arena), nobody can tell where the stage is.
void HallDrawing::PlaceStage() {
  SvgBox front, section;
  double front_y = 0, back_y = 0, front_seats = 0, back_seats = 0;
  for (std::size_t i = 0; i < plan_.seats.size() && SectionOf(i) == 0; ++i) {
    section.Add(dots_[i].x, dots_[i].y);
    if (plan_.rows[plan_.seats[i].row].rank == 0) {
      front.Add(dots_[i].x, dots_[i].y);
      front_y += dots_[i].y, ++front_seats;
    } else {
      back_y += dots_[i].y, ++back_seats;
    }
  }
  if (back_seats == 0 || front.width() < 4 * pitch_) return;
  if (front.width() < 0.4 * section.width() || front.height() > front.width()) return;
  FitStage(front, front_y / front_seats < back_y / back_seats);
}

void HallDrawing::FitStage(const SvgBox& front, bool upwards) {
  const Grid grid(dots_, std::max(pitch_, 1.0));
  const double middle = (front.left + front.right) / 2;
  const double half = std::max(front.width() * 0.36, pitch_ * 3);
  const double air = 1.3 * pitch_;
  const double edge = upwards ? front.top - air : front.bottom + air;
  const double depth_max = std::clamp(half * 0.5, 34 * unit_, 84 * unit_);
  const double depth_min = 20 * unit_;
  for (double depth = depth_max; depth >= depth_min; depth *= 0.9) {
    SvgBox stage;
    stage.Add(middle - half, edge);
    stage.Add(middle + half, upwards ? edge - depth : edge + depth);
    SvgBox with_air = stage;
    with_air.Grow(pitch_ * 0.8);
    if (grid.CountIn(with_air) > 0) continue;
    stage_ = stage;
    has_stage_ = true;
    stage_opens_down_ = upwards;
    hall_.Add(stage.left, stage.top);
    hall_.Add(stage.right, stage.bottom);
    return;
  }
}
std::string HallDrawing::Stage() const {
  if (!has_stage_) return "";
  const double left = stage_.left, right = stage_.right, slope = stage_.width() * 0.07;
  const double near = stage_opens_down_ ? stage_.bottom : stage_.top;
  const double far = stage_opens_down_ ? stage_.top : stage_.bottom;
  const double bulge = std::copysign(std::min(stage_.height() * 0.16, pitch_), near - far);
  const double size = std::min(15 * unit_, stage_.height() * 0.5);
  return "<path class=\"stage\" d=\"M" + SvgNumber(left) + " " + SvgNumber(near) + "Q" +
         SvgNumber((left + right) / 2) + " " + SvgNumber(near + bulge) + " " + SvgNumber(right) +
         " " + SvgNumber(near) + "L" + SvgNumber(right - slope) + " " + SvgNumber(far) + "H" +
         SvgNumber(left + slope) + "Z\"/>\n" +
         SvgText((left + right) / 2, (near + far) / 2 + size * 0.36, size,
                 "class=\"stage-name\" text-anchor=\"middle\" letter-spacing=\"" +
                     SvgNumber(size * 0.3) + "\"",
                 "STAGE");
}

std::string HallDrawing::SectionNames() const {
  if (plan_.seats.empty() || plan_.rows.back().section_index >= kLabelledSectionsMax) return "";
  if (plan_.rows.back().section_index == 0) return "";
  std::string out;
  const Grid grid(dots_, std::max(pitch_, 1.0));
  std::vector<SvgBox> taken;
  if (has_stage_) taken.push_back(stage_);
  for (std::size_t begin = 0, end = 0; begin < plan_.seats.size(); begin = end) {
    const std::uint32_t section = SectionOf(begin);
    while (end < plan_.seats.size() && SectionOf(end) == section) ++end;
    out += SectionName(plan_.rows[plan_.seats[begin].row].section, begin, end, grid, taken);
  }
  return out;
}

// Of the places round the section, the first on which the name covers the fewest seats.
std::string HallDrawing::SectionName(const std::string& name, std::size_t begin, std::size_t end,
                                     const Grid& grid, std::vector<SvgBox>& taken) const {
  const double size = options_.name_px;
  const double half = 0.29 * size * static_cast<double>(CharacterCount(name));
  Label best;
  int least = std::numeric_limits<int>::max();
  for (const Label& label : LabelPlaces(begin, end, half, size)) {
    const int cost = LabelCost(label.box, grid, taken);
    if (cost >= least) continue;
    least = cost;
    best = label;
  }
  taken.push_back(best.box);
  const double x = (best.box.left + best.box.right) / 2;
  const double y = (best.box.top + best.box.bottom) / 2;
  std::string attributes = "class=\"l\" text-anchor=\"middle\" font-weight=\"600\"";
  if (best.turn != 0) {
    attributes += " transform=\"rotate(" + std::to_string(best.turn) + " " + SvgNumber(x) + " " +
                  SvgNumber(y) + ")\"";
  }
  return SvgText(x, y + size * 0.36, size, attributes, name);
}

int HallDrawing::LabelCost(const SvgBox& box, const Grid& grid,
                           const std::vector<SvgBox>& taken) const {
  SvgBox with_air = box;
  with_air.Grow(pitch_ * 0.45);
  int cost = grid.CountIn(with_air);
  for (const SvgBox& other : taken) cost += box.Overlaps(other) ? 1000 : 0;
  if (box.left < 0 || box.right > options_.width) cost += 500;
  if (box.top < hall_.top - 22 * unit_ || box.bottom > hall_.bottom + 26 * unit_) cost += 500;
  return cost;
}

std::vector<HallDrawing::Label> HallDrawing::LabelPlaces(std::size_t begin, std::size_t end,
                                                         double half, double size) const {
  SvgBox box;
  for (std::size_t i = begin; i < end; ++i) box.Add(dots_[i].x, dots_[i].y);
  const double x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
  const double up = pitch_ * 0.6 + size * 0.75, aside = pitch_ * 0.8 + half;
  std::vector<Label> places;
  const auto level = [&](double at_x, double at_y) {
    places.push_back({{at_x - half, at_y - size * 0.6, at_x + half, at_y + size * 0.6}, 0});
  };
  const auto upright = [&](double at_x, int turn) {
    places.push_back({{at_x - size * 0.6, y - half, at_x + size * 0.6, y + half}, turn});
  };
  if (box.height() > 2.5 * box.width() && 2 * half > box.width()) {
    const bool on_the_left = x < options_.width / 2;
    upright(on_the_left ? box.left - up : box.right + up, on_the_left ? -90 : 90);
    upright(on_the_left ? box.right + up : box.left - up, on_the_left ? -90 : 90);
  }
  level(x, box.bottom + up);
  level(x, box.top - up);
  for (std::size_t first = begin, i = begin; i < end; ++i) {
    if (i + 1 < end && plan_.seats[i + 1].row == plan_.seats[first].row) continue;
    const SvgDot& middle = dots_[(first + i) / 2];
    level(middle.x, middle.y + up);
    level(middle.x, middle.y - up);
    first = i + 1;
  }
  for (const double at : {y, box.top, box.bottom}) {
    level(box.left - aside, at);
    level(box.right + aside, at);
  }
  for (const double at : {box.top - up, box.bottom + up}) {
    level(box.left + half, at);
    level(box.right - half, at);
  }
  return places;
}

}  // namespace seathold
