// What is wrong with a command line, said without repeating what may be a secret: the value behind
// a mistyped option, an argument too many, a password glued to its option. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "examples/cli/command.h"
#include "seathold/status.h"

namespace seathold::cli {

// The option that is given as "--name=" with nothing behind it, if any is.
std::string FindEmptyValue(const std::vector<std::string>& arguments,
                           const std::vector<Command>& commands, const std::vector<Option>& global);

// `left_over` is what no option of `command` took, in the order typed. kInvalidArgument if any.
Status CheckOptions(const std::vector<std::string>& left_over, const Command& command,
                    const std::vector<Option>& global);
// As CheckOptions, where `words` are no command yet: always kInvalidArgument.
Status CheckCommand(const std::vector<std::string>& left_over,
                    const std::vector<std::string>& words, const std::vector<Command>& commands,
                    const std::vector<Option>& global);
// The parser's own message, of which only the name of an option is taken. `command` may be null.
Status ReadParserError(std::string_view text, const Command* command,
                       const std::vector<Option>& global);

// Ok when all are; else the code of the first that is not, with the texts of all.
Status Joined(const std::vector<Status>& all);

}  // namespace seathold::cli
