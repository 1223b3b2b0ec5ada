#include "src/redis/uri.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace seathold {
namespace {

constexpr std::size_t kPrefixBytesMax = 64;
constexpr std::size_t kHostBytesMax = 253;
constexpr std::size_t kNameBytesMax = 32;

Status Bad(std::string what) { return Status(Code::kInvalidArgument, "redis URI: " + what); }

// What is in front of the first `mark`, and `*rest` behind it; all of it where there is no mark.
std::string_view Cut(std::string_view text, char mark, std::string_view* rest) {
  const std::size_t at = text.find(mark);
  *rest = at == text.npos ? std::string_view() : text.substr(at + 1);
  return text.substr(0, at);
}

std::optional<std::int64_t> Number(std::string_view text, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value < least || value > most) return std::nullopt;
  return value;
}

bool IsWord(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}

std::optional<std::string> PercentDecoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    const std::string_view hex = text.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), byte, 16);
    if (error != std::errc() || hex.size() != 2 || end != hex.data() + 2) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

Status ReadUser(std::string_view text, RedisOptions* out) {
  std::string_view secret;
  const auto user = PercentDecoded(Cut(text, ':', &secret));
  const auto password = PercentDecoded(secret);
  if (!user || !password) return Bad("a '%' in user or password is not followed by two hex digits");
  if (password->empty()) return Bad("there is a user and no password");
  out->user = *user;
  out->password = *password;
  return Status();
}

Status ReadHost(std::string_view text, RedisAddress* out) {
  std::string_view port;
  if (text.starts_with('[')) {
    std::string_view behind;
    if (text.find(']') == text.npos) return Bad("there is no ']' behind the host");
    out->host = Cut(text.substr(1), ']', &behind);
    if (!behind.empty() && behind[0] != ':') return Bad("what follows ']' is not ':port'");
    if (!behind.empty()) port = behind.substr(1);
    if (out->host.find_first_not_of("0123456789abcdefABCDEF:.") != std::string::npos) {
      return Bad("the host in brackets is not an IPv6 address");
    }
  } else {
    out->host = Cut(text, ':', &port);
    if (!IsWord(out->host)) return Bad("the host is not a name or an address");
  }
  if (out->host.empty() || out->host.size() > kHostBytesMax) return Bad("it names no host");
  if (port.empty() && !text.ends_with(':')) return Status();
  const auto number = Number(port, 1, 65'535);
  if (!number) return Bad("the port is not 1 .. 65535");
  out->port = static_cast<std::uint16_t>(*number);
  return Status();
}

Status ReadHosts(std::string_view text, RedisOptions* out) {
  std::vector<RedisAddress> hosts;
  for (std::string_view rest = text;;) {
    const bool more = rest.find(',') != rest.npos;
    hosts.push_back({.port = out->port});
    if (Status s = ReadHost(Cut(rest, ',', &rest), &hosts.back()); !s.ok()) return s;
    if (!more) break;
  }
  out->host = hosts[0].host;
  out->port = hosts[0].port;
  out->other_hosts.assign(hosts.begin() + 1, hosts.end());
  return Status();
}

Status ReadParameter(std::string_view name, std::string_view value, RedisOptions* out) {
  if (name == "timeout_ms") {
    const auto ms = Number(value, 1, 10'000);
    if (!ms) return Bad("timeout_ms is not 1 .. 10000");
    out->timeout_ms = *ms;
    return Status();
  }
  if (name == "prefix") {
    if (value.empty() || value.size() > kPrefixBytesMax || !IsWord(value)) {
      return Bad("prefix is not 1 .. 64 of A-Z a-z 0-9 _ . -");
    }
    out->prefix = value;
    return Status();
  }
  if (name == "cluster") {
    if (value != "0" && value != "1") return Bad("cluster is not 0 or 1");
    out->cluster = value == "1";
    return Status();
  }
  if (name == "sentinel") {
    if (value.empty() || value.size() > kPrefixBytesMax || !IsWord(value)) {
      return Bad("sentinel is not 1 .. 64 of A-Z a-z 0-9 _ . -");
    }
    out->sentinel = value;
    return Status();
  }
  if (name.size() > kNameBytesMax || !IsWord(name)) return Bad("a parameter has no proper name");
  return Bad("'" + std::string(name) +
             "' is not known; there are timeout_ms, prefix, cluster and sentinel");
}

Status ReadParameters(std::string_view text, RedisOptions* out) {
  while (!text.empty()) {
    std::string_view rest, value;
    const std::string_view name = Cut(Cut(text, '&', &rest), '=', &value);
    if (Status s = ReadParameter(name, value, out); !s.ok()) return s;
    text = rest;
  }
  return Status();
}

Status CheckTogether(const RedisOptions& options) {
  const bool by_sentinel = !options.sentinel.empty();
  if (options.cluster && by_sentinel) return Bad("it is cluster=1 or sentinel=, not both");
  if (options.cluster && options.db != 0) return Bad("a cluster has no database but 0");
  if (!options.other_hosts.empty() && !options.cluster && !by_sentinel) {
    return Bad("several hosts need cluster=1 or sentinel=NAME");
  }
  return Status();
}

std::string Written(const RedisAddress& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace

Result<RedisOptions> ParseRedisUri(std::string_view uri) {
  constexpr std::string_view kScheme = "redis://";
  if (uri.starts_with("rediss:")) {
    return Status(Code::kUnsupported, "redis URI: rediss:// (TLS) is not offered by this build");
  }
  if (!uri.starts_with(kScheme)) return Bad("it does not begin with redis://");
  RedisOptions out;
  std::string_view parameters, db;
  std::string_view host = Cut(uri.substr(kScheme.size()), '?', &parameters);
  // Behind the '@', since a password may have a '/'.
  const std::size_t at = host.rfind('@');
  if (at != host.npos) {
    if (Status s = ReadUser(host.substr(0, at), &out); !s.ok()) return s;
    host.remove_prefix(at + 1);
  }
  host = Cut(host, '/', &db);
  if (Status s = ReadHosts(host, &out); !s.ok()) return s;
  if (!db.empty()) {
    const auto number = Number(db, 0, 65'535);
    if (!number) return Bad("the database is not 0 .. 65535");
    out.db = static_cast<int>(*number);
  }
  if (Status s = ReadParameters(parameters, &out); !s.ok()) return s;
  if (Status s = CheckTogether(out); !s.ok()) return s;
  return out;
}

RedisAddress AddressOf(const RedisOptions& options) { return {options.host, options.port}; }

RedisOptions OneServer(RedisOptions options, const RedisAddress& address) {
  options.host = address.host;
  options.port = address.port;
  options.other_hosts.clear();
  options.cluster = false;
  return options;
}

std::string ServerOf(const RedisOptions& options) {
  std::string text = Written(AddressOf(options));
  for (const RedisAddress& other : options.other_hosts) text += "," + Written(other);
  text += "/" + std::to_string(options.db);
  if (options.cluster) text += "?cluster=1";
  if (!options.sentinel.empty()) text += "?sentinel=" + options.sentinel;
  return text;
}

}  // namespace seathold
