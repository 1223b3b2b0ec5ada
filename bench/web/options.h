// The command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/web/mixes.h"

namespace seathold::load {

struct Options {
  std::string command;  // run, steps, rush, kill
  Mix mix = Mix::kReads;
  std::string mix_name = "reads";
  double rate = 1'000;
  double seconds = 5;
  double factor = 1.25;  // from one step to the next
  double rate_most = 100'000;
  int connections = 128;
  int buyers = 500;
  std::uint64_t requests = 100'000;  // of a rush
  int seats = 2'000;                 // likewise, by the hundred
  std::uint64_t paid = 5'000;        // kill: after so many payments
  std::int64_t stall_ms = 0;         // the host is stopped for so long a second after the start
  std::uint64_t seed = 1;
  bool json = false;
  std::string db;                     // where the database goes; empty = a folder that goes with it
  std::string log_level = "warning";  // of the host; info is a line a request
  std::vector<std::string> host_words;  // further ones for the host
};

// Nothing, and why is on standard error, where it is not to be understood.
std::optional<Options> ReadOptions(int argc, char** argv);

}  // namespace seathold::load
