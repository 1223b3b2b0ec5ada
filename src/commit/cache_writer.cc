#include "src/commit/cache_writer.h"

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
  if (line_ == nullptr) return;
  line_->Owe(committed);
  if (line_breaker_.closed() && !cut.passed()) {
    Note("the waiting line", line_->Tell(cut), &line_breaker_);
  }
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

}  // namespace seathold
