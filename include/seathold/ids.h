// Strong identifiers.
//
// Ids of the catalogue are 64-bit and given by the engine. Ids that name an attempt (a hold, a
// transfer) are 128-bit, made by the caller, and serve as idempotency keys: the same id sent again
// is the same attempt. Plain values; every function here is thread-safe.
//
//   const UserId ann{7};                          // the host's own number
//   const HoldId hold = engine->NewHoldId();      // made before the first try, kept for the next
//   const TransferId paid{*IdFromText("pi_3Nx")};  // a payment provider's number
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "seathold/cxx20.h"

namespace seathold {

// Of any version; the bytes in the order in which they are printed.
using Uuid = std::array<std::uint8_t, 16>;

constexpr bool SameId(std::uint64_t a, std::uint64_t b) { return a == b; }
// In two halves: compilers call a function to compare 16 bytes.
constexpr bool SameId(const Uuid& a, const Uuid& b) {
  const auto x = std::bit_cast<std::array<std::uint64_t, 2>>(a);
  const auto y = std::bit_cast<std::array<std::uint64_t, 2>>(b);
  return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}

// A value of type Rep that cannot be mixed up with an id of another kind. Zero is "no id".
template <class Tag, class Rep>
struct Id {
  Rep value{};

  auto operator<=>(const Id&) const = default;
  constexpr bool operator==(const Id& other) const { return SameId(value, other.value); }
  explicit operator bool() const { return !SameId(value, Rep{}); }
};

// Users: the top bit clear = the host's own number, set = given by the engine (Accounts).
using UserId = Id<struct UserTag, std::uint64_t>;
using VenueId = Id<struct VenueTag, std::uint64_t>;
using ShowId = Id<struct ShowTag, std::uint64_t>;
using PerformanceId = Id<struct PerformanceTag, std::uint64_t>;
using HoldId = Id<struct HoldTag, Uuid>;
using TransferId = Id<struct TransferTag, Uuid>;

// Set in ids that Accounts gave. A host that numbers its users itself leaves it clear.
inline constexpr std::uint64_t kEngineUserBit = std::uint64_t{1} << 63;

// A seat of a venue: (venue << 20) | ordinal. The ordinal counts the venue's seats from 0 in the
// order of the plan, so it also is the seat's place in a map.
using SeatId = Id<struct SeatTag, std::uint64_t>;
inline constexpr int kSeatOrdinalBits = 20;
inline constexpr std::uint32_t kSeatsPerVenueMax = 1u << kSeatOrdinalBits;

// Between a plan's ordinals and the ids of seats. No check: the venue and the ordinal are believed.
constexpr SeatId MakeSeatId(VenueId venue, std::uint32_t ordinal) {
  return SeatId{(venue.value << kSeatOrdinalBits) | ordinal};
}
constexpr VenueId VenueOf(SeatId seat) { return VenueId{seat.value >> kSeatOrdinalBits}; }
constexpr std::uint32_t OrdinalOf(SeatId seat) {
  return static_cast<std::uint32_t>(seat.value & (kSeatsPerVenueMax - 1));
}

// For logs, pages and other programs: "01890a5d-ac96-774b-bcce-b302099a8057".
std::string ToString(const Uuid& id);
// Accepts the 36-character form in either case; anything else is nullopt.
std::optional<Uuid> ParseUuid(std::string_view text);

// The id that stands for a text of somebody else's, such as a payment provider's number of a
// payment: whoever is told of it first and second (the buyer's browser coming back, the provider's
// webhook) sends the same id, and it happens once. 1 .. 200 bytes of any kind, compared byte by
// byte: nothing is trimmed, folded or normalised; anything else is nullopt. The same in every
// language and release: a UUIDv8 with 122 bits of SHA-256(its purpose, NUL, text). Two texts share
// an id by chance with odds of 1 in 10^13 among a million million of them; who wants to make two
// that do needs 2^61 hashes, and the second one then answers kIdempotencyMismatch. Not keyed: who
// knows the text knows the id. Transfers of every kind have one space of ids: where one text stands
// for a charge and a refund, put the kind in front of it ("refund:pi_3Nx").
inline constexpr std::size_t kIdTextBytesMax = 200;
std::optional<Uuid> IdFromText(std::string_view text);

}  // namespace seathold

template <class Tag>
struct std::hash<seathold::Id<Tag, std::uint64_t>> {
  std::size_t operator()(const seathold::Id<Tag, std::uint64_t>& id) const noexcept {
    return static_cast<std::size_t>(id.value * 0x9E3779B97F4A7C15ull);
  }
};
template <class Tag>
struct std::hash<seathold::Id<Tag, seathold::Uuid>> {
  std::size_t operator()(const seathold::Id<Tag, seathold::Uuid>& id) const noexcept {
    std::uint64_t halves[2];
    std::memcpy(halves, id.value.data(), sizeof halves);
    return static_cast<std::size_t>((halves[0] ^ (halves[1] * 0x9E3779B97F4A7C15ull)) *
                                    0xD6E8FEB86659FD93ull);
  }
};
