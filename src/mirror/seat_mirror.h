// The committed state of a performance's seats, kept in memory to refuse, count and draw without
// disk.
//
// Fed by this process's own commits once they are durable, and by the feed where others write too.
// It shows one moment: every event up to version() and none behind it. An own commit that lies
// beyond a gap of foreign events waits aside (it refuses, and is in no map or count) until a look
// at the feed fills the gap. It never grants anything: a transaction that takes seats from it
// writes them conditional on the versions it saw. Thread-safe.
//
// Who writes holds the mutex. Readers take none, and none waits for another (sequence_lock.h says
// why what they read is right):
// - A refusal needs each seat by itself: state, deadline and user as of one version of the seat,
//   which is the number of the seat's own sequence lock. It is refused if some seat was taken when
//   it was looked at, which is a moment within the call, so that a writer at work on a thousand
//   other seats is in nobody's way.
// - Maps and counts need one moment of all seats. They read two bits a seat under a sequence lock
//   of the performance, which each commit, load or look that changes something moves once. What
//   time alone has changed (holds past their deadline) they find in the few blocks that say so.
// - The map that was drawn last is given away until it is over (map_shelf.h).
// Whoever is disturbed too often takes the mutex and reads in peace.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "seathold/reservation_system.h"
#include "src/mirror/map_shelf.h"
#include "src/mirror/past_seats.h"
#include "src/mirror/seat_owners.h"
#include "src/mirror/seat_picture.h"
#include "src/rules/hold.h"
#include "src/util/mutex.h"
#include "src/util/sequence_lock.h"

namespace seathold {

enum class MirrorAnswer { kRefused, kNotRefused, kStale };

class SeatMirror {
 public:
  // `max_age_ms`: how old the last look at storage may be for an answer; `shared`: whether anyone
  // else writes at all.
  SeatMirror(std::int64_t max_age_ms, bool shared);

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
  // Made by the first Load, for as long as the mirror lives: readers need not ask whether it is
  // still there.
  struct Seats {
    SeatOwners owners;  // as of version_
    SeatPicture picture{owners};
    std::vector<HoldId> holds;  // guarded by mutex_, as the next
    PastSeats past;

    explicit Seats(std::size_t n) : owners(n), holds(n), past(n) {}
    std::size_t bytes() const;
  };
  static constexpr std::int64_t kOthersLookMs = 10;
  static constexpr std::size_t kCacheLine = 64;

  // A change of what one moment shows, under mutex_.
  class Changing;

  bool LookedAtSince(std::int64_t ns) const {
    return !shared_ || looked_at_ns_.load(std::memory_order_acquire) >= ns;
  }
  bool ExactAt(std::uint64_t feed) const REQUIRES(mutex_);
  void TakeState(const PerformanceStateRecord& state, const Look& look) REQUIRES(mutex_);
  void SetState(const PerformanceStateRecord& state) REQUIRES(mutex_);
  void LookedAt(std::int64_t ns) REQUIRES(mutex_);
  void Write(std::uint32_t ordinal, const SeatRecord& seat) REQUIRES(mutex_);
  void Replace(const SeatRecord& seat) REQUIRES(mutex_);
  void PutAside(const SeatRecord& seat) REQUIRES(mutex_);
  // Takes back those up to this event.
  void DropAside(std::uint64_t known) REQUIRES(mutex_);
  SeatRecord RecordAt(std::uint32_t ordinal) const REQUIRES(mutex_);
  bool MapShows(const DrawnMap& drawn, TimeUs now) const;

  // What a refusal reads, and few commits write.
  alignas(kCacheLine) const std::int64_t max_age_ns_;
  const bool shared_;
  std::atomic<const Seats*> seats_{nullptr};
  // Own commits beyond a gap: the newest of each seat, version 0 where there is none; null until
  // there was one. And how many seats that are.
  std::atomic<const SeatOwners*> aside_seats_{nullptr};
  std::atomic<std::size_t> aside_n_{0};
  SequenceLock loads_;  // odd = nothing is known; moved while a reader reads = of two loads
  SharedWord on_sale_;

  // What every commit writes, each by itself, under mutex_.
  alignas(kCacheLine) SequenceLock sequence_;  // around changes of the picture and of
  SharedWord version_;                         // up to where every event is in the seats
  std::atomic<std::int64_t> looked_at_ns_{0};
  std::atomic<std::uint64_t> published_{0};

  MapShelf shelf_;

  mutable Mutex mutex_;
  std::unique_ptr<Seats> own_seats_ GUARDED_BY(mutex_);
  std::unique_ptr<SeatOwners> own_aside_ GUARDED_BY(mutex_);
  PerformanceStateRecord state_ GUARDED_BY(mutex_);  // the newest that was seen
  bool looking_ GUARDED_BY(mutex_) = false;
  CondVar news_, looked_;
};

}  // namespace seathold
