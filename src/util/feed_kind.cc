// The names of what a feed tells, for programs and other languages.
#include <array>
#include <string_view>

#include "seathold/types.h"

namespace seathold {

std::string_view FeedKindName(FeedKind kind) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "unknown", "held", "confirmed", "cancelled", "expired", "refunded", "blocked", "unblocked"};
  const auto number = static_cast<std::size_t>(kind);
  return kNames[number < kNames.size() ? number : 0];
}

}  // namespace seathold
