// From a batch of requests to a batch of replies: check, copy, submit, answer.
#pragma once

#include <span>
#include <vector>

#include "src/commit/submit.h"
#include "src/engine/engine_core.h"

namespace seathold {

inline Status& StatusOf(Status& reply) { return reply; }
template <class Reply>
Status& StatusOf(Reply& reply) {
  return reply.status;
}

// Whether there is one reply a request. Else every reply there is says so, and nothing is done.
template <class Reply>
bool OneEach(std::size_t requests, std::span<Reply> replies) {
  if (requests == replies.size()) [[likely]]
    return true;
  const Status bad(Code::kInvalidArgument, "there are not as many replies as requests");
  for (Reply& reply : replies) {
    reply = Reply{};
    StatusOf(reply) = bad;
  }
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

// `read(request, &args, &reply)` checks one request: kOk and true = goes on as a command; else the
// reply stands as it is. What is answered is counted, the done under `done`. A request that was not
// looked at by the deadline is answered kBusy; the first kLookEvery always are. Throws nothing.
template <class C, class RequestType, class Reply, class Read>
void Dispatch(EngineCore& core, std::span<const RequestType> requests, std::span<Reply> replies,
              Deadline deadline, Counters::Count* done, Read&& read) {
  if (!OneEach(requests.size(), replies)) return;
  const Status usable = core.Usable();
  AnswerTally tally(core.counters, done);
  std::vector<C> commands;
  std::vector<std::size_t> index;
  const Reply nothing;  // not Reply{}, nor args{}: those clear the unused ends of lists, too
  const Status all_read = Guarded([&] {
    bool late = false;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      Reply& reply = replies[i];
      reply = nothing;
      NameHold(requests[i], &reply);
      if (i > 0 && i % kLookEvery == 0) late = late || deadline.passed();
      if (late) {
        StatusOf(reply) = Status(Code::kBusy);
        tally.Add(Code::kBusy, false);
        continue;
      }
      decltype(C::args) args;
      bool goes_on = read(requests[i], &args, &reply);
      if (goes_on && !usable.ok()) {
        StatusOf(reply) = usable;
        goes_on = false;
      }
      if (goes_on) {
        if (commands.empty()) commands.reserve(requests.size() - i);
        commands.emplace_back(std::move(args));
        index.push_back(i);
      } else {
        tally.Add(StatusOf(reply).code(), false);
      }
    }
    return Status();
  });
  if (!all_read.ok()) {  // out of memory, and nothing was sent
    for (Reply& reply : replies) {
      reply = nothing;
      StatusOf(reply) = all_read;
    }
    return;
  }
  if (commands.empty()) return;
  Submit(*core.commits, std::move(commands), deadline,
         [&](std::size_t at, C* answered, const Status& why) {
           Reply& reply = replies[index[at]];
           if (answered != nullptr) {
             reply = std::move(answered->reply);
             NameHold(requests[index[at]], &reply);
           } else {
             StatusOf(reply) = why;
           }
           tally.Add(StatusOf(reply).code(), IsRepeat(reply));
         });
}

}  // namespace seathold
