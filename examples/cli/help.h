// The help texts, made from what commands say about themselves. Pure.
#pragma once

#include <string>
#include <vector>

#include "examples/cli/command.h"

namespace seathold::cli {

// `seathold --help`.
std::string HelpForAll(const std::vector<Command>& commands, const std::vector<Option>& global);
// `seathold venue --help`: the commands whose path starts with "venue ".
std::string HelpForGroup(const std::string& group, const std::vector<Command>& commands);
std::string HelpForCommand(const Command& command, const std::vector<Option>& global);

}  // namespace seathold::cli
