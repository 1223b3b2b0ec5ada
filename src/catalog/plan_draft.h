// What the readers of seating plans share: limits, checks of text, and the step from seats in the
// order of a file to seats in the order in which people sit.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/plan.h"

namespace seathold {

inline constexpr std::size_t kPlanNameBytesMax = 200;
inline constexpr std::size_t kCategoryNameBytesMax = 120;
inline constexpr std::size_t kGuidBytesMax = 200;
inline constexpr std::size_t kLabelBytesMax = 100;  // section, row and seat as printed
inline constexpr std::size_t kAttributesBytesMax = 1'000;
inline constexpr double kCoordinateMax = 1e7;
inline constexpr std::size_t kPlanWarningsMax = 100;
// What lies between two seats, and two rows, of a plan that gives no coordinates.
inline constexpr double kSeatPitch = 25;
inline constexpr double kRowPitch = 30;

// Not hypot: that symbol would be the one of the library that needs the newest glibc, and bounded
// coordinates do not overflow.
inline double Length(double x, double y) { return std::sqrt(x * x + y * y); }

class PlanWarnings {
 public:
  void Add(std::string warning);
  // At most kPlanWarningsMax, then one that counts the rest.
  std::vector<std::string> Take();

 private:
  std::vector<std::string> first_;
  std::size_t left_off_ = 0;
};

Status InvalidPlan(std::string_view place, std::string_view reason);

// Why `text` is not fit to be a label, or "".
std::string TextFault(std::string_view text, std::size_t bytes_max);
// Why the coordinate is refused, or "".
std::string CoordinateFault(double coordinate);
// "#RRGGBB" from "#rrggbb" or "#rgb"; nothing for another notation.
std::optional<std::string> NormalColor(std::string_view color);

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
                            PlanWarnings& warnings);
Result<Plan> ReadCsvPlan(std::string_view text, const ImportOptions& options,
                         PlanWarnings& warnings);

}  // namespace seathold
