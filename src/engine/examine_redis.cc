#include "src/engine/examine_redis.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "seathold/clock.h"
#include "src/claims/redis/redis_claim_cache.h"
#include "src/line/redis/redis_line.h"
#include "src/redis/settings.h"

namespace seathold {
namespace {

constexpr std::int64_t kPatienceMs = 2'000;  // a slow answer is told as slow, not as none
constexpr std::int64_t kApartMs = 1'000;
enum Section : std::size_t { kServer, kMemory, kPersistence, kReplication, kClusterMode, kTime };

class RedisExamination {
 public:
  RedisExamination(RedisOptions options, Deadline deadline)
      : timeout_ms_(options.timeout_ms), deadline_(deadline) {
    options.timeout_ms = std::max(options.timeout_ms, kPatienceMs);
    report_.place = "Redis, " + ServerOf(options);
    client_ = std::make_shared<RedisClient>(std::move(options));
  }

  DoctorReport Run() {
    const std::vector<RedisCall> calls = Questions();
    std::vector<RedisReply> replies;
    const std::int64_t begun_ns = MonotonicNs();
    Status status = client_->Run({calls.data(), 1}, deadline_, &replies);
    const std::int64_t took_ms = (MonotonicNs() - begun_ns) / 1'000'000;
    if (!status.ok()) {
      Tell("reachable", "no", Health::kFault, std::string(status.detail()));
      return std::move(report_);
    }
    TellReach(took_ms);
    for (const RedisOptions& server : client_->Servers()) AskServer(server);
    TellUse();
    return std::move(report_);
  }

 private:
  static std::vector<RedisCall> Questions() {
    std::vector<RedisCall> calls;
    for (const char* section : {"server", "memory", "persistence", "replication", "cluster"}) {
      calls.push_back({.args = {"INFO", section}, .expected = RedisReply::Kind::kText});
    }
    calls.push_back({.args = {"TIME"}, .expected = RedisReply::Kind::kArray});
    return calls;
  }

  void AskServer(const RedisOptions& server) {
    RedisOptions only = server;
    only.sentinel.clear();  // whatever it is by now, it has settings
    Tell("server", ServerOf(only));
    RedisClient client(std::move(only));
    std::vector<RedisReply> replies;
    const TimeUs asked = NewSystemClock()->Now();
    const Status status = client.Run(Questions(), deadline_, &replies);
    const TimeUs heard = NewSystemClock()->Now();
    if (status.ok()) {
      TellSettings(replies, (asked.value + heard.value) / 2);
    } else {
      Tell("settings", "not told", Health::kWarning, "this user may not ask (INFO, TIME)");
    }
  }

  void Tell(std::string name, std::string value, Health health = Health::kFine,
            std::string note = "") {
    report_.lines.push_back({std::move(name), std::move(value), health, std::move(note)});
  }

  // With the connecting, which a call may have to do.
  void TellReach(std::int64_t took_ms) {
    const bool slow = took_ms >= timeout_ms_;
    Tell("reachable", "in " + std::to_string(took_ms) + " ms",
         slow ? Health::kWarning : Health::kFine,
         slow ? "longer than timeout_ms=" + std::to_string(timeout_ms_) + ": calls give up" : "");
  }

  void TellSettings(const std::vector<RedisReply>& replies, std::int64_t here_us) {
    const std::string version(RedisInfoOf(replies[kServer].text, "redis_version"));
    const bool old = IsTooOldRedis(version);
    Tell("version", version, old ? Health::kFault : Health::kFine, old ? "older than 6.2" : "");
    TellMemory(replies[kMemory].text);
    const bool logged = RedisInfoOf(replies[kPersistence].text, "aof_enabled") == "1";
    Tell("appendonly", logged ? "yes" : "no", Health::kFine,
         logged ? "" : "a restart loses the line; it comes back by the tokens of those who wait");
    TellRole(replies);
    TellClock(replies[kTime], here_us);
  }

  void TellMemory(std::string_view info) {
    const std::string most(RedisInfoOf(info, "maxmemory"));
    Tell("maxmemory", most == "0" ? "no bound" : most + " bytes");
    const std::string policy(RedisInfoOf(info, "maxmemory_policy"));
    const bool evicts = most != "0" && policy != "noeviction";
    Tell("maxmemory-policy", policy, evicts ? Health::kWarning : Health::kFine,
         evicts ? "memory that is full costs claims, or a line that has to be rebuilt" : "");
  }

  void TellRole(const std::vector<RedisReply>& replies) {
    const bool master = RedisInfoOf(replies[kReplication].text, "role") != "slave";
    Tell("role", master ? "master" : "replica", master ? Health::kFine : Health::kFault,
         master ? "" : "nothing can be written to it; name the master");
    const bool cluster = RedisInfoOf(replies[kClusterMode].text, "cluster_enabled") == "1";
    Tell("cluster", cluster ? "yes" : "no");
  }

  void TellClock(const RedisReply& time, std::int64_t here_us) {
    std::int64_t seconds = 0;
    if (time.items.empty() || !ReadNumber(time.items[0].text, &seconds)) return;
    std::int64_t us = 0;
    if (time.items.size() > 1) ReadNumber(time.items[1].text, &us);
    const std::int64_t ahead_ms = (seconds * kUsPerSecond + us - here_us) / kUsPerMs;
    const bool apart = ahead_ms > kApartMs || ahead_ms < -kApartMs;
    Tell("clock", std::to_string(ahead_ms) + " ms ahead of this machine",
         apart ? Health::kWarning : Health::kFine,
         apart ? "claims go by this clock: they are dropped early or late" : "");
  }

  // What claims and lines are made of, without a write.
  void TellUse() {
    Claim claim;
    bool found = false;
    TellUse("claims", NewRedisClaimCache(client_)->Get({}, {}, {}, &claim, &found, deadline_));
    LineStats stats;
    TellUse("line", NewRedisLine(client_)->Stats(ShowId{1}, {}, &stats, deadline_));
  }
  void TellUse(const char* what, const Status& status) {
    const bool works = status.ok() || status == Code::kLineLost;
    Tell(what, works ? "can be asked" : "refused", works ? Health::kFine : Health::kFault,
         works ? "" : std::string(status.text()));
  }

  const std::int64_t timeout_ms_;  // what calls are given
  const Deadline deadline_;
  std::shared_ptr<RedisClient> client_;
  DoctorReport report_;
};

}  // namespace

Result<DoctorReport> ExamineRedis(const std::string& uri, Deadline deadline) {
  auto options = ParseRedisUri(uri);
  if (!options.ok()) return options.status();
  return RedisExamination(std::move(options).value(), deadline).Run();
}

}  // namespace seathold
