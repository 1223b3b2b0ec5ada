#include "src/engine/cache_writer.h"

#include <algorithm>

namespace seathold {

void CacheWriter::Breaker::Note(const Status& status) {
  retry_at_ns_ = status.ok() ? 0 : MonotonicNs() + kPauseNs;
}

void CacheWriter::Note(const char* what, const Status& status, Breaker* breaker) {
  breaker->Note(status);
  if (status.ok()) return;
  counters_.cache_errors.fetch_add(1, std::memory_order_relaxed);
  log_.Write(LogLevel::kWarning,
             std::string(what) + " is left alone for a second: " + status.text());
}

void CacheWriter::Write(const ChangeSet& committed, TimeUs now, Deadline deadline) {
  const Deadline own = Deadline::After({timeout_ms_});
  const Deadline cut{std::min(own.monotonic_ns, deadline.monotonic_ns)};
  if (claims_ != nullptr && claims_breaker_.closed() && !cut.passed()) {
    WriteClaims(committed, now, cut);
  }
  if (line_ != nullptr && line_breaker_.closed() && !cut.passed()) WriteLine(committed, cut);
}

void CacheWriter::WriteClaims(const ChangeSet& committed, TimeUs now, Deadline deadline) {
  puts_.clear();
  drops_.clear();
  for (const auto& change : committed.of<SeatRecord>().changes) {
    const SeatRecord& seat = change.row;
    if (seat.state != SeatState::kHeld) continue;
    const PerformanceInfo* info = directory_.Find(seat.performance);
    puts_.push_back({seat.performance, MakeSeatId(info->record.venue, seat.ordinal), seat.hold,
                     seat.user, seat.version, seat.expires_at});
  }
  for (const auto& change : committed.of<HoldRecord>().changes) {
    const HoldRecord& hold = change.row;
    if (hold.state == HoldState::kHeld) continue;
    const PerformanceInfo* info = directory_.Find(hold.performance);
    for (const HoldSeat& seat : hold.seats) {
      drops_.push_back({hold.performance, MakeSeatId(info->record.venue, seat.ordinal), hold.hold,
                        hold.user, 0, TimeUs{}});
    }
  }
  Status status;
  if (!drops_.empty()) status = claims_->Drop(drops_, deadline);
  if (status.ok() && !puts_.empty()) status = claims_->Put(puts_, now, deadline);
  Note("the claim cache", status, &claims_breaker_);
}

void CacheWriter::WriteLine(const ChangeSet& committed, Deadline deadline) {
  keeps_.clear();
  leaves_.clear();
  for (const auto& change : committed.of<HoldRecord>().changes) {
    const HoldRecord& hold = change.row;
    if (hold.sequence.value == 0) continue;
    auto* told = hold.state == HoldState::kHeld        ? &keeps_
                 : hold.state == HoldState::kConfirmed ? &leaves_
                                                       : nullptr;
    if (told == nullptr) continue;
    LineEntry entry;
    entry.user = hold.user;
    entry.sequence = hold.sequence;
    entry.admitted_until = hold.expires_at;
    told->emplace_back(directory_.Find(hold.performance)->record.show, entry);
  }
  if (keeps_.empty() && leaves_.empty()) return;
  Status status = TellLine(&Line::Keep, &keeps_, deadline);
  if (status.ok()) status = TellLine(&Line::Leave, &leaves_, deadline);
  Note("the waiting line", status, &line_breaker_);
}

// One call a show: each may be a transaction of the line's own.
Status CacheWriter::TellLine(LineCall call, std::vector<ShowEntry>* told, Deadline deadline) {
  std::ranges::stable_sort(*told, {}, &ShowEntry::first);
  for (auto from = told->begin(); from != told->end();) {
    const ShowId show = from->first;
    entries_.clear();
    for (; from != told->end() && from->first == show; ++from) entries_.push_back(from->second);
    // A place of an older epoch may have come back into the present line.
    std::uint64_t epoch = epochs_.Find(show);
    if (epoch == 0) epoch = entries_.back().sequence.epoch();
    const Status status = (line_->*call)(show, epoch, entries_, deadline);
    // A line that has been lost since is no fault of the cache.
    if (!status.ok() && !(status == Code::kLineLost)) return status;
  }
  return Status();
}

}  // namespace seathold
