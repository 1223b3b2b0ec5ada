// The look-up form of an e-mail address. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "seathold/status.h"

namespace seathold {

inline constexpr std::size_t kEmailBytesMax = 254;

// ASCII letters in lower case; nothing is trimmed, folded or normalised otherwise, so "a+b@x" and
// "a@x" are two accounts. kInvalidText: not clean UTF-8, or over kEmailBytesMax. kInvalidArgument:
// not exactly one '@' with something on both sides, or a space. Whether mail arrives there is for
// the host to find out. Error texts do not repeat the address.
Result<std::string> CanonicalEmail(std::string_view email);

}  // namespace seathold
