// The look-up form of an e-mail address. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/status.h"

namespace seathold {

inline constexpr std::size_t kEmailBytesMax = 254;

// Letters of every script without their case and composed (TextForm::kFolded), so that an address
// is one however it was typed; nothing is trimmed or left out, so "a+b@x" and "a@x" are two.
// kInvalidText: as TakeText, with kEmailBytesMax for the address as given and as kept; or a
// character that shows nothing. kInvalidArgument: not exactly one '@' with something on both sides,
// or a blank. Whether mail arrives there is for the host to find out. Error texts do not repeat the
// address.
Result<std::string> CanonicalEmail(std::string_view email);

// Every form under which an account with this address may stand, without repeats: CanonicalEmail's
// first, then those of release 0.1, which changed ASCII letters only: the address as typed,
// composed and decomposed. Empty for an address that no release took.
std::vector<std::string> EmailForms(std::string_view email);

}  // namespace seathold
