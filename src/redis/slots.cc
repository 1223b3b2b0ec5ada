#include "src/redis/slots.h"

namespace seathold {
namespace {

constexpr std::string_view kNobody = "?";

// CRC-16 as XMODEM has it.
std::uint16_t Crc16(std::string_view text) {
  unsigned crc = 0;
  for (const char c : text) {
    crc ^= static_cast<unsigned>(static_cast<unsigned char>(c)) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return static_cast<std::uint16_t>(crc);
}

// The ip among what a node tells behind host, port and id: pairs of name and value.
std::string_view IpOf(const RedisReply& node) {
  if (node.items.size() < 4) return "";
  const std::vector<RedisReply>& told = node.items[3].items;
  for (std::size_t i = 0; i + 1 < told.size(); i += 2) {
    if (told[i].text == "ip") return told[i + 1].text;
  }
  return "";
}

bool IsSlot(std::int64_t n) { return n >= 0 && n < static_cast<std::int64_t>(kRedisSlots); }

std::optional<RedisAddress> ReadNode(const RedisReply& node, const RedisAddress& asked) {
  if (node.items.size() < 3) return std::nullopt;
  const std::int64_t port = node.items[1].integer;
  if (port < 1 || port > 65'535) return std::nullopt;
  std::string_view host = node.items[0].text;  // nil reads as ""
  if (host == kNobody) {
    host = IpOf(node);
    if (host.empty()) return std::nullopt;
  }
  return RedisAddress{host.empty() ? asked.host : std::string(host),
                      static_cast<std::uint16_t>(port)};
}

}  // namespace

std::size_t RedisSlotOf(std::string_view key) {
  const std::size_t open = key.find('{');
  if (open != key.npos) {
    const std::size_t close = key.find('}', open + 1);
    if (close != key.npos && close != open + 1) key = key.substr(open + 1, close - open - 1);
  }
  return Crc16(key) % kRedisSlots;
}

std::optional<std::vector<RedisSlotRange>> ReadRedisSlots(const RedisReply& reply,
                                                          const RedisAddress& asked) {
  if (reply.kind != RedisReply::Kind::kArray) return std::nullopt;
  std::vector<RedisSlotRange> out;
  for (const RedisReply& range : reply.items) {
    if (range.items.size() < 3) return std::nullopt;
    const std::int64_t first = range.items[0].integer, last = range.items[1].integer;
    if (!IsSlot(first) || !IsSlot(last) || first > last) return std::nullopt;
    const auto master = ReadNode(range.items[2], asked);
    if (!master) continue;
    out.push_back({static_cast<std::size_t>(first), static_cast<std::size_t>(last), *master, {}});
    for (std::size_t i = 3; i < range.items.size(); ++i) {
      if (auto replica = ReadNode(range.items[i], asked)) out.back().replicas.push_back(*replica);
    }
  }
  return out;
}

std::optional<RedisRedirect> ReadRedisRedirect(const RedisReply& reply, const RedisAddress& asked) {
  if (reply.kind != RedisReply::Kind::kError) return std::nullopt;
  const std::string_view text = reply.text, word = FirstWord(text);
  if (word != "MOVED" && word != "ASK") return std::nullopt;
  RedisRedirect out{.ask = word == "ASK"};
  const std::string_view rest = text.substr(std::min(text.size(), word.size() + 1));
  const std::size_t blank = rest.find(' '), colon = rest.rfind(':');
  if (blank == rest.npos || colon == rest.npos || colon < blank) return std::nullopt;
  if (!ReadNumber(rest.substr(0, blank), &out.slot) || out.slot >= kRedisSlots) return std::nullopt;
  if (!ReadNumber(rest.substr(colon + 1), &out.to.port) || out.to.port == 0) return std::nullopt;
  const std::string_view host = rest.substr(blank + 1, colon - blank - 1);
  if (host == kNobody) return std::nullopt;
  out.to.host = host.empty() ? asked.host : std::string(host);
  return out;
}

}  // namespace seathold
