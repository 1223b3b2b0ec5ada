#include "seathold/entropy.h"

#include <openssl/rand.h>

#include <cstdlib>
#include <mutex>
#include <random>

namespace seathold {
namespace {

class SystemEntropy final : public Entropy {
 public:
  void Fill(std::span<std::uint8_t> out) override {
    // Without randomness there is no safe way on: ids would repeat and keys could be guessed.
    if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) std::abort();
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
