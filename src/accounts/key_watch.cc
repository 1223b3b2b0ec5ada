#include "src/accounts/key_watch.h"

#include "seathold/time.h"
#include "src/accounts/signed_token.h"

namespace seathold {

bool KeyWatch::IsTime() {
  const std::int64_t now_ns = MonotonicNs();
  std::int64_t next_ns = next_ns_.load(std::memory_order_relaxed);
  return now_ns >= next_ns && next_ns_.compare_exchange_strong(next_ns, now_ns + kPauseNs);
}

void KeyWatch::Look(KeyRing& keys) {
  // Keys that cannot be read now leave those in memory in use.
  if (IsTime()) (void)keys.ReloadIfChanged();
}

bool KeyWatch::Follow(KeyRing& keys, std::string_view text, KeyPurpose purpose) {
  const auto id = ClaimedKeyId(text);
  if (!id || keys.Find(*id, purpose) != nullptr) return false;
  if (!IsTime()) {
    // Another thread may have followed the rotation between the caller's look and this one.
    return keys.Find(*id, purpose) != nullptr;
  }
  const auto changed = keys.ReloadIfChanged();
  return changed.ok() && *changed;
}

}  // namespace seathold
