// Take seats off sale, or put them back.
#pragma once

#include <string>

#include "src/rules/rule_context.h"

namespace seathold {

struct BlockArgs {
  PerformanceId performance;
  InlineList<SeatId, kSeatsPerHoldCap> seats;  // no seat twice
  bool block = true;
  std::string reason;
};

void BlockKeys(const BlockArgs& args, KeySet* keys);
// One status a seat.
void DecideBlock(const BlockArgs& args, WorkingSet& ws, const RuleContext& context,
                 InlineList<Code, kSeatsPerHoldCap>* replies);

}  // namespace seathold
