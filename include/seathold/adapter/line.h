// The waiting line of a show: who waits in which order, and who is in.
//
// Advisory like the claim cache: it may lose everything. What must never be forgotten (the epoch of
// a line, sequences that were spent or revoked) stands in storage; places are carried by signed
// tokens, so a lost line is rebuilt from the buyers who come back. All implementations are thread-
// safe, every call is one atomic step and returns by its deadline. `now` is engine time.
#pragma once

#include <cstdint>
#include <span>

#include "seathold/ids.h"
#include "seathold/status.h"
#include "seathold/time.h"
#include "seathold/types.h"

namespace seathold {

struct LineConfig {
  std::uint64_t epoch = 1;       // 1 .. 2^24 - 1
  std::uint32_t active_max = 0;  // 0 = no cap
  // Admissions a second; 0 = no rate. At most one second's worth is saved up, and a new line has
  // it.
  std::uint32_t rate_per_s = 0;
  std::int64_t grace_ms = 60'000;  // a waiter silent for longer is dropped; 1 ms .. 366 days
  std::int64_t pass_ms = 600'000;  // how long an admission lasts; 1 ms .. 366 days
  // While a lost line is rebuilt. Nobody is newly admitted before `quiet_until`; until
  // `missing_until`, `missing_active` places count as taken, less one for each admitted entry of an
  // older epoch that comes back.
  TimeUs quiet_until{};
  std::uint32_t missing_active = 0;
  TimeUs missing_until{};
};

struct LineEntry {
  UserId user{};
  Sequence sequence{};
  LineState state = LineState::kAbsent;
  std::uint64_t ahead = 0;  // living waiters with a lower sequence; 0 = next
  TimeUs admitted_until{};  // when admitted: the pass runs to here
  // In, for Poll only: an entry that was admitted before the line was lost (it shows a pass that
  // still runs until here) re-enters as admitted. 0 = it was waiting.
  TimeUs reclaim_until{};
  // In, for Poll only: whether a sequence of an older epoch without an entry may re-enter. False =
  // such a one is kAbsent, and nothing was done.
  bool may_reenter = true;
};

// Every call but OpenLine and Stats names the epoch it believes in. A line that is not there, is
// incomplete, or has another epoch answers kLineLost and changes nothing; the engine then raises
// the epoch in storage and opens a new line. A call is one step for all its entries.
//
// Errors, in the order in which they are decided: kInvalidArgument (show, epoch or a user is 0, a
// number of the config out of range), kForked, kBusy (not had by the deadline), kLineLost; then
// those of the medium: kStorageFull, kReadOnly, kCannotOpen, kOutOfMemory. Each call is harmless
// when repeated.
//
// Time: `now` that lies before an earlier one is taken as the earlier one. Silence is measured in
// time in which the line was served: of the time between two calls of Join, Poll, Admit or OpenLine
// at most grace/4 counts, so that nobody is dropped for an outage. An adapter that stores
// heartbeats late drops after grace + grace/4.
class Line {
 public:
  virtual ~Line() = default;

  // must provide: creates the line of `show` with this epoch and no entry. An epoch is opened for
  // the first time by whoever raised it in storage: a complete line of the same epoch stays as it
  // is and takes over active_max, rate_per_s, grace_ms and pass_ms (the fields of a rebuild count
  // only when a line is made); one of a lower epoch, or what is left of it, is replaced. kLineLost:
  // a higher epoch stands there, or the remains of this one, and is left alone.
  virtual Status OpenLine(ShowId show, const LineConfig& config, TimeUs now, Deadline deadline) = 0;
  // must provide: one place a user: a user who waits or has a pass that runs gets the entry there
  // is, which is a heartbeat. Any other gets the next sequence, also one whose pass is over while
  // its hold still counts: that entry counts on beside the new one. A new one is admitted directly
  // only if nobody alive waits and there is room: cap, rate, and no quiet time. In: user. Out:
  // sequence, state, ahead, admitted_until.
  virtual Status Join(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
                      Deadline deadline) = 0;
  // must provide: a heartbeat. In: user, sequence, reclaim_until. Out: state, ahead,
  // admitted_until. An entry of this epoch that is not there, or whose pass is over, is kAbsent; a
  // sequence of this epoch
  // that was never given means that the line has forgotten: kLineLost. A sequence of an older epoch
  // without an entry re-enters, if it may, at its old place (ahead of every newer sequence),
  // admitted if `reclaim_until` > now, which takes one off the missing; it replaces a newer entry
  // of its user that waits, and is kAbsent when that user is in, or has an older place, or the
  // sequence is another user's. What another process did may be seen late, by a bound that the
  // adapter states.
  virtual Status Poll(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
                      Deadline deadline) = 0;
  // must provide: drops waiters silent beyond the grace and admissions that are over, then admits
  // in order as many as `max`, the cap and the rate allow. *admitted is 0 on failure.
  virtual Status Admit(ShowId show, std::uint64_t epoch, std::uint32_t max, TimeUs now,
                       Deadline deadline, std::uint32_t* admitted) = 0;
  // must provide: an admitted entry counts until the later of its pass and `admitted_until` (the
  // deadline of the hold made under it); its pass stays as long as it was. In: user, sequence,
  // admitted_until. Entries that are not there or wait are left alone.
  virtual Status Keep(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
                      Deadline deadline) = 0;
  // must provide: removes entries by (user, sequence); others are left alone.
  virtual Status Leave(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
                       Deadline deadline) = 0;
  // must provide: counts at `now`, as seen by Poll; silent waiters count until they are dropped.
  // Totals are those of this epoch; a re-entry counts as joined, not as admitted.
  virtual Status Stats(ShowId show, TimeUs now, LineStats* out, Deadline deadline) = 0;
};

}  // namespace seathold
