// What an engine is opened with.
#pragma once

#include <cstdint>
#include <string>

#include "seathold/cxx20.h"

namespace seathold {

struct EngineOptions {
  // "sqlite:PATH" or "memory:"; a path has no '?' and begins with neither "file:" nor ":memory:".
  // Where the build has PostgreSQL, "postgresql://..." (PostgresOptions), which needs `keys`.
  std::string storage = "sqlite:seathold.db";
  // "auto" or "memory:" = in this process; "none"; or, where the build has Redis (6.2 or later),
  // "redis://[[user]:password@]host[:port][,host[:port]..][/db][?timeout_ms=50&prefix=seathold]".
  // With cluster=1 the hosts are nodes of a Redis Cluster, any of which tells the others; the
  // database is 0. With sentinel=NAME they are sentinels, which tell the master of that name; user
  // and password are the master's. A host by its address keeps every call's bound, also where a
  // node names another: to look a name up, at each new connection, takes what the machine takes.
  std::string claims = "auto";
  // "auto" = beside an SQLite file, in memory for memory storage; "sqlite:PATH"; "memory:" (memory
  // storage only); "memory:?scope=process" (for this process alone, over shared storage); "none";
  // "redis://...", as above.
  std::string line = "auto";
  // Where the signing keys live: "auto" = "<database>.keys", or made anew for memory storage; else
  // a path, which storage on a server needs: the same file for every host.
  std::string keys = "auto";

  int batch_max = 1'024;                   // 1 .. 16,384 commands a transaction
  std::int64_t batch_bytes_max = 4 << 20;  // 64 KiB .. 1 GiB of commands a transaction
  int backlog_max = 65'536;                // 1 .. 1,048,576 commands waiting, then kBusy
  int waves_max = 4;                       // 1 .. 16 bulk reads a transaction
  int max_seats_per_hold = 8;              // 1 .. 16
  std::int64_t hold_ttl_ms =
      300'000;  // 1,000 .. 86,400,000; the default and the most a buyer may ask
  std::int64_t staff_ttl_max_ms = 86'400'000;  // hold_ttl_ms .. 30 days
  std::int64_t refusal_max_age_ms = 250;       // 0 .. 60,000; 0 = every refusal asks storage
  std::int64_t cache_timeout_ms = 50;          // 0 .. 10,000
  std::int64_t sweep_full_ms = 60'000;         // 1,000 .. 3,600,000
  std::int64_t sweep_every_ms = 1'000;         // 10 .. 60,000; of the sweeper thread
  std::int64_t rebuild_grace_ms = 30'000;      // 0 .. 3,600,000
  std::int64_t clock_jump_max_ms = 3'600'000;  // 1,000 .. 10 years
  int hash_concurrency = 2;                    // 1 .. 64 password hashes at once
  bool create = true;
  // Changes nothing and makes no file, nor needs to be able to: every change answers kReadOnly, and
  // there is a waiting line only where its file is there and could be written. Where the database
  // or its folder cannot be written nobody else may write it meanwhile either.
  bool read_only = false;
  // Makes signing keys where a database that was in use has none: every token, pass and login given
  // so far is void then, and UserIdFor gives known texts new numbers.
  bool new_keys = false;
  bool sweeper_thread = false;
  bool test_only_cheap_password_hash = false;  // below every floor; for tests and demonstrations
};

}  // namespace seathold
