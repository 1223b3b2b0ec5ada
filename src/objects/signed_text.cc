// A short text inside its object.
#include <cassert>
#include <cstring>

#include "seathold/queue_manager.h"

namespace seathold {

SignedText::SignedText(std::string_view text) : size_(static_cast<std::uint8_t>(text.size())) {
  assert(text.size() <= sizeof text_);
  std::memcpy(text_, text.data(), size_);
}

}  // namespace seathold
