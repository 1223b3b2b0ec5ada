// Seating plans: what the importers read and the catalogue stores. Plain values; every function
// here is pure and thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/ids.h"
#include "seathold/status.h"
#include "seathold/types.h"

namespace seathold {

// Names and labels are kept in Unicode's normal form C, so that a letter typed composed or
// decomposed is one, and compared as a reader would: characters that show nothing, the kind and
// number of blanks, the kind of a dash, and the script of digits make no difference. Letters do,
// also where they look alike: the fullwidth "Ａ" is not "A", the micro sign no Greek mu, "ﬁ" not
// "fi". Where names have to be unique, two that look the same are one. Refused everywhere: control
// characters, those that turn the direction of writing, code points that Unicode 15.0 does not
// assign, and U+11A7 behind a Hangul syllable.

// Seats of one price: every performance gives each category its prices.
struct PlanCategory {
  std::string name;   // unique in the plan, 1 .. 120 bytes
  std::string color;  // "#RRGGBB" or empty
};

// Seats stand in `Plan::seats` row by row, and inside a row from one end to the other as people
// sit, whatever numbers are printed on them. Index in that vector = the seat's ordinal.
struct PlanSeat {
  std::string guid;            // unique in the plan, 1 .. 200 bytes; the key people use
  std::string number;          // as printed
  std::string attributes;      // free text from the plan, e.g. "wheelchair"; may be empty
  double x = 0, y = 0;         // on the drawing, y downwards
  std::uint32_t category = 0;  // index into Plan::categories
  std::uint32_t row = 0;       // index into Plan::rows
  // Physical place in the row. Two seats of one row are neighbours iff their places differ by one:
  // an aisle or a pillar leaves out a number.
  std::uint32_t place = 0;
  // Why nobody is to sit there, at most 100 bytes: performances begin with the seat blocked for
  // this reason. Empty = it is for sale.
  std::string blocked;
};

// Seats in one line, with nothing but aisles between them.
struct PlanRow {
  std::string section;     // "Ground floor"
  std::string name;        // "A"
  std::uint32_t rank = 0;  // 0 = sold first by best-available; counts the rows of its section
  std::uint32_t section_index = 0;  // rows of one section share it; sections in order of sale
};

// A hall: what Catalog::AddVenue takes and GetPlan gives back.
struct Plan {
  std::string name;
  std::vector<PlanCategory> categories;
  std::vector<PlanRow> rows;
  std::vector<PlanSeat> seats;  // 1 .. 1,000,000
};

inline constexpr std::uint32_t kPlanSeatsMax = 1'000'000;
inline constexpr std::uint32_t kPlanCategoriesMax = 1'000;
inline constexpr std::size_t kPlanBytesMax = 256u << 20;
inline constexpr int kPlanDepthMax = 64;

enum class PlanFormat : std::uint8_t { kPretixJson = 1, kCsv = 2 };

// How ParsePlan reads.
struct ImportOptions {
  PlanFormat format = PlanFormat::kPretixJson;
  bool strict = false;      // an unknown key is an error instead of a warning
  bool rekey_uuid = false;  // take each seat's `uuid` as its guid
  std::string name;         // overrides the plan's own name; a CSV needs one
};

// What to show whoever imported a plan, so that they see what was understood.
struct ImportReport {
  std::uint32_t sections = 0, rows = 0, seats = 0, categories = 0;
  std::uint32_t blocked = 0;  // seats that are not for sale
  // What ranges gave: "line 2, column 5: 1-10 gave 10 seats". At most 100, then one that counts the
  // rest.
  std::vector<std::string> ranges;
  // Likewise at most 100. What is wrong in the same way at many places is told once, at the first
  // of them, with the number of places.
  std::vector<std::string> warnings;
};

// Reads a plan. A zone (JSON) or section (CSV) becomes a section; sections, and rows inside a
// section, keep the order of the file: the first row is the front one. Seats of a row are ordered
// by where they stand, and a gap of more than 1.6 usual ones between two of them is an aisle.
//
// Text is UTF-8, or UTF-16 with a byte order mark.
//
// pretix JSON: the positions of zone, row and seat add up. A zone without a name is "Zone <n>".
// Four keys are ours: `source` of the plan; of a seat `attributes`, `wheelchair` and `companion`
// (true adds the word to the attributes) and `status` (anything but "free", "available", "empty" or
// another word for it blocks the seat and is told as a warning).
//
// CSV: RFC 4180 with the headings section,row,seat,x,y,category,attributes,status, in any order and
// case; x, y, attributes and status may be absent. Fields are separated by commas, semicolons or
// tabs, whichever the line of headings has (or a first line "sep=;"); lines end in LF, CR LF or CR;
// a decimal comma is one where commas do not separate; lines of empty fields, and empty fields
// behind the last heading, mean nothing.
//
// `seat` is a label, a range ("1-10"; "31-1/2" = 31, 29 .. 1) or a list of both ("1-10,12-16").
// Digits of any script and any dash make a range, whose seats are then numbered 1, 2 ..; what looks
// like a range and cannot be read as one ("1..10", "A1-A10", "4-Jan") is refused. The guid is
// "section-row-seat"; where that would name two seats ("A-1-2-3": row 2 of section A-1, row 1-2 of
// section A), those have "section/row/seat" instead. x is that of the first seat of a list, which
// the others follow at a distance of 25; where it is empty, a number left out leaves its place
// empty.
//
// `report` may be null; it is written only on success.
// Errors: kInvalidArgument (options), kOutOfMemory, kInvalidPlan with the place in the file
// ("zones[0].rows[3].seats[7].seat_guid: ..." or "line 12, column 3: ..."). On failure nothing was
// imported.
Result<Plan> ParsePlan(std::string_view text, const ImportOptions& options, ImportReport* report);

// By name, by guid: what is spelled so, else what looks the same to a reader. Indices.
std::optional<std::uint32_t> FindCategory(const Plan& plan, std::string_view name);
std::optional<std::uint32_t> FindSeat(const Plan& plan, std::string_view guid);

// A rectangular hall for tests of scale: one section "Hall", rows "A" .. "Z", "AA" .., guids "A-1",
// categories "Category A" .. front to back, no aisles. Errors: kInvalidArgument, kOutOfMemory.
// rows 1 .. 10,000, seats_per_row 1 .. 10,000, together at most kPlanSeatsMax; categories 1 .. 26.
Result<Plan> MakePlan(std::string_view name, int rows, int seats_per_row, int categories = 3);

// Writes the pretix form that ParsePlan reads back to the same seats.
std::string PlanToJson(const Plan& plan);

// What stands on a drawing beside the seats, and how wide it is.
struct SvgOptions {
  std::string title;
  std::string caption;
  int width = 1200;  // pixels, 200 .. 10,000
};
// One state a seat, by ordinal; seats beyond the end of `states` are drawn as available. A
// self-contained SVG with a legend that counts the states, and for each seat an id ("seat12", by
// ordinal) and a <title> ("A 12"). An empty title becomes the plan's name. Sections are named on
// the drawing when there are 2 .. 200 of them; a stage is drawn where the first section's front row
// tells where it is. 75 bytes a seat.
std::string PlanToSvg(const Plan& plan, const std::vector<SeatState>& states,
                      const SvgOptions& options);

}  // namespace seathold
