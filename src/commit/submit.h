// From commands to answers: what objects and the sweeper call.
#pragma once

#include <algorithm>
#include <iterator>
#include <memory>
#include <vector>

#include "src/commit/group_commit.h"
#include "src/util/guarded.h"

namespace seathold {

// Sends commands to group commit in parcels of at most batch_max and hands each to
// take(index, C*, status): the command when it was answered, to be moved from, else nullptr and why
// not. No parcel but the first is begun after the deadline: what is left is kBusy. Nothing is
// thrown once a command may have had its effect, if `take` throws nothing.
template <class C, class Take>
void Submit(GroupCommit& commits, std::vector<C> commands, Deadline deadline, Take&& take) {
  const std::size_t n = commands.size();
  const std::size_t chunk_max = commits.batch_max();
  for (std::size_t from = 0; from < n; from += chunk_max) {
    if (from > 0 && deadline.passed()) {
      for (std::size_t i = from; i < n; ++i) take(i, nullptr, Status(Code::kBusy));
      return;
    }
    const std::size_t chunk = std::min(chunk_max, n - from);
    std::shared_ptr<ParcelOf<C>> parcel;  // shared: see GroupCommit::Execute
    Status rest = Guarded([&] {
      parcel = std::make_shared<ParcelOf<C>>();
      if (chunk == n) {
        parcel->commands = std::move(commands);
        return Status();
      }
      const auto first = commands.begin() + static_cast<std::ptrdiff_t>(from);
      parcel->commands.assign(std::make_move_iterator(first),
                              std::make_move_iterator(first + static_cast<std::ptrdiff_t>(chunk)));
      return Status();
    });
    const std::size_t answered = rest.ok() ? commits.Execute(parcel, deadline, &rest) : 0;
    for (std::size_t i = 0; i < chunk; ++i) {
      take(from + i, i < answered ? &parcel->commands[i] : nullptr, rest);
    }
  }
}

// One command; its reply, or a reply with the status of group commit.
template <class C>
Status SubmitOne(GroupCommit& commits, C command, Deadline deadline, C* answered) {
  std::vector<C> commands;
  commands.push_back(std::move(command));
  Status status;
  Submit(commits, std::move(commands), deadline, [&](std::size_t, C* done, const Status& why) {
    if (done != nullptr) {
      *answered = std::move(*done);
    } else {
      status = why;
    }
  });
  return status;
}

}  // namespace seathold
