// The pretix seating-plan form: categories, and zones of rows of seats, whose positions add up.
#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "src/plan/plan_draft.h"
#include "src/util/json.h"
#include "src/util/text.h"

namespace seathold {
namespace {

using Keys = std::span<const std::string_view>;

// Known keys that we do not use belong to the drawing tools; `source`, `attributes`, `wheelchair`,
// `companion` and `status` are our own.
constexpr std::string_view kPlanKeys[] = {"name", "categories", "zones", "size", "uuid", "source"};
constexpr std::string_view kCategoryKeys[] = {"name", "color", "uuid"};
constexpr std::string_view kZoneKeys[] = {"name", "displayed", "position", "rows",  "areas",
                                          "uuid", "zone_id",   "rotation", "color", "border_color"};
constexpr std::string_view kRowKeys[] = {
    "row_number",      "row_number_position", "row_label", "seats",
    "number_of_seats", "seats_spacing",       "position",  "uuid",
    "start_label",     "end_label",           "skip_rows", "rotation"};
constexpr std::string_view kSeatKeys[] = {
    "seat_guid", "seat_number",  "position",   "category",   "uuid",   "radius",     "rotation",
    "color",     "border_color", "seat_label", "attributes", "status", "wheelchair", "companion"};
// Of a seat: true adds the word to its attributes.
constexpr std::string_view kFlagKeys[] = {"wheelchair", "companion"};
constexpr std::string_view kPointKeys[] = {"x", "y"};

constexpr std::size_t kUnset = static_cast<std::size_t>(-1);

struct Point {
  double x = 0, y = 0;

  Point operator+(const Point& other) const { return {x + other.x, y + other.y}; }
};

enum class Need : std::uint8_t { kOptional, kPresent, kNotEmpty };

// Where in the file: rendered only when something is wrong.
struct SeatPlace {
  std::size_t category = kUnset, zone = kUnset, row = kUnset, seat = kUnset;

  std::string text() const {
    std::string out;
    if (category != kUnset) return "categories" + JsonPathIndex(category);
    if (zone != kUnset) out += "zones" + JsonPathIndex(zone);
    if (row != kUnset) out += ".rows" + JsonPathIndex(row);
    if (seat != kUnset) out += ".seats" + JsonPathIndex(seat);
    return out;
  }
};

// Each method reads one level; false means that error_ says why.
class PretixReader {
 public:
  PretixReader(const ImportOptions& options, PlanRemarks& remarks)
      : options_(options), warnings_(remarks.warnings) {}

  Result<Plan> Read(const Json& root) {
    if (!ReadPlan(root) || !CheckGuids()) return error_;
    return std::move(plan_);
  }

 private:
  bool ReadPlan(const Json& root) {
    if (!CheckObject(root, kPlanKeys)) return false;
    plan_.name = options_.name;
    if (plan_.name.empty() &&
        !ReadText(root, "name", Need::kNotEmpty, kPlanNameBytesMax, &plan_.name)) {
      return false;
    }
    const Json* categories = ReadArray(root, "categories");
    const Json* zones = categories != nullptr ? ReadArray(root, "zones") : nullptr;
    if (zones == nullptr) return false;
    if (!ReadCategories(*categories)) return false;
    for (place_.zone = 0; place_.zone < zones->items().size(); ++place_.zone) {
      if (!ReadZone(zones->items()[place_.zone])) return false;
    }
    place_ = {};
    return !plan_.seats.empty() || Fail("zones", "the plan has no seats");
  }

  bool ReadCategories(const Json& categories) {
    if (categories.items().size() > kPlanCategoriesMax) {
      return Fail("categories", "more than " + std::to_string(kPlanCategoriesMax));
    }
    for (place_.category = 0; place_.category < categories.items().size(); ++place_.category) {
      if (!ReadCategory(categories.items()[place_.category])) return false;
    }
    place_ = {};
    return true;
  }

  bool ReadCategory(const Json& json) {
    PlanCategory category;
    std::string color;
    if (!CheckObject(json, kCategoryKeys) ||
        !ReadText(json, "name", Need::kNotEmpty, kCategoryNameBytesMax, &category.name) ||
        !ReadText(json, "color", Need::kOptional, kLabelBytesMax, &color)) {
      return false;
    }
    if (const auto normal = NormalColor(color)) {
      category.color = *normal;
    } else if (!color.empty()) {
      Warn("color", "not of the form #RRGGBB, left out");
    }
    const auto index = static_cast<std::uint32_t>(plan_.categories.size());
    const PlanNames::Known& known = category_names_.Add(category.name, index, place_.text());
    if (!known.is_new) return Fail("name", "used before at " + known.place);
    plan_.categories.push_back(std::move(category));
    return true;
  }

  bool ReadZone(const Json& json) {
    std::string name;
    Point position;
    if (!CheckObject(json, kZoneKeys) ||
        !ReadText(json, "name", Need::kOptional, kLabelBytesMax, &name) ||
        !ReadPosition(json, Need::kOptional, &position)) {
      return false;
    }
    // By its spelling in the file: two zones may share a name, but not without being told so.
    std::string spelled = name;
    if (IsBlank(name)) {
      name = spelled = "Zone " + std::to_string(place_.zone + 1);
    } else {
      spelled = *json.Find("name")->AsString();
    }
    const PlanNames::Known& known = zone_names_.Add(spelled, 0, place_.text());
    if (auto fault = SpellingFault(known, spelled); !fault.empty()) return Fail("name", fault);
    const Json* rows = ReadArray(json, "rows");
    if (rows == nullptr) return false;
    const std::size_t rows_before = plan_.rows.size();
    for (place_.row = 0; place_.row < rows->items().size(); ++place_.row) {
      if (!ReadRow(rows->items()[place_.row], name, position)) return false;
    }
    place_.row = kUnset;
    if (plan_.rows.size() > rows_before) ++sections_;  // a zone of areas only is no section
    return true;
  }

  bool ReadRow(const Json& json, const std::string& section, Point zone_position) {
    PlanRow row;
    Point position;
    if (!CheckObject(json, kRowKeys) ||
        !ReadText(json, "row_number", Need::kPresent, kLabelBytesMax, &row.name) ||
        !ReadPosition(json, Need::kOptional, &position)) {
      return false;
    }
    const Json* seats = ReadArray(json, "seats");
    if (seats == nullptr) return false;
    if (seats->items().empty()) {
      Warn("seats", "none, the row is left out");
      return true;
    }
    row.section = section;
    row.section_index = sections_;
    plan_.rows.push_back(std::move(row));
    for (place_.seat = 0; place_.seat < seats->items().size(); ++place_.seat) {
      if (!ReadSeat(seats->items()[place_.seat], zone_position + position)) return false;
    }
    place_.seat = kUnset;
    return true;
  }

  bool ReadSeat(const Json& json, Point row_position) {
    if (plan_.seats.size() == kPlanSeatsMax) {
      return Fail("", "more than " + std::to_string(kPlanSeatsMax) + " seats");
    }
    PlanSeat seat;
    Point position;
    if (!CheckObject(json, kSeatKeys) || !ReadGuid(json, &seat.guid) ||
        !ReadText(json, "seat_number", Need::kPresent, kLabelBytesMax, &seat.number) ||
        !ReadText(json, "attributes", Need::kOptional, kAttributesBytesMax, &seat.attributes) ||
        !ReadFlags(json, &seat.attributes) || !ReadStatus(json, &seat.blocked) ||
        !ReadSeatCategory(json, &seat.category) || !ReadPosition(json, Need::kPresent, &position)) {
      return false;
    }
    position = position + row_position;
    for (const double coordinate : {position.x, position.y}) {
      if (const auto fault = CoordinateFault(coordinate); !fault.empty()) {
        return Fail("position", fault);
      }
    }
    seat.x = position.x;
    seat.y = position.y;
    seat.row = static_cast<std::uint32_t>(plan_.rows.size() - 1);
    plan_.seats.push_back(std::move(seat));
    seat_places_.push_back(place_);
    return true;
  }

  bool ReadFlags(const Json& json, std::string* attributes) {
    for (const std::string_view key : kFlagKeys) {
      const Json* value = json.Find(key);
      if (value == nullptr || value->is_null()) continue;
      const auto flag = value->AsBool();
      if (!flag) return Fail(key, "not true or false");
      if (!*flag || attributes->find(key) != attributes->npos) continue;
      attributes->append(attributes->empty() ? "" : ", ").append(key);
    }
    const bool fits = attributes->size() <= kAttributesBytesMax;
    return fits || Fail("attributes", "longer than 1000 bytes");
  }

  bool ReadStatus(const Json& json, std::string* blocked) {
    std::string status;
    if (!ReadText(json, "status", Need::kOptional, kLabelBytesMax, &status)) return false;
    if (IsForSale(status)) return true;
    *blocked = status;
    Warn("status", status + ", so the seat is blocked");
    return true;
  }

  bool ReadGuid(const Json& json, std::string* guid) {
    has_uuids_ = has_uuids_ || json.Find("uuid") != nullptr;
    return ReadText(json, options_.rekey_uuid ? "uuid" : "seat_guid", Need::kNotEmpty,
                    kGuidBytesMax, guid);
  }

  bool ReadSeatCategory(const Json& json, std::uint32_t* category) {
    std::string name;
    if (!ReadText(json, "category", Need::kPresent, kCategoryNameBytesMax, &name)) return false;
    const PlanNames::Known* known = category_names_.Find(name);
    if (known == nullptr) {
      return Fail("category", "\"" + name + "\" is not among the plan's categories");
    }
    *category = known->index;
    return true;
  }

  bool CheckGuids() {
    const auto repeated = FindRepeatedGuid(plan_.seats);
    if (!repeated) return true;
    place_ = seat_places_[repeated->again];
    const std::string first = seat_places_[repeated->first].text();
    if (options_.rekey_uuid) return Fail("uuid", "used before at " + first);
    return Fail("seat_guid", "used before at " + first + " (\"" +
                                 plan_.seats[repeated->again].guid + "\")" +
                                 (has_uuids_ ? "; the seats have uuids: try --rekey uuid" : ""));
  }

  bool CheckObject(const Json& json, Keys known) {
    if (!json.is_object()) return Fail("", "not an object");
    return CheckKeys(json, known, "");
  }

  bool CheckKeys(const Json& object, Keys known, std::string_view parent) {
    for (const Json::Member& member : object.members()) {
      if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
      const std::string leaf = std::string(parent) + JsonPathKey(member.key);
      if (options_.strict) return Fail(leaf, "unknown key");
      Warn(leaf, "unknown key, left out");
    }
    return true;
  }

  bool ReadText(const Json& object, std::string_view key, Need need, std::size_t bytes_max,
                std::string* out) {
    const Json* value = object.Find(key);
    if (value == nullptr) return need == Need::kOptional || Fail(key, "missing");
    if (value->is_null() && need == Need::kOptional) return true;
    const std::string* text = value->AsString();
    if (text == nullptr) return Fail(key, "not a string");
    if (need == Need::kNotEmpty && IsBlank(*text)) return Fail(key, "empty");
    const std::string fault = TakeName(*text, bytes_max, out);
    return fault.empty() || Fail(key, fault);
  }

  bool ReadPosition(const Json& object, Need need, Point* out) {
    const Json* position = object.Find("position");
    if (position == nullptr) return need == Need::kOptional || Fail("position", "missing");
    if (!position->is_object()) return Fail("position", "not an object");
    return CheckKeys(*position, kPointKeys, "position") &&
           ReadCoordinate(*position, "x", &out->x) && ReadCoordinate(*position, "y", &out->y);
  }

  bool ReadCoordinate(const Json& position, std::string_view key, double* out) {
    const Json* value = position.Find(key);
    const std::string leaf = "position." + std::string(key);
    if (value == nullptr) return Fail(leaf, "missing");
    const auto number = value->AsDouble();
    if (!number) return Fail(leaf, "not a number");
    if (const auto fault = CoordinateFault(*number); !fault.empty()) return Fail(leaf, fault);
    *out = *number;
    return true;
  }

  const Json* ReadArray(const Json& object, std::string_view key) {
    const Json* value = object.Find(key);
    if (value != nullptr && value->is_array()) return value;
    Fail(key, value == nullptr ? "missing" : "not an array");
    return nullptr;
  }

  std::string PlaceOf(std::string_view leaf) const {
    std::string place = place_.text();
    const bool needs_dot = !place.empty() && !leaf.empty() && leaf[0] != '.' && leaf[0] != '[';
    if (needs_dot) place += '.';
    if (place.empty() && leaf.starts_with('.')) leaf.remove_prefix(1);
    return place.append(leaf);
  }

  bool Fail(std::string_view leaf, std::string_view reason) {
    error_ = InvalidPlan(PlaceOf(leaf), reason);
    return false;
  }

  void Warn(std::string_view leaf, std::string_view reason) {
    const std::string place = PlaceOf(leaf);
    warnings_.Add(place, std::string(reason), KindOf(place).append(": ").append(reason));
  }

  // The place without its indices: the same fault at every seat is one.
  static std::string KindOf(std::string_view place) {
    std::string kind;
    bool in_index = false;
    for (std::size_t i = 0; i < place.size(); ++i) {
      const bool digit = i + 1 < place.size() && place[i + 1] >= '0' && place[i + 1] <= '9';
      in_index = in_index ? place[i] != ']' : place[i] == '[' && digit;
      if (!in_index) kind += place[i];
    }
    return kind;
  }

  const ImportOptions& options_;
  PlanNotes& warnings_;
  Plan plan_;
  SeatPlace place_;
  std::vector<SeatPlace> seat_places_;
  PlanNames category_names_, zone_names_;
  std::uint32_t sections_ = 0;
  bool has_uuids_ = false;
  Status error_;
};

// ---- writing: by hand, one seat a line, since a tree of a large plan costs a gigabyte ----

std::string JsonQuoted(std::string_view text) { return Json(text).Dump(); }

void AppendNumber(std::string& out, double number) {
  char digits[40];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void AppendSeat(std::string& out, const Plan& plan, const PlanSeat& seat) {
  out += "{\"seat_guid\":" + JsonQuoted(seat.guid) + ",\"seat_number\":" + JsonQuoted(seat.number) +
         ",\"category\":" + JsonQuoted(plan.categories[seat.category].name) +
         ",\"position\":{\"x\":";
  AppendNumber(out, seat.x);
  out += ",\"y\":";
  AppendNumber(out, seat.y);
  out += '}';
  if (!seat.attributes.empty()) out += ",\"attributes\":" + JsonQuoted(seat.attributes);
  if (!seat.blocked.empty()) out += ",\"status\":" + JsonQuoted(seat.blocked);
  out += '}';
}

void AppendCategories(std::string& out, const Plan& plan) {
  for (std::size_t i = 0; i < plan.categories.size(); ++i) {
    const PlanCategory& category = plan.categories[i];
    out += (i > 0 ? ",\n{\"name\":" : "\n{\"name\":") + JsonQuoted(category.name);
    if (!category.color.empty()) out += ",\"color\":" + JsonQuoted(category.color);
    out += '}';
  }
}

void OpenRow(std::string& out, const Plan& plan, std::uint32_t index) {
  const PlanRow& row = plan.rows[index];
  const bool first = index == 0;
  if (first || plan.rows[index - 1].section_index != row.section_index) {
    out += first ? "\n" : "\n]}]},\n";
    out += "{\"name\":" + JsonQuoted(row.section) + ",\"position\":{\"x\":0,\"y\":0},\"rows\":[\n";
  } else {
    out += "\n]},\n";
  }
  out +=
      "{\"row_number\":" + JsonQuoted(row.name) + ",\"position\":{\"x\":0,\"y\":0},\"seats\":[\n";
}

}  // namespace

Result<Plan> ReadPretixPlan(std::string_view text, const ImportOptions& options,
                            PlanRemarks& remarks) {
  JsonLimits limits;
  limits.depth_max = kPlanDepthMax;
  limits.bytes_max = kPlanBytesMax;
  const Result<Json> root = Json::Parse(text, limits);
  if (root.code() == Code::kOutOfMemory) return root.status();
  if (!root.ok()) return InvalidPlan("", root.status().detail());
  return PretixReader(options, remarks).Read(*root);
}

std::string PlanToJson(const Plan& plan) {
  std::string out = "{\"name\":" + JsonQuoted(plan.name) + ",\n\"categories\":[";
  AppendCategories(out, plan);
  out += "],\n\"zones\":[";
  for (std::size_t i = 0; i < plan.seats.size(); ++i) {
    const PlanSeat& seat = plan.seats[i];
    const bool new_row = i == 0 || plan.seats[i - 1].row != seat.row;
    if (new_row) {
      OpenRow(out, plan, seat.row);
    } else {
      out += ",\n";
    }
    AppendSeat(out, plan, seat);
  }
  return out += plan.seats.empty() ? "]}\n" : "\n]}]}]}\n";
}

}  // namespace seathold
