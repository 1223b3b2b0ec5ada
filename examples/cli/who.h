// Who a command speaks for: a buyer with an access token, or an operator who names a user.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "examples/cli/session.h"

namespace seathold::cli {

struct Who {
  std::string token;
  std::uint64_t user = 0;
};
// --token and --user. SEATHOLD_TOKEN counts where neither is given.
std::vector<Option> DescribeWho(Who* who);
// Errors: kInvalidArgument (nobody or two are named), then those of Accounts::Authenticate.
Result<UserId> Identify(Session& session, const Who& who);
// As Identify, but nobody is fine: an operator who looks at all.
Result<std::optional<UserId>> IdentifyAnybody(Session& session, const Who& who);

struct PasswordSource {
  std::string password;
  bool from_stdin = false;
};
std::vector<Option> DescribePassword(PasswordSource* source);
// From the option, from standard input, or typed on the terminal without an echo (twice when it is
// new). kInvalidArgument when there is none to be had.
Result<std::string> ReadPassword(const PasswordSource& source, bool is_new);

}  // namespace seathold::cli
