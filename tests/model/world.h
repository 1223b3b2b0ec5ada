// The engine and its model, side by side, in lock step.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "src/engine/engine_core.h"
#include "src/engine/sweeper.h"
#include "tests/model/script.h"

namespace seathold::testing {

// What a run did, so that a test can see that it did enough.
struct WorldCounts {
  int steps = 0, batches = 0, mixed = 0, advisory = 0, replayed = 0, sweeps = 0, checks = 0;
  std::map<Code, int> codes;
};

class World {
 public:
  // `storage`: not opened, and where its keys may be; null = memory.
  explicit World(std::uint64_t seed, std::unique_ptr<Storage> storage = nullptr,
                 const std::string& keys = "auto");
  ~World();

  // One round: a command, a batch, or a move of the world. Reports to GoogleTest.
  void Step();
  // Map, counts, changes, feed, books and balances against the model.
  void Check();
  // Every hold, transfer and statement against the model.
  void CheckAll();

  const WorldCounts& counts() const { return counts_; }

 private:
  void AddPerformances();
  void AddPerformance(VenueId venue, ShowId show, int which);

  void Advance();
  void Sweep();
  void SetSale();
  void RunSingle();
  void RunBatch();
  void RunMixed();
  // The replies of one call for each alternative of Op. REQUIRES: all are of this kind.
  std::vector<Reply> Call(const std::vector<Op>& ops);
  std::vector<Reply> CallHold(const std::vector<Op>& ops);
  std::vector<Reply> CallBest(const std::vector<Op>& ops);
  std::vector<Reply> CallConfirm(const std::vector<Op>& ops);
  std::vector<Reply> CallCancel(const std::vector<Op>& ops);
  std::vector<Reply> CallRefund(const std::vector<Op>& ops);
  std::vector<Reply> CallWallet(const std::vector<Op>& ops);
  std::vector<Reply> CallBlock(const std::vector<Op>& ops);
  // All of them in one batch of the commit queue, whatever their kinds.
  std::vector<Reply> Mix(const std::vector<Op>& ops);
  void Compare(const std::vector<Op>& ops, const std::vector<Reply>& got);
  void CompareOne(const Op& op, const Reply& got, const std::optional<HoldReply>& may_refuse);

  void CheckMap(PerformanceId performance);
  void CheckFeed(PerformanceId performance);
  void CheckHold(const HoldKey& key, const ModelHold& hold);
  void CheckStatement(const AccountKey& account, const std::vector<TransferId>& lines);

  std::shared_ptr<ManualClock> clock_;  // shared with the engine
  EngineCore core_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<ReservationSystem> reservations_;
  std::unique_ptr<Wallet> wallet_;
  std::unique_ptr<Sweeper> sweeper_;
  std::unique_ptr<HallModel> model_;
  std::unique_ptr<Script> script_;
  WorldCounts counts_;
  // The map as a reader of Changes() has it.
  std::map<PerformanceId, std::pair<MapVersion, std::vector<SeatState>>> readers_;
};

}  // namespace seathold::testing
