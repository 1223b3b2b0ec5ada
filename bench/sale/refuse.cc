// Nothing but noes: seats that others hold, asked for through the engine's own interface, requests
// made ready before. Ours alone: what others take for a no, the rush shows.
#include <fmt/format.h>

#include <array>

#include "bench/sale/ours.h"
#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"
#include "bench/sale/threads.h"

namespace seathold::sale {
namespace {

constexpr std::size_t kReady = 1'000;  // requests of a thread, used over and over

// Who holds a seat is not told no from memory: it may be the same request again.
constexpr std::uint64_t kOtherUser = 1'000'000;

struct Requests {
  std::vector<std::array<SeatTicket, kSeatsAHold>> tickets{kReady};
  std::vector<HoldRequest> holds{kReady};
  std::vector<HoldReply> replies{kReady};
};

std::unique_ptr<Requests> Prepare(Ours* ours, const Stock& stock, int thread) {
  auto requests = std::make_unique<Requests>();
  for (std::size_t i = 0; i < kReady; ++i) {
    const HoldAsk ask = stock.Ask((i * 7 + static_cast<std::size_t>(thread) * 37) % kReady);
    for (std::uint32_t s = 0; s < kSeatsAHold; ++s) {
      requests->tickets[i][s] = {MakeSeatId(ours->venue(), ask.first_seat + s)};
    }
    requests->holds[i] = {.id = HoldId{ask.hold},
                          .user = UserId{kOtherUser + i},
                          .performance = ours->performance(0),
                          .seats = requests->tickets[i]};
  }
  return requests;
}

void RunOne(const Options& options, Ours* ours, const Stock& stock, std::size_t batch, int threads,
            int round, Report* report) {
  std::vector<Recorder> times(static_cast<std::size_t>(threads));
  std::atomic<std::uint64_t> refused{0}, asked{0};
  std::optional<Meter> meter;
  std::int64_t ends = 0;
  Together(
      threads, [&](int t) { return Prepare(ours, stock, t); },
      [&] {
        meter.emplace(*ours);
        ends = MonotonicNs() + static_cast<std::int64_t>(options.seconds * 1e9);
      },
      [&](int, const std::unique_ptr<Requests>& requests) {
        std::uint64_t count = 0, noes = 0;
        while (MonotonicNs() < ends) {  // looked at once a thousand
          for (std::size_t at = 0; at < kReady; at += batch) {
            ours->engine().reservations().Hold({&requests->holds[at], batch},
                                               {&requests->replies[at], batch});
          }
          count += kReady;
          for (const HoldReply& reply : requests->replies) {
            noes += reply.status == Code::kSeatTaken;
          }
        }
        asked += count;
        refused += noes;
      });
  Values values;
  AddUsage("refusal", meter->Spent(), asked, &values);
  if (refused != asked)
    report->Judge("refuse", ours->name(), "a seat that is held was not refused");
  report->Add("refuse", *ours, fmt::format("{} x{}", batch == 1 ? "single" : "batch", threads),
              round, values);
}

}  // namespace

void RunRefuse(const Options& options, Report* report) {
  Ours ours(OurStorage::kJournal);
  const HallSpec spec;
  ours.Reset(spec);
  Stock stock(spec);
  const auto asks = stock.Take(kReady);
  std::vector<Answer> answers(kReady);
  ours.NewCaller()->Hold(asks, answers);
  for (int round = 1; round <= options.rounds; ++round) {
    for (const std::size_t batch : {kReady / 10, std::size_t{1}}) {
      for (const int threads : {1, 2}) {
        RunOne(options, &ours, stock, batch, threads, round, report);
      }
    }
  }
}

}  // namespace seathold::sale
