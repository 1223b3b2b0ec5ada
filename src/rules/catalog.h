// Venues, shows, performances, and the switch of a sale.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "seathold/catalog.h"
#include "src/rules/rule_context.h"

namespace seathold {

struct AddVenueArgs {
  std::shared_ptr<const Plan> plan;  // shared with the caller, who may have given up waiting
  std::string zone;
};
void AddVenueKeys(KeySet* keys);
void DecideAddVenue(const AddVenueArgs& args, WorkingSet& ws, const RuleContext& context,
                    VenueId* id);

void AddShowKeys(KeySet* keys);
void DecideAddShow(const ShowSpec& spec, WorkingSet& ws, const RuleContext& context, ShowId* id);

// `prices` name categories by index.
struct AddPerformanceArgs {
  PerformanceSpec spec;
  std::vector<PriceRecord> prices;
  // The venue's, which never changes: seats that it blocks are blocked from the start. Shared with
  // the directory. Null = it blocks none.
  std::shared_ptr<const Plan> plan;
};
void AddPerformanceKeys(const AddPerformanceArgs& args, KeySet* keys);
Code DecideAddPerformance(const AddPerformanceArgs& args, WorkingSet& ws,
                          const RuleContext& context, PerformanceId* id);

void SetSaleKeys(PerformanceId performance, KeySet* keys);
Code DecideSetSale(PerformanceId performance, bool on_sale, WorkingSet& ws);

// Forgets feed events up to `through`, at most `rows_max` at once; *more = some are left.
struct TrimFeedArgs {
  PerformanceId performance;
  std::uint64_t through = 0;
  std::uint32_t rows_max = 10'000;
};
void TrimFeedKeys(const TrimFeedArgs& args, KeySet* keys);
Code DecideTrimFeed(const TrimFeedArgs& args, WorkingSet& ws, bool* more);

// The next id of a kind. 0 = not loaded.
std::uint64_t TakeId(SequenceName name, WorkingSet& ws);

}  // namespace seathold
