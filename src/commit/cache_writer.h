// Tells the caches what has committed: claims of seats, and how long an admitted buyer counts.
//
// All of it is advisory. A call is cut at cache_timeout_ms; after a failure the cache is left alone
// for a while (a breaker). What the claims missed is left to expiry and version; what the line
// missed stays with its LineWriter. Used by the leader of a batch only, in commit order.
#pragma once

#include <string>

#include "seathold/adapter/claim_cache.h"
#include "seathold/adapter/storage.h"
#include "seathold/log.h"
#include "src/commit/counters.h"
#include "src/mirror/directory.h"
#include "src/waiting_room/line_writer.h"

namespace seathold {

class CacheWriter {
 public:
  // `claims` and `line` may be null.
  CacheWriter(ClaimCache* claims, LineWriter* line, const Directory& directory,
              std::int64_t timeout_ms, Counters& counters, LogSink& log)
      : claims_(claims),
        line_(line),
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
  void Note(const char* what, const Status& status, Breaker* breaker);

  ClaimCache* const claims_;
  LineWriter* const line_;
  const Directory& directory_;
  const std::int64_t timeout_ms_;
  Counters& counters_;
  LogSink& log_;
  Breaker claims_breaker_;
  Breaker line_breaker_;
  std::vector<Claim> puts_, drops_;  // reused
};

}  // namespace seathold
