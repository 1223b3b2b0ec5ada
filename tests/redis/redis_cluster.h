// A Redis cluster of the test's own: three masters, each with a replica, on this machine.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "src/redis/slots.h"
#include "tests/redis/redis_server.h"

namespace seathold::testing {

// Masters that are gone are missed after about this long, and replaced about twice as long after.
inline constexpr std::int64_t kNodeTimeoutMs = 1'000;
// How long a node may take to say what it should on a busy machine.
inline constexpr std::int64_t kPatienceMs = 30'000;

class RedisCluster {
 public:
  static constexpr std::size_t kNodes = 6;

  // One for all tests of a run, whole again: who kills, stops or moves something leaves the rest to
  // the next. Throws std::runtime_error when it does not become so.
  static RedisCluster& Whole();

  RedisServer& node(std::size_t i) { return *nodes_[i]; }
  RedisOptions Options(std::int64_t timeout_ms) const;
  // With every node as a seed, and what else stands behind its "?cluster=1".
  std::string Uri(const std::string& rest = "") const;

  RedisServer& MasterOf(std::string_view key);
  RedisServer& ReplicaOf(RedisServer& master);
  RedisServer& OtherMaster(RedisServer& master);
  std::string IdOf(RedisServer& node) { return node.Text({"CLUSTER", "MYID"}); }
  // Moving a slot: the target imports and the source migrates from Begin to End, behind which every
  // node knows of it; Move takes one key over.
  void BeginToMove(std::size_t slot, RedisServer& from, RedisServer& to);
  static void Move(std::string_view key, RedisServer& from, RedisServer& to);
  void EndMoving(std::size_t slot, RedisServer& from, RedisServer& to);
  void MoveAll(std::size_t slot, RedisServer& from, RedisServer& to);
  // How long a node may be silent before it is replaced, until the next test.
  void PutUpWith(std::int64_t ms);
  // From now on no node is missed and every slot is served. False when it does not come to that.
  bool IsWholeSoon();

 private:
  RedisCluster();
  bool IsWhole();
  RedisServer* MasterIn(RedisServer& view, std::size_t slot);
  void Mend();
  std::size_t IndexOf(std::uint16_t port) const;

  std::array<std::unique_ptr<RedisServer>, kNodes> nodes_;
};

// Repeats `ask` until it says yes; false when it never does.
template <class Ask>
bool Soon(const Ask& ask, std::int64_t patience_ms = kPatienceMs) {
  const Deadline patience = Deadline::After({patience_ms});
  while (!ask()) {
    if (patience.passed()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace seathold::testing
