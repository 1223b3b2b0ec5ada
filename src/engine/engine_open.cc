#include "src/engine/engine_open.h"

#include "seathold/adapter/parts.h"
#include "src/claims/memory/memory_claim_cache.h"
#include "src/engine/open_storage.h"
#include "src/engine/uri.h"
#include "src/line/memory/memory_line.h"
#ifdef SEATHOLD_REDIS
#include "src/claims/redis/redis_claim_cache.h"
#include "src/line/redis/redis_line.h"
#include "src/redis/settings.h"
#endif
#include "src/line/sqlite/sqlite_line.h"
#include "src/util/disk_space.h"
#include "src/util/text.h"

namespace seathold {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kLineOpenMs = 2'000;

struct Range {
  const char* name;
  std::int64_t value, least, most;
};

bool IsRedis(const std::string& uri) {
  const std::string scheme = SplitUri(uri).scheme;
  return scheme == "redis" || scheme == "rediss";
}

#ifdef SEATHOLD_REDIS
Status Told(const char* what, const Status& status) {
  return Status(status.code(), std::string(what) + ": " + std::string(status.detail()));
}

Result<std::shared_ptr<RedisClient>> MakeRedisClient(const char* what, const std::string& uri,
                                                     std::string* text) {
  auto options = ParseRedisUri(uri);
  if (!options.ok()) return Told(what, options.status());
  *text = "redis, " + ServerOf(*options);
  return std::make_shared<RedisClient>(std::move(options).value());
}

// A server that does not answer now may do so later: only one that refuses us is an error.
Status MeetServer(const char* what, const Status& answer, RedisClient& client, std::string* text) {
  if (answer == Code::kBusy) {
    *text += " (does not answer yet)";
    return Status();
  }
  if (!answer.ok() && answer != Code::kLineLost) return Told(what, answer);
  const Status settings = AppendRedisSettings(client, text);
  return settings.ok() ? settings : Told(what, settings);
}

Status MakeRedisClaims(const std::string& uri, std::unique_ptr<ClaimCache>* out,
                       std::string* text) {
  auto client = MakeRedisClient("claims", uri, text);
  if (!client.ok()) return client.status();
  *out = NewRedisClaimCache(*client);
  Claim claim;
  bool found = false;
  return MeetServer("claims", (*out)->Get({}, {}, {}, &claim, &found, {}), **client, text);
}

Status MakeRedisLine(const std::string& uri, std::unique_ptr<Line>* out, std::string* text) {
  auto client = MakeRedisClient("line", uri, text);
  if (!client.ok()) return client.status();
  *out = NewRedisLine(*client);
  LineStats stats;
  return MeetServer("line", (*out)->Stats(ShowId{1}, {}, &stats, {}), **client, text);
}
#else
Status NoRedis(const char* what) {
  return Status(Code::kUnsupported,
                std::string(what) + " 'redis:': this build is without Redis (hiredis)");
}
Status MakeRedisClaims(const std::string&, std::unique_ptr<ClaimCache>*, std::string*) {
  return NoRedis("claims");
}
Status MakeRedisLine(const std::string&, std::unique_ptr<Line>*, std::string*) {
  return NoRedis("line");
}
#endif

// What a process has committed its mirrors know. To know which of the holds that are due are one's
// own is worth it where the sweepers of many hosts ask one server.
bool WantsClaims(const EngineOptions& options) {
  return SplitUri(options.storage).scheme.starts_with("postgres");
}

Status MakeClaims(const EngineOptions& options, std::unique_ptr<ClaimCache>* out,
                  std::string* text) {
  const std::string& uri = options.claims;
  *text = "none";
  if (uri == "none" || (uri == "auto" && !WantsClaims(options))) return Status();
  if (IsRedis(uri)) return MakeRedisClaims(uri, out, text);
  if (uri != "auto" && uri != "memory:") return UnknownUri("claims", uri);
  *out = NewMemoryClaimCache();
  *text = "memory";
  return Status();
}

// What the line's own codes do not say: that it is the line, and what to do.
Status LineError(const std::string& path, const Status& status) {
  const bool cannot = status == Code::kBusy || status == Code::kLineLost ||
                      status == Code::kCannotOpen || status == Code::kInternal;
  if (cannot && IsDiskFull(path)) {
    return Status(Code::kStorageFull, path + ": " + std::string(status.detail()));
  }
  if (status != Code::kBusy && status != Code::kLineLost) return status;
  return Status(Code::kLineFailed,
                path + ": cannot be had; look at its disk, or open without a line (line \"none\")");
}

// Whoever reads only has a line where there is one and nothing stands in the way; no memory is no
// answer to that.
Status MakeLineToRead(const std::string& path, const StorageInfo& info, std::unique_ptr<Line>* out,
                      std::string* text) {
  SqliteLineOptions how{.pair = info.pair};
  how.read_only = true;
  auto line = NewSqliteLine(path, how, Deadline::After({kLineOpenMs}));
  *text = line.ok() ? "sqlite, " + path + " (read only)" : "none (read only)";
  if (line.ok()) *out = std::move(line).value();
  return line.code() == Code::kOutOfMemory ? line.status() : Status();
}

Status MakeSqliteLine(const std::string& path, const StorageInfo& info, std::unique_ptr<Line>* out,
                      std::string* text) {
  auto line = NewSqliteLine(path, {.pair = info.pair}, Deadline::After({kLineOpenMs}));
  if (!line.ok()) return LineError(path, line.status());
  *out = std::move(line).value();
  *text = "sqlite, " + path;
  return Status();
}

void MakeMemoryLine(std::unique_ptr<Line>* out, std::string* text) {
  *out = NewMemoryLine();
  *text = "memory";
}

Status MakeLine(const EngineOptions& options, const StorageInfo& info, std::unique_ptr<Line>* out,
                std::string* text) {
  const std::string& uri = options.line;
  const Uri parts = SplitUri(uri);
  const std::string path = uri == "auto"              ? info.line_path
                           : parts.scheme == "sqlite" ? parts.rest
                                                      : "";
  *text = "none";
  if (uri == "none") return Status();
  if (IsRedis(uri)) return MakeRedisLine(uri, out, text);
  if (parts.scheme == "sqlite") {
    if (Status s = CheckSqlitePath("line", path); !s.ok()) return s;
  }
  if (!path.empty()) {
    return options.read_only ? MakeLineToRead(path, info, out, text)
                             : MakeSqliteLine(path, info, out, text);
  }
  if (uri == "auto") {
    if (!info.shared) MakeMemoryLine(out, text);
    return Status();
  }
  if (parts.scheme != "memory") return UnknownUri("line", uri);
  // Two processes with a line each would admit twice as many.
  if (info.shared && parts.rest != "?scope=process") {
    return Status(Code::kInvalidArgument,
                  "line 'memory:' over storage that other processes may write: say "
                  "'memory:?scope=process' if this process alone serves the queue");
  }
  MakeMemoryLine(out, text);
  return Status();
}

Status KeysMissing(const std::string& path) {
  return Status(Code::kKeysMissing,
                path +
                    ": put back the keys that were kept with this database; only if they are "
                    "lost for good open with new keys (--new-keys): every token, pass and "
                    "login given so far is void then");
}

// A file that the host names may be of several databases; the one beside the database is its own.
KeyOwner OwnerOfKeys(const EngineOptions& options, const StorageInfo& info) {
  if (options.keys != "auto") return {};
  return {.pair = info.pair,
          .takes_unpaired = info.takes_unpaired,
          .pairs_unpaired = info.takes_unpaired && !options.read_only};
}

Status MakeKeys(const EngineOptions& options, EngineCore* core) {
  const StorageInfo& info = core->info;
  const std::string& path = options.keys == "auto" ? info.keys_path : options.keys;
  // Users known by a text, passes and logins would be lost with this process, and unknown to
  // others.
  if (path.empty() && info.durable && !options.read_only) {
    return Status(Code::kInvalidArgument,
                  "keys 'auto': beside this storage is no place for them; name a file that every "
                  "host of it has");
  }
  const bool missing = path.empty() || !StatKeyFile(path);
  if (path.empty() || (missing && options.read_only)) {
    core->keys = KeyRing::InMemory(*core->entropy);
    core->keys_missing = options.read_only && missing;
    return Status();
  }
  if (missing && !info.fresh && !options.new_keys) return KeysMissing(path);
  const KeyOwner owner = OwnerOfKeys(options, info);
  auto ring = options.read_only ? KeyRing::Load(path, owner)
                                : KeyRing::LoadOrCreate(path, *core->entropy, owner);
  if (options.read_only && ring.code() == Code::kCannotOpen) {  // not for this reader's eyes
    core->keys = KeyRing::InMemory(*core->entropy);
    core->keys_missing = true;
    return Status();
  }
  if (!ring.ok()) return ring.status();
  core->keys = std::move(ring).value();
  return Status();
}

}  // namespace

Status CheckOptions(const EngineOptions& o) {
  const Range ranges[] = {
      {"batch_max", o.batch_max, 1, 16'384},
      {"batch_bytes_max", o.batch_bytes_max, 64 << 10, 1 << 30},
      {"backlog_max", o.backlog_max, 1, 1'048'576},
      {"waves_max", o.waves_max, 1, 16},
      {"max_seats_per_hold", o.max_seats_per_hold, 1, kSeatsPerHoldCap},
      {"hold_ttl_ms", o.hold_ttl_ms, 1'000, kDayMs},
      {"staff_ttl_max_ms", o.staff_ttl_max_ms, o.hold_ttl_ms, 30 * kDayMs},
      {"refusal_max_age_ms", o.refusal_max_age_ms, 0, 60'000},
      {"cache_timeout_ms", o.cache_timeout_ms, 0, 10'000},
      {"sweep_full_ms", o.sweep_full_ms, 1'000, 3'600'000},
      {"sweep_every_ms", o.sweep_every_ms, 10, 60'000},
      {"rebuild_grace_ms", o.rebuild_grace_ms, 0, 3'600'000},
      {"clock_jump_max_ms", o.clock_jump_max_ms, 1'000, 10 * 366 * kDayMs},
      {"hash_concurrency", o.hash_concurrency, 1, 64},
  };
  for (const Range& range : ranges) {
    if (range.value >= range.least && range.value <= range.most) continue;
    return Status(Code::kInvalidArgument,
                  std::string(range.name) + " is " + std::to_string(range.value) + ", not within " +
                      std::to_string(range.least) + " .. " + std::to_string(range.most));
  }
  return Status();
}

Status OpenCore(const EngineOptions& options, EngineParts parts, EngineCore* core) {
  if (Status s = CheckOptions(options); !s.ok()) return s;
  core->options = options;
  core->clock = parts.clock ? std::move(parts.clock) : NewSystemClock();
  core->entropy = parts.entropy ? std::move(parts.entropy) : NewSystemEntropy();
  core->log = parts.log ? std::move(parts.log) : NewNullLogSink();
  const StorageOptions how{.create = options.create, .read_only = options.read_only};
  core->storage = std::move(parts.storage);
  auto opened = core->storage != nullptr
                    ? core->storage->Open(how)
                    : OpenStorage(options.storage, how, options.sweeper_thread, &core->storage);
  if (!opened.ok()) return opened.status();
  core->info = std::move(opened).value();

  core->claims = std::move(parts.claims);
  core->line = std::move(parts.line);
  core->claims_text = core->line_text = "the host's own";
  if (!core->claims) {
    Status made = MakeClaims(options, &core->claims, &core->claims_text);
    if (!made.ok()) return made;
  }
  if (!core->line) {
    Status made = MakeLine(options, core->info, &core->line, &core->line_text);
    if (!made.ok()) return made;
  }
  if (Status s = MakeKeys(options, core); !s.ok()) return s;

  core->limits = {options.max_seats_per_hold, options.hold_ttl_ms, options.staff_ttl_max_ms};
  core->time = std::make_unique<EngineTime>(*core->clock, options.clock_jump_max_ms);
  core->directory = std::make_unique<Directory>(options.refusal_max_age_ms, core->info.shared);
  if (core->line) {
    core->line_writer =
        std::make_unique<LineWriter>(*core->line, core->line_epochs, *core->directory);
  }
  core->cache_writer =
      std::make_unique<CacheWriter>(core->claims.get(), core->line_writer.get(), *core->directory,
                                    options.cache_timeout_ms, core->counters, *core->log);
  core->runner = std::make_unique<CommitRunner>(
      *core->storage, *core->time, *core->directory, core->spent_passes, *core->cache_writer,
      core->counters, *core->log, core->limits, options.waves_max);
  core->commits = std::make_unique<GroupCommit>(
      *core->runner, GroupCommitOptions{static_cast<std::size_t>(options.batch_max),
                                        static_cast<std::size_t>(options.batch_bytes_max),
                                        static_cast<std::size_t>(options.backlog_max)});
  return Status();
}

}  // namespace seathold
