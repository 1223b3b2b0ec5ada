// Digests used as look-up keys.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "seathold/ids.h"

namespace seathold {

// Allocates nothing and cannot fail.
std::array<std::uint8_t, 32> Sha256(std::span<const std::uint8_t> data);

// For names that others give, not for secrets: two texts with one SHA-1 can be made. As above.
std::array<std::uint8_t, 20> Sha1(std::span<const std::uint8_t> data);

// The first 16 bytes of SHA-256(purpose, NUL, text). `purpose` keeps digests of different columns
// apart and has no NUL. Not keyed: whoever can guess the text can compute it. Thread-safe.
Uuid Digest128(std::string_view purpose, std::string_view text);

}  // namespace seathold
