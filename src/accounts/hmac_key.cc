#include "src/accounts/hmac_key.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <type_traits>

#include "src/util/bytes.h"
#include "src/util/digest.h"

// The low-level SHA-256 calls are the only ones whose state is a plain value that can be computed
// once and copied. EVP_MAC contexts live on the heap, are not safe to share, and kept per thread
// they outlive dlclose and race OpenSSL's own exit handler.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace seathold {
namespace {

constexpr std::size_t kBlockBytes = SHA256_CBLOCK;
using Block = std::array<std::uint8_t, kBlockBytes>;

Block PadKey(std::span<const std::uint8_t> key) {
  Block block{};
  if (key.size() > block.size()) {
    std::ranges::copy(Sha256(key), block.begin());
  } else {
    std::memcpy(block.data(), key.data(), key.size());
  }
  return block;
}

void Absorb(const Block& key, std::uint8_t mask, std::uint8_t* state) {
  Block masked;
  for (std::size_t i = 0; i < masked.size(); ++i) {
    masked[i] = static_cast<std::uint8_t>(key[i] ^ mask);
  }
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, masked.data(), masked.size());
  std::memcpy(state, &context, sizeof context);
  WipeMemory(&context, sizeof context);
  WipeMemory(masked.data(), masked.size());
}

void Finish(const std::uint8_t* state, std::span<const std::uint8_t> data, Mac& out) {
  SHA256_CTX context;
  std::memcpy(&context, state, sizeof context);
  SHA256_Update(&context, data.data(), data.size());
  SHA256_Final(out.data(), &context);  // wipes the context's buffer
}

}  // namespace

HmacKey::HmacKey(std::span<const std::uint8_t> key) {
  static_assert(sizeof(SHA256_CTX) == kStateBytes && alignof(SHA256_CTX) <= 8);
  static_assert(std::is_trivially_copyable_v<SHA256_CTX>);
  assert(key.size() >= kKeyBytesMin);
  Block block = PadKey(key);
  Absorb(block, 0x36, inner_.data());
  Absorb(block, 0x5C, outer_.data());
  WipeMemory(block.data(), block.size());
}

HmacKey::~HmacKey() {
  WipeMemory(inner_.data(), inner_.size());
  WipeMemory(outer_.data(), outer_.size());
}

Mac HmacKey::Sign(std::span<const std::uint8_t> data) const noexcept {
  Mac digest, mac;
  Finish(inner_.data(), data, digest);
  Finish(outer_.data(), digest, mac);
  return mac;
}

Mac HmacKey::Sign(std::string_view data) const noexcept { return Sign(BytesOf(data)); }

bool HmacKey::Verify(std::span<const std::uint8_t> data,
                     std::span<const std::uint8_t> mac) const noexcept {
  if (mac.size() != kMacBytes) return false;
  const Mac expected = Sign(data);
  return CRYPTO_memcmp(expected.data(), mac.data(), kMacBytes) == 0;
}

void WipeMemory(void* at, std::size_t size) noexcept { OPENSSL_cleanse(at, size); }

}  // namespace seathold

#pragma GCC diagnostic pop
