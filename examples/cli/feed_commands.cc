#include <fmt/format.h>

#include "examples/cli/commands.h"
#include "examples/cli/options.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"

namespace seathold::cli {
namespace {

constexpr std::int64_t kEventsMax = 10'000;
constexpr std::int64_t kWaitSecondsMax = 86'400;

struct FeedOptions {
  std::uint64_t performance = 0;
  std::int64_t after = 0, events_max = kEventsMax, wait_s = 0;
  bool follow = false;
};

Json EventJson(const Performance& performance, const FeedEvent& event) {
  Json json = Json::Object();
  json.Set("position", event.counter)
      .Set("at", TimeJson(event.at))
      .Set("kind", FeedKindName(event.kind));
  json.Set("hold", event.hold ? Json(ToString(event.hold.value)) : Json());
  json.Set("user", event.user ? UserJson(event.user) : Json());
  json.Set("expires_at", TimeJson(event.expires_at));
  Json seats = Json::Array();
  for (const SeatId seat : event.seats) seats.Push(performance.guid(seat));
  return json.Set("seats", std::move(seats));
}

std::string EventText(const Performance& performance, const FeedEvent& event) {
  std::string text =
      fmt::format("{}  {}  {}", event.counter, TimeText(event.at), FeedKindName(event.kind));
  if (event.user) text += fmt::format("  user {}", event.user.value);
  if (event.hold) text += fmt::format("  hold {}", ToString(event.hold.value));
  if (event.expires_at.value != 0) text += fmt::format("  until {}", TimeText(event.expires_at));
  std::string seats;
  for (const SeatId seat : event.seats) {
    seats += (seats.empty() ? "" : ", ") + Printable(performance.guid(seat));
  }
  return text + "  " + seats + "\n";
}

int PrintEvents(const Session& session, const Performance& performance,
                const std::vector<FeedEvent>& events) {
  std::string text;
  for (const FeedEvent& event : events) {
    text += session.global().json ? EventJson(performance, event).Dump() + "\n"
                                  : EventText(performance, event);
  }
  return session.global().quiet && !session.global().json ? kExitDone : session.Print(text);
}

int ShowFeed(Session& session, const FeedOptions& options) {
  const Result<Performance> performance =
      FindPerformance(session, PerformanceId{options.performance});
  if (!performance.ok()) return session.Fail(performance.status());
  auto after = static_cast<std::uint64_t>(options.after);
  const std::int64_t wait_s = options.follow ? kWaitSecondsMax : options.wait_s;
  int printed = kExitDone;
  do {
    const auto events = session.engine().reservations().AwaitFeed(
        performance->id(), after, static_cast<int>(options.events_max), wait_s * 1'000,
        session.one_call());
    if (!events.ok()) return session.Fail(events.status());
    if (!events->empty()) after = events->back().counter;
    printed = PrintEvents(session, *performance, *events);
  } while (options.follow && printed == kExitDone);
  const bool position = session.global().quiet && !session.global().json;
  return position && printed == kExitDone ? session.Print(fmt::format("{}\n", after)) : printed;
}

}  // namespace

std::vector<Command> FeedCommands() {
  auto o = std::make_shared<FeedOptions>();
  return {Command{
      .path = "feed",
      .purpose = "list what has happened to the seats of a performance, in order",
      .details =
          "Every event has a position; the next call goes on behind the last one seen, without a "
          "gap.\nA hold that lapses is an event only when something writes it (`sweep`): count it "
          "from \"until\".\nWith --json each event is one line; with --quiet the position to go on "
          "from is printed.",
      .options = {PerformanceArgument(&o->performance),
                  {"--after", "POSITION", "begin behind this one; 0 = from the first [0]",
                   Number{&o->after, 0, INT64_MAX}},
                  {"--events-max", "N", "at most this many at once, 1 .. 10000 [10000]",
                   Number{&o->events_max, 1, kEventsMax}},
                  {"--wait-s", "S", "seconds to wait while there is none, 0 .. 86400 [0]",
                   Number{&o->wait_s, 0, kWaitSecondsMax}},
                  {"--follow", "", "go on until Ctrl-C", Flag{&o->follow}}},
      .examples = {"seathold feed 1", "seathold feed -p 1 --follow --json",
                   "POSITION=$(seathold -q feed -p 1 --after \"$POSITION\" --wait-s 30)"},
      .run = [o](Session& session) { return ShowFeed(session, *o); },
      .opens = Opens::kReading,
      .reads = true}};
}

}  // namespace seathold::cli
