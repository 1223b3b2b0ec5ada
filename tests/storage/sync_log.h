// What this process syncs, and what happens when a sync fails or is the last thing it does. The
// test program has its own fsync and fdatasync for it, which SQLite calls, too.
//
//   SyncLog log;                       // one at a time
//   log.Fail("hall.db-wal");           // syncs of a file of this name answer EIO
//   log.Kill("hall.db-wal");           // or end the process before they do anything
#pragma once

#include <string>
#include <vector>

namespace seathold::testing {

class SyncLog {
 public:
  SyncLog();
  ~SyncLog();
  SyncLog(const SyncLog&) = delete;
  SyncLog& operator=(const SyncLog&) = delete;

  void Fail(const std::string& name);  // empty = none
  void Kill(const std::string& name);
  // The paths of what was synced since it was made or cleared, in order.
  std::vector<std::string> paths() const;
  // What the file held when it was last synced under that path; empty: never.
  std::string content(const std::string& path) const;
  void Clear();
};

}  // namespace seathold::testing
