#include "src/util/digest.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <string>

#include "src/util/bytes.h"

namespace seathold {

Uuid Digest128(std::string_view purpose, std::string_view text) {
  std::string input;
  input.reserve(purpose.size() + 1 + text.size());
  input.append(purpose).push_back('\0');
  input.append(text);
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256(BytesOf(input).data(), input.size(), digest.data());
  Uuid out;
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

}  // namespace seathold
