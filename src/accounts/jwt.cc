#include "src/accounts/jwt.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "src/util/base64url.h"
#include "src/util/bytes.h"
#include "src/util/json.h"

namespace seathold {
namespace {

constexpr std::size_t kHeaderBytesMax = 256;  // ours has 49; parsed before the MAC, so kept small
constexpr std::size_t kNameBytesMax = 255;
constexpr std::int64_t kSecondsMax = 253'402'300'799;  // the end of the year 9999
constexpr std::uint64_t kExactIntegerMax = (std::uint64_t{1} << 53) - 1;  // RFC 8259 section 6
// Nothing we issue nests; whatever the library can take, a forger is not to find out.
constexpr JsonLimits kHeaderLimits{.depth_max = 2, .bytes_max = kHeaderBytesMax, .values_max = 16};
constexpr JsonLimits kPayloadLimits{.depth_max = 8, .bytes_max = kJwtBytesMax, .values_max = 256};

struct Parts {
  std::string_view header, payload, signature, signed_text;
};

std::optional<Parts> Split(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == token.npos || first == last) return std::nullopt;
  const Parts parts{.header = token.substr(0, first),
                    .payload = token.substr(first + 1, last - first - 1),
                    .signature = token.substr(last + 1),
                    .signed_text = token.substr(0, last)};
  if (parts.payload.find('.') != token.npos) return std::nullopt;
  return parts;
}

bool HasByteOrderMark(std::string_view text) { return text.starts_with("\xEF\xBB\xBF"); }

// nullptr unless the member is there as a string.
const std::string* FindString(const Json& object, std::string_view name) {
  const Json* value = object.Find(name);
  return value == nullptr ? nullptr : value->AsString();
}

JwtDenial CheckHeader(std::string_view text, std::uint32_t* key_id) {
  if (HasByteOrderMark(text)) return JwtDenial::kHeaderJson;
  const Result<Json> header = Json::Parse(text, kHeaderLimits);
  if (header.code() == Code::kOutOfMemory) return JwtDenial::kOutOfMemory;
  if (!header.ok() || !header->is_object()) return JwtDenial::kHeaderJson;
  const std::string* alg = FindString(*header, "alg");
  const std::string* typ = FindString(*header, "typ");
  const std::string* kid = FindString(*header, "kid");
  // Names are unique, so three names and these three means no other.
  if (!alg || !typ || !kid || header->members().size() != 3) return JwtDenial::kHeaderParameter;
  if (*alg != "HS256") return JwtDenial::kAlgorithm;
  if (*typ != kJwtType) return JwtDenial::kType;
  *key_id = ParseKeyId(*kid);
  return *key_id == 0 ? JwtDenial::kUnknownKey : JwtDenial::kNone;
}

JwtDenial DecodeHeader(std::string_view part, std::uint32_t* key_id) {
  std::array<std::uint8_t, kHeaderBytesMax> bytes;
  const auto size = DecodeBase64UrlTo(part, bytes);
  if (!size) return JwtDenial::kHeaderEncoding;
  return CheckHeader({reinterpret_cast<const char*>(bytes.data()), *size}, key_id);
}

JwtDenial CheckSignature(const Parts& parts, const HmacKey* key) {
  if (key == nullptr) return JwtDenial::kUnknownKey;
  Mac mac;
  const auto size = DecodeBase64UrlTo(parts.signature, mac);
  if (!size || *size != mac.size()) return JwtDenial::kSignature;
  return key->Verify(BytesOf(parts.signed_text), mac) ? JwtDenial::kNone : JwtDenial::kSignature;
}

// Integers only: 1e9 and 1000.0 are refused as they would be by a strict reader.
bool ReadInteger(const Json& payload, std::string_view name, std::uint64_t max,
                 std::uint64_t* out) {
  const Json* value = payload.Find(name);
  if (value == nullptr || value->kind() != Json::Kind::kInteger) return false;
  const auto number = value->AsUint64();
  if (!number || *number > max) return false;
  *out = *number;
  return true;
}

bool ReadSeconds(const Json& payload, std::string_view name, std::int64_t* out) {
  std::uint64_t seconds = 0;
  if (!ReadInteger(payload, name, kSecondsMax, &seconds)) return false;
  *out = static_cast<std::int64_t>(seconds);
  return true;
}

// The one text of each number: no sign, no leading zero.
bool ReadUser(const Json& payload, UserId* out) {
  const std::string* text = FindString(payload, "sub");
  if (text == nullptr || text->empty() || text->front() == '0') return false;
  const char* end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, out->value);
  return error == std::errc() && at == end;
}

bool ReadId(const Json& payload, Uuid* out) {
  const std::string* text = FindString(payload, "jti");
  const auto id = text == nullptr ? std::nullopt : ParseUuid(*text);
  if (!id) return false;
  *out = *id;
  return true;
}

struct Times {
  std::int64_t issued_s = 0, not_before_s = 0, expires_s = 0;
};

bool ReadTimes(const Json& payload, Times* out) {
  return ReadSeconds(payload, "iat", &out->issued_s) &&
         ReadSeconds(payload, "nbf", &out->not_before_s) &&
         ReadSeconds(payload, "exp", &out->expires_s) && out->not_before_s < out->expires_s &&
         out->issued_s < out->expires_s && out->expires_s - out->issued_s <= kJwtLifetimeMaxS;
}

JwtDenial CheckTimes(const Times& times, TimeUs now) {
  // In microseconds: a whole second of `now` would let a token run up to a second longer.
  const auto us = [](std::int64_t seconds) { return seconds * kUsPerSecond; };
  if (now.value >= us(times.expires_s + kJwtLeewayS)) return JwtDenial::kExpired;
  const std::int64_t starts_s = std::max(times.not_before_s, times.issued_s);
  if (now.value < us(starts_s - kJwtLeewayS)) return JwtDenial::kNotYetValid;
  return JwtDenial::kNone;
}

JwtDenial CheckPayload(std::string_view text, const JwtOptions& options, TimeUs now,
                       AccessClaims* claims) {
  if (HasByteOrderMark(text)) return JwtDenial::kPayloadJson;
  const Result<Json> payload = Json::Parse(text, kPayloadLimits);
  if (payload.code() == Code::kOutOfMemory) return JwtDenial::kOutOfMemory;
  if (!payload.ok() || !payload->is_object()) return JwtDenial::kPayloadJson;
  const std::string* issuer = FindString(*payload, "iss");
  const std::string* audience = FindString(*payload, "aud");  // a list of audiences is not ours
  Times times;
  const bool whole = issuer != nullptr && audience != nullptr && ReadTimes(*payload, &times) &&
                     ReadUser(*payload, &claims->user) && ReadId(*payload, &claims->id) &&
                     ReadInteger(*payload, "ver", kExactIntegerMax, &claims->token_epoch);
  if (!whole) return JwtDenial::kClaim;
  if (*issuer != options.issuer) return JwtDenial::kIssuer;
  if (*audience != options.audience) return JwtDenial::kAudience;
  claims->issued_at = TimeUs{times.issued_s * kUsPerSecond};
  claims->expires_at = TimeUs{times.expires_s * kUsPerSecond};
  return CheckTimes(times, now);
}

JwtDenial Check(std::string_view token, const KeyRing& ring, const JwtOptions& options, TimeUs now,
                AccessClaims* claims) {
  if (token.empty() || token.size() > kJwtBytesMax) return JwtDenial::kSize;
  const auto parts = Split(token);
  if (!parts) return JwtDenial::kShape;
  std::uint32_t key_id = 0;
  JwtDenial denial = DecodeHeader(parts->header, &key_id);
  if (denial != JwtDenial::kNone) return denial;
  denial = CheckSignature(*parts, ring.Find(key_id, KeyPurpose::kAccess));
  if (denial != JwtDenial::kNone) return denial;
  const auto payload = DecodeBase64Url(parts->payload);
  if (!payload) return JwtDenial::kPayloadEncoding;
  return CheckPayload(*payload, options, now, claims);
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && std::ranges::all_of(name, [](char c) {
    return c > ' ' && c <= '~' && c != '"' && c != '\\';
  });
}

// Put together by hand: IsName left nothing that JSON would have to escape.
std::string PayloadText(const JwtOptions& options, const AccessClaims& claims) {
  const std::int64_t issued_s = claims.issued_at.value / kUsPerSecond;
  const std::string issued = std::to_string(issued_s);
  std::string text;
  text.reserve(kNameBytesMax);
  text.append(R"({"iss":")").append(options.issuer);
  text.append(R"(","aud":")").append(options.audience);
  text.append(R"(","sub":")").append(std::to_string(claims.user.value));
  text.append(R"(","jti":")").append(ToString(claims.id));
  text.append(R"(","ver":)").append(std::to_string(claims.token_epoch));
  text.append(R"(,"iat":)").append(issued).append(R"(,"nbf":)").append(issued);
  text.append(R"(,"exp":)").append(std::to_string(issued_s + options.lifetime_s)).append("}");
  return text;
}

std::string HeaderText(std::uint32_t key_id) {
  return R"({"alg":"HS256","kid":")" + KeyIdText(key_id) + R"(","typ":")" + std::string(kJwtType) +
         R"("})";
}

}  // namespace

Result<std::unique_ptr<AccessTokens>> AccessTokens::Create(const KeyRing& ring,
                                                           JwtOptions options) {
  if (!IsName(options.issuer) || !IsName(options.audience)) {
    return Status(Code::kInvalidArgument, "issuer and audience: 1 to 255 printable characters");
  }
  if (options.lifetime_s < 1 || options.lifetime_s > kJwtLifetimeMaxS) {
    return Status(Code::kInvalidArgument, "lifetime of access tokens: 1 s to 24 h");
  }
  return std::unique_ptr<AccessTokens>(new AccessTokens(ring, std::move(options)));
}

Result<std::string> AccessTokens::Sign(UserId user, std::uint64_t token_epoch, const Uuid& id,
                                       TimeUs now) const {
  const std::int64_t now_max_us = (kSecondsMax - kJwtLifetimeMaxS) * kUsPerSecond;
  if (!user || token_epoch > kExactIntegerMax || now.value < 0 || now.value > now_max_us) {
    return Status(Code::kInvalidArgument, "claims of an access token are out of their range");
  }
  const SigningKey key = ring_.current(KeyPurpose::kAccess);
  const AccessClaims claims{
      .user = user, .token_epoch = token_epoch, .id = id, .issued_at = now, .expires_at = {}};
  std::string token = EncodeBase64Url(HeaderText(key.id));
  token.append(".").append(EncodeBase64Url(PayloadText(options_, claims)));
  const Mac mac = key.mac->Sign(token);
  return token.append(".").append(EncodeBase64Url(mac));
}

Result<AccessClaims> AccessTokens::Verify(std::string_view token, TimeUs now,
                                          JwtDenial* denial) const {
  AccessClaims claims;
  const JwtDenial why = Check(token, ring_, options_, now, &claims);
  if (denial != nullptr) *denial = why;
  if (why == JwtDenial::kOutOfMemory) return Code::kOutOfMemory;
  if (why != JwtDenial::kNone) return Code::kAccessDenied;
  return claims;
}

}  // namespace seathold
