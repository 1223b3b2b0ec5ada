#include <algorithm>

#include "examples/web/operations.h"
#include "examples/web/qr_code.h"
#include "examples/web/wire.h"

namespace seathold::web {
namespace {

Json DateJson(const Facts& facts, Json json) {
  return json.Set("title", facts.show.title)
      .Set("local_date", facts.view.local_date)
      .Set("local_time", facts.view.local_time);
}

Json TicketJson(Host& host, const Facts& facts, HoldId hold, std::uint32_t ordinal) {
  const std::string text = host.key.SignTicket({facts.id(), hold, ordinal});
  return SeatJson(facts, ordinal).Set("ticket", text).Set("qr_svg", QrSvg(text));
}

bool Pays(const HoldView& view, std::uint32_t ordinal) {
  return view.state == HoldState::kConfirmed &&
         std::ranges::any_of(view.seats,
                             [&](const HoldSeat& seat) { return seat.ordinal == ordinal; });
}

Reply DoorAnswer(bool valid, std::string_view reason, const Json& facts) {
  Json json = Json::Object().Set("valid", valid).Set("reason", reason);
  for (const Json::Member& fact : facts.members()) json.Set(fact.key, fact.value);
  return JsonReply(json);
}

}  // namespace

Reply GetTickets(Host& host, Call& call) {
  const HoldId hold{call.PathHex("hold")};
  const PerformanceId performance{call.QueryId("performance")};
  if (!call.ok()) return call.wrong();
  const auto facts = host.performances.Get(performance);
  if (!facts.ok()) return Problem(facts.status());
  const auto view = OwnHold(host, call, performance, hold);
  if (!view.ok()) return Problem(view.status());
  if (view->state == HoldState::kRefunded) return Problem(Status(Code::kHoldRefunded));
  if (view->state != HoldState::kConfirmed) return Problem(Status(Code::kNotConfirmed));
  Json tickets = Json::Array();
  for (const HoldSeat& seat : view->seats) {
    tickets.Push(TicketJson(host, **facts, hold, seat.ordinal));
  }
  return JsonReply(DateJson(**facts, Json::Object())
                       .Set("performance", IdJson(performance.value))
                       .Set("hold", HexText(hold.value))
                       .Set("venue", (*facts)->venue.name)
                       .Set("starts_at", InstantOrNull((*facts)->view.starts_at))
                       .Set("tickets", std::move(tickets)));
}

Reply CheckTicket(Host& host, Call& call) {
  const std::string text = call.BodyText("ticket", 200);
  if (!call.ok()) return call.wrong();
  const auto ticket = host.key.CheckTicket(text);
  if (!ticket) return DoorAnswer(false, "forged", Json::Object());
  const auto facts = host.performances.Get(ticket->performance);
  if (!facts.ok()) return Problem(facts.status());
  const auto view = host.engine.reservations().Get(ticket->performance, ticket->hold);
  if (!view.ok() && view.code() != Code::kUnknownHold) return Problem(view.status());
  if (ticket->ordinal >= (*facts)->plan->seats.size()) {
    return DoorAnswer(false, "forged", Json::Object());
  }
  Json json = DateJson(**facts, SeatJson(**facts, ticket->ordinal))
                  .Set("performance", IdJson(ticket->performance.value))
                  .Set("hold", HexText(ticket->hold.value));
  if (!view.ok() || !Pays(*view, ticket->ordinal)) return DoorAnswer(false, "not_paid", json);
  const auto first = host.door->Enter(*ticket, host.engine.Now());
  if (!first.ok()) return Problem(first.status());
  if (first->value == 0) return DoorAnswer(true, "ok", json);
  return DoorAnswer(false, "seen_before", json.Set("first_seen_at", InstantText(*first)));
}

}  // namespace seathold::web
