#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "examples/web/operations.h"
#include "examples/web/wire.h"

namespace seathold::web {
namespace {

constexpr std::size_t kTokenBytes = 95;

std::string_view StateOf(const Place& place, const LineOutlook& outlook) {
  switch (place.state) {
    case LineState::kAdmitted:
      return "admitted";
    case LineState::kWaiting:
      return outlook.closed ? "closed" : "waiting";
    case LineState::kAbsent:
      break;
  }
  return outlook.closed ? "closed" : "expired";
}

Reply PlaceReply(Host& host, ShowId show, const Place& place, std::string_view token) {
  const LineOutlook outlook = host.lines.Outlook(show);
  const bool waiting = place.state == LineState::kWaiting;
  const auto wait = waiting ? EstimatedWaitMs(place.ahead, outlook.admitted_per_s) : std::nullopt;
  const std::string_view kept = place.token.empty() ? token : place.token.view();
  return JsonReply(Json::Object()
                       .Set("token", kept)
                       .Set("show", IdJson(show.value))
                       .Set("state", StateOf(place, outlook))
                       .Set("ahead", place.ahead)
                       .Set("estimated_wait_ms", wait ? Json(*wait) : Json())
                       .Set("next_poll_ms", NextPollMs(place.ahead, outlook.grace_ms))
                       .Set("pass", place.pass.empty() ? Json() : Json(place.pass.view()))
                       .Set("admitted_until", InstantOrNull(place.admitted_until))
                       .Set("server_time", InstantText(host.engine.Now())));
}

struct Poller {
  Turn* turn = nullptr;
  ShowId show;
  std::string token;
};

}  // namespace

Reply JoinQueue(Host& host, Call& call) {
  const ShowId show{call.PathId("show")};
  if (!call.ok()) return call.wrong();
  const Place place = host.engine.queue().Join({.show = show, .user = call.who.user});
  if (!place.ok()) return Problem(place.status);
  return PlaceReply(host, show, place, "");
}

void PollQueues(Host& host, std::span<Turn* const> turns) {
  std::vector<Poller> pollers;
  for (Turn* turn : turns) {
    Poller poller{turn, ShowId{turn->call.BodyId("show")},
                  turn->call.BodyText("token", kTokenBytes)};
    if (turn->call.ok()) {
      pollers.push_back(std::move(poller));
    } else {
      turn->reply = turn->call.wrong();
    }
  }
  std::vector<std::string_view> tokens;
  for (const Poller& poller : pollers) tokens.push_back(poller.token);
  std::vector<Place> places(tokens.size());
  host.engine.queue().Poll(tokens, places);
  for (std::size_t i = 0; i < places.size(); ++i) {
    // Spent, left or revoked: for who waits the same as dropped.
    if (places[i].status == Code::kPassSpent) places[i] = Place{};
    pollers[i].turn->reply = places[i].ok()
                                 ? PlaceReply(host, pollers[i].show, places[i], pollers[i].token)
                                 : Problem(places[i].status);
  }
}

Reply LeaveQueue(Host& host, Call& call) {
  const std::string token = call.BodyText("token", kTokenBytes);
  if (!call.ok()) return call.wrong();
  const Status status = host.engine.queue().Leave(token);
  return status.ok() ? NoContent() : Problem(status);
}

}  // namespace seathold::web
