// What the operations share, and how the host is set up.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "examples/web/boards.h"
#include "examples/web/door.h"
#include "examples/web/host_key.h"
#include "examples/web/lines.h"
#include "examples/web/metrics.h"
#include "examples/web/performances.h"
#include "examples/web/rate_limit.h"
#include "examples/web/server.h"
#include "examples/web/work_pool.h"
#include "seathold/engine.h"

namespace seathold::web {

struct HostOptions {
  EngineOptions engine;
  ServerOptions server;
  std::string key_file;   // signs tickets and roles; empty = a key of this process alone
  std::string door_file;  // who came through the door; empty = in memory
  std::string
      pages_dir;  // read the pages from here, not from the program; for those who write them
  // E-mail addresses of accounts that the operator made: nobody registers one over the network.
  std::vector<std::string> staff, operators;
  bool charges = false;  // anybody may put money into their wallet: a demonstration
  int threads = 16;      // for the engine's calls
  int login_threads = 2;
  int waiting_max = 1'024;  // requests that wait for a thread
  // An address; 0 = no limit.
  int logins_per_minute = 30, joins_per_minute = 120;
  std::int64_t poll_ms = 200;  // how old a live map may be
  std::int64_t stop_ms = 10'000;
};

// Lives as long as the server does; its parts are thread-safe.
struct Host {
  Host(Engine& an_engine, HostOptions some_options, HostKey a_key, std::unique_ptr<Door> a_door)
      : engine(an_engine),
        options(std::move(some_options)),
        key(a_key),
        performances(engine),
        lines(engine),
        door(std::move(a_door)),
        logins(options.logins_per_minute),
        joins(options.joins_per_minute) {}

  // Who logs in with this address.
  Role RoleOf(std::string_view email) const;

  Engine& engine;
  const HostOptions options;
  const HostKey key;
  Performances performances;
  Lines lines;
  const std::unique_ptr<Door> door;
  RateLimit logins, joins;
  std::unique_ptr<Boards> boards;
  std::atomic<bool> stopping = false;
  std::atomic<std::uint64_t> throttled_total = 0, rejected_total = 0;
  // The parts of /metrics that only the program knows.
  std::function<std::string()> metrics;
};

}  // namespace seathold::web
