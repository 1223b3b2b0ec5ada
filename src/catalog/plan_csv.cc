// CSV plans: RFC 4180, a header, one line a seat or a list of seats.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <span>
#include <unordered_map>
#include <utility>

#include "src/catalog/plan_csv_scanner.h"
#include "src/catalog/plan_draft.h"

namespace seathold {
namespace {

enum Column : std::size_t { kSection, kRow, kSeat, kX, kY, kCategory, kAttributes, kColumnCount };
constexpr std::string_view kColumnNames[] = {"section", "row",      "seat",      "x",
                                             "y",       "category", "attributes"};
constexpr bool kColumnRequired[] = {true, true, true, false, false, true, false};
constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

// What the file says of a seat beyond PlanSeat.
struct CsvSeat {
  std::optional<double> x, y;
  std::uint32_t line = 0, column = 0;
};

std::string PlaceOf(const CsvField& field) { return CsvPlace(field.line, field.column); }

std::optional<std::uint32_t> ParseNumber(std::string_view text) {
  constexpr std::size_t kDigitsMax = 9;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || text.size() > kDigitsMax || error != std::errc() ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

struct SeatRange {
  std::uint32_t first = 0, last = 0, step = 1;
  std::size_t digits = 0;  // "01-10" keeps its zeros
};

// "1-10", "31-1/2"; nothing when the text is a plain label.
std::optional<SeatRange> ParseRange(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const auto slash = std::min(text.find('/', dash), text.size());
  const auto first = ParseNumber(text.substr(0, dash));
  const auto last = ParseNumber(text.substr(dash + 1, slash - dash - 1));
  const auto step = slash < text.size() ? ParseNumber(text.substr(slash + 1)) : 1;
  if (!first || !last || !step) return std::nullopt;
  return SeatRange{*first, *last, *step, text[0] == '0' ? dash : 0};
}

std::string Padded(std::uint32_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

class CsvReader {
 public:
  CsvReader(std::string_view text, const ImportOptions& options, PlanWarnings& warnings)
      : scanner_(text), options_(options), warnings_(warnings) {
    plan_.name = options.name;
  }

  Result<Plan> Read() {
    std::vector<CsvField> record;
    Status status = ReadHeader(record);
    while (status.ok() && !scanner_.AtEnd()) {
      status = scanner_.Next(record);
      const bool blank = record.size() == 1 && record[0].text.empty();
      if (status.ok() && !blank) status = ReadRecord(record);
    }
    if (!status.ok()) return status;
    if (plan_.seats.empty()) return InvalidPlan("line 1, column 1", "the plan has no seats");
    if (const Status guids = CheckGuids(); !guids.ok()) return guids;
    LayOut();
    return std::move(plan_);
  }

 private:
  Status ReadHeader(std::vector<CsvField>& header) {
    std::fill(std::begin(columns_), std::end(columns_), kAbsent);
    if (const Status status = scanner_.Next(header); !status.ok()) return status;
    for (std::size_t i = 0; i < header.size(); ++i) {
      const auto* name =
          std::find(std::begin(kColumnNames), std::end(kColumnNames), header[i].text);
      if (name == std::end(kColumnNames)) {
        if (const Status status = UnknownColumn(header[i]); !status.ok()) return status;
        continue;
      }
      std::size_t& column = columns_[name - std::begin(kColumnNames)];
      if (column != kAbsent) return InvalidPlan(PlaceOf(header[i]), "the column is named twice");
      column = i;
    }
    fields_ = header.size();
    for (std::size_t i = 0; i < kColumnCount; ++i) {
      if (columns_[i] != kAbsent || !kColumnRequired[i]) continue;
      return InvalidPlan("line 1, column 1",
                         "the header needs section,row,seat,x,y,category,attributes; it has no " +
                             std::string(kColumnNames[i]));
    }
    return Status();
  }

  Status UnknownColumn(const CsvField& field) {
    const std::string fault = TextFault(field.text, kLabelBytesMax);
    if (!fault.empty()) return InvalidPlan(PlaceOf(field), fault);
    if (options_.strict) return InvalidPlan(PlaceOf(field), "unknown column " + field.text);
    warnings_.Add(PlaceOf(field) + ": unknown column " + field.text + ", left out");
    return Status();
  }

  Status ReadRecord(const std::vector<CsvField>& record) {
    if (record.size() != fields_) {
      return InvalidPlan(
          PlaceOf(record.back()),
          std::to_string(record.size()) + " fields, and the header has " + std::to_string(fields_));
    }
    PlanSeat seat;
    std::optional<double> x, y;
    Status status = CheckText(record, kSection, kLabelBytesMax);
    if (status.ok()) status = CheckText(record, kRow, kLabelBytesMax);
    if (status.ok()) status = CheckText(record, kSeat, kPlanBytesMax);
    if (status.ok()) status = ReadCoordinate(record, kX, &x);
    if (status.ok()) status = ReadCoordinate(record, kY, &y);
    if (status.ok()) status = CheckText(record, kCategory, kCategoryNameBytesMax);
    if (status.ok()) status = CheckText(record, kAttributes, kAttributesBytesMax);
    if (status.ok()) status = ReadCategory(record, &seat.category);
    if (!status.ok()) return status;
    seat.row = RowOf(record[columns_[kSection]].text, record[columns_[kRow]].text);
    if (columns_[kAttributes] != kAbsent) seat.attributes = record[columns_[kAttributes]].text;
    const CsvField& list = record[columns_[kSeat]];
    return AddSeats(list, seat, {x, y, list.line, list.column});
  }

  Status CheckText(const std::vector<CsvField>& record, Column column, std::size_t bytes_max) {
    if (columns_[column] == kAbsent) return Status();
    const CsvField& field = record[columns_[column]];
    if (field.text.empty() && kColumnRequired[column]) {
      return InvalidPlan(PlaceOf(field), std::string(kColumnNames[column]) + " is empty");
    }
    const std::string fault = TextFault(field.text, bytes_max);
    return fault.empty() ? Status() : InvalidPlan(PlaceOf(field), fault);
  }

  Status ReadCoordinate(const std::vector<CsvField>& record, Column column,
                        std::optional<double>* out) {
    if (columns_[column] == kAbsent) return Status();
    const CsvField& field = record[columns_[column]];
    if (field.text.empty()) return Status();
    double number = 0;
    const char* const end = field.text.data() + field.text.size();
    const auto parsed = std::from_chars(field.text.data(), end, number);
    if (parsed.ptr != end || parsed.ec == std::errc::invalid_argument) {
      return InvalidPlan(PlaceOf(field), std::string(kColumnNames[column]) + " is not a number");
    }
    if (parsed.ec != std::errc()) number = HUGE_VAL;
    if (const auto fault = CoordinateFault(number); !fault.empty()) {
      return InvalidPlan(PlaceOf(field), fault);
    }
    *out = number;
    return Status();
  }

  Status ReadCategory(const std::vector<CsvField>& record, std::uint32_t* category) {
    const CsvField& field = record[columns_[kCategory]];
    const auto next = static_cast<std::uint32_t>(plan_.categories.size());
    const auto [found, is_new] = category_by_name_.emplace(field.text, next);
    if (is_new && next == kPlanCategoriesMax) {
      return InvalidPlan(PlaceOf(field), "more than 1000 categories");
    }
    if (is_new) plan_.categories.push_back({field.text, ""});
    *category = found->second;
    return Status();
  }

  std::uint32_t RowOf(const std::string& section, const std::string& row) {
    const auto section_index =
        section_by_name_.emplace(section, static_cast<std::uint32_t>(section_by_name_.size()))
            .first->second;
    const auto next = static_cast<std::uint32_t>(plan_.rows.size());
    const auto [found, is_new] = row_by_name_.emplace(section + '\0' + row, next);
    if (is_new) plan_.rows.push_back({section, row, 0, section_index});
    return found->second;
  }

  Status AddSeats(const CsvField& list, const PlanSeat& seat, CsvSeat first) {
    for (std::size_t begin = 0; begin <= list.text.size();) {
      const std::size_t end = std::min(list.text.find(',', begin), list.text.size());
      const auto part = CsvTrimmed(std::string_view(list.text).substr(begin, end - begin));
      const Status status = AddPart(list, part, seat, &first);
      if (!status.ok()) return status;
      begin = end + 1;
    }
    return Status();
  }

  Status AddPart(const CsvField& list, std::string_view part, const PlanSeat& seat,
                 CsvSeat* given) {
    if (part.empty()) return InvalidPlan(PlaceOf(list), "the list of seats has an empty part");
    const auto range = ParseRange(part);
    if (!range) {
      const std::string fault = TextFault(part, kLabelBytesMax);
      if (!fault.empty()) return InvalidPlan(PlaceOf(list), fault);
      return AddSeat(list, std::string(part), seat, given);
    }
    const std::uint32_t span =
        std::max(range->first, range->last) - std::min(range->first, range->last);
    if (range->step == 0 || span % range->step != 0) {
      return InvalidPlan(PlaceOf(list), "the range " + std::string(part.substr(0, kLabelBytesMax)) +
                                            " does not end on its last number");
    }
    if (span / range->step >= kPlanSeatsMax - plan_.seats.size()) return TooManySeats(list);
    for (std::uint32_t i = 0; i <= span; i += range->step) {
      const std::uint32_t number =
          range->first <= range->last ? range->first + i : range->first - i;
      const Status status = AddSeat(list, Padded(number, range->digits), seat, given);
      if (!status.ok()) return status;
    }
    return Status();
  }

  static Status TooManySeats(const CsvField& list) {
    return InvalidPlan(PlaceOf(list), "more than " + std::to_string(kPlanSeatsMax) + " seats");
  }

  // A given x is that of the first seat of a list; the others follow it.
  Status AddSeat(const CsvField& list, std::string number, const PlanSeat& like, CsvSeat* given) {
    if (plan_.seats.size() == kPlanSeatsMax) return TooManySeats(list);
    PlanSeat seat = like;
    const PlanRow& row = plan_.rows[seat.row];
    seat.guid = row.section + "-" + row.name + "-" + number;
    seat.number = std::move(number);
    if (seat.guid.size() > kGuidBytesMax) {
      return InvalidPlan(PlaceOf(list), "section, row and seat together are longer than 200 bytes");
    }
    plan_.seats.push_back(std::move(seat));
    given_.push_back(*given);
    given->x.reset();
    return Status();
  }

  Status CheckGuids() const {
    const auto repeated = FindRepeatedGuid(plan_.seats);
    if (!repeated) return Status();
    const CsvSeat& again = given_[repeated->again];
    return InvalidPlan(CsvPlace(again.line, again.column),
                       "seat " + plan_.seats[repeated->again].guid + " was given before on line " +
                           std::to_string(given_[repeated->first].line));
  }

  void LayOut() {
    std::vector<std::vector<std::uint32_t>> rows(plan_.rows.size());
    for (std::uint32_t i = 0; i < plan_.seats.size(); ++i) {
      rows[plan_.seats[i].row].push_back(i);
    }
    for (std::uint32_t row = 0; row < rows.size(); ++row) {
      const double sections_above = plan_.rows[row].section_index;
      LayOutRow(rows[row], row * kRowPitch + sections_above * 2 * kRowPitch);
    }
  }

  // Seats without an x follow the one before; a number left out leaves its place empty.
  void LayOutRow(std::span<const std::uint32_t> row, double y) {
    const double usual_step = UsualStep(row);
    double next_x = 0;
    bool any_x = false;
    for (std::size_t i = 0; i < row.size(); ++i) {
      PlanSeat& seat = plan_.seats[row[i]];
      const CsvSeat& given = given_[row[i]];
      if (i > 0 && Step(row[i - 1], row[i]) > std::max(1.0, usual_step)) next_x += kSeatPitch;
      any_x = any_x || given.x.has_value();
      seat.x = given.x.value_or(next_x);
      seat.y = y = given.y.value_or(y);
      next_x = seat.x + kSeatPitch;
    }
    if (any_x) return;
    const double middle = (next_x - kSeatPitch) / 2;
    for (const auto index : row) plan_.seats[index].x -= middle;
  }

  // How far the numbers of two seats lie apart; 1 where one has no number.
  double Step(std::uint32_t a, std::uint32_t b) const {
    const auto first = ParseNumber(plan_.seats[a].number);
    const auto second = ParseNumber(plan_.seats[b].number);
    return first && second ? std::abs(static_cast<double>(*first) - static_cast<double>(*second))
                           : 1;
  }

  double UsualStep(std::span<const std::uint32_t> row) const {
    std::vector<double> steps;
    for (std::size_t i = 1; i < row.size(); ++i) steps.push_back(Step(row[i - 1], row[i]));
    return LowerMedian(steps);
  }

  CsvScanner scanner_;
  const ImportOptions& options_;
  PlanWarnings& warnings_;
  Plan plan_;
  std::vector<CsvSeat> given_;  // of each seat, same index
  std::size_t columns_[kColumnCount];
  std::size_t fields_ = 0;
  std::unordered_map<std::string, std::uint32_t> category_by_name_, section_by_name_, row_by_name_;
};

}  // namespace

Result<Plan> ReadCsvPlan(std::string_view text, const ImportOptions& options,
                         PlanWarnings& warnings) {
  return CsvReader(text, options, warnings).Read();
}

}  // namespace seathold
