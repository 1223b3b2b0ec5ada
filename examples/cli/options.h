// Options that several commands have, so that one thing is said in one way everywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "examples/cli/command.h"

namespace seathold::cli {

// -p N.
Option PerformanceOption(std::uint64_t* performance);
// -p N, or N alone, of a command that is about nothing else.
Option PerformanceArgument(std::uint64_t* performance);
// --hold UUID or --hold-from TEXT, of a hold that is there.
std::vector<Option> DescribeHoldId(std::optional<Uuid>* hold);
// `name` UUID, such as --id, or --id-from TEXT, of what a command makes; `help` says what it names.
std::vector<Option> DescribeNewId(std::string name, std::string help, std::optional<Uuid>* id);

void Append(std::vector<Option>* options, std::vector<Option> more);

}  // namespace seathold::cli
