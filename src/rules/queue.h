// What storage remembers of waiting lines: their epochs, and the sequences that are over.
#pragma once

#include "src/rules/rule_context.h"

namespace seathold {

// A line was found lost: its epoch is raised, unless somebody else has done so since.
struct RaiseEpochArgs {
  ShowId show;
  std::uint64_t believed = 0;  // the epoch that was lost
  std::uint64_t at_least = 0;  // epochs below this one were seen in use
};
struct RaiseEpochReply {
  Status status;
  bool raised = false;  // by this command
  LineRecord line;      // as it stands now
};
void RaiseEpochKeys(const RaiseEpochArgs& args, KeySet* keys);
void DecideRaiseEpoch(const RaiseEpochArgs& args, WorkingSet& ws, const RuleContext& context,
                      RaiseEpochReply* reply);

// Sequences of a user up to `through` start no hold any more (left, or revoked).
struct SpendArgs {
  ShowId show;
  UserId user;
  Sequence through;
};
void SpendKeys(const SpendArgs& args, KeySet* keys);
void DecideSpend(const SpendArgs& args, WorkingSet& ws, const RuleContext& context, Status* reply);

}  // namespace seathold
