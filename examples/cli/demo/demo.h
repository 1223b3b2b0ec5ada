// `seathold demo`: a hall sells out in front of you, and the books are audited afterwards.
//
// Four acts: one buyer; the rush; kill -9 of a selling process; the audit. Every figure it prints
// was counted from what ran. Not thread-safe: one demo a process.
#pragma once

#include <cstdint>
#include <string>

#include "seathold/engine.h"

namespace seathold::demo {

struct DemoOptions {
  int buyers = 20'000;     // 1 .. 1,000,000
  int threads = 0;         // 1 .. 64; 0 = one a core, 2 .. 8. 1 makes acts 1 and 2 repeatable
  std::uint64_t seed = 1;  // of the buyers, and with threads = 1 of every id
  std::string venue;  // a plan: pretix JSON, or CSV when it ends in .csv; empty = the shipped hall
  // A path for a new SQLite database that is kept, "memory:", or postgresql://... with nothing of
  // ours in it, which needs `engine.keys`; empty = one in a temporary directory, removed at the
  // end. Nothing may exist at the path yet.
  std::string db;
  EngineOptions engine;  // of these: keys, claims and line
  std::string svg;   // where the drawing goes; empty = seathold-demo.svg, beside the file if given
  std::string film;  // where the rush goes as an animated drawing; empty = nowhere
  bool journal = false;  // in front of the databases that it makes
  bool naive = false;    // the textbook way under the same buyers, beside ours
  bool json = false;     // one JSON object on standard output instead of the show
  int kills = 5;         // of act 3; 0 leaves the act out
};

// Runs the demo and prints to standard output; errors go to standard error. Returns the exit code
// of the process: 0 = the books hold, 1 = they do not, 2 = the options are refused, 3 = it could
// not run, 130 = interrupted.
int RunDemo(const DemoOptions& options);

// The selling child of act 3, which is this binary started again: sells from that database and
// writes each acknowledged hold to file descriptor `ack_fd` before it goes on. Ends when it is
// killed or the hall is sold out. The CLI calls it for
//   seathold demo --sell-until-killed --ack-fd N --seed S     (hidden options)
int RunDemoChild(EngineOptions options, int ack_fd, std::uint64_t seed);

}  // namespace seathold::demo
