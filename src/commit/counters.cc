#include "src/commit/counters.h"

#include <algorithm>

namespace seathold {

std::uint64_t Histogram::quantile_us(double share) const {
  const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    seen += buckets[i];
    if (seen > wanted || seen == count) return std::min(max_us, bound_us(i) - 1);
  }
  return max_us;
}

// Buckets first: what they count is in the sum by then.
Histogram LatencyCounter::Read() const {
  Histogram out;
  for (const Stripe& stripe : stripes_) {
    for (std::size_t i = 0; i < stripe.buckets.size(); ++i) {
      const std::uint64_t count = stripe.buckets[i].load(std::memory_order_acquire);
      out.buckets[i] += count;
      out.count += count;
    }
  }
  for (const Stripe& stripe : stripes_) {
    out.sum_us += stripe.sum_us.load(std::memory_order_relaxed);
    out.max_us = std::max(out.max_us, stripe.max_us.load(std::memory_order_relaxed));
  }
  return out;
}

void Counters::Answer(Code code, bool replayed, Count* done, std::uint64_t times) {
  if (replayed) {
    replays.fetch_add(times, std::memory_order_relaxed);
  } else if (code == Code::kOk) {
    done->fetch_add(times, std::memory_order_relaxed);
  } else {
    const auto index = static_cast<std::size_t>(FindCode(code) - &CodeAt(0));
    by_code.Add(index, times);
  }
}

void Counters::Read(Stats* out) const {
  out->holds = holds;
  out->confirms = confirms;
  out->cancels = cancels;
  out->refunds = refunds;
  out->expired = expired;
  out->refused_by_mirror = refused_by_mirror[0];
  out->replays = replays;
  out->batches = batches;
  out->commands = commands;
  out->waves = waves;
  out->redecided = redecided;
  out->mirror_refreshes = mirror_refreshes;
  out->cache_errors = cache_errors;
  out->lines_lost = lines_lost;
  for (std::size_t i = 0; i < by_code.size(); ++i) {
    const std::uint64_t count = by_code[i];
    if (count == 0) continue;
    const CodeInfo& info = CodeAt(i);
    if (info.outcome == Outcome::kBusy) out->busy += count;
    if (info.outcome == Outcome::kUnknown) out->unknown += count;
    if (info.outcome != Outcome::kRefused) continue;
    out->refused += count;
    out->refused_by.emplace_back(info.code, count);
  }
  out->hold = hold.Read();
  out->confirm = confirm.Read();
  out->other = other.Read();
  out->commit = commit.Read();
}

}  // namespace seathold
