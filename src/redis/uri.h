// redis://[[user]:password@]host[:port][,host[:port]..][/db][?timeout_ms=50&prefix=seathold]
// with cluster=1: the hosts are nodes of a cluster, any of which tells the others;
// with sentinel=NAME: the hosts are sentinels, which tell the master of that name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/status.h"

namespace seathold {

struct RedisAddress {
  std::string host;  // a name, an IPv4 address, or an IPv6 address without its brackets
  std::uint16_t port = 0;
  auto operator<=>(const RedisAddress&) const = default;
};

struct RedisOptions {
  std::string host;
  std::uint16_t port = 6379;
  std::vector<RedisAddress> other_hosts;  // behind the first; with `cluster` or `sentinel` only
  bool cluster = false;                   // the database is 0 then
  std::string sentinel;                   // what sentinels call the master; "" = there are none
  std::string user, password;             // of servers, not of sentinels; empty: none is sent
  int db = 0;                             // 0 .. 65,535
  std::int64_t timeout_ms = 50;           // 1 .. 10,000: no call takes longer, connecting included
  // In front of every key, so that two databases can share a server. 1 .. 64 of A-Z a-z 0-9 _ . -
  std::string prefix = "seathold";
};

// kInvalidArgument with what is wrong: not of the form, a number out of range, a parameter that is
// not known (by its name). kUnsupported: rediss:// (it would be plain text otherwise), cluster=1,
// more than one host. No error repeats a user or a password. User and password may be
// percent-encoded.
Result<RedisOptions> ParseRedisUri(std::string_view uri);

RedisAddress AddressOf(const RedisOptions& options);
// The same, for that server alone. With `sentinel`, it has to be a master.
RedisOptions OneServer(RedisOptions options, const RedisAddress& address);

// "host:port/db", or "host:port,host:port/0?cluster=1", without user and password.
std::string ServerOf(const RedisOptions& options);

}  // namespace seathold
