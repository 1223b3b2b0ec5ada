#include "src/accounts/signed_token.h"

#include <array>
#include <cstring>
#include <span>

#include "src/util/base64url.h"

namespace seathold {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kBodyBytes = 38;
constexpr std::size_t kTokenBytes = kBodyBytes + kMacBytes;
static_assert(Base64UrlSize(kTokenBytes) == kSignedTokenSize);

using TokenBytes = std::array<std::uint8_t, kTokenBytes>;

enum class Type : std::uint8_t { kPlace = 1, kPass = 2 };

constexpr KeyPurpose PurposeOf(Type type) {
  return type == Type::kPlace ? KeyPurpose::kPlace : KeyPurpose::kPass;
}

struct Body {
  Type type;
  std::uint32_t key_id = 0;
  std::uint64_t show = 0, user = 0, sequence = 0, time_us = 0;
};

template <class T>
std::uint8_t* Put(std::uint8_t* at, T value) {
  for (std::size_t i = sizeof(T); i-- > 0;) *at++ = static_cast<std::uint8_t>(value >> (8 * i));
  return at;
}

template <class T>
const std::uint8_t* Take(const std::uint8_t* at, T& value) {
  value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(value << 8 | *at++);
  return at;
}

std::span<const std::uint8_t> BodyOf(const TokenBytes& bytes) {
  return std::span(bytes).first(kBodyBytes);
}

std::string SignBody(const KeyRing& ring, Body body) {
  const SigningKey key = ring.current(PurposeOf(body.type));
  TokenBytes bytes;
  bytes[0] = kVersion;
  bytes[1] = static_cast<std::uint8_t>(body.type);
  std::uint8_t* at = Put(bytes.data() + 2, key.id);
  at = Put(at, body.show);
  at = Put(at, body.user);
  at = Put(at, body.sequence);
  at = Put(at, body.time_us);
  const Mac mac = key.mac->Sign(BodyOf(bytes));
  std::memcpy(at, mac.data(), mac.size());
  return EncodeBase64Url(bytes);
}

bool Decode(std::string_view text, TokenBytes& bytes) {
  return text.size() == kSignedTokenSize && DecodeBase64UrlTo(text, bytes).has_value() &&
         bytes[0] == kVersion;
}

// Reads all but the type, which the caller has compared.
void ReadBody(const TokenBytes& bytes, Body& body) {
  const std::uint8_t* at = Take(bytes.data() + 2, body.key_id);
  at = Take(at, body.show);
  at = Take(at, body.user);
  at = Take(at, body.sequence);
  Take(at, body.time_us);
}

bool VerifyBody(const KeyRing& ring, std::string_view text, Body& body) {
  TokenBytes bytes;
  if (!Decode(text, bytes) || bytes[1] != static_cast<std::uint8_t>(body.type)) return false;
  ReadBody(bytes, body);
  const HmacKey* key = ring.Find(body.key_id, PurposeOf(body.type));
  return key != nullptr && key->Verify(BodyOf(bytes), std::span(bytes).subspan(kBodyBytes));
}

}  // namespace

std::string Sign(const KeyRing& ring, const PlaceToken& place) {
  return SignBody(ring, {.type = Type::kPlace,
                         .show = place.show.value,
                         .user = place.user.value,
                         .sequence = place.sequence.value,
                         .time_us = static_cast<std::uint64_t>(place.issued_at.value)});
}

std::string Sign(const KeyRing& ring, const Pass& pass) {
  return SignBody(ring, {.type = Type::kPass,
                         .show = pass.show.value,
                         .user = pass.user.value,
                         .sequence = pass.sequence.value,
                         .time_us = static_cast<std::uint64_t>(pass.admitted_until.value)});
}

Result<PlaceToken> VerifyPlace(const KeyRing& ring, std::string_view text) {
  Body body{.type = Type::kPlace};
  if (!VerifyBody(ring, text, body)) return Code::kTokenInvalid;
  return PlaceToken{.show = {body.show},
                    .user = {body.user},
                    .sequence = {body.sequence},
                    .issued_at = {static_cast<std::int64_t>(body.time_us)}};
}

Result<Pass> VerifyPass(const KeyRing& ring, std::string_view text) {
  Body body{.type = Type::kPass};
  if (!VerifyBody(ring, text, body)) return Code::kPassInvalid;
  return Pass{.show = {body.show},
              .user = {body.user},
              .sequence = {body.sequence},
              .admitted_until = {static_cast<std::int64_t>(body.time_us)}};
}

std::optional<std::uint32_t> ClaimedKeyId(std::string_view text) {
  TokenBytes bytes;
  if (!Decode(text, bytes)) return std::nullopt;
  std::uint32_t id = 0;
  Take(bytes.data() + 2, id);
  return id;
}

}  // namespace seathold
