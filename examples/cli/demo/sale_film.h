// The rush as a film: an SVG that plays by itself, inside <img> too, and ends on the hall as it was
// left. Who wants no motion sees the end at once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "examples/cli/demo/hall.h"
#include "examples/cli/demo/rush.h"

namespace seathold::demo {

// What the hall looked like at a time of the sale.
struct FilmFrame {
  double sale_s = 0;
  std::uint64_t waiting = 0, refused = 0;
  std::shared_ptr<const HallMap> map;
};

// Frames as they happen: one each time the map was read.
class FilmReel {
 public:
  void Take(const RushMoment& moment);
  const std::vector<FilmFrame>& frames() const { return frames_; }

 private:
  std::vector<FilmFrame> frames_;
};

struct FilmWords {
  std::string heading, end;  // above the counters; below them, once it is over
  std::string source;        // small, at the foot
};

inline constexpr int kFilmFramesMax = 96;

// Of many frames those are kept that share out what happened. REQUIRES: one frame or more, each
// with a map of all seats.
std::string FilmSvg(const Hall& hall, const std::vector<FilmFrame>& reel, const FilmWords& words);

}  // namespace seathold::demo
