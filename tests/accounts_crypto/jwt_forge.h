// Makes tokens that AccessTokens would never make. Signs with OpenSSL's own HMAC, so that nothing
// of the code under test vouches for itself.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>
#include <string>
#include <string_view>

#include "src/accounts/jwt.h"
#include "src/accounts/key_ring.h"
#include "src/util/base64url.h"

namespace seathold::testing {

inline constexpr std::uint32_t kJwtKeyId = 0x00C0FFEE;
inline constexpr std::string_view kJwtSecret = "0123456789abcdef0123456789abcdef";
inline constexpr std::int64_t kIssuedS = 1'700'000'000;
inline constexpr TimeUs kIssued{kIssuedS * kUsPerSecond};

inline std::string OpenSslHmac(std::string_view key, std::string_view data) {
  unsigned char mac[32];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(), mac, &size);
  return {reinterpret_cast<const char*>(mac), size};
}

inline std::string AccessSubkey(std::string_view secret) {
  return OpenSslHmac(secret, "seathold/access-token");
}

inline std::unique_ptr<KeyRing> JwtRing() {
  return KeyRing::FromHost({.keys = {{kJwtKeyId, kJwtSecret}}, .current = kJwtKeyId, .stable = {}})
      .value();
}

inline std::string SignRaw(std::string_view header, std::string_view payload,
                           std::string_view subkey) {
  std::string token = EncodeBase64Url(header) + "." + EncodeBase64Url(payload);
  return token + "." + EncodeBase64Url(OpenSslHmac(subkey, token));
}

inline std::string GoodHeader() { return R"({"alg":"HS256","kid":"00c0ffee","typ":"at+jwt"})"; }

// A payload in which one member is replaced: `value` is JSON text, empty = the member is left out.
inline std::string PayloadWith(std::string_view name = {}, std::string_view value = {}) {
  const std::pair<std::string_view, std::string_view> members[] = {
      {"iss", R"("seathold")"},
      {"aud", R"("seathold")"},
      {"sub", R"("42")"},
      {"jti", R"("01890a5d-ac96-774b-bcce-b302099a8057")"},
      {"ver", "7"},
      {"iat", "1700000000"},
      {"nbf", "1700000000"},
      {"exp", "1700000900"}};
  std::string text = "{";
  for (const auto& [key, standard] : members) {
    const std::string_view chosen = key == name ? value : standard;
    if (chosen.empty()) continue;
    if (text.size() > 1) text += ",";
    text.append("\"").append(key).append("\":").append(chosen);
  }
  return text + "}";
}

// Right MAC, whatever the parts say.
inline std::string Forge(std::string_view header, std::string_view payload) {
  return SignRaw(header, payload, AccessSubkey(kJwtSecret));
}

inline std::string_view NameOf(JwtDenial denial) {
  static constexpr std::string_view kNames[] = {
      "none",      "size",   "shape",       "header encoding", "header json",  "parameter",
      "algorithm", "type",   "unknown key", "signature",       "payload enc",  "payload json",
      "claim",     "issuer", "audience",    "expired",         "not yet valid"};
  return kNames[static_cast<std::size_t>(denial)];
}
inline void PrintTo(JwtDenial denial, std::ostream* out) { *out << NameOf(denial); }

}  // namespace seathold::testing

namespace seathold {
using testing::PrintTo;  // where GoogleTest looks for it
}
