// A process sells a million reservations and is killed with a full backlog; how long until another
// one sells. And every sale that was answered is there.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "bench/sale/ours.h"
#include "bench/sale/scenarios.h"
#include "bench/sale/stock.h"

namespace seathold::sale {
namespace {

constexpr std::size_t kBatch = 10'000;

struct Told {
  std::uint64_t sold = 0;
  char database[256] = {};
};

// In a process of its own: sells until it is killed, by itself, behind the last answer.
[[noreturn]] void SellAndDie(std::uint64_t reservations, int to) {
  Ours ours(OurStorage::kJournal);
  const HallSpec spec{.performances = static_cast<std::uint32_t>(reservations / 25'000 + 1)};
  ours.Reset(spec);
  const auto caller = ours.NewCaller();
  Stock stock(spec);
  Told told;
  std::vector<Answer> answers(kBatch);
  while (told.sold < reservations) {
    const auto asks = stock.Take(kBatch);
    caller->Hold(asks, answers);
    caller->Pay(PaymentsOf(asks), answers);
    told.sold += static_cast<std::uint64_t>(std::ranges::count(answers, Answer::kDone));
  }
  ours.database().copy(told.database, sizeof told.database - 1);
  (void)!::write(to, &told, sizeof told);
  ::kill(::getpid(), SIGKILL);
  std::abort();
}

// What a child sold and left behind.
Told Leave(std::uint64_t reservations) {
  int ends[2];
  if (::pipe(ends) != 0) bench::Check(Status(Code::kInternal), "a pipe");
  const pid_t child = ::fork();
  if (child == 0) SellAndDie(reservations, ends[1]);
  ::close(ends[1]);
  Told told;
  const bool heard = ::read(ends[0], &told, sizeof told) == sizeof told;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  if (!heard) bench::Check(Status(Code::kInternal), "the seller ended early");
  return told;
}

}  // namespace

void RunReopen(const Options& options, Report* report) {
  const std::uint64_t reservations = options.quick ? 20'000 : 1'000'000;
  const Told told = Leave(reservations);
  EngineOptions engine_options;
  engine_options.storage = std::string("sqlite:") + told.database + "?journal=on";
  engine_options.line = "none";
  const std::int64_t began = MonotonicNs();
  const auto engine = bench::Must(Engine::Open(engine_options), "opening after a kill");
  const double opened_s = static_cast<double>(MonotonicNs() - began) / 1e9;
  const AuditReport audit = bench::Must(engine->Verify({600'000}), "auditing");
  report->Add("reopen", "ours", "log synced each batch", "", 1,
              {{"reservations", static_cast<double>(told.sold)}, {"reopen_s", opened_s}});
  if (audit.confirmed != told.sold) report->Judge("reopen", "ours", "a sale was lost");
  if (!audit.clean()) report->Judge("reopen", "ours", audit.findings[0].detail);
  (void)engine->Close({60'000});
  std::filesystem::remove_all(std::filesystem::path(told.database).parent_path());
}

}  // namespace seathold::sale
