// Moving a database from one storage to another.
//
//   seathold::CopyRequest how;
//   how.from = "sqlite:hall.db", how.to = "sqlite:/srv/hall.db";
//   const auto copied = seathold::CopyDatabase(how);
//   if (!copied.ok() || !copied->audit.clean()) ...
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "seathold/stats.h"
#include "seathold/status.h"

namespace seathold {

struct CopyRequest {
  std::string from, to;                 // as EngineOptions::storage
  std::int64_t timeout_ms = 3'600'000;  // of all of it
  // Called on the caller's thread now and then, with the rows read so far.
  std::function<void(std::uint64_t rows)> progress;
};

struct CopyReport {
  std::string from, to;  // StorageInfo::description of each: no URI, which may hold a password
  std::uint64_t rows = 0;
  AuditReport audit;      // of the copy, by the means of its storage
  std::string keys_from;  // the signing keys beside `from`; empty: there are none
  // Where they are now; empty: `to` has no place for them, and hosts name them.
  std::string keys_to;
};

// Copies all there is, in one transaction: a failure leaves `to` as empty as it was, but for keys.
// Keys beside `from` are copied beside `to`. A waiting line stays behind; it is rebuilt by those
// who come back with their tokens. `from` is only read; no host may write to it meanwhile, and none
// may have `to` open. Errors in order: kInvalidArgument, kUnsupported (a URI; memory, which would
// be gone with this process), those of opening either, kAlreadyExists (`to` holds something, or
// keys of another database), kBusy (`from` was written meanwhile; the time is up), storage's, and
// kStorageCorrupt (the copy has not all rows).
Result<CopyReport> CopyDatabase(const CopyRequest& request);

}  // namespace seathold
