// QueueManager: tokens are read and signed; a batch goes to each line as one step.
#include <algorithm>
#include <unordered_map>

#include "src/accounts/signed_token.h"
#include "src/commit/submit.h"
#include "src/engine/queue_line.h"
#include "src/objects/dispatch.h"
#include "src/rules/queue.h"

namespace seathold {
namespace {

using SpendCommand = RuleCommand<SpendArgs, Status, SpendKeys, DecideSpend>;

// A place token, or a pass that proves an admission until `admitted_until`.
struct Shown {
  ShowId show;
  LineEntry entry;
};

Result<Shown> ReadText(const KeyRing& keys, std::string_view text) {
  Shown shown;
  if (const auto place = VerifyPlace(keys, text); place.ok()) {
    shown.show = place->show;
    shown.entry.user = place->user;
    shown.entry.sequence = place->sequence;
    return shown;
  }
  const auto pass = VerifyPass(keys, text);
  if (!pass.ok()) return Code::kTokenInvalid;
  shown.show = pass->show;
  shown.entry.user = pass->user;
  shown.entry.sequence = pass->sequence;
  shown.entry.reclaim_until = pass->admitted_until;
  return shown;
}

// A place that is given up, and where its answer goes.
struct Leaving {
  ShowId show;
  LineEntry entry;
  Status* reply;
};

// The requests of one chunk that name one show: their indexes and their entries, side by side.
struct Group {
  ShowId show;
  std::vector<std::size_t> indexes;
  std::vector<LineEntry> entries;

  void Add(std::size_t index, const LineEntry& entry) {
    indexes.push_back(index);
    entries.push_back(entry);
  }
};

// Few shows a chunk: one, nearly always.
Group& GroupOf(std::vector<Group>* groups, ShowId show) {
  for (auto it = groups->rbegin(); it != groups->rend(); ++it) {
    if (it->show == show) return *it;
  }
  groups->emplace_back();
  groups->back().show = show;
  return groups->back();
}

const Place kNoPlace;  // not Place{}, which clears the texts as well

// For what a call did not begin by its deadline, or where memory is short: who was joined meanwhile
// finds the place by joining again.
void AnswerAll(std::span<Place> replies, const Status& why) {
  for (Place& place : replies) {
    place = kNoPlace;
    place.status = why;
  }
}

class QueueManagerImpl final : public QueueManager {
 public:
  explicit QueueManagerImpl(EngineCore& core) : core_(core) {}

  void Join(std::span<const JoinRequest> requests, std::span<Place> replies,
            const CallOptions& options) override;
  void Poll(std::span<const std::string_view> tokens, std::span<Place> replies,
            const CallOptions& options) override;
  Result<int> Admit(ShowId show, int max, const CallOptions& options) override;
  void Leave(std::span<const std::string_view> tokens, std::span<Status> replies,
             const CallOptions& options) override;
  Status Revoke(ShowId show, UserId user, const CallOptions& options) override;
  Result<LineStats> Stats(ShowId show, const CallOptions& options) override;

 private:
  // So many requests at a time: bounds the memory of a call and how long it keeps a line.
  static constexpr std::size_t kChunkMax = 1'024;
  // Of what a poll does for others.
  static constexpr std::uint32_t kLetInMax = 1'024;
  static constexpr std::int64_t kLetInMs = 50;

  void JoinChunk(std::span<const JoinRequest> requests, std::span<Place> replies,
                 Deadline deadline);
  Status JoinGroup(Group* group, Deadline deadline);
  Status JoinAgain(const ShowRecord& show, const std::vector<bool>& spent,
                   std::vector<LineEntry>* entries, Deadline deadline);
  void PollChunk(std::span<const std::string_view> tokens, std::span<Place> replies,
                 Deadline deadline);
  Status PollGroup(Group* group, std::vector<bool>* spent, Deadline deadline);
  void LetIn(const ShowRecord& show, TimeUs now, std::vector<LineEntry>* entries,
             Deadline deadline);
  Status Reenter(const ShowRecord& show, const std::vector<bool>& spent,
                 std::vector<LineEntry>* entries, Deadline deadline);

  Result<Shown> Read(std::string_view text);
  // Which of `entries` storage knows to be over.
  Status FindSpent(ShowId show, std::span<const LineEntry> entries, Deadline deadline,
                   std::vector<bool>* spent);
  // Notes in storage that these places are given up, and tells the line.
  void Spend(std::span<const Leaving> leaving, Deadline deadline);
  void Fill(ShowId show, const LineEntry& entry, std::string_view token, Place* place) const;

  EngineCore& core_;
};

Result<Shown> QueueManagerImpl::Read(std::string_view text) {
  auto shown = ReadText(*core_.keys, text);
  if (shown.ok() || !core_.key_watch.Follow(*core_.keys, text, KeyPurpose::kPlace)) return shown;
  return ReadText(*core_.keys, text);
}

Status QueueManagerImpl::FindSpent(ShowId show, std::span<const LineEntry> entries,
                                   Deadline deadline, std::vector<bool>* spent) {
  KeySet keys;
  for (const LineEntry& entry : entries) keys.Add<SpentRecord>({show, entry.user});
  keys.Seal();
  RecordSet rows;
  const Status status = core_.InUnit(Access::kRead, deadline,
                                     [&](StorageUnit& unit) { return unit.Load(keys, &rows); });
  if (!status.ok()) return status;
  std::unordered_map<UserId, Sequence> through;
  for (const SpentRecord& row : rows.of<SpentRecord>().rows) through[row.user] = row.through;
  spent->assign(entries.size(), false);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto it = through.find(entries[i].user);
    (*spent)[i] = it != through.end() && entries[i].sequence <= it->second;
  }
  return Status();
}

// Throws before anything was sent only.
void QueueManagerImpl::Spend(std::span<const Leaving> leaving, Deadline deadline) {
  std::vector<SpendCommand> commands;
  for (const Leaving& one : leaving) {
    commands.emplace_back(SpendArgs{one.show, one.entry.user, one.entry.sequence});
  }
  Submit(*core_.commits, std::move(commands), deadline,
         [&](std::size_t at, SpendCommand* done, const Status& why) {
           *leaving[at].reply = done != nullptr ? done->reply : why;
         });
  // Storage is what counts: what the line does not hear now, it is told before the next admission.
  (void)Guarded([&] {
    bool told = false;
    for (const Leaving& one : leaving) {
      if (!one.reply->ok()) continue;
      core_.line_writer->OweLeave(one.show, one.entry);
      told = EpochOf(core_, one.show, deadline).ok() || told;
    }
    return told ? core_.line_writer->Tell(deadline) : Status();
  });
}

void QueueManagerImpl::Fill(ShowId show, const LineEntry& entry, std::string_view token,
                            Place* place) const {
  place->state = entry.state;
  place->sequence = entry.sequence;
  place->ahead = entry.ahead;
  place->token = SignedText(token);
  if (entry.state != LineState::kAdmitted) return;
  place->admitted_until = entry.admitted_until;
  place->pass =
      SignedText(Sign(*core_.keys, Pass{show, entry.user, entry.sequence, entry.admitted_until}));
}

void QueueManagerImpl::Join(std::span<const JoinRequest> requests, std::span<Place> replies,
                            const CallOptions& options) {
  if (!OneEach(requests.size(), replies)) return;
  const Deadline deadline = Deadline::After(options);
  for (std::size_t from = 0; from < requests.size(); from += kChunkMax) {
    if (from > 0 && deadline.passed()) return AnswerAll(replies.subspan(from), Status(Code::kBusy));
    const std::size_t n = std::min(kChunkMax, requests.size() - from);
    const std::span<Place> places = replies.subspan(from, n);
    const Status whole = Guarded([&] {
      JoinChunk(requests.subspan(from, n), places, deadline);
      return Status();
    });
    if (!whole.ok()) AnswerAll(places, whole);
  }
}

void QueueManagerImpl::JoinChunk(std::span<const JoinRequest> requests, std::span<Place> replies,
                                 Deadline deadline) {
  const Status usable = core_.Writable();
  std::vector<Group> groups;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    replies[i] = kNoPlace;
    if (!requests[i].show || !requests[i].user) {
      replies[i].status = Status(Code::kInvalidArgument);
    } else if (!usable.ok()) {
      replies[i].status = usable;
    } else {
      LineEntry entry;
      entry.user = requests[i].user;
      GroupOf(&groups, requests[i].show).Add(i, entry);
    }
  }
  for (Group& group : groups) {
    const Status status = JoinGroup(&group, deadline);
    for (std::size_t k = 0; k < group.indexes.size(); ++k) {
      const LineEntry& entry = group.entries[k];
      Place& place = replies[group.indexes[k]];
      place.status = status;
      if (!status.ok()) continue;
      if (entry.state == LineState::kAbsent) {
        place.status = Status(Code::kBusy, "the line takes nobody");
        continue;
      }
      // The same place is the same token, whenever it is asked for: no time of issue.
      const PlaceToken token{group.show, entry.user, entry.sequence, TimeUs{}};
      Fill(group.show, entry, Sign(*core_.keys, token), &place);
    }
  }
}

Status QueueManagerImpl::JoinGroup(Group* group, Deadline deadline) {
  const auto show = QueuedShow(core_, group->show, deadline);
  if (!show.ok()) return show.status();
  Status status = OnLine(core_, **show, deadline, [&](std::uint64_t epoch) {
    return core_.line->Join(group->show, epoch, group->entries, core_.Now(), deadline);
  });
  if (!status.ok()) return status;
  std::vector<bool> spent;
  status = FindSpent(group->show, group->entries, deadline, &spent);
  if (!status.ok() || std::ranges::find(spent, true) == spent.end()) return status;
  return JoinAgain(**show, spent, &group->entries, deadline);
}

// Entries whose removal the line has missed give way to new ones at the back.
Status QueueManagerImpl::JoinAgain(const ShowRecord& show, const std::vector<bool>& spent,
                                   std::vector<LineEntry>* entries, Deadline deadline) {
  std::vector<LineEntry> over;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    if (spent[i]) over.push_back((*entries)[i]);
  }
  const Status status = OnLine(core_, show, deadline, [&](std::uint64_t epoch) {
    const Status left = core_.line->Leave(show.show, epoch, over, deadline);
    return left.ok() ? core_.line->Join(show.show, epoch, over, core_.Now(), deadline) : left;
  });
  if (!status.ok()) return status;
  auto next = over.begin();
  for (std::size_t i = 0; i < entries->size(); ++i) {
    if (spent[i]) (*entries)[i] = *next++;
  }
  return Status();
}

void QueueManagerImpl::Poll(std::span<const std::string_view> tokens, std::span<Place> replies,
                            const CallOptions& options) {
  if (!OneEach(tokens.size(), replies)) return;
  const Deadline deadline = Deadline::After(options);
  for (std::size_t from = 0; from < tokens.size(); from += kChunkMax) {
    if (from > 0 && deadline.passed()) return AnswerAll(replies.subspan(from), Status(Code::kBusy));
    const std::size_t n = std::min(kChunkMax, tokens.size() - from);
    const std::span<Place> places = replies.subspan(from, n);
    const Status whole = Guarded([&] {
      PollChunk(tokens.subspan(from, n), places, deadline);
      return Status();
    });
    if (!whole.ok()) AnswerAll(places, whole);
  }
}

void QueueManagerImpl::PollChunk(std::span<const std::string_view> tokens, std::span<Place> replies,
                                 Deadline deadline) {
  const Status usable = core_.Writable();
  std::vector<Group> groups;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    replies[i] = kNoPlace;
    if (!usable.ok()) {
      replies[i].status = usable;
      continue;
    }
    const auto shown = Read(tokens[i]);
    replies[i].status = shown.status();
    if (shown.ok()) GroupOf(&groups, shown->show).Add(i, shown->entry);
  }
  std::vector<bool> spent;
  for (Group& group : groups) {
    const Status status = PollGroup(&group, &spent, deadline);
    for (std::size_t k = 0; k < group.indexes.size(); ++k) {
      const LineEntry& entry = group.entries[k];
      Place& place = replies[group.indexes[k]];
      place.status = status;
      if (!status.ok()) continue;
      if (spent[k]) {
        place.status = Status(Code::kPassSpent);
      } else if (entry.reclaim_until.value == 0) {
        Fill(group.show, entry, tokens[group.indexes[k]], &place);
      } else {
        const PlaceToken token{group.show, entry.user, entry.sequence, TimeUs{}};
        Fill(group.show, entry, Sign(*core_.keys, token), &place);
      }
    }
  }
}

Status QueueManagerImpl::PollGroup(Group* group, std::vector<bool>* spent, Deadline deadline) {
  const auto show = QueuedShow(core_, group->show, deadline);
  if (!show.ok()) return show.status();
  for (LineEntry& entry : group->entries) entry.may_reenter = false;
  TimeUs now;
  Status status = OnLine(core_, **show, deadline, [&](std::uint64_t epoch) {
    now = core_.Glance();
    return core_.line->Poll(group->show, epoch, group->entries, now, deadline);
  });
  spent->assign(group->entries.size(), false);
  const auto waits = [](const LineEntry& entry) { return entry.state == LineState::kWaiting; };
  if (status.ok() && std::ranges::any_of(group->entries, waits)) {
    LetIn(**show, now, &group->entries, deadline);
  }
  const auto absent = [](const LineEntry& entry) { return entry.state == LineState::kAbsent; };
  if (!status.ok() || std::ranges::none_of(group->entries, absent)) return status;
  status = FindSpent(group->show, group->entries, deadline, spent);
  return status.ok() ? Reenter(**show, *spent, &group->entries, deadline) : status;
}

// A host that only polls never stands still. Now and then, in a bounded time, one poll lets in whom
// there is room for; where that fails, the answers there are stand.
void QueueManagerImpl::LetIn(const ShowRecord& show, TimeUs now, std::vector<LineEntry>* entries,
                             Deadline deadline) {
  if (!core_.line_epochs.TakeAdmission(show.show, now)) return;
  const Deadline bound{std::min(Deadline::After({kLetInMs}).monotonic_ns, deadline.monotonic_ns)};
  std::uint32_t admitted = 0;
  const Status let_in = AdmitWaiting(core_, show, kLetInMax, bound, &admitted);
  if (!let_in.ok() || admitted == 0) return;
  std::vector<LineEntry> again = *entries;
  const Status polled = OnLine(core_, show, bound, [&](std::uint64_t epoch) {
    return core_.line->Poll(show.show, epoch, again, core_.Now(), bound);
  });
  if (polled.ok()) entries->swap(again);
}

// Gives places of a lost line back. Storage was asked first: what was spent never returns.
Status QueueManagerImpl::Reenter(const ShowRecord& show, const std::vector<bool>& spent,
                                 std::vector<LineEntry>* entries, Deadline deadline) {
  std::vector<LineEntry> back;
  std::vector<std::size_t> at;
  for (std::size_t i = 0; i < entries->size(); ++i) {
    if (spent[i] || (*entries)[i].state != LineState::kAbsent) continue;
    back.push_back((*entries)[i]);
    back.back().may_reenter = true;
    at.push_back(i);
  }
  if (back.empty()) return Status();
  const Status status = OnLine(core_, show, deadline, [&](std::uint64_t epoch) {
    return core_.line->Poll(show.show, epoch, back, core_.Now(), deadline);
  });
  for (std::size_t k = 0; k < at.size(); ++k) (*entries)[at[k]] = back[k];
  return status;
}

Result<int> QueueManagerImpl::Admit(ShowId show, int max, const CallOptions& options) try {
  if (!show || max < 1) return Code::kInvalidArgument;
  if (Status usable = core_.Writable(); !usable.ok()) return usable;
  const Deadline deadline = Deadline::After(options);
  const auto record = QueuedShow(core_, show, deadline);
  if (!record.ok()) return record.status();
  std::uint32_t admitted = 0;
  const Status status =
      AdmitWaiting(core_, **record, static_cast<std::uint32_t>(max), deadline, &admitted);
  if (!status.ok()) return status;
  return static_cast<int>(admitted);
} catch (...) {
  return CaughtStatus();
}

void QueueManagerImpl::Leave(std::span<const std::string_view> tokens, std::span<Status> replies,
                             const CallOptions& options) {
  if (!OneEach(tokens.size(), replies)) return;
  const Deadline deadline = Deadline::After(options);
  const Status whole = Guarded([&] {
    std::vector<Leaving> leaving;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      replies[i] = core_.Writable();
      if (!replies[i].ok()) continue;
      const auto shown = Read(tokens[i]);
      replies[i] = shown.status();
      if (!shown.ok()) continue;
      replies[i] = QueuedShow(core_, shown->show, deadline).status();
      if (replies[i].ok()) leaving.push_back({shown->show, shown->entry, &replies[i]});
    }
    Spend(leaving, deadline);
    return Status();
  });
  if (!whole.ok()) std::ranges::fill(replies, whole);
}

// Every sequence that the user was ever given is at most the one of their entry, and a user without
// one is given one to spend.
Status QueueManagerImpl::Revoke(ShowId show, UserId user, const CallOptions& options) try {
  if (!show || !user) return Status(Code::kInvalidArgument);
  if (Status usable = core_.Writable(); !usable.ok()) return usable;
  const Deadline deadline = Deadline::After(options);
  const auto record = QueuedShow(core_, show, deadline);
  if (!record.ok()) return record.status();
  LineEntry entry;
  entry.user = user;
  const Status status = OnLine(core_, **record, deadline, [&](std::uint64_t epoch) {
    return core_.line->Join(show, epoch, {&entry, 1}, core_.Now(), deadline);
  });
  if (!status.ok()) return status;
  if (entry.sequence.value == 0) return Status(Code::kBusy, "the line takes nobody");
  Status spent;
  const Leaving leaving{show, entry, &spent};
  Spend({&leaving, 1}, deadline);
  return spent;
} catch (...) {
  return CaughtStatus();
}

Result<LineStats> QueueManagerImpl::Stats(ShowId show, const CallOptions& options) try {
  if (!show) return Code::kInvalidArgument;
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const Deadline deadline = Deadline::After(options);
  const auto record = QueuedShow(core_, show, deadline);
  if (!record.ok()) return record.status();
  LineStats stats;
  const Status status = OnLine(core_, **record, deadline, [&](std::uint64_t) {
    return core_.line->Stats(show, core_.Now(), &stats, deadline);
  });
  if (!status.ok()) return status;
  return stats;
} catch (...) {
  return CaughtStatus();
}

}  // namespace

std::unique_ptr<QueueManager> NewQueueManager(EngineCore& core) {
  return std::make_unique<QueueManagerImpl>(core);
}

}  // namespace seathold
