// UUIDs as text and back; ids from texts of somebody else's.
#include "seathold/ids.h"

#include "src/util/digest.h"

namespace seathold {
namespace {

constexpr bool DashBefore(std::size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string ToString(const Uuid& id) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (DashBefore(i)) text.push_back('-');
    text.push_back(kHex[id[i] >> 4]);
    text.push_back(kHex[id[i] & 15]);
  }
  return text;
}

std::optional<Uuid> ParseUuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid id{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (DashBefore(i) && text[at++] != '-') return std::nullopt;
    const int high = HexValue(text[at]);
    const int low = HexValue(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id[i] = static_cast<std::uint8_t>(high << 4 | low);
    at += 2;
  }
  return id;
}

std::optional<Uuid> IdFromText(std::string_view text) {
  if (text.empty() || text.size() > kIdTextBytesMax) return std::nullopt;
  Uuid id = Digest128("seathold.id_from_text", text);
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0F) | 0x80);  // version 8
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3F) | 0x80);  // variant of RFC 9562
  return id;
}

}  // namespace seathold
