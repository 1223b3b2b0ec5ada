#include <fmt/format.h>

#include <algorithm>

#include "examples/cli/commands.h"
#include "examples/cli/options.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"
#include "examples/cli/who.h"

namespace seathold::cli {
namespace {

struct HoldOptions {
  std::uint64_t performance = 0;
  std::vector<std::string> seats;
  std::int64_t count = 0, ticket_type = 0, ttl_s = 0;
  std::string category, pass;
  bool no_split = false, staff = false;
  std::optional<Uuid> id;
  Who who;
};

struct Buyer {
  Performance performance;
  UserId user;
  HoldId hold;
  std::vector<SeatTicket> seats{};  // as typed; empty where the engine chooses
};

Result<Buyer> FindBuyer(Session& session, const HoldOptions& options) {
  const Result<UserId> user = Identify(session, options.who);
  if (!user.ok()) return user.status();
  if (options.staff && options.who.user == 0) {
    return Status(Code::kInvalidArgument, "--staff is for operators, who name --user");
  }
  Result<Performance> performance = FindPerformance(session, PerformanceId{options.performance});
  if (!performance.ok()) return performance.status();
  const HoldId hold{options.id ? *options.id : session.engine().NewId()};
  return Buyer{std::move(performance.value()), *user, hold};
}

std::string ConflictText(const Performance& performance, const SeatConflict& conflict) {
  const std::string guid = performance.guid(conflict.seat);
  if (conflict.reason == Code::kSeatBlocked) return guid + " is blocked";
  if (conflict.free_at.value == 0) return guid + " is sold";
  return fmt::format("{} is held until {}", guid, TimeText(conflict.free_at));
}

std::vector<SeatConflict> InOrderTyped(const Buyer& buyer, const HoldReply& reply) {
  std::vector<SeatConflict> conflicts(reply.conflicts.begin(), reply.conflicts.end());
  std::ranges::stable_sort(conflicts, {}, [&](const SeatConflict& conflict) {
    return std::ranges::find(buyer.seats, conflict.seat, &SeatTicket::seat);
  });
  return conflicts;
}

// What stands in the way, said with the guids of the seats.
int FailHold(const Session& session, const Buyer& buyer, const HoldReply& reply) {
  std::string detail(reply.status.detail());
  Json conflicts = Json::Array();
  for (const SeatConflict& conflict : InOrderTyped(buyer, reply)) {
    detail += (detail.empty() ? "" : ", ") + ConflictText(buyer.performance, conflict);
    Json one = Json::Object();
    one.Set("seat", buyer.performance.guid(conflict.seat));
    one.Set("code", FindCode(conflict.reason)->name).Set("free_at", TimeJson(conflict.free_at));
    conflicts.Push(std::move(one));
  }
  Json facts = Json::Object();
  facts.Set("hold", ToString(buyer.hold.value));
  if (!reply.conflicts.empty()) facts.Set("conflicts", std::move(conflicts));
  if (reply.next_release_at.value != 0) {
    facts.Set("next_release_at", TimeJson(reply.next_release_at));
    detail += (detail.empty() ? "" : ", ") + ("the first at " + TimeText(reply.next_release_at));
  }
  if (reply.seats_free != 0) {
    facts.Set("seats_free", reply.seats_free);
    detail += (detail.empty() ? "" : ", ") + fmt::format("{} free", reply.seats_free);
  }
  const bool open = reply.status.outcome() == Outcome::kUnknown;
  const std::string hint = open ? " (--id " + ToString(buyer.hold.value) + ")" : "";
  const Status status =
      detail.empty() ? reply.status : Status(reply.status.code(), std::move(detail));
  return session.Fail(status, facts, hint);
}

std::string SeatText(const Performance& performance, const SeatTicket& ticket) {
  const std::string guid = Printable(performance.guid(ticket.seat));
  return ticket.ticket_type == 0 ? guid : fmt::format("{}/{}", guid, ticket.ticket_type);
}

// Of a replay: why there is nothing left to pay for, or kOk.
Code WhyOver(HoldState state) {
  switch (state) {
    case HoldState::kCancelled:
      return Code::kHoldCancelled;
    case HoldState::kExpired:
      return Code::kHoldExpired;
    case HoldState::kRefunded:
      return Code::kHoldRefunded;
    default:
      return Code::kOk;
  }
}

int ReportHold(Session& session, const Buyer& buyer, const HoldReply& reply) {
  if (!reply.status.ok()) return FailHold(session, buyer, reply);
  const std::string id = ToString(buyer.hold.value);
  if (const Code over = WhyOver(reply.state); over != Code::kOk) {
    Json facts = Json::Object();
    facts.Set("hold", id).Set("state", NameOf(reply.state)).Set("replayed", reply.replayed);
    return session.Fail(Status(over), facts);
  }
  const std::int64_t left_ms =
      std::max<std::int64_t>(0, (reply.expires_at.value - session.engine().Now().value) / kUsPerMs);
  Json seats = Json::Array();
  std::string names;
  for (const SeatTicket& ticket : reply.seats) {
    Json one = Json::Object();
    one.Set("seat", buyer.performance.guid(ticket.seat)).Set("ticket_type", ticket.ticket_type);
    seats.Push(one.Set("ordinal", OrdinalOf(ticket.seat)));
    names += (names.empty() ? "" : ", ") + SeatText(buyer.performance, ticket);
  }
  Answer answer;
  answer.json.Set("hold", id).Set("performance", buyer.performance.id().value);
  answer.json.Set("user", UserJson(buyer.user)).Set("state", NameOf(reply.state));
  answer.json.Set("expires_at", TimeJson(reply.expires_at)).Set("left_ms", left_ms);
  answer.json.Set("total", MoneyJson(reply.total)).Set("seats", std::move(seats));
  answer.json.Set("replayed", reply.replayed);
  answer.text = fmt::format(
      "hold   {}{}\nuntil  {}, {} left\nseats  {}\ntotal  {}\n", id,
      reply.replayed ? fmt::format(" (known already; now {})", NameOf(reply.state)) : std::string(),
      TimeText(reply.expires_at), SecondsText(left_ms), names, ToString(reply.total));
  answer.brief = id;
  return session.Done(answer);
}

int HoldSeats(Session& session, const HoldOptions& options) {
  Result<Buyer> buyer = FindBuyer(session, options);
  if (!buyer.ok()) return session.Fail(buyer.status());
  const auto seats =
      FindSeats(buyer->performance, options.seats, static_cast<std::uint32_t>(options.ticket_type));
  if (!seats.ok()) return session.Fail(seats.status());
  buyer->seats = *seats;
  HoldRequest request;
  request.id = buyer->hold;
  request.user = buyer->user;
  request.performance = buyer->performance.id();
  request.seats = *seats;
  request.pass = options.pass;
  request.ttl_ms = options.ttl_s * 1'000;
  request.staff = options.staff;
  HoldReply reply = session.engine().reservations().Hold(request, session.call());
  return ReportHold(session, *buyer, reply);
}

int HoldBest(Session& session, const HoldOptions& options) {
  const Result<Buyer> buyer = FindBuyer(session, options);
  if (!buyer.ok()) return session.Fail(buyer.status());
  BestRequest request;
  request.id = buyer->hold;
  request.user = buyer->user;
  request.performance = buyer->performance.id();
  request.seats = static_cast<int>(options.count);
  request.ticket_type = static_cast<std::uint32_t>(options.ticket_type);
  request.allow_split = !options.no_split;
  request.pass = options.pass;
  request.ttl_ms = options.ttl_s * 1'000;
  request.staff = options.staff;
  if (!options.category.empty()) {
    const auto category = NamedCategory(*buyer->performance.plan, options.category);
    if (!category.ok()) return session.Fail(category.status());
    request.category = *category;
  }
  HoldReply reply = session.engine().reservations().HoldBest(request, session.call());
  return ReportHold(session, *buyer, reply);
}

int Cancel(Session& session, const HoldOptions& options) {
  const Result<UserId> user = Identify(session, options.who);
  if (!user.ok()) return session.Fail(user.status());
  const CancelRequest request{PerformanceId{options.performance}, HoldId{*options.id}, *user};
  Status status = session.engine().reservations().Cancel(request, session.call());
  if (!status.ok()) return session.Fail(status);
  Answer answer;
  answer.brief = ToString(*options.id);
  answer.json.Set("hold", answer.brief).Set("cancelled", true);
  answer.text = fmt::format("hold {} has ended; its seats are free\n", answer.brief);
  return session.Done(answer);
}

// What hold and best have in common.
std::vector<Option> DescribeCommon(HoldOptions* o) {
  std::vector<Option> options = {PerformanceOption(&o->performance)};
  Append(&options, DescribeWho(&o->who));
  const std::vector<Option> rest = {
      {"--pass", "PASS", "the pass of `queue status`, where the show has a queue",
       Secret{&o->pass}},
      {"--ticket-type", "N", "ticket type; 0 is the default one [0]",
       Number{&o->ticket_type, 0, UINT32_MAX}},
      {"--ttl-s", "S", "seconds that the hold lasts; 0 = the performance's [0]",
       Number{&o->ttl_s, 0, 30 * 86'400}},
      {"--staff", "", "an operator's call: no pass, no limit a user", Flag{&o->staff}}};
  Append(&options, rest);
  Append(&options, DescribeNewId("--id",
                                 "the hold's id; the same id again is the same hold [made and "
                                 "printed]",
                                 &o->id));
  return options;
}

Command DescribeHold() {
  auto o = std::make_shared<HoldOptions>();
  Command command{
      .path = "hold",
      .purpose = "hold seats by name for a while, all of them or none",
      .details =
          "Prints the hold's id, which confirm and cancel take, and its deadline.\nAfter "
          "exit code 4 (unknown) send the same call again with the same --id.",
      .options = DescribeCommon(o.get()),
      .examples = {"seathold hold -p 1 --user 7 A-1 A-2",
                   "seathold hold -p 1 --user 7 A-1 A-2/1        # the second one reduced (type 1)",
                   "HOLD=$(seathold -q hold -p 1 --pass \"$PASS\" A-1 A-2)"},
      .run = [o](Session& session) { return HoldSeats(session, *o); }};
  command.options.insert(
      command.options.begin(),
      {"seats", "SEAT", "guids, or #ordinals; SEAT/N is of ticket type N", Texts{&o->seats}, true});
  return command;
}

Command DescribeBest() {
  auto o = std::make_shared<HoldOptions>();
  Command command{
      .path = "best",
      .purpose = "hold the best seats there are",
      .details =
          "Side by side in one row where possible, else split in one row, in "
          "adjacent rows,\nin one section, anywhere.",
      .options = DescribeCommon(o.get()),
      .examples = {"seathold best -p 1 --user 7 --seats 4",
                   "seathold best -p 1 --user 7 --seats 2 --category \"Category A\" --no-split"},
      .run = [o](Session& session) { return HoldBest(session, *o); }};
  const int most = EngineOptions().max_seats_per_hold;
  const std::vector<Option> own = {
      {"--seats", "N", fmt::format("how many, 1 .. {}", most), Number{&o->count, 1, most}, true},
      {"--category", "NAME", "of this category [any]", Text{&o->category}},
      {"--no-split", "", "side by side or not at all", Flag{&o->no_split}}};
  command.options.insert(command.options.begin(), own.begin(), own.end());
  return command;
}

Command DescribeCancel() {
  auto o = std::make_shared<HoldOptions>();
  Command command{
      .path = "cancel",
      .purpose = "give a hold back before it is paid",
      .details = "A hold that has ended already is fine. One that is paid takes a refund.",
      .options = {PerformanceOption(&o->performance)},
      .examples = {"seathold cancel -p 1 --user 7 --hold \"$HOLD\""},
      .run = [o](Session& session) { return Cancel(session, *o); }};
  Append(&command.options, DescribeHoldId(&o->id));
  Append(&command.options, DescribeWho(&o->who));
  return command;
}

}  // namespace

std::vector<Command> HoldCommands() { return {DescribeHold(), DescribeBest(), DescribeCancel()}; }

}  // namespace seathold::cli
