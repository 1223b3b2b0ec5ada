// What the engine counts. Lock-free, read at any time.
#pragma once

#include <array>
#include <atomic>
#include <bit>

#include "seathold/stats.h"
#include "src/util/stripes.h"

namespace seathold {

class LatencyCounter {
 public:
  void Add(std::int64_t ns) {
    const auto us = static_cast<std::uint64_t>(ns > 0 ? ns / 1'000 : 0);
    const auto bucket = us == 0 ? std::size_t{0} : static_cast<std::size_t>(std::bit_width(us) - 1);
    Stripe& mine = stripes_[StripeOfThread()];
    if (us > 0) mine.sum_us.fetch_add(us, std::memory_order_relaxed);
    std::uint64_t max = mine.max_us.load(std::memory_order_relaxed);
    while (us > max && !mine.max_us.compare_exchange_weak(max, us, std::memory_order_relaxed)) {
    }
    // Last, so that whoever counts this call finds its time in the sum.
    mine.buckets[std::min(bucket, mine.buckets.size() - 1)].fetch_add(1, std::memory_order_release);
  }
  Histogram Read() const;

 private:
  struct alignas(kStripeBytes) Stripe {
    std::array<std::atomic<std::uint64_t>, Histogram::kBuckets> buckets{};
    std::atomic<std::uint64_t> sum_us{0};
    std::atomic<std::uint64_t> max_us{0};
  };

  std::array<Stripe, kStripes> stripes_;
};

struct Counters {
  using Count = std::atomic<std::uint64_t>;

  Counters() : by_code(CodeCount()), refused_by_mirror(1) {}

  // Answers to requests that change something.
  void Answer(Code code, bool replayed, Count* done, std::uint64_t times = 1);
  void Read(Stats* out) const;

  Count holds{0}, confirms{0}, cancels{0}, refunds{0}, expired{0}, others{0};
  Count replays{0};
  Count batches{0}, commands{0}, waves{0}, redecided{0}, mirror_refreshes{0}, cache_errors{0},
      lines_lost{0};
  // What every refusal in a rush writes.
  StripedCounts by_code;  // by index in the code table
  StripedCounts refused_by_mirror;
  LatencyCounter hold, confirm, other, commit;
};

// Counts the answers of one call, equal ones behind each other at once: in a rush every caller
// writes the same few counters.
class AnswerTally {
 public:
  AnswerTally(Counters& counters, Counters::Count* done) : counters_(counters), done_(done) {}
  ~AnswerTally() { Flush(); }
  AnswerTally(const AnswerTally&) = delete;
  AnswerTally& operator=(const AnswerTally&) = delete;

  void Add(Code code, bool replayed) {
    if (code != code_ || replayed != replayed_) Flush();
    code_ = code;
    replayed_ = replayed;
    ++times_;
  }

 private:
  void Flush() {
    if (times_ > 0) counters_.Answer(code_, replayed_, done_, times_);
    times_ = 0;
  }

  Counters& counters_;
  Counters::Count* const done_;
  Code code_ = Code::kOk;
  bool replayed_ = false;
  std::uint64_t times_ = 0;
};

// Counts the time until it goes out of scope.
class Timed {
 public:
  explicit Timed(LatencyCounter& counter) : counter_(counter), from_ns_(MonotonicNs()) {}
  ~Timed() { counter_.Add(MonotonicNs() - from_ns_); }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

  std::int64_t from_ns() const { return from_ns_; }

 private:
  LatencyCounter& counter_;
  const std::int64_t from_ns_;
};

}  // namespace seathold
