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
// --token and --user. SEATHOLD_TOKEN counts where neither is given. A token that counts and is not
// good is refused, by both functions below.
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

struct NewPasswordSource {
  std::string old_password, new_password;
  bool from_stdin = false;
};
struct PasswordChange {
  std::string old_password, new_password;
};
std::vector<Option> DescribeNewPassword(NewPasswordSource* source);
// As ReadPassword; standard input has the old one on its first line, the new one on its second.
Result<PasswordChange> ReadNewPassword(const NewPasswordSource& source);

// From the option, from standard input, or typed on the terminal without an echo (twice when it is
// new). kInvalidArgument when there is none to be had.
Result<std::string> ReadPassword(const PasswordSource& source, bool is_new);

}  // namespace seathold::cli
