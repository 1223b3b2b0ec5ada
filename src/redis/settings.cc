#include "src/redis/settings.h"

#include <algorithm>
#include <charconv>
#include <functional>

namespace seathold {
namespace {

// The oldest release with PXAT, ZADD LT and GT.
constexpr int kMajorLeast = 6, kMinorLeast = 2;

}  // namespace

std::string_view RedisInfoOf(std::string_view info, std::string_view name) {
  for (std::size_t at = 0; at < info.size();) {
    const std::size_t end = std::min(info.find("\r\n", at), info.size());
    const std::string_view line = info.substr(at, end - at);
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':') {
      return line.substr(name.size() + 1);
    }
    at = end + 2;
  }
  return "";
}

bool IsTooOldRedis(std::string_view version) {
  int major = 0, minor = 0;
  const char* const end = version.data() + version.size();
  const auto read = std::from_chars(version.data(), end, major);
  if (read.ec != std::errc() || read.ptr == end) return false;
  std::from_chars(read.ptr + 1, end, minor);
  return major < kMajorLeast || (major == kMajorLeast && minor < kMinorLeast);
}

namespace {

Status AppendSettingsOf(const RedisOptions& server, std::string* text) {
  std::vector<RedisCall> calls;
  for (const char* section : {"server", "memory", "persistence"}) {
    calls.push_back({.args = {"INFO", section}, .expected = RedisReply::Kind::kText});
  }
  std::vector<RedisReply> replies;
  RedisOptions only = server;
  only.sentinel.clear();  // whatever it is by now, it has settings
  RedisClient client(only);
  // A user who may not ask for it may still use the rest.
  if (!client.Run(calls, {}, &replies).ok()) return Status();
  const std::string version(RedisInfoOf(replies[0].text, "redis_version"));
  if (IsTooOldRedis(version)) {
    return Status(Code::kUnsupported, "Redis " + version + " is older than 6.2");
  }
  if (!version.empty()) *text += ", Redis " + version;
  const std::string policy(RedisInfoOf(replies[1].text, "maxmemory_policy"));
  if (!policy.empty()) *text += ", maxmemory-policy " + policy;
  const std::string_view log = RedisInfoOf(replies[2].text, "aof_enabled");
  if (!log.empty()) *text += log == "1" ? ", logged to disk" : ", not logged to disk";
  return Status();
}

}  // namespace

Status AppendRedisSettings(RedisClient& client, std::string* text) {
  std::vector<std::string> told, apart;
  for (const RedisOptions& server : client.Servers()) {
    std::string settings;
    if (Status s = AppendSettingsOf(server, &settings); !s.ok()) return s;
    const std::string place = ServerOf(server);
    apart.push_back("; " + place.substr(0, place.find('/')) + settings);
    told.push_back(std::move(settings));
  }
  const bool all_agree =
      std::adjacent_find(told.begin(), told.end(), std::not_equal_to<>()) == told.end();
  if (all_agree) {
    if (!told.empty()) *text += told[0];
    return Status();
  }
  for (const std::string& one : apart) *text += one;
  return Status();
}

}  // namespace seathold
