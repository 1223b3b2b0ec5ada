#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "examples/cli/commands.h"
#include "examples/cli/options.h"
#include "examples/cli/seat_map.h"
#include "examples/cli/session.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"

namespace seathold::cli {
namespace {

struct SeatsOptions {
  std::uint64_t performance = 0;
  std::string svg, category;
  std::int64_t width = 0, lines = 0;
  bool list = false, free = false;
};
struct BlockOptions {
  std::uint64_t performance = 0;
  std::vector<std::string> seats;
  std::string reason;
};

Status WriteFile(const std::string& file, std::string_view text) {
  std::FILE* out = std::fopen(file.c_str(), "wb");
  bool ok = out != nullptr && std::fwrite(text.data(), 1, text.size(), out) == text.size();
  if (out != nullptr && std::fclose(out) != 0) ok = false;
  return ok ? Status()
            : Status(Code::kInvalidArgument, "--svg " + file + ": " + std::strerror(errno));
}

std::string Caption(const Performance& performance) {
  const Availability& counts = performance.view.availability;
  return fmt::format("{} {}: {} available, {} held, {} sold, {} blocked",
                     performance.view.local_date, performance.view.local_time,
                     CountText(counts.available), CountText(counts.held), CountText(counts.sold),
                     CountText(counts.blocked));
}

Status DrawSvg(const Performance& performance, const std::vector<SeatState>& states,
               const SeatsOptions& options) {
  SvgOptions svg;
  svg.title = performance.plan->name;
  svg.caption = Caption(performance);
  return WriteFile(options.svg, PlanToSvg(*performance.plan, states, svg));
}

Json SeatJson(const Performance& performance, const SeatView& seat) {
  const PlanSeat& plan_seat = performance.plan->seats.at(seat.ordinal);
  Json json = Json::Object();
  json.Set("seat", plan_seat.guid).Set("ordinal", seat.ordinal).Set("state", NameOf(seat.state));
  json.Set("category", performance.plan->categories.at(plan_seat.category).name);
  json.Set("price", MoneyJson({seat.price_minor, performance.currency()}));
  return json;
}

std::vector<std::string> SeatCells(const Performance& performance, const SeatView& seat) {
  const Plan& plan = *performance.plan;
  const PlanSeat& plan_seat = plan.seats.at(seat.ordinal);
  const PlanRow& row = plan.rows.at(plan_seat.row);
  return {plan_seat.guid,
          fmt::format("#{}", seat.ordinal),
          row.section,
          row.name,
          plan_seat.number,
          plan.categories.at(plan_seat.category).name,
          ToString(Money{seat.price_minor, performance.currency()}),
          std::string(NameOf(seat.state))};
}

// One line a category: how many of its seats are still to be had, and for how much.
std::string CategoryTable(const Performance& performance, const std::vector<SeatView>& seats) {
  struct Line {
    std::uint64_t seats = 0, available = 0;
    std::int64_t price_minor = 0;
  };
  const std::vector<PlanCategory>& categories = performance.plan->categories;
  std::vector<Line> lines(categories.size());
  for (const SeatView& seat : seats) {
    Line& line = lines.at(performance.plan->seats.at(seat.ordinal).category);
    ++line.seats;
    if (seat.state == SeatState::kAvailable) ++line.available;
    line.price_minor = seat.price_minor;
  }
  Table table({"category", ">seats", ">available", ">price"});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].seats == 0) continue;
    table.Add({categories[i].name, CountText(lines[i].seats), CountText(lines[i].available),
               ToString(Money{lines[i].price_minor, performance.currency()})});
  }
  return table.text();
}

std::string DrawHall(const Performance& performance, const std::vector<SeatView>& seats,
                     const std::vector<SeatState>& states, const SeatsOptions& options) {
  const TerminalSize terminal = SizeOfTerminal();
  MapStyle style;
  style.columns =
      options.width > 0 ? static_cast<int>(options.width) : std::max(terminal.columns, 10);
  style.lines_max =
      options.lines > 0 ? static_cast<int>(options.lines) : std::max(terminal.lines - 12, 40);
  style.color = ColorWanted();
  style.utf8 = Utf8Wanted();
  const std::string drawing = DrawSeats(*performance.plan, states, style);
  return fmt::format("{}, {} {}\n\n{}\n{}\n\n{}", Printable(performance.plan->name),
                     Printable(performance.view.local_date), Printable(performance.view.local_time),
                     drawing, DrawLegend(states, drawing, style),
                     CategoryTable(performance, seats));
}

// Those that the options want to see.
std::vector<SeatView> Filter(const Performance& performance, const std::vector<SeatView>& seats,
                             const SeatsOptions& options, std::optional<std::uint32_t> category) {
  std::vector<SeatView> wanted;
  for (const SeatView& seat : seats) {
    if (options.free && seat.state != SeatState::kAvailable) continue;
    if (category && performance.plan->seats.at(seat.ordinal).category != *category) continue;
    wanted.push_back(seat);
  }
  return wanted;
}

// Only in the form that will be printed: a big hall has a million seats.
void ListSeats(const GlobalOptions& global, const Performance& performance,
               const std::vector<SeatView>& seats, Answer* answer) {
  if (global.json) {
    Json list = Json::Array();
    for (const SeatView& seat : seats) list.Push(SeatJson(performance, seat));
    answer->json.Set("seats", std::move(list));
  } else if (global.quiet) {
    for (const SeatView& seat : seats) {
      answer->brief += (answer->brief.empty() ? "" : "\n") + performance.guid(seat.seat);
    }
  } else {
    Table table({"seat", ">ordinal", "section", "row", "number", "category", ">price", "state"});
    for (const SeatView& seat : seats) table.Add(SeatCells(performance, seat));
    answer->text = table.text();
  }
}

Json CountsJson(const Performance& performance) {
  const Availability& counts = performance.view.availability;
  Json json = Json::Object();
  json.Set("performance", performance.id().value).Set("available", counts.available);
  json.Set("held", counts.held).Set("sold", counts.sold).Set("blocked", counts.blocked);
  return json;
}

int ShowSeats(Session& session, const SeatsOptions& options) {
  const Result<Performance> performance =
      FindPerformance(session, PerformanceId{options.performance});
  if (!performance.ok()) return session.Fail(performance.status());
  std::optional<std::uint32_t> category;
  if (!options.category.empty()) {
    const Result<std::uint32_t> found = NamedCategory(*performance->plan, options.category);
    if (!found.ok()) return session.Fail(found.status());
    category = *found;
  }
  const Result<std::vector<SeatView>> seats =
      session.engine().catalog().ListSeats(performance->id(), session.call());
  if (!seats.ok()) return session.Fail(seats.status());
  std::vector<SeatState> states(performance->plan->seats.size(), SeatState::kBlocked);
  for (const SeatView& seat : *seats) states.at(seat.ordinal) = seat.state;

  const GlobalOptions& global = session.global();
  Answer answer;
  answer.json = CountsJson(*performance);
  if (options.list || options.free || category || global.json || global.quiet) {
    ListSeats(global, *performance, Filter(*performance, *seats, options, category), &answer);
  } else {
    answer.text = DrawHall(*performance, *seats, states, options);
  }
  if (!options.svg.empty()) {
    if (const Status status = DrawSvg(*performance, states, options); !status.ok()) {
      return session.Fail(status);
    }
    answer.json.Set("svg", options.svg);
    answer.text += fmt::format("\ndrawn to {}\n", Printable(options.svg));
  }
  return session.Done(answer);
}

bool IsWorse(const Status& status, const Status& than) {
  return than.ok() || ExitCodeOf(status) > ExitCodeOf(than);
}

// Of the seats named, in their order: how each call went, and what the seat was before.
struct BlockOutcome {
  std::vector<Status> replies;
  std::vector<SeatState> before;
};

// One who unblocks wants to hear what came back on sale: a sold seat did not.
bool IsDone(const BlockOutcome& outcome, std::size_t i, bool block) {
  return outcome.replies[i].ok() && (block || outcome.before[i] == SeatState::kBlocked);
}

Json BlockJson(const BlockOptions& options, const BlockOutcome& outcome, bool block) {
  Json list = Json::Array();
  for (std::size_t i = 0; i < options.seats.size(); ++i) {
    const Status& reply = outcome.replies[i];
    Json one = Json::Object();
    one.Set("seat", options.seats[i]).Set("code", FindCode(reply.code())->name);
    if (!block && reply.ok()) one.Set("was", NameOf(outcome.before[i]));
    list.Push(std::move(one));
  }
  return list;
}

// Each seat that could not be done is named with its cause; the worst outcome decides the code.
int ReportBlock(Session& session, const BlockOptions& options, const BlockOutcome& outcome,
                bool block) {
  Answer answer;
  const Json list = BlockJson(options, outcome, block);
  std::vector<std::string> refused, as_wanted;
  std::size_t done = 0;
  Status worst;
  for (std::size_t i = 0; i < options.seats.size(); ++i) {
    const Status& reply = outcome.replies[i];
    const std::string& seat = options.seats[i];
    if (IsDone(outcome, i, block)) {
      ++done;
      answer.brief += (answer.brief.empty() ? "" : "\n") + seat;
    } else if (reply.ok()) {
      as_wanted.push_back(fmt::format("{} is {}", Printable(seat), NameOf(outcome.before[i])));
    } else {
      refused.push_back(fmt::format("{} ({})", seat, FindCode(reply.code())->text));
      if (IsWorse(reply, worst)) worst = reply;
    }
  }
  answer.json.Set("performance", options.performance).Set("seats", list);
  answer.text = fmt::format("{} {} {}\n", done, done == 1 ? "seat is" : "seats are",
                            block ? "off sale" : "on sale again");
  if (!as_wanted.empty()) {
    answer.text += fmt::format("not blocked: {}\n", fmt::join(as_wanted, ", "));
  }
  if (worst.ok()) return session.Done(answer);
  const bool any = done > 0 || !as_wanted.empty();
  const int written = any ? session.Done(answer) : kExitDone;
  Json facts = Json::Object();
  facts.Set("seats", list);
  const std::string text = fmt::format("{}", fmt::join(refused, ", "));
  const int failed = session.Fail(Status(worst.code(), text), facts);
  return std::max(written, failed);
}

// A seat that is unknown keeps none of the others back.
int SetBlocked(Session& session, const BlockOptions& options, bool block) {
  const Result<Performance> performance =
      FindPerformance(session, PerformanceId{options.performance});
  if (!performance.ok()) return session.Fail(performance.status());
  ReservationSystem& system = session.engine().reservations();
  const auto map = system.Map(performance->id(), session.call());
  if (!map.ok()) return session.Fail(map.status());
  const std::size_t count = options.seats.size();
  BlockOutcome outcome{std::vector<Status>(count), std::vector<SeatState>(count)};
  std::vector<SeatId> seats;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < count; ++i) {
    const Result<SeatTicket> found = FindSeat(*performance, options.seats[i], 0);
    outcome.replies[i] = found.status();
    if (!found.ok()) continue;
    seats.push_back(found->seat);
    places.push_back(i);
    outcome.before[i] = (*map)->at(OrdinalOf(found->seat));
  }
  std::vector<Status> answers(seats.size());
  if (block && !seats.empty()) {
    system.Block(performance->id(), seats, options.reason, answers, session.call());
  } else if (!seats.empty()) {
    system.Unblock(performance->id(), seats, answers, session.call());
  }
  for (std::size_t i = 0; i < places.size(); ++i) outcome.replies[places[i]] = answers[i];
  return ReportBlock(session, options, outcome, block);
}

Command DescribeSeats() {
  auto o = std::make_shared<SeatsOptions>();
  return {.path = "seats",
          .purpose = "show the hall: who could still sit where",
          .details =
              "Draws the hall as wide as the terminal, in colour on a terminal (NO_COLOR "
              "switches that off).\nIn a big hall one mark stands for several seats; the "
              "counts are exact. --json lists every seat.",
          .options = {PerformanceArgument(&o->performance),
                      {"--svg", "FILE", "also draw it into this file", FileName{&o->svg}},
                      {"--list", "", "list the seats instead of drawing them", Flag{&o->list}},
                      {"--free", "", "list those that can be had now", Flag{&o->free}},
                      {"--category", "NAME", "list those of one category", Text{&o->category}},
                      {"--width", "COLUMNS",
                       "width of the drawing, 10 .. 1000 [the terminal's, else 100]",
                       Number{&o->width, 10, 1'000}},
                      {"--lines", "N",
                       "height of the drawing at most, 5 .. 1000 [the terminal's, 40 at least]",
                       Number{&o->lines, 5, 1'000}}},
          .examples = {"seathold seats 1", "seathold seats -p 1 --svg hall.svg",
                       "seathold seats 1 --free --category \"Category A\"",
                       "seathold -q seats 1 --free | head -n 2"},
          .run = [o](Session& session) { return ShowSeats(session, *o); },
          .opens = Opens::kReading,
          .reads = true};
}

Command DescribeBlocking(bool block) {
  auto o = std::make_shared<BlockOptions>();
  Command command;
  command.path = block ? "block" : "unblock";
  command.purpose = block ? "take seats off sale" : "put blocked seats on sale again";
  command.details =
      "An operator's command. Seat by seat: those that can be are done; each other one, an "
      "unknown\none too, is named with its cause, and the exit code is 1 (3 or 4 where one of them "
      "is busy\nor unknown). ";
  command.details += block ? "Seats that are off sale already are done."
                           : "A seat that is not blocked stays as it is, and is named with that.";
  command.options = {{"seats", "SEAT", "guids, or #ordinals", Texts{&o->seats}, true},
                     PerformanceOption(&o->performance)};
  if (block) {
    command.options.push_back({"--reason", "TEXT", "why, up to 200 bytes", Text{&o->reason}});
  }
  command.examples = {block ? "seathold block -p 1 A-1 A-2 --reason \"camera\""
                            : "seathold unblock -p 1 A-1 A-2"};
  command.run = [o, block](Session& session) { return SetBlocked(session, *o, block); };
  return command;
}

}  // namespace

std::vector<Command> SeatCommands() {
  return {DescribeSeats(), DescribeBlocking(true), DescribeBlocking(false)};
}

}  // namespace seathold::cli
