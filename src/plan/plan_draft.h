// What the readers of seating plans share: limits, checks of text, and the step from seats in the
// order of a file to seats in the order in which people sit.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "seathold/plan.h"

namespace seathold {

inline constexpr std::size_t kPlanNameBytesMax = 200;
inline constexpr std::size_t kCategoryNameBytesMax = 120;
inline constexpr std::size_t kGuidBytesMax = 200;
inline constexpr std::size_t kLabelBytesMax = 100;  // section, row and seat as printed
inline constexpr std::size_t kAttributesBytesMax = 1'000;
inline constexpr double kCoordinateMax = 1e7;
inline constexpr std::size_t kPlanNotesMax = 100;
// What lies between two seats, and two rows, of a plan that gives no coordinates.
inline constexpr double kSeatPitch = 25;
inline constexpr double kRowPitch = 30;

// Not hypot: that symbol would be the one of the library that needs the newest glibc, and bounded
// coordinates do not overflow.
inline double Length(double x, double y) { return std::sqrt(x * x + y * y); }

// At most kPlanNotesMax lines, then one that counts the rest.
class PlanNotes {
 public:
  // `rest`: what they are, as in "and 3 warnings more".
  explicit PlanNotes(const char* rest) : rest_(rest) {}

  // Notes of one kind are told once, with the first one's place and their number. An empty kind
  // is one of its own.
  void Add(std::string place, const std::string& what, const std::string& kind = "");
  std::vector<std::string> Take();

 private:
  struct Note {
    std::string text;
    std::size_t count = 1;
  };
  const char* rest_;
  std::vector<Note> first_;
  std::unordered_map<std::string, std::size_t> by_kind_;  // place in first_
  std::size_t left_off_ = 0;
};

// What an import has to say beside the plan.
struct PlanRemarks {
  PlanNotes warnings{"warnings"};
  PlanNotes ranges{"ranges"};
};

// The names of one kind in a plan, by what a reader sees.
class PlanNames {
 public:
  struct Known {
    std::uint32_t index = 0;
    std::string spelled, place;
    bool is_new = false;
  };
  // What has this name, or a name that looks the same; else it is kept under `index`.
  const Known& Add(const std::string& name, std::uint32_t index, const std::string& place);
  const Known* Find(const std::string& name) const;
  std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }

 private:
  std::unordered_map<std::string, Known> names_;  // by LookupForm
};
// Why `name` may not stand beside `known`: it looks the same and is spelled otherwise. Or "".
std::string SpellingFault(const PlanNames::Known& known, const std::string& name);

Status InvalidPlan(std::string_view place, std::string_view reason);

// Takes `text` in as TakeText does. Why it is not fit to be a name, or "".
std::string TakeName(std::string_view text, std::size_t bytes_max, std::string* out);
// Whether a seat with this status is for sale: the status is empty, or a word for free.
bool IsForSale(std::string_view status);
// Why the coordinate is refused, or "".
std::string CoordinateFault(double coordinate);
// "#RRGGBB" from "#rrggbb" or "#rgb"; nothing for another notation.
std::optional<std::string> NormalColor(std::string_view color);

// Two seats whose guids look the same.
struct RepeatedGuid {
  std::size_t first, again;  // indices into the seats given
};
std::optional<RepeatedGuid> FindRepeatedGuid(const std::vector<PlanSeat>& seats);

// Orders rows by section, seats by row and along it, and sets `rank` and `place`. Rows keep the
// order of the file inside their section. REQUIRES: row and section_index of all are set.
void ArrangeSeats(Plan& plan);

// The lower of the two middle ones; 0 of none. Reorders `values`.
double LowerMedian(std::vector<double>& values);

// The readers: seats in the order of the file, checked, not arranged.
Result<Plan> ReadPretixPlan(std::string_view text, const ImportOptions& options,
                            PlanRemarks& remarks);
Result<Plan> ReadCsvPlan(std::string_view text, const ImportOptions& options, PlanRemarks& remarks);

}  // namespace seathold
