#include "src/rules/wallet.h"

#include "src/rules/transition.h"
#include "src/util/text.h"

namespace seathold {
namespace {

bool SameRequest(const WalletArgs& args, const TransferRecord& had) {
  return had.kind == args.kind && had.user == args.user &&
         Money{had.amount_minor, had.currency} == args.amount &&
         SameText(had.reference, args.reference);
}

TransferRecord Draft(const WalletArgs& args, TimeUs now) {
  const bool charge = args.kind == TransferKind::kCharge;
  TransferRecord transfer;
  transfer.transfer = args.id;
  transfer.kind = args.kind;
  transfer.debit = charge ? LedgerSide::kExternal : LedgerSide::kUser;
  transfer.credit = charge ? LedgerSide::kUser : LedgerSide::kExternal;
  transfer.user = args.user;
  transfer.currency = args.amount.currency;
  transfer.amount_minor = args.amount.minor;
  transfer.reference = args.reference;
  transfer.created_at = now;
  return transfer;
}

void Show(const TransferRecord& transfer, TransferReply* reply) {
  reply->status = Status(transfer.code);
  reply->balance_after = Money{transfer.balance_after_minor, transfer.currency};
}

}  // namespace

void WalletKeys(const WalletArgs& args, KeySet* keys) {
  keys->Add<TransferRecord>({args.id});
  keys->Add<BalanceRecord>({args.user, args.amount.currency});
}

void DecideWallet(const WalletArgs& args, WorkingSet& ws, const RuleContext& context,
                  TransferReply* reply) {
  const TransferRecord* known = ws.Find<TransferRecord>({args.id});
  const BalanceRecord* had = ws.Find<BalanceRecord>({args.user, args.amount.currency});
  if (ws.missed()) return;
  if (known != nullptr) return Replay(SameRequest(args, *known), *known, reply, Show);
  BalanceRecord balance =
      had != nullptr ? *had : BalanceRecord{args.user, args.amount.currency, 0, 0};
  TransferRecord transfer = Draft(args, context.now);
  const bool charge = args.kind == TransferKind::kCharge;
  const auto after = charge ? CheckedAdd(balance.balance_minor, args.amount.minor)
                            : CheckedSub(balance.balance_minor, args.amount.minor);
  if (!after) {
    reply->status = Status(Code::kAmountOutOfRange);
    return;
  }
  if (*after < 0) {
    transfer.code = Code::kInsufficientFunds;
    transfer.balance_after_minor = balance.balance_minor;
  } else {
    balance.balance_minor = *after;
    transfer.balance_after_minor = *after;
    transfer.line = ++balance.transfers;
    ws.Put(balance);
  }
  ws.Put(transfer);
  Show(transfer, reply);
}

}  // namespace seathold
