#include "src/redis/client.h"

#include <algorithm>
#include <map>

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

std::string_view ErrorWord(const RedisReply& reply) {
  return reply.kind == RedisReply::Kind::kError ? FirstWord(reply.text) : "";
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

// Whether a connection that answered this is fit for the next call. A server that is not what it
// was may be another one when it is connected anew.
bool IsSound(const RedisCall& call, const RedisReply& reply) {
  if (reply.kind == call.expected) return true;
  const std::string_view word = ErrorWord(reply);
  if (word == "NOSCRIPT" || word == "TRYAGAIN" || word == "CLUSTERDOWN") return true;
  return reply.kind == RedisReply::Kind::kError && FromRedisError(reply.text) != Code::kBusy;
}

}  // namespace

RedisScript::RedisScript(std::string text) : text_(std::move(text)), sha_(Sha1Hex(text_)) {}

// A call on its way.
struct RedisClient::Step {
  std::size_t call = 0;
  std::shared_ptr<RedisPool> pool;
  bool by_name = true;
  bool asking = false;  // at a node that takes the slot over: each command needs its own ASKING
};

// What goes to one server in one round.
struct RedisClient::Group {
  explicit Group(std::shared_ptr<RedisPool> pool) : turn(std::move(pool)) {}

  RedisPool::Turn turn;
  std::vector<const Step*> steps;
  std::string commands;
  std::size_t commands_count = 0;
  Status status;
};

RedisClient::RedisClient(RedisOptions options) : options_(std::move(options)), routes_(options_) {}

Deadline RedisClient::Cut(Deadline deadline) const {
  return {std::min(deadline.monotonic_ns, Deadline::After({options_.timeout_ms}).monotonic_ns)};
}

Status RedisClient::Run(std::span<const RedisCall> calls, Deadline deadline,
                        std::vector<RedisReply>* replies) {
  replies->clear();
  if (fork_guard_.forked()) return Status(Code::kForked);
  if (calls.empty()) return Status();
  const Deadline cut = Cut(deadline);
  if (Status s = routes_.Prepare(cut); !s.ok()) return s;
  replies->resize(calls.size());
  Status failed;
  std::vector<Step> steps = FirstSteps(calls, &failed);
  for (int round = 0; !steps.empty(); ++round) {
    if (round == kRoundsMax) return Status(Code::kBusy, "redis: sent from node to node");
    std::vector<Step> next;
    const Status status = RunRound(calls, steps, cut, replies, &next);
    if (failed.ok()) failed = status;
    steps = std::move(next);
  }
  return failed.ok() ? Check(calls, *replies) : failed;
}

// A call without keys may be asked of anybody.
std::vector<RedisClient::Step> RedisClient::FirstSteps(std::span<const RedisCall> calls,
                                                       Status* status) {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    auto pool = routes_.Of(calls[i].keys.empty() ? "" : calls[i].keys[0]);
    if (pool != nullptr) {
      steps.push_back({.call = i, .pool = std::move(pool)});
      continue;
    }
    *status = Status(Code::kBusy, "redis: nobody keeps the slot");
    routes_.Doubt();
  }
  return steps;
}

// All is sent before anything is waited for, and connections that are there go before those that
// are to be made: a server that is gone keeps nothing from the others. Turns are waited for in the
// order of addresses, so that two callers never wait for each other's.
Status RedisClient::RunRound(std::span<const RedisCall> calls, std::span<const Step> steps,
                             Deadline deadline, std::vector<RedisReply>* replies,
                             std::vector<Step>* next) {
  std::map<RedisAddress, Group> groups;
  for (const Step& step : steps) {
    Group& group = groups.try_emplace(AddressOf(step.pool->server()), step.pool).first->second;
    group.steps.push_back(&step);
    if (step.asking) AppendRedisCommand(std::vector<std::string_view>{"ASKING"}, &group.commands);
    AppendCall(calls[step.call], step.by_name, &group.commands);
    group.commands_count += step.asking ? 2 : 1;
  }
  for (auto& [address, group] : groups) group.status = group.turn.Wait(deadline);
  std::vector<Group*> order;
  for (auto& [address, group] : groups) order.push_back(&group);
  std::stable_partition(order.begin(), order.end(),
                        [](Group* group) { return group->status.ok() && group->turn.HasIdle(); });
  for (Group* group : order) {
    if (group->status.ok()) group->status = group->turn.Connect(deadline);
    if (!group->status.ok()) continue;
    group->status = group->turn.connection().Send(group->commands, deadline);
  }
  Status failed;
  for (Group* group : order) {
    const Status status = Finish(calls, *group, deadline, replies, next);
    if (failed.ok()) failed = status;
  }
  return failed;
}

Status RedisClient::Finish(std::span<const RedisCall> calls, Group& group, Deadline deadline,
                           std::vector<RedisReply>* replies, std::vector<Step>* next) {
  std::vector<RedisReply> answers;
  if (group.status.ok()) {
    group.status = group.turn.connection().Receive(group.commands_count, deadline, &answers);
  }
  if (!group.status.ok()) {
    routes_.Doubt();
    return group.status;
  }
  bool sound = true;
  std::size_t at = 0;
  for (const Step* step : group.steps) {
    if (step->asking) ++at;  // the answer to ASKING: where it failed, so does what follows
    RedisReply& reply = (*replies)[step->call];
    reply = std::move(answers[at++]);
    sound = sound && IsSound(calls[step->call], reply);
    Judge(calls[step->call], *step, reply, next);
  }
  if (sound) group.turn.Keep();
  return Status();
}

// Whether a call is to go on, and where.
void RedisClient::Judge(const RedisCall& call, const Step& step, const RedisReply& reply,
                        std::vector<Step>* next) {
  const std::string_view word = ErrorWord(reply);
  if (word == "NOSCRIPT" && call.script != nullptr && step.by_name) {
    next->push_back(step);
    next->back().by_name = false;
    return;
  }
  if (word == "READONLY" || word == "CLUSTERDOWN" || word == "LOADING" || word == "MASTERDOWN") {
    routes_.Doubt();
  }
  if (!options_.cluster) return;
  const auto redirect = ReadRedisRedirect(reply, AddressOf(step.pool->server()));
  if (!redirect) return;
  if (!redirect->ask) routes_.Move(redirect->slot, redirect->to);
  next->push_back({.call = step.call, .pool = routes_.At(redirect->to), .asking = redirect->ask});
}

}  // namespace seathold
