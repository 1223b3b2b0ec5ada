// Act 3: a process that sells is killed with signal 9 at a random moment, again and again.
// Everything it had acknowledged must be there when the database is opened again.
//
// Real clock. SIGKILL takes the process, not the machine: loss of power is the tests' business.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "examples/cli/demo/console.h"
#include "examples/cli/demo/rush.h"
#include "seathold/engine.h"
#include "seathold/ids.h"
#include "seathold/status.h"

namespace seathold::demo {

// What the child writes for each answer, before its next request. 'H' = held, 'P' = paid.
struct Acknowledgement {
  char kind = 0;
  Uuid hold{};
};

// How to start the child; the first argument is the program.
using ChildCommand = std::function<std::vector<std::string>(const EngineOptions& engine, int ack_fd,
                                                            std::uint64_t seed)>;
ChildCommand ThisBinary();

struct CrashOptions {
  EngineOptions engine;  // of a database that is new
  std::uint64_t seed = 1;
  int kills = 5;
  ChildCommand child = ThisBinary();
};

struct CrashRound {
  double lived_s = 0;              // from the first acknowledgement to the kill
  bool killed = false;             // false: it had ended by itself
  std::uint64_t acknowledged = 0;  // holds and payments, of this round
  std::uint64_t found = 0;         // of those
  std::uint64_t vanished = 0;      // stored after an earlier kill, and gone now
  std::uint64_t unheard = 0;       // stored, but killed before it could say so
  bool sound() const { return found == acknowledged && vanished == 0 && clean; }
  bool clean = false;     // Verify()
  double reopened_s = 0;  // open and verify
};

struct CrashResult {
  Status status;
  std::vector<CrashRound> rounds;
  bool holds() const;  // every round is sound
  std::uint64_t acknowledged() const;
  std::uint64_t found() const;
};

CrashResult PlayCrashAct(const CrashOptions& options, const StopFlag& stop, Console& console);

}  // namespace seathold::demo
