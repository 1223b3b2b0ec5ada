#include "src/engine/sweeper.h"

#include <algorithm>

#include "src/commit/submit.h"
#include "src/engine/queue_line.h"

namespace seathold {
namespace {

using ExpireCommand = RuleCommand<ExpireArgs, ExpireReply, ExpireKeys, DecideExpire>;
constexpr std::size_t kClaimsAtOnce = 1'024;
constexpr int kSweepHoldsAtOnce = 10'000;

auto KeyOf(const ExpireArgs& hold) { return std::tuple(hold.performance, hold.hold); }

}  // namespace

Result<int> Sweeper::Sweep(int holds_max, Deadline deadline) {
  Due due;
  if (Status s = Gather(static_cast<std::size_t>(holds_max), deadline, &due); !s.ok()) return s;
  std::vector<ExpireCommand> commands;
  for (const ExpireArgs& hold : due.holds) commands.emplace_back(hold);
  int ended = 0;
  std::vector<ExpireArgs> settled;  // over for sure: by this round or before it
  settled.reserve(due.holds.size());
  Status failed;
  Submit(*core_.commits, std::move(commands), deadline,
         [&](std::size_t at, ExpireCommand* done, const Status& why) {
           const Status& status = done != nullptr ? done->reply.status : why;
           if (!status.ok()) {
             failed = status;
             return;
           }
           ended += done->reply.ended ? 1 : 0;
           if (!done->reply.alive) settled.push_back(due.holds[at]);
         });
  core_.counters.expired.fetch_add(static_cast<std::uint64_t>(ended), std::memory_order_relaxed);
  // A round that failed was none: the next one looks again.
  if (due.all && failed.ok()) {
    full_at_ns_.store(MonotonicNs() + core_.options.sweep_full_ms * 1'000'000);
  }
  (void)Guarded([&] {
    DropSettled(settled, due, deadline);
    Maintain();
    return Status();
  });
  if (ended == 0 && !failed.ok()) return failed;
  return ended;
}

Status Sweeper::Gather(std::size_t holds_max, Deadline deadline, Due* due) {
  const bool full = core_.claims == nullptr || MonotonicNs() >= full_at_ns_.load();
  if (full) {
    ScanSpec scan{.index = ScanSpec::Index::kHoldsDue, .until = core_.Now()};
    scan.rows_max = static_cast<std::uint32_t>(holds_max);
    RecordSet rows;
    bool more = false;
    const Status status = core_.InUnit(
        Access::kRead, deadline, [&](StorageUnit& unit) { return unit.Scan(scan, &rows, &more); });
    if (!status.ok()) return status;
    for (const HoldRecord& hold : rows.of<HoldRecord>().rows) {
      due->holds.push_back({hold.performance, hold.hold});
    }
    due->all = !more;
  }
  if (core_.claims != nullptr) GatherClaims(holds_max, deadline, due);
  return core_.Usable();
}

// All that are due, or as many as the holds of a round may have.
void Sweeper::ReadClaims(std::size_t claims_max, Deadline deadline, std::vector<Claim>* claims) {
  std::size_t n = 0;
  for (std::size_t page = kClaimsAtOnce; n == claims->size() && n < claims_max; page *= 8) {
    claims->resize(std::min(page, claims_max));
    // A cache that cannot tell is no reason to fail: storage's own index is swept too.
    if (!core_.claims->Due(core_.Now(), *claims, &n, deadline).ok()) n = 0;
    if (n == 0) break;
  }
  claims->resize(n);
}

void Sweeper::GatherClaims(std::size_t holds_max, Deadline deadline, Due* due) {
  ReadClaims(holds_max * kSeatsPerHoldCap, deadline, &due->claims);
  std::vector<ExpireArgs> claimed;
  for (const Claim& claim : due->claims) claimed.push_back({claim.performance, claim.hold});
  std::ranges::sort(claimed, {}, KeyOf);
  const auto same = [](const ExpireArgs& a, const ExpireArgs& b) { return KeyOf(a) == KeyOf(b); };
  claimed.erase(std::unique(claimed.begin(), claimed.end(), same), claimed.end());
  std::ranges::sort(due->holds, {}, KeyOf);
  // What storage says goes first: a cache that lies must not crowd it out.
  const auto known = static_cast<std::ptrdiff_t>(due->holds.size());
  for (const ExpireArgs& hold : claimed) {
    if (due->holds.size() >= holds_max) break;
    const auto end = due->holds.begin() + known;
    const bool twice = std::ranges::binary_search(due->holds.begin(), end, KeyOf(hold), {}, KeyOf);
    if (!twice) due->holds.push_back(hold);
  }
  std::ranges::sort(due->holds, {}, KeyOf);
}

// Storage has released these: now their claims may leave the due list.
void Sweeper::DropSettled(const std::vector<ExpireArgs>& settled, const Due& due,
                          Deadline deadline) {
  if (due.claims.empty()) return;
  std::vector<Claim> drops;
  for (const Claim& claim : due.claims) {
    const auto key = std::tuple(claim.performance, claim.hold);
    if (std::ranges::binary_search(settled, key, {}, KeyOf)) drops.push_back(claim);
  }
  if (!drops.empty() && !core_.claims->Drop(drops, deadline).ok()) {
    core_.counters.cache_errors.fetch_add(1, std::memory_order_relaxed);
  }
}

// Once sales stop no commit does it. While they go on the commits do, and this finds it busy.
void Sweeper::Maintain() {
  const std::int64_t now_ns = MonotonicNs();
  if (now_ns < maintain_at_ns_.load()) return;
  maintain_at_ns_.store(now_ns + core_.options.sweep_full_ms * 1'000'000);
  (void)core_.storage->Maintain(Deadline{0});
}

void Sweeper::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Sweeper::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
  if (thread_.joinable()) thread_.join();
}

void Sweeper::Loop() {
  for (;;) {
    {
      const MutexLock lock(mutex_);
      const Deadline until = Deadline::After({core_.options.sweep_every_ms});
      while (!stopping_ && wake_.Wait(mutex_, until)) {
      }
      if (stopping_) return;
    }
    // What is thrown here, on a thread of ours, would end the host.
    (void)Guarded([&] {
      const Deadline deadline = Deadline::After({});
      const auto swept = Sweep(kSweepHoldsAtOnce, deadline);
      Status status = swept.ok() ? SweepLines(core_, deadline) : swept.status();
      if (!status.ok()) core_.log->Write(LogLevel::kWarning, "sweep: " + status.text());
      return status;
    });
  }
}

}  // namespace seathold
