#include "src/mirror/seat_mirror.h"

#include <algorithm>
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

// As people see it: a hold that has lapsed is available. `now` may be the lapse of a map: the
// latest deadline that it counted as passed.
SeatState StateShown(SeatState state, TimeUs expires_at, TimeUs now) {
  const bool lapsed = state == SeatState::kHeld && HasLapsed(expires_at, now);
  return lapsed ? SeatState::kAvailable : state;
}
SeatState StateShown(const SeatRecord& seat, TimeUs now) {
  return StateShown(seat.state, seat.expires_at, now);
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

bool SeatMirror::behind() const {
  const MutexLock lock(mutex_);
  return !aside_.empty();
}

std::uint64_t SeatMirror::published() const {
  const MutexLock lock(mutex_);
  return published_;
}

bool SeatMirror::BeginLook(std::int64_t age_ms, Deadline deadline, Look* look) {
  const std::int64_t since_ns = MonotonicNs() - age_ms * 1'000'000;
  const Deadline patience{
      std::min(Deadline::After({kOthersLookMs}).monotonic_ns, deadline.monotonic_ns)};
  const MutexLock lock(mutex_);
  // Whoever looks may be stopped in the middle of it: then each looks for themselves.
  while (looking_ && looked_.Wait(mutex_, patience)) {
  }
  if (loaded_ && looked_at_ns_ >= since_ns) return false;
  looking_ = true;
  *look = {MonotonicNs(), published_};
  return true;
}

void SeatMirror::EndLook() {
  const MutexLock lock(mutex_);
  looking_ = false;
  looked_.NotifyAll();
}

// Of two records with the same counter (a sale was switched) the one that was written here is the
// newer, unless the look began after it.
void SeatMirror::TakeState(const PerformanceStateRecord& state, const Look& look) {
  const bool newer = !state_.performance || state.feed > state_.feed;
  if (newer || (state.feed == state_.feed && look.published == published_)) state_ = state;
}

void SeatMirror::Replace(const SeatRecord& now) {
  SeatRecord& seat = seats_[now.ordinal];
  if (now.version <= seat.version) return;  // news may come twice
  past_.push_back({now.version, seat.expires_at, seat.ordinal, seat.state});
  seat = now;
  if (past_.size() <= std::max(seats_.size(), kPastsMin)) return;
  past_from_ = std::max(past_from_, past_.front().counter);
  past_.pop_front();
}

void SeatMirror::PutAside(const SeatRecord& seat) {
  if (aside_at_.empty()) aside_at_.resize(seats_.size());
  aside_.push_back(seat);
  aside_at_[seat.ordinal] = static_cast<std::uint32_t>(aside_.size());
}

void SeatMirror::DropAside() {
  if (aside_.empty()) return;
  for (const SeatRecord& seat : aside_) aside_at_[seat.ordinal] = 0;
  const std::uint64_t known = version_;
  std::erase_if(aside_, [known](const SeatRecord& seat) { return seat.version <= known; });
  for (std::size_t i = 0; i < aside_.size(); ++i) {
    aside_at_[aside_[i].ordinal] = static_cast<std::uint32_t>(i + 1);
  }
}

void SeatMirror::ForgetPast() {
  past_.clear();
  past_from_ = version_;
}

const SeatRecord& SeatMirror::Newest(std::uint32_t ordinal) const {
  if (aside_.empty() || aside_at_[ordinal] == 0) return seats_[ordinal];
  return aside_[aside_at_[ordinal] - 1];
}

void SeatMirror::Load(const PerformanceStateRecord& state, std::vector<SeatRecord> seats,
                      const Look& look) {
  const MutexLock lock(mutex_);
  if (loaded_ && state.feed < version_) return;  // this process has committed since that snapshot
  seats_ = std::move(seats);
  version_ = state.feed;
  looked_at_ns_ = std::max(looked_at_ns_, look.began_ns);
  loaded_ = true;
  DropAside();
  ForgetPast();
  TakeState(state, look);
  ++change_;
  news_.NotifyAll();
}

void SeatMirror::Follow(const PerformanceStateRecord& state, std::span<const FeedRecord> events,
                        const Look& look) {
  const MutexLock lock(mutex_);
  if (!loaded_) return;
  for (const FeedRecord& event : events) {
    if (event.counter != version_ + 1) continue;  // known since the look began
    for (const std::uint32_t ordinal : event.seats) Replace(SeatAfter(event, ordinal));
    version_ = event.counter;
  }
  DropAside();
  if (version_ >= state.feed) looked_at_ns_ = std::max(looked_at_ns_, look.began_ns);
  TakeState(state, look);
  if (events.empty()) return;
  ++change_;
  news_.NotifyAll();
}

void SeatMirror::Publish(std::uint64_t feed_before, const PerformanceStateRecord& state,
                         std::span<const SeatRecord* const> seats, std::int64_t looked_at_ns) {
  const MutexLock lock(mutex_);
  ++published_;
  if (state.feed >= state_.feed) state_ = state;
  if (!loaded_) return;
  const bool gap = feed_before > version_;  // another process wrote in between: Follow fills it
  for (const SeatRecord* seat : seats) gap ? PutAside(*seat) : Replace(*seat);
  if (!gap) {
    version_ = std::max(version_, state.feed);
    looked_at_ns_ = std::max(looked_at_ns_, looked_at_ns);
    ++change_;
  }
  news_.NotifyAll();
}

void SeatMirror::Forget() {
  const MutexLock lock(mutex_);
  loaded_ = false;
  seats_.clear();
  aside_.clear();
  aside_at_.clear();
  version_ = 0;
  looked_at_ns_ = 0;  // a look from before may still come, and is as old as it is
  ForgetPast();
  state_ = PerformanceStateRecord{};
  map_.reset();
  ++change_;
  news_.NotifyAll();
}

void SeatMirror::WaitForNews(std::uint64_t after, Deadline until, const std::atomic<bool>& ended) {
  const MutexLock lock(mutex_);
  while (loaded_ && version_ <= after && aside_.empty() && !ended.load()) {
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
  const MutexLock lock(mutex_);
  if (!FreshLocked(now_ns)) return MirrorAnswer::kStale;
  bool taken = false;
  for (const SeatTicket& ticket : args.seats) {
    const std::uint32_t ordinal = OrdinalOf(ticket.seat);
    if (ordinal >= seats_.size()) return MirrorAnswer::kNotRefused;
    const SeatRecord& seat = Newest(ordinal);
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
    NoteConflict(Newest(OrdinalOf(ticket.seat)), info, now, reply);
  }
  reply->advisory = true;
  return MirrorAnswer::kRefused;
}

bool SeatMirror::ExactAt(std::uint64_t feed) const { return loaded_ && version_ == feed; }

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
      map_ != nullptr && map_->next_release_at.value != 0 && HasLapsed(map_->next_release_at, now);
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
    } else {
      KeepSoonest(&map->next_release_at, seat.expires_at);
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
  // Before the first event every seat was available: that is never forgotten.
  const bool from_start = after.feed == 0;
  const bool reachable = after.feed >= past_from_ || from_start;
  if (!loaded_ || after.feed > version_ || !reachable) return std::nullopt;
  // Of the seats that have changed since: what they were then, which the first change tells.
  std::unordered_map<std::uint32_t, SeatState> then;
  for (const Past& past : past_) {
    if (past.counter <= after.feed) continue;
    then.try_emplace(past.ordinal, StateShown(past.state, past.expires_at, after.lapse));
  }
  std::vector<SeatChange> changes;
  *next = MapVersion{version_, after.lapse};
  for (const SeatRecord& seat : seats_) {
    const SeatState state = StateShown(seat, now);
    const bool lapsed = seat.state == SeatState::kHeld && state == SeatState::kAvailable;
    if (lapsed) next->lapse = std::max(next->lapse, seat.expires_at);
    const auto was = then.find(seat.ordinal);
    const SeatState before = from_start ? SeatState::kAvailable
                             : was != then.end()
                                 ? was->second
                                 : StateShown(seat.state, seat.expires_at, after.lapse);
    if (state != before) changes.push_back({seat.ordinal, state});
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
    KeepSoonest(&counts.next_release_at, seat.expires_at);
  }
  counts.state = counts.available > 0 ? SaleState::kAvailable
                 : counts.held > 0    ? SaleState::kAllHeld
                                      : SaleState::kSoldOut;
  if (counts.state != SaleState::kAllHeld) counts.next_release_at = TimeUs{};
  return counts;
}

std::size_t SeatMirror::bytes() const {
  const MutexLock lock(mutex_);
  return (seats_.capacity() + aside_.capacity()) * sizeof(SeatRecord) +
         past_.size() * sizeof(Past) + (map_ != nullptr ? map_->bits.capacity() : 0);
}

}  // namespace seathold
