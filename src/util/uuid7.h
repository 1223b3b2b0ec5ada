// Makes UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then a counter and random bits, so that
// ids made later sort later. Thread-safe.
#pragma once

#include "seathold/adapter/entropy.h"
#include "seathold/ids.h"
#include "seathold/time.h"
#include "src/util/mutex.h"

namespace seathold {

class Uuid7 {
 public:
  explicit Uuid7(Entropy& entropy) : entropy_(entropy) {}
  Uuid Next(TimeUs now);

 private:
  Entropy& entropy_;
  Mutex mutex_;
  std::int64_t last_ms_ GUARDED_BY(mutex_) = 0;
  std::uint32_t counter_ GUARDED_BY(mutex_) = 0;  // of ids made in one millisecond, 12 bits
};

}  // namespace seathold
