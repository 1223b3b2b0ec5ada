// Runs the built command line tool, each call a process of its own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "src/util/json.h"

namespace seathold::testing {

struct Ran {
  int code = -1;  // 128 + signal, as shells have it
  std::string out, err;
};

struct RunInput {
  std::string text{};                      // standard input
  std::vector<std::string> environment{};  // "NAME=value", ahead of a bare one
  std::string out_file{};                  // standard output goes here instead
  bool out_closed = false;                 // there is no standard output
  bool out_broken = false;                 // standard output is a pipe that nobody reads
  bool unprivileged = false;               // as nobody, where the test runs as root
};

// The tool, with `directory` as the working directory.
Ran RunTool(const std::filesystem::path& directory, const std::vector<std::string>& arguments,
            const RunInput& input = {});

// A directory of its own and calls in it. Skips where no tool was built.
class CliTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  Ran Run(const std::vector<std::string>& arguments, const RunInput& input = {}) const {
    return RunTool(directory_, arguments, input);
  }
  // The call must succeed; gives what --quiet prints, without the line end.
  std::string Quiet(std::vector<std::string> arguments, const RunInput& input = {}) const;
  // The call must succeed; gives what --json prints.
  Json Answer(std::vector<std::string> arguments, const RunInput& input = {}) const;
  // The call must fail with this exit code and this code on one line of standard error.
  void Refused(const std::vector<std::string>& arguments, int exit_code, std::string_view code,
               const RunInput& input = {}) const;

  // The commands that `seathold --help` lists, as words.
  std::vector<std::vector<std::string>> CommandsOfHelp() const;

  // A hall of 4 rows of 5 seats at 10.00 EUR, performance 1 of show 1.
  void MakeSale(const std::vector<std::string>& show_options = {}) const;
  // Guids of the first seats that can be had.
  std::vector<std::string> FreeSeats(std::size_t count) const;

  std::filesystem::path directory_;
};

}  // namespace seathold::testing
