#include <fmt/format.h>

#include "examples/cli/commands.h"
#include "examples/cli/session.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"

namespace seathold::cli {
namespace {

struct ShowAdd {
  std::string title;
  bool queue = false;
  std::int64_t active_max = 0, rate_per_s = 0, grace_s = 0, pass_s = 0;  // 0 = not given
};

// The option that only a queue has; "" = none was given.
std::string_view QueueOption(const ShowAdd& options) {
  if (options.active_max != 0) return "--active-max";
  if (options.rate_per_s != 0) return "--rate-per-s";
  if (options.grace_s != 0) return "--grace-s";
  return options.pass_s != 0 ? "--pass-s" : "";
}

int AddShow(Session& session, const ShowAdd& options) {
  if (const auto option = QueueOption(options); !options.queue && !option.empty()) {
    return session.Fail(
        Status(Code::kInvalidArgument, fmt::format("{} is of a queue: give --queue too", option)));
  }
  ShowSpec spec;
  spec.title = options.title;
  spec.requires_pass = options.queue;
  spec.active_max = static_cast<std::uint32_t>(options.active_max);
  spec.rate_per_s = static_cast<std::uint32_t>(options.rate_per_s);
  if (options.grace_s != 0) spec.grace_ms = options.grace_s * 1'000;
  if (options.pass_s != 0) spec.pass_ms = options.pass_s * 1'000;
  const Result<ShowId> show = session.engine().catalog().AddShow(spec, session.call());
  if (!show.ok()) return session.Fail(show.status());
  Answer answer;
  answer.json.Set("show", show->value).Set("title", spec.title).Set("queue", spec.requires_pass);
  answer.text = fmt::format("show {}: {}{}\n", show->value, Printable(spec.title),
                            spec.requires_pass ? ", with a queue" : "");
  answer.brief = std::to_string(show->value);
  return session.Done(answer);
}

std::string QueueText(const ShowView& show) {
  if (!show.requires_pass) return "no";
  std::string text = "yes";
  if (show.active_max > 0) text += fmt::format(", {} inside", CountText(show.active_max));
  if (show.rate_per_s > 0) text += fmt::format(", {} a second", CountText(show.rate_per_s));
  return text + fmt::format(", pass {} s, grace {} s", show.pass_ms / 1'000, show.grace_ms / 1'000);
}

Json ShowJson(const ShowView& show) {
  Json json = Json::Object();
  json.Set("show", show.id.value).Set("title", show.title).Set("queue", show.requires_pass);
  json.Set("active_max", show.active_max).Set("rate_per_s", show.rate_per_s);
  json.Set("grace_ms", show.grace_ms).Set("pass_ms", show.pass_ms);
  return json;
}

int ListShows(Session& session) {
  const Result<std::vector<ShowView>> shows = session.engine().catalog().ListShows(session.call());
  if (!shows.ok()) return session.Fail(shows.status());
  Answer answer;
  Json list = Json::Array();
  Table table({">show", "title", "queue"});
  for (const ShowView& show : *shows) {
    list.Push(ShowJson(show));
    table.Add({std::to_string(show.id.value), show.title, QueueText(show)});
    answer.brief += (answer.brief.empty() ? "" : "\n") + std::to_string(show.id.value);
  }
  answer.json.Set("shows", std::move(list));
  answer.text = shows->empty() ? "no show yet: see `seathold show add --help`\n" : table.text();
  return session.Done(answer);
}

Command DescribeAdd() {
  auto o = std::make_shared<ShowAdd>();
  return {
      .path = "show add",
      .purpose = "add a show: what is played, on one date or many",
      .details =
          "With --queue buyers wait in line, and only a pass lets them hold seats; the "
          "options below it\nneed it.",
      .options = {{"--title", "TEXT", "its title, up to 200 bytes", Text{&o->title}, true},
                  {"--queue", "", "put a queue in front of the sale", Flag{&o->queue}},
                  {"--active-max", "N", "buyers inside at once; 0 = no cap [0]",
                   Number{&o->active_max, 0, UINT32_MAX}},
                  {"--rate-per-s", "N", "buyers let in a second; 0 = no rate [0]",
                   Number{&o->rate_per_s, 0, UINT32_MAX}},
                  {"--grace-s", "S", "seconds of silence after which a waiter is dropped [60]",
                   Number{&o->grace_s, 1, 86'400}},
                  {"--pass-s", "S", "seconds that a pass lasts [600]",
                   Number{&o->pass_s, 1, 86'400}}},
      .examples = {"seathold show add --title \"Winter journey\"",
                   "seathold show add --title \"The rush\" --queue --active-max 50 --pass-s 300"},
      .run = [o](Session& session) { return AddShow(session, *o); }};
}

}  // namespace

std::vector<Command> ShowCommands() {
  return {DescribeAdd(), Command{.path = "show list",
                                 .purpose = "list the shows",
                                 .examples = {"seathold show list"},
                                 .run = ListShows,
                                 .opens = Opens::kReading,
                                 .reads = true}};
}

}  // namespace seathold::cli
