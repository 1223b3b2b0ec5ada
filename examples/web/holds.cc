#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "examples/web/operations.h"
#include "examples/web/wire.h"

namespace seathold::web {
namespace {

constexpr std::size_t kPassBytes = 95;

using Tickets = InlineList<SeatTicket, kSeatsPerHoldCap>;

// What putHold asks for: these seats, or so many of the house's choice.
struct Wish {
  HoldId id;
  PerformanceId performance;
  Tickets seats;
  std::optional<BestRequest> best;
  std::string pass;
};

void ReadSeat(const Json& json, Call* call, Tickets* seats) {
  const Json* name = json.is_object() ? json.Find("seat") : &json;
  const std::string* text = name == nullptr ? nullptr : name->AsString();
  const auto id = text == nullptr ? std::nullopt : ParseId(*text);
  std::int64_t type = 0;
  if (const Json* given = json.Find("ticket_type")) type = given->AsInt64().value_or(-1);
  if (!id || type < 0 || type > UINT32_MAX) {
    return call->Note("seats", "ids in decimal digits, or {seat, ticket_type}");
  }
  seats->push_back({SeatId{*id}, static_cast<std::uint32_t>(type)});
}

void ReadSeats(const Json& list, Call* call, Tickets* seats) {
  if (list.items().empty() || list.items().size() > kSeatsPerHoldCap) {
    return call->Note("seats", "1 .. 16 seats");
  }
  for (const Json& seat : list.items()) ReadSeat(seat, call, seats);
}

std::int64_t Number(const Json& object, std::string_view name, std::int64_t fallback,
                    std::int64_t most, Call* call) {
  const Json* value = object.Find(name);
  if (value == nullptr || value->is_null()) return fallback;
  const auto number = value->AsInt64();
  if (!number || *number < 0 || *number > most) {
    call->Note(std::string("best.") + std::string(name), "a whole number in its range");
    return fallback;
  }
  return *number;
}

BestRequest ReadBest(const Json& json, Call* call) {
  BestRequest best;
  best.seats = static_cast<int>(Number(json, "seats", 0, kSeatsPerHoldCap, call));
  if (best.seats < 1) call->Note("best.seats", "1 .. 16");
  const std::int64_t category = Number(json, "category", -1, UINT32_MAX, call);
  if (category >= 0) best.category = static_cast<std::uint32_t>(category);
  best.ticket_type = static_cast<std::uint32_t>(Number(json, "ticket_type", 0, UINT32_MAX, call));
  if (const Json* split = json.Find("allow_split")) {
    if (!split->AsBool()) call->Note("best.allow_split", "true or false");
    best.allow_split = split->AsBool().value_or(true);
  }
  return best;
}

Wish ReadWish(Call* call) {
  Wish wish;
  wish.id.value = call->PathHex("id");
  wish.performance.value = call->BodyId("performance");
  const Json* seats = call->body.Find("seats");
  const Json* best = call->body.Find("best");
  if ((seats == nullptr) == (best == nullptr)) call->Note("seats", "either seats or best");
  if (seats != nullptr) ReadSeats(*seats, call, &wish.seats);
  if (best != nullptr) wish.best = ReadBest(*best, call);
  const Json* pass = call->body.Find("pass");
  if (pass != nullptr && !pass->is_null()) wish.pass = call->BodyText("pass", kPassBytes);
  return wish;
}

// A wish of somebody, on its way to the engine. Its seats and its pass are looked at there.
struct Wisher {
  Turn* turn = nullptr;
  Wish wish;
  FactsRef facts;
};

HoldRequest NamedOf(const Wisher& wisher) {
  const Wish& wish = wisher.wish;
  HoldRequest request;
  request.id = wish.id;
  request.user = wisher.turn->call.who.user;
  request.performance = wish.performance;
  request.seats = {wish.seats.begin(), wish.seats.size()};
  request.pass = wish.pass;
  return request;
}

BestRequest BestOf(const Wisher& wisher) {
  const Wish& wish = wisher.wish;
  BestRequest request = *wish.best;
  request.id = wish.id;
  request.user = wisher.turn->call.who.user;
  request.performance = wish.performance;
  request.pass = wish.pass;
  return request;
}

Reply Refusal(Host& host, const HoldReply& refused) {
  Json facts = Json::Object();
  if (!refused.conflicts.empty()) {
    Json seats = Json::Array();
    for (const SeatConflict& conflict : refused.conflicts) {
      seats.Push(Json::Object()
                     .Set("seat", IdJson(conflict.seat.value))
                     .Set("index", OrdinalOf(conflict.seat))
                     .Set("code", CodeName(conflict.reason))
                     .Set("free_at", InstantOrNull(conflict.free_at)));
    }
    facts.Set("seats", std::move(seats));
  }
  const Code code = refused.status.code();
  if (code == Code::kNotEnoughSeats || code == Code::kNoAdjacentSeats) {
    facts.Set("seats_free", refused.seats_free);
  }
  const TimeUs now = host.engine.Now();
  facts.Set("server_time", InstantText(now));
  if (code != Code::kAllHeld) return Problem(refused.status, facts);
  facts.Set("next_release_at", InstantOrNull(refused.next_release_at));
  const std::int64_t wait_s = (refused.next_release_at.value - now.value) / kUsPerSecond;
  return RetryAfter(std::max<std::int64_t>(wait_s, 0) + 1, Problem(refused.status, facts));
}

Json HeldSeatJson(const Facts& facts, std::uint32_t ordinal, std::uint32_t ticket_type,
                  std::int64_t price_minor) {
  return SeatJson(facts, ordinal)
      .Set("category", facts.plan->seats[ordinal].category)
      .Set("ticket_type", ticket_type)
      .Set("amount_minor", price_minor);
}

// What a hold that was just made looks like, without a look at storage.
Json FreshJson(const Facts& facts, const HoldReply& held, TimeUs now) {
  Json seats = Json::Array();
  for (const SeatTicket& ticket : held.seats) {
    const std::uint32_t ordinal = OrdinalOf(ticket.seat);
    seats.Push(HeldSeatJson(facts, ordinal, ticket.ticket_type,
                            facts.PriceMinor(ordinal, ticket.ticket_type)));
  }
  return Json::Object()
      .Set("id", HexText(held.id.value))
      .Set("performance", IdJson(facts.id().value))
      .Set("state", NameOf(held.state))
      .Set("seats", std::move(seats))
      .Set("total", MoneyJson(held.total))
      .Set("created_at", Json())
      .Set("expires_at", InstantText(held.expires_at))
      .Set("ended_at", Json())
      .Set("payment", Json())
      .Set("refund", Json())
      .Set("replayed", held.replayed)
      .Set("server_time", InstantText(now));
}

Json ViewJson(const Facts& facts, const HoldView& view, bool replayed, TimeUs now) {
  Json seats = Json::Array();
  for (const HoldSeat& seat : view.seats) {
    seats.Push(HeldSeatJson(facts, seat.ordinal, seat.ticket_type, seat.price_minor));
  }
  return Json::Object()
      .Set("id", HexText(view.hold.value))
      .Set("performance", IdJson(view.performance.value))
      .Set("state", NameOf(view.state))
      .Set("seats", std::move(seats))
      .Set("total", MoneyJson(view.total))
      .Set("created_at", InstantText(view.created_at))
      .Set("expires_at", InstantText(view.expires_at))
      .Set("ended_at", InstantOrNull(view.ended_at))
      .Set("payment", HexOrNull(view.payment.value))
      .Set("refund", HexOrNull(view.refund.value))
      .Set("replayed", replayed)
      .Set("server_time", InstantText(now));
}

Json ReservationJson(const Facts& facts, const HoldView& view, TimeUs now) {
  return ViewJson(facts, view, false, now)
      .Set("show", IdJson(facts.show.id.value))
      .Set("title", facts.show.title)
      .Set("venue", facts.venue.name)
      .Set("local_date", facts.view.local_date)
      .Set("local_time", facts.view.local_time)
      .Set("starts_at", InstantOrNull(facts.view.starts_at));
}

Reply HoldAnswer(Host& host, const Wisher& wisher, const HoldReply& held) {
  if (!held.ok()) return Refusal(host, held);
  if (!held.replayed) return JsonReply(FreshJson(*wisher.facts, held, host.engine.Now()), 201);
  const auto view = OwnHold(host, wisher.turn->call, wisher.wish.performance, wisher.wish.id);
  if (!view.ok()) return Problem(view.status());
  return JsonReply(ViewJson(*wisher.facts, *view, true, host.engine.Now()));
}

template <class AskRequest>
void Grant(Host& host, const std::vector<Wisher>& wishers,
           AskRequest (*request_of)(const Wisher& wisher),
           const std::function<void(std::span<const AskRequest>, std::span<HoldReply>)>& hold) {
  std::vector<AskRequest> requests;
  for (const Wisher& wisher : wishers) requests.push_back(request_of(wisher));
  std::vector<HoldReply> replies(requests.size());
  if (!requests.empty()) hold(requests, replies);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    wishers[i].turn->reply = HoldAnswer(host, wishers[i], replies[i]);
  }
}

}  // namespace

Result<HoldView> OwnHold(Host& host, const Call& call, PerformanceId performance, HoldId hold) {
  Result<HoldView> view = host.engine.reservations().Get(performance, hold);
  if (view.ok() && view->user != call.who.user) return Code::kUnknownHold;
  return view;
}

void PutHolds(Host& host, std::span<Turn* const> turns) {
  std::vector<Wisher> named, best;
  for (Turn* turn : turns) {
    Wisher wisher{turn, ReadWish(&turn->call), nullptr};
    if (!turn->call.ok()) {
      turn->reply = turn->call.wrong();
      continue;
    }
    const auto facts = host.performances.Get(wisher.wish.performance);
    if (!facts.ok()) {
      turn->reply = Problem(facts.status());
      continue;
    }
    wisher.facts = *facts;
    (wisher.wish.best ? best : named).push_back(std::move(wisher));
  }
  Grant<HoldRequest>(host, named, NamedOf, [&](auto requests, auto replies) {
    host.engine.reservations().Hold(requests, replies);
  });
  Grant<BestRequest>(host, best, BestOf, [&](auto requests, auto replies) {
    host.engine.reservations().HoldBest(requests, replies);
  });
}

Reply GetHold(Host& host, Call& call) {
  const HoldId id{call.PathHex("id")};
  const PerformanceId performance{call.QueryId("performance")};
  if (!call.ok()) return call.wrong();
  const auto facts = host.performances.Get(performance);
  if (!facts.ok()) return Problem(facts.status());
  const auto view = OwnHold(host, call, performance, id);
  if (!view.ok()) return Problem(view.status());
  return JsonReply(ViewJson(**facts, *view, false, host.engine.Now()));
}

void CancelHolds(Host& host, std::span<Turn* const> turns) {
  std::vector<CancelRequest> requests;
  std::vector<Turn*> asking;
  for (Turn* turn : turns) {
    Call& call = turn->call;
    const HoldId id{call.PathHex("id")};
    const PerformanceId performance{call.QueryId("performance")};
    if (!call.ok()) {
      turn->reply = call.wrong();
      continue;
    }
    requests.push_back({performance, id, call.who.user});
    asking.push_back(turn);
  }
  std::vector<Status> ends(requests.size());
  host.engine.reservations().Cancel(requests, ends);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    asking[i]->reply = ends[i].ok() ? NoContent() : Problem(ends[i]);
  }
}

Reply ListReservations(Host& host, Call& call) {
  PerformanceId after_performance;
  HoldId after_hold;
  if (call.HasQuery("after_performance")) {
    after_performance.value = call.QueryId("after_performance");
    after_hold.value = call.QueryHex("after_hold");
  }
  const int limit = static_cast<int>(call.QueryNumber("limit", 1, 1'000, 100));
  if (!call.ok()) return call.wrong();
  const auto views =
      host.engine.reservations().ListByUser(call.who.user, after_performance, after_hold, limit);
  if (!views.ok()) return Problem(views.status());
  const TimeUs now = host.engine.Now();
  Json list = Json::Array();
  for (const HoldView& view : *views) {
    const auto facts = host.performances.Get(view.performance);
    if (!facts.ok()) return Problem(facts.status());
    list.Push(ReservationJson(**facts, view, now));
  }
  Json next;
  if (static_cast<int>(views->size()) == limit) {
    next = Json::Object()
               .Set("performance", IdJson(views->back().performance.value))
               .Set("hold", HexText(views->back().hold.value));
  }
  return JsonReply(Json::Object()
                       .Set("reservations", std::move(list))
                       .Set("next", std::move(next))
                       .Set("server_time", InstantText(now)));
}

}  // namespace seathold::web
