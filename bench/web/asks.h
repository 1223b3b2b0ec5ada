// What the load consists of: one request of one buyer, ready to be sent, and what came back.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace seathold::load {

enum class Kind : std::uint8_t {
  kMap,        // of a browser that has an older one: its ETag goes with it
  kMapInFull,  // of a browser that has none
  kDates,
  kPlace,  // in the waiting line
  kNamed,  // a hold of seats that the buyer chose
  kBest,   // a hold of seats that the house chooses
  kCancel,
  kPay,
  kFind,  // a hold, by its id
};
inline constexpr std::size_t kKinds = 9;

constexpr std::string_view NameOf(Kind kind) {
  constexpr std::array<std::string_view, kKinds> kNames = {
      "map", "map in full", "dates", "place", "named hold", "best hold", "cancel", "pay", "find"};
  return kNames[static_cast<std::size_t>(kind)];
}

struct Ask {
  Kind kind = Kind::kMap;
  std::uint32_t buyer = 0;
  std::uint32_t evening = 0;  // index of the performance
  std::string hold, payment;  // ids in hex, where there are any
  std::string text;           // as it goes over the wire
  std::int64_t due_ns = 0;    // when it was meant to be sent, MonotonicNs
};

struct Heard {
  int status = 0;  // 0: the connection ended before a whole reply came
  std::string_view head, body;

  // The value of a field, by its name as the host writes it; empty when there is none.
  std::string_view field(std::string_view name) const;
};

}  // namespace seathold::load
