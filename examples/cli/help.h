// The help texts, made from what commands say about themselves. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "examples/cli/command.h"

namespace seathold::cli {

// What `seathold WORDS --help` prints: of the tool where there are none, of a group such as
// "venue", of a command or its alias. nullopt where the words are none of these.
std::optional<std::string> HelpFor(const std::vector<std::string>& words,
                                   const std::vector<Command>& commands,
                                   const std::vector<Option>& global);

}  // namespace seathold::cli
