// Charge and withdraw.
#pragma once

#include <string>

#include "seathold/wallet.h"
#include "src/rules/rule_context.h"

namespace seathold {

struct WalletArgs {
  TransferId id;
  UserId user;
  Money amount;
  std::string reference;
  TransferKind kind = TransferKind::kCharge;  // or kWithdraw
};

void WalletKeys(const WalletArgs& args, KeySet* keys);
void DecideWallet(const WalletArgs& args, WorkingSet& ws, const RuleContext& context,
                  TransferReply* reply);

}  // namespace seathold
