// From a batch of requests to a batch of replies: check, copy, submit, answer.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "src/commit/submit.h"
#include "src/engine/engine_core.h"
#include "src/util/status_of.h"

namespace seathold {

template <class Reply>
void AnswerAll(std::span<Reply> replies, const Status& status) {
  for (Reply& reply : replies) {
    reply = Reply{};
    StatusOf(reply) = status;
  }
}

// Whether there is one reply a request. Else every reply there is says so, and nothing is done.
template <class Reply>
bool OneEach(std::size_t requests, std::span<Reply> replies) {
  if (requests == replies.size()) [[likely]]
    return true;
  AnswerAll(replies, Status(Code::kInvalidArgument, "there are not as many replies as requests"));
  return false;
}

// The answer repeats an earlier one.
template <class Reply>
bool IsRepeat(const Reply& reply) {
  bool repeat = false;
  if constexpr (requires { reply.replayed; }) repeat = repeat || reply.replayed;
  if constexpr (requires { reply.already; }) repeat = repeat || reply.already;
  return repeat;
}

// A hold's reply names the hold.
template <class RequestType>
void NameHold(const RequestType& request, HoldReply* reply) {
  reply->id = request.id;
}
template <class RequestType, class Reply>
void NameHold(const RequestType&, Reply*) {}

// Requests that are looked at between two looks at the clock.
inline constexpr std::size_t kLookEvery = 1'024;

// What becomes of a request at the door.
enum class Door : std::uint8_t {
  kSend,      // it goes on as a command
  kAnswered,  // the reply stands
  kLater,     // it is looked at again once what was sent is answered; not said twice
};

// No request is answered from memory.
struct AskStorage {
  Door operator()(const auto& /*request*/, auto* /*args*/, auto* /*reply*/, bool /*again*/) const {
    return Door::kSend;
  }
};

// `read(request, &args)` checks a request's arguments. `answer(request, &args, &reply, again)`,
// asked where the engine is usable, says what becomes of it. What is sent goes on as commands. What
// is answered is counted, the done under `done`. A request that was not looked at by the deadline
// is answered kBusy; the first kLookEvery always are. Throws nothing.
template <class C, class RequestType, class Reply, class Read, class Answer = AskStorage>
void Dispatch(EngineCore& core, std::span<const RequestType> requests, std::span<Reply> replies,
              Deadline deadline, Counters::Count* done, const Read& read,
              const Answer& answer = {}) {
  if (!OneEach(requests.size(), replies)) return;
  const Status usable = core.Usable();
  AnswerTally tally(core.counters, done);
  std::vector<C> commands;
  std::vector<std::size_t> index;  // of the request that a command was made of
  std::vector<std::size_t> later;
  // `left`: requests from here on.
  const auto knock = [&](std::size_t i, std::size_t left, bool late, bool again) {
    decltype(C::args) args;
    Status& status = StatusOf(replies[i]);
    status = late ? Status(Code::kBusy) : read(requests[i], &args);
    if (status.ok() && !usable.ok()) status = usable;
    if (!status.ok()) return Door::kAnswered;
    const Door door = answer(requests[i], &args, &replies[i], again);
    if (door == Door::kLater) later.push_back(i);
    if (door != Door::kSend) return door;
    if (commands.empty()) commands.reserve(left);
    commands.emplace_back(std::move(args));
    index.push_back(i);
    return door;
  };
  const auto send = [&] {
    if (commands.empty()) return;
    Submit(*core.commits, std::exchange(commands, {}), deadline,
           [&](std::size_t at, C* answered, const Status& why) {
             Reply& reply = replies[index[at]];
             if (answered != nullptr) reply = std::move(answered->reply);
             if (answered == nullptr) StatusOf(reply) = why;
             NameHold(requests[index[at]], &reply);
             tally.Add(StatusOf(reply).code(), IsRepeat(reply));
           });
    index.clear();
  };
  const Reply nothing;  // not Reply{}, nor args{}: those clear the unused ends of lists, too
  const Status all_read = Guarded([&] {
    bool late = false;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      replies[i] = nothing;
      NameHold(requests[i], &replies[i]);
      if (i > 0 && i % kLookEvery == 0) late = late || deadline.passed();
      const Door door = knock(i, requests.size() - i, late, false);
      if (door == Door::kAnswered) tally.Add(StatusOf(replies[i]).code(), false);
    }
    return Status();
  });
  if (!all_read.ok()) return AnswerAll(replies, all_read);  // out of memory: nothing was sent
  send();
  if (later.empty()) return;
  std::size_t n = 0;
  const Status looked = Guarded([&] {
    bool late = false;
    for (; n < later.size(); ++n) {
      if (n > 0 && n % kLookEvery == 0) late = late || deadline.passed();
      const Door door = knock(later[n], later.size() - n, late, true);
      if (door == Door::kAnswered) tally.Add(StatusOf(replies[later[n]]).code(), false);
    }
    return Status();
  });
  if (looked.ok()) return send();
  // Out of memory: what was answered stands, and nothing more was sent.
  for (const std::size_t i : index) StatusOf(replies[i]) = looked;
  for (; n < later.size(); ++n) StatusOf(replies[later[n]]) = looked;
}

}  // namespace seathold
