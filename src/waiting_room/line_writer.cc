#include "src/waiting_room/line_writer.h"

#include <algorithm>
#include <tuple>

#include "src/util/guarded.h"

namespace seathold {

void LineWriter::Owe(const ChangeSet& committed) {
  const MutexLock lock(mutex_);
  for (const auto& change : committed.of<HoldRecord>().changes) {
    const HoldRecord& hold = change.row;
    const bool through = hold.state == HoldState::kConfirmed;
    if (hold.sequence.value == 0 || !(through || hold.state == HoldState::kHeld)) continue;
    LineEntry entry;
    entry.user = hold.user;
    entry.sequence = hold.sequence;
    entry.admitted_until = hold.expires_at;
    Add(directory_.Find(hold.performance)->record.show, through, entry);
  }
}

void LineWriter::OweLeave(ShowId show, const LineEntry& entry) {
  const MutexLock lock(mutex_);
  Add(show, true, entry);
}

void LineWriter::Add(ShowId show, bool through, const LineEntry& entry) {
  if (owed_.size() < kOwedMax) owed_.push_back({show, through, entry});
}

Status LineWriter::Tell(Deadline deadline) {
  std::vector<Owed> telling;
  {
    const MutexLock lock(mutex_);
    telling.swap(owed_);
  }
  std::ranges::stable_sort(telling, {},
                           [](const Owed& owed) { return std::tuple(owed.show, owed.through); });
  Run rest(telling);
  Status status;
  while (!rest.empty()) {
    const Run run = NextRun(rest);
    status = Guarded([&] { return TellRun(run, deadline); });  // else what is owed would be lost
    if (!status.ok()) break;
    rest = rest.subspan(run.size());
  }
  if (rest.empty()) return status;
  const MutexLock lock(mutex_);
  telling.erase(telling.begin(), telling.end() - static_cast<std::ptrdiff_t>(rest.size()));
  rest = telling;
  if (owed_.empty()) {  // as ever, and needs no memory
    owed_.swap(telling);
    return status;
  }
  const std::size_t room = kOwedMax - std::min(kOwedMax, owed_.size());
  rest = rest.first(std::min(room, rest.size()));
  owed_.insert(owed_.end(), rest.begin(), rest.end());
  return status;
}

// The front of `owed` that makes one call: each may be a transaction of the line's own.
LineWriter::Run LineWriter::NextRun(Run owed) {
  std::size_t n = 1;
  while (n < std::min(owed.size(), kToldAtOnceMax) && owed[n].show == owed[0].show &&
         owed[n].through == owed[0].through) {
    ++n;
  }
  return owed.first(n);
}

Status LineWriter::TellRun(Run run, Deadline deadline) {
  std::vector<LineEntry> entries;
  for (const Owed& owed : run) entries.push_back(owed.entry);
  // A place of an older epoch may have come back into the present line.
  std::uint64_t epoch = epochs_.Find(run[0].show);
  if (epoch == 0) epoch = entries.back().sequence.epoch();
  const Status status = run[0].through ? line_.Leave(run[0].show, epoch, entries, deadline)
                                       : line_.Keep(run[0].show, epoch, entries, deadline);
  return status == Code::kLineLost ? Status() : status;
}

}  // namespace seathold
