#include "tests/redis/redis_cluster.h"

#include <algorithm>
#include <stdexcept>

namespace seathold::testing {
namespace {

std::string Digits(std::size_t n) { return std::to_string(n); }

bool Says(RedisServer& node, std::initializer_list<std::string_view> words, const char* what) {
  return node.Text(words).find(what) != std::string::npos;
}

}  // namespace

RedisCluster& RedisCluster::Whole() {
  static RedisCluster cluster;
  cluster.Mend();
  return cluster;
}

RedisCluster::RedisCluster() {
  for (auto& node : nodes_) {
    node = std::make_unique<RedisServer>(std::vector<std::string>{
        "--cluster-enabled", "yes", "--cluster-port", Digits(FreePort()), "--cluster-node-timeout",
        Digits(kNodeTimeoutMs), "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period",
        "1"});
  }
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t first = i * kRedisSlots / 3, last = (i + 1) * kRedisSlots / 3 - 1;
    node(i).Ask({"CLUSTER", "SET-CONFIG-EPOCH", Digits(i + 1)});
    node(i).Ask({"CLUSTER", "ADDSLOTSRANGE", Digits(first), Digits(last)});
  }
  for (std::size_t i = 1; i < kNodes; ++i) {
    const std::string bus = node(i).Ask({"CONFIG", "GET", "cluster-port"}).items[1].text;
    node(0).Ask({"CLUSTER", "MEET", "127.0.0.1", Digits(node(i).port()), bus});
  }
  for (std::size_t i = 3; i < kNodes; ++i) {
    const std::string master = IdOf(node(i - 3));
    if (!Soon([&] { return node(i).Text({"CLUSTER", "REPLICATE", master}) == "OK"; })) {
      throw std::runtime_error("a node knows no other");
    }
  }
}

void RedisCluster::Mend() {
  for (auto& node : nodes_) {
    if (!node->is_running()) node->Start();
    node->Continue();
  }
  PutUpWith(kNodeTimeoutMs);
  if (!IsWholeSoon()) throw std::runtime_error("the cluster does not become whole");
}

void RedisCluster::PutUpWith(std::int64_t ms) {
  for (auto& node : nodes_) node->Ask({"CONFIG", "SET", "cluster-node-timeout", Digits(ms)});
}

bool RedisCluster::IsWholeSoon() {
  return Soon([&] { return IsWhole(); });
}

bool RedisCluster::IsWhole() {
  std::size_t masters = 0;
  for (auto& node : nodes_) {
    if (!Says(*node, {"CLUSTER", "INFO"}, "cluster_state:ok")) return false;
    if (!Says(*node, {"CLUSTER", "INFO"}, "cluster_known_nodes:6")) return false;
    if (Says(*node, {"CLUSTER", "NODES"}, "fail")) return false;
    const bool is_master = Says(*node, {"INFO", "replication"}, "role:master");
    masters += is_master ? 1 : 0;
    if (is_master && !Says(*node, {"INFO", "replication"}, "connected_slaves:1")) return false;
    if (!is_master && !Says(*node, {"INFO", "replication"}, "master_link_status:up")) return false;
  }
  return masters == 3;
}

RedisOptions RedisCluster::Options(std::int64_t timeout_ms) const {
  RedisOptions options = nodes_[0]->Options(timeout_ms);
  options.cluster = true;
  for (std::size_t i = 1; i < kNodes; ++i)
    options.other_hosts.push_back({"127.0.0.1", nodes_[i]->port()});
  return options;
}

std::string RedisCluster::Uri(const std::string& rest) const {
  std::string uri = "redis://";
  for (const auto& node : nodes_) {
    uri += (uri.ends_with('/') ? "" : ",") + ("127.0.0.1:" + Digits(node->port()));
  }
  return uri + "/?cluster=1" + rest;
}

std::size_t RedisCluster::IndexOf(std::uint16_t port) const {
  for (std::size_t i = 0; i < kNodes; ++i) {
    if (nodes_[i]->port() == port) return i;
  }
  throw std::runtime_error("no such node");
}

RedisServer* RedisCluster::MasterIn(RedisServer& view, std::size_t slot) {
  const auto ranges = ReadRedisSlots(view.Ask({"CLUSTER", "SLOTS"}), {});
  for (const RedisSlotRange& range : *ranges) {
    if (range.first <= slot && slot <= range.last) {
      return nodes_[IndexOf(range.master.port)].get();
    }
  }
  return nullptr;
}

RedisServer& RedisCluster::MasterOf(std::string_view key) {
  for (auto& node : nodes_) {
    if (!node->is_running()) continue;
    RedisServer* const master = MasterIn(*node, RedisSlotOf(key));
    if (master != nullptr) return *master;
  }
  throw std::runtime_error("nobody keeps the slot");
}

RedisServer& RedisCluster::ReplicaOf(RedisServer& master) {
  const auto role = master.Ask({"ROLE"});
  const std::string port = role.items[2].items[0].items[1].text;
  return *nodes_[IndexOf(static_cast<std::uint16_t>(std::stoi(port)))];
}

RedisServer& RedisCluster::OtherMaster(RedisServer& master) {
  for (auto& node : nodes_) {
    if (node.get() != &master && node->Ask({"ROLE"}).items[0].text == "master") return *node;
  }
  throw std::runtime_error("no other master");
}

void RedisCluster::BeginToMove(std::size_t slot, RedisServer& from, RedisServer& to) {
  to.Ask({"CLUSTER", "SETSLOT", Digits(slot), "IMPORTING", IdOf(from)});
  from.Ask({"CLUSTER", "SETSLOT", Digits(slot), "MIGRATING", IdOf(to)});
}

void RedisCluster::Move(std::string_view key, RedisServer& from, RedisServer& to) {
  from.Ask({"MIGRATE", "127.0.0.1", Digits(to.port()), key, "0", "5000"});
}

void RedisCluster::EndMoving(std::size_t slot, RedisServer& from, RedisServer& to) {
  const std::string id = IdOf(to);
  to.Ask({"CLUSTER", "SETSLOT", Digits(slot), "NODE", id});
  from.Ask({"CLUSTER", "SETSLOT", Digits(slot), "NODE", id});
  // A slot that moves on before all have heard of it is one that nodes disagree about for good.
  const bool agreed = Soon([&] {
    return std::all_of(nodes_.begin(), nodes_.end(),
                       [&](auto& node) { return MasterIn(*node, slot) == &to; });
  });
  if (!agreed) throw std::runtime_error("not every node hears where the slot went");
  // A source with other keys in the slot keeps its mark: once it has the slot again, it would send
  // everybody on to the target of now.
  from.Ask({"CLUSTER", "SETSLOT", Digits(slot), "STABLE"});
}

void RedisCluster::MoveAll(std::size_t slot, RedisServer& from, RedisServer& to) {
  BeginToMove(slot, from, to);
  for (;;) {
    const auto keys = from.Ask({"CLUSTER", "GETKEYSINSLOT", Digits(slot), "100"}).items;
    if (keys.empty()) break;
    for (const RedisReply& key : keys) Move(key.text, from, to);
  }
  EndMoving(slot, from, to);
}

}  // namespace seathold::testing
