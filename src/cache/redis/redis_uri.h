// redis://[[user]:password@]host[:port][/db][?timeout_ms=50&prefix=seathold]
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seathold/status.h"

namespace seathold {

struct RedisOptions {
  std::string host;  // a name, an IPv4 address, or an IPv6 address without its brackets
  std::uint16_t port = 6379;
  std::string user, password;    // empty: none is sent
  int db = 0;                    // 0 .. 65,535
  std::int64_t timeout_ms = 50;  // 1 .. 10,000: no call takes longer, connecting included
  // In front of every key, so that two databases can share a server. 1 .. 64 of A-Z a-z 0-9 _ . -
  std::string prefix = "seathold";
};

// kInvalidArgument with what is wrong: not of the form, a number out of range, a parameter that is
// not known (by its name). kUnsupported: rediss:// (it would be plain text otherwise), cluster=1,
// more than one host. No error repeats a user or a password. User and password may be
// percent-encoded.
Result<RedisOptions> ParseRedisUri(std::string_view uri);

// "host:port/db", without user and password.
std::string ServerOf(const RedisOptions& options);

}  // namespace seathold
