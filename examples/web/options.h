// The command line and the file of options of the program.
#pragma once

#include <string>

#include "examples/web/host.h"

namespace seathold::web {

struct ProgramOptions {
  HostOptions host;
  std::string log_level = "info";
  bool demo = false;
  int demo_buyers = 3'000;
  double demo_speed = 1;  // seconds of the sale in a second
};

// `exit_code` is set, and false returned, where the program is to end at once: --help, --version,
// a mistake (what it is, is on standard error).
bool ReadOptions(int argc, char** argv, ProgramOptions* options, int* exit_code);

}  // namespace seathold::web
