#include "src/rules/hold.h"

#include <string>

#include "src/rules/transition.h"

namespace seathold {
namespace {

void Refuse(Code code, HoldReply* reply) { reply->status = Status(code); }

std::uint32_t FlagsOf(const HoldArgs& args) {
  std::uint32_t flags = args.staff ? kHoldStaff : 0;
  if (args.best) flags |= kHoldBest | (args.best->allow_split ? 0 : kHoldNoSplit);
  return flags;
}

std::int64_t TtlOf(const HoldArgs& args, const PerformanceInfo& info, const RuleLimits& limits) {
  if (args.ttl_ms > 0) return args.ttl_ms;
  return info.record.hold_ttl_ms > 0 ? info.record.hold_ttl_ms : limits.hold_ttl_ms;
}

int SeatsAsked(const HoldArgs& args) {
  return args.best ? args.best->seats : static_cast<int>(args.seats.size());
}

// The request that made `hold` had these arguments (token and trace apart).
bool SameRequest(const HoldArgs& args, const HoldRecord& hold) {
  if (hold.user != args.user || hold.flags != FlagsOf(args)) return false;
  if (hold.asked_ttl_ms != args.ttl_ms) return false;
  if (static_cast<std::size_t>(SeatsAsked(args)) != hold.seats.size()) return false;
  if (args.best) {
    return hold.asked_category == args.best->category &&
           hold.seats[0].ticket_type == args.best->ticket_type;
  }
  for (std::size_t i = 0; i < args.seats.size(); ++i) {
    const HoldSeat& had = hold.seats[i];
    if (OrdinalOf(args.seats[i].seat) != had.ordinal) return false;
    if (args.seats[i].ticket_type != had.ticket_type) return false;
  }
  return true;
}

void Replay(const HoldArgs& args, const HoldRecord& hold, WorkingSet& ws,
            const RuleContext& context, HoldReply* reply) {
  if (!SameRequest(args, hold)) return Refuse(Code::kIdempotencyMismatch, reply);
  // Who is told that a hold is over must never see it revive: the lapse is written.
  if (HasLapsed(hold, context.now) && !EndHold(ws, context, hold, HoldState::kExpired)) return;
  const HoldRecord* now = ws.Find<HoldRecord>(hold.key());
  ShowHold(*now, *context.catalog.Find(hold.performance), reply);
  reply->replayed = true;
}

// Ends the lapsed holds that still stand on these seats. False = a record was not loaded.
bool EndLapsed(const InlineList<const SeatRecord*, kSeatsPerHoldCap>& seats, WorkingSet& ws,
               const RuleContext& context) {
  for (const SeatRecord* seat : seats) {  // all are asked for first, so that one wave brings them
    if (seat->state != SeatState::kHeld) continue;
    const HoldRecord* lapsed = ws.Must<HoldRecord>({seat->performance, seat->hold});
    if (lapsed == nullptr) continue;
    HoldScene scene;
    (void)scene.Find(ws, context, *lapsed);
  }
  if (ws.missed()) return false;
  for (const SeatRecord* seat : seats) {
    if (seat->state != SeatState::kHeld) continue;  // or freed with an earlier seat of its hold
    const HoldRecord lapsed = *ws.Find<HoldRecord>({seat->performance, seat->hold});
    if (!EndHold(ws, context, lapsed, HoldState::kExpired)) return false;
  }
  return true;
}

std::optional<HoldRecord> MakeHold(const HoldArgs& args, const PerformanceInfo& info,
                                   const RuleContext& context, const Ordinals& ordinals) {
  HoldRecord hold;
  hold.performance = args.performance;
  hold.hold = args.id;
  hold.user = args.user;
  hold.currency = info.record.currency;
  hold.flags = FlagsOf(args);
  hold.asked_ttl_ms = args.ttl_ms;
  if (args.best) hold.asked_category = args.best->category;
  if (info.show.requires_pass && !args.staff) hold.sequence = args.pass.sequence;
  hold.created_at = context.now;
  hold.state = HoldState::kHeld;
  hold.expires_at = AddMs(context.now, TtlOf(args, info, context.limits));
  for (std::size_t i = 0; i < ordinals.size(); ++i) {
    const std::uint32_t type = args.best ? args.best->ticket_type : args.seats[i].ticket_type;
    const auto price = info.PriceOf(info.plan->seats[ordinals[i]].category, type);
    const auto total = price ? CheckedAdd(hold.total_minor, *price) : std::nullopt;
    if (!total) return std::nullopt;
    hold.total_minor = *total;
    hold.seats.push_back({ordinals[i], type, *price});
  }
  return hold;
}

// Stages a hold on seats that are free. REQUIRES: everything it touches is loaded.
void Stage(const HoldRecord& hold, const PerformanceInfo& info, WorkingSet& ws,
           const RuleContext& context) {
  PerformanceStateRecord state = *ws.Find<PerformanceStateRecord>({hold.performance});
  FeedRecord event = EventOf(hold, FeedKind::kHeld, context.now);
  event.expires_at = hold.expires_at;
  AppendEvent(ws, &state, event);
  for (const HoldSeat& seat : hold.seats) {
    ws.Put(SeatRecord{hold.performance, seat.ordinal, SeatState::kHeld, hold.hold, hold.user,
                      hold.expires_at, state.feed});
  }
  if (CountsForLimit(info, hold.flags)) {
    const LimitRecord* had = ws.Find<LimitRecord>({hold.performance, hold.user});
    LimitRecord limit = had != nullptr ? *had : LimitRecord{hold.performance, hold.user, 0, {}};
    std::erase_if(limit.live,
                  [&](const LiveHold& l) { return HasLapsed(l.expires_at, context.now); });
    limit.live.push_back(
        {hold.hold, static_cast<std::uint32_t>(hold.seats.size()), hold.expires_at});
    ws.Put(limit);
  }
  ws.Put(hold);
  ws.Put(state);
}

// No seats for best-available: why not, and when some may come back.
void RefuseBest(const SeatBoard& board, const HoldArgs& args, TimeUs now, HoldReply* reply) {
  const HoldArgs::Best& best = *args.best;
  int free = 0;
  int held = 0;
  const auto could_sit = [&] { return HasRun(*board.info->plan, best.seats, best.category); };
  for (const SeatRecord& seat : board.seats) {
    const auto category = board.info->plan->seats[seat.ordinal].category;
    if (best.category != kAnyCategory && category != best.category) continue;
    free += board.free[seat.ordinal];
    if (seat.state != SeatState::kHeld || HasLapsed(seat.expires_at, now)) continue;
    ++held;
    KeepSoonest(&reply->next_release_at, seat.expires_at);
  }
  reply->seats_free = static_cast<std::uint32_t>(free);
  // To wait for what no row can ever give would be in vain, and a time would say otherwise.
  if (!best.allow_split && free + held > 0 && !could_sit()) {
    reply->next_release_at = TimeUs{};
    reply->status = Status(Code::kNoAdjacentSeats,
                           "no row has " + std::to_string(best.seats) + " seats side by side");
    return;
  }
  const Code code = free >= best.seats ? Code::kNoAdjacentSeats
                    : free > 0         ? Code::kNotEnoughSeats
                    : held > 0         ? Code::kAllHeld
                                       : Code::kSoldOut;
  if (code != Code::kAllHeld) reply->next_release_at = TimeUs{};
  Refuse(code, reply);
}

// The seats to hold, or a refusal in `reply`, or a miss.
bool PickSeats(const HoldArgs& args, WorkingSet& ws, const RuleContext& context, HoldReply* reply,
               Ordinals* out) {
  if (!args.best) {
    for (const SeatTicket& ticket : args.seats) out->push_back(OrdinalOf(ticket.seat));
    return true;
  }
  const SeatBoard* board = ws.FindBoard(args.performance);
  if (board == nullptr) return false;
  if (ChooseSeats(*board, args.best->seats, args.best->category, args.best->allow_split, out)) {
    return true;
  }
  RefuseBest(*board, args, context.now, reply);
  return false;
}

Code CheckStored(const HoldArgs& args, const PerformanceInfo& info, WorkingSet& ws,
                 const RuleContext& context) {
  const PerformanceStateRecord* state = ws.Find<PerformanceStateRecord>({args.performance});
  const bool gated = info.show.requires_pass && !args.staff;
  const SpentRecord* spent = gated ? ws.Find<SpentRecord>({info.record.show, args.user}) : nullptr;
  if (ws.missed()) return Code::kOk;
  Code code = CheckSale(info, state != nullptr && state->on_sale, context.now);
  if (code == Code::kOk) code = CheckSeats(args, info);
  if (code == Code::kOk) code = CheckPass(args, info, context.now);
  if (code == Code::kOk && spent != nullptr && args.pass.sequence <= spent->through) {
    code = Code::kPassSpent;
  }
  return code != Code::kOk ? code : CheckLimits(args, info, context.limits);
}

}  // namespace

void HoldKeys(const HoldArgs& args, const PerformanceCatalog& catalog, KeySet* keys) {
  keys->Add<HoldRecord>({args.performance, args.id});
  keys->Add<PerformanceStateRecord>({args.performance});
  for (const SeatTicket& ticket : args.seats) {
    keys->Add<SeatRecord>({args.performance, OrdinalOf(ticket.seat)});
  }
  const PerformanceInfo* info = catalog.Find(args.performance);
  if (info == nullptr || args.staff) return;
  if (info->record.user_limit > 0) keys->Add<LimitRecord>({args.performance, args.user});
  if (info->show.requires_pass) keys->Add<SpentRecord>({info->record.show, args.user});
}

Code CheckSale(const PerformanceInfo& info, bool on_sale, TimeUs now) {
  const PerformanceRecord& p = info.record;
  const bool started = p.starts_at.value != 0 && now >= p.starts_at;
  const bool ended = p.sale_ends_at.value != 0 && now >= p.sale_ends_at;
  if (started || ended) return Code::kSaleEnded;
  const bool opened = p.sale_opens_at.value == 0 || now >= p.sale_opens_at;
  return on_sale && opened ? Code::kOk : Code::kSaleNotOpen;
}

Code CheckSeats(const HoldArgs& args, const PerformanceInfo& info) {
  for (const SeatTicket& ticket : args.seats) {
    const bool here = VenueOf(ticket.seat) == info.record.venue &&
                      OrdinalOf(ticket.seat) < info.plan->seats.size();
    if (!here) return Code::kUnknownSeat;
  }
  for (const SeatTicket& ticket : args.seats) {
    const std::uint32_t category = info.plan->seats[OrdinalOf(ticket.seat)].category;
    if (!info.PriceOf(category, ticket.ticket_type)) return Code::kUnknownTicketType;
  }
  if (!args.best) return Code::kOk;
  // A ticket type must be sold wherever the engine may choose.
  bool any = false;
  for (const PriceRecord& price : info.prices) {
    const bool wanted =
        args.best->category == kAnyCategory || price.category == args.best->category;
    if (!wanted) continue;
    any = true;
    if (!info.PriceOf(price.category, args.best->ticket_type)) return Code::kUnknownTicketType;
  }
  return any ? Code::kOk : Code::kUnknownTicketType;
}

Code CheckPass(const HoldArgs& args, const PerformanceInfo& info, TimeUs now) {
  if (!info.show.requires_pass || args.staff) return Code::kOk;
  if (args.pass.code != Code::kOk) return args.pass.code;
  if (args.pass.show != info.record.show) return Code::kPassInvalid;
  if (HasLapsed(args.pass.until, now)) return Code::kPassOver;
  return args.pass.spent ? Code::kPassSpent : Code::kOk;
}

Status TooManySeats(const RuleLimits& limits) {
  return Status(Code::kTooManySeats, "at most " + std::to_string(limits.max_seats_per_hold));
}

Code CheckLimits(const HoldArgs& args, const PerformanceInfo& info, const RuleLimits& limits) {
  if (SeatsAsked(args) > limits.max_seats_per_hold) return Code::kTooManySeats;
  const std::int64_t own =
      info.record.hold_ttl_ms > 0 ? info.record.hold_ttl_ms : limits.hold_ttl_ms;
  const std::int64_t ttl_max = args.staff ? limits.staff_ttl_max_ms : own;
  return args.ttl_ms > ttl_max ? Code::kHoldTooLong : Code::kOk;
}

void NoteConflict(const SeatRecord& seat, const PerformanceInfo& info, TimeUs now,
                  HoldReply* reply) {
  if (IsFree(seat, now)) return;
  const bool blocked = seat.state == SeatState::kBlocked;
  reply->conflicts.push_back({MakeSeatId(info.record.venue, seat.ordinal),
                              blocked ? Code::kSeatBlocked : Code::kSeatTaken, seat.expires_at});
  reply->status = Status(reply->conflicts[0].reason);
}

void ShowHold(const HoldRecord& hold, const PerformanceInfo& info, HoldReply* reply) {
  reply->state = hold.state;
  reply->expires_at = hold.expires_at;
  reply->total = Money{hold.total_minor, hold.currency};
  for (const HoldSeat& seat : hold.seats) {
    reply->seats.push_back({MakeSeatId(info.record.venue, seat.ordinal), seat.ticket_type});
  }
}

void DecideHold(const HoldArgs& args, WorkingSet& ws, const RuleContext& context,
                HoldReply* reply) {
  const HoldRecord* known = ws.Find<HoldRecord>({args.performance, args.id});
  if (ws.missed()) return;
  if (known != nullptr) return Replay(args, *known, ws, context, reply);

  const PerformanceInfo* info = context.catalog.Find(args.performance);
  if (info == nullptr) return Refuse(Code::kUnknownPerformance, reply);
  const Code code = CheckStored(args, *info, ws, context);
  if (ws.missed()) return;
  if (code != Code::kOk) {
    reply->status = code == Code::kTooManySeats ? TooManySeats(context.limits) : Status(code);
    return;
  }

  Ordinals ordinals;
  if (!PickSeats(args, ws, context, reply, &ordinals)) return;
  InlineList<const SeatRecord*, kSeatsPerHoldCap> seats;
  for (const std::uint32_t o : ordinals)
    seats.push_back(ws.Must<SeatRecord>({args.performance, o}));
  const bool limited = info->record.user_limit > 0 && !args.staff;
  const LimitRecord* limit =
      limited ? ws.Find<LimitRecord>({args.performance, args.user}) : nullptr;
  if (ws.missed()) return;

  for (const SeatRecord* seat : seats) NoteConflict(*seat, *info, context.now, reply);
  if (!reply->status.ok()) return;
  const std::optional<HoldRecord> hold = MakeHold(args, *info, context, ordinals);
  if (!hold) return Refuse(Code::kAmountOutOfRange, reply);
  if (limited && SeatsOfUser(limit, context.now) + seats.size() > info->record.user_limit) {
    return Refuse(Code::kUserLimit, reply);
  }
  if (!EndLapsed(seats, ws, context)) return;
  Stage(*hold, *info, ws, context);
  ShowHold(*hold, *info, reply);
}

}  // namespace seathold
