#include "src/rules/transition.h"

namespace seathold {
namespace {

LimitRecord Without(LimitRecord limit, const HoldId& hold) {
  std::erase_if(limit.live, [&](const LiveHold& live) { return live.hold == hold; });
  return limit;
}

}  // namespace

std::uint32_t SeatsOfUser(const LimitRecord* limit, TimeUs now) {
  if (limit == nullptr) return 0;
  std::uint32_t seats = limit->confirmed;
  for (const LiveHold& live : limit->live) {
    if (!HasLapsed(live.expires_at, now)) seats += live.seats;
  }
  return seats;
}

bool HoldScene::Find(WorkingSet& ws, const RuleContext& context, const HoldRecord& hold) {
  info = context.catalog.Find(hold.performance);
  state = ws.Must<PerformanceStateRecord>({hold.performance});
  if (info != nullptr && CountsForLimit(*info, hold.flags)) {
    limit = ws.Must<LimitRecord>({hold.performance, hold.user});
  }
  seats.clear();
  for (const HoldSeat& seat : hold.seats) {
    seats.push_back(ws.Must<SeatRecord>({hold.performance, seat.ordinal}));
  }
  return !ws.missed();
}

bool HoldScene::SeatsAre(const HoldRecord& hold, SeatState seat_state) const {
  for (const SeatRecord* seat : seats) {
    if (seat->hold != hold.hold || seat->state != seat_state) return false;
  }
  return true;
}

FeedRecord EventOf(const HoldRecord& hold, FeedKind kind, TimeUs now) {
  FeedRecord event;
  event.kind = kind;
  event.hold = hold.hold;
  event.user = hold.user;
  event.at = now;
  for (const HoldSeat& seat : hold.seats) event.seats.push_back(seat.ordinal);
  return event;
}

void AppendEvent(WorkingSet& ws, PerformanceStateRecord* state, FeedRecord event) {
  event.performance = state->performance;
  event.counter = ++state->feed;
  ws.Insert(event);
}

void FreeSeats(const HoldScene& scene, const PerformanceStateRecord& state, WorkingSet& ws) {
  for (const SeatRecord* seat : scene.seats) {
    SeatRecord freed;
    freed.performance = seat->performance;
    freed.ordinal = seat->ordinal;
    freed.version = state.feed;
    ws.Put(freed);
  }
}

bool EndHold(WorkingSet& ws, const RuleContext& context, HoldRecord hold, HoldState to) {
  HoldScene scene;
  if (!scene.Find(ws, context, hold)) return false;
  if (!scene.SeatsAre(hold, SeatState::kHeld)) {
    ws.ReportDamage();
    return false;
  }

  PerformanceStateRecord state = *scene.state;
  const bool cancelled = to == HoldState::kCancelled;
  AppendEvent(ws, &state,
              EventOf(hold, cancelled ? FeedKind::kCancelled : FeedKind::kExpired, context.now));
  FreeSeats(scene, state, ws);
  if (scene.limit != nullptr) ws.Put(Without(*scene.limit, hold.hold));
  hold.state = to;
  hold.ended_at = context.now;
  ws.Put(hold);
  ws.Put(state);
  return true;
}

}  // namespace seathold
