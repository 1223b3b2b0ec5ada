// The map of 50,000 seats: asked for again when nothing, one seat or a hundred seats changed.
#include <fmt/format.h>

#include "bench/sale/ours.h"
#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"

namespace seathold::sale {
namespace {

constexpr int kMaps = 200;

// Both forms: the whole map, and what changed since the last one.
struct Looks {
  Recorder maps, changes;
};

// How many seats of the map differ from the one before, 2 bits each.
std::uint32_t Taken(const SeatMap& map) { return map.held + map.sold; }

}  // namespace

void RunMap(const Options& options, Report* report) {
  for (int round = 1; round <= options.rounds; ++round) {
    Ours ours(OurStorage::kJournal);
    const HallSpec spec;
    ours.Reset(spec);
    const auto caller = ours.NewCaller();
    ReservationSystem& office = ours.engine().reservations();
    Stock stock(spec);
    std::uint32_t taken = 0;
    for (const std::uint32_t pairs : {0u, 1u, 50u}) {
      Looks looks;
      MapVersion seen = bench::Must(office.Map(ours.performance(0)), "a map")->version;
      for (int n = 0; n < kMaps; ++n) {
        const auto asks = stock.Take(pairs);
        std::vector<Answer> answers(pairs);
        if (pairs > 0) caller->Hold(asks, answers);
        taken += pairs * kSeatsAHold;
        std::int64_t began = MonotonicNs();
        const auto changes =
            bench::Must(office.Changes(ours.performance(0), seen, &seen), "changes");
        looks.changes.Add(MonotonicNs() - began);
        began = MonotonicNs();
        const auto map = bench::Must(office.Map(ours.performance(0)), "a map");
        looks.maps.Add(MonotonicNs() - began);
        const bool exact = Taken(*map) == taken && changes.size() == pairs * kSeatsAHold;
        if (!exact) report->Judge("map", ours.name(), "a map is not what was sold");
      }
      Values values;
      AddTimes("map", looks.maps, &values);
      AddTimes("changes", looks.changes, &values);
      report->Add("map", ours, fmt::format("{}", pairs * kSeatsAHold), round, values);
    }
  }
}

}  // namespace seathold::sale
