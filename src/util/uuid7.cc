#include "src/util/uuid7.h"

#include <algorithm>

namespace seathold {

Uuid Uuid7::Next(TimeUs now) {
  Uuid id;
  entropy_.Fill(id);
  const MutexLock lock(mutex_);
  const std::int64_t ms = std::max(last_ms_, now.value / kUsPerMs);
  counter_ = ms == last_ms_ ? counter_ + 1 : 0;
  last_ms_ = ms;
  if (counter_ > 0xFFF) {  // 4,096 ids in one millisecond: borrow the next one
    counter_ = 0;
    ++last_ms_;
  }
  for (int i = 0; i < 6; ++i)
    id[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(last_ms_ >> (40 - 8 * i));
  id[6] = static_cast<std::uint8_t>(0x70 | counter_ >> 8);
  id[7] = static_cast<std::uint8_t>(counter_);
  id[8] = static_cast<std::uint8_t>(0x80 | (id[8] & 0x3F));
  return id;
}

}  // namespace seathold
