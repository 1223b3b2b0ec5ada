// A buyer's whole evening, many at once: join the line, poll until let in, look at the map, hold
// two seats, pay. Ours alone: the others have no line.
#include <fmt/format.h>

#include <array>
#include <optional>

#include "bench/sale/ours.h"
#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"
#include "bench/sale/threads.h"

namespace seathold::sale {
namespace {

constexpr int kBuyers = 32;
enum Step : std::size_t { kJoin, kPoll, kMap, kHold, kPay, kWhole, kSteps };
constexpr const char* kStepNames[kSteps] = {"join", "poll", "map", "hold", "pay", "journey"};
using Times = std::array<Recorder, kSteps>;

template <class Fn>
auto Timed(Recorder* times, Fn fn) {
  const std::int64_t began = MonotonicNs();
  auto result = fn();
  times->Add(MonotonicNs() - began);
  return result;
}

// False: refused somewhere, which nobody should be.
bool BuyOnce(Ours* ours, const HoldAsk& ask, Times* times) {
  QueueManager& queue = ours->engine().queue();
  ReservationSystem& office = ours->engine().reservations();
  const PerformanceId evening = ours->queued_performance();
  Place place = Timed(&(*times)[kJoin], [&] {
    return queue.Join({ours->queued_show(), UserId{ask.user}}, {60'000});
  });
  while (place.ok() && place.state == LineState::kWaiting) {
    place = Timed(&(*times)[kPoll], [&] { return queue.Poll(place.token.view(), {60'000}); });
  }
  if (!place.ok() || place.pass.empty()) return false;
  const auto map = Timed(&(*times)[kMap], [&] { return office.Map(evening); });
  if (!map.ok() || (*map)->at(ask.first_seat) != ::seathold::SeatState::kAvailable) return false;
  const SeatTicket tickets[] = {{MakeSeatId(ours->venue(), ask.first_seat)},
                                {MakeSeatId(ours->venue(), ask.first_seat + 1)}};
  const HoldReply held = Timed(&(*times)[kHold], [&] {
    return office.Hold({.id = HoldId{ask.hold},
                        .user = UserId{ask.user},
                        .performance = evening,
                        .seats = tickets,
                        .pass = place.pass.view()},
                       {60'000});
  });
  if (!held.ok()) return false;
  const PayReply paid = Timed(&(*times)[kPay], [&] {
    return office.Confirm({.performance = evening,
                           .hold = HoldId{ask.hold},
                           .payment = TransferId{bench::NextId()},
                           .user = UserId{ask.user}},
                          {60'000});
  });
  return paid.ok();
}

}  // namespace

void RunJourney(const Options& options, Report* report) {
  for (int round = 1; round <= options.rounds; ++round) {
    Ours ours(OurStorage::kJournal);
    const HallSpec spec{.users = 25'000, .line = true};
    ours.Reset(spec);
    Stock stock(spec);
    std::atomic<std::uint64_t> next{0}, bought{0}, lost{0};
    std::vector<Times> all(kBuyers);
    std::optional<Meter> meter;
    std::int64_t ends = 0;
    Together(
        kBuyers, [](int) { return 0; },
        [&] {
          meter.emplace(ours);
          ends = MonotonicNs() + static_cast<std::int64_t>(2 * options.seconds * 1e9);
        },
        [&](int t, int) {
          while (MonotonicNs() < ends) {
            const std::uint64_t n = next++;
            if (n >= stock.pairs()) return;
            const std::int64_t began = MonotonicNs();
            (BuyOnce(&ours, stock.Ask(n), &all[t]) ? bought : lost)++;
            all[t][kWhole].Add(MonotonicNs() - began);
          }
        });
    Values values;
    AddUsage("journey", meter->Spent(), bought, &values);
    for (std::size_t step = 0; step < kSteps; ++step) {
      Recorder times;
      for (const Times& of_thread : all) times.Join(of_thread[step]);
      AddTimes(kStepNames[step], times, &values);
    }
    if (lost > 0) report->Judge("journey", ours.name(), fmt::format("{} buyers lost", lost.load()));
    const AuditReport audit = bench::Must(ours.engine().Verify({60'000}), "auditing");
    if (!audit.clean() || audit.confirmed != bought) {
      report->Judge("journey", ours.name(), "the books are not what was promised");
    }
    report->Add("journey", ours, fmt::format("{}", kBuyers), round, values);
  }
}

}  // namespace seathold::sale
