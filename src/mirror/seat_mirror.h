// The committed state of a performance's seats, kept in memory to refuse, count and draw without
// disk.
//
// Fed by this process's own commits once they are durable, and by the feed where others write too.
// It shows one moment: every event up to version() and none behind it. An own commit that lies
// beyond a gap of foreign events waits aside (it refuses, and is in no map or count) until a look
// at the feed fills the gap. It never grants anything: a transaction that takes seats from it
// writes them conditional on the versions it saw. Thread-safe.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "seathold/reservation_system.h"
#include "src/rules/hold.h"
#include "src/util/mutex.h"

namespace seathold {

enum class MirrorAnswer { kRefused, kNotRefused, kStale };

class SeatMirror {
 public:
  // `max_age_ms`: how old the last look at storage may be for an answer; `shared`: whether anyone
  // else writes at all.
  SeatMirror(std::int64_t max_age_ms, bool shared)
      : max_age_ns_(max_age_ms * 1'000'000), shared_(shared) {}

  // Loaded, and looked at recently enough to answer.
  bool Fresh(std::int64_t now_ns) const;
  // The feed counter up to which every event is known; 0 and not loaded look alike to a reader of
  // the feed: both read it from the start.
  std::uint64_t version() const;
  bool loaded() const;
  // Own commits wait aside: a look at the feed would bring news.
  bool behind() const;
  // Own commits it has heard of.
  std::uint64_t published() const;

  // A look at storage: when it began, and how many own commits were known then.
  struct Look {
    std::int64_t began_ns = 0;
    std::uint64_t published = 0;
  };
  // One caller looks, the others wait for that one, but not for long. True: the caller is to look,
  // and calls EndLook; false: somebody has, `age_ms` before this was called at the earliest.
  bool BeginLook(std::int64_t age_ms, Deadline deadline, Look* look);
  void EndLook();

  void Load(const PerformanceStateRecord& state, std::vector<SeatRecord> seats, const Look& look);
  // Events in order, right behind version(), and the state record read in the same snapshot.
  void Follow(const PerformanceStateRecord& state, std::span<const FeedRecord> events,
              const Look& look);
  // After-images of one commit of this process. `feed_before`: the counter that the commit found,
  // in a transaction that began at `looked_at_ns`.
  void Publish(std::uint64_t feed_before, const PerformanceStateRecord& state,
               std::span<const SeatRecord* const> seats, std::int64_t looked_at_ns);
  // After an unknown outcome: nothing is known until the next Load.
  void Forget();

  // Until an event above `after` is known, or own commits wait aside, or `until`, or *ended, which
  // whoever sets it follows by Wake.
  void WaitForNews(std::uint64_t after, Deadline until, const std::atomic<bool>& ended);
  void Wake();

  // kRefused: `reply` says why. Only what a transaction would refuse too, and never a request whose
  // user holds one of the seats (it may be a replay).
  MirrorAnswer Refuse(const HoldArgs& args, const PerformanceInfo& info, const RuleLimits& limits,
                      TimeUs now, std::int64_t now_ns, HoldReply* reply) const;
  // The seats at exactly this feed counter, or nullopt.
  std::optional<std::vector<SeatRecord>> SeatsAt(std::uint64_t feed) const;
  // Adds those that are asked for, of this performance; false = not known at this counter.
  bool SeatsAt(std::uint64_t feed, std::span<const SeatRecord::Key> asked,
               std::vector<SeatRecord>* out) const;
  // nullptr or nullopt, from here on: it has forgotten since it was asked whether it is fresh.
  std::shared_ptr<const SeatMap> Map(PerformanceId performance, TimeUs now);
  // nullopt also where `after` lies ahead, or further back than what is remembered (0, the start,
  // never does).
  std::optional<std::vector<SeatChange>> Changes(const MapVersion& after, TimeUs now,
                                                 MapVersion* next) const;
  std::optional<Availability> Count(const PerformanceInfo& info, TimeUs now) const;
  std::size_t bytes() const;

 private:
  // What a seat was until `counter` changed it.
  struct Past {
    std::uint64_t counter = 0;
    TimeUs expires_at;
    std::uint32_t ordinal = 0;
    SeatState state{};
  };
  static constexpr std::size_t kPastsMin = 256;
  static constexpr std::int64_t kOthersLookMs = 10;

  bool FreshLocked(std::int64_t now_ns) const REQUIRES(mutex_);
  bool ExactAt(std::uint64_t feed) const REQUIRES(mutex_);
  void TakeState(const PerformanceStateRecord& state, const Look& look) REQUIRES(mutex_);
  void Replace(const SeatRecord& seat) REQUIRES(mutex_);
  void PutAside(const SeatRecord& seat) REQUIRES(mutex_);
  // Takes back what the mirror has caught up with.
  void DropAside() REQUIRES(mutex_);
  void ForgetPast() REQUIRES(mutex_);
  const SeatRecord& Newest(std::uint32_t ordinal) const REQUIRES(mutex_);

  const std::int64_t max_age_ns_;
  const bool shared_;
  mutable Mutex mutex_;
  bool loaded_ GUARDED_BY(mutex_) = false;
  std::vector<SeatRecord> seats_ GUARDED_BY(mutex_);  // by ordinal, as of version_
  PerformanceStateRecord state_ GUARDED_BY(mutex_);   // the newest that was seen
  std::uint64_t version_ GUARDED_BY(mutex_) = 0;      // every event up to here is in seats_
  // Own commits beyond a gap, in order; by ordinal, 1 + where the newest of a seat stands in them.
  std::vector<SeatRecord> aside_ GUARDED_BY(mutex_);
  std::vector<std::uint32_t> aside_at_ GUARDED_BY(mutex_);  // empty until it is needed
  // What was, oldest first, as many as there are seats: all changes behind past_from_.
  std::deque<Past> past_ GUARDED_BY(mutex_);
  std::uint64_t past_from_ GUARDED_BY(mutex_) = 0;
  std::int64_t looked_at_ns_ GUARDED_BY(mutex_) = 0;
  std::uint64_t published_ GUARDED_BY(mutex_) = 0;
  bool looking_ GUARDED_BY(mutex_) = false;
  CondVar news_, looked_;
  std::shared_ptr<const SeatMap> map_
      GUARDED_BY(mutex_);                            // shared with the readers it was given to
  std::uint64_t map_change_ GUARDED_BY(mutex_) = 0;  // change_ when map_ was drawn
  std::uint64_t change_ GUARDED_BY(mutex_) = 1;      // counts what Publish, Follow and Load did
};

}  // namespace seathold
