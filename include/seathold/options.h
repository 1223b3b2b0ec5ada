// What an engine is opened with. The defaults suit a box office on one machine.
//
//   seathold::EngineOptions options;
//   options.storage = "sqlite:/srv/hall/concert.db";
//   options.hold_ttl_ms = 600'000;  // ten minutes to pay
//   options.sweeper_thread = true;  // the host has no timer of its own
//   auto engine = seathold::Engine::Open(options);
//
// A number out of its range is kInvalidArgument, and the text names it. Where several processes
// open one database, each has its own options; only what they write is shared.
#pragma once

#include <cstdint>
#include <string>

#include "seathold/cxx20.h"

namespace seathold {

struct EngineOptions {
  // Where everything is kept. "sqlite:PATH" or "memory:"; a path has no '?' and begins with neither
  // "file:" nor ":memory:". "sqlite:PATH?journal=on": this process has the file to itself (others
  // hear kNotOwner) and commits to a log beside it, PATH-log. What is in the log is written into
  // the file by a thread, with `sweeper_thread`, else by whoever fills a half of it, and by Close.
  // Where the build has PostgreSQL, "postgresql://..." (PostgresOptions), which needs `keys`.
  std::string storage = "sqlite:seathold.db";
  // Where claims on seats are cached; losing them costs nothing but speed.
  //
  // "none"; "memory:" = here; "auto" = that over PostgreSQL, else none; or, with Redis (from 6.2),
  // "redis://[[user]:password@]host[:port][,host[:port]..][/db][?timeout_ms=50&prefix=seathold]".
  // With cluster=1 the hosts are nodes of a Redis Cluster, any of which tells the others; the
  // database is 0. With sentinel=NAME they are sentinels, which tell the master of that name; user
  // and password are the master's. A host by its address keeps every call's bound, also where a
  // node names another: to look a name up, at each new connection, takes what the machine takes.
  std::string claims = "auto";
  // Where waiting lines live, for shows that require admission.
  //
  // "auto" = beside an SQLite file, in memory for memory storage; "sqlite:PATH"; "memory:" (memory
  // storage only); "memory:?scope=process" (for this process alone, over shared storage); "none";
  // "redis://...", as above.
  std::string line = "auto";
  // Where the signing keys live: "auto" = "<database>.keys", or made anew for memory storage; else
  // a path, which storage on a server needs: the same file for every host.
  std::string keys = "auto";

  // What buyers may do.

  // The most seats that one hold may take, 1 .. 16.
  int max_seats_per_hold = 8;
  // How long a hold lives where neither the request nor the performance says otherwise, and the
  // most that a buyer may ask for. 1,000 .. 86,400,000.
  std::int64_t hold_ttl_ms = 300'000;
  // The most that staff may ask for: a hold for a guest list, over night. hold_ttl_ms .. 30 days.
  std::int64_t staff_ttl_max_ms = 86'400'000;

  // How fresh answers from memory are.

  // Refusals, maps and counts come from memory. Where other processes write too, memory may be this
  // old: a seat given back on one machine is granted on another that much later. Less costs a look
  // at storage that much more often; 0 asks storage for every refusal. 0 .. 60,000.
  std::int64_t refusal_max_age_ms = 250;
  // How long a lost line, while those who wait come back with their tokens, lets nobody new in.
  // Longer is fairer after an outage; shorter brings the sale back sooner. 0 .. 3,600,000.
  std::int64_t rebuild_grace_ms = 30'000;

  // Housekeeping. Nothing depends on it: a hold that has lapsed is free for the next buyer, swept
  // or not. Sweeping writes what lapsed to the feed, and lets waiting buyers in.

  // Sweeps by itself, on a thread of the engine's; and with a journal settles its log, on another.
  // Off, the host calls Engine::Sweep now and then.
  bool sweeper_thread = false;
  // How often that thread sweeps, 10 .. 60,000.
  std::int64_t sweep_every_ms = 1'000;
  // How often a sweep asks storage's own index besides the claim cache, and tidies up.
  // 1,000 .. 3,600,000.
  std::int64_t sweep_full_ms = 60'000;

  // Load. Callers that come together share a transaction; these bound it, and what waits for one.

  // Commands a transaction, 1 .. 16,384. More is faster for bursts; the first in waits for the
  // last.
  int batch_max = 1'024;
  // Bytes of commands a transaction, 64 KiB .. 1 GiB.
  std::int64_t batch_bytes_max = 4 << 20;
  // Commands that may wait; one more is kBusy at once, 1 .. 1,048,576. It bounds memory (about a
  // kilobyte each), and how long the last in line would wait.
  int backlog_max = 65'536;
  // Bulk reads a transaction, 1 .. 16: what best-available and lapsed holds need beyond the first.
  int waves_max = 4;
  // What a claim cache or a line on a server may take of a call, 0 .. 10,000. After a failure it is
  // left alone for a while, and sales go on without.
  std::int64_t cache_timeout_ms = 50;
  // Password hashes at once, 1 .. 64: each takes a core for tens of milliseconds and 19 MiB.
  int hash_concurrency = 2;

  // Opening.

  // Makes the database where there is none; false: then kCannotOpen.
  bool create = true;
  // Changes nothing and makes no file, nor needs to be able to: every change answers kReadOnly, and
  // there is a waiting line only where its file is there and could be written. Where the database
  // or its folder cannot be written nobody else may write it meanwhile either.
  bool read_only = false;
  // Makes signing keys where a database that was in use has none: every token, pass and login given
  // so far is void then, and UserIdFor gives known texts new numbers.
  bool new_keys = false;
  // A wall clock that leaps further than this between two readings is taken for a fault: engine
  // time goes on by the machine's running time, and reopening accepts the clock. 1,000 .. 10 years.
  std::int64_t clock_jump_max_ms = 3'600'000;
  // Below every floor; for tests and demonstrations.
  bool test_only_cheap_password_hash = false;
};

}  // namespace seathold
