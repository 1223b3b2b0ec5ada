#include "src/cache/redis/redis_client.h"

#include <algorithm>

#include "src/util/bytes.h"
#include "src/util/digest.h"

namespace seathold {
namespace {

std::string Sha1Hex(std::string_view text) {
  std::string hex;
  for (const std::uint8_t byte : Sha1(BytesOf(text))) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

// EVALSHA with the script's name, or EVAL with its text.
void AppendCall(const RedisCall& call, bool by_name, std::string* out) {
  std::vector<std::string_view> words;
  const std::string keys_count = std::to_string(call.keys.size());
  if (call.script != nullptr) {
    words.push_back(by_name ? "EVALSHA" : "EVAL");
    words.push_back(by_name ? call.script->sha() : call.script->text());
    words.push_back(keys_count);
    words.insert(words.end(), call.keys.begin(), call.keys.end());
  }
  words.insert(words.end(), call.args.begin(), call.args.end());
  AppendRedisCommand(words, out);
}

bool IsUnknownScript(const RedisReply& reply) {
  return reply.kind == RedisReply::Kind::kError && FirstWord(reply.text) == "NOSCRIPT";
}

// Those that the server does not know by name, by their text.
Status RunUnknown(RedisConnection& connection, std::span<const RedisCall> calls, Deadline deadline,
                  std::vector<RedisReply>* replies) {
  std::string commands;
  std::vector<std::size_t> again;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (!IsUnknownScript((*replies)[i])) continue;
    AppendCall(calls[i], false, &commands);
    again.push_back(i);
  }
  if (again.empty()) return Status();
  std::vector<RedisReply> answers;
  Status status = connection.Exchange(commands, again.size(), deadline, &answers);
  if (!status.ok()) return status;
  for (std::size_t i = 0; i < again.size(); ++i) (*replies)[again[i]] = std::move(answers[i]);
  return status;
}

Status Check(std::span<const RedisCall> calls, std::span<const RedisReply> replies) {
  Status first;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (replies[i].kind == calls[i].expected) continue;
    if (replies[i].kind != RedisReply::Kind::kError) return NotAsked();
    if (first.ok()) first = FromRedisError(replies[i].text);
  }
  return first;
}

Status RunOn(RedisConnection& connection, std::span<const RedisCall> calls, Deadline deadline,
             std::vector<RedisReply>* replies) {
  std::string commands;
  for (const RedisCall& call : calls) AppendCall(call, true, &commands);
  Status status = connection.Exchange(commands, calls.size(), deadline, replies);
  if (status.ok()) status = RunUnknown(connection, calls, deadline, replies);
  return status.ok() ? Check(calls, *replies) : status;
}

}  // namespace

RedisScript::RedisScript(std::string text) : text_(std::move(text)), sha_(Sha1Hex(text_)) {}

// A place among the connections of the pool. Whoever is done with a sound connection leaves it
// here; an exception leaves none, and it is dropped.
struct RedisClient::Place {
  explicit Place(RedisClient& of) : client(of) {}
  ~Place() { client.GiveBack(std::move(sound)); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  RedisClient& client;
  std::unique_ptr<RedisConnection> sound;
};

RedisClient::RedisClient(RedisOptions options) : options_(std::move(options)) {
  const MutexLock lock(mutex_);
  idle_.reserve(kConnectionsMax);  // giving back never needs memory
}

Deadline RedisClient::Cut(Deadline deadline) const {
  return {std::min(deadline.monotonic_ns, Deadline::After({options_.timeout_ms}).monotonic_ns)};
}

Status RedisClient::Run(std::span<const RedisCall> calls, Deadline deadline,
                        std::vector<RedisReply>* replies) {
  replies->clear();
  if (fork_guard_.forked()) return Status(Code::kForked);
  if (calls.empty()) return Status();
  const Deadline cut = Cut(deadline);
  if (!WaitForPlace(cut)) {
    return Status(Code::kBusy, "redis: all connections are in use");
  }
  Place place(*this);
  auto connection = Connected(cut);
  if (!connection.ok()) return connection.status();
  const Status status = RunOn(**connection, calls, cut, replies);
  if (status != Code::kBusy) place.sound = std::move(*connection);
  return status;
}

bool RedisClient::WaitForPlace(Deadline deadline) {
  const MutexLock lock(mutex_);
  while (leased_ == kConnectionsMax) {
    if (!given_back_.Wait(mutex_, deadline) && leased_ == kConnectionsMax) return false;
  }
  ++leased_;
  return true;
}

// The latest that was given back, so that what a quiet hour has left over is closed by the server.
std::unique_ptr<RedisConnection> RedisClient::TakeIdle() {
  const MutexLock lock(mutex_);
  if (idle_.empty()) return nullptr;
  auto taken = std::move(idle_.back());
  idle_.pop_back();
  return taken;
}

Result<std::unique_ptr<RedisConnection>> RedisClient::Connected(Deadline deadline) {
  while (auto idle = TakeIdle()) {
    if (idle->IsQuiet()) return idle;
  }
  return RedisConnection::Connect(options_, deadline);
}

void RedisClient::GiveBack(std::unique_ptr<RedisConnection> sound) {
  {
    const MutexLock lock(mutex_);
    --leased_;
    if (sound != nullptr) {
      idle_.push_back(std::move(sound));
    } else {
      idle_.clear();  // they may be as dead: of several that hang each would cost a timeout
    }
  }
  given_back_.NotifyOne();
}

}  // namespace seathold
