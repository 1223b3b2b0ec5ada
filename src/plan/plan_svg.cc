// The drawing of a hall. Colours are those of Okabe and Ito, and each mark has its own shape too,
// so that nobody needs to tell two hues apart.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <unordered_map>
#include <utility>

#include "src/plan/plan_draft.h"
#include "src/util/text.h"

namespace seathold {
namespace {

constexpr double kMargin = 40, kHeader = 92, kFooter = 62;  // in thousandths of the width
constexpr double kPitchMin = 1e-3;
constexpr double kOnTopOfEachOther = 0.4;  // closer seats, in pitches, are a flaw of the plan
constexpr std::size_t kNearestSamples = 2'000;
constexpr std::uint32_t kLabelledSectionsMax = 200;
constexpr std::array<std::string_view, 4> kMarkNames = {"available", "held", "sold", "blocked"};
constexpr std::array<char, 4> kMarkIds = {'a', 'h', 's', 'b'};

struct Box {
  double left = std::numeric_limits<double>::max(), top = left;
  double right = std::numeric_limits<double>::lowest(), bottom = right;

  void Add(double x, double y) {
    left = std::min(left, x), right = std::max(right, x);
    top = std::min(top, y), bottom = std::max(bottom, y);
  }
  void Grow(double by) { left -= by, top -= by, right += by, bottom += by; }
  double width() const { return right - left; }
  double height() const { return bottom - top; }
  bool Overlaps(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

struct Dot {
  double x = 0, y = 0;
};

// Cells of one edge length, for "which seats are near here".
class Grid {
 public:
  Grid(const std::vector<Dot>& dots, double cell) : dots_(dots), cell_(cell) {
    for (std::uint32_t i = 0; i < dots.size(); ++i) cells_[Key(dots[i].x, dots[i].y)].push_back(i);
  }

  double NearestDistance(std::uint32_t index, double at_least) const {
    double nearest = std::numeric_limits<double>::max();
    const Dot& dot = dots_[index];
    ForEachNear({dot.x - cell_, dot.y - cell_, dot.x + cell_, dot.y + cell_}, [&](std::uint32_t i) {
      const double distance = Length(dots_[i].x - dot.x, dots_[i].y - dot.y);
      if (i != index && distance > at_least) nearest = std::min(nearest, distance);
    });
    return nearest;
  }

  int CountIn(const Box& box) const {
    int count = 0;
    ForEachNear(box, [&](std::uint32_t i) {
      const Dot& dot = dots_[i];
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
  void ForEachNear(const Box& box, const Visit& visit) const {
    for (auto row = Cell(box.top); row <= Cell(box.bottom); ++row) {
      for (auto column = Cell(box.left); column <= Cell(box.right); ++column) {
        const auto cell = cells_.find(KeyOf(column, row));
        if (cell == cells_.end()) continue;
        for (const auto index : cell->second) visit(index);
      }
    }
  }

  const std::vector<Dot>& dots_;
  double cell_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> cells_;
};

// A title given by a caller may be no UTF-8, of which no viewer would draw anything.
std::string Escaped(std::string_view text) {
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

// One decimal at most, without a trailing zero: half of a large drawing is coordinates.
std::string Short(double number) {
  char text[40];
  std::snprintf(text, sizeof text, "%.1f", number);
  std::string out = text;
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out == "-0" ? "0" : out;
}

std::string Grouped(std::size_t number) {
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

// The distance at which nine in ten seats keep clear of their nearest neighbour, in the file's
// units.
double SeatPitch(const Plan& plan) {
  std::vector<Dot> dots;
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

class Drawing {
 public:
  Drawing(const Plan& plan, const std::vector<SeatState>& marks, const SvgOptions& options)
      : plan_(plan), states_(marks), options_(options) {}

  std::string Draw() {
    Scale();
    PlaceStage();
    Open();
    AddHeader();
    AddStage();
    AddSeats();
    AddLabels();
    AddLegend();
    return std::move(out_) + "</svg>\n";
  }

 private:
  SeatState StateOf(std::size_t seat) const {
    return seat < states_.size() ? states_[seat] : SeatState::kAvailable;
  }

  // Fits all seats into the width; a hall much deeper than wide is narrowed instead.
  void Scale() {
    width_ = std::clamp(options_.width, 200, 10'000);
    unit_ = width_ / 1000.0;
    Box box;
    for (const PlanSeat& seat : plan_.seats) box.Add(seat.x, seat.y);
    if (plan_.seats.empty()) box.Add(0, 0);
    const double pitch = SeatPitch(plan_);
    const double room = width_ - 2 * kMargin * unit_;
    constexpr double kDepthMax = 1.6, kSeatMax = 30;
    scale_ = std::min({room / (box.width() + pitch), kDepthMax * room / (box.height() + pitch),
                       kSeatMax * unit_ / pitch});
    pitch_ = pitch * scale_;
    const double middle = (box.left + box.right) / 2;
    for (const PlanSeat& seat : plan_.seats) {
      dots_.push_back(
          {(seat.x - middle) * scale_ + width_ / 2.0, (seat.y - box.top) * scale_ + pitch_ / 2});
      hall_.Add(dots_.back().x, dots_.back().y);
    }
    if (dots_.empty()) hall_.Add(width_ / 2.0, 0);
    hall_.Grow(pitch_ / 2);
  }

  // The stage lies before the front row of the first section, away from the rows behind it. Where
  // that row is not in the middle of its section (an arena), nobody can tell where the stage is.
  void PlaceStage() {
    Box front, section;
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

  void FitStage(const Box& front, bool upwards) {
    const Grid grid(dots_, std::max(pitch_, 1.0));
    const double middle = (front.left + front.right) / 2;
    const double half = std::max(front.width() * 0.36, pitch_ * 3);
    const double air = 1.3 * pitch_;
    const double edge = upwards ? front.top - air : front.bottom + air;
    const double depth_max = std::clamp(half * 0.5, 34 * unit_, 84 * unit_);
    const double depth_min = 20 * unit_;
    for (double depth = depth_max; depth >= depth_min; depth *= 0.9) {
      Box stage;
      stage.Add(middle - half, edge);
      stage.Add(middle + half, upwards ? edge - depth : edge + depth);
      Box with_air = stage;
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

  double HallTop() const { return (kHeader + (options_.caption.empty() ? -20 : 0)) * unit_; }
  double Height() const { return HallTop() + hall_.height() + (kFooter + 34) * unit_; }

  void Open() {
    const std::string w = Short(width_), h = Short(Height()), r = Short(pitch_ * 0.41);
    const std::string line = Short(std::max(pitch_ * 0.09, 0.3));
    out_ += "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + w + "\" height=\"" + h +
            "\" viewBox=\"0 0 " + w + " " + h + "\" role=\"img\">\n";
    out_ += "<title>" + Escaped(Title()) + "</title>\n<style>";
    out_ +=
        "text{font-family:'Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif;fill:#1d2733}";
    out_ += ".q{fill:#5b6876}.l{fill:#3b4754;stroke:#fbfbf9;stroke-width:" + Short(3.2 * unit_) +
            "px;stroke-linejoin:round;paint-order:stroke}</style>\n<defs>\n";
    out_ += "<circle id=\"a\" r=\"" + r + "\" fill=\"#fff\" stroke=\"#8b98a5\" stroke-width=\"" +
            line + "\"/>\n";
    out_ += "<g id=\"h\"><circle r=\"" + r + "\" fill=\"#E69F00\"/><circle r=\"" +
            Short(pitch_ * 0.15) + "\" fill=\"#fff\"/></g>\n";
    out_ += "<circle id=\"s\" r=\"" + r + "\" fill=\"#0B5FA5\"/>\n";
    const std::string side = Short(pitch_ * 0.3), edge = Short(pitch_ * 0.6);
    out_ += "<rect id=\"b\" x=\"-" + side + "\" y=\"-" + side + "\" width=\"" + edge +
            "\" height=\"" + edge + "\" fill=\"#b9c0c7\"/>\n</defs>\n";
    out_ += "<rect width=\"" + w + "\" height=\"" + h + "\" fill=\"#fbfbf9\"/>\n";
  }

  std::string Title() const { return options_.title.empty() ? plan_.name : options_.title; }

  void AddText(double x, double y, double size, std::string_view attributes,
               std::string_view text) {
    out_ += "<text x=\"" + Short(x) + "\" y=\"" + Short(y) + "\" font-size=\"" + Short(size) + "\"";
    if (!attributes.empty()) (out_ += ' ') += attributes;
    out_ += ">" + Escaped(text) + "</text>\n";
  }

  // Text of about this size that fits the width.
  double FittingSize(std::string_view text, double size) const {
    const double room = width_ - 2 * kMargin * unit_;
    const double wanted = 0.56 * size * static_cast<double>(CharacterCount(text));
    return wanted > room ? size * room / wanted : size;
  }

  void AddHeader() {
    const std::string title = Title();
    AddText(kMargin * unit_, 46 * unit_, FittingSize(title, 25 * unit_), "font-weight=\"700\"",
            title);
    if (options_.caption.empty()) return;
    AddText(kMargin * unit_, 68 * unit_, FittingSize(options_.caption, 13.5 * unit_), "class=\"q\"",
            options_.caption);
  }

  double Down(double y) const { return y - hall_.top + HallTop(); }

  void AddStage() {
    if (!has_stage_) return;
    const double left = stage_.left, right = stage_.right, slope = stage_.width() * 0.07;
    const double near = Down(stage_opens_down_ ? stage_.bottom : stage_.top);
    const double far = Down(stage_opens_down_ ? stage_.top : stage_.bottom);
    const double bulge = std::copysign(std::min(stage_.height() * 0.16, pitch_), near - far);
    out_ += "<path d=\"M" + Short(left) + " " + Short(near) + "Q" + Short((left + right) / 2) +
            " " + Short(near + bulge) + " " + Short(right) + " " + Short(near) + "L" +
            Short(right - slope) + " " + Short(far) + "H" + Short(left + slope) +
            "Z\" fill=\"#e9e4da\" stroke=\"#cfc7b8\" stroke-width=\"" + Short(unit_) +
            "\" stroke-linejoin=\"round\"/>\n";
    const double size = std::min(15 * unit_, stage_.height() * 0.5);
    AddText((left + right) / 2, (near + far) / 2 + size * 0.36, size,
            "text-anchor=\"middle\" letter-spacing=\"" + Short(size * 0.3) +
                "\" style=\"fill:#7a705e\"",
            "STAGE");
  }

  void AddSeats() {
    for (std::size_t i = 0; i < plan_.seats.size(); ++i) {
      const PlanSeat& seat = plan_.seats[i];
      if (i == 0 || plan_.seats[i - 1].row != seat.row) OpenRow(i);
      const auto mark = static_cast<std::size_t>(StateOf(i)) & 3;
      out_ += "<use href=\"#";
      out_ += kMarkIds[mark];
      out_ += "\" x=\"" + Short(dots_[i].x) + "\" y=\"" + Short(Down(dots_[i].y)) + "\"><title>" +
              SeatTitle(seat) + "</title></use>\n";
      if (i + 1 == plan_.seats.size() || plan_.seats[i + 1].row != seat.row) out_ += "</g>\n";
    }
  }

  void OpenRow(std::size_t seat) {
    const PlanRow& row = plan_.rows[plan_.seats[seat].row];
    out_ += "<g data-row=\"" + Escaped(row.section + " " + row.name) + "\">\n";
  }

  // "A 12": the section stands beside the seats, and 50,000 titles are half of the file.
  std::string SeatTitle(const PlanSeat& seat) const {
    const std::string& row = plan_.rows[seat.row].name;
    return Escaped(row.empty() ? seat.number : row + " " + seat.number);
  }

  void AddLabels() {
    if (plan_.seats.empty() || plan_.rows.back().section_index >= kLabelledSectionsMax) return;
    if (plan_.rows.back().section_index == 0) return;
    const Grid grid(dots_, std::max(pitch_, 1.0));
    std::vector<Box> taken;
    if (has_stage_) taken.push_back(stage_);
    for (std::size_t begin = 0, end = 0; begin < plan_.seats.size(); begin = end) {
      const std::uint32_t section = SectionOf(begin);
      while (end < plan_.seats.size() && SectionOf(end) == section) ++end;
      AddLabel(plan_.rows[plan_.seats[begin].row].section, begin, end, grid, taken);
    }
  }

  std::uint32_t SectionOf(std::size_t seat) const {
    return plan_.rows[plan_.seats[seat].row].section_index;
  }

  // Of the places round the section, the first on which the name covers the fewest seats.
  void AddLabel(const std::string& name, std::size_t begin, std::size_t end, const Grid& grid,
                std::vector<Box>& taken) {
    const double size = 12.5 * unit_;
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
    const double y = Down((best.box.top + best.box.bottom) / 2);
    std::string attributes = "class=\"l\" text-anchor=\"middle\" font-weight=\"600\"";
    if (best.turn != 0) {
      attributes += " transform=\"rotate(" + std::to_string(best.turn) + " " + Short(x) + " " +
                    Short(y) + ")\"";
    }
    AddText(x, y + size * 0.36, size, attributes, name);
  }

  int LabelCost(const Box& box, const Grid& grid, const std::vector<Box>& taken) const {
    Box with_air = box;
    with_air.Grow(pitch_ * 0.45);
    int cost = grid.CountIn(with_air);
    for (const Box& other : taken) cost += box.Overlaps(other) ? 1000 : 0;
    if (box.left < 0 || box.right > width_) cost += 500;
    if (box.top < hall_.top - 22 * unit_ || box.bottom > hall_.bottom + 26 * unit_) cost += 500;
    return cost;
  }

  struct Label {
    Box box;
    int turn = 0;  // degrees
  };

  std::vector<Label> LabelPlaces(std::size_t begin, std::size_t end, double half,
                                 double size) const {
    Box box;
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
      const bool on_the_left = x < width_ / 2.0;
      upright(on_the_left ? box.left - up : box.right + up, on_the_left ? -90 : 90);
      upright(on_the_left ? box.right + up : box.left - up, on_the_left ? -90 : 90);
    }
    level(x, box.bottom + up);
    level(x, box.top - up);
    for (std::size_t first = begin, i = begin; i < end; ++i) {
      if (i + 1 < end && plan_.seats[i + 1].row == plan_.seats[first].row) continue;
      const Dot& middle = dots_[(first + i) / 2];
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

  // All four marks and their counts, drawn at a size that can be read whatever the seats' own.
  void AddLegend() {
    std::array<std::size_t, 4> counts{};
    for (std::size_t i = 0; i < plan_.seats.size(); ++i) {
      ++counts[static_cast<std::size_t>(StateOf(i)) & 3];
    }
    const double y = Height() - 30 * unit_, size = 13.5 * unit_;
    double x = (kMargin + 6) * unit_;
    const double grow = 13 * unit_ / pitch_;
    for (const std::size_t mark : {2u, 1u, 0u, 3u}) {
      out_ += "<use href=\"#";
      out_ += kMarkIds[mark];
      out_ += "\" transform=\"translate(" + Short(x) + " " + Short(y - size * 0.34) + ") scale(" +
              std::to_string(grow) + ")\"/>\n";
      const std::string text = Grouped(counts[mark]) + " " + std::string(kMarkNames[mark]);
      AddText(x + 13 * unit_, y, size, "", text);
      x += (34 + 7.4 * static_cast<double>(text.size())) * unit_;
    }
    AddText(width_ - kMargin * unit_, y, size, "class=\"q\" text-anchor=\"end\"",
            Grouped(plan_.seats.size()) + " seats");
  }

  const Plan& plan_;
  const std::vector<SeatState>& states_;
  const SvgOptions& options_;
  std::string out_;
  int width_ = 0;
  double unit_ = 1, scale_ = 1, pitch_ = 1;
  std::vector<Dot> dots_;  // of each seat, in pixels, before hall_ is moved below the header
  Box hall_, stage_;
  bool has_stage_ = false, stage_opens_down_ = false;
};

}  // namespace

std::string PlanToSvg(const Plan& plan, const std::vector<SeatState>& marks,
                      const SvgOptions& options) {
  return Drawing(plan, marks, options).Draw();
}

}  // namespace seathold
