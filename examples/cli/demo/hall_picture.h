// The hall as characters: seats fall into a grid of cells by where they stand on the drawing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "examples/cli/demo/console.h"
#include "examples/cli/demo/hall.h"
#include "examples/cli/map_names.h"

namespace seathold::demo {

class HallPicture {
 public:
  // At most `width` columns and `height` lines.
  HallPicture(const Plan& plan, int width, int height);

  std::vector<std::string> Draw(const HallMap& map, const Console& console) const;

 private:
  struct Pixel {
    int seats = 0, held = 0, sold = 0;
  };
  std::vector<Pixel> Count(const HallMap& map) const;
  const cli::MapName* NameAt(int line, int column) const;
  std::string DrawLine(const std::vector<Pixel>& pixels, int line, const Console& console) const;

  int columns_ = 0, rows_ = 0;     // pixels: two rows of them make one line of text
  std::vector<std::uint32_t> at_;  // the pixel of each seat
  std::vector<cli::MapName> names_;
  int margin_ = 0;
};

}  // namespace seathold::demo
