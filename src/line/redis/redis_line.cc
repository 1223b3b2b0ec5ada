#include "src/line/redis/redis_line.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <new>

#include "src/line/line_rules.h"
#include "src/line/redis/line_scripts.h"

namespace seathold {
namespace {

constexpr std::size_t kEpochDigits = 8;

// The 21 digits by which scripts know a sequence.
std::string PlaceOf(Sequence sequence) {
  char text[24];
  std::snprintf(text, sizeof text, "%08llu%013llu",
                static_cast<unsigned long long>(sequence.epoch()),
                static_cast<unsigned long long>(sequence.counter()));
  return text;
}

bool ReadPlace(std::string_view text, Sequence* out) {
  *out = {};
  if (text.empty()) return true;
  std::uint64_t epoch = 0, counter = 0;
  if (text.size() <= kEpochDigits || !ReadNumber(text.substr(0, kEpochDigits), &epoch) ||
      !ReadNumber(text.substr(kEpochDigits), &counter)) {
    return false;
  }
  *out = Sequence::Of(epoch, counter);
  return true;
}

// Where a place stands: `ahead` as a number, `admitted_until` as text, or no text.
bool ReadState(const RedisReply& reply, LineEntry* out) {
  out->state = LineState::kAbsent;
  out->ahead = 0;
  out->admitted_until = {};
  if (reply.kind == RedisReply::Kind::kInteger) {
    out->state = LineState::kWaiting;
    out->ahead = static_cast<std::uint64_t>(reply.integer);
    return reply.integer >= 0;
  }
  if (reply.text.empty()) return reply.kind == RedisReply::Kind::kText;
  out->state = LineState::kAdmitted;
  return ReadNumber(reply.text, &out->admitted_until.value);
}

class RedisLine final : public Line {
 public:
  explicit RedisLine(std::shared_ptr<RedisClient> client)
      : client_(std::move(client)), prefix_(client_->options().prefix + ":{s") {}

  Status OpenLine(ShowId show, const LineConfig& config, TimeUs now, Deadline deadline) override {
    if (Status bad = CheckLineConfig(show, config); !bad.ok()) return bad;
    return Step(show, LineOpenScript(),
                {std::to_string(config.epoch), Text(now), std::to_string(config.active_max),
                 std::to_string(config.rate_per_s), std::to_string(config.grace_ms),
                 std::to_string(config.pass_ms), Text(config.quiet_until),
                 std::to_string(config.missing_active), Text(config.missing_until)},
                0, deadline, {});
  }

  Status Join(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
              Deadline deadline) override {
    return InParts(
        show, epoch, io, deadline, LineJoinScript(), {std::to_string(epoch), Text(now)},
        [](std::span<const LineEntry> part, Texts* args) {
          for (const LineEntry& entry : part) {
            args->push_back("u" + std::to_string(entry.user.value));
          }
        },
        [](std::span<const RedisReply> texts, LineEntry* entry) {
          return ReadPlace(texts[0].text, &entry->sequence) && ReadState(texts[1], entry);
        },
        2);
  }

  Status Poll(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
              Deadline deadline) override {
    return InParts(
        show, epoch, io, deadline, LinePollScript(), {std::to_string(epoch), Text(now)},
        [epoch](std::span<const LineEntry> part, Texts* args) {
          args->push_back(std::to_string(HighestCounter(part, epoch)));
          for (const LineEntry& entry : part) args->push_back(PlaceOf(entry.sequence));
          for (const LineEntry& entry : part) {
            args->push_back("w " + std::to_string(entry.user.value) + " ");
          }
          for (const LineEntry& entry : part) {
            args->push_back(MayReenter(entry, epoch) ? Text(entry.reclaim_until) : "");
          }
        },
        [](std::span<const RedisReply> texts, LineEntry* entry) {
          return ReadState(texts[0], entry);
        },
        1);
  }

  Status Admit(ShowId show, std::uint64_t epoch, std::uint32_t max, TimeUs now, Deadline deadline,
               std::uint32_t* admitted) override {
    *admitted = 0;
    if (Status bad = CheckLineEntries(show, epoch, {}); !bad.ok()) return bad;
    deadline = client_->Cut(deadline);
    std::uint32_t count = 0, part = 0, in = 0;
    do {  // once at least: it also drops who has gone
      part = std::min(max - count, static_cast<std::uint32_t>(kLineEntriesAScriptMax));
      const Status status =
          Step(show, LineAdmitScript(), {std::to_string(epoch), Text(now), std::to_string(part)}, 1,
               deadline, [&](std::span<const RedisReply> texts) {
                 return ReadNumber(texts[0].text, &in) && in <= part;
               });
      if (!status.ok()) return status;
      count += in;
    } while (in == part && count < max);
    *admitted = count;
    return Status();
  }

  Status Keep(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
              Deadline deadline) override {
    return InParts(
        show, epoch, entries, deadline, LineKeepScript(), {std::to_string(epoch)},
        [](std::span<const LineEntry> part, Texts* args) {
          for (const LineEntry& entry : part) {
            args->push_back(PlaceOf(entry.sequence));
            args->push_back(std::to_string(entry.user.value));
            args->push_back(Text(entry.admitted_until));
          }
        },
        ReadNothing, 0);
  }

  Status Leave(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
               Deadline deadline) override {
    return InParts(
        show, epoch, entries, deadline, LineLeaveScript(), {std::to_string(epoch)},
        [](std::span<const LineEntry> part, Texts* args) {
          for (const LineEntry& entry : part) args->push_back(PlaceOf(entry.sequence));
          for (const LineEntry& entry : part) args->push_back(std::to_string(entry.user.value));
        },
        ReadNothing, 0);
  }

  Status Stats(ShowId show, TimeUs now, LineStats* out, Deadline deadline) override {
    LineStats stats;
    std::uint64_t* const fields[] = {
        &stats.epoch,        &stats.waiting,        &stats.active,        &stats.missing,
        &stats.joined_total, &stats.admitted_total, &stats.dropped_total, &stats.left_total};
    const Status status = Step(show, LineStatsScript(), {Text(now)}, std::size(fields), deadline,
                               [&](std::span<const RedisReply> texts) {
                                 for (std::size_t i = 0; i < std::size(fields); ++i) {
                                   if (!ReadNumber(texts[i].text, fields[i])) return false;
                                 }
                                 return true;
                               });
    if (status.ok()) *out = stats;
    return status;
  }

 private:
  using Texts = std::vector<std::string>;
  using Take = std::function<bool(std::span<const RedisReply>)>;

  static std::string Text(TimeUs t) { return std::to_string(Bounded(t).value); }
  static bool ReadNothing(std::span<const RedisReply>, const LineEntry*) { return true; }

  static std::uint64_t HighestCounter(std::span<const LineEntry> entries, std::uint64_t epoch) {
    std::uint64_t highest = 0;
    for (const LineEntry& entry : entries) {
      if (entry.sequence.epoch() == epoch) highest = std::max(highest, entry.sequence.counter());
    }
    return highest;
  }
  static bool MayReenter(const LineEntry& entry, std::uint64_t epoch) {
    const bool older = entry.sequence.epoch() != 0 && entry.sequence.epoch() < epoch;
    return older && entry.sequence.counter() != 0 && entry.may_reenter;
  }

  // A script until it has nothing more to tidy up. `take` has the texts behind "ok", of which there
  // are `texts_n`, and says whether they make sense.
  Status Step(ShowId show, const RedisScript& script, Texts args, std::size_t texts_n,
              Deadline deadline, const Take& take) try {
    if (!show) return Status(Code::kInvalidArgument, "show is 0");
    deadline = client_->Cut(deadline);
    RedisCall call{
        .script = &script, .args = std::move(args), .expected = RedisReply::Kind::kArray};
    for (const char* key : {"line", "waiting", "heard", "inside"}) {
      call.keys.push_back(prefix_ + std::to_string(show.value) + "}:" + key);
    }
    std::vector<RedisReply> replies;
    for (;;) {  // ends with the deadline at the latest
      if (Status s = client_->Run({&call, 1}, deadline, &replies); !s.ok()) return s;
      const std::span<const RedisReply> texts = replies[0].items;
      if (texts.empty()) return NotAsked();
      if (texts[0].text == "more") continue;
      if (texts[0].text == "lost") return Status(Code::kLineLost);
      if (texts[0].text != "ok" || texts.size() != 1 + texts_n) return NotAsked();
      return !take || take(texts.subspan(1)) ? Status() : NotAsked();
    }
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory);
  }

  // A script for each so many of `entries`; `read` has the `texts_n` texts of an entry.
  template <class Entry, class Write, class ReadEntry>
  Status InParts(ShowId show, std::uint64_t epoch, std::span<Entry> entries, Deadline deadline,
                 const RedisScript& script, const Texts& head, const Write& write,
                 const ReadEntry& read, std::size_t texts_n) {
    if (Status bad = CheckLineEntries(show, epoch, entries); !bad.ok()) return bad;
    deadline = client_->Cut(deadline);
    do {
      const auto part = entries.first(std::min(entries.size(), kLineEntriesAScriptMax));
      entries = entries.subspan(part.size());
      Texts args = head;
      write(part, &args);
      const Status status = Step(show, script, std::move(args), part.size() * texts_n, deadline,
                                 [&](std::span<const RedisReply> texts) {
                                   for (Entry& entry : part) {
                                     if (!read(texts.first(texts_n), &entry)) return false;
                                     texts = texts.subspan(texts_n);
                                   }
                                   return true;
                                 });
      if (!status.ok()) return status;
    } while (!entries.empty());
    return Status();
  }

  const std::shared_ptr<RedisClient> client_;
  const std::string prefix_;
};

}  // namespace

std::unique_ptr<Line> NewRedisLine(std::shared_ptr<RedisClient> client) {
  return std::make_unique<RedisLine>(std::move(client));
}

}  // namespace seathold
