// Base64url without padding (RFC 4648 section 5, as RFC 7515 uses it). Pure functions; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace seathold {

constexpr std::size_t Base64UrlSize(std::size_t bytes) { return (bytes * 4 + 2) / 3; }

// REQUIRES: `out` has room for Base64UrlSize(bytes.size()) characters. No terminator is written.
void EncodeBase64UrlTo(std::span<const std::uint8_t> bytes, char* out);
std::string EncodeBase64Url(std::span<const std::uint8_t> bytes);
std::string EncodeBase64Url(std::string_view bytes);

// How many bytes were written to `out`, or nullopt: a character outside the alphabet (padding and
// white space too), a length that no encoder makes, non-zero bits after the last byte, or more
// bytes than `out` has room for. Each byte string thus has exactly one text. What `out` holds after
// a refusal is unspecified.
std::optional<std::size_t> DecodeBase64UrlTo(std::string_view text, std::span<std::uint8_t> out);
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace seathold
