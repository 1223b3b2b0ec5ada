// Requests as the pages of the host make them.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "bench/web/asks.h"
#include "bench/web/hall.h"

namespace seathold::load {

// Writes requests. Not thread-safe.
class Buyers {
 public:
  Buyers(const Hall& hall, std::uint64_t seed) : hall_(hall), random_(seed) {}

  const Hall& hall() const { return hall_; }
  // Below `bound`, each as likely.
  std::uint32_t Draw(std::uint32_t bound) {
    return std::uniform_int_distribution<std::uint32_t>(0, bound - 1)(random_);
  }
  std::uint32_t AnyBuyer() { return Draw(static_cast<std::uint32_t>(hall_.buyers.size())); }

  Ask Map(std::uint32_t buyer, std::uint32_t evening, std::string_view etag);  // "": in full
  Ask Dates(std::uint32_t buyer);
  Ask Place(std::uint32_t buyer);
  Ask Named(std::uint32_t buyer, std::uint32_t evening, std::uint32_t first, std::uint32_t count);
  Ask Best(std::uint32_t buyer, std::uint32_t evening, std::uint32_t count);
  // Of a hold that was asked for by `held`.
  Ask Cancel(const Ask& held);
  Ask Pay(const Ask& held);
  Ask Find(const Ask& held);

 private:
  // 32 hex digits that begin with the time, as the pages make them.
  std::string NewId();
  std::string Text(std::string_view method, std::string_view path, std::uint32_t buyer,
                   std::string_view body) const;
  std::string HoldPath(const Ask& held) const;
  std::uint64_t IdOf(std::uint32_t evening) const { return hall_.evenings[evening]; }

  const Hall& hall_;
  std::mt19937_64 random_;
};

}  // namespace seathold::load
