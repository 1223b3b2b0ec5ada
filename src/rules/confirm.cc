#include "src/rules/confirm.h"

#include "src/rules/transition.h"
#include "src/util/text.h"

namespace seathold {
namespace {

void Refuse(Code code, PayReply* reply) { reply->status = Status(code); }

// The transfer that this request writes, whatever is decided.
TransferRecord Draft(const ConfirmArgs& args, const HoldRecord& hold, TimeUs now) {
  TransferRecord transfer;
  transfer.transfer = args.payment;
  transfer.kind = TransferKind::kPayment;
  transfer.debit = args.tender == Tender::kWallet ? LedgerSide::kUser : LedgerSide::kExternal;
  transfer.credit = LedgerSide::kRevenue;
  transfer.user = args.user;
  transfer.currency = hold.currency;
  transfer.amount_minor = hold.total_minor;
  transfer.performance = args.performance;
  transfer.hold = args.hold;
  transfer.tender = args.tender;
  transfer.reference = args.reference;
  if (args.expected_total) transfer.expected_minor = args.expected_total->minor;
  transfer.created_at = now;
  return transfer;
}

bool SameRequest(const ConfirmArgs& args, const TransferRecord& had) {
  const std::int64_t expected = args.expected_total ? args.expected_total->minor : kNoExpectedTotal;
  return had.kind == TransferKind::kPayment && had.user == args.user &&
         had.performance == args.performance && had.hold == args.hold &&
         had.tender == args.tender && SameText(had.reference, args.reference) &&
         had.expected_minor == expected &&
         (!args.expected_total || args.expected_total->currency == had.currency);
}

void Show(const TransferRecord& transfer, PayReply* reply) {
  reply->status = Status(transfer.code);
  if (transfer.code == Code::kOk) reply->payment = transfer.transfer;
  reply->total = Money{transfer.amount_minor, transfer.currency};
  reply->balance_after = Money{transfer.balance_after_minor, transfer.currency};
}

// The hold's owner asks again under another id: the receipt of the payment that was made.
void ShowReceipt(const HoldRecord& hold, WorkingSet& ws, PayReply* reply) {
  const TransferRecord* paid = ws.Must<TransferRecord>({hold.payment});
  if (paid == nullptr) return;
  Show(*paid, reply);
  reply->already = true;
}

// A decision against the payment that a retry must hear again.
void RefuseForGood(TransferRecord transfer, Code code, std::int64_t balance, WorkingSet& ws,
                   PayReply* reply) {
  transfer.code = code;
  transfer.balance_after_minor = balance;
  ws.Put(transfer);
  Show(transfer, reply);
}

// kOk when a living hold of this user stands to be paid. An expiry that is told is also written.
Code CheckHold(const ConfirmArgs& args, const HoldRecord& hold, WorkingSet& ws,
               const RuleContext& context) {
  if (hold.user != args.user) return Code::kNotHoldOwner;
  if (hold.state == HoldState::kCancelled) return Code::kHoldCancelled;
  if (hold.state == HoldState::kRefunded) return Code::kHoldRefunded;
  if (hold.state == HoldState::kExpired) return Code::kHoldExpired;
  if (hold.state == HoldState::kConfirmed) return Code::kHoldConfirmed;
  if (!HasLapsed(hold, context.now)) return Code::kOk;
  (void)EndHold(ws, context, hold, HoldState::kExpired);
  return Code::kHoldExpired;
}

// Seats sold, counters, feed, pass: everything of a confirmation but the money.
void StageSale(const ConfirmArgs& args, HoldRecord hold, const HoldScene& scene, WorkingSet& ws,
               const RuleContext& context) {
  PerformanceStateRecord state = *scene.state;
  AppendEvent(ws, &state, EventOf(hold, FeedKind::kConfirmed, context.now));
  for (const SeatRecord* seat : scene.seats) {
    SeatRecord sold = *seat;
    sold.state = SeatState::kSold;
    sold.expires_at = TimeUs{};
    sold.version = state.feed;
    ws.Put(sold);
  }
  state.sold += static_cast<std::uint32_t>(hold.seats.size());
  ws.Put(state);
  if (scene.limit != nullptr) {
    LimitRecord limit = *scene.limit;
    std::erase_if(limit.live, [&](const LiveHold& live) { return live.hold == hold.hold; });
    limit.confirmed += static_cast<std::uint32_t>(hold.seats.size());
    ws.Put(limit);
  }
  if (hold.sequence.value != 0) {
    const ShowId show = scene.info->record.show;
    const SpentRecord* had = ws.Find<SpentRecord>({show, hold.user});
    if (had == nullptr || had->through < hold.sequence) {
      ws.Put(SpentRecord{show, hold.user, hold.sequence});
    }
  }
  hold.state = HoldState::kConfirmed;
  hold.ended_at = context.now;
  hold.payment = args.payment;
  ws.Put(hold);
}

// False = refused (in `reply`) or missed; `transfer` then was written if it must be remembered.
bool TakeMoney(const ConfirmArgs& args, TransferRecord* transfer, WorkingSet& ws, PayReply* reply) {
  if (args.tender == Tender::kExternal) {
    bool used = ws.Find<ReferenceRecord>({args.reference_digest}) != nullptr;
    if (args.other_digest) used = ws.Find<ReferenceRecord>({*args.other_digest}) != nullptr || used;
    if (used) {
      reply->status = Status(Code::kReferenceUsed);
      return false;
    }
    if (ws.missed()) return false;
    ws.Put(ReferenceRecord{args.reference_digest, args.payment});
    return true;
  }
  const BalanceRecord* had = ws.Find<BalanceRecord>({args.user, transfer->currency});
  if (ws.missed()) return false;
  BalanceRecord balance =
      had != nullptr ? *had : BalanceRecord{args.user, transfer->currency, 0, 0};
  if (balance.balance_minor < transfer->amount_minor) {
    RefuseForGood(*transfer, Code::kInsufficientFunds, balance.balance_minor, ws, reply);
    return false;
  }
  balance.balance_minor -= transfer->amount_minor;
  transfer->balance_after_minor = balance.balance_minor;
  transfer->line = ++balance.transfers;
  ws.Put(balance);
  return true;
}

}  // namespace

void ConfirmKeys(const ConfirmArgs& args, const PerformanceCatalog& catalog, KeySet* keys) {
  keys->Add<TransferRecord>({args.payment});
  keys->Add<HoldRecord>({args.performance, args.hold});
  keys->Add<PerformanceStateRecord>({args.performance});
  if (args.tender == Tender::kExternal) {
    keys->Add<ReferenceRecord>({args.reference_digest});
    if (args.other_digest) keys->Add<ReferenceRecord>({*args.other_digest});
  }
  const PerformanceInfo* info = catalog.Find(args.performance);
  if (info == nullptr) return;
  if (info->record.user_limit > 0) keys->Add<LimitRecord>({args.performance, args.user});
  if (info->show.requires_pass) keys->Add<SpentRecord>({info->record.show, args.user});
  if (args.tender == Tender::kWallet) keys->Add<BalanceRecord>({args.user, info->record.currency});
}

void DecideConfirm(const ConfirmArgs& args, WorkingSet& ws, const RuleContext& context,
                   PayReply* reply) {
  const TransferRecord* known = ws.Find<TransferRecord>({args.payment});
  const HoldRecord* hold = ws.Find<HoldRecord>({args.performance, args.hold});
  if (ws.missed()) return;
  if (known != nullptr) return Replay(SameRequest(args, *known), *known, reply, Show);
  const PerformanceInfo* info = context.catalog.Find(args.performance);
  if (info == nullptr || hold == nullptr) {
    return Refuse(info == nullptr ? Code::kUnknownPerformance : Code::kUnknownHold, reply);
  }
  const Code code = CheckHold(args, *hold, ws, context);
  if (ws.missed()) return;
  if (code == Code::kHoldConfirmed) return ShowReceipt(*hold, ws, reply);
  if (code != Code::kOk) return Refuse(code, reply);

  HoldScene scene;
  (void)scene.Find(ws, context, *hold);
  if (hold->sequence.value != 0) ws.Find<SpentRecord>({info->record.show, hold->user});
  if (ws.missed()) return;
  if (!scene.SeatsAre(*hold, SeatState::kHeld)) return ws.ReportDamage();

  TransferRecord transfer = Draft(args, *hold, context.now);
  if (args.expected_total && args.expected_total->currency != hold->currency) {
    return Refuse(Code::kCurrencyMismatch, reply);
  }
  if (args.expected_total && args.expected_total->minor != hold->total_minor) {
    return RefuseForGood(transfer, Code::kPriceMismatch, 0, ws, reply);
  }
  if (!TakeMoney(args, &transfer, ws, reply)) return;
  ws.Put(transfer);
  StageSale(args, *hold, scene, ws, context);
  Show(transfer, reply);
}

}  // namespace seathold
