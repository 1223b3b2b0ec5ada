#include "examples/cli/demo/crash.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <utility>

#include "examples/cli/demo/script.h"
#include "examples/cli/demo/seathold_office.h"
#include "seathold/engine.h"

extern char** environ;

namespace seathold::demo {
namespace {

constexpr int kRowsAKill = 40, kSeatsPerRow = 100;  // more than a seller sells in its life
constexpr int kPageMax = 10'000;
constexpr std::int64_t kStartMs = 20'000;  // for the child's first sale
constexpr int kLivesLeastMs = 40, kLivesMostMs = 400;

double SecondsSince(std::int64_t began_ns) {
  return static_cast<double>(MonotonicNs() - began_ns) / 1e9;
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

// Reads acknowledgements from a pipe as they come.
class AckReader {
 public:
  explicit AckReader(int fd) : fd_(fd) {}

  // Until the deadline, or `first` and something came, or the writer is gone (then false).
  bool Read(std::int64_t until_ns, bool first) {
    while (!(first && !acks_.empty())) {
      const std::int64_t left_ns = until_ns - MonotonicNs();
      if (left_ns <= 0) return true;
      pollfd ready{fd_, POLLIN, 0};
      if (poll(&ready, 1, static_cast<int>(left_ns / 1'000'000) + 1) <= 0) continue;
      if (!ReadSome()) return false;
    }
    return true;
  }

  void Drain() {
    while (ReadSome()) {
    }
  }

  const std::vector<Acknowledgement>& acks() const { return acks_; }

 private:
  bool ReadSome() {
    char chunk[4'096];
    const ssize_t n = read(fd_, chunk, sizeof chunk);
    if (n <= 0) return n < 0 && errno == EINTR;
    bytes_.append(chunk, static_cast<std::size_t>(n));
    std::size_t at = 0;
    for (; bytes_.size() - at >= sizeof(Acknowledgement); at += sizeof(Acknowledgement)) {
      std::memcpy(&acks_.emplace_back(), bytes_.data() + at, sizeof(Acknowledgement));
    }
    bytes_.erase(0, at);
    return true;
  }

  int fd_;
  std::string bytes_;
  std::vector<Acknowledgement> acks_;
};

Result<pid_t> Start(const std::vector<std::string>& command) {
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, argv[0], nullptr, nullptr, argv.data(), environ);
  if (error != 0) {
    return Status(Code::kInternal, fmt::format("{}: {}", command[0], std::strerror(error)));
  }
  return pid;
}

// Starts a seller, lets it live for a random while, kills it. What it said is left in `acks`.
Result<CrashRound> KillOnce(const CrashOptions& options, int number,
                            std::vector<Acknowledgement>* acks) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Status(Code::kInternal, "no pipe");
  Descriptor reading(ends[0]), writing(ends[1]);
  Descriptor inherited(dup(writing.get()));  // a copy without O_CLOEXEC
  Dice dice(options.seed, static_cast<std::uint64_t>(number));
  Result<pid_t> child = Start(options.child(options.engine, inherited.get(), dice.Next()));
  inherited.Close();
  writing.Close();
  if (!child.ok()) return child.status();
  AckReader reader(reading.get());
  CrashRound round;
  bool alive = reader.Read(MonotonicNs() + kStartMs * 1'000'000, true);
  const std::int64_t first_ns = MonotonicNs();
  const std::int64_t lives_us = dice.Between(kLivesLeastMs * 1'000, kLivesMostMs * 1'000);
  if (alive) alive = reader.Read(first_ns + lives_us * 1'000, false);
  kill(*child, SIGKILL);
  round.lived_s = SecondsSince(first_ns);
  int how = 0;
  while (waitpid(*child, &how, 0) < 0 && errno == EINTR) {
  }
  round.killed = WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL;
  reader.Drain();
  *acks = reader.acks();
  if (acks->empty()) return Status(Code::kInternal, "the seller never sold anything");
  return round;
}

using Known = std::map<Uuid, HoldState>;  // every hold by id

Result<Known> ReadHolds(Engine& engine, PerformanceId performance) {
  Known holds;
  HoldId after;
  for (;;) {
    Result<std::vector<HoldView>> page =
        engine.reservations().ListByPerformance(performance, after, kPageMax);
    if (!page.ok()) return page.status();
    for (const HoldView& view : *page) holds[view.hold.value] = view.state;
    if (page->size() < static_cast<std::size_t>(kPageMax)) return holds;
    after = page->back().hold;
  }
}

bool IsThere(const Known& stored, const Acknowledgement& ack) {
  const auto hold = stored.find(ack.hold);
  if (hold == stored.end()) return false;
  return ack.kind == 'P' ? hold->second == HoldState::kConfirmed : true;
}

// Effects in storage of holds and payments that nobody has told us of.
std::uint64_t CountUnheard(const Known& stored, const Known& heard) {
  std::uint64_t unheard = 0;
  for (const auto& [hold, state] : stored) {
    const auto known = heard.find(hold);
    if (known == heard.end())
      unheard += state == HoldState::kConfirmed ? 2 : 1;
    else
      unheard += state == HoldState::kConfirmed && known->second == HoldState::kHeld;
  }
  return unheard;
}

class CrashAct {
 public:
  CrashAct(const CrashOptions& options, Console& console) : options_(options), console_(console) {}

  Status Prepare() {
    const int rows = std::min(kRowsAKill * options_.kills, 10'000);  // the largest hall there is
    Result<Plan> plan = MakePlan("The crash hall", rows, kSeatsPerRow);
    if (!plan.ok()) return plan.status();
    Result<std::unique_ptr<Engine>> engine = Open();
    if (!engine.ok()) return engine.status();
    const StorageInfo storage = (*engine)->stats().storage;
    if (!storage.fresh) {
      return Status(Code::kAlreadyExists, storage.description + ": there is something in it");
    }
    console_.Fact("kept", fmt::format("{}: {}; 4 sellers in one process, another hall",
                                      storage.description, storage.durability));
    Result<Programme> programme = Announce(**engine, Hall(*plan), {"A night of crashes", 0});
    if (!programme.ok()) return programme.status();
    programme_ = *programme;
    return (*engine)->Close();
  }

  Status Round(int number, CrashResult* result) {
    std::vector<Acknowledgement> acks;
    Result<CrashRound> round = KillOnce(options_, number, &acks);
    if (!round.ok()) return round.status();
    round->acknowledged = acks.size();
    if (Status status = Reopen(acks, &*round); !status.ok()) return status;
    Tell(number, *round);
    result->rounds.push_back(*round);
    return Status();
  }

 private:
  Result<std::unique_ptr<Engine>> Open() { return Engine::Open(options_.engine); }

  Status Reopen(const std::vector<Acknowledgement>& acks, CrashRound* round) {
    const std::int64_t began_ns = MonotonicNs();
    Result<std::unique_ptr<Engine>> engine = Open();
    if (!engine.ok()) return engine.status();
    Result<AuditReport> report = (*engine)->Verify();
    if (!report.ok()) return report.status();
    round->clean = report->clean();
    round->reopened_s = SecondsSince(began_ns);
    Result<Known> stored = ReadHolds(**engine, programme_.tonight);
    if (!stored.ok()) return stored.status();
    for (const auto& [hold, state] : heard_) round->vanished += !stored->contains(hold);
    for (const Acknowledgement& ack : acks) {
      round->found += IsThere(*stored, ack);
      heard_[ack.hold] = ack.kind == 'P' ? HoldState::kConfirmed : HoldState::kHeld;
    }
    round->unheard = CountUnheard(*stored, heard_);
    heard_ = std::move(*stored);  // from here on they are known
    return (*engine)->Close();
  }

  void Tell(int number, const CrashRound& round) {
    console_.Fact(fmt::format("kill -9 #{}", number + 1),
                  fmt::format("after {:>5.0f} ms of selling: {:>5} acknowledged, {} found; {} in "
                              "flight; books {} in {}",
                              round.lived_s * 1e3, Grouped(round.acknowledged),
                              console_.Paint(round.sound() ? Tone::kGood : Tone::kBad,
                                             fmt::format("{:>5}", Grouped(round.found))),
                              round.unheard, round.clean ? "verified" : "BROKEN",
                              DurationText(round.reopened_s)));
  }

  const CrashOptions& options_;
  Console& console_;
  Programme programme_;
  Known heard_;
};

}  // namespace

ChildCommand ThisBinary() {
  return [](const EngineOptions& engine, int ack_fd, std::uint64_t seed) {
    return std::vector<std::string>{
        "/proc/self/exe",      "--db",     engine.storage,         "--keys",
        engine.keys,           "--claims", engine.claims,          "demo",
        "--sell-until-killed", "--ack-fd", std::to_string(ack_fd), "--seed",
        std::to_string(seed)};
  };
}

bool CrashResult::holds() const {
  for (const CrashRound& round : rounds) {
    if (!round.sound()) return false;
  }
  return status.ok();
}

std::uint64_t CrashResult::acknowledged() const {
  std::uint64_t sum = 0;
  for (const CrashRound& round : rounds) sum += round.acknowledged;
  return sum;
}

std::uint64_t CrashResult::found() const {
  std::uint64_t sum = 0;
  for (const CrashRound& round : rounds) sum += round.found;
  return sum;
}

CrashResult PlayCrashAct(const CrashOptions& options, const StopFlag& stop, Console& console) {
  CrashResult result;
  CrashAct act(options, console);
  result.status = act.Prepare();
  for (int i = 0; i < options.kills && result.status.ok() && !stop; ++i) {
    result.status = act.Round(i, &result);
  }
  return result;
}

}  // namespace seathold::demo
