#include "src/rules/queue.h"

#include <algorithm>

namespace seathold {
namespace {

constexpr std::uint64_t kEpochMax = (std::uint64_t{1} << (64 - Sequence::kCounterBits)) - 1;

}  // namespace

void RaiseEpochKeys(const RaiseEpochArgs& args, KeySet* keys) {
  keys->Add<LineRecord>({args.show});
}

void DecideRaiseEpoch(const RaiseEpochArgs& args, WorkingSet& ws, const RuleContext& context,
                      RaiseEpochReply* reply) {
  const LineRecord* had = ws.Must<LineRecord>({args.show});
  if (had == nullptr) return;
  reply->line = *had;
  if (had->epoch != args.believed) return;
  const std::uint64_t next = std::max(had->epoch + 1, args.at_least);
  if (next > kEpochMax) {
    reply->status = Status(Code::kNoLine, "the line has used up its epochs");
    return;
  }
  reply->line.epoch = next;
  reply->line.lost_at = context.now;
  reply->raised = true;
  ws.Put(reply->line);
}

void SpendKeys(const SpendArgs& args, KeySet* keys) {
  keys->Add<SpentRecord>({args.show, args.user});
}

void DecideSpend(const SpendArgs& args, WorkingSet& ws, const RuleContext&, Status*) {
  const SpentRecord* had = ws.Find<SpentRecord>({args.show, args.user});
  if (ws.missed() || (had != nullptr && had->through >= args.through)) return;
  ws.Put(SpentRecord{args.show, args.user, args.through});
}

}  // namespace seathold
