// The strings that the waiting room hands out: place tokens and passes.
//
// One fixed layout of 70 bytes, big-endian, printed as 94 characters of base64url (they fit the C
// API's slots of 96):
//   version u8 = 1, type u8 (1 place, 2 pass), key id u32, show u64, user u64, sequence u64,
//   time i64 (place: issued; pass: admitted until; microseconds), HMAC-SHA256 of the 38 bytes
//   before
// A place cannot pass for a pass: the type differs, and so does the subkey that signs it.
//
// The MAC says who made a string and nothing about what happened since: whether a place still
// stands or a pass is over, spent or revoked is decided by the line and in storage.
//
// Thread rule: every function may be called from any thread. Verifying allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "seathold/adapter/line.h"
#include "seathold/ids.h"
#include "seathold/status.h"
#include "seathold/time.h"
#include "src/accounts/key_ring.h"

namespace seathold {

inline constexpr std::size_t kSignedTokenSize = 94;

struct PlaceToken {
  ShowId show;
  UserId user;
  Sequence sequence;
  TimeUs issued_at{};

  bool operator==(const PlaceToken&) const = default;
};

struct Pass {
  ShowId show;
  UserId user;
  Sequence sequence;
  TimeUs admitted_until{};

  bool operator==(const Pass&) const = default;
};

// Signed with the ring's current key; always kSignedTokenSize characters.
std::string Sign(const KeyRing& ring, const PlaceToken& place);
std::string Sign(const KeyRing& ring, const Pass& pass);

// kTokenInvalid, kPassInvalid: malformed, forged, of another kind, or signed by a key that the ring
// does not have (any more).
Result<PlaceToken> VerifyPlace(const KeyRing& ring, std::string_view text);
Result<Pass> VerifyPass(const KeyRing& ring, std::string_view text);

// The key that the string says it was signed with, unverified; nullopt when malformed. For one
// purpose: a key that the ring does not know is a reason to look whether the key file changed.
std::optional<std::uint32_t> ClaimedKeyId(std::string_view text);

}  // namespace seathold
