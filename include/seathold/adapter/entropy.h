// Where random bytes come from: the operating system, or a seed for runs that must repeat.
// All implementations are thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "seathold/cxx20.h"

namespace seathold {

class Entropy {
 public:
  virtual ~Entropy() = default;

  // must provide: fills `out`. Keys, salts and ids come from here, so outside tests and
  // demonstrations it must be a cryptographic source.
  virtual void Fill(std::span<std::uint8_t> out) = 0;
};

std::unique_ptr<Entropy> NewSystemEntropy();
// The same bytes for the same seed. For tests and repeatable demonstrations only.
std::unique_ptr<Entropy> NewSeededEntropy(std::uint64_t seed);

}  // namespace seathold
