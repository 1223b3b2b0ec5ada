#include "examples/cli/demo/hall_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "seathold/hall_drawing.h"
#include "seathold/seat_colours.h"

namespace seathold::demo {
namespace {

struct Box {
  double left = std::numeric_limits<double>::max(), top = left;
  double right = std::numeric_limits<double>::lowest(), bottom = right;

  double width() const { return std::max(right - left, 1e-9); }
  double height() const { return std::max(bottom - top, 1e-9); }
};

Box BoxOf(const Plan& plan) {
  Box box;
  for (const PlanSeat& seat : plan.seats) {
    box.left = std::min(box.left, seat.x);
    box.right = std::max(box.right, seat.x);
    box.top = std::min(box.top, seat.y);
    box.bottom = std::max(box.bottom, seat.y);
  }
  return box;
}

// The usual distance of neighbours: a finer grid than this only shows gaps.
double PitchOf(const Plan& plan) {
  std::vector<double> gaps;
  for (std::size_t i = 0; i + 1 < plan.seats.size(); ++i) {
    const PlanSeat &a = plan.seats[i], &b = plan.seats[i + 1];
    const double gap = std::hypot(a.x - b.x, a.y - b.y);
    if (a.row == b.row && gap > 0) gaps.push_back(gap);
  }
  if (gaps.empty()) return 1;
  std::ranges::nth_element(gaps, gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2));
  return gaps[gaps.size() / 2];
}

int Colour(int seats, int held, int sold) {
  if (seats == 0) return -1;
  if (held * 2 >= seats) return ColourOf(SeatState::kHeld).terminal;
  const bool taken = (held + sold) * 2 >= seats;
  return ColourOf(taken ? SeatState::kSold : SeatState::kAvailable).terminal;
}

char Letter(int seats, int held, int sold) {
  if (seats == 0) return ' ';
  if (held * 2 >= seats) return 'o';
  return (held + sold) * 2 >= seats ? '#' : '.';
}

std::string HalfBlocks(int upper, int lower) {
  if (upper < 0 && lower < 0) return " ";
  if (lower < 0) return fmt::format("\x1b[38;5;{}m▀\x1b[0m", upper);
  if (upper < 0) return fmt::format("\x1b[38;5;{}m▄\x1b[0m", lower);
  return fmt::format("\x1b[38;5;{};48;5;{}m▀\x1b[0m", upper, lower);
}

}  // namespace

HallPicture::HallPicture(const Plan& plan, int width, int height) {
  const Box box = BoxOf(plan);
  // Small terminals have no room for names.
  const int above = height > 4 * cli::kMapMargin ? cli::kMapMargin : 0;
  height -= 2 * above;
  const double pixels_per_unit =
      std::min({(width - 1) / box.width(), (2 * height - 1) / box.height(), 1 / PitchOf(plan)});
  columns_ = static_cast<int>(box.width() * pixels_per_unit) + 1;
  rows_ = (static_cast<int>(box.height() * pixels_per_unit) + 2) / 2 * 2;
  margin_ = std::max(0, (width - columns_) / 2);
  rows_ += 4 * above;
  std::vector<cli::MapCell> cells;
  for (const PlanSeat& seat : plan.seats) {
    const int x = static_cast<int>((seat.x - box.left) * pixels_per_unit);
    const int y = static_cast<int>((seat.y - box.top) * pixels_per_unit) + 2 * above;
    cells.push_back({x, y / 2});
    at_.push_back(static_cast<std::uint32_t>(y * columns_ + x));
  }
  names_ = cli::MapNames(plan, cells, {columns_, rows_ / 2}, CharacterCount).names();
}

std::vector<HallPicture::Pixel> HallPicture::Count(const HallMap& map) const {
  std::vector<Pixel> pixels(static_cast<std::size_t>(columns_ * rows_));
  for (std::size_t i = 0; i < at_.size(); ++i) {
    Pixel& pixel = pixels[at_[i]];
    ++pixel.seats;
    pixel.held += map.seats[i] == SeatState::kHeld;
    pixel.sold += map.seats[i] == SeatState::kSold;
  }
  return pixels;
}

const cli::MapName* HallPicture::NameAt(int line, int column) const {
  for (const cli::MapName& name : names_) {
    if (name.at.line == line && name.at.column == column) return &name;
  }
  return nullptr;
}

std::string HallPicture::DrawLine(const std::vector<Pixel>& pixels, int line,
                                  const Console& console) const {
  std::string text(static_cast<std::size_t>(margin_), ' ');
  for (int x = 0; x < columns_; ++x) {
    if (const cli::MapName* name = NameAt(line, x)) {
      text += name->text;
      x += name->width - 1;
      continue;
    }
    const Pixel& a = pixels[static_cast<std::size_t>(2 * line * columns_ + x)];
    const Pixel& b = pixels[static_cast<std::size_t>((2 * line + 1) * columns_ + x)];
    if (console.traits().colour) {
      text += HalfBlocks(Colour(a.seats, a.held, a.sold), Colour(b.seats, b.held, b.sold));
    } else {
      text += Letter(a.seats + b.seats, a.held + b.held, a.sold + b.sold);
    }
  }
  return text;
}

std::vector<std::string> HallPicture::Draw(const HallMap& map, const Console& console) const {
  const std::vector<Pixel> pixels = Count(map);
  std::vector<std::string> lines;
  for (int line = 0; line < rows_ / 2; ++line) lines.push_back(DrawLine(pixels, line, console));
  return lines;
}

}  // namespace seathold::demo
