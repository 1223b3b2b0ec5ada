// The waiting line on its file: a million join, in calls of a thousand; polls tell each how many
// are ahead, exactly; a thousand leave and a thousand are let in, again and again.
#include "bench/sale/ours.h"
#include "bench/sale/scenarios.h"

namespace seathold::sale {
namespace {

constexpr std::size_t kBatch = 1'000;
constexpr const char* kDurability = "line file, may lose what was not synced";
constexpr std::size_t kInside = 1'000;  // active_max of the show

struct Tokens {
  std::vector<SignedText> texts;  // in the order in which they joined
  std::vector<std::string_view> views(std::size_t first) const {
    std::vector<std::string_view> views;
    for (std::size_t i = first; i < first + kBatch; ++i) views.push_back(texts[i].view());
    return views;
  }
};

void Join(Ours* ours, std::size_t first, Tokens* tokens) {
  std::vector<JoinRequest> requests(kBatch);
  for (std::size_t i = 0; i < kBatch; ++i) {
    requests[i] = {ours->queued_show(), UserId{10'000'000 + first + i}};
  }
  std::vector<Place> places(kBatch);
  ours->engine().queue().Join(requests, places, {60'000});
  for (const Place& place : places) {
    bench::Check(place.status, "joining");
    tokens->texts.push_back(place.token);
  }
}

// Polls of waiters all over the line; false: one was told another number than is ahead.
bool Poll(Ours* ours, const Tokens& tokens, double seconds, Values* values) {
  std::vector<Place> places(kBatch);
  std::uint64_t polls = 0;
  bool exact = true;
  const Meter meter(*ours);
  const std::int64_t ends = MonotonicNs() + static_cast<std::int64_t>(seconds * 1e9);
  for (std::size_t call = 0; MonotonicNs() < ends; ++call) {
    const std::size_t first =
        kInside + call * 7'919'000 % (tokens.texts.size() - kInside) / kBatch * kBatch;
    const auto views = tokens.views(first);
    ours->engine().queue().Poll(views, places);
    exact = exact && places[1].ok() && places[1].state == LineState::kWaiting &&
            places[1].ahead == first + 1 - kInside;
    polls += kBatch;
  }
  AddUsage("poll", meter.Spent(), polls, values);
  return exact;
}

// Those inside leave, as many come in. The clock runs for the second alone.
double AdmitPerSecond(Ours* ours, const Tokens& tokens, std::size_t times) {
  std::int64_t took_ns = 0;
  for (std::size_t n = 0; n < times; ++n) {
    const auto views = tokens.views(n * kInside);
    std::vector<Status> left(kBatch);
    ours->engine().queue().Leave(views, left, {60'000});
    const std::int64_t began = MonotonicNs();
    const int admitted = bench::Must(
        ours->engine().queue().Admit(ours->queued_show(), kInside, {60'000}), "admitting");
    took_ns += MonotonicNs() - began;
    if (admitted != kInside) bench::Check(Status(Code::kInternal), "admitting a thousand");
  }
  return static_cast<double>(times * kInside) / (static_cast<double>(took_ns) / 1e9);
}

}  // namespace

void RunLine(const Options& options, Report* report) {
  Ours ours(OurStorage::kShared);  // no thread of the engine lets anybody in
  ours.Reset({.seats = 1'000, .users = 10, .line = true});
  Tokens tokens;
  const std::size_t waiters = options.quick ? 10'000 : 1'000'000;
  const std::size_t rounds = static_cast<std::size_t>(options.rounds);
  for (std::size_t round = 0; round < rounds; ++round) {
    Values values;
    const Meter meter(ours);
    const std::size_t share = waiters / rounds / kBatch * kBatch;
    for (std::size_t n = 0; n < share; n += kBatch) Join(&ours, tokens.texts.size(), &tokens);
    AddUsage("join", meter.Spent(), share, &values);
    report->Add("line", ours.name(), kDurability, "join", static_cast<int>(round) + 1, values);
  }
  for (int round = 1; round <= options.rounds; ++round) {
    Values values;
    if (!Poll(&ours, tokens, options.seconds, &values)) {
      report->Judge("line", ours.name(), "a waiter was told a wrong place");
    }
    report->Add("line", ours.name(), kDurability, "poll", round, values);
  }
  const double rate = AdmitPerSecond(&ours, tokens, options.quick ? 3 : 50);
  report->Add("line", ours.name(), kDurability, "admit", 1, {{"admit_per_s", rate}});
#ifdef SEATHOLD_SALE_SERVERS
  RunRedisLine(options, waiters, report);
#endif
}

}  // namespace seathold::sale
