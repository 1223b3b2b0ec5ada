#include "src/rules/release.h"

#include "src/rules/transition.h"

namespace seathold {
namespace {

void ShowRefund(const TransferRecord& transfer, PayReply* reply) {
  reply->status = Status(transfer.code);
  reply->payment = transfer.transfer;
  reply->total = Money{transfer.amount_minor, transfer.currency};
  reply->balance_after = Money{transfer.balance_after_minor, transfer.currency};
}

// The reverse of a payment, from the same account to the same account.
TransferRecord Reverse(const RefundRequest& args, const TransferRecord& payment, TimeUs now) {
  TransferRecord transfer = payment;
  transfer.transfer = args.id;
  transfer.kind = TransferKind::kRefund;
  std::swap(transfer.debit, transfer.credit);
  transfer.expected_minor = kNoExpectedTotal;
  transfer.balance_after_minor = 0;
  transfer.line = 0;
  transfer.created_at = now;
  return transfer;
}

// False = refused (in `reply`) or missed.
bool GiveMoney(TransferRecord* transfer, WorkingSet& ws, PayReply* reply) {
  if (transfer->tender != Tender::kWallet) return true;
  const BalanceRecord* had = ws.Must<BalanceRecord>({transfer->user, transfer->currency});
  if (had == nullptr) return false;
  BalanceRecord balance = *had;
  const auto after = CheckedAdd(balance.balance_minor, transfer->amount_minor);
  if (!after) {
    reply->status = Status(Code::kAmountOutOfRange);
    return false;
  }
  balance.balance_minor = *after;
  transfer->balance_after_minor = *after;
  transfer->line = ++balance.transfers;
  ws.Put(balance);
  return true;
}

void StageReturn(HoldRecord hold, const HoldScene& scene, const TransferId& refund, WorkingSet& ws,
                 TimeUs now) {
  PerformanceStateRecord state = *scene.state;
  AppendEvent(ws, &state, EventOf(hold, FeedKind::kRefunded, now));
  FreeSeats(scene, state, ws);
  const auto seats = static_cast<std::uint32_t>(hold.seats.size());
  state.sold -= seats;
  ws.Put(state);
  if (scene.limit != nullptr) {
    LimitRecord limit = *scene.limit;
    limit.confirmed -= seats;
    ws.Put(limit);
  }
  hold.state = HoldState::kRefunded;
  hold.ended_at = now;
  hold.refund = refund;
  ws.Put(hold);
}

Code CheckRefundable(const HoldRecord& hold) {
  if (hold.state == HoldState::kRefunded) return Code::kHoldRefunded;
  return hold.state == HoldState::kConfirmed ? Code::kOk : Code::kNotConfirmed;
}

}  // namespace

void CancelKeys(const CancelRequest& args, const PerformanceCatalog& catalog, KeySet* keys) {
  keys->Add<HoldRecord>({args.performance, args.hold});
  keys->Add<PerformanceStateRecord>({args.performance});
  const PerformanceInfo* info = catalog.Find(args.performance);
  if (info != nullptr && info->record.user_limit > 0) {
    keys->Add<LimitRecord>({args.performance, args.user});
  }
}

void DecideCancel(const CancelRequest& args, WorkingSet& ws, const RuleContext& context,
                  Status* reply) {
  const HoldRecord* hold = ws.Find<HoldRecord>({args.performance, args.hold});
  if (ws.missed()) return;
  if (hold == nullptr) {
    const bool known = context.catalog.Find(args.performance) != nullptr;
    *reply = Status(known ? Code::kUnknownHold : Code::kUnknownPerformance);
  } else if (hold->user != args.user) {
    *reply = Status(Code::kNotHoldOwner);
  } else if (hold->state == HoldState::kConfirmed) {
    *reply = Status(Code::kHoldConfirmed);
  } else if (hold->state == HoldState::kRefunded) {
    *reply = Status(Code::kHoldRefunded);
  } else if (hold->state == HoldState::kHeld) {
    const bool lapsed = HasLapsed(*hold, context.now);
    (void)EndHold(ws, context, *hold, lapsed ? HoldState::kExpired : HoldState::kCancelled);
  }
}

void ExpireKeys(const ExpireArgs& args, KeySet* keys) {
  keys->Add<HoldRecord>({args.performance, args.hold});
  keys->Add<PerformanceStateRecord>({args.performance});
}

void DecideExpire(const ExpireArgs& args, WorkingSet& ws, const RuleContext& context,
                  ExpireReply* reply) {
  const HoldRecord* hold = ws.Find<HoldRecord>({args.performance, args.hold});
  if (ws.missed() || hold == nullptr) return;
  reply->alive = IsAlive(*hold, context.now);
  if (HasLapsed(*hold, context.now)) {
    reply->ended = EndHold(ws, context, *hold, HoldState::kExpired);
  }
}

void RefundKeys(const RefundRequest& args, KeySet* keys) {
  keys->Add<TransferRecord>({args.id});
  keys->Add<HoldRecord>({args.performance, args.hold});
  keys->Add<PerformanceStateRecord>({args.performance});
}

void DecideRefund(const RefundRequest& args, WorkingSet& ws, const RuleContext& context,
                  PayReply* reply) {
  const TransferRecord* known = ws.Find<TransferRecord>({args.id});
  const HoldRecord* hold = ws.Find<HoldRecord>({args.performance, args.hold});
  if (ws.missed()) return;
  if (known != nullptr) {
    const bool same = known->kind == TransferKind::kRefund &&
                      known->performance == args.performance && known->hold == args.hold;
    return Replay(same, *known, reply, ShowRefund);
  }
  const bool performance_known = context.catalog.Find(args.performance) != nullptr;
  const Code code = !performance_known ? Code::kUnknownPerformance
                    : hold == nullptr  ? Code::kUnknownHold
                                       : CheckRefundable(*hold);
  if (code != Code::kOk) {
    reply->status = Status(code);
    return;
  }
  const TransferRecord* payment = ws.Must<TransferRecord>({hold->payment});
  if (payment != nullptr && payment->tender == Tender::kWallet) {
    ws.Must<BalanceRecord>({payment->user, payment->currency});
  }
  HoldScene scene;
  (void)scene.Find(ws, context, *hold);
  if (ws.missed()) return;
  if (!scene.SeatsAre(*hold, SeatState::kSold)) return ws.ReportDamage();

  TransferRecord transfer = Reverse(args, *payment, context.now);
  if (!GiveMoney(&transfer, ws, reply)) return;
  ws.Put(transfer);
  StageReturn(*hold, scene, args.id, ws, context.now);
  ShowRefund(transfer, reply);
}

}  // namespace seathold
