#include <fmt/format.h>

#include <map>

#include "examples/cli/commands.h"
#include "examples/cli/options.h"
#include "examples/cli/show.h"
#include "examples/cli/text.h"
#include "examples/cli/who.h"

namespace seathold::cli {
namespace {

struct ReservationShow {
  std::uint64_t performance = 0;
  std::optional<Uuid> hold;
  bool settle = false;
  Who who;
};
struct ReservationList {
  std::uint64_t performance = 0, after_performance = 0;
  std::optional<Uuid> after;
  std::int64_t rows_max = 100;
  Who who;
};

constexpr std::int64_t kRowsMax = 10'000;

std::string GuidsOf(const Performance& performance, const HoldView& hold) {
  std::string names;
  for (const HoldSeat& seat : hold.seats) {
    names += (names.empty() ? "" : ", ") + performance.plan->seats.at(seat.ordinal).guid;
    if (seat.ticket_type != 0) names += fmt::format("/{}", seat.ticket_type);
  }
  return names;
}

Json HoldJson(const Performance& performance, const HoldView& hold) {
  Json json = Json::Object();
  json.Set("hold", ToString(hold.hold.value)).Set("performance", hold.performance.value);
  json.Set("user", UserJson(hold.user)).Set("state", NameOf(hold.state));
  json.Set("created_at", TimeJson(hold.created_at)).Set("expires_at", TimeJson(hold.expires_at));
  json.Set("ended_at", TimeJson(hold.ended_at)).Set("left_ms", hold.left_ms);
  json.Set("total", MoneyJson(hold.total)).Set("staff", hold.staff);
  json.Set("payment", hold.payment ? Json(ToString(hold.payment.value)) : Json());
  json.Set("refund", hold.refund ? Json(ToString(hold.refund.value)) : Json());
  Json seats = Json::Array();
  for (const HoldSeat& seat : hold.seats) {
    Json one = Json::Object();
    one.Set("seat", performance.plan->seats.at(seat.ordinal).guid).Set("ordinal", seat.ordinal);
    one.Set("ticket_type", seat.ticket_type);
    seats.Push(one.Set("price", MoneyJson({seat.price_minor, hold.total.currency})));
  }
  return json.Set("seats", std::move(seats));
}

std::string HoldText(const Performance& performance, const HoldView& hold) {
  std::string text = fmt::format(
      "hold         {}\nperformance  {}\nuser         {}\nstate        {}",
      ToString(hold.hold.value), hold.performance.value, hold.user.value, NameOf(hold.state));
  if (hold.state == HoldState::kHeld) text += fmt::format(", {} left", SecondsText(hold.left_ms));
  text +=
      fmt::format("\nmade         {}\nuntil        {}\nended        {}\n",
                  TimeText(hold.created_at), TimeText(hold.expires_at), TimeText(hold.ended_at));
  text += fmt::format("seats        {}\ntotal        {}\n", Printable(GuidsOf(performance, hold)),
                      ToString(hold.total));
  if (hold.payment) text += fmt::format("payment      {}\n", ToString(hold.payment.value));
  if (hold.refund) text += fmt::format("refund       {}\n", ToString(hold.refund.value));
  return text;
}

int ShowReservation(Session& session, const ReservationShow& options) {
  const Result<std::optional<UserId>> user = IdentifyAnybody(session, options.who);
  if (!user.ok()) return session.Fail(user.status());
  const Result<Performance> performance =
      FindPerformance(session, PerformanceId{options.performance});
  if (!performance.ok()) return session.Fail(performance.status());
  const Result<HoldView> hold = session.engine().reservations().Get(
      performance->id(), HoldId{*options.hold}, options.settle, session.call());
  if (!hold.ok()) return session.Fail(hold.status());
  if (user.value().has_value() && **user != hold->user) {
    return session.Fail(Status(Code::kNotHoldOwner));
  }
  Answer answer;
  answer.json = HoldJson(*performance, *hold);
  answer.text = HoldText(*performance, *hold);
  answer.brief = NameOf(hold->state);
  return session.Done(answer);
}

// Those of a user at one performance: a user's list is in the order of the performances, so they
// are its first ones from there on.
Result<std::vector<HoldView>> FindHoldsAt(Session& session, const ReservationList& options,
                                          UserId user, PerformanceId performance) {
  Result<std::vector<HoldView>> holds = session.engine().reservations().ListByUser(
      user, performance, HoldId{options.after.value_or(Uuid{})}, static_cast<int>(options.rows_max),
      session.call());
  if (!holds.ok()) return holds;
  std::erase_if(*holds, [&](const HoldView& hold) { return hold.performance != performance; });
  return holds;
}

// A token, or a user that is named, always restricts: only an operator who names nobody sees all.
Result<std::vector<HoldView>> FindHolds(Session& session, const ReservationList& options) {
  const PerformanceId performance{options.performance};
  const Result<std::optional<UserId>> user = IdentifyAnybody(session, options.who);
  if (!user.ok()) return user.status();
  const HoldId after{options.after.value_or(Uuid{})};
  const int rows_max = static_cast<int>(options.rows_max);
  ReservationSystem& system = session.engine().reservations();
  if (options.performance == 0) {
    if (!user->has_value()) return Identify(session, options.who).status();
    return system.ListByUser(**user, PerformanceId{options.after_performance}, after, rows_max,
                             session.call());
  }
  if (const auto found = FindPerformance(session, performance); !found.ok()) return found.status();
  if (user->has_value()) return FindHoldsAt(session, options, **user, performance);
  return system.ListByPerformance(performance, after, rows_max, session.call());
}

int ListReservations(Session& session, const ReservationList& options) {
  const Result<std::vector<HoldView>> holds = FindHolds(session, options);
  if (!holds.ok()) return session.Fail(holds.status());
  std::map<PerformanceId, Performance> performances;
  Answer answer;
  Json list = Json::Array();
  Table table({"hold", ">performance", ">user", "state", "until", ">total", "seats"});
  for (const HoldView& hold : *holds) {
    auto known = performances.find(hold.performance);
    if (known == performances.end()) {
      Result<Performance> found = FindPerformance(session, hold.performance);
      if (!found.ok()) return session.Fail(found.status());
      known = performances.emplace(hold.performance, std::move(found.value())).first;
    }
    const std::string id = ToString(hold.hold.value);
    list.Push(HoldJson(known->second, hold));
    table.Add({id, std::to_string(hold.performance.value), std::to_string(hold.user.value),
               std::string(NameOf(hold.state)), TimeText(hold.expires_at), ToString(hold.total),
               GuidsOf(known->second, hold)});
    answer.brief += (answer.brief.empty() ? "" : "\n") + id;
  }
  answer.json.Set("reservations", std::move(list));
  answer.text = holds->empty() ? "none\n" : table.text();
  return session.Done(answer);
}

Command DescribeShow() {
  auto o = std::make_shared<ReservationShow>();
  Command command{
      .path = "reservation show",
      .purpose = "show a hold or reservation as it stands",
      .details =
          "With a token only its owner sees it. --settle waits for calls in flight: after it "
          "the answer\nis final for every call that was sent before.",
      .options = {PerformanceOption(&o->performance),
                  {"--settle", "", "read behind the write lock, after an unknown outcome",
                   Flag{&o->settle}}},
      .examples = {"seathold reservation show -p 1 --hold \"$HOLD\""},
      .run = [o](Session& session) { return ShowReservation(session, *o); },
      .reads = true};
  Append(&command.options, DescribeHoldId(&o->hold));
  Append(&command.options, DescribeWho(&o->who));
  return command;
}

Command DescribeReservations() {
  auto o = std::make_shared<ReservationList>();
  Command command{
      .path = "reservation list",
      .purpose = "list the reservations of a user, or of a performance (the door list)",
      .details =
          "A token (SEATHOLD_TOKEN, too) or --user shows those of that user alone, with -p those "
          "at that\nperformance. -p without either shows everybody's: that is an operator's call.",
      .options = {{"-p,--performance", "N", "of this performance alone", Id64{&o->performance}},
                  {"--rows-max", "N", "at most this many, 1 .. 10000 [100]",
                   Number{&o->rows_max, 1, kRowsMax}},
                  {"--after", "UUID", "go on behind this hold", IdText{&o->after}},
                  {"--after-performance", "N",
                   "of a user, without -p: the performance of the hold of --after",
                   Id64{&o->after_performance}}},
      .examples = {"seathold reservation list --user 7", "seathold reservation list -p 1 --json"},
      .run = [o](Session& session) { return ListReservations(session, *o); },
      .opens = Opens::kReading,
      .reads = true};
  Append(&command.options, DescribeWho(&o->who));
  return command;
}

}  // namespace

std::vector<Command> ReservationCommands() { return {DescribeShow(), DescribeReservations()}; }

}  // namespace seathold::cli
