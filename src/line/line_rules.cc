#include "src/line/line_rules.h"

#include <algorithm>

namespace seathold {
namespace {

constexpr std::int64_t kCreditOne = 1'000'000;
static_assert(kLineCreditMax == kCreditOne * UINT32_MAX);
constexpr std::uint64_t kEpochMax = (std::uint64_t{1} << (64 - Sequence::kCounterBits)) - 1;
constexpr std::uint64_t kCounterMax = (std::uint64_t{1} << Sequence::kCounterBits) - 1;
constexpr std::int64_t kDurationMsMax = 366LL * 86'400'000;

std::int64_t CreditMax(const LineConfig& config) { return config.rate_per_s * kCreditOne; }

bool DurationInRange(std::int64_t ms) { return ms >= 1 && ms <= kDurationMsMax; }

}  // namespace

Status CheckLineConfig(ShowId show, const LineConfig& c) {
  if (!show) return Status(Code::kInvalidArgument, "show is 0");
  if (c.epoch < 1 || c.epoch > kEpochMax) {
    return Status(Code::kInvalidArgument, "epoch is not 1 .. 2^24 - 1");
  }
  if (!DurationInRange(c.grace_ms) || !DurationInRange(c.pass_ms)) {
    return Status(Code::kInvalidArgument, "grace_ms or pass_ms is not 1 ms .. 366 days");
  }
  return {};
}

Status CheckLineEntries(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries) {
  if (!show) return Status(Code::kInvalidArgument, "show is 0");
  if (epoch < 1 || epoch > kEpochMax) {
    return Status(Code::kInvalidArgument, "epoch is not 1 .. 2^24 - 1");
  }
  if (std::ranges::any_of(entries, [](const LineEntry& e) { return !e.user; })) {
    return Status(Code::kInvalidArgument, "user is 0");
  }
  return {};
}

LineNumbers LineNumbers::Fresh(const LineConfig& config, TimeUs now) {
  LineNumbers numbers;
  numbers.config = config;
  numbers.seen_us = Bounded(now).value;
  numbers.credit = CreditMax(config);
  numbers.credit_at_us = numbers.seen_us;
  return numbers;
}

void LineImage::Observe(TimeUs now) {
  const std::int64_t now_us = Bounded(now).value;
  const std::int64_t elapsed_us = now_us - numbers_.seen_us;
  if (elapsed_us <= 0) return;
  numbers_.served_us += std::min(elapsed_us, numbers_.config.grace_ms * kUsPerMs / 4);
  numbers_.seen_us = now_us;
}

std::int64_t LineImage::cutoff_us() const {
  return numbers_.served_us - numbers_.config.grace_ms * kUsPerMs - slack_us_;
}

void LineImage::AccrueCredit() {
  const std::int64_t elapsed_us =
      std::clamp(numbers_.seen_us - numbers_.credit_at_us, std::int64_t{0}, kUsPerSecond);
  numbers_.credit = std::min(numbers_.credit + elapsed_us * numbers_.config.rate_per_s,
                             CreditMax(numbers_.config));
  numbers_.credit_at_us = std::max(numbers_.credit_at_us, numbers_.seen_us);
}

void LineImage::Tidy() {
  AccrueCredit();
  EndLapsed();
  DropSilent();
}

void LineImage::EndLapsed() {
  while (!by_deadline_.empty() && by_deadline_.begin()->first <= numbers_.seen_us) {
    Remove(Sequence{by_deadline_.begin()->second});
  }
}

void LineImage::DropSilent() {
  if (!has_silent()) return;
  for (const WaiterAt& gone : waiting_.DropBefore(cutoff_us())) {
    by_user_.erase(gone.waiter.user);
    Touch(gone.sequence);
    ++numbers_.dropped_total;
  }
}

void LineImage::TakeNumbers(const LineConfig& config) {
  AccrueCredit();
  const bool had_rate = numbers_.config.rate_per_s != 0;
  numbers_.config.active_max = config.active_max;
  numbers_.config.rate_per_s = config.rate_per_s;
  numbers_.config.grace_ms = config.grace_ms;
  numbers_.config.pass_ms = config.pass_ms;
  numbers_.credit = had_rate ? std::min(numbers_.credit, CreditMax(config)) : CreditMax(config);
}

bool LineImage::IsAheadOfLine(const LineEntry& entry) const {
  return entry.sequence.epoch() == numbers_.config.epoch &&
         entry.sequence.counter() >= numbers_.next_counter;
}

std::uint64_t LineImage::MissingAt(std::int64_t now_us) const {
  const LineConfig& config = numbers_.config;
  return now_us < config.missing_until.value ? config.missing_active : 0;
}

// REQUIRES: Tidy() ran, so every admitted entry is alive.
bool LineImage::HasRoom() const {
  const LineConfig& config = numbers_.config;
  if (numbers_.seen_us < config.quiet_until.value) return false;
  if (config.rate_per_s != 0 && numbers_.credit < kCreditOne) return false;
  return config.active_max == 0 ||
         admitted_.size() + MissingAt(numbers_.seen_us) < config.active_max;
}

void LineImage::SpendRoom() {
  if (numbers_.config.rate_per_s != 0) numbers_.credit -= kCreditOne;
  ++numbers_.admitted_total;
}

// The latest is the user's place; before it only admissions whose pass is over count on.
void LineImage::Own(UserId user, Sequence sequence) {
  Sequence& place = by_user_[user];
  place = std::max(place, sequence);
}

void LineImage::PutWaiting(Sequence sequence, const Waiter& waiter) {
  Own(waiter.user, sequence);
  waiting_.Insert(sequence, waiter);
  Touch(sequence);
}

void LineImage::PutAdmitted(Sequence sequence, const Admitted& admitted) {
  Own(admitted.user, sequence);
  admitted_[sequence.value] = admitted;
  by_deadline_.emplace(admitted.counts_until_us, sequence.value);
  Touch(sequence);
}

bool LineImage::Remove(Sequence sequence) {
  const std::optional<LineRow> row = Row(sequence);
  if (!row) return false;
  if (row->state == LineState::kAdmitted) {
    by_deadline_.erase({row->counts_until_us, sequence.value});
    admitted_.erase(sequence.value);
  } else {
    waiting_.Erase(sequence);
  }
  const auto place = by_user_.find(row->user);
  if (place != by_user_.end() && place->second == sequence) by_user_.erase(place);
  Touch(sequence);
  return true;
}

void LineImage::AdmitNow(Sequence sequence, UserId user) {
  const std::int64_t until_us = AddMs(TimeUs{numbers_.seen_us}, numbers_.config.pass_ms).value;
  PutAdmitted(sequence, {user, until_us, until_us});
  SpendRoom();
}

bool LineImage::DescribeAdmitted(LineEntry* entry) const {
  const auto it = admitted_.find(entry->sequence.value);
  if (it == admitted_.end() || it->second.user != entry->user) return false;
  if (it->second.pass_until_us <= numbers_.seen_us) return false;
  entry->state = LineState::kAdmitted;
  entry->ahead = 0;
  entry->admitted_until = TimeUs{it->second.pass_until_us};
  return true;
}

// As a heartbeat. REQUIRES: `entry` names a sequence.
void LineImage::Describe(LineEntry* entry) {
  const WaitList::Found found = waiting_.Hear(entry->sequence, entry->user, numbers_.served_us);
  entry->admitted_until = {};
  entry->ahead = found.ahead;
  entry->state = found.waiter != nullptr ? LineState::kWaiting : LineState::kAbsent;
  if (found.waiter == nullptr) DescribeAdmitted(entry);
}

void LineImage::Join(LineEntry* entry) {
  const auto known = by_user_.find(entry->user);
  if (known != by_user_.end()) {
    entry->sequence = known->second;
    Describe(entry);
    // A pass that is over opens nothing: the hold made under it counts on where it is.
    if (entry->state != LineState::kAbsent) return;
  }
  if (numbers_.next_counter > kCounterMax) {  // 2^40 joins in one epoch: nobody else gets a place
    *entry = LineEntry{.user = entry->user};
    return;
  }
  entry->sequence = Sequence::Of(numbers_.config.epoch, numbers_.next_counter++);
  ++numbers_.joined_total;
  if (waiting_.empty() && HasRoom()) {
    AdmitNow(entry->sequence, entry->user);
  } else {
    PutWaiting(entry->sequence, {entry->user, numbers_.served_us});
  }
  Describe(entry);
}

bool LineImage::Poll(LineEntry* entry) {
  Describe(entry);
  const std::uint64_t epoch = entry->sequence.epoch();
  return entry->state != LineState::kAbsent || !entry->may_reenter || epoch == 0 ||
         epoch >= numbers_.config.epoch || entry->sequence.counter() == 0;
}

bool LineImage::PollBeside(std::span<LineEntry> io, TimeUs now) {
  if (Bounded(now).value > numbers_.seen_us) return false;
  if (std::ranges::any_of(io, [&](const LineEntry& entry) { return IsAheadOfLine(entry); })) {
    return false;
  }
  return std::ranges::all_of(io, [&](LineEntry& entry) { return Poll(&entry); });
}

// Whether the user's present entry, if any, makes way for the older place of `entry`.
bool LineImage::YieldsTo(const LineEntry& entry) {
  const auto known = by_user_.find(entry.user);
  if (known == by_user_.end()) return true;
  if (known->second < entry.sequence || admitted_.contains(known->second.value)) return false;
  Remove(Sequence{known->second});
  return true;
}

void LineImage::Reenter(LineEntry* entry) {
  // Someone else's sequence is nobody's place: the token was not of this line.
  if (Poll(entry) || Row(entry->sequence) || !YieldsTo(*entry)) return;
  ++numbers_.joined_total;
  const std::int64_t until_us = Bounded(entry->reclaim_until).value;
  if (until_us > numbers_.seen_us) {
    PutAdmitted(entry->sequence, {entry->user, until_us, until_us});
    std::uint32_t& missing = numbers_.config.missing_active;
    if (missing > 0) --missing;
  } else {
    PutWaiting(entry->sequence, {entry->user, numbers_.served_us});
  }
  Describe(entry);
}

std::uint32_t LineImage::Admit(std::uint32_t count_max) {
  std::uint32_t count = 0;
  while (count < count_max && !waiting_.empty() && HasRoom()) {
    const WaiterAt next = waiting_.Front();
    Remove(next.sequence);
    AdmitNow(next.sequence, next.waiter.user);
    ++count;
  }
  return count;
}

void LineImage::Keep(const LineEntry& entry) {
  const auto it = admitted_.find(entry.sequence.value);
  if (it == admitted_.end() || it->second.user != entry.user) return;
  const std::int64_t until_us = Bounded(entry.admitted_until).value;
  if (until_us <= it->second.counts_until_us) return;
  Admitted longer = it->second;
  longer.counts_until_us = until_us;
  Remove(entry.sequence);
  PutAdmitted(entry.sequence, longer);
}

void LineImage::Leave(const LineEntry& entry) {
  const std::optional<LineRow> row = Row(entry.sequence);
  if (!row || row->user != entry.user) return;
  Remove(entry.sequence);
  ++numbers_.left_total;
}

LineStats LineImage::Stats(TimeUs now) const {
  const std::int64_t now_us = std::max(Bounded(now).value, numbers_.seen_us);
  const auto alive = by_deadline_.upper_bound({now_us, UINT64_MAX});
  LineStats stats;
  stats.epoch = numbers_.config.epoch;
  stats.waiting = waiting_.size();
  stats.active = static_cast<std::uint64_t>(std::distance(alive, by_deadline_.end()));
  stats.missing = MissingAt(now_us);
  stats.joined_total = numbers_.joined_total;
  stats.admitted_total = numbers_.admitted_total;
  stats.dropped_total = numbers_.dropped_total;
  stats.left_total = numbers_.left_total;
  return stats;
}

std::optional<LineRow> LineImage::Row(Sequence sequence) {
  if (const auto it = admitted_.find(sequence.value); it != admitted_.end()) {
    const Admitted& a = it->second;
    return LineRow{sequence, a.user, LineState::kAdmitted, 0, a.pass_until_us, a.counts_until_us};
  }
  const WaitList::Found found = waiting_.Find(sequence);
  if (found.waiter == nullptr) return std::nullopt;
  return LineRow{sequence, found.waiter->user, LineState::kWaiting, found.waiter->heard_us, 0, 0};
}

bool LineImage::Restore(const LineRow& row) {
  const std::uint64_t epoch = row.sequence.epoch();
  if (!row.user || epoch == 0 || epoch > numbers_.config.epoch) return false;
  if (IsAheadOfLine({.user = row.user, .sequence = row.sequence})) return false;
  std::int64_t heard_us = row.heard_us;
  if (const auto old = Row(row.sequence)) {
    heard_us = std::max(heard_us, old->heard_us);
    Remove(row.sequence);
  }
  if (const auto known = by_user_.find(row.user); known != by_user_.end()) {
    const bool before = row.sequence < known->second;
    const bool admitted =
        before ? row.state == LineState::kAdmitted : admitted_.contains(known->second.value);
    if (!admitted) return false;
  }
  if (row.state == LineState::kWaiting) {
    PutWaiting(row.sequence, {row.user, heard_us});
  } else if (row.state == LineState::kAdmitted) {
    PutAdmitted(row.sequence, {row.user, row.pass_until_us, row.counts_until_us});
  } else {
    return false;
  }
  return true;
}

void LineImage::MergeHeard(Sequence sequence, const Waiter& waiter, bool mine) {
  if (mine) {
    waiting_.Hear(sequence, waiter.user, waiter.heard_us);
    return;
  }
  const WaitList::Found found = waiting_.Find(sequence);
  if (found.waiter == nullptr || found.waiter->user != waiter.user) return;
  found.waiter->heard_us = std::max(found.waiter->heard_us, waiter.heard_us);
}

void LineImage::RestoreNumbers(const LineNumbers& numbers) {
  const std::int64_t seen_us = std::max(numbers.seen_us, numbers_.seen_us);
  const std::int64_t served_us = std::max(numbers.served_us, numbers_.served_us);
  numbers_ = numbers;
  numbers_.seen_us = seen_us;
  numbers_.served_us = served_us;
}

}  // namespace seathold
