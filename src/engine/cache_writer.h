// Tells the caches what has committed: claims of seats, and how long an admitted buyer counts.
//
// All of it is advisory. A call is cut at cache_timeout_ms; after a failure the cache is left alone
// for a while (a breaker), and what it missed is left to expiry and version. Used by the leader of
// a batch only, in commit order.
#pragma once

#include <string>

#include "seathold/claim_cache.h"
#include "seathold/line.h"
#include "seathold/log.h"
#include "seathold/storage.h"
#include "src/engine/counters.h"
#include "src/engine/directory.h"
#include "src/engine/line_epochs.h"

namespace seathold {

class CacheWriter {
 public:
  // `claims` and `line` may be null.
  CacheWriter(ClaimCache* claims, Line* line, const LineEpochs& epochs, const Directory& directory,
              std::int64_t timeout_ms, Counters& counters, LogSink& log)
      : claims_(claims),
        line_(line),
        epochs_(epochs),
        directory_(directory),
        timeout_ms_(timeout_ms),
        counters_(counters),
        log_(log) {}

  void Write(const ChangeSet& committed, TimeUs now, Deadline deadline);

 private:
  class Breaker {
   public:
    bool closed() const { return MonotonicNs() >= retry_at_ns_; }
    void Note(const Status& status);

   private:
    static constexpr std::int64_t kPauseNs = 1'000'000'000;
    std::int64_t retry_at_ns_ = 0;
  };

  void WriteClaims(const ChangeSet& committed, TimeUs now, Deadline deadline);
  using ShowEntry = std::pair<ShowId, LineEntry>;
  using LineCall = Status (Line::*)(ShowId, std::uint64_t, std::span<const LineEntry>, Deadline);
  void WriteLine(const ChangeSet& committed, Deadline deadline);
  Status TellLine(LineCall call, std::vector<ShowEntry>* told, Deadline deadline);
  void Note(const char* what, const Status& status, Breaker* breaker);

  ClaimCache* const claims_;
  Line* const line_;
  const LineEpochs& epochs_;
  const Directory& directory_;
  const std::int64_t timeout_ms_;
  Counters& counters_;
  LogSink& log_;
  Breaker claims_breaker_;
  Breaker line_breaker_;
  std::vector<Claim> puts_, drops_;  // reused, like the next three
  std::vector<ShowEntry> keeps_, leaves_;
  std::vector<LineEntry> entries_;
};

}  // namespace seathold
