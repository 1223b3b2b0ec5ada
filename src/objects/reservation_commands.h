// Requests at the door: checked, brought into canonical form, and copied for the queue.
#pragma once

#include "src/commit/command.h"
#include "src/rules/block.h"
#include "src/rules/confirm.h"
#include "src/rules/hold.h"
#include "src/rules/release.h"

namespace seathold {

using HoldCommand = RuleCommand<HoldArgs, HoldReply, HoldKeys, DecideHold>;
using ConfirmCommand = RuleCommand<ConfirmArgs, PayReply, ConfirmKeys, DecideConfirm>;
using CancelCommand = RuleCommand<CancelRequest, Status, CancelKeys, DecideCancel>;
using RefundCommand = RuleCommand<RefundRequest, PayReply, RefundKeys, DecideRefund>;

// Each gives kOk and the arguments of a command, or what is wrong with the request. The pass of a
// hold is looked at later, by CheckPassText.
Status ReadHold(const HoldRequest& request, const RuleLimits& limits, HoldArgs* args);
Status ReadBest(const BestRequest& request, const RuleLimits& limits, HoldArgs* args);
Status ReadConfirm(const ConfirmRequest& request, ConfirmArgs* args);
Status ReadCancel(const CancelRequest& request);
Status ReadRefund(const RefundRequest& request);

inline constexpr std::size_t kReferenceBytesMax = 200;
inline constexpr std::int64_t kTtlMsMax = 30LL * 86'400'000;

}  // namespace seathold
