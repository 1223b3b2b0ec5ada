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

// The first 16 bytes of SHA-256(purpose, NUL, text). `purpose` keeps digests of different columns
// apart and has no NUL. Not keyed: whoever can guess the text can compute it. Thread-safe.
Uuid Digest128(std::string_view purpose, std::string_view text);

}  // namespace seathold
