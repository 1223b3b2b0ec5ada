// What the waiting room tells of a line beyond one's place: how long it may take, when to ask
// again, whether there is still anything to wait for. Looked at once a second for all. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include "seathold/engine.h"
#include "src/util/mutex.h"

namespace seathold::web {

struct LineOutlook {
  bool closed = false;        // no date of the show is, or will be, on sale
  double admitted_per_s = 0;  // as it went lately; 0 = nothing is known
  std::int64_t grace_ms = 60'000;
};

// How long those in front take, where the pace is known.
std::optional<std::int64_t> EstimatedWaitMs(std::uint64_t ahead, double admitted_per_s);
// When to ask again: soon near the front, seldom far back, always well within the grace.
std::int64_t NextPollMs(std::uint64_t ahead, std::int64_t grace_ms);

class Lines {
 public:
  explicit Lines(Engine& engine) : engine_(engine) {}

  LineOutlook Outlook(ShowId show);

 private:
  struct Watch {
    Mutex mutex;
    LineOutlook outlook GUARDED_BY(mutex);
    std::int64_t looked_ns GUARDED_BY(mutex) = 0;
    std::uint64_t admitted_total GUARDED_BY(mutex) = 0;
  };

  std::shared_ptr<Watch> Find(ShowId show);
  LineOutlook Look(ShowId show, const LineOutlook& before, double seconds,
                   std::uint64_t* admitted_total);

  Engine& engine_;
  Mutex mutex_;
  std::unordered_map<ShowId, std::shared_ptr<Watch>> watches_ GUARDED_BY(mutex_);
};

}  // namespace seathold::web
