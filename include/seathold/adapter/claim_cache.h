// The advisory cache of claims: what a hold looks like to whoever asks the cache.
//
// It may forget everything, lie or hang: no grant, refusal, charge or stored state depends on it. A
// claim is written after its hold has committed; storage stays the authority. All implementations
// are thread-safe; every call returns by its deadline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "seathold/ids.h"
#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold {

struct Claim {
  PerformanceId performance;
  SeatId seat;
  HoldId hold;
  UserId user;
  std::uint64_t seat_version = 0;  // only grows; a higher one replaces a lower one
  TimeUs expires_at;
};

class ClaimCache {
 public:
  virtual ~ClaimCache() = default;

  // must provide: stores claims with a TTL of expires_at - now. An entry of the same or a higher
  // seat_version stays as it is.
  virtual Status Put(std::span<const Claim> claims, TimeUs now, Deadline deadline) = 0;
  // must provide: compare-and-delete: removes an entry only while it names the same hold.
  virtual Status Drop(std::span<const Claim> claims, Deadline deadline) = 0;
  // must provide: claims of any performance with expires_at <= now, soonest first, at most
  // out.size(); it costs with what is due, not with what there is. The due list has no TTL of its
  // own: a claim stays due until it is dropped.
  virtual Status Due(TimeUs now, std::span<Claim> out, std::size_t* n, Deadline deadline) = 0;
  // must provide: the claim of a seat that is alive at `now`; *found says whether there is one.
  virtual Status Get(PerformanceId performance, SeatId seat, TimeUs now, Claim* out, bool* found,
                     Deadline deadline) = 0;
  // must provide: drops every claim of a performance.
  virtual Status Forget(PerformanceId performance, Deadline deadline) = 0;
};

}  // namespace seathold
