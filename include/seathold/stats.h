// What an engine tells of itself: counts and latencies, the storage it stands on, what an audit of
// the books found. Plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "seathold/money.h"
#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold {

// The storage that an engine stands on, as it was found at opening.
struct StorageInfo {
  std::string description;   // "sqlite 3.40.1, concert.db"
  std::string durability;    // "every commit synced", "none (memory)"
  bool shared = false;       // other processes may write
  bool durable = false;      // what was acknowledged survives the process
  std::uint32_t schema = 0;  // version of its tables
  std::string line_path;     // where a line may live beside it, empty = nowhere
  std::string keys_path;     // where signing keys may live beside it, empty = nowhere
  std::string log_path;      // where a journal keeps its log beside it, empty = nowhere
  std::string pair;          // names this database to the files beside it, empty = to none
  bool fresh = true;         // nothing was ever committed to it
  // Made by release 0.1, whose files did not say to which database they belong.
  bool takes_unpaired = false;
  // A write-ahead log was in use when this database was last left, and is gone: unless another
  // program closed the database in between, commits are missing.
  bool wal_lost = false;
};

// One finding of an audit: which promise, and where it is broken.
struct AuditFinding {
  std::string check;   // "one_owner_a_seat"
  std::string detail;  // "performance 3, seat 17: sold without a confirmed hold"
};

// The books, counted again in one snapshot by means of the storage's own. They are in order iff
// there is no finding.
struct AuditReport {
  std::vector<std::string> checks;                           // those that ran
  std::vector<AuditFinding> findings;                        // at most kFindingsMax a check
  std::uint64_t seats = 0, sold = 0, held = 0, blocked = 0;  // of all performances
  std::uint64_t holds = 0, confirmed = 0;                    // ever made; and paid
  std::uint64_t transfers = 0, users = 0;                    // moved money; have a wallet
  std::vector<Money> revenue;                                // of performances, one a currency
  std::vector<Money> wallets;                                // sum of user balances, one a currency
  std::vector<Money> external;  // what came from outside less what went back, one a currency

  static constexpr int kFindingsMax = 20;
  bool clean() const { return findings.empty(); }
};

// How long calls took, in buckets that double. Each count stands for its own bucket alone;
// Prometheus wants them added up, OpenTelemetry as they are, both with the bounds:
//
//   std::uint64_t below = 0;
//   for (std::size_t i = 0; i + 1 < Histogram::kBuckets; ++i) {
//     below += stats.hold.buckets[i];
//     Bucket(static_cast<double>(Histogram::bound_us(i)) / 1e6, below);
//   }
//   Bucket(INFINITY, stats.hold.count);
struct Histogram {
  static constexpr std::size_t kBuckets = 32;
  // What every call in bucket i was shorter than. REQUIRES: i + 1 < kBuckets; the last has none.
  static constexpr std::uint64_t bound_us(std::size_t i) { return std::uint64_t{2} << i; }

  // buckets[i]: calls of bound_us(i - 1) or more and less than bound_us(i); the first also those of
  // less than a microsecond, the last all that are longer.
  std::array<std::uint64_t, kBuckets> buckets{};
  std::uint64_t count = 0;  // the sum of the buckets, always
  // Of the calls that are counted, and perhaps of a few that ended while this was read.
  std::uint64_t sum_us = 0;
  std::uint64_t max_us = 0;
  // The upper bound of the bucket that holds this share of the calls, 0 .. 1.
  std::uint64_t quantile_us(double share) const;
};

// Counts since the engine was opened, of this process alone: they only grow. What is read together
// was not counted at one moment; each is right by itself.
struct Stats {
  // Done, without repeats of what was done before.
  std::uint64_t holds = 0, confirms = 0, cancels = 0, refunds = 0, expired = 0;
  std::uint64_t refused = 0;            // of any cause, see refused_by
  std::uint64_t refused_by_mirror = 0;  // without touching storage
  std::uint64_t replays = 0;            // answered again under a known id
  std::uint64_t busy = 0, unknown = 0;  // by outcome
  // Transactions, the commands in them, bulk reads beyond the first of each, and commands that were
  // decided alone since their batch met a fault.
  std::uint64_t batches = 0, commands = 0, waves = 0, redecided = 0;
  std::uint64_t mirror_refreshes = 0;  // a map read anew from storage
  std::uint64_t cache_errors = 0;  // calls of the claim cache that failed; nothing depends on it
  std::uint64_t clock_jumps = 0;   // leaps of the wall clock that were not believed
  std::uint64_t lines_lost = 0;    // and rebuilt from the tokens of those who wait
  std::vector<std::pair<Code, std::uint64_t>> refused_by;  // by code
  // Whole calls, a batch being one: holds and best; payments; cancels, refunds, blocks, charges and
  // withdrawals. `commit` = one storage transaction, for however many calls.
  Histogram hold, confirm, other, commit;
  StorageInfo storage;
  std::string claims, line;         // what each is, with its server's version and settings
  std::uint64_t bytes_on_disk = 0;  // of the storage
  std::uint64_t mirror_bytes = 0;   // of seats in memory
  // Engine time as storage last noted it: no later reading lies before it. How far the machine's
  // clock lies behind engine time; much of it means that the database was once written under a
  // wrong clock (see AcceptClock).
  TimeUs time_mark;
  std::int64_t clock_behind_ms = 0;
};

}  // namespace seathold
