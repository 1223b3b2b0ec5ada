// The load on the web host. README.md has the method.
#include <fmt/format.h>
#include <signal.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>

#include "bench/web/hall.h"
#include "bench/web/mixes.h"
#include "bench/web/options.h"
#include "bench/web/report.h"
#include "bench/web/rush.h"
#include "tests/web/program.h"

namespace seathold::load {
namespace {

using testing::WebFolder;
using testing::WebProgram;

constexpr double kSearchRate = 2'000;

std::unique_ptr<WebProgram> StartHost(const Options& options, const std::string& db) {
  std::vector<std::string> words = {
      "--db", db, "--connections-per-address", "100000", "--log-level", options.log_level};
  words.insert(words.end(), options.host_words.begin(), options.host_words.end());
  auto host = std::make_unique<WebProgram>(words);
  if (host->port() != 0) return host;
  fmt::print(stderr, "the host does not start: {}\n", host->Log());
  return nullptr;
}

std::optional<Hall> Make(const HallSpec& spec) {
  auto hall = MakeHall(spec);
  if (hall.ok()) return std::move(*hall);
  fmt::print(stderr, "{}: {}\n", spec.db, hall.status().text());
  return std::nullopt;
}

// Stops the host for a while, as a machine does that has something else to do.
std::thread Stall(pid_t host, std::int64_t ms) {
  return std::thread([host, ms] {
    if (ms == 0) return;
    std::this_thread::sleep_for(std::chrono::seconds(1));
    ::kill(host, SIGSTOP);
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    ::kill(host, SIGCONT);
  });
}

// A host of its own with a database of its own, so that no step pays for what another left behind.
std::optional<Report> Measure(const Options& options, double rate) {
  const WebFolder folder;
  HallSpec spec{.db = folder.Path("hall.db"), .buyers = options.buyers};
  const auto requests = static_cast<std::uint64_t>(std::llround(rate * options.seconds));
  const auto seats = static_cast<std::uint32_t>(spec.rows * spec.row_seats);
  spec.evenings = EveningsFor(options.mix, requests, seats);
  const auto hall = Make(spec);
  const auto host = hall ? StartHost(options, spec.db) : nullptr;
  if (!host) return std::nullopt;
  Crowd crowd(*hall, options.mix, options.seed);
  Report report{.mix = options.mix_name, .rate_asked = rate, .connections = options.connections};
  std::thread stall = Stall(host->pid(), options.stall_ms);
  const double before_s = host->CpuSeconds();
  report.tally = Drive(crowd, host->port(), options.connections,
                       {.rate = rate, .requests = requests, .seed = options.seed});
  report.host_cpu_s = host->CpuSeconds() - before_s;
  report.host_bytes = host->Bytes();
  stall.join();
  return report;
}

void Print(const Options& options, const Report& report) {
  if (options.json) {
    fmt::print("{}\n", JsonText(report));
  } else {
    fmt::print("{}", TableRow(report));
  }
  std::fflush(stdout);
}

int Run(const Options& options) {
  const auto report = Measure(options, options.rate);
  if (!report) return 1;
  if (!options.json) fmt::print("{}", TableHead());
  Print(options, *report);
  if (!options.json) fmt::print("\n{}", KindsText(*report));
  return report->tally.unwanted + report->tally.given_up > 0 ? 1 : 0;
}

// A step that breaks is tried twice more: other programs share the machine.
int Steps(const Options& options) {
  double carried = 0;
  if (!options.json) fmt::print("{}", TableHead());
  for (double rate = options.rate; rate <= options.rate_most; rate *= options.factor) {
    std::string broken;
    for (int attempt = 0; attempt < 3 && (attempt == 0 || !broken.empty()); ++attempt) {
      const auto report = Measure(options, rate);
      if (!report) return 1;
      Print(options, *report);
      broken = BrokenBy(*report);
    }
    if (!broken.empty()) {
      fmt::print(options.json ? stderr : stdout, "\n{}: {:.0f}/s carried, {:.0f}/s not: {}\n",
                 options.mix_name, carried, rate, broken);
      return carried > 0 ? 0 : 1;
    }
    carried = rate;
  }
  fmt::print(options.json ? stderr : stdout, "\n{}: {:.0f}/s carried\n", options.mix_name, carried);
  return 0;
}

int Fail(std::string_view why) {
  fmt::print(stderr, "FAILED: {}\n", why);
  return 1;
}

// Every payment that was answered is there.
int Find(const Options& options, const Hall& hall, const WebProgram& host, const Rush& rush) {
  Search search(hall, rush.paid());
  const Tally tally = Drive(search, host.port(), options.connections,
                            {.rate = kSearchRate, .requests = rush.paid().size()});
  fmt::print("{} of {} answered payments found again\n", search.found(), rush.paid().size());
  if (search.found() != rush.paid().size() || tally.unwanted + tally.given_up > 0) {
    return Fail("a payment that was answered is not there: " + search.missing().substr(0, 200));
  }
  return 0;
}

int EndHost(WebProgram* host) {
  const int code = host->Stop(SIGTERM);
  return code == 0 ? 0 : Fail(fmt::format("the host ended with {}", code));
}

int RunRush(const Options& options, const std::string& db) {
  HallSpec spec{.db = db, .rows = options.seats / 100, .buyers = options.buyers};
  const auto hall = Make(spec);
  const auto host = hall ? StartHost(options, db) : nullptr;
  if (!host) return 1;
  Rush rush(*hall, options.seed);
  Report report{.mix = "rush", .rate_asked = options.rate, .connections = options.connections};
  const double before_s = host->CpuSeconds();
  report.tally = Drive(rush, host->port(), options.connections,
                       {.rate = options.rate,
                        .requests = options.requests,
                        .patience_ms = 120'000,
                        .seed = options.seed});
  report.host_cpu_s = host->CpuSeconds() - before_s;
  if (!options.json) fmt::print("{}", TableHead());
  Print(options, report);
  fmt::print("{} tries, {} seats: {} paid, {} refused\n", options.requests, options.seats,
             rush.paid().size(), rush.refused());
  if (report.tally.unwanted + report.tally.given_up > 0) return Fail("not every try was answered");
  if (rush.paid().size() > static_cast<std::size_t>(options.seats)) return Fail("oversold");
  if (rush.paid().size() + rush.refused() != options.requests) return Fail("tries are missing");
  if (const int code = Find(options, *hall, *host, rush); code != 0) return code;
  return EndHost(host.get());
}

int RunKill(const Options& options, const std::string& db) {
  const auto wanted_rows = static_cast<int>(options.paid / 25 + 20);  // four times what is paid
  HallSpec spec{.db = db, .rows = wanted_rows, .buyers = options.buyers};
  const auto hall = Make(spec);
  auto host = hall ? StartHost(options, db) : nullptr;
  if (!host) return 1;
  Rush rush(*hall, options.seed, options.paid, [&] { host->Kill(); });
  const Tally tally = Drive(rush, host->port(), options.connections,
                            {.rate = options.rate,
                             .requests = options.paid * 8,
                             .patience_ms = 120'000,
                             .seed = options.seed});
  const auto cut = tally.statuses.find(0);
  fmt::print("killed after {} answered payments in {:.1f} s, {} requests under way\n",
             rush.paid().size(), tally.seconds, cut == tally.statuses.end() ? 0 : cut->second);
  if (rush.paid().size() < options.paid) return Fail("too little was paid to tell");
  host = StartHost(options, db);
  if (!host) return 1;
  if (const int code = Find(options, *hall, *host, rush); code != 0) return code;
  return EndHost(host.get());
}

int Main(int argc, char** argv) {
  const auto options = ReadOptions(argc, argv);
  if (!options) return 2;
  const WebFolder folder;
  const std::string db = options->db.empty() ? folder.Path("hall.db") : options->db;
  if (options->command == "run") return Run(*options);
  if (options->command == "steps") return Steps(*options);
  if (options->command == "rush") return RunRush(*options, db);
  if (options->command == "kill") return RunKill(*options, db);
  fmt::print(stderr, "no such command: {}\n", options->command);
  return 2;
}

}  // namespace
}  // namespace seathold::load

int main(int argc, char** argv) { return seathold::load::Main(argc, argv); }
