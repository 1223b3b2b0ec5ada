// Which passwords may be chosen. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/status.h"

namespace seathold {

inline constexpr std::size_t kPasswordCharactersMin = 8;
inline constexpr std::size_t kPasswordBytesMax = 1'024;

// True for a password that the host does not want (a breach list, the user's own name). Called from
// any thread, on the caller's stack, with TakePassword's form; must not throw.
using PasswordBlocklist = std::function<bool(std::string_view)>;

// A password as it is hashed (RFC 8265, OpaqueString): NFC, and each blank that is not a space as a
// space, so that it is one on every keyboard. Case, blanks at the ends and control characters stay;
// nothing is cut. kPasswordWeak: more than kPasswordBytesMax bytes, as given or as hashed.
// kInvalidText: not UTF-8, or a character that has no lasting form (Normalized).
Result<std::string> TakePassword(std::string_view password);

// What a password that was typed may have been hashed as, without repeats: TakePassword's form,
// then what release 0.1 hashed, which was as typed, here or on a keyboard that composes otherwise.
// One for plain ASCII, at most four.
std::vector<std::string> PasswordForms(std::string_view password);

// Errors in order: as TakePassword. kPasswordWeak: fewer than kPasswordCharactersMin characters,
// one of the most common passwords in any case of letters, one character repeated, a run such as
// "12345678", or blocked by the host. No rules of composition.
Status CheckPasswordPolicy(std::string_view password, const PasswordBlocklist& is_blocked);

}  // namespace seathold
