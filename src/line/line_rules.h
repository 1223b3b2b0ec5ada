// The rules of a waiting line: one line as a value, and what each call does to it.
//
// Pure: no I/O, no clock, no lock; `now` is an argument. The adapters share it, so that memory and
// SQLite cannot differ in who comes next. Not thread-safe: the adapter's lock is held.
//
// Invariants: one place a user, the latest, and besides it only admissions whose pass is over and
// whose hold still counts; a sequence is given once in an epoch; whoever is admitted counts
// until a deadline, and the number of those deadlines is what the cap is compared with (a counter
// could leak); admitted entries + places kept for the missing never grow past the cap by a new
// admission.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "seathold/adapter/line.h"
#include "src/line/wait_list.h"

namespace seathold {

// The most a line's rate can save up: a second of the highest rate, in millionths of an admission.
inline constexpr std::int64_t kLineCreditMax = std::int64_t{UINT32_MAX} * 1'000'000;

// Whether the caller's arguments are in range: kOk or kInvalidArgument.
Status CheckLineConfig(ShowId show, const LineConfig& config);
Status CheckLineEntries(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries);

// Everything about a line but its entries.
struct LineNumbers {
  LineConfig config;  // missing_active: those who have not come back yet
  std::uint64_t next_counter = 1;
  std::int64_t seen_us = 0;       // the latest `now` of any call
  std::int64_t served_us = 0;     // time in which the line was served, see LineImage::Observe
  std::int64_t credit = 0;        // admissions the rate has saved up, in millionths
  std::int64_t credit_at_us = 0;  // up to when
  std::uint64_t joined_total = 0, admitted_total = 0, dropped_total = 0, left_total = 0;

  static LineNumbers Fresh(const LineConfig& config, TimeUs now);
};

// An entry as an adapter stores it.
struct LineRow {
  Sequence sequence;
  UserId user;
  LineState state = LineState::kAbsent;  // kWaiting or kAdmitted
  std::int64_t heard_us = 0;             // waiting: served-time reading of the last heartbeat
  std::int64_t pass_until_us = 0;        // admitted
  std::int64_t counts_until_us = 0;  // admitted: the later of the pass and the hold made under it

  bool operator==(const LineRow&) const = default;
};

class LineImage {
 public:
  // `slack_us`: how far a stored heartbeat may lag behind the real one; silence has to last that
  // much longer.
  LineImage(const LineNumbers& numbers, std::int64_t slack_us)
      : numbers_(numbers), slack_us_(slack_us) {}

  const LineNumbers& numbers() const { return numbers_; }
  std::size_t size() const { return waiting_.size() + admitted_.size(); }

  // Time moves on. Of the time between two calls at most a quarter of the grace counts as served,
  // so that an outage (or an idle night) is not taken for the silence of those who waited through
  // it.
  void Observe(TimeUs now);
  // Ends admissions that are over and drops waiters silent beyond the grace.
  void Tidy();
  bool has_silent() const { return waiting_.oldest_us() < cutoff_us(); }
  // A sequence of this epoch that was never given: the line has lost its latest joins.
  bool IsAheadOfLine(const LineEntry& entry) const;
  // Takes over cap, rate, grace and pass; the fields of a rebuild count only when a line is made.
  void TakeNumbers(const LineConfig& config);

  // Each answers for one entry, after Observe; Join, Reenter and Admit after Tidy, too.
  void Join(LineEntry* entry);
  // False: an entry of an older epoch that is not here; nothing was done (call Reenter).
  bool Poll(LineEntry* entry);
  // Polls all of `io` beside other threads that do the same, while nobody does anything else. False
  // where that is not enough: time has moved on, or an entry is ahead of the line or would reenter.
  // Nothing was done then but heartbeats.
  bool PollBeside(std::span<LineEntry> io, TimeUs now);
  void Reenter(LineEntry* entry);
  std::uint32_t Admit(std::uint32_t count_max);
  void Keep(const LineEntry& entry);
  void Leave(const LineEntry& entry);
  LineStats Stats(TimeUs now) const;

  // What an adapter that stores the line needs.
  std::optional<LineRow> Row(Sequence sequence);  // nullopt: absent
  // Makes the entry of `row.sequence` be `row`; a later heartbeat known here stays. False: the row
  // contradicts the line (two places of one user, no state, a sequence never given).
  bool Restore(const LineRow& row);
  void Forget(Sequence sequence) { Remove(sequence); }
  // A heartbeat learnt from elsewhere: `mine` = it is still to be stored by this process.
  void MergeHeard(Sequence sequence, const Waiter& waiter, bool mine);
  // The numbers as another process left them; served time and `seen` never go back.
  void RestoreNumbers(const LineNumbers& numbers);
  std::vector<Sequence> TakeTouched() { return std::exchange(touched_, {}); }
  bool touched() const { return !touched_.empty(); }
  bool has_heard() const { return waiting_.has_heard(); }
  std::vector<WaiterAt> TakeHeard(std::size_t count_max, bool* round_done) {
    return waiting_.TakeHeard(count_max, round_done);
  }
  void TrackTouched(bool track) { track_touched_ = track; }

 private:
  struct Admitted {
    UserId user;
    std::int64_t pass_until_us = 0;
    std::int64_t counts_until_us = 0;
  };
  using AdmittedMap = std::unordered_map<std::uint64_t, Admitted>;

  std::int64_t cutoff_us() const;
  std::uint64_t MissingAt(std::int64_t now_us) const;
  bool HasRoom() const;
  void SpendRoom();
  void AccrueCredit();
  void EndLapsed();
  void DropSilent();

  void Own(UserId user, Sequence sequence);
  void PutWaiting(Sequence sequence, const Waiter& waiter);
  void PutAdmitted(Sequence sequence, const Admitted& admitted);
  bool Remove(Sequence sequence);
  void AdmitNow(Sequence sequence, UserId user);
  void Describe(LineEntry* entry);
  bool DescribeAdmitted(LineEntry* entry) const;
  bool YieldsTo(const LineEntry& entry);
  void Touch(Sequence sequence) {
    if (track_touched_) touched_.push_back(sequence);
  }

  LineNumbers numbers_;
  std::int64_t slack_us_;
  WaitList waiting_;
  AdmittedMap admitted_;
  std::set<std::pair<std::int64_t, std::uint64_t>> by_deadline_;  // (counts_until_us, sequence)
  std::unordered_map<UserId, Sequence> by_user_;                  // their places
  bool track_touched_ = false;
  std::vector<Sequence> touched_;
};

}  // namespace seathold
