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
  Uuid reference_digest{};
  // Of another form of it, in which release 0.1 may have noted it.
  std::optional<Uuid> other_digest;
  std::optional<Money> expected_total;
};

void ConfirmKeys(const ConfirmArgs& args, const PerformanceCatalog& catalog, KeySet* keys);
void DecideConfirm(const ConfirmArgs& args, WorkingSet& ws, const RuleContext& context,
                   PayReply* reply);

}  // namespace seathold
