#include "src/mirror/seat_mirror.h"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <unordered_map>

#include "src/util/lapse.h"

namespace seathold {
namespace {

// What an event did to one of its seats.
SeatRecord SeatAfter(const FeedRecord& event, std::uint32_t ordinal) {
  SeatRecord seat;
  seat.performance = event.performance;
  seat.ordinal = ordinal;
  seat.version = event.counter;
  if (event.kind == FeedKind::kBlocked) seat.state = SeatState::kBlocked;
  if (event.kind != FeedKind::kHeld && event.kind != FeedKind::kConfirmed) return seat;
  const bool held = event.kind == FeedKind::kHeld;
  seat.state = held ? SeatState::kHeld : SeatState::kSold;
  seat.hold = event.hold;
  seat.user = event.user;
  seat.expires_at = event.expires_at;
  return seat;
}

SeatOwner OwnerOf(const SeatRecord& seat) {
  return {seat.version, SeatTerm::Of(seat.state, seat.expires_at), seat.user};
}

}  // namespace

class SeatMirror::Changing {
 public:
  explicit Changing(SeatMirror& mirror) : mirror_(mirror) { mirror_.sequence_.Begin(); }
  ~Changing() {
    if (mirror_.own_seats_ != nullptr) mirror_.own_seats_->picture.Settle();
    mirror_.sequence_.End();
    mirror_.news_.NotifyAll();
  }
  Changing(const Changing&) = delete;
  Changing& operator=(const Changing&) = delete;

 private:
  SeatMirror& mirror_;
};

SeatMirror::SeatMirror(std::int64_t max_age_ms, bool shared)
    : max_age_ns_(max_age_ms * 1'000'000), shared_(shared) {
  loads_.Begin();
}

bool SeatMirror::loaded() const { return (loads_.number() & 1) == 0; }

bool SeatMirror::Fresh(std::int64_t now_ns) const {
  return loaded() && LookedAtSince(now_ns - max_age_ns_);
}

std::uint64_t SeatMirror::version() const { return version_.load(); }

bool SeatMirror::behind() const { return aside_n_.load(std::memory_order_acquire) > 0; }

std::uint64_t SeatMirror::published() const { return published_.load(std::memory_order_acquire); }

bool SeatMirror::BeginLook(std::int64_t age_ms, Deadline deadline, Look* look) {
  const std::int64_t since_ns = MonotonicNs() - age_ms * 1'000'000;
  const Deadline patience{
      std::min(Deadline::After({kOthersLookMs}).monotonic_ns, deadline.monotonic_ns)};
  const MutexLock lock(mutex_);
  // Whoever looks may be stopped in the middle of it: then each looks for themselves.
  while (looking_ && looked_.Wait(mutex_, patience)) {
  }
  if (loaded() && looked_at_ns_ >= since_ns) return false;
  looking_ = true;
  *look = {MonotonicNs(), published_};
  return true;
}

void SeatMirror::EndLook() {
  const MutexLock lock(mutex_);
  looking_ = false;
  looked_.NotifyAll();
}

void SeatMirror::LookedAt(std::int64_t ns) {
  looked_at_ns_.store(std::max(looked_at_ns_.load(), ns), std::memory_order_release);
}

void SeatMirror::SetState(const PerformanceStateRecord& state) {
  state_ = state;
  const std::uint64_t on_sale = state.on_sale ? 1 : 0;
  if (on_sale != on_sale_.load()) on_sale_.store(on_sale);  // its cache line is everybody's
}

// Of two records with the same counter (a sale was switched) the one that was written here is the
// newer, unless the look began after it.
void SeatMirror::TakeState(const PerformanceStateRecord& state, const Look& look) {
  const bool newer = !state_.performance || state.feed > state_.feed;
  if (newer || (state.feed == state_.feed && look.published == published_)) SetState(state);
}

void SeatMirror::Write(std::uint32_t ordinal, const SeatRecord& seat) {
  Seats& seats = *own_seats_;
  const SeatOwner now = OwnerOf(seat);
  const SeatTerm before = seats.owners.TermAt(ordinal);
  seats.owners.Write(ordinal, now);
  seats.picture.Change(ordinal, before, now.term);
  seats.holds[ordinal] = seat.hold;
}

void SeatMirror::Replace(const SeatRecord& now) {
  const SeatOwner was = own_seats_->owners.At(now.ordinal);
  if (now.version <= was.version) return;  // news may come twice
  own_seats_->past.Push(now.version, now.ordinal, was.term);
  Write(now.ordinal, now);
}

void SeatMirror::PutAside(const SeatRecord& seat) {
  if (own_aside_ == nullptr) {
    own_aside_ = std::make_unique<SeatOwners>(own_seats_->owners.size());
    aside_seats_.store(own_aside_.get(), std::memory_order_release);
  }
  const bool first = own_aside_->At(seat.ordinal).version == 0;
  own_aside_->Write(seat.ordinal, OwnerOf(seat));
  if (first) aside_n_.store(aside_n_.load() + 1, std::memory_order_release);
}

// Behind what they are replaced by: who finds a seat no longer aside finds it in its place.
void SeatMirror::DropAside(std::uint64_t known) {
  std::size_t left = aside_n_.load();
  if (left == 0) return;
  for (std::uint32_t ordinal = 0; ordinal < own_aside_->size(); ++ordinal) {
    const std::uint64_t version = own_aside_->At(ordinal).version;
    if (version == 0 || version > known) continue;
    own_aside_->Write(ordinal, SeatOwner{});
    --left;
  }
  aside_n_.store(left, std::memory_order_release);
}

void SeatMirror::Load(const PerformanceStateRecord& state, std::vector<SeatRecord> seats,
                      const Look& look) {
  const MutexLock lock(mutex_);
  if (loaded() && state.feed < version()) return;  // this process has committed since that snapshot
  if (own_seats_ == nullptr) {
    own_seats_ = std::make_unique<Seats>(seats.size());
    seats_.store(own_seats_.get(), std::memory_order_release);
  }
  assert(seats.size() == own_seats_->owners.size());
  const Changing until_the_end(*this);
  loads_.Begin();
  for (std::uint32_t ordinal = 0; ordinal < seats.size(); ++ordinal) Write(ordinal, seats[ordinal]);
  version_.store(state.feed);
  LookedAt(look.began_ns);
  DropAside(version());
  own_seats_->past.Clear(state.feed);
  TakeState(state, look);
  loads_.End();
}

void SeatMirror::Follow(const PerformanceStateRecord& state, std::span<const FeedRecord> events,
                        const Look& look) {
  const MutexLock lock(mutex_);
  if (!loaded()) return;
  std::optional<Changing> until_the_end;
  if (!events.empty()) until_the_end.emplace(*this);
  for (const FeedRecord& event : events) {
    if (event.counter != version() + 1) continue;  // known since the look began
    own_seats_->past.BeginCommit();
    for (const std::uint32_t ordinal : event.seats) Replace(SeatAfter(event, ordinal));
    version_.store(event.counter);
  }
  DropAside(version());
  if (version() >= state.feed) LookedAt(look.began_ns);
  TakeState(state, look);
}

void SeatMirror::Publish(std::uint64_t feed_before, const PerformanceStateRecord& state,
                         std::span<const SeatRecord* const> seats, std::int64_t looked_at_ns) {
  const MutexLock lock(mutex_);
  ++published_;
  if (state.feed >= state_.feed) SetState(state);
  if (!loaded()) return news_.NotifyAll();
  if (feed_before > version()) {  // another process wrote in between: Follow fills the gap
    for (const SeatRecord* seat : seats) PutAside(*seat);
    return news_.NotifyAll();
  }
  const Changing until_the_end(*this);
  own_seats_->past.BeginCommit();
  for (const SeatRecord* seat : seats) Replace(*seat);
  version_.store(std::max(version(), state.feed));
  LookedAt(looked_at_ns);
}

void SeatMirror::Forget() {
  const MutexLock lock(mutex_);
  const Changing until_the_end(*this);
  loads_.Begin();
  DropAside(UINT64_MAX);
  version_.store(0);
  looked_at_ns_ = 0;  // a look from before may still come, and is as old as it is
  if (own_seats_ != nullptr) own_seats_->past.Clear(0);
  state_ = PerformanceStateRecord{};
  shelf_.Put({nullptr, sequence_.number()});
}

void SeatMirror::WaitForNews(std::uint64_t after, Deadline until, const std::atomic<bool>& ended) {
  const MutexLock lock(mutex_);
  while (loaded() && version() <= after && !behind() && !ended.load()) {
    if (!news_.Wait(mutex_, until)) return;
  }
}

void SeatMirror::Wake() {
  const MutexLock lock(mutex_);
  news_.NotifyAll();
}

MirrorAnswer SeatMirror::Refuse(const HoldArgs& args, const PerformanceInfo& info,
                                const RuleLimits& limits, TimeUs now, std::int64_t now_ns,
                                HoldReply* reply) const {
  struct Taken {
    std::uint32_t ordinal;
    SeatTerm term;
  };
  const std::uint64_t load = loads_.number();
  if ((load & 1) != 0 || !LookedAtSince(now_ns - max_age_ns_)) return MirrorAnswer::kStale;
  const SeatOwners& seats = seats_.load(std::memory_order_acquire)->owners;
  const SeatOwners* aside = behind() ? aside_seats_.load(std::memory_order_acquire) : nullptr;
  InlineList<Taken, kSeatsPerHoldCap> taken;
  for (const SeatTicket& ticket : args.seats) {
    const std::uint32_t ordinal = OrdinalOf(ticket.seat);
    if (ordinal >= seats.size()) return MirrorAnswer::kNotRefused;
    // What is aside first: by the time it no longer is, it is in its place.
    SeatOwner owner{};
    if (aside != nullptr) owner = aside->Read(ordinal, mutex_);
    if (owner.version == 0) owner = seats.Read(ordinal, mutex_);
    if (owner.user == args.user && owner.user.value != 0) return MirrorAnswer::kNotRefused;
    if (owner.term.Shown(now) != SeatState::kAvailable) taken.push_back({ordinal, owner.term});
  }
  const bool on_sale = on_sale_.load() != 0;
  if (loads_.number() != load) return MirrorAnswer::kStale;
  if (taken.empty()) return MirrorAnswer::kNotRefused;
  // Whatever comes before a seat in the order of errors is storage's to tell.
  const bool sooner =
      CheckSale(info, on_sale, now) != Code::kOk || CheckSeats(args, info) != Code::kOk ||
      CheckPass(args, info, now) != Code::kOk || CheckLimits(args, info, limits) != Code::kOk;
  if (sooner) return MirrorAnswer::kNotRefused;
  SeatRecord seat;
  for (const Taken& one : taken) {
    seat.ordinal = one.ordinal;
    seat.state = one.term.state();
    seat.expires_at = one.term.expires_at();
    NoteConflict(seat, info, now, reply);
  }
  reply->advisory = true;
  return MirrorAnswer::kRefused;
}

bool SeatMirror::ExactAt(std::uint64_t feed) const { return loaded() && version() == feed; }

SeatRecord SeatMirror::RecordAt(std::uint32_t ordinal) const {
  const SeatOwner owner = own_seats_->owners.At(ordinal);
  SeatRecord seat;
  seat.performance = state_.performance;
  seat.ordinal = ordinal;
  seat.state = owner.term.state();
  seat.hold = own_seats_->holds[ordinal];
  seat.user = owner.user;
  seat.expires_at = owner.term.expires_at();
  seat.version = owner.version;
  return seat;
}

std::optional<std::vector<SeatRecord>> SeatMirror::SeatsAt(std::uint64_t feed) const {
  const MutexLock lock(mutex_);
  if (!ExactAt(feed)) return std::nullopt;
  std::vector<SeatRecord> seats;
  seats.reserve(own_seats_->owners.size());
  for (std::uint32_t ordinal = 0; ordinal < own_seats_->owners.size(); ++ordinal) {
    seats.push_back(RecordAt(ordinal));
  }
  return seats;
}

bool SeatMirror::SeatsAt(std::uint64_t feed, std::span<const SeatRecord::Key> asked,
                         std::vector<SeatRecord>* out) const {
  const MutexLock lock(mutex_);
  if (!ExactAt(feed)) return false;
  for (const auto& [performance, ordinal] : asked) {
    if (ordinal >= own_seats_->owners.size()) return false;
    out->push_back(RecordAt(ordinal));
  }
  return true;
}

// A change that is under way has not happened yet, as long as nobody can have heard of it.
bool SeatMirror::MapShows(const DrawnMap& drawn, TimeUs now) const {
  if (drawn.map == nullptr || drawn.number != (sequence_.number() & ~std::uint64_t{1}))
    return false;
  if (drawn.map->version.feed != version()) return false;
  const TimeUs next = drawn.map->next_release_at;
  return next.value == 0 || !HasLapsed(next, now);
}

std::shared_ptr<const SeatMap> SeatMirror::Map(PerformanceId performance, TimeUs now) {
  if (!loaded()) return nullptr;
  DrawnMap drawn = shelf_.Take();
  if (MapShows(drawn, now)) return std::move(drawn.map);
  const Seats& seats = *seats_.load(std::memory_order_acquire);
  auto map = std::make_shared<SeatMap>();
  map->performance = performance;
  map->seats = static_cast<std::uint32_t>(seats.owners.size());
  map->bits.resize(seats.picture.bits_bytes());
  const auto [known, feed, number, seen] = sequence_.Read(mutex_, [&](std::uint64_t at) {
    return std::tuple(loaded(), version(), at, seats.picture.At(now, map->bits.data()));
  });
  if (!known) return nullptr;
  map->version = {feed, seen.lapse};
  map->next_release_at = seen.next_release_at;
  map->available = seen.counts[0];
  map->held = seen.counts[1];
  map->sold = seen.counts[2];
  map->blocked = seen.counts[3];
  drawn.number = number;
  drawn.map = std::move(map);
  shelf_.Put(drawn);
  return std::move(drawn.map);
}

std::optional<std::vector<SeatChange>> SeatMirror::Changes(const MapVersion& after, TimeUs now,
                                                           MapVersion* next) const {
  const MutexLock lock(mutex_);
  // Before the first event every seat was available: that is never forgotten.
  const bool from_start = after.feed == 0;
  if (!loaded() || after.feed > version()) return std::nullopt;
  const Seats& seats = *own_seats_;
  if (after.feed < seats.past.from() && !from_start) return std::nullopt;
  // What the seats were then that may be another now: changed since, or by time alone.
  std::unordered_map<std::uint32_t, SeatState> then;
  if (from_start) {
    seats.picture.EachTaken(
        [&](std::uint32_t ordinal, SeatTerm) { then.emplace(ordinal, SeatState::kAvailable); });
  } else {
    seats.past.BackTo(after.feed, [&](std::uint32_t ordinal, SeatTerm term) {
      then.insert_or_assign(ordinal, term.Shown(after.lapse));
    });
    seats.picture.EachDue(std::max(now, after.lapse), [&](std::uint32_t ordinal, SeatTerm term) {
      then.emplace(ordinal, term.Shown(after.lapse));
    });
  }
  std::vector<SeatChange> changes;
  for (const auto& [ordinal, before] : then) {
    const SeatState state = seats.owners.TermAt(ordinal).Shown(now);
    if (state != before) changes.push_back({ordinal, state});
  }
  std::ranges::sort(changes, {}, &SeatChange::ordinal);
  *next = MapVersion{version(), std::max(after.lapse, seats.picture.At(now, nullptr).lapse)};
  return changes;
}

std::optional<Availability> SeatMirror::Count(const PerformanceInfo& info, TimeUs now) const {
  const Seats* seats = seats_.load(std::memory_order_acquire);
  if (!loaded() || seats == nullptr) return std::nullopt;
  const auto [known, on_sale, seen] = sequence_.Read(mutex_, [&](std::uint64_t) {
    return std::tuple(loaded(), on_sale_.load() != 0, seats->picture.At(now, nullptr));
  });
  if (!known) return std::nullopt;
  Availability counts;
  counts.on_sale = CheckSale(info, on_sale, now) == Code::kOk;
  counts.available = seen.counts[0];
  counts.held = seen.counts[1];
  counts.sold = seen.counts[2];
  counts.blocked = seen.counts[3];
  counts.state = counts.available > 0 ? SaleState::kAvailable
                 : counts.held > 0    ? SaleState::kAllHeld
                                      : SaleState::kSoldOut;
  if (counts.state == SaleState::kAllHeld) counts.next_release_at = seen.next_release_at;
  return counts;
}

std::size_t SeatMirror::Seats::bytes() const {
  return owners.size() * SeatOwners::bytes_a_seat() + picture.bytes() +
         holds.capacity() * sizeof(HoldId) + past.bytes();
}

std::size_t SeatMirror::bytes() const {
  const DrawnMap drawn = shelf_.Take();
  const MutexLock lock(mutex_);
  std::size_t bytes = 0;
  if (own_seats_ != nullptr) bytes += own_seats_->bytes();
  if (own_aside_ != nullptr) bytes += own_aside_->size() * SeatOwners::bytes_a_seat();
  return bytes + (drawn.map != nullptr ? drawn.map->bits.capacity() : 0);
}

}  // namespace seathold
