// Pay for a hold.
#pragma once

#include <optional>
#include <string>

#include "seathold/reservation_system.h"
#include "src/rules/rule_context.h"

namespace seathold {

struct ConfirmArgs {
  PerformanceId performance;
  HoldId hold;
  TransferId payment;
  UserId user;
  Tender tender = Tender::kWallet;
  std::string reference;
  Uuid reference_digest{};  // of its normal form
  // Of the reference as given, where that is another: release 0.1 noted it so.
  std::optional<Uuid> given_digest;
  std::optional<Money> expected_total;
};

void ConfirmKeys(const ConfirmArgs& args, const PerformanceCatalog& catalog, KeySet* keys);
void DecideConfirm(const ConfirmArgs& args, WorkingSet& ws, const RuleContext& context,
                   PayReply* reply);

}  // namespace seathold
