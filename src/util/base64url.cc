#include "src/util/base64url.h"

#include <array>

#include "src/util/bytes.h"

namespace seathold {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kBad = 0x80;  // survives an OR, so that one test covers a whole group

constexpr std::array<std::uint8_t, 256> MakeValues() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kBad);
  for (std::uint8_t i = 0; i < 64; ++i) values[static_cast<std::uint8_t>(kAlphabet[i])] = i;
  return values;
}
constexpr auto kValues = MakeValues();

std::uint32_t ValueAt(std::string_view text, std::size_t at) {
  return kValues[static_cast<std::uint8_t>(text[at])];
}

// The last two or three characters: one or two bytes, and the bits left over must be zero.
bool DecodeTail(std::string_view tail, std::uint8_t* out) {
  if (tail.empty()) return true;
  const std::uint32_t a = ValueAt(tail, 0);
  const std::uint32_t b = ValueAt(tail, 1);
  const std::uint32_t c = tail.size() == 3 ? ValueAt(tail, 2) : 0;
  if (((a | b | c) & kBad) != 0) return false;
  out[0] = static_cast<std::uint8_t>(a << 2 | b >> 4);
  if (tail.size() == 2) return (b & 15) == 0;
  out[1] = static_cast<std::uint8_t>(b << 4 | c >> 2);
  return (c & 3) == 0;
}

}  // namespace

void EncodeBase64UrlTo(std::span<const std::uint8_t> bytes, char* out) {
  std::size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3) {
    const std::uint32_t group = static_cast<std::uint32_t>(bytes[at]) << 16 |
                                static_cast<std::uint32_t>(bytes[at + 1]) << 8 | bytes[at + 2];
    *out++ = kAlphabet[group >> 18];
    *out++ = kAlphabet[group >> 12 & 63];
    *out++ = kAlphabet[group >> 6 & 63];
    *out++ = kAlphabet[group & 63];
  }
  const std::size_t left = bytes.size() - at;
  if (left == 0) return;
  const std::uint32_t second = left == 2 ? bytes[at + 1] : 0u;
  *out++ = kAlphabet[bytes[at] >> 2];
  *out++ = kAlphabet[(bytes[at] & 3u) << 4 | second >> 4];
  if (left == 2) *out++ = kAlphabet[(second & 15u) << 2];
}

std::string EncodeBase64Url(std::span<const std::uint8_t> bytes) {
  std::string text(Base64UrlSize(bytes.size()), '\0');
  EncodeBase64UrlTo(bytes, text.data());
  return text;
}

std::string EncodeBase64Url(std::string_view bytes) { return EncodeBase64Url(BytesOf(bytes)); }

std::optional<std::size_t> DecodeBase64UrlTo(std::string_view text, std::span<std::uint8_t> out) {
  const std::size_t tail = text.size() % 4;
  const std::size_t size = text.size() / 4 * 3 + tail * 3 / 4;
  if (tail == 1 || size > out.size()) return std::nullopt;
  std::uint8_t* to = out.data();
  for (std::size_t at = 0; at + 4 <= text.size(); at += 4) {
    const std::uint32_t a = ValueAt(text, at), b = ValueAt(text, at + 1);
    const std::uint32_t c = ValueAt(text, at + 2), d = ValueAt(text, at + 3);
    if (((a | b | c | d) & kBad) != 0) return std::nullopt;
    *to++ = static_cast<std::uint8_t>(a << 2 | b >> 4);
    *to++ = static_cast<std::uint8_t>(b << 4 | c >> 2);
    *to++ = static_cast<std::uint8_t>(c << 6 | d);
  }
  if (!DecodeTail(text.substr(text.size() - tail), to)) return std::nullopt;
  return size;
}

std::optional<std::string> DecodeBase64Url(std::string_view text) {
  std::string bytes(text.size(), '\0');
  const auto size =
      DecodeBase64UrlTo(text, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  if (!size) return std::nullopt;
  bytes.resize(*size);
  return bytes;
}

}  // namespace seathold
