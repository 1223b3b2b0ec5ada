#include "examples/web/rate_limit.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>

namespace seathold::web {

double RateLimit::LeftAt(const Bucket& bucket, std::int64_t now_ns) const {
  const double minutes = static_cast<double>(now_ns - bucket.as_of_ns) / 60e9;
  return std::min<double>(per_minute_, bucket.left + minutes * per_minute_);
}

// Bounded, whoever comes: a bucket that is full again says no more than one that is not there.
void RateLimit::ForgetTheFull(std::int64_t now_ns) {
  std::erase_if(buckets_,
                [&](const auto& entry) { return LeftAt(entry.second, now_ns) >= per_minute_; });
  if (buckets_.size() >= kAddressesMax) buckets_.clear();
}

int RateLimit::Take(std::string_view address, std::int64_t now_ns) {
  if (per_minute_ == 0) return 0;
  const MutexLock lock(mutex_);
  if (buckets_.size() >= kAddressesMax) ForgetTheFull(now_ns);
  const auto [entry, fresh] =
      buckets_.try_emplace(Household(address), Bucket{static_cast<double>(per_minute_), now_ns});
  Bucket& bucket = entry->second;
  bucket = {LeftAt(bucket, now_ns), now_ns};
  if (bucket.left >= 1) {
    bucket.left -= 1;
    return 0;
  }
  return static_cast<int>(std::ceil((1 - bucket.left) * 60 / per_minute_));
}

std::string Household(std::string_view address) {
  const std::string text(address);
  in6_addr parsed{};
  if (inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return text;
  return {reinterpret_cast<const char*>(parsed.s6_addr), 8};
}

}  // namespace seathold::web
