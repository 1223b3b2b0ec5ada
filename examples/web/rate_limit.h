// How often one address may do something: a bucket of `burst` that fills again over a minute.
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "src/util/mutex.h"

namespace seathold::web {

class RateLimit {
 public:
  static constexpr std::size_t kAddressesMax = 65'536;

  // 0 a minute: no limit.
  explicit RateLimit(int per_minute) : per_minute_(per_minute) {}

  // 0, and one is taken; or how many seconds to wait for the next.
  int Take(std::string_view address, std::int64_t now_ns);

 private:
  struct Bucket {
    double left = 0;
    std::int64_t as_of_ns = 0;
  };
  double LeftAt(const Bucket& bucket, std::int64_t now_ns) const;
  void ForgetTheFull(std::int64_t now_ns) REQUIRES(mutex_);

  const int per_minute_;
  Mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_ GUARDED_BY(mutex_);
};

// Whom an address stands for: itself, or its /64 where it is IPv6, of which one household has all.
std::string Household(std::string_view address);

}  // namespace seathold::web
