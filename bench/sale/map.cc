// The map of 50,000 seats: asked for again when nothing, one hold or fifty have been made since. Of
// the others the seats that are taken are read, of which there are ten thousand.
#include <fmt/format.h>

#include "bench/sale/ours.h"
#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"

namespace seathold::sale {
namespace {

constexpr int kMaps = 200;
constexpr int kPeersMaps = 20;
constexpr const char* kPeers[] = {"array", "sqlite_batch", "redis_off", "postgres_set"};
constexpr std::uint32_t kPairsBefore = 5'000;
constexpr std::uint32_t kPairsSince[] = {0, 1, 50};

// Both forms: the whole map, and what changed since the last one.
struct Looks {
  Recorder maps, changes;
};

// How many seats of the map differ from the one before, 2 bits each.
std::uint32_t Taken(const SeatMap& map) { return map.held + map.sold; }

void HoldMore(Caller* caller, Stock* stock, std::uint32_t pairs) {
  if (pairs == 0) return;
  std::vector<Answer> answers(pairs);
  caller->Hold(stock->Take(pairs), answers);
}

void RunPeer(Contestant* contestant, int round, Report* report) {
  const HallSpec spec;
  contestant->Reset(spec);
  const auto caller = contestant->NewCaller();
  Stock stock(spec);
  HoldMore(caller.get(), &stock, kPairsBefore);
  contestant->Rest();
  std::size_t expected = kPairsBefore * kSeatsAHold;
  for (const std::uint32_t pairs : kPairsSince) {
    Recorder maps;
    for (int n = 0; n < kPeersMaps; ++n) {
      HoldMore(caller.get(), &stock, pairs);
      expected += pairs * kSeatsAHold;
      TakenSeats taken;
      const std::int64_t began = MonotonicNs();
      const bool read = caller->ReadMap(0, &taken);
      maps.Add(MonotonicNs() - began);
      if (!read || taken.size() != expected) {
        report->Judge("map", contestant->name(), "a map is not what was sold");
      }
    }
    Values values;
    AddTimes("map", maps, &values);
    report->Add("map", *contestant, fmt::format("{}", pairs * kSeatsAHold), round, values);
  }
}

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
    for (const std::uint32_t pairs : kPairsSince) {
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
  const auto peers = Choose(options, kPeers);
  for (int round = 1; round <= options.rounds; ++round) {
    for (const auto& peer : peers) RunPeer(peer.get(), round, report);
  }
}

}  // namespace seathold::sale
