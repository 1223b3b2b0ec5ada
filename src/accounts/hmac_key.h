// An HMAC-SHA256 key made ready for use.
//
// The two hash states that only depend on the key are computed once; a MAC then costs two blocks of
// SHA-256, takes no lock, allocates nothing and leaves nothing behind in the thread. Constant after
// construction: any number of threads may use one key. The memory is wiped on destruction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace seathold {

inline constexpr std::size_t kMacBytes = 32;
// A key shorter than the digest weakens the MAC (RFC 7518 section 3.2).
inline constexpr std::size_t kKeyBytesMin = 32;

using Mac = std::array<std::uint8_t, kMacBytes>;

class HmacKey {
 public:
  // REQUIRES: key.size() >= kKeyBytesMin. Whoever takes a key from outside has refused a short one.
  explicit HmacKey(std::span<const std::uint8_t> key);
  ~HmacKey();
  HmacKey(const HmacKey&) = delete;
  HmacKey& operator=(const HmacKey&) = delete;

  Mac Sign(std::span<const std::uint8_t> data) const noexcept;
  Mac Sign(std::string_view data) const noexcept;
  // In time that does not depend on the bytes. False when `mac` is not exactly kMacBytes long.
  bool Verify(std::span<const std::uint8_t> data, std::span<const std::uint8_t> mac) const noexcept;

 private:
  static constexpr std::size_t kStateBytes = 112;  // of OpenSSL's SHA256_CTX, asserted where used
  using State = std::array<std::uint8_t, kStateBytes>;

  alignas(8) State inner_;
  alignas(8) State outer_;
};

// Overwrites `size` bytes in a way that the compiler keeps.
void WipeMemory(void* at, std::size_t size) noexcept;

}  // namespace seathold
