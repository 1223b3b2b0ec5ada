// Which passwords may be chosen. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "seathold/status.h"

namespace seathold {

inline constexpr std::size_t kPasswordCharactersMin = 8;
inline constexpr std::size_t kPasswordBytesMax = 1'024;

// True for a password that the host does not want (a breach list, the user's own name). Called from
// any thread, on the caller's stack; must not throw.
using PasswordBlocklist = std::function<bool(std::string_view)>;

// kInvalidText: not UTF-8. kPasswordWeak: fewer than kPasswordCharactersMin characters, more than
// kPasswordBytesMax bytes, one of the most common passwords in any case of letters, one character
// repeated, a run such as "12345678", or blocked by the host. No rules of composition; every
// character counts, NUL and spaces too; nothing is cut, folded or normalised.
Status CheckPasswordPolicy(std::string_view password, const PasswordBlocklist& is_blocked);

}  // namespace seathold
