// A child process that is killed before the n-th of its system calls that change what a disk holds
// or who has locked it. What it leaves is then what a kill at any other moment leaves: all other
// calls only look.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

namespace seathold::testing {

struct TracedEnd {
  int calls = 0;        // that change something, begun
  bool killed = false;  // else it ended by itself
  int exit_code = -1;   // then
};

// Runs `body` in a child without threads, from a parent without threads, and kills it before call
// number `kill_before` (from 1 on). nullopt: no process may be traced here.
std::optional<TracedEnd> RunTraced(int kill_before, const std::function<void()>& body);

}  // namespace seathold::testing
