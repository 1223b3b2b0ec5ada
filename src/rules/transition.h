// The moves that several commands share: a seat changes state, a hold ends, the feed grows.
#pragma once

#include "src/rules/rule_context.h"
#include "src/util/lapse.h"

namespace seathold {

// The per-user limit counts this hold.
inline bool CountsForLimit(const PerformanceInfo& info, std::uint32_t hold_flags) {
  return info.record.user_limit > 0 && (hold_flags & kHoldStaff) == 0;
}

// Seats of a user that count now: confirmed, and in holds that are alive.
std::uint32_t SeatsOfUser(const LimitRecord* limit, TimeUs now);

inline bool IsAlive(const HoldRecord& hold, TimeUs now) {
  return hold.state == HoldState::kHeld && !HasLapsed(hold.expires_at, now);
}
inline bool HasLapsed(const HoldRecord& hold, TimeUs now) {
  return hold.state == HoldState::kHeld && HasLapsed(hold.expires_at, now);
}

// What a hold's transition touches, found before anything is staged.
struct HoldScene {
  const PerformanceInfo* info = nullptr;
  const PerformanceStateRecord* state = nullptr;
  const LimitRecord* limit = nullptr;  // nullptr also when the hold does not count
  InlineList<const SeatRecord*, kSeatsPerHoldCap> seats;

  // False: something was not loaded.
  bool Find(WorkingSet& ws, const RuleContext& context, const HoldRecord& hold);
  // Every seat is this hold's, in `seat_state`: what must be true of a hold before it moves them. A
  // transition is conditional on (seat, hold, state), never on the seat alone.
  bool SeatsAre(const HoldRecord& hold, SeatState seat_state) const;
};

// What happened to a hold, for the feed.
FeedRecord EventOf(const HoldRecord& hold, FeedKind kind, TimeUs now);

// Raises the feed counter in `state` and writes the event.
void AppendEvent(WorkingSet& ws, PerformanceStateRecord* state, FeedRecord event);

// Puts the seats of a scene back on sale, as the event that `state` has counted last.
void FreeSeats(const HoldScene& scene, const PerformanceStateRecord& state, WorkingSet& ws);

// What an id answers that a transfer has already: its first answer, if it was the same request.
template <class Reply>
void Replay(bool same, const TransferRecord& known, Reply* reply,
            void (*show)(const TransferRecord&, Reply*)) {
  if (!same) {
    reply->status = Status(Code::kIdempotencyMismatch);
    return;
  }
  show(known, reply);
  reply->replayed = true;
}

// Ends a living or lapsed hold as `to` (kCancelled or kExpired): its seats go free. False = a
// record was not loaded, nothing staged.
[[nodiscard]] bool EndHold(WorkingSet& ws, const RuleContext& context, HoldRecord hold,
                           HoldState to);

}  // namespace seathold
