#include "src/plan/plan_check.h"

#include "src/plan/plan_draft.h"
#include "src/util/text.h"

namespace seathold {
namespace {

enum class Empty { kRefused, kAllowed };

std::string PlaceOf(const char* list, std::size_t index, const char* field) {
  return std::string(list) + "[" + std::to_string(index) + "]." + field;
}

// The fault never repeats the text: it may not be fit to be shown.
Status Take(std::string* text, Empty empty, std::size_t bytes_max, const std::string& place) {
  if (empty == Empty::kRefused && IsBlank(*text)) return InvalidPlan(place, "empty");
  const std::string fault = TakeName(*text, bytes_max, text);
  return fault.empty() ? Status() : InvalidPlan(place, fault);
}

Status TakeCategories(Plan* plan) {
  if (plan->categories.size() > kPlanCategoriesMax) return InvalidPlan("categories", "too many");
  PlanNames names;
  for (std::size_t i = 0; i < plan->categories.size(); ++i) {
    PlanCategory& category = plan->categories[i];
    const std::string place = PlaceOf("categories", i, "name");
    if (Status s = Take(&category.name, Empty::kRefused, kCategoryNameBytesMax, place); !s.ok())
      return s;
    const auto& known = names.Add(category.name, static_cast<std::uint32_t>(i), place);
    if (!known.is_new) return InvalidPlan(place, "the name of another, " + known.place);
    if (!category.color.empty() && !NormalColor(category.color))
      return InvalidPlan(PlaceOf("categories", i, "color"), "not #RRGGBB");
  }
  return Status();
}

Status TakeRows(Plan* plan) {
  PlanNames sections;
  for (std::size_t i = 0; i < plan->rows.size(); ++i) {
    PlanRow& row = plan->rows[i];
    const std::string place = PlaceOf("rows", i, "section");
    Status s = Take(&row.section, Empty::kAllowed, kLabelBytesMax, place);
    if (s.ok()) s = Take(&row.name, Empty::kAllowed, kLabelBytesMax, PlaceOf("rows", i, "name"));
    if (!s.ok()) return s;
    const std::string fault = SpellingFault(sections.Add(row.section, 0, place), row.section);
    if (!fault.empty()) return InvalidPlan(place, fault);
  }
  return Status();
}

Status TakeSeatText(PlanSeat* seat, std::size_t i) {
  Status s = Take(&seat->guid, Empty::kRefused, kGuidBytesMax, PlaceOf("seats", i, "guid"));
  if (s.ok())
    s = Take(&seat->number, Empty::kAllowed, kLabelBytesMax, PlaceOf("seats", i, "number"));
  if (s.ok()) {
    s = Take(&seat->attributes, Empty::kAllowed, kAttributesBytesMax,
             PlaceOf("seats", i, "attributes"));
  }
  if (!s.ok() || seat->blocked.empty()) return s;
  const std::string place = PlaceOf("seats", i, "blocked");
  s = Take(&seat->blocked, Empty::kRefused, kLabelBytesMax, place);
  if (!s.ok() || !IsForSale(seat->blocked)) return s;
  return InvalidPlan(place, "a word for a seat that is free");
}

Status TakeSeat(Plan* plan, std::size_t i) {
  PlanSeat& seat = plan->seats[i];
  if (seat.category >= plan->categories.size())
    return InvalidPlan(PlaceOf("seats", i, "category"), "no such category");
  if (seat.row >= plan->rows.size()) return InvalidPlan(PlaceOf("seats", i, "row"), "no such row");
  if (i > 0 && seat.row < plan->seats[i - 1].row)
    return InvalidPlan(PlaceOf("seats", i, "row"), "the seats are not row by row");
  if (Status s = TakeSeatText(&seat, i); !s.ok()) return s;
  const std::string x = CoordinateFault(seat.x);
  if (!x.empty()) return InvalidPlan(PlaceOf("seats", i, "x"), x);
  const std::string y = CoordinateFault(seat.y);
  return y.empty() ? Status() : InvalidPlan(PlaceOf("seats", i, "y"), y);
}

}  // namespace

Status TakePlan(Plan* plan) {
  if (plan->seats.empty()) return InvalidPlan("seats", "none");
  if (plan->seats.size() > kPlanSeatsMax) return InvalidPlan("seats", "too many");
  if (plan->rows.size() > kPlanSeatsMax) return InvalidPlan("rows", "too many");
  Status s = Take(&plan->name, Empty::kAllowed, kPlanNameBytesMax, "name");
  if (s.ok()) s = TakeCategories(plan);
  if (s.ok()) s = TakeRows(plan);
  for (std::size_t i = 0; s.ok() && i < plan->seats.size(); ++i) s = TakeSeat(plan, i);
  if (!s.ok()) return s;
  const auto repeated = FindRepeatedGuid(plan->seats);
  if (!repeated) return Status();
  return InvalidPlan(PlaceOf("seats", repeated->again, "guid"),
                     "that of seats[" + std::to_string(repeated->first) + "]");
}

}  // namespace seathold
