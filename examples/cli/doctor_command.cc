#include <fmt/format.h>

#include "examples/cli/commands.h"
#include "examples/cli/place.h"
#include "examples/cli/session.h"
#include "examples/cli/text.h"
#include "seathold/doctor.h"

namespace seathold::cli {
namespace {

Json LineJson(const DoctorLine& line) {
  Json json = Json::Object();
  json.Set("name", line.name).Set("value", line.value).Set("health", NameOf(line.health));
  return json.Set("note", line.note);
}

Json ReportJson(const DoctorReport& report) {
  Json lines = Json::Array();
  for (const DoctorLine& line : report.lines) lines.Push(LineJson(line));
  Json json = Json::Object();
  return json.Set("place", report.place).Set("fit", report.fit()).Set("lines", std::move(lines));
}

std::string ReportText(const DoctorReport& report) {
  Table table({"health", "what", "is", "note"});
  for (const DoctorLine& line : report.lines) {
    table.Add(
        {std::string(NameOf(line.health)), line.name, Printable(line.value), Printable(line.note)});
  }
  return Printable(report.place) + "\n" + table.text();
}

// What was named, else what every other command would open.
std::vector<std::string> PlacesOf(const Session& session, const std::vector<std::string>& named) {
  std::vector<std::string> places;
  for (const std::string& place : named) {
    places.push_back(place.starts_with("redis") ? place : StorageUri(place));
  }
  if (!named.empty()) return places;
  EngineOptions parts;
  session.NameParts(&parts);
  places.push_back(session.storage());
  for (const std::string& uri : {parts.claims, parts.line}) {
    if (uri.starts_with("redis") && uri != places.back()) places.push_back(uri);
  }
  return places;
}

int Doctor(Session& session, const std::vector<std::string>& named) {
  Answer answer;
  bool fit = true;
  Json reports = Json::Array();
  for (const std::string& uri : PlacesOf(session, named)) {
    const Result<DoctorReport> report = Examine(uri, session.one_call());
    if (!report.ok()) return session.Fail(report.status());
    fit = fit && report->fit();
    reports.Push(ReportJson(*report));
    answer.text += (answer.text.empty() ? "" : "\n") + ReportText(*report);
  }
  answer.json.Set("fit", fit).Set("places", std::move(reports));
  answer.brief = fit ? "fit" : "unfit";
  const int written = session.Done(answer);
  return fit ? written : kExitRefused;
}

}  // namespace

std::vector<Command> DoctorCommands() {
  auto places = std::make_shared<std::vector<std::string>>();
  return {Command{
      .path = "doctor",
      .purpose = "say what can be reached, how it is set, and what will fail",
      .details = "Looks at databases (a file or postgresql://...) and Redis servers (redis://...); "
                 "without a URI at\nthose of --db, --claims and --line. Changes nothing. Each line "
                 "is ok, a warning (works, with less\nthan one may expect), or a fault (a call "
                 "will fail, or a power cut takes back sales).\nExit codes: 0 = no fault, 1 = a "
                 "fault, 2 = not a URI that can be read.",
      .options = {{"uri", "URI", "file, postgresql://... or redis://...; any number of them",
                   Texts{places.get()}}},
      .examples = {"seathold doctor", "seathold doctor hall.db",
                   "seathold doctor postgresql://box@db.example.org/hall "
                   "redis://cache.example.org"},
      .run = [places](Session& session) { return Doctor(session, *places); },
      .opens = Opens::kNothing,
      .reads = true}};
}

}  // namespace seathold::cli
