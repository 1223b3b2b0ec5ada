// Text seen as bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace seathold {

inline std::span<const std::uint8_t> BytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace seathold
