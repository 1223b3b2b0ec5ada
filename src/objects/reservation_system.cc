// ReservationSystem: holds ask the mirror first; maps and counts come from it.
#include <algorithm>

#include "src/commit/submit.h"
#include "src/engine/engine_core.h"
#include "src/objects/dispatch.h"
#include "src/objects/reservation_commands.h"
#include "src/objects/seats_wanted.h"
#include "src/rules/catalog.h"
#include "src/rules/transition.h"
#include "src/util/text.h"
#include "src/waiting_room/pass_check.h"

namespace seathold {
namespace {

constexpr int kRowsMax = 10'000;
constexpr std::int64_t kWaitMsMax = 86'400'000;
// Whoever waits for events looks at storage no more often than this.
constexpr std::int64_t kLookMsMin = 20;

// A hold that has lapsed is expired for whoever looks, swept or not. `now` is not later than the
// reading of the record: one that was found held after its deadline can no longer be paid.
HoldView ViewOf(const HoldRecord& hold, VenueId venue, TimeUs now) {
  HoldView view;
  view.hold = hold.hold;
  view.performance = hold.performance;
  view.venue = venue;
  view.user = hold.user;
  const bool lapsed = HasLapsed(hold, now);
  view.state = lapsed ? HoldState::kExpired : hold.state;
  view.created_at = hold.created_at;
  view.expires_at = hold.expires_at;
  view.ended_at = lapsed ? hold.expires_at : hold.ended_at;
  if (IsAlive(hold, now)) view.left_ms = (hold.expires_at.value - now.value) / kUsPerMs;
  view.total = Money{hold.total_minor, hold.currency};
  view.seats.assign(hold.seats.begin(), hold.seats.end());
  view.payment = hold.payment;
  view.refund = hold.refund;
  view.staff = (hold.flags & kHoldStaff) != 0;
  return view;
}

class ReservationSystemImpl final : public ReservationSystem {
 public:
  explicit ReservationSystemImpl(EngineCore& core) : core_(core) {}

  void Hold(std::span<const HoldRequest> requests, std::span<HoldReply> replies,
            const CallOptions& options) override {
    HoldAll(requests, replies, options, ReadHold);
  }
  void HoldBest(std::span<const BestRequest> requests, std::span<HoldReply> replies,
                const CallOptions& options) override {
    HoldAll(requests, replies, options, ReadBest);
  }
  void Confirm(std::span<const ConfirmRequest> requests, std::span<PayReply> replies,
               const CallOptions& options) override;
  void Cancel(std::span<const CancelRequest> requests, std::span<Status> replies,
              const CallOptions& options) override;
  void Refund(std::span<const RefundRequest> requests, std::span<PayReply> replies,
              const CallOptions& options) override;
  void Block(PerformanceId performance, std::span<const SeatId> seats, std::string_view reason,
             std::span<Status> replies, const CallOptions& options) override {
    BlockAll(performance, seats, true, reason, replies, options);
  }
  void Unblock(PerformanceId performance, std::span<const SeatId> seats, std::span<Status> replies,
               const CallOptions& options) override {
    BlockAll(performance, seats, false, "", replies, options);
  }
  Result<HoldView> Get(PerformanceId performance, HoldId hold, bool settle,
                       const CallOptions& options) override;
  Result<std::vector<HoldView>> ListByUser(UserId user, PerformanceId after_performance,
                                           HoldId after, int rows_max,
                                           const CallOptions& options) override;
  Result<std::vector<HoldView>> ListByPerformance(PerformanceId performance, HoldId after,
                                                  int rows_max,
                                                  const CallOptions& options) override;
  Result<std::shared_ptr<const SeatMap>> Map(PerformanceId performance,
                                             const CallOptions& options) override;
  Result<std::vector<SeatChange>> Changes(PerformanceId performance, const MapVersion& after,
                                          MapVersion* next, const CallOptions& options) override;
  Result<Availability> Count(PerformanceId performance, const CallOptions& options) override;
  Result<std::vector<FeedEvent>> Feed(PerformanceId performance, std::uint64_t after,
                                      int events_max, const CallOptions& options) override;
  Result<std::vector<FeedEvent>> AwaitFeed(PerformanceId performance, std::uint64_t after,
                                           int events_max, std::int64_t wait_ms,
                                           const CallOptions& options) override;
  Status TrimFeed(PerformanceId performance, std::uint64_t through,
                  const CallOptions& options) override;

 private:
  template <class Request, class Read>
  void HoldAll(std::span<const Request> requests, std::span<HoldReply> replies,
               const CallOptions& options, Read read);
  // What the requests of one call share: when it came, and the performance that was asked for last.
  struct Glance {
    Deadline deadline;
    std::int64_t now_ns = 0;
    std::optional<TimeUs> now{};
    Directory::Entry* entry = nullptr;
    std::uint64_t refused = 0;
  };
  void FindPerformance(PerformanceId performance, Glance* glance);
  void ReadPass(std::string_view pass, const Glance& glance, HoldArgs* args);
  bool MayRefuseInMemory(const HoldArgs& args, const Glance& glance) const;
  // True = refused, and the reply stands.
  bool RefuseInMemory(const HoldArgs& args, Glance* glance, HoldReply* reply);
  Status WaitForEvents(PerformanceId performance, std::uint64_t after, Deadline end,
                       const CallOptions& options);
  Result<HoldView> View(const HoldRecord& hold, TimeUs now, Deadline deadline);
  Result<std::vector<HoldView>> List(const ScanSpec& scan, int rows_max,
                                     const CallOptions& options);
  void BlockAll(PerformanceId performance, std::span<const SeatId> seats, bool block,
                std::string_view reason, std::span<Status> replies, const CallOptions& options);

  EngineCore& core_;
};

// Null where it cannot be told here (unknown, not loaded, storage away): the transaction will.
void ReservationSystemImpl::FindPerformance(PerformanceId performance, Glance* glance) {
  Directory::Entry* last = glance->entry;
  if (last != nullptr && last->info.record.performance == performance) return;
  const auto found = core_.Performance(performance, glance->deadline);
  glance->entry = found.ok() ? *found : nullptr;
}

// The signature is checked out here, beside no lock; what the pass is good for, by the rules.
void ReservationSystemImpl::ReadPass(std::string_view pass, const Glance& glance, HoldArgs* args) {
  const bool gated = glance.entry == nullptr || glance.entry->info.show.requires_pass;
  if (!gated || args->staff) return;
  args->pass = CheckPassText(*core_.keys, core_.key_watch, pass, args->user);
  args->pass.spent = core_.spent_passes.Knows(args->pass.show, args->user, args->pass.sequence);
}

// However exact memory is, it does not know what an id was answered before: a host may forbid it.
bool ReservationSystemImpl::MayRefuseInMemory(const HoldArgs& args, const Glance& glance) const {
  return glance.entry != nullptr && !args.best && core_.options.refusal_max_age_ms > 0;
}

bool ReservationSystemImpl::RefuseInMemory(const HoldArgs& args, Glance* glance, HoldReply* reply) {
  if (!MayRefuseInMemory(args, *glance)) return false;
  const std::int64_t age_ms = core_.options.refusal_max_age_ms;
  if (!glance->now) glance->now = core_.Glance();
  Directory::Entry& entry = *glance->entry;
  const auto ask = [&] {
    return entry.mirror.Refuse(args, entry.info, core_.limits, *glance->now, glance->now_ns, reply);
  };
  MirrorAnswer answer = ask();
  if (answer == MirrorAnswer::kStale) {
    if (!core_.Refresh(&entry, age_ms, glance->deadline).ok()) return false;
    answer = ask();
  }
  glance->refused += answer == MirrorAnswer::kRefused;
  return answer == MirrorAnswer::kRefused;
}

template <class Request, class Read>
void ReservationSystemImpl::HoldAll(std::span<const Request> requests, std::span<HoldReply> replies,
                                    const CallOptions& options, Read read) {
  const Timed timed(core_.counters.hold);
  // One reading of the clock for all of it: a refusal takes less time than a few.
  Glance glance{.deadline = Deadline::After(options, timed.from_ns()), .now_ns = timed.from_ns()};
  const auto check = [&](const Request& request, HoldArgs* args) {
    return read(request, core_.limits, args);
  };
  SeatsWanted wanted, sent_again;
  bool looks_again = false;
  const auto refuse = [&](const Request& request, HoldArgs* args, HoldReply* reply, bool again) {
    if (again && !looks_again) {  // a commit was waited for
      looks_again = true;
      glance.now_ns = MonotonicNs();
      glance.now.reset();
    }
    FindPerformance(args->performance, &glance);
    ReadPass(request.pass, glance, args);
    // Behind one that is undecided still, memory does not know all that stands in the way.
    const bool behind = (again ? sent_again : wanted).Wants(*args);
    if (!behind && RefuseInMemory(*args, &glance, reply)) return Door::kAnswered;
    if (again) sent_again.Note(*args);
    if (again || requests.size() == 1 || !MayRefuseInMemory(*args, glance)) return Door::kSend;
    const bool counted = glance.entry->info.record.user_limit > 0;
    return wanted.MustWait(*args, counted) ? Door::kLater : Door::kSend;
  };
  Dispatch<HoldCommand>(core_, requests, replies, glance.deadline, &core_.counters.holds, check,
                        refuse);
  if (glance.refused > 0) core_.counters.refused_by_mirror.Add(0, glance.refused);
}

void ReservationSystemImpl::Confirm(std::span<const ConfirmRequest> requests,
                                    std::span<PayReply> replies, const CallOptions& options) {
  const Timed timed(core_.counters.confirm);
  Dispatch<ConfirmCommand>(core_, requests, replies, Deadline::After(options, timed.from_ns()),
                           &core_.counters.confirms, ReadConfirm);
}

void ReservationSystemImpl::Cancel(std::span<const CancelRequest> requests,
                                   std::span<Status> replies, const CallOptions& options) {
  const Timed timed(core_.counters.other);
  Dispatch<CancelCommand>(core_, requests, replies, Deadline::After(options, timed.from_ns()),
                          &core_.counters.cancels,
                          [](const CancelRequest& request, CancelRequest* args) {
                            *args = request;
                            return ReadCancel(request);
                          });
}

void ReservationSystemImpl::Refund(std::span<const RefundRequest> requests,
                                   std::span<PayReply> replies, const CallOptions& options) {
  const Timed timed(core_.counters.other);
  Dispatch<RefundCommand>(core_, requests, replies, Deadline::After(options, timed.from_ns()),
                          &core_.counters.refunds,
                          [](const RefundRequest& request, RefundRequest* args) {
                            *args = request;
                            return ReadRefund(request);
                          });
}

// At most kSeatsPerHoldCap seats of one Block call: what one feed event can name.
struct BlockReply {
  Status status;
  InlineList<Code, kSeatsPerHoldCap> seats;
};
void DecideBlockCommand(const BlockArgs& args, WorkingSet& ws, const RuleContext& context,
                        BlockReply* reply) {
  DecideBlock(args, ws, context, &reply->seats);
}
using BlockCommand = RuleCommand<BlockArgs, BlockReply, BlockKeys, DecideBlockCommand>;

Status CheckBlock(PerformanceId performance, std::span<const SeatId> seats, std::string* reason) {
  if (!performance) return Status(Code::kInvalidArgument, "the performance id is zero");
  if (Status s = TakeInPlace(reason, kReferenceBytesMax, "the reason"); !s.ok()) return s;
  std::vector<SeatId> sorted;  // filled apart: g++ 12 at -O3 warns of the constructor
  sorted.assign(seats.begin(), seats.end());
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) return Status(Code::kDuplicateSeat);
  return Status();
}

void ReservationSystemImpl::BlockAll(PerformanceId performance, std::span<const SeatId> seats,
                                     bool block, std::string_view reason, std::span<Status> replies,
                                     const CallOptions& options) {
  if (!OneEach(seats.size(), replies)) return;
  const Timed timed(core_.counters.other);
  std::vector<BlockCommand> commands;
  const Status bad = Guarded([&] {
    std::string kept(reason.substr(0, kReferenceBytesMax + 1));  // one more is too long, too
    if (Status wrong = CheckBlock(performance, seats, &kept); !wrong.ok()) return wrong;
    for (std::size_t from = 0; from < seats.size(); from += kSeatsPerHoldCap) {
      BlockArgs args{performance, {}, block, kept};
      const auto count = std::min<std::size_t>(kSeatsPerHoldCap, seats.size() - from);
      for (const SeatId seat : seats.subspan(from, count)) args.seats.push_back(seat);
      commands.emplace_back(std::move(args));
    }
    return core_.Usable();
  });
  if (!bad.ok()) {
    std::ranges::fill(replies, bad);
    return;
  }
  Submit(*core_.commits, std::move(commands), Deadline::After(options, timed.from_ns()),
         [&](std::size_t at, BlockCommand* done, const Status& why) {
           const std::size_t from = at * kSeatsPerHoldCap;
           const auto count = std::min<std::size_t>(kSeatsPerHoldCap, seats.size() - from);
           for (std::size_t i = 0; i < count; ++i) {
             const bool decided = done != nullptr && done->reply.status.ok();
             const Status& whole = done != nullptr ? done->reply.status : why;
             replies[from + i] = decided ? Status(done->reply.seats[i]) : whole;
             core_.counters.Answer(replies[from + i].code(), false, &core_.counters.others);
           }
         });
}

Result<HoldView> ReservationSystemImpl::Get(PerformanceId performance, HoldId hold, bool settle,
                                            const CallOptions& options) try {
  if (!performance || !hold) return Status(Code::kInvalidArgument, "an id is zero");
  KeySet keys;
  keys.Add<HoldRecord>({performance, hold});
  RecordSet rows;
  const Deadline deadline = Deadline::After(options);
  TimeUs now = core_.Now();
  const Access access = settle ? Access::kWrite : Access::kRead;
  const Status status = core_.InUnit(access, deadline, [&](StorageUnit& unit) {
    // Behind the write lock nothing can be paid any more, so that later is as true.
    now = settle ? core_.NowIn(unit) : std::max(now, unit.time_mark());
    return unit.Load(keys, &rows);
  });
  if (!status.ok()) return status;
  if (rows.of<HoldRecord>().rows.empty()) return Code::kUnknownHold;
  return View(rows.of<HoldRecord>().rows[0], now, deadline);
} catch (...) {
  return CaughtStatus();
}

// After the unit: the performance may have to be read in one of its own.
Result<HoldView> ReservationSystemImpl::View(const HoldRecord& hold, TimeUs now,
                                             Deadline deadline) {
  const auto entry = core_.Performance(hold.performance, deadline);
  if (!entry.ok()) return entry.status();
  return ViewOf(hold, (*entry)->info.record.venue, now);
}

Result<std::vector<HoldView>> ReservationSystemImpl::List(const ScanSpec& scan, int rows_max,
                                                          const CallOptions& options) {
  if (rows_max < 1 || rows_max > kRowsMax || scan.key == 0) {
    return Status(Code::kInvalidArgument, "rows_max is not within 1 .. 10,000, or an id is zero");
  }
  RecordSet rows;
  bool more = false;
  const Deadline deadline = Deadline::After(options);
  TimeUs now = core_.Now();
  const Status status = core_.InUnit(Access::kRead, deadline, [&](StorageUnit& unit) {
    now = std::max(now, unit.time_mark());
    return unit.Scan(scan, &rows, &more);
  });
  if (!status.ok()) return status;
  std::vector<HoldView> views;
  for (const HoldRecord& hold : rows.of<HoldRecord>().rows) {
    auto view = View(hold, now, deadline);
    if (!view.ok()) return view.status();
    views.push_back(std::move(view).value());
  }
  return views;
}

Result<std::vector<HoldView>> ReservationSystemImpl::ListByUser(UserId user,
                                                                PerformanceId after_performance,
                                                                HoldId after, int rows_max,
                                                                const CallOptions& options) try {
  ScanSpec scan{.index = ScanSpec::Index::kHoldsOfUser, .key = user.value};
  scan.after = static_cast<std::int64_t>(after_performance.value);
  scan.after_id = after.value;
  scan.rows_max = static_cast<std::uint32_t>(std::max(rows_max, 1));
  return List(scan, rows_max, options);
} catch (...) {
  return CaughtStatus();
}

Result<std::vector<HoldView>> ReservationSystemImpl::ListByPerformance(
    PerformanceId performance, HoldId after, int rows_max, const CallOptions& options) try {
  ScanSpec scan{.index = ScanSpec::Index::kHoldsOfPerformance, .key = performance.value};
  scan.after_id = after.value;
  scan.rows_max = static_cast<std::uint32_t>(std::max(rows_max, 1));
  return List(scan, rows_max, options);
} catch (...) {
  return CaughtStatus();
}

Result<std::shared_ptr<const SeatMap>> ReservationSystemImpl::Map(PerformanceId performance,
                                                                  const CallOptions& options) try {
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const auto entry = core_.Mirrored(performance, Deadline::After(options));
  if (!entry.ok()) return entry.status();
  auto map = (*entry)->mirror.Map(performance, core_.Glance());
  if (map == nullptr) return Code::kBusy;
  return map;
} catch (...) {
  return CaughtStatus();
}

Result<std::vector<SeatChange>> ReservationSystemImpl::Changes(PerformanceId performance,
                                                               const MapVersion& after,
                                                               MapVersion* next,
                                                               const CallOptions& options) try {
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const Deadline deadline = Deadline::After(options);
  const auto entry = core_.Mirrored(performance, deadline);
  if (!entry.ok()) return entry.status();
  auto changes = (*entry)->mirror.Changes(after, core_.Glance(), next);
  if (!changes && after.feed > (*entry)->mirror.version()) {  // another process has seen more
    if (Status s = core_.Refresh(*entry, 0, deadline); !s.ok()) return s;
    changes = (*entry)->mirror.Changes(after, core_.Glance(), next);
  }
  if (!changes) return Code::kFeedTruncated;
  return *std::move(changes);
} catch (...) {
  return CaughtStatus();
}

Result<Availability> ReservationSystemImpl::Count(PerformanceId performance,
                                                  const CallOptions& options) try {
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const auto entry = core_.Mirrored(performance, Deadline::After(options));
  if (!entry.ok()) return entry.status();
  const auto count = (*entry)->mirror.Count((*entry)->info, core_.Glance());
  if (!count) return Code::kBusy;
  return *count;
} catch (...) {
  return CaughtStatus();
}

FeedEvent EventOf(const FeedRecord& record, VenueId venue) {
  FeedEvent event{record.counter,    record.kind, record.hold, record.user,
                  record.expires_at, record.at,   {}};
  for (const std::uint32_t ordinal : record.seats)
    event.seats.push_back(MakeSeatId(venue, ordinal));
  return event;
}

Result<std::vector<FeedEvent>> ReservationSystemImpl::Feed(PerformanceId performance,
                                                           std::uint64_t after, int events_max,
                                                           const CallOptions& options) try {
  if (events_max < 1 || events_max > kRowsMax || after > INT64_MAX) {
    return Status(Code::kInvalidArgument, "events_max is not within 1 .. 10,000");
  }
  const Deadline deadline = Deadline::After(options);
  const auto entry = core_.Performance(performance, deadline);
  if (!entry.ok()) return entry.status();
  RecordSet rows;
  const Status status = core_.InUnit(Access::kRead, deadline, [&](StorageUnit& unit) {
    KeySet state;
    state.Add<PerformanceStateRecord>({performance});
    if (Status s = unit.Load(state, &rows); !s.ok()) return s;
    ScanSpec scan{.index = ScanSpec::Index::kFeedAfter, .key = performance.value};
    scan.after = static_cast<std::int64_t>(after);
    scan.rows_max = static_cast<std::uint32_t>(events_max);
    bool more = false;
    return unit.Scan(scan, &rows, &more);
  });
  if (!status.ok()) return status;
  const auto& states = rows.of<PerformanceStateRecord>().rows;
  if (states.empty()) return Code::kStorageCorrupt;
  if (after + 1 < states[0].feed_first || after > states[0].feed) return Code::kFeedTruncated;
  std::vector<FeedEvent> events;
  for (const FeedRecord& record : rows.of<FeedRecord>().rows) {
    events.push_back(EventOf(record, (*entry)->info.record.venue));
  }
  return events;
} catch (...) {
  return CaughtStatus();
}

Result<std::vector<FeedEvent>> ReservationSystemImpl::AwaitFeed(PerformanceId performance,
                                                                std::uint64_t after, int events_max,
                                                                std::int64_t wait_ms,
                                                                const CallOptions& options) try {
  if (wait_ms < 0 || wait_ms > kWaitMsMax) {
    return Status(Code::kInvalidArgument, "wait_ms is not within 0 .. 86,400,000");
  }
  const Deadline end = Deadline::After({wait_ms});
  for (;;) {
    auto events = Feed(performance, after, events_max, options);
    if (!events.ok() || !events->empty() || end.passed()) return events;
    if (Status s = WaitForEvents(performance, after, end, options); !s.ok()) return s;
  }
} catch (...) {
  return CaughtStatus();
}

// Until there may be an event above `after`, or the end. The mirror knows: of this process's own
// commits at once, of others' whenever somebody looks at storage.
Status ReservationSystemImpl::WaitForEvents(PerformanceId performance, std::uint64_t after,
                                            Deadline end, const CallOptions& options) {
  const CallOptions slice{std::max(core_.options.refusal_max_age_ms, kLookMsMin)};
  while (!end.passed()) {
    if (core_.waits_ended.load()) return Status(Code::kClosed);
    const auto entry = core_.Mirrored(performance, Deadline::After(options));
    if (!entry.ok()) return entry.status();
    SeatMirror& mirror = (*entry)->mirror;
    if (mirror.version() > after) return Status();
    if (mirror.behind()) {
      if (Status s = core_.Refresh(*entry, 0, Deadline::After(options)); !s.ok()) return s;
      continue;
    }
    const Deadline look = Deadline::After(slice);
    mirror.WaitForNews(after, {std::min(look.monotonic_ns, end.monotonic_ns)}, core_.waits_ended);
  }
  return Status();
}

struct TrimReply {
  Status status;
  bool more = false;
};
void DecideTrim(const TrimFeedArgs& args, WorkingSet& ws, const RuleContext&, TrimReply* reply) {
  reply->status = Status(DecideTrimFeed(args, ws, &reply->more));
}
using TrimCommand = RuleCommand<TrimFeedArgs, TrimReply, TrimFeedKeys, DecideTrim>;

Status ReservationSystemImpl::TrimFeed(PerformanceId performance, std::uint64_t through,
                                       const CallOptions& options) try {
  if (!performance) return Status(Code::kInvalidArgument, "the performance id is zero");
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const Deadline deadline = Deadline::After(options);
  for (bool more = true; more;) {
    TrimCommand done{TrimFeedArgs{}};
    const Status status =
        SubmitOne(*core_.commits, TrimCommand(TrimFeedArgs{performance, through}), deadline, &done);
    if (!status.ok()) return status;
    if (!done.reply.status.ok()) return done.reply.status;
    more = done.reply.more;
    if (more && deadline.passed()) return Status(Code::kBusy);
  }
  return Status();
} catch (...) {
  return CaughtStatus();
}

}  // namespace

std::unique_ptr<ReservationSystem> NewReservationSystem(EngineCore& core) {
  return std::make_unique<ReservationSystemImpl>(core);
}

}  // namespace seathold
