// A SQLite VFS for tests that keeps its files in memory and can lose power.
//
// What a program wrote since the last sync of a file may, after a crash, be there, be missing, be
// torn at 512 bytes, or be there without what was written before it. A file whose creation was not
// synced may be missing, a file whose deletion was not synced may be back. What a sync that failed
// left behind stays doubtful for ever, whatever later syncs say, as on Linux.
//
//   CrashVfs vfs;                                       // registers itself under vfs.name()
//   SqliteOptions options; options.path = "hall.db"; options.vfs = vfs.name();
//   ... write through NewSqliteStorage(options) ...
//   const CrashImage image = vfs.Crash(seed);           // what a machine finds after losing power
//   now CrashVfs machine; machine.Load(image);              // and a fresh one to open it on
//
// Thread-safe. It must outlive every connection. Paths are plain names; there are no folders.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace seathold::testing {

struct CrashImage {
  std::map<std::string, std::string> files;
};

// What goes wrong. Counts run over all files, from the moment of Inject.
struct DiskFault {
  enum class Op { kWrite, kSync, kTruncate };
  enum class Kind {
    kIoError,  // EIO
    kFull,     // ENOSPC; a sync never answers it (SQLite's own VFS makes an I/O error of that)
  };
  Op op = Op::kWrite;
  Kind kind = Kind::kIoError;
  int nth = 1;           // the first operation to fail
  bool forever = false;  // and all later ones of that op
  bool half = false;     // a write that fails has written its first half
  std::string spared;    // a file that it does not concern
};

class CrashVfs {
 public:
  CrashVfs();
  ~CrashVfs();
  CrashVfs(const CrashVfs&) = delete;
  CrashVfs& operator=(const CrashVfs&) = delete;

  const std::string& name() const;

  // The same seed gives the same image of the same state.
  CrashImage Crash(std::uint64_t seed) const;
  // All files as programs see them: what a process killed by a signal leaves.
  CrashImage Now() const;
  // Exactly what was synced, without doubt: the worst that a machine may find.
  CrashImage Synced() const;
  // Replaces all files. REQUIRES: none is open.
  void Load(const CrashImage& image);
  // Replaces all files by what a process leaves there that is killed now: all that it wrote is
  // seen, and what it did not sync is still not synced. REQUIRES: none is open here.
  void TakeOver(const CrashVfs& killed);

  void Inject(const DiskFault& fault);
  void ClearFault();
  bool fault_hit() const;  // since Inject
  // Every sync takes this long.
  void HangSyncs(std::int64_t ms);
  // Called before every write, sync, truncation and deletion, without a lock held: the place to
  // call Crash() from.
  void BeforeEveryChange(std::function<void()> callback);
  // As above, before every sync only.
  void BeforeEverySync(std::function<void()> callback);

  int writes() const;
  int syncs() const;
  int checkpoints() const;  // tried, of any kind: how often their lock was asked for

  class State;  // of the implementation

 private:
  std::unique_ptr<State> state_;
};

}  // namespace seathold::testing
