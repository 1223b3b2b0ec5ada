#include "src/rules/block.h"

#include "src/rules/transition.h"

namespace seathold {
namespace {

Code Decide(const SeatRecord& seat, bool block, TimeUs now) {
  if (seat.state == SeatState::kBlocked) return Code::kOk;
  if (IsFree(seat, now)) return Code::kOk;
  return block ? Code::kSeatTaken : Code::kOk;
}

void Stage(const BlockArgs& args, const InlineList<std::uint32_t, kSeatsPerHoldCap>& ordinals,
           WorkingSet& ws, const RuleContext& context) {
  if (ordinals.empty()) return;
  PerformanceStateRecord state = *ws.Find<PerformanceStateRecord>({args.performance});
  FeedRecord event;
  event.kind = args.block ? FeedKind::kBlocked : FeedKind::kUnblocked;
  event.at = context.now;
  for (const std::uint32_t o : ordinals) event.seats.push_back(o);
  AppendEvent(ws, &state, event);
  for (const std::uint32_t o : ordinals) {
    SeatRecord seat;
    seat.performance = args.performance;
    seat.ordinal = o;
    seat.state = args.block ? SeatState::kBlocked : SeatState::kAvailable;
    seat.version = state.feed;
    ws.Put(seat);
    if (args.block) {
      ws.Put(BlockRecord{args.performance, o, args.reason, context.now});
    } else {
      ws.Remove<BlockRecord>({args.performance, o});
    }
  }
  const auto count = static_cast<std::uint32_t>(ordinals.size());
  state.blocked = args.block ? state.blocked + count : state.blocked - count;
  ws.Put(state);
}

// Ends the lapsed holds that stand on seats to be blocked. False = a record was not loaded.
bool EndLapsed(const BlockArgs& args, const PerformanceInfo& info, WorkingSet& ws,
               const RuleContext& context) {
  for (const SeatId id : args.seats) {
    if (VenueOf(id) != info.record.venue) continue;  // refused below: no effect
    const SeatRecord* seat = ws.Find<SeatRecord>({args.performance, OrdinalOf(id)});
    if (seat == nullptr || seat->state != SeatState::kHeld) continue;
    if (!IsFree(*seat, context.now)) continue;
    const HoldRecord* lapsed = ws.Must<HoldRecord>({args.performance, seat->hold});
    if (lapsed == nullptr) return false;
    if (!EndHold(ws, context, *lapsed, HoldState::kExpired)) return false;
  }
  return true;
}

}  // namespace

void BlockKeys(const BlockArgs& args, KeySet* keys) {
  keys->Add<PerformanceStateRecord>({args.performance});
  for (const SeatId seat : args.seats) {
    keys->Add<SeatRecord>({args.performance, OrdinalOf(seat)});
    keys->Add<BlockRecord>({args.performance, OrdinalOf(seat)});
  }
}

void DecideBlock(const BlockArgs& args, WorkingSet& ws, const RuleContext& context,
                 InlineList<Code, kSeatsPerHoldCap>* replies) {
  const PerformanceInfo* info = context.catalog.Find(args.performance);
  ws.Find<PerformanceStateRecord>({args.performance});
  for (const SeatId seat : args.seats) {
    ws.Find<SeatRecord>({args.performance, OrdinalOf(seat)});
    ws.Find<BlockRecord>({args.performance, OrdinalOf(seat)});
  }
  if (ws.missed()) return;
  if (args.block && info != nullptr && !EndLapsed(args, *info, ws, context)) return;

  InlineList<std::uint32_t, kSeatsPerHoldCap> changed;
  for (const SeatId id : args.seats) {
    const SeatRecord* seat = ws.Find<SeatRecord>({args.performance, OrdinalOf(id)});
    if (info == nullptr) {
      replies->push_back(Code::kUnknownPerformance);
    } else if (seat == nullptr || VenueOf(id) != info->record.venue) {
      replies->push_back(Code::kUnknownSeat);
    } else {
      replies->push_back(Decide(*seat, args.block, context.now));
      const bool moves =
          args.block ? seat->state == SeatState::kAvailable : seat->state == SeatState::kBlocked;
      if (moves) changed.push_back(seat->ordinal);
    }
  }
  Stage(args, changed, ws, context);
}

}  // namespace seathold
