// Randomness from the kernel, and from a seed for tests.
#include "seathold/adapter/entropy.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <random>

namespace seathold {
namespace {

// The kernel's, not OpenSSL's: that one allocates at the first use of every thread, and fails where
// memory is short.
class SystemEntropy final : public Entropy {
 public:
  void Fill(std::span<std::uint8_t> out) override {
    while (!out.empty()) {
      const ssize_t n = ::getrandom(out.data(), out.size(), 0);
      if (n > 0) out = out.subspan(static_cast<std::size_t>(n));
      // A kernel without it: there is no safe way on, ids would repeat and keys could be guessed.
      if (n < 0 && errno != EINTR) std::abort();
    }
  }
};

class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) : engine_(seed) {}

  void Fill(std::span<std::uint8_t> out) override {
    const std::lock_guard lock(mutex_);
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(engine_() >> 56);
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;  // guarded by mutex_
};

}  // namespace

std::unique_ptr<Entropy> NewSystemEntropy() { return std::make_unique<SystemEntropy>(); }
std::unique_ptr<Entropy> NewSeededEntropy(std::uint64_t seed) {
  return std::make_unique<SeededEntropy>(seed);
}

}  // namespace seathold
