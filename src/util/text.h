// Checks on text that comes from outside.
#pragma once

#include <cstddef>
#include <string_view>

namespace seathold {

// Valid UTF-8 (no overlong forms, no surrogates), no NUL and no other control character, at most
// `bytes_max` bytes.
bool IsCleanText(std::string_view text, std::size_t bytes_max);

}  // namespace seathold
