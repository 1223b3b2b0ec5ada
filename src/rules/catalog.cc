#include "src/rules/catalog.h"

#include <algorithm>

namespace seathold {

std::uint64_t TakeId(SequenceName name, WorkingSet& ws) {
  const SequenceRecord* had = ws.Find<SequenceRecord>({name});
  if (ws.missed()) return 0;
  SequenceRecord sequence = had != nullptr ? *had : SequenceRecord{name, 1};
  const std::uint64_t id = sequence.next++;
  ws.Put(sequence);
  return id;
}

void AddVenueKeys(KeySet* keys) { keys->Add<SequenceRecord>({SequenceName::kVenue}); }

void DecideAddVenue(const AddVenueArgs& args, WorkingSet& ws, const RuleContext& context,
                    VenueId* id) {
  const VenueId venue{TakeId(SequenceName::kVenue, ws)};
  if (ws.missed()) return;
  const Plan& plan = *args.plan;
  ws.Insert(VenueRecord{venue, plan.name, args.zone, static_cast<std::uint32_t>(plan.seats.size()),
                        context.now});
  std::uint32_t at = 0;
  for (const PlanCategory& category : plan.categories) {
    ws.Insert(CategoryRecord{venue, at++, category.name, category.color});
  }
  at = 0;
  for (const PlanRow& row : plan.rows) {
    ws.Insert(PlanRowRecord{venue, at++, row.section, row.name, row.section_index, row.rank});
  }
  at = 0;
  for (const PlanSeat& seat : plan.seats) {
    ws.Insert(PlanSeatRecord{venue, at++, seat.guid, seat.number, seat.attributes, seat.x, seat.y,
                             seat.category, seat.row, seat.place, seat.blocked});
  }
  *id = venue;
}

void AddShowKeys(KeySet* keys) { keys->Add<SequenceRecord>({SequenceName::kShow}); }

void DecideAddShow(const ShowSpec& spec, WorkingSet& ws, const RuleContext& context, ShowId* id) {
  const ShowId show{TakeId(SequenceName::kShow, ws)};
  if (ws.missed()) return;
  ws.Insert(ShowRecord{show, spec.title, spec.requires_pass, spec.active_max, spec.rate_per_s,
                       spec.grace_ms, spec.pass_ms, context.now});
  if (spec.requires_pass) ws.Insert(LineRecord{show, 1, TimeUs{}});
  *id = show;
}

void AddPerformanceKeys(const AddPerformanceArgs& args, KeySet* keys) {
  keys->Add<SequenceRecord>({SequenceName::kPerformance});
  keys->Add<ShowRecord>({args.spec.show});
  keys->Add<VenueRecord>({args.spec.venue});
}

Code DecideAddPerformance(const AddPerformanceArgs& args, WorkingSet& ws,
                          const RuleContext& context, PerformanceId* id) {
  const PerformanceSpec& spec = args.spec;
  const ShowRecord* show = ws.Find<ShowRecord>({spec.show});
  const VenueRecord* venue = ws.Find<VenueRecord>({spec.venue});
  if (ws.missed()) return Code::kOk;
  if (show == nullptr) return Code::kUnknownShow;
  if (venue == nullptr) return Code::kUnknownVenue;
  const PerformanceId performance{TakeId(SequenceName::kPerformance, ws)};
  if (ws.missed()) return Code::kOk;
  ws.Insert(PerformanceRecord{performance, spec.show, spec.venue, spec.local_date, spec.local_time,
                              spec.starts_at, spec.sale_opens_at, spec.sale_ends_at, spec.currency,
                              spec.user_limit, spec.hold_ttl_ms, venue->seats, context.now});
  for (PriceRecord price : args.prices) {
    price.performance = performance;
    ws.Insert(price);
  }
  PerformanceStateRecord state;
  state.performance = performance;
  state.on_sale = spec.on_sale;
  for (std::uint32_t o = 0; o < venue->seats; ++o) {
    SeatRecord seat;
    seat.performance = performance;
    seat.ordinal = o;
    if (args.plan != nullptr && !args.plan->seats[o].blocked.empty()) {
      seat.state = SeatState::kBlocked;
      ws.Insert(BlockRecord{performance, o, args.plan->seats[o].blocked, context.now});
      ++state.blocked;
    }
    ws.Insert(seat);
  }
  ws.Insert(state);
  *id = performance;
  return Code::kOk;
}

void SetSaleKeys(PerformanceId performance, KeySet* keys) {
  keys->Add<PerformanceStateRecord>({performance});
}

Code DecideSetSale(PerformanceId performance, bool on_sale, WorkingSet& ws) {
  const PerformanceStateRecord* had = ws.Find<PerformanceStateRecord>({performance});
  if (ws.missed()) return Code::kOk;
  if (had == nullptr) return Code::kUnknownPerformance;
  PerformanceStateRecord state = *had;
  state.on_sale = on_sale;
  ws.Put(state);
  return Code::kOk;
}

void TrimFeedKeys(const TrimFeedArgs& args, KeySet* keys) {
  keys->Add<PerformanceStateRecord>({args.performance});
}

Code DecideTrimFeed(const TrimFeedArgs& args, WorkingSet& ws, bool* more) {
  const PerformanceStateRecord* had = ws.Find<PerformanceStateRecord>({args.performance});
  if (ws.missed()) return Code::kOk;
  if (had == nullptr) return Code::kUnknownPerformance;
  PerformanceStateRecord state = *had;
  const std::uint64_t last = std::min(args.through, state.feed);
  const std::uint64_t end = std::min(last + 1, state.feed_first + args.rows_max);
  for (std::uint64_t c = state.feed_first; c < end; ++c) ws.Find<FeedRecord>({args.performance, c});
  if (ws.missed()) return Code::kOk;
  for (std::uint64_t c = state.feed_first; c < end; ++c)
    ws.Remove<FeedRecord>({args.performance, c});
  state.feed_first = std::max(state.feed_first, end);
  *more = state.feed_first <= last;
  ws.Put(state);
  return Code::kOk;
}

}  // namespace seathold
