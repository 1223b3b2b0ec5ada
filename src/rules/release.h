// Give seats back: cancel a hold, expire it, refund a reservation.
#pragma once

#include "seathold/reservation_system.h"
#include "src/rules/rule_context.h"

namespace seathold {

void CancelKeys(const CancelRequest& args, const PerformanceCatalog& catalog, KeySet* keys);
void DecideCancel(const CancelRequest& args, WorkingSet& ws, const RuleContext& context,
                  Status* reply);

// *ended says whether this call ended it. A hold that is alive, over already or unknown is left alone.
void DecideExpire(const HoldRecord::Key& hold, WorkingSet& ws, const RuleContext& context,
                  bool* ended);

void RefundKeys(const RefundRequest& args, KeySet* keys);
void DecideRefund(const RefundRequest& args, WorkingSet& ws, const RuleContext& context,
                  PayReply* reply);

}  // namespace seathold
