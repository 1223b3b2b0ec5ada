// What the pass of a request is worth, as far as its signature tells.
#pragma once

#include <string_view>

#include "src/accounts/key_ring.h"
#include "src/accounts/key_watch.h"
#include "src/rules/hold.h"

namespace seathold {

// No text: kNotAdmitted. A bad signature, or another user: kPassInvalid.
PassCheck CheckPassText(const KeyRing& keys, std::string_view pass, UserId user);
// As above, and follows a key rotation that another process made.
PassCheck CheckPassText(KeyRing& keys, KeyWatch& watch, std::string_view pass, UserId user);

}  // namespace seathold
