// Hold seats that were named, or the best that there are.
#pragma once

#include <optional>

#include "seathold/reservation_system.h"
#include "src/rules/rule_context.h"

namespace seathold {

// What the pass of a request is worth, as far as memory can tell; the rest is decided by the show
// of the performance, by time, and by what storage knows of its sequence.
struct PassCheck {
  Code code = Code::kNotAdmitted;  // kOk, kNotAdmitted (none was shown), kPassInvalid
  ShowId show{};
  Sequence sequence{};
  TimeUs until{};
  bool spent = false;  // as far as this process knows
};

struct HoldArgs {
  HoldId id;
  UserId user;
  PerformanceId performance;
  InlineList<SeatTicket, kSeatsPerHoldCap> seats;  // sorted; empty when best is asked
  std::int64_t ttl_ms = 0;
  bool staff = false;
  PassCheck pass;

  struct Best {
    int seats = 1;
    std::uint32_t category = kAnyCategory;
    std::uint32_t ticket_type = 0;
    bool allow_split = true;
  };
  std::optional<Best> best;
};

void HoldKeys(const HoldArgs& args, const PerformanceCatalog& catalog, KeySet* keys);
void DecideHold(const HoldArgs& args, WorkingSet& ws, const RuleContext& context, HoldReply* reply);

// What memory alone can refuse, in the order of the rules: the same text answers inside a
// transaction and in front of it.
Code CheckSale(const PerformanceInfo& info, bool on_sale, TimeUs now);
Code CheckSeats(const HoldArgs& args, const PerformanceInfo& info);
Code CheckPass(const HoldArgs& args, const PerformanceInfo& info, TimeUs now);
Code CheckLimits(const HoldArgs& args, const PerformanceInfo& info, const RuleLimits& limits);
// kTooManySeats, with the bound.
Status TooManySeats(const RuleLimits& limits);
// Adds a conflict if the seat is not free for a new hold.
void NoteConflict(const SeatRecord& seat, const PerformanceInfo& info, TimeUs now,
                  HoldReply* reply);

// A reply that shows `hold`, as a first answer or a replay.
void ShowHold(const HoldRecord& hold, const PerformanceInfo& info, HoldReply* reply);

}  // namespace seathold
