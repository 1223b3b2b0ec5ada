// The words of a Redis cluster: which slot a key is in, who keeps which slots, where to go instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "src/redis/reply.h"
#include "src/redis/uri.h"

namespace seathold {

inline constexpr std::size_t kRedisSlots = 16'384;

// Of what stands between the first '{' and the next '}', if that is anything, else of all of it.
std::size_t RedisSlotOf(std::string_view key);

struct RedisSlotRange {
  std::size_t first = 0, last = 0;  // both within
  RedisAddress master;
  std::vector<RedisAddress> replicas;
};

// What CLUSTER SLOTS says. A node that does not know its own address leaves it out, and is at the
// one it was asked at, `asked`; one that is known by no address is passed over. nullopt: no such
// reply.
std::optional<std::vector<RedisSlotRange>> ReadRedisSlots(const RedisReply& reply,
                                                          const RedisAddress& asked);

// What an error "MOVED slot host:port" or "ASK slot host:port" asks for.
struct RedisRedirect {
  bool ask = false;  // this once, with ASKING in front
  std::size_t slot = 0;
  RedisAddress to;
};

// nullopt: another error, or one that names nobody. A host left out is that of `asked`.
std::optional<RedisRedirect> ReadRedisRedirect(const RedisReply& reply, const RedisAddress& asked);

}  // namespace seathold
