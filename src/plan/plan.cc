// Plans: read in whatever form they come, or made as halls for tests of scale.
#include "seathold/plan.h"

#include <algorithm>
#include <new>
#include <utility>

#include "src/plan/plan_draft.h"
#include "src/plan/plan_encoding.h"
#include "src/util/text.h"

namespace seathold {
namespace {

constexpr std::string_view kMadeColors[] = {"#0072B2", "#E69F00", "#009E73",
                                            "#CC79A7", "#56B4E9", "#D55E00"};

Status CheckOptions(const ImportOptions& options) {
  const bool csv = options.format == PlanFormat::kCsv;
  if (!csv && options.format != PlanFormat::kPretixJson) {
    return Status(Code::kInvalidArgument, "format: no such format of plans");
  }
  std::string taken;
  if (const auto fault = TakeName(options.name, kPlanNameBytesMax, &taken); !fault.empty()) {
    return Status(Code::kInvalidArgument, "name: " + fault);
  }
  if (csv && IsBlank(options.name)) {
    return Status(Code::kInvalidArgument, "name: a CSV has none of its own, so give one");
  }
  if (csv && options.rekey_uuid) {
    return Status(Code::kInvalidArgument, "rekey uuid: seats of a CSV have no uuid");
  }
  return Status();
}

Result<Plan> Read(std::string_view text, const ImportOptions& options, PlanRemarks& remarks) {
  if (text.size() > kPlanBytesMax) {
    return InvalidPlan("", "larger than " + std::to_string(kPlanBytesMax) + " bytes");
  }
  std::string storage;
  const Result<std::string_view> decoded = DecodePlanText(text, &storage);
  if (!decoded.ok()) return decoded.status();
  return options.format == PlanFormat::kCsv ? ReadCsvPlan(*decoded, options, remarks)
                                            : ReadPretixPlan(*decoded, options, remarks);
}

void FillReport(const Plan& plan, PlanRemarks& remarks, ImportReport& report) {
  report.sections = plan.rows.back().section_index + 1;
  report.rows = static_cast<std::uint32_t>(plan.rows.size());
  report.seats = static_cast<std::uint32_t>(plan.seats.size());
  report.categories = static_cast<std::uint32_t>(plan.categories.size());
  report.blocked = static_cast<std::uint32_t>(
      std::ranges::count_if(plan.seats, [](const PlanSeat& s) { return !s.blocked.empty(); }));
  report.ranges = remarks.ranges.Take();
  report.warnings = remarks.warnings.Take();
}

// 0 -> "A", 25 -> "Z", 26 -> "AA".
std::string Letters(int index) {
  std::string letters;
  for (int rest = index; rest >= 0; rest = rest / 26 - 1) {
    letters.insert(letters.begin(), static_cast<char>('A' + rest % 26));
  }
  return letters;
}

Status CheckSize(std::string_view name, int rows, int seats_per_row, int categories) {
  constexpr int kSideMax = 10'000, kMadeCategoriesMax = 26;
  const auto bad = [](const std::string& what) { return Status(Code::kInvalidArgument, what); };
  if (IsBlank(name)) return bad("name: blank");
  const auto taken = TakeText(name, kPlanNameBytesMax);
  if (!taken.ok()) return bad("name: " + std::string(taken.status().detail()));
  if (rows < 1 || rows > kSideMax) return bad("rows: 1 .. 10,000");
  if (seats_per_row < 1 || seats_per_row > kSideMax) return bad("seats_per_row: 1 .. 10,000");
  if (std::int64_t{rows} * seats_per_row > kPlanSeatsMax) return bad("more than 1,000,000 seats");
  if (categories < 1 || categories > kMadeCategoriesMax) return bad("categories: 1 .. 26");
  return Status();
}

void AddMadeRow(Plan& plan, int row, int seats_per_row, std::uint32_t category) {
  plan.rows.push_back({"Hall", Letters(row), static_cast<std::uint32_t>(row), 0});
  for (int i = 0; i < seats_per_row; ++i) {
    PlanSeat seat;
    seat.number = std::to_string(i + 1);
    seat.guid = plan.rows.back().name + "-" + seat.number;
    seat.x = i * kSeatPitch;
    seat.y = row * kRowPitch;
    seat.category = category;
    seat.row = static_cast<std::uint32_t>(row);
    seat.place = static_cast<std::uint32_t>(i);
    plan.seats.push_back(std::move(seat));
  }
}

Plan MakeHall(std::string_view name, int rows, int seats_per_row, int categories) {
  Plan plan;
  plan.name = TakeText(name, kPlanNameBytesMax).value();
  for (int i = 0; i < categories; ++i) {
    const auto color = kMadeColors[static_cast<std::size_t>(i) % std::size(kMadeColors)];
    plan.categories.push_back({"Category " + Letters(i), std::string(color)});
  }
  plan.seats.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(seats_per_row));
  for (int row = 0; row < rows; ++row) {
    AddMadeRow(plan, row, seats_per_row,
               static_cast<std::uint32_t>(std::int64_t{row} * categories / rows));
  }
  return plan;
}

template <class Named>
std::optional<std::uint32_t> FindNamed(const std::vector<Named>& all, std::string Named::*name,
                                       std::string_view wanted, std::size_t bytes_max) {
  const auto index = [&](auto at) {
    return at == all.end() ? std::nullopt
                           : std::optional(static_cast<std::uint32_t>(at - all.begin()));
  };
  const auto spelled = index(std::ranges::find(all, wanted, name));
  if (spelled || wanted.size() > bytes_max) return spelled;
  const std::string form = LookupForm(wanted);
  return index(std::ranges::find_if(
      all, [&](const Named& named) { return LookupForm(named.*name) == form; }));
}

}  // namespace

std::optional<std::uint32_t> FindCategory(const Plan& plan, std::string_view name) {
  return FindNamed(plan.categories, &PlanCategory::name, name, kCategoryNameBytesMax);
}

std::optional<std::uint32_t> FindSeat(const Plan& plan, std::string_view guid) {
  return FindNamed(plan.seats, &PlanSeat::guid, guid, kGuidBytesMax);
}

Result<Plan> ParsePlan(std::string_view text, const ImportOptions& options, ImportReport* report) {
  if (const Status status = CheckOptions(options); !status.ok()) return status;
  try {
    PlanRemarks remarks;
    Result<Plan> plan = Read(text, options, remarks);
    if (!plan.ok()) return plan;
    if (!options.name.empty()) plan->name = TakeText(options.name, kPlanNameBytesMax).value();
    ArrangeSeats(*plan);
    if (report != nullptr) FillReport(*plan, remarks, *report);
    return plan;
  } catch (const std::bad_alloc&) {
    return Code::kOutOfMemory;
  }
}

Result<Plan> MakePlan(std::string_view name, int rows, int seats_per_row, int categories) {
  if (const Status status = CheckSize(name, rows, seats_per_row, categories); !status.ok()) {
    return status;
  }
  try {
    return MakeHall(name, rows, seats_per_row, categories);
  } catch (const std::bad_alloc&) {
    return Code::kOutOfMemory;
  }
}

}  // namespace seathold
