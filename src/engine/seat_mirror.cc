#include "src/engine/seat_mirror.h"

#include <algorithm>

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

// As people see it: a hold that has lapsed is available.
SeatState StateShown(const SeatRecord& seat, TimeUs now) {
  return IsFree(seat, now) ? SeatState::kAvailable : seat.state;
}

}  // namespace

bool SeatMirror::FreshLocked(std::int64_t now_ns) const {
  if (!loaded_) return false;
  return !shared_ || now_ns - looked_at_ns_ <= max_age_ns_;
}

bool SeatMirror::Fresh(std::int64_t now_ns) const {
  const MutexLock lock(mutex_);
  return FreshLocked(now_ns);
}

std::uint64_t SeatMirror::version() const {
  const MutexLock lock(mutex_);
  return version_;
}

bool SeatMirror::loaded() const {
  const MutexLock lock(mutex_);
  return loaded_;
}

void SeatMirror::Advance(const PerformanceStateRecord& state) {
  if (state.feed >= state_.feed) state_ = state;
  ++change_;
}

void SeatMirror::Load(const PerformanceStateRecord& state, std::vector<SeatRecord> seats,
                      std::int64_t looked_at_ns) {
  const MutexLock lock(mutex_);
  if (loaded_ && state.feed < version_) return;  // this process has committed since that snapshot
  if (loaded_) {
    for (SeatRecord& seat : seats) {
      if (seats_[seat.ordinal].version > seat.version) seat = seats_[seat.ordinal];
    }
  }
  seats_ = std::move(seats);
  version_ = state.feed;
  looked_at_ns_ = std::max(looked_at_ns_, looked_at_ns);
  loaded_ = true;
  Advance(state);
}

void SeatMirror::Follow(const PerformanceStateRecord& state, std::span<const FeedRecord> events,
                        std::int64_t looked_at_ns) {
  const MutexLock lock(mutex_);
  if (!loaded_) return;
  for (const FeedRecord& event : events) {
    for (const std::uint32_t ordinal : event.seats) {
      SeatRecord& seat = seats_[ordinal];
      if (event.counter > seat.version) seat = SeatAfter(event, ordinal);
    }
    if (event.counter == version_ + 1) version_ = event.counter;
  }
  if (version_ >= state.feed) looked_at_ns_ = std::max(looked_at_ns_, looked_at_ns);
  const bool news = !events.empty() || state.on_sale != state_.on_sale;
  if (news) Advance(state);
}

void SeatMirror::Publish(std::uint64_t feed_before, const PerformanceStateRecord& state,
                         std::span<const SeatRecord* const> seats, std::int64_t looked_at_ns) {
  const MutexLock lock(mutex_);
  if (!loaded_) return;
  for (const SeatRecord* seat : seats) {
    if (seat->version > seats_[seat->ordinal].version) seats_[seat->ordinal] = *seat;
  }
  // Behind a gap (another process wrote in between) the position stays: Follow fills it.
  if (feed_before <= version_) {
    version_ = std::max(version_, state.feed);
    looked_at_ns_ = std::max(looked_at_ns_, looked_at_ns);
  }
  Advance(state);
}

void SeatMirror::Forget() {
  const MutexLock lock(mutex_);
  loaded_ = false;
  seats_.clear();
  version_ = 0;
  looked_at_ns_ = 0;  // a look from before may still come, and is as old as it is
  state_ = PerformanceStateRecord{};
  map_.reset();
  ++change_;
}

MirrorAnswer SeatMirror::Refuse(const HoldArgs& args, const PerformanceInfo& info,
                                const RuleLimits& limits, TimeUs now, std::int64_t now_ns,
                                HoldReply* reply) const {
  const MutexLock lock(mutex_);
  if (!FreshLocked(now_ns)) return MirrorAnswer::kStale;
  bool taken = false;
  for (const SeatTicket& ticket : args.seats) {
    const std::uint32_t ordinal = OrdinalOf(ticket.seat);
    if (ordinal >= seats_.size()) return MirrorAnswer::kNotRefused;
    const SeatRecord& seat = seats_[ordinal];
    if (seat.user == args.user && seat.user.value != 0) return MirrorAnswer::kNotRefused;
    taken = taken || !IsFree(seat, now);
  }
  if (!taken) return MirrorAnswer::kNotRefused;
  // Whatever comes before a seat in the order of errors is storage's to tell.
  const bool sooner =
      CheckSale(info, state_.on_sale, now) != Code::kOk || CheckSeats(args, info) != Code::kOk ||
      CheckPass(args, info, now) != Code::kOk || CheckLimits(args, info, limits) != Code::kOk;
  if (sooner) return MirrorAnswer::kNotRefused;
  for (const SeatTicket& ticket : args.seats) {
    NoteConflict(seats_[OrdinalOf(ticket.seat)], info, now, reply);
  }
  reply->advisory = true;
  return MirrorAnswer::kRefused;
}

// Neither behind this counter nor, with news that came ahead of a gap, beyond it.
bool SeatMirror::ExactAt(std::uint64_t feed) const {
  return loaded_ && version_ == feed && state_.feed == feed;
}

std::optional<std::vector<SeatRecord>> SeatMirror::SeatsAt(std::uint64_t feed) const {
  const MutexLock lock(mutex_);
  if (!ExactAt(feed)) return std::nullopt;
  return seats_;
}

bool SeatMirror::SeatsAt(std::uint64_t feed, std::span<const SeatRecord::Key> asked,
                         std::vector<SeatRecord>* out) const {
  const MutexLock lock(mutex_);
  if (!ExactAt(feed)) return false;
  for (const auto& [performance, ordinal] : asked) {
    if (ordinal >= seats_.size()) return false;
    out->push_back(seats_[ordinal]);
  }
  return true;
}

std::shared_ptr<const SeatMap> SeatMirror::Map(PerformanceId performance, TimeUs now) {
  const MutexLock lock(mutex_);
  if (!loaded_) return nullptr;
  const bool lapse_due =
      map_ != nullptr && map_->next_release_at.value != 0 && map_->next_release_at <= now;
  if (map_ != nullptr && map_change_ == change_ && !lapse_due) return map_;
  auto map = std::make_shared<SeatMap>();
  map->performance = performance;
  map->version.feed = version_;
  map->seats = static_cast<std::uint32_t>(seats_.size());
  map->bits.assign((seats_.size() + 3) / 4, 0);
  std::array<std::uint32_t, 4> counts{};
  for (const SeatRecord& seat : seats_) {
    const SeatState state = StateShown(seat, now);
    ++counts[static_cast<std::size_t>(state)];
    const auto bits = static_cast<unsigned>(state) << (seat.ordinal % 4 * 2);
    map->bits[seat.ordinal / 4] = static_cast<std::uint8_t>(map->bits[seat.ordinal / 4] | bits);
    if (seat.state != SeatState::kHeld) continue;
    if (state == SeatState::kAvailable) {
      map->version.lapse = std::max(map->version.lapse, seat.expires_at);
    } else if (map->next_release_at.value == 0 || seat.expires_at < map->next_release_at) {
      map->next_release_at = seat.expires_at;
    }
  }
  map->available = counts[0];
  map->held = counts[1];
  map->sold = counts[2];
  map->blocked = counts[3];
  map_ = map;
  map_change_ = change_;
  return map_;
}

std::optional<std::vector<SeatChange>> SeatMirror::Changes(const MapVersion& after, TimeUs now,
                                                           MapVersion* next) const {
  const MutexLock lock(mutex_);
  if (!loaded_ || after.feed > version_) return std::nullopt;
  std::vector<SeatChange> changes;
  *next = MapVersion{version_, after.lapse};
  for (const SeatRecord& seat : seats_) {
    const bool lapsed = seat.state == SeatState::kHeld && seat.expires_at <= now;
    if (lapsed) next->lapse = std::max(next->lapse, seat.expires_at);
    const bool lapsed_since = lapsed && seat.expires_at > after.lapse;
    if (seat.version > after.feed || lapsed_since)
      changes.push_back({seat.ordinal, StateShown(seat, now)});
  }
  return changes;
}

std::optional<Availability> SeatMirror::Count(const PerformanceInfo& info, TimeUs now) const {
  const MutexLock lock(mutex_);
  if (!loaded_) return std::nullopt;
  Availability counts;
  counts.on_sale = CheckSale(info, state_.on_sale, now) == Code::kOk;
  for (const SeatRecord& seat : seats_) {
    const SeatState state = StateShown(seat, now);
    counts.available += state == SeatState::kAvailable;
    counts.sold += state == SeatState::kSold;
    counts.blocked += state == SeatState::kBlocked;
    if (state != SeatState::kHeld) continue;
    ++counts.held;
    TimeUs& soonest = counts.next_release_at;
    if (soonest.value == 0 || seat.expires_at < soonest) soonest = seat.expires_at;
  }
  counts.state = counts.available > 0 ? SaleState::kAvailable
                 : counts.held > 0    ? SaleState::kAllHeld
                                      : SaleState::kSoldOut;
  if (counts.state != SaleState::kAllHeld) counts.next_release_at = TimeUs{};
  return counts;
}

std::size_t SeatMirror::bytes() const {
  const MutexLock lock(mutex_);
  return seats_.capacity() * sizeof(SeatRecord) + (map_ != nullptr ? map_->bits.capacity() : 0);
}

}  // namespace seathold
