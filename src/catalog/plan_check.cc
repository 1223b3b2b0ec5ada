#include "src/catalog/plan_check.h"

#include <set>

#include "src/catalog/plan_draft.h"

namespace seathold {
namespace {

enum class Empty { kRefused, kAllowed };

std::string PlaceOf(const char* list, std::size_t index, const char* field) {
  return std::string(list) + "[" + std::to_string(index) + "]." + field;
}

// The fault never repeats the text: it may not be fit to be shown.
Status CheckText(std::string_view text, Empty empty, std::size_t bytes_max,
                 const std::string& place) {
  if (text.empty() && empty == Empty::kRefused) return InvalidPlan(place, "empty");
  const std::string fault = TextFault(text, bytes_max);
  return fault.empty() ? Status() : InvalidPlan(place, fault);
}

Status CheckCategories(const Plan& plan) {
  if (plan.categories.size() > kPlanCategoriesMax) return InvalidPlan("categories", "too many");
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < plan.categories.size(); ++i) {
    const PlanCategory& category = plan.categories[i];
    const std::string place = PlaceOf("categories", i, "name");
    if (Status s = CheckText(category.name, Empty::kRefused, kCategoryNameBytesMax, place); !s.ok())
      return s;
    if (!names.insert(category.name).second) return InvalidPlan(place, "the name of another");
    if (!category.color.empty() && !NormalColor(category.color))
      return InvalidPlan(PlaceOf("categories", i, "color"), "not #RRGGBB");
  }
  return Status();
}

Status CheckRows(const Plan& plan) {
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    const PlanRow& row = plan.rows[i];
    Status s =
        CheckText(row.section, Empty::kAllowed, kLabelBytesMax, PlaceOf("rows", i, "section"));
    if (s.ok())
      s = CheckText(row.name, Empty::kAllowed, kLabelBytesMax, PlaceOf("rows", i, "name"));
    if (!s.ok()) return s;
  }
  return Status();
}

Status CheckSeat(const Plan& plan, std::size_t i) {
  const PlanSeat& seat = plan.seats[i];
  if (seat.category >= plan.categories.size())
    return InvalidPlan(PlaceOf("seats", i, "category"), "no such category");
  if (seat.row >= plan.rows.size()) return InvalidPlan(PlaceOf("seats", i, "row"), "no such row");
  if (i > 0 && seat.row < plan.seats[i - 1].row)
    return InvalidPlan(PlaceOf("seats", i, "row"), "the seats are not row by row");
  Status s = CheckText(seat.guid, Empty::kRefused, kGuidBytesMax, PlaceOf("seats", i, "guid"));
  if (s.ok())
    s = CheckText(seat.number, Empty::kAllowed, kLabelBytesMax, PlaceOf("seats", i, "number"));
  if (s.ok()) {
    s = CheckText(seat.attributes, Empty::kAllowed, kAttributesBytesMax,
                  PlaceOf("seats", i, "attributes"));
  }
  if (!s.ok()) return s;
  const std::string x = CoordinateFault(seat.x);
  if (!x.empty()) return InvalidPlan(PlaceOf("seats", i, "x"), x);
  const std::string y = CoordinateFault(seat.y);
  return y.empty() ? Status() : InvalidPlan(PlaceOf("seats", i, "y"), y);
}

}  // namespace

Status CheckPlan(const Plan& plan) {
  if (plan.seats.empty()) return InvalidPlan("seats", "none");
  if (plan.seats.size() > kPlanSeatsMax) return InvalidPlan("seats", "too many");
  if (plan.rows.size() > kPlanSeatsMax) return InvalidPlan("rows", "too many");
  Status s = CheckText(plan.name, Empty::kAllowed, kPlanNameBytesMax, "name");
  if (s.ok()) s = CheckCategories(plan);
  if (s.ok()) s = CheckRows(plan);
  for (std::size_t i = 0; s.ok() && i < plan.seats.size(); ++i) s = CheckSeat(plan, i);
  if (!s.ok()) return s;
  const auto repeated = FindRepeatedGuid(plan.seats);
  if (!repeated) return Status();
  return InvalidPlan(PlaceOf("seats", repeated->again, "guid"),
                     "that of seats[" + std::to_string(repeated->first) + "]");
}

}  // namespace seathold
