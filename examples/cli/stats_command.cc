#include <fmt/format.h>

#include <utility>

#include "examples/cli/commands.h"
#include "examples/cli/exposition.h"
#include "examples/cli/session.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"

namespace seathold::cli {
namespace {

struct Counts {
  std::uint64_t venues = 0, shows = 0, performances = 0;
  std::uint64_t seats = 0, available = 0, held = 0, sold = 0, blocked = 0;
  std::uint64_t waiting = 0, active = 0;
};

Status CountPerformances(Session& session, Counts* counts) {
  const auto views = session.engine().catalog().List({}, session.call());
  if (!views.ok()) return views.status();
  counts->performances = views->size();
  for (const PerformanceView& view : *views) {
    counts->seats += view.seats;
    counts->available += view.availability.available;
    counts->held += view.availability.held;
    counts->sold += view.availability.sold;
    counts->blocked += view.availability.blocked;
  }
  return Status();
}

Status CountShows(Session& session, Counts* counts) {
  const auto shows = session.engine().catalog().ListShows(session.call());
  if (!shows.ok()) return shows.status();
  counts->shows = shows->size();
  for (const ShowView& show : *shows) {
    if (!show.requires_pass) continue;
    const Result<LineStats> line = session.engine().queue().Stats(show.id, session.call());
    // A copy has no line, and who only reads makes none.
    if (line.code() == Code::kNoLine || line.code() == Code::kReadOnly) continue;
    if (!line.ok()) return line.status();
    counts->waiting += line->waiting;
    counts->active += line->active;
  }
  return Status();
}

Result<Counts> CountAll(Session& session) {
  Counts counts;
  const auto venues = session.engine().catalog().ListVenues(session.call());
  if (!venues.ok()) return venues.status();
  counts.venues = venues->size();
  if (Status status = CountShows(session, &counts); !status.ok()) return status;
  if (Status status = CountPerformances(session, &counts); !status.ok()) return status;
  return counts;
}

Json StatsJson(const Stats& stats, const Counts& counts) {
  Json json = Json::Object();
  json.Set("storage", stats.storage.description).Set("durability", stats.storage.durability);
  json.Set("durable", stats.storage.durable).Set("shared", stats.storage.shared);
  json.Set("schema", stats.storage.schema).Set("cache", stats.claims).Set("line", stats.line);
  json.Set("wal_lost", stats.storage.wal_lost);
  json.Set("bytes_on_disk", stats.bytes_on_disk).Set("mirror_bytes", stats.mirror_bytes);
  json.Set("venues", counts.venues).Set("shows", counts.shows);
  json.Set("performances", counts.performances).Set("seats", counts.seats);
  json.Set("available", counts.available).Set("held", counts.held).Set("sold", counts.sold);
  json.Set("blocked", counts.blocked).Set("waiting", counts.waiting);
  json.Set("time_mark", TimeJson(stats.time_mark)).Set("clock_behind_ms", stats.clock_behind_ms);
  return json.Set("active", counts.active);
}

std::string StatsText(const Stats& stats, const Counts& counts) {
  std::string text = fmt::format(
      "release     {}\nstorage     {}\nschema      {}\ndurability  {}\nshared      {}\n"
      "cache       {}\nline        {}\non disk     {}\nin memory   {} of seat states\n",
      Version(), Printable(stats.storage.description), stats.storage.schema,
      stats.storage.durability, stats.storage.shared ? "any number of processes" : "one process",
      stats.claims, Printable(stats.line), BytesText(stats.bytes_on_disk),
      BytesText(stats.mirror_bytes));
  text += fmt::format(
      "venues      {}\nshows       {}\ndates       {}\nseats       {}: {} available, {} held, {} "
      "sold, {} blocked\nqueues      {} waiting, {} inside\n",
      CountText(counts.venues), CountText(counts.shows), CountText(counts.performances),
      CountText(counts.seats), CountText(counts.available), CountText(counts.held),
      CountText(counts.sold), CountText(counts.blocked), CountText(counts.waiting),
      CountText(counts.active));
  text += fmt::format("time mark   {}{}\n", TimeText(stats.time_mark),
                      BehindText(stats.clock_behind_ms));
  return text;
}

// Of the database, where AddEngineMetrics tells of this process.
std::string MetricsText(const Stats& stats, const Counts& counts) {
  std::string text;
  AddEngineMetrics(stats, &text);
  AddMetric("seathold_venues", "gauge", "Venues.", counts.venues, &text);
  AddMetric("seathold_shows", "gauge", "Shows.", counts.shows, &text);
  AddMetric("seathold_performances", "gauge", "Performances.", counts.performances, &text);
  BeginMetric("seathold_seats", "gauge", "Seats of all performances by state.", &text);
  const std::pair<std::string_view, std::uint64_t> seats[] = {{"available", counts.available},
                                                              {"held", counts.held},
                                                              {"sold", counts.sold},
                                                              {"blocked", counts.blocked}};
  for (const auto& [state, count] : seats) {
    AddSample("seathold_seats", {{"state", state}}, count, &text);
  }
  AddMetric("seathold_line_waiting", "gauge", "Buyers who wait in lines.", counts.waiting, &text);
  AddMetric("seathold_line_active", "gauge", "Buyers whom lines let in.", counts.active, &text);
  return text;
}

int ShowStats(Session& session, bool prometheus) {
  if (prometheus && session.global().json) {
    return session.Fail(Status(Code::kInvalidArgument, "--prometheus and --json: one of them"));
  }
  const Result<Counts> counts = CountAll(session);
  if (!counts.ok()) return session.Fail(counts.status());
  const Stats stats = session.engine().stats();
  if (prometheus) return session.Print(MetricsText(stats, *counts));
  Answer answer;
  answer.json = StatsJson(stats, *counts);
  answer.text = StatsText(stats, *counts);
  answer.brief = std::to_string(stats.bytes_on_disk);
  return session.Done(answer);
}

}  // namespace

std::vector<Command> StatsCommands() {
  auto prometheus = std::make_shared<bool>(false);
  return {Command{
      .path = "stats",
      .purpose = "show what this database is and holds",
      .details =
          "--prometheus prints the text that Prometheus reads, with the names of the web host's "
          "/metrics:\nthe textfile collector of node_exporter takes it from a file. Counts of "
          "calls are those of this\ncommand's own process, and nearly all 0; what the database "
          "holds (seathold_seats, seathold_line_..)\nis what to watch.",
      .options = {{"--prometheus", "", "as Prometheus reads it", Flag{prometheus.get()}}},
      .examples = {"seathold stats", "seathold stats --json", "seathold stats --prometheus"},
      .run = [prometheus](Session& session) { return ShowStats(session, *prometheus); },
      .opens = Opens::kReading,
      .reads = true}};
}

}  // namespace seathold::cli
