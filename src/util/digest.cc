#include "src/util/digest.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <string>

#include "src/util/bytes.h"

// The one-shot calls allocate their context, and where they find no memory leave the digest as it
// was. The low-level calls do not.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace seathold {

std::array<std::uint8_t, 32> Sha256(std::span<const std::uint8_t> data) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, data.data(), data.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

std::array<std::uint8_t, 20> Sha1(std::span<const std::uint8_t> data) {
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest;
  SHA_CTX context;
  SHA1_Init(&context);
  SHA1_Update(&context, data.data(), data.size());
  SHA1_Final(digest.data(), &context);
  return digest;
}

Uuid Digest128(std::string_view purpose, std::string_view text) {
  std::string input;
  input.reserve(purpose.size() + 1 + text.size());
  input.append(purpose).push_back('\0');
  input.append(text);
  const auto digest = Sha256(BytesOf(input));
  Uuid out;
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

}  // namespace seathold

#pragma GCC diagnostic pop
