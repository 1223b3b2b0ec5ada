// Give seats back: cancel a hold, expire it, refund a reservation.
#pragma once

#include "seathold/reservation_system.h"
#include "src/rules/rule_context.h"

namespace seathold {

void CancelKeys(const CancelRequest& args, const PerformanceCatalog& catalog, KeySet* keys);
void DecideCancel(const CancelRequest& args, WorkingSet& ws, const RuleContext& context,
                  Status* reply);

// A hold that is alive, over already or unknown is left alone.
struct ExpireArgs {
  PerformanceId performance;
  HoldId hold;
};
struct ExpireReply {
  Status status;
  bool ended = false;  // by this call
  bool alive = false;  // not due yet
};
void ExpireKeys(const ExpireArgs& args, KeySet* keys);
void DecideExpire(const ExpireArgs& args, WorkingSet& ws, const RuleContext& context,
                  ExpireReply* reply);

void RefundKeys(const RefundRequest& args, KeySet* keys);
void DecideRefund(const RefundRequest& args, WorkingSet& ws, const RuleContext& context,
                  PayReply* reply);

}  // namespace seathold
