#include "src/redis/routes.h"

#include <algorithm>

namespace seathold {
namespace {

std::vector<RedisAddress> SeedsOf(const RedisOptions& options) {
  std::vector<RedisAddress> seeds{{options.host, options.port}};
  seeds.insert(seeds.end(), options.other_hosts.begin(), options.other_hosts.end());
  return seeds;
}

// Half of what is left: whoever hangs leaves time for the next.
Deadline HalfOf(Deadline deadline) {
  const std::int64_t now_ns = MonotonicNs();
  return {now_ns + std::max<std::int64_t>(deadline.monotonic_ns - now_ns, 0) / 2};
}

Result<RedisReply> AskOne(const RedisOptions& server, std::initializer_list<std::string_view> words,
                          Deadline deadline) {
  auto connection = RedisConnection::Connect(server, deadline);
  if (!connection.ok()) return connection.status();
  std::string command;
  AppendRedisCommand({words.begin(), words.size()}, &command);
  std::vector<RedisReply> replies;
  Status status = (*connection)->Exchange(command, 1, deadline, &replies);
  if (!status.ok()) return status;
  if (replies[0].kind != RedisReply::Kind::kError) return std::move(replies[0]);
  status = FromRedisError(replies[0].text);
  // It does not know what it was asked: not what the URI says it is.
  if (status != Code::kInternal) return status;
  return Status(Code::kUnsupported, std::string(status.detail()));
}

}  // namespace

// What a caller that learns owes to the others, also when it runs out of memory.
struct RedisRoutes::Learning {
  explicit Learning(RedisRoutes& of) : routes(of) {}
  ~Learning() {
    {
      const MutexLock lock(routes.mutex_);
      routes.learning_ = false;
      routes.learn_again_ = Deadline::After({kLearnEveryMs});
    }
    routes.learned_.NotifyAll();
  }
  Learning(const Learning&) = delete;
  Learning& operator=(const Learning&) = delete;

  RedisRoutes& routes;
};

RedisRoutes::RedisRoutes(RedisOptions options)
    : options_(std::move(options)), seeds_(SeedsOf(options_)) {
  if (options_.cluster || !options_.sentinel.empty()) return;
  const MutexLock lock(mutex_);
  by_slot_.push_back(PoolLocked(seeds_[0]));  // for good: nothing speaks against it
}

Status RedisRoutes::Prepare(Deadline deadline) {
  bool begun = false;
  if (Status s = BeginToLearn(deadline, &begun); !s.ok() || !begun) return s;
  const Learning learning(*this);
  return Learn(deadline);
}

Status RedisRoutes::BeginToLearn(Deadline deadline, bool* begun) {
  const MutexLock lock(mutex_);
  for (;;) {
    const bool is_known = !by_slot_.empty();
    if (is_known && (!doubted_ || learning_ || !learn_again_.passed())) return Status();
    if (!learning_) break;
    if (!learned_.Wait(mutex_, deadline) && learning_) {
      return Status(Code::kBusy, "redis: its servers are not known in time");
    }
  }
  learning_ = *begun = true;
  return Status();
}

Status RedisRoutes::Learn(Deadline deadline) {
  bool is_known = false;
  {
    const MutexLock lock(mutex_);
    is_known = !by_slot_.empty();
  }
  if (is_known) deadline = HalfOf(deadline);
  Status failed;
  for (const RedisAddress& whom : Whom()) {
    const auto ranges = Ask(whom, HalfOf(deadline));
    if (ranges.ok()) {
      Take(*ranges);
      return Status();
    }
    // Of those that answer: they say what is wrong.
    if (failed.ok() || failed == Code::kBusy) failed = ranges.status();
  }
  return is_known ? Status() : failed;
}

std::vector<RedisAddress> RedisRoutes::Whom() {
  const MutexLock lock(mutex_);
  std::vector<RedisAddress> all = seeds_;
  all.insert(all.end(), nodes_.begin(), nodes_.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  const auto first = static_cast<std::ptrdiff_t>(next_asked_++ % all.size());
  std::rotate(all.begin(), all.begin() + first, all.end());
  return all;
}

Result<RedisRoutes::Ranges> RedisRoutes::Ask(const RedisAddress& whom, Deadline deadline) const {
  if (!options_.cluster) return AskSentinel(whom, deadline);
  const auto reply = AskOne(OneServer(options_, whom), {"CLUSTER", "SLOTS"}, deadline);
  if (!reply.ok()) return reply.status();
  auto ranges = ReadRedisSlots(*reply, whom);
  if (!ranges) return NotAsked();
  if (ranges->empty()) return Status(Code::kBusy, "redis: the cluster keeps no slot yet");
  return std::move(*ranges);
}

// Sentinels have no database, and a login of their own, if any.
Result<RedisRoutes::Ranges> RedisRoutes::AskSentinel(const RedisAddress& whom,
                                                     Deadline deadline) const {
  RedisOptions sentinel;
  sentinel.host = whom.host;
  sentinel.port = whom.port;
  const auto reply =
      AskOne(sentinel, {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", options_.sentinel}, deadline);
  if (!reply.ok()) return reply.status();
  if (reply->kind == RedisReply::Kind::kNil) {
    return Status(Code::kCannotOpen,
                  "redis: the sentinel knows no master '" + options_.sentinel + "'");
  }
  RedisSlotRange all;
  if (reply->items.size() != 2 || !ReadNumber(reply->items[1].text, &all.master.port)) {
    return NotAsked();
  }
  all.master.host = reply->items[0].text;
  return Ranges{all};
}

void RedisRoutes::Take(const Ranges& ranges) {
  const MutexLock lock(mutex_);
  const auto before = std::move(pools_);
  pools_.clear();
  nodes_.clear();
  by_slot_.assign(options_.cluster ? kRedisSlots : 1, nullptr);
  doubted_ = false;
  for (const RedisSlotRange& range : ranges) {
    const auto kept = before.find(range.master);
    if (kept != before.end()) pools_.insert(*kept);
    const auto pool = PoolLocked(range.master);
    for (std::size_t slot = range.first; slot <= range.last; ++slot) by_slot_[slot] = pool;
    if (!options_.cluster) continue;
    nodes_.push_back(range.master);
    nodes_.insert(nodes_.end(), range.replicas.begin(), range.replicas.end());
  }
}

std::shared_ptr<RedisPool> RedisRoutes::PoolLocked(const RedisAddress& address) {
  std::shared_ptr<RedisPool>& pool = pools_[address];
  if (pool == nullptr) pool = std::make_shared<RedisPool>(OneServer(options_, address));
  return pool;
}

std::shared_ptr<RedisPool> RedisRoutes::Of(std::string_view key) {
  const std::size_t slot = options_.cluster ? RedisSlotOf(key) : 0;
  const MutexLock lock(mutex_);
  return by_slot_[slot];
}

std::shared_ptr<RedisPool> RedisRoutes::At(const RedisAddress& address) {
  const MutexLock lock(mutex_);
  return PoolLocked(address);
}

void RedisRoutes::Move(std::size_t slot, const RedisAddress& to) {
  const MutexLock lock(mutex_);
  by_slot_[slot] = PoolLocked(to);
  doubted_ = true;
}

void RedisRoutes::Doubt() {
  if (!options_.cluster && options_.sentinel.empty()) return;
  const MutexLock lock(mutex_);
  doubted_ = true;
}

std::vector<RedisOptions> RedisRoutes::Servers() {
  const MutexLock lock(mutex_);
  std::vector<RedisOptions> out;
  for (const auto& [address, pool] : pools_) out.push_back(pool->server());
  return out;
}

}  // namespace seathold
