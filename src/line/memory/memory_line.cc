#include "src/line/memory/memory_line.h"

#include <array>
#include <new>
#include <unordered_map>

#include "src/line/line_rules.h"
#include "src/util/shared_mutex.h"

namespace seathold {
namespace {

class MemoryLine final : public Line {
 public:
  Status OpenLine(ShowId show, const LineConfig& config, TimeUs now, Deadline) override {
    if (Status bad = CheckLineConfig(show, config); !bad.ok()) return bad;
    Shard& shard = ShardOf(show);
    AloneLock lock(shard.mutex);
    return Guarded(shard, show, [&](Lines& lines) -> Status {
      const auto it = lines.find(show);
      if (it != lines.end() && it->second.numbers().config.epoch >= config.epoch) {
        return TakeNumbers(&it->second, config, now);
      }
      lines.insert_or_assign(show, LineImage(LineNumbers::Fresh(config, now), 0));
      return {};
    });
  }

  Status Join(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
              Deadline) override {
    return OnLine(show, epoch, io, [&](LineImage& line) -> Status {
      line.Observe(now);
      line.Tidy();
      for (LineEntry& entry : io) line.Join(&entry);
      return {};
    });
  }

  Status Poll(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
              Deadline) override {
    if (Status bad = CheckLineEntries(show, epoch, io); !bad.ok()) return bad;
    if (PollBeside(show, epoch, io, now)) return {};
    return OnLine(show, epoch, io, [&](LineImage& line) -> Status {
      for (const LineEntry& entry : io) {
        if (line.IsAheadOfLine(entry)) return Status(Code::kLineLost);
      }
      line.Observe(now);
      for (LineEntry& entry : io) {
        if (line.Poll(&entry)) continue;
        line.Tidy();
        line.Reenter(&entry);
      }
      return {};
    });
  }

  Status Admit(ShowId show, std::uint64_t epoch, std::uint32_t max, TimeUs now, Deadline,
               std::uint32_t* admitted) override {
    *admitted = 0;
    return OnLine(show, epoch, {}, [&](LineImage& line) -> Status {
      line.Observe(now);
      line.Tidy();
      *admitted = line.Admit(max);
      return {};
    });
  }

  Status Keep(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
              Deadline) override {
    return OnLine(show, epoch, entries, [&](LineImage& line) -> Status {
      for (const LineEntry& entry : entries) line.Keep(entry);
      return {};
    });
  }

  Status Leave(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
               Deadline) override {
    return OnLine(show, epoch, entries, [&](LineImage& line) -> Status {
      for (const LineEntry& entry : entries) line.Leave(entry);
      return {};
    });
  }

  Status Stats(ShowId show, TimeUs now, LineStats* out, Deadline) override {
    Shard& shard = ShardOf(show);
    AloneLock lock(shard.mutex);
    const auto it = shard.lines.find(show);
    if (it == shard.lines.end()) return Status(Code::kLineLost);
    *out = it->second.Stats(now);
    return {};
  }

 private:
  using Lines = std::unordered_map<ShowId, LineImage>;
  // One lock for a look-up and the step on the line: with a lock a line, a poll would take two.
  struct Shard {
    SharedMutex mutex;
    Lines lines GUARDED_BY(mutex);
  };
  static constexpr std::size_t kShards = 64;

  Shard& ShardOf(ShowId show) { return shards_[show.value % kShards]; }

  static Status TakeNumbers(LineImage* line, const LineConfig& config, TimeUs now) {
    if (line->numbers().config.epoch > config.epoch) return Status(Code::kLineLost);
    line->Observe(now);
    line->TakeNumbers(config);
    return {};
  }

  // As nearly all polls are answered: time moves on once a millisecond or so.
  bool PollBeside(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now) {
    Shard& shard = ShardOf(show);
    SharedLock lock(shard.mutex);
    const auto it = shard.lines.find(show);
    const bool here = it != shard.lines.end() && it->second.numbers().config.epoch == epoch;
    return here && it->second.PollBeside(io, now);
  }

  // A step that ran out of memory may be half done: its line is forgotten as a whole.
  template <class Step>
  static Status Guarded(Shard& shard, ShowId show, const Step& step) REQUIRES(shard.mutex) {
    try {
      return step(shard.lines);
    } catch (const std::bad_alloc&) {
      shard.lines.erase(show);
      return Status(Code::kOutOfMemory);
    }
  }

  template <class Step>
  Status OnLine(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
                const Step& step) {
    if (Status bad = CheckLineEntries(show, epoch, entries); !bad.ok()) return bad;
    Shard& shard = ShardOf(show);
    AloneLock lock(shard.mutex);
    const auto it = shard.lines.find(show);
    if (it == shard.lines.end() || it->second.numbers().config.epoch != epoch) {
      return Status(Code::kLineLost);
    }
    return Guarded(shard, show, [&](Lines&) { return step(it->second); });
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace

std::unique_ptr<Line> NewMemoryLine() { return std::make_unique<MemoryLine>(); }

}  // namespace seathold
