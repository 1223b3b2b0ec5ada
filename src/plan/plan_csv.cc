// CSV plans: a line of headings, then one line a seat or a list of seats.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "src/plan/plan_csv_scanner.h"
#include "src/plan/plan_draft.h"
#include "src/plan/plan_encoding.h"
#include "src/plan/seat_range.h"
#include "src/util/text.h"

namespace seathold {
namespace {

enum Column : std::size_t {
  kSection,
  kRow,
  kSeat,
  kX,
  kY,
  kCategory,
  kAttributes,
  kStatus,
  kColumnCount
};
constexpr std::string_view kColumnNames[] = {"section", "row",      "seat",       "x",
                                             "y",       "category", "attributes", "status"};
constexpr bool kColumnRequired[] = {true, true, true, false, false, true, false, false};
constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

// What the file says of a seat beyond PlanSeat.
struct CsvSeat {
  std::optional<double> x, y;
  std::uint32_t line = 0, column = 0;
};

// A part of a list of seats.
struct SeatPart {
  std::string text;
  std::uint32_t line = 0, column = 0;

  std::string place() const { return CsvPlace(line, column); }
};

std::string PlaceOf(const CsvField& field) { return CsvPlace(field.line, field.column); }

Status Unfit(const std::string& place, const std::string& fault) {
  const bool encoding = fault == "not UTF-8";
  return InvalidPlan(place, encoding ? fault + ": " + std::string(kSaveAsUtf8) : fault);
}

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

std::string Padded(std::uint32_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

// A number as from_chars reads it, from the digits and signs of any script.
std::string PlainNumber(std::string_view text, bool decimal_comma) {
  std::string plain;
  for (const char32_t c : CodePoints(text)) {
    const auto digit = DigitValue(c);
    const bool point = c == U'\u066B' || (c == U',' && decimal_comma);
    AppendUtf8(plain, digit       ? U'0' + static_cast<char32_t>(*digit)
                      : IsDash(c) ? U'-'
                      : point     ? U'.'
                                  : c);
  }
  return plain;
}

bool IsEmpty(const CsvField& field) { return field.text.empty(); }

class CsvReader {
 public:
  CsvReader(std::string_view text, const ImportOptions& options, PlanRemarks& remarks)
      : scanner_(text), options_(options), remarks_(remarks) {
    plan_.name = options.name;
  }

  Result<Plan> Read() {
    std::vector<CsvField> record;
    Status status = ReadHeader(record);
    while (status.ok() && !scanner_.AtEnd()) {
      status = scanner_.Next(record);
      if (status.ok() && !std::ranges::all_of(record, IsEmpty)) status = ReadRecord(record);
    }
    if (!status.ok()) return status;
    if (plan_.seats.empty()) return InvalidPlan("line 1, column 1", "the plan has no seats");
    if (const Status named = NameSeats(); !named.ok()) return named;
    LayOut();
    return std::move(plan_);
  }

 private:
  Status ReadHeader(std::vector<CsvField>& header) {
    columns_.fill(kAbsent);
    do {
      if (const Status status = scanner_.Next(header); !status.ok()) return status;
    } while (std::ranges::all_of(header, IsEmpty) && !scanner_.AtEnd());
    fields_ = header.size();
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (IsEmpty(header[i])) continue;
      fields_min_ = i + 1;
      if (const Status status = ReadHeading(header[i], i); !status.ok()) return status;
    }
    for (std::size_t i = 0; i < kColumnCount; ++i) {
      if (columns_[i] != kAbsent || !kColumnRequired[i]) continue;
      return InvalidPlan(PlaceOf(header[0]),
                         "the header needs section, row, seat and category, and may have x, y, "
                         "attributes and status, separated by commas, semicolons or tabs; it has "
                         "no " +
                             std::string(kColumnNames[i]));
    }
    return Status();
  }

  Status ReadHeading(const CsvField& field, std::size_t at) {
    std::string heading;
    const std::string fault = TakeName(field.text, kLabelBytesMax, &heading);
    if (!fault.empty()) return Unfit(PlaceOf(field), fault);
    const auto folded = Normalized(LookupForm(heading), TextForm::kFolded);
    const auto name = std::ranges::find(kColumnNames, folded.value_or(heading));
    if (name == std::end(kColumnNames)) {
      if (options_.strict) return InvalidPlan(PlaceOf(field), "unknown column " + heading);
      remarks_.warnings.Add(PlaceOf(field), "unknown column " + heading + ", left out");
      return Status();
    }
    std::size_t& column = columns_[static_cast<std::size_t>(name - std::begin(kColumnNames))];
    if (column != kAbsent) return InvalidPlan(PlaceOf(field), "the column is named twice");
    column = at;
    return Status();
  }

  // A spreadsheet may leave empty fields off the end of a line, or add some.
  Status FitRecord(std::vector<CsvField>& record) {
    const std::size_t given = record.size();
    while (record.size() > fields_ && IsEmpty(record.back())) record.pop_back();
    if (record.size() > fields_ || record.size() < fields_min_) {
      return InvalidPlan(
          PlaceOf(record.back()),
          std::to_string(given) + " fields, and the header has " + std::to_string(fields_));
    }
    for (std::size_t i = fields_min_; i < record.size(); ++i) {
      if (!IsEmpty(record[i])) WarnOfNoHeading(record[i]);
    }
    return Status();
  }

  void WarnOfNoHeading(const CsvField& field) {
    remarks_.warnings.Add(PlaceOf(field), "text under no heading, left out", "no heading");
  }

  Status ReadRecord(std::vector<CsvField>& record) {
    if (const Status status = FitRecord(record); !status.ok()) return status;
    PlanSeat seat;
    std::optional<double> x, y;
    std::string section, row, category;
    Status status = Take(record, kSection, kLabelBytesMax, &section);
    if (status.ok()) status = Take(record, kRow, kLabelBytesMax, &row);
    if (status.ok()) status = CheckList(record[columns_[kSeat]]);
    if (status.ok()) status = ReadCoordinate(record, kX, &x);
    if (status.ok()) status = ReadCoordinate(record, kY, &y);
    if (status.ok()) status = Take(record, kCategory, kCategoryNameBytesMax, &category);
    if (status.ok()) status = Take(record, kAttributes, kAttributesBytesMax, &seat.attributes);
    if (status.ok()) status = ReadStatus(record, &seat.blocked);
    if (status.ok()) status = FindCategory(record[columns_[kCategory]], category, &seat.category);
    if (status.ok()) status = FindRow(record, section, row, &seat.row);
    if (!status.ok()) return status;
    const CsvField& list = record[columns_[kSeat]];
    return AddSeats(list, seat, {x, y, list.line, list.column});
  }

  Status Take(const std::vector<CsvField>& record, Column column, std::size_t bytes_max,
              std::string* out) {
    if (columns_[column] == kAbsent) return Status();
    const CsvField& field = record[columns_[column]];
    if (IsBlank(field.text) && kColumnRequired[column]) {
      return InvalidPlan(PlaceOf(field), std::string(kColumnNames[column]) + " is empty");
    }
    const std::string fault = TakeName(field.text, bytes_max, out);
    return fault.empty() ? Status() : Unfit(PlaceOf(field), fault);
  }

  // Its parts are taken in one by one.
  static Status CheckList(const CsvField& field) {
    if (IsEmpty(field)) return InvalidPlan(PlaceOf(field), "seat is empty");
    if (!IsUtf8(field.text)) return Unfit(PlaceOf(field), "not UTF-8");
    if (IsCleanText(field.text, kPlanBytesMax)) return Status();
    return InvalidPlan(PlaceOf(field), "a control character");
  }

  Status ReadCoordinate(const std::vector<CsvField>& record, Column column,
                        std::optional<double>* out) {
    if (columns_[column] == kAbsent) return Status();
    const CsvField& field = record[columns_[column]];
    if (field.text.empty()) return Status();
    const std::string plain = PlainNumber(field.text, scanner_.separator() != ',');
    double number = 0;
    const char* const end = plain.data() + plain.size();
    const auto parsed = std::from_chars(plain.data(), end, number);
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

  Status ReadStatus(const std::vector<CsvField>& record, std::string* blocked) {
    std::string status;
    if (Status taken = Take(record, kStatus, kLabelBytesMax, &status); !taken.ok()) return taken;
    if (IsForSale(status)) return Status();
    *blocked = status;
    remarks_.warnings.Add(PlaceOf(record[columns_[kStatus]]),
                          "status " + status + ", so the seat is blocked", status);
    return Status();
  }

  // nullptr: *status says why.
  static const PlanNames::Known* Name(PlanNames& names, const std::string& name,
                                      const CsvField& field, Status* status) {
    const PlanNames::Known* known = names.Find(name);
    if (known == nullptr) return &names.Add(name, names.size(), PlaceOf(field));
    const std::string fault = SpellingFault(*known, name);
    if (fault.empty()) return known;
    *status = InvalidPlan(PlaceOf(field), fault);
    return nullptr;
  }

  Status FindCategory(const CsvField& field, const std::string& name, std::uint32_t* category) {
    Status status;
    const PlanNames::Known* known = Name(categories_, name, field, &status);
    if (known == nullptr) return status;
    if (known->index == kPlanCategoriesMax) {
      return InvalidPlan(PlaceOf(field), "more than 1000 categories");
    }
    if (known->index == plan_.categories.size()) plan_.categories.push_back({name, ""});
    *category = known->index;
    return Status();
  }

  Status FindRow(const std::vector<CsvField>& record, const std::string& section,
                 const std::string& name, std::uint32_t* row) {
    Status status;
    const auto* in = Name(sections_, section, record[columns_[kSection]], &status);
    if (in == nullptr) return status;
    const std::uint32_t section_index = in->index;
    if (section_index == rows_.size()) rows_.emplace_back();
    SectionRows& rows = rows_[section_index];
    const auto* known = Name(rows.names, name, record[columns_[kRow]], &status);
    if (known == nullptr) return status;
    if (known->index == rows.indices.size()) {
      rows.indices.push_back(static_cast<std::uint32_t>(plan_.rows.size()));
      plan_.rows.push_back({section, name, 0, section_index});
    }
    *row = rows.indices[known->index];
    return Status();
  }

  Status AddSeats(const CsvField& list, const PlanSeat& seat, CsvSeat first) {
    CsvWalk walk(scanner_, list);
    std::size_t walked = 0;
    for (std::size_t at = 0; at != list.text.npos;) {
      const std::string_view text = TrimmedText(NextSeatPart(list.text, at, &at));
      if (IsBlank(text)) return InvalidPlan(PlaceOf(list), "the list of seats has an empty part");
      const auto offset = static_cast<std::size_t>(text.data() - list.text.data());
      walk.Skip(offset - walked);
      walked = offset;
      SeatPart part{"", walk.line(), walk.column()};
      const std::string fault = TakeName(text, kLabelBytesMax, &part.text);
      if (!fault.empty()) return InvalidPlan(part.place(), fault);
      first.line = part.line;
      first.column = part.column;
      if (const Status status = AddPart(part, seat, &first); !status.ok()) return status;
    }
    return Status();
  }

  Status AddPart(const SeatPart& part, const PlanSeat& seat, CsvSeat* given) {
    const auto range = ParseSeatRange(part.text);
    if (range) return AddRange(part, *range, seat, given);
    if (!LooksLikeSeatRange(part.text)) return AddSeat(part, part.text, seat, given);
    return InvalidPlan(part.place(), "\"" + part.text +
                                         "\" looks like a range and is none: write 1-10, or "
                                         "1-9/2 for every other seat");
  }

  Status AddRange(const SeatPart& part, const SeatRange& range, const PlanSeat& seat,
                  CsvSeat* given) {
    const std::uint32_t span =
        std::max(range.first, range.last) - std::min(range.first, range.last);
    if (range.step == 0 || span % range.step != 0) {
      return InvalidPlan(part.place(),
                         "the range " + part.text + " does not end on its last number");
    }
    const std::uint32_t last = span / range.step;
    if (last >= kPlanSeatsMax - plan_.seats.size()) return TooManySeats(part);
    for (std::uint32_t i = 0; i <= span; i += range.step) {
      const std::uint32_t number = range.first <= range.last ? range.first + i : range.first - i;
      const Status status = AddSeat(part, Padded(number, range.digits), seat, given);
      if (!status.ok()) return status;
    }
    remarks_.ranges.Add(part.place(), part.text + " gave " + std::to_string(last + 1) + " seats");
    return Status();
  }

  static Status TooManySeats(const SeatPart& part) {
    return InvalidPlan(part.place(), "more than " + std::to_string(kPlanSeatsMax) + " seats");
  }

  std::string GuidOf(const PlanSeat& seat, char joint) const {
    const PlanRow& row = plan_.rows[seat.row];
    return row.section + joint + row.name + joint + seat.number;
  }

  // A given x is that of the first seat of a list; the others follow it.
  Status AddSeat(const SeatPart& part, std::string number, const PlanSeat& like, CsvSeat* given) {
    if (plan_.seats.size() == kPlanSeatsMax) return TooManySeats(part);
    PlanSeat seat = like;
    seat.number = std::move(number);
    seat.guid = GuidOf(seat, '-');
    if (seat.guid.size() > kGuidBytesMax) {
      return InvalidPlan(part.place(), "section, row and seat together are longer than 200 bytes");
    }
    plan_.seats.push_back(std::move(seat));
    given_.push_back(*given);
    given->x.reset();
    return Status();
  }

  Status GivenBefore(std::size_t first, std::size_t again) const {
    return InvalidPlan(CsvPlace(given_[again].line, given_[again].column),
                       "seat " + plan_.seats[again].guid + " was given before on line " +
                           std::to_string(given_[first].line));
  }

  // A dash inside a section, a row or a number can make one guid of two seats: all of those are
  // joined otherwise. Every other seat keeps the guid that it always had.
  Status NameSeats() {
    std::unordered_map<std::string_view, std::size_t> seen;
    std::deque<std::string> forms;
    std::vector<std::size_t> ambiguous;
    seen.reserve(plan_.seats.size());
    for (std::size_t i = 0; i < plan_.seats.size(); ++i) {
      std::string_view form = plan_.seats[i].guid;
      if (!IsLookupForm(form)) form = forms.emplace_back(LookupForm(form));
      const auto [before, is_new] = seen.emplace(form, i);
      if (is_new) continue;
      if (IsOneSeat(before->second, i)) return GivenBefore(before->second, i);
      ambiguous.insert(ambiguous.end(), {before->second, i});
    }
    for (const std::size_t i : ambiguous) plan_.seats[i].guid = GuidOf(plan_.seats[i], '/');
    if (ambiguous.empty()) return Status();
    const auto repeated = FindRepeatedGuid(plan_.seats);
    return repeated ? GivenBefore(repeated->first, repeated->again) : Status();
  }

  bool IsOneSeat(std::size_t a, std::size_t b) const {
    const PlanSeat &left = plan_.seats[a], &right = plan_.seats[b];
    return left.row == right.row && LookupForm(left.number) == LookupForm(right.number);
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

  struct SectionRows {
    PlanNames names;
    std::vector<std::uint32_t> indices;  // in plan_.rows, by the index of the name
  };

  CsvScanner scanner_;
  const ImportOptions& options_;
  PlanRemarks& remarks_;
  Plan plan_;
  std::vector<CsvSeat> given_;  // of each seat, same index
  std::array<std::size_t, kColumnCount> columns_{};
  std::size_t fields_ = 0;      // of the header
  std::size_t fields_min_ = 0;  // up to its last heading
  PlanNames categories_, sections_;
  std::vector<SectionRows> rows_;  // by section
};

}  // namespace

Result<Plan> ReadCsvPlan(std::string_view text, const ImportOptions& options,
                         PlanRemarks& remarks) {
  return CsvReader(text, options, remarks).Read();
}

}  // namespace seathold
