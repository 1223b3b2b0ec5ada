// For who draws a hall in a way of their own: where everything stands, and the parts that all
// drawings share. PlanToSvg in plan.h makes a whole one. Pure; immutable once made.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/plan.h"

namespace seathold {

// Between the hall and the edge, in thousandths of the width.
inline constexpr double kSvgMargin = 40;

struct SvgDot {
  double x = 0, y = 0;
};

struct SvgBox {
  double left = std::numeric_limits<double>::max(), top = left;
  double right = std::numeric_limits<double>::lowest(), bottom = right;

  void Add(double x, double y) {
    left = std::min(left, x), right = std::max(right, x);
    top = std::min(top, y), bottom = std::max(bottom, y);
  }
  void Grow(double by) { left -= by, top -= by, right += by, bottom += by; }
  double width() const { return right - left; }
  double height() const { return bottom - top; }
  bool Overlaps(const SvgBox& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

// A title given by a caller may be no UTF-8, of which no viewer would draw anything.
std::string SvgEscaped(std::string_view text);
// One decimal at most, without a trailing zero: half of a large drawing is coordinates.
std::string SvgNumber(double number);
// "1,234,567".
std::string SvgCount(std::size_t number);
std::size_t CharacterCount(std::string_view text);
std::string SvgText(double x, double y, double size, std::string_view attributes,
                    std::string_view text);

// Seats, stage and names of sections, fitted into a width. Borrows the plan.
class HallDrawing {
 public:
  struct Options {
    double width = 1200;    // pixels
    double top = 0;         // where the hall begins
    double name_px = 12.5;  // size of the names of sections
  };
  HallDrawing(const Plan& plan, const Options& options);

  // Of each seat, by ordinal.
  const std::vector<SvgDot>& dots() const { return dots_; }
  double pitch() const { return pitch_; }  // of neighbours
  double unit() const { return unit_; }    // a thousandth of the width
  double height() const { return hall_.height(); }
  // Elements of classes "stage" and "stage-name"; "" where nobody can tell where the stage is.
  std::string Stage() const;
  // Texts of class "l", of a hall with 2 .. 200 sections.
  std::string SectionNames() const;

 private:
  class Grid;
  struct Label {
    SvgBox box;
    int turn = 0;  // degrees
  };

  static double SeatPitch(const Plan& plan);
  void Scale();
  void PlaceStage();
  void FitStage(const SvgBox& front, bool upwards);
  std::uint32_t SectionOf(std::size_t seat) const {
    return plan_.rows[plan_.seats[seat].row].section_index;
  }
  std::string SectionName(const std::string& name, std::size_t begin, std::size_t end,
                          const Grid& grid, std::vector<SvgBox>& taken) const;
  int LabelCost(const SvgBox& box, const Grid& grid, const std::vector<SvgBox>& taken) const;
  std::vector<Label> LabelPlaces(std::size_t begin, std::size_t end, double half,
                                 double size) const;

  const Plan& plan_;
  const Options options_;
  double unit_ = 1, scale_ = 1, pitch_ = 1;
  std::vector<SvgDot> dots_;
  SvgBox hall_, stage_;
  bool has_stage_ = false, stage_opens_down_ = false;
};

}  // namespace seathold
