#include <fmt/format.h>

#include "examples/cli/commands.h"
#include "examples/cli/options.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"
#include "examples/cli/who.h"

namespace seathold::cli {
namespace {

struct QueueOptions {
  std::uint64_t show = 0;
  std::string place;
  std::int64_t max = 1'000'000;
  Who who;
};

constexpr std::int64_t kAdmitMax = 1'000'000;

int ReportPlace(Session& session, const Place& place) {
  if (!place.status.ok()) return session.Fail(place.status);
  Answer answer;
  answer.json.Set("state", NameOf(place.state)).Set("ahead", place.ahead);
  answer.json.Set("place", place.token.view());
  if (place.state == LineState::kAdmitted) {
    answer.json.Set("pass", place.pass.view())
        .Set("admitted_until", TimeJson(place.admitted_until));
    answer.text = fmt::format("admitted  until {}\npass      {}\n", TimeText(place.admitted_until),
                              place.pass.view());
    answer.brief = place.pass.view();
  } else if (place.state == LineState::kWaiting) {
    answer.text = fmt::format("waiting   {} ahead\n", CountText(place.ahead));
  } else {
    answer.text =
        "absent    its pass has expired, or it was dropped after a long silence, or left: join "
        "again\n";
  }
  if (!place.token.empty()) answer.text += fmt::format("place     {}\n", place.token.view());
  answer.secret = true;
  return session.Done(answer);
}

int Join(Session& session, const QueueOptions& options) {
  const Result<UserId> user = Identify(session, options.who);
  if (!user.ok()) return session.Fail(user.status());
  const JoinRequest request{ShowId{options.show}, *user};
  Place place = session.engine().queue().Join(request, session.call());
  if (!place.status.ok() || session.global().json || !session.global().quiet) {
    return ReportPlace(session, place);
  }
  Answer answer;
  answer.brief = place.token.view();
  answer.secret = true;
  return session.Done(answer);
}

int ShowLine(Session& session, ShowId show) {
  const Result<LineStats> stats = session.engine().queue().Stats(show, session.call());
  if (!stats.ok()) return session.Fail(stats.status());
  Answer answer;
  answer.json.Set("show", show.value).Set("waiting", stats->waiting).Set("active", stats->active);
  answer.json.Set("joined_total", stats->joined_total).Set("admitted_total", stats->admitted_total);
  answer.json.Set("dropped_total", stats->dropped_total).Set("left_total", stats->left_total);
  answer.json.Set("epoch", stats->epoch).Set("missing", stats->missing);
  answer.text =
      fmt::format("{} waiting, {} inside; so far {} joined, {} let in, {} dropped, {} left\n",
                  CountText(stats->waiting), CountText(stats->active),
                  CountText(stats->joined_total), CountText(stats->admitted_total),
                  CountText(stats->dropped_total), CountText(stats->left_total));
  answer.brief = std::to_string(stats->waiting);
  return session.Done(answer);
}

int ShowPlace(Session& session, const QueueOptions& options) {
  if (options.place.empty() == (options.show == 0)) {
    return session.Fail(Status(Code::kInvalidArgument, "either --place or --show is wanted"));
  }
  if (options.place.empty()) return ShowLine(session, ShowId{options.show});
  const std::string_view token = options.place;
  Place place = session.engine().queue().Poll(token, session.call());
  return ReportPlace(session, place);
}

int Admit(Session& session, const QueueOptions& options) {
  const Result<int> admitted = session.engine().queue().Admit(
      ShowId{options.show}, static_cast<int>(options.max), session.call());
  if (!admitted.ok()) return session.Fail(admitted.status());
  Answer answer;
  answer.json.Set("show", options.show).Set("admitted", *admitted);
  answer.text = fmt::format("let in {}\n", CountText(static_cast<std::uint64_t>(*admitted)));
  answer.brief = std::to_string(*admitted);
  return session.Done(answer);
}

int Revoke(Session& session, const QueueOptions& options) {
  const Result<UserId> user = Identify(session, options.who);
  if (!user.ok()) return session.Fail(user.status());
  const Status status =
      session.engine().queue().Revoke(ShowId{options.show}, *user, session.call());
  if (!status.ok()) return session.Fail(status);
  Answer answer;
  answer.json.Set("show", options.show).Set("user", UserJson(*user)).Set("left", true);
  answer.text = fmt::format("user {} is out of the line of show {}; place and pass are void\n",
                            user->value, options.show);
  return session.Done(answer);
}

// A place speaks for itself: a token beside it would be one that nobody looks at.
int Leave(Session& session, const QueueOptions& options) {
  const bool named = options.show != 0 || options.who.user != 0 || !options.who.token.empty();
  if (options.place.empty() ? options.show == 0 : named) {
    return session.Fail(Status(Code::kInvalidArgument,
                               "either --place is wanted, or --show with --user or --token"));
  }
  if (options.place.empty()) return Revoke(session, options);
  const Status status = session.engine().queue().Leave(options.place, session.call());
  if (!status.ok()) return session.Fail(status);
  Answer answer;
  answer.json.Set("left", true);
  answer.text = "the place is given back\n";
  return session.Done(answer);
}

Option PlaceOption(std::string* place) {
  return {"--place", "TOKEN", "the place that `queue join` gave", Secret{place}};
}

Command DescribeJoin() {
  auto o = std::make_shared<QueueOptions>();
  Command command{.path = "queue join",
                  .purpose = "take a place in a show's line",
                  .details =
                      "Joining again gives the same place. Where there is room the pass comes "
                      "at once.\nWith --quiet the place is printed.",
                  .options = {{"--show", "N", "the show", Id64{&o->show}, true}},
                  .examples = {"seathold queue join --show 1 --user 7",
                               "PLACE=$(seathold -q queue join --show 1)"},
                  .run = [o](Session& session) { return Join(session, *o); }};
  for (Option& option : DescribeWho(&o->who)) command.options.push_back(std::move(option));
  return command;
}

Command DescribeStatus() {
  auto o = std::make_shared<QueueOptions>();
  return {.path = "queue status",
          .purpose = "see whose turn it is; gives the pass once it is the buyer's",
          .details =
              "Looking keeps the place: who is silent for longer than the show's grace loses "
              "it.\nWith --quiet the pass is printed, and nothing while there is none.",
          .options = {PlaceOption(&o->place),
                      {"--show", "N", "instead: how the show's line stands", Id64{&o->show}}},
          .examples = {"PASS=$(seathold -q queue status --place \"$PLACE\")",
                       "seathold queue status --show 1"},
          .run = [o](Session& session) { return ShowPlace(session, *o); },
          .reads = true};
}

Command DescribeAdmit() {
  auto o = std::make_shared<QueueOptions>();
  return {.path = "queue admit",
          .purpose = "let waiting buyers in, in the order of their joining",
          .details =
              "An operator's command. As many as the show's cap and rate allow. `sweep` does it "
              "too.",
          .options = {{"--show", "N", "the show", Id64{&o->show}, true},
                      {"--max", "N", "at most this many [1000000]", Number{&o->max, 1, kAdmitMax}}},
          .examples = {"seathold queue admit --show 1", "seathold queue admit --show 1 --max 10"},
          .run = [o](Session& session) { return Admit(session, *o); }};
}

Command DescribeLeave() {
  auto o = std::make_shared<QueueOptions>();
  Command command{.path = "queue leave",
                  .purpose = "give a place back; its pass is void from then on",
                  .details =
                      "The place is all that is needed: SEATHOLD_TOKEN does not count beside it. "
                      "Without it\n--show is wanted, with --token or, for an operator, --user.",
                  .options = {PlaceOption(&o->place), {"--show", "N", "the show", Id64{&o->show}}},
                  .examples = {"seathold queue leave --place \"$PLACE\"",
                               "seathold queue leave --show 1 --user 7"},
                  .run = [o](Session& session) { return Leave(session, *o); }};
  for (Option& option : DescribeWho(&o->who)) command.options.push_back(std::move(option));
  return command;
}

Command DescribeRevoke() {
  auto o = std::make_shared<QueueOptions>();
  Command command{.path = "queue revoke",
                  .purpose = "take a user out of a line; place and pass are void from then on",
                  .details = "Who joins again starts at the back. What they hold stays theirs.",
                  .options = {{"--show", "N", "the show", Id64{&o->show}, true}},
                  .examples = {"seathold queue revoke --show 1 --user 7"},
                  .run = [o](Session& session) { return Revoke(session, *o); }};
  Append(&command.options, DescribeWho(&o->who));
  return command;
}

}  // namespace

std::vector<Command> QueueCommands() {
  return {DescribeJoin(), DescribeStatus(), DescribeAdmit(), DescribeLeave(), DescribeRevoke()};
}

}  // namespace seathold::cli
