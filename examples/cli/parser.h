// Turns what was typed into a command with its options set. Not thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "examples/cli/command.h"
#include "seathold/status.h"

namespace seathold::cli {

enum class Wanted { kCommand, kHelp, kVersion };

class Parser {
 public:
  // Both must outlive it.
  Parser(const std::vector<Command>& commands, const std::vector<Option>& global);
  ~Parser();

  // Finds out which command is meant. kInvalidArgument where that, or an option, is not to be had:
  // the text names options and commands, and never repeats what may be a value of a mistyped one.
  Status Parse(int argc, const char* const* argv);
  // After Parse, whatever it answered.
  Wanted wanted() const { return wanted_; }
  const Command* command() const { return command_; }  // null where none was found
  std::vector<std::string> words() const;              // of the command, as far as they are known

  // What was typed goes into the targets. Each that is wrong is named, in the order typed, then
  // each that is missing. Errors of Assign.
  Status AssignGlobal();
  Status AssignOptions();  // REQUIRES: command() is not null

 private:
  class Impl;  // CLI11 takes seconds to compile: one file sees it
  const std::unique_ptr<Impl> impl_;
  Wanted wanted_ = Wanted::kCommand;
  const Command* command_ = nullptr;
};

}  // namespace seathold::cli
