// Follows a key rotation that another process made: a text that names an unknown key is a reason to
// look at the key file, at most ten times a second, or forged texts would buy system calls.
// Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "src/accounts/key_ring.h"

namespace seathold {

class KeyWatch {
 public:
  // True: the ring has new keys, so verifying `text` again may succeed.
  bool Follow(KeyRing& keys, std::string_view text, KeyPurpose purpose);
  // The same for a text that is known to name an unknown key. Verify it again, whatever comes of
  // this: another thread may have looked meanwhile.
  void Look(KeyRing& keys);

 private:
  // True once in a while, for one thread.
  bool IsTime();

  static constexpr std::int64_t kPauseNs = 100'000'000;
  std::atomic<std::int64_t> next_ns_{0};
};

}  // namespace seathold
