// From a batch of requests to a batch of replies: check, copy, submit, answer.
#pragma once

#include <span>
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

// No request is answered from memory.
struct AskStorage {
  bool operator()(const auto& /*request*/, auto* /*args*/, auto* /*reply*/) const { return false; }
};

// `read(request, &args)` checks a request's arguments. `answer(request, &args, &reply)`, asked
// where the engine is usable, is true if the reply stands without storage. What is left goes on as
// a command. What is answered is counted, the done under `done`. A request that was not looked at
// by the deadline is answered kBusy; the first kLookEvery always are. Throws nothing.
template <class C, class RequestType, class Reply, class Read, class Answer = AskStorage>
void Dispatch(EngineCore& core, std::span<const RequestType> requests, std::span<Reply> replies,
              Deadline deadline, Counters::Count* done, const Read& read,
              const Answer& answer = {}) {
  if (!OneEach(requests.size(), replies)) return;
  const Status usable = core.Usable();
  AnswerTally tally(core.counters, done);
  std::vector<C> commands;
  std::vector<std::size_t> index;  // of the request that a command was made of
  const auto make_command = [&](std::size_t i, bool late) {
    decltype(C::args) args;
    Status& status = StatusOf(replies[i]);
    status = late ? Status(Code::kBusy) : read(requests[i], &args);
    if (status.ok() && !usable.ok()) status = usable;
    if (!status.ok() || answer(requests[i], &args, &replies[i])) return false;
    if (commands.empty()) commands.reserve(requests.size() - i);
    commands.emplace_back(std::move(args));
    index.push_back(i);
    return true;
  };
  const Reply nothing;  // not Reply{}, nor args{}: those clear the unused ends of lists, too
  const Status all_read = Guarded([&] {
    bool late = false;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      replies[i] = nothing;
      NameHold(requests[i], &replies[i]);
      if (i > 0 && i % kLookEvery == 0) late = late || deadline.passed();
      if (!make_command(i, late)) tally.Add(StatusOf(replies[i]).code(), false);
    }
    return Status();
  });
  if (!all_read.ok()) return AnswerAll(replies, all_read);  // out of memory: nothing was sent
  Submit(*core.commits, std::move(commands), deadline,
         [&](std::size_t at, C* answered, const Status& why) {
           Reply& reply = replies[index[at]];
           if (answered != nullptr) reply = std::move(answered->reply);
           if (answered == nullptr) StatusOf(reply) = why;
           NameHold(requests[index[at]], &reply);
           tally.Add(StatusOf(reply).code(), IsRepeat(reply));
         });
}

}  // namespace seathold
