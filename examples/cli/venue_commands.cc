#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "examples/cli/commands.h"
#include "examples/cli/session.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"
#include "seathold/plan.h"

namespace seathold::cli {
namespace {

struct VenueImport {
  std::string file, format, rekey, name, zone;
  bool strict = false;
};
struct VenueMake {
  std::string name, zone;
  std::int64_t rows = 0, seats = 0, categories = 3;
};

Result<std::string> ReadFile(const std::string& file) {
  std::FILE* in = file == "-" ? stdin : std::fopen(file.c_str(), "rb");
  std::string text;
  std::string block(1u << 20, '\0');
  while (in != nullptr && text.size() <= kPlanBytesMax) {
    const std::size_t got = std::fread(block.data(), 1, block.size(), in);
    if (got == 0) break;
    text.append(block, 0, got);
  }
  const bool failed = in == nullptr || std::ferror(in) != 0;
  const int error = errno;
  if (in != nullptr && in != stdin) std::fclose(in);
  if (failed) return Status(Code::kInvalidArgument, file + ": " + std::strerror(error));
  return text;
}

PlanFormat FormatOf(const VenueImport& options) {
  const bool csv =
      options.format.empty() ? options.file.ends_with(".csv") : options.format == "csv";
  return csv ? PlanFormat::kCsv : PlanFormat::kPretixJson;
}

// A plan of a hundred rows has a hundred of them: a few tell whether they were read as meant.
void AppendRanges(const std::vector<std::string>& ranges, std::string* text) {
  constexpr std::size_t kRangesShown = 10;
  for (std::size_t i = 0; i < ranges.size() && i < kRangesShown; ++i) {
    *text += "range: " + Printable(ranges[i]) + "\n";
  }
  if (ranges.size() <= kRangesShown) return;
  *text += fmt::format("range: and {} more, see --json\n", ranges.size() - kRangesShown);
}

Answer DescribeVenue(VenueId venue, const Plan& plan, std::string_view zone,
                     const ImportReport& report) {
  Answer answer;
  Json warnings = Json::Array();
  if (zone.empty()) zone = "UTC";
  answer.json.Set("venue", venue.value).Set("name", plan.name).Set("zone", zone);
  answer.json.Set("sections", report.sections).Set("rows", report.rows).Set("seats", report.seats);
  answer.json.Set("categories", report.categories);
  answer.text =
      fmt::format("venue {}: {}\nseats {}, rows {}, sections {}, categories {}, zone {}\n",
                  venue.value, Printable(plan.name), CountText(report.seats),
                  CountText(report.rows), report.sections, report.categories, Printable(zone));
  Json ranges = Json::Array();
  for (const std::string& range : report.ranges) ranges.Push(range);
  AppendRanges(report.ranges, &answer.text);
  answer.json.Set("blocked", report.blocked).Set("ranges", std::move(ranges));
  for (const std::string& warning : report.warnings) {
    warnings.Push(warning);
    answer.text += "warning: " + Printable(warning) + "\n";
  }
  answer.json.Set("warnings", std::move(warnings));
  answer.brief = std::to_string(venue.value);
  return answer;
}

int AddVenue(Session& session, const Plan& plan, std::string_view zone,
             const ImportReport& report) {
  const Result<VenueId> venue =
      session.engine().catalog().AddVenue(plan, zone, session.long_call());
  if (!venue.ok()) return session.Fail(venue.status());
  return session.Done(DescribeVenue(*venue, plan, zone, report));
}

int ImportVenue(Session& session, const VenueImport& options) {
  const Progress progress(session, "importing " + Printable(options.file));
  const Result<std::string> text = ReadFile(options.file);
  if (!text.ok()) return session.Fail(text.status());
  ImportReport report;
  const Result<Plan> plan = ParsePlan(*text,
                                      {.format = FormatOf(options),
                                       .strict = options.strict,
                                       .rekey_uuid = options.rekey == "uuid",
                                       .name = options.name},
                                      &report);
  if (!plan.ok()) return session.Fail(plan.status());
  return AddVenue(session, *plan, options.zone, report);
}

int MakeVenue(Session& session, const VenueMake& options) {
  const Progress progress(session, "making " + Printable(options.name));
  const Result<Plan> plan =
      MakePlan(options.name, static_cast<int>(options.rows), static_cast<int>(options.seats),
               static_cast<int>(options.categories));
  if (!plan.ok()) return session.Fail(plan.status());
  ImportReport report;
  report.sections = 1;
  report.rows = static_cast<std::uint32_t>(plan->rows.size());
  report.seats = static_cast<std::uint32_t>(plan->seats.size());
  report.categories = static_cast<std::uint32_t>(plan->categories.size());
  return AddVenue(session, *plan, options.zone, report);
}

Json VenueJson(const VenueView& venue, const Plan& plan) {
  Json json = Json::Object();
  json.Set("venue", venue.id.value).Set("name", venue.name).Set("zone", venue.zone);
  json.Set("seats", venue.seats);
  Json categories = Json::Array();
  for (const PlanCategory& category : plan.categories) categories.Push(category.name);
  json.Set("categories", std::move(categories));
  return json;
}

int ListVenues(Session& session) {
  Catalog& catalog = session.engine().catalog();
  const Result<std::vector<VenueView>> venues = catalog.ListVenues(session.call());
  if (!venues.ok()) return session.Fail(venues.status());
  Answer answer;
  Json list = Json::Array();
  Table table({">venue", "name", ">seats", "zone", "categories"});
  for (const VenueView& venue : *venues) {
    const auto plan = catalog.GetPlan(venue.id, session.call());
    if (!plan.ok()) return session.Fail(plan.status());
    std::string categories;
    for (const PlanCategory& category : (*plan)->categories) {
      categories += (categories.empty() ? "" : ", ") + category.name;
    }
    list.Push(VenueJson(venue, **plan));
    table.Add({std::to_string(venue.id.value), venue.name, CountText(venue.seats),
               venue.zone.empty() ? "-" : venue.zone, categories});
    answer.brief += (answer.brief.empty() ? "" : "\n") + std::to_string(venue.id.value);
  }
  answer.json.Set("venues", std::move(list));
  answer.text =
      venues->empty() ? "no venue yet: see `seathold venue import --help`\n" : table.text();
  return session.Done(answer);
}

Option ZoneOption(std::string* zone) {
  return {"--zone", "NAME",
          "the time zone of its dates: an IANA name that this machine knows, such as "
          "Europe/Vienna [UTC]",
          Text{zone}};
}

Command DescribeImport() {
  auto o = std::make_shared<VenueImport>();
  return {.path = "venue import",
          .purpose = "read a seating plan and add it as a venue",
          .details =
              "Formats: the seating-plan JSON of pretix (zones, rows, seats with seat_guid), or "
              "CSV with\nthe columns section,row,seat,x,y,category,attributes,status and seat "
              "ranges such as 1-10,12-16,\nin UTF-8 or UTF-16, separated by commas, semicolons or "
              "tabs. Seats whose status is no word\nfor free are blocked.\nA plan that is wrong "
              "anywhere is refused with the place in "
              "the file, and nothing is added.",
          .options = {{"file", "FILE", "the plan; - is standard input", FileName{&o->file}, true},
                      {"--format", "pretix|csv", "the format [csv for *.csv, else pretix]",
                       Choice{&o->format, {"pretix", "csv"}}},
                      {"--strict", "", "refuse unknown keys instead of warning of them",
                       Flag{&o->strict}},
                      {"--rekey", "uuid", "name seats by their uuid; for plans that repeat guids",
                       Choice{&o->rekey, {"uuid"}}},
                      {"--name", "TEXT", "the venue's name [that of the plan; a CSV needs one]",
                       Text{&o->name}},
                      ZoneOption(&o->zone)},
          .examples = {"seathold venue import hall.json --zone Europe/Vienna",
                       "seathold venue import hall.csv --name \"Small hall\"",
                       "seathold venue import stadium.json --rekey uuid"},
          .run = [o](Session& session) { return ImportVenue(session, *o); }};
}

Command DescribeMake() {
  auto o = std::make_shared<VenueMake>();
  return {.path = "venue make",
          .purpose = "make a rectangular hall, for trials and tests of scale",
          .details = "Categories stand front to back.",
          .options = {{"--name", "TEXT", "the venue's name", Text{&o->name}, true},
                      {"--rows", "N", "rows, 1 .. 10000", Number{&o->rows, 1, 10'000}, true},
                      {"--seats", "N", "seats a row, 1 .. 10000; a million in all at most",
                       Number{&o->seats, 1, 10'000}, true},
                      {"--categories", "N", "price categories, 1 .. 26 [3]",
                       Number{&o->categories, 1, 26}},
                      ZoneOption(&o->zone)},
          .examples = {"seathold venue make --name Barn --rows 10 --seats 12",
                       "seathold venue make --name Arena --rows 250 --seats 200 --categories 5"},
          .run = [o](Session& session) { return MakeVenue(session, *o); }};
}

}  // namespace

std::vector<Command> VenueCommands() {
  return {DescribeImport(), DescribeMake(),
          Command{.path = "venue list",
                  .purpose = "list the venues",
                  .examples = {"seathold venue list"},
                  .run = ListVenues,
                  .opens = Opens::kReading,
                  .reads = true}};
}

}  // namespace seathold::cli
