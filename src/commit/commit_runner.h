// Commits one batch of commands: read, decide, write, publish.
//
// Used by one leader at a time. Waves: the keys that commands expect to need are loaded in bulk; a
// command that needs more, and every command after it, is decided again, in order, once all that is
// missing was loaded in one more bulk read.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "seathold/adapter/storage.h"
#include "seathold/log.h"
#include "src/commit/cache_writer.h"
#include "src/commit/counters.h"
#include "src/commit/engine_time.h"
#include "src/commit/group_commit.h"
#include "src/mirror/directory.h"
#include "src/waiting_room/spent_passes.h"

namespace seathold {

class CommitRunner final : public BatchRunner {
 public:
  CommitRunner(Storage& storage, EngineTime& time, Directory& directory, SpentPasses& spent_passes,
               CacheWriter& caches, Counters& counters, LogSink& log, const RuleLimits& limits,
               int waves_max)
      : storage_(storage),
        time_(time),
        directory_(directory),
        spent_passes_(spent_passes),
        caches_(caches),
        counters_(counters),
        log_(log),
        limits_(limits),
        waves_max_(waves_max) {}

  Status Begin(Deadline deadline) override;
  std::size_t Run(const std::vector<Command*>& commands, Deadline deadline) override;
  void End() override { unit_.reset(); }
  void TellCaches(Deadline deadline) override;

 private:
  using Commands = std::span<Command* const>;

  // The unit is open. *answered: the commands from the front that `status` speaks of.
  Status DecideAndCommit(Commands commands, std::size_t* answered);
  Status Decide(Commands commands, std::size_t* decided);
  // Decides from *next on; stops staging at the first command that missed and gathers what the
  // others would miss. True = all were decided.
  bool DecideWave(Commands commands, const RuleContext& context, std::size_t* next);
  void DecideOne(Command& command, const RuleContext& context, bool* missed, Status* failed);
  Status LoadExpected(Commands commands);
  Status LoadMisses();
  Status LoadBoard(PerformanceId performance, KeySet* lapsed);
  Status Fill(KeySet* keys);
  Status Read(const KeySet& keys);
  std::vector<SeatRecord::Key> SetAsideMirrored(KeySet* keys);
  void TakeMirrored(std::vector<SeatRecord::Key>* seats);
  std::optional<std::uint64_t> KnownFeed(PerformanceId performance) const;
  Result<std::uint64_t> FeedOf(PerformanceId performance);
  std::size_t RunOneByOne(Commands commands, Deadline deadline);
  void Publish();
  void ForgetMirrors(Commands commands);
  static void FailAll(Commands commands, const Status& status);

  Storage& storage_;
  EngineTime& time_;
  Directory& directory_;
  SpentPasses& spent_passes_;
  CacheWriter& caches_;
  Counters& counters_;
  LogSink& log_;
  const RuleLimits limits_;
  const int waves_max_;

  // Of the batch under way; kept for their memory.
  std::unique_ptr<StorageUnit> unit_;
  std::int64_t began_ns_ = 0;
  TimeUs now_;
  WorkingSet working_set_;
  KeySet keys_;
  RecordSet rows_;
  // The feed counters that this unit found.
  std::vector<std::pair<PerformanceId, std::uint64_t>> feeds_;
  ChangeSet changes_;
  bool published_ = false;  // changes_ are durable and the caches have not heard of them
};

}  // namespace seathold
