// Seating plans: what the importers read and the catalogue stores. Plain values; every function here
// is pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/ids.h"
#include "seathold/status.h"

namespace seathold {

struct PlanCategory {
  std::string name;   // unique in the plan, 1 .. 120 bytes
  std::string color;  // "#RRGGBB" or empty
};

// Seats stand in `Plan::seats` row by row, and inside a row from one end to the other as people sit,
// whatever numbers are printed on them. Index in that vector = the seat's ordinal.
struct PlanSeat {
  std::string guid;        // unique in the plan, 1 .. 200 bytes; the key people use
  std::string number;      // as printed
  std::string attributes;  // free text from the plan, e.g. "wheelchair"; may be empty
  double x = 0, y = 0;     // on the drawing, y downwards
  std::uint32_t category = 0;  // index into Plan::categories
  std::uint32_t row = 0;       // index into Plan::rows
  // Physical place in the row. Two seats of one row are neighbours iff their places differ by one: an
  // aisle or a pillar leaves out a number.
  std::uint32_t place = 0;
};

struct PlanRow {
  std::string section;     // "Ground floor"
  std::string name;        // "A"
  std::uint32_t rank = 0;  // 0 = sold first by best-available; unique inside a section
  std::uint32_t section_index = 0;  // rows of one section share it; sections in order of sale
};

struct Plan {
  std::string name;
  std::vector<PlanCategory> categories;
  std::vector<PlanRow> rows;
  std::vector<PlanSeat> seats;   // 1 .. 1,000,000
};

inline constexpr std::uint32_t kPlanSeatsMax = 1'000'000;
inline constexpr std::uint32_t kPlanCategoriesMax = 1'000;
inline constexpr std::size_t kPlanBytesMax = 256u << 20;
inline constexpr int kPlanDepthMax = 64;

enum class PlanFormat : std::uint8_t { kPretixJson = 1, kCsv = 2 };

struct ImportOptions {
  PlanFormat format = PlanFormat::kPretixJson;
  bool strict = false;      // an unknown key is an error instead of a warning
  bool rekey_uuid = false;  // take each seat's `uuid` as its guid
  std::string name;         // overrides the plan's own name; a CSV needs one
};

struct ImportReport {
  std::uint32_t sections = 0, rows = 0, seats = 0, categories = 0;
  std::vector<std::string> warnings;  // at most 100, then one that counts the rest
};

// Errors: kInvalidPlan with the place in the file ("zones[0].rows[3].seats[7].seat_guid: ..." or
// "line 12, column 3: ..."), kInvalidArgument. On failure nothing was imported.
Result<Plan> ParsePlan(std::string_view text, const ImportOptions& options, ImportReport* report);

// A rectangular hall for tests of scale: one section, categories front to back.
// rows 1 .. 10,000, seats_per_row 1 .. 10,000, together at most kPlanSeatsMax; categories 1 .. 26.
Result<Plan> MakePlan(std::string_view name, int rows, int seats_per_row, int categories = 3);

// Writes the pretix form that ParsePlan reads back to the same seats.
std::string PlanToJson(const Plan& plan);

// What a drawing shows of a seat.
enum class SeatMark : std::uint8_t { kAvailable = 0, kHeld = 1, kSold = 2, kBlocked = 3 };

struct SvgOptions {
  std::string title;
  std::string caption;
  int width = 1200;  // pixels, 200 .. 10,000
};
// One mark a seat, by ordinal. A self-contained SVG with a legend and a <title> for each seat.
std::string PlanToSvg(const Plan& plan, const std::vector<SeatMark>& marks, const SvgOptions& options);

}  // namespace seathold
