// Access tokens: JSON Web Tokens (RFC 7519) in the one form that this library issues and accepts.
//
// HS256 and nothing else, over the key ring's access subkey. The header has exactly `alg`, `kid`
// and `typ`; any other parameter (crit, b64, jku, jwk, x5u, x5c, ...) is refused unread. The MAC is
// verified before the payload is decoded. Everything fails closed, with one code.
//
// Thread rule: constant after construction; any thread may call anything. The ring must outlive it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "seathold/ids.h"
#include "seathold/status.h"
#include "seathold/time.h"
#include "src/accounts/key_ring.h"

namespace seathold {

inline constexpr std::size_t kJwtBytesMax = 8'192;  // checked before anything is split or decoded
inline constexpr std::int64_t kJwtLeewayS = 60;
inline constexpr std::int64_t kJwtLifetimeS = 900;
inline constexpr std::int64_t kJwtLifetimeMaxS = 86'400;
inline constexpr std::string_view kJwtType = "at+jwt";  // RFC 9068: cannot pass for another token

struct JwtOptions {
  // 1 .. 255 printable ASCII characters without " and \. Compared whole and byte by byte.
  std::string issuer = "seathold";
  std::string audience = "seathold";
  std::int64_t lifetime_s = kJwtLifetimeS;  // 1 .. kJwtLifetimeMaxS
};

struct AccessClaims {
  UserId user;
  std::uint64_t token_epoch =
      0;                // `ver`, 0 .. 2^53 - 1; an older one than the account's is revoked
  Uuid id{};            // `jti`
  TimeUs issued_at{};   // whole seconds
  TimeUs expires_at{};  // whole seconds
};

// Why a token was denied, in the order in which it is decided. For tests and counters: callers hear
// kAccessDenied, whatever it is.
enum class JwtDenial : std::uint8_t {
  kNone,
  kSize,             // empty, or over kJwtBytesMax
  kShape,            // not three parts
  kHeaderEncoding,   // not strict base64url, or too long
  kHeaderJson,       // not a JSON object in UTF-8 with each name once
  kHeaderParameter,  // one more, one less, or of another type than it has to be
  kAlgorithm,
  kType,
  kUnknownKey,
  kSignature,
  kPayloadEncoding,
  kPayloadJson,
  kClaim,  // absent, of another type, or out of its range
  kIssuer,
  kAudience,
  kExpired,
  kNotYetValid,
  kOutOfMemory,  // not looked at
};

class AccessTokens {
 public:
  // kInvalidArgument: an option out of its range.
  static Result<std::unique_ptr<AccessTokens>> Create(const KeyRing& ring, JwtOptions options = {});

  // Signs with the ring's current key; the token runs from the second of `now` for lifetime_s.
  // `id` comes from Entropy. kInvalidArgument: no user, an epoch or a time out of its range.
  Result<std::string> Sign(UserId user, std::uint64_t token_epoch, const Uuid& id,
                           TimeUs now) const;
  // kAccessDenied for every token that is not whole, ours and running at `now` (+- kJwtLeewayS).
  // The caller still compares `token_epoch` with the account's. `denial` may be null.
  Result<AccessClaims> Verify(std::string_view token, TimeUs now,
                              JwtDenial* denial = nullptr) const;

 private:
  AccessTokens(const KeyRing& ring, JwtOptions options)
      : ring_(ring), options_(std::move(options)) {}

  const KeyRing& ring_;
  const JwtOptions options_;
};

}  // namespace seathold
