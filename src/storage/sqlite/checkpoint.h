// When the WAL is copied into the database, and when it is cut. Neither ever waits for anybody.
//
// Copying (a passive checkpoint) goes on beside all others, as far as the oldest reader lets it.
// Cutting the file needs to be alone with it: it is tried inside the gate, where nobody writes,
// when all is copied and the file is still too long. Where a reader is in the way the next try is a
// second away: the WAL grows meanwhile, sales go on.
#pragma once

#include <cstdint>

namespace seathold::sqlite {

class DbConnection;
struct Core;

// Used by whoever holds the writing connection.
class CheckpointPlan {
 public:
  static constexpr std::int64_t kPauseNs = 1'000'000'000;

  CheckpointPlan() = default;
  explicit CheckpointPlan(std::int64_t wal_bytes_max) : wal_bytes_max_(wal_bytes_max) {}

  // `added`: to the WAL since it was last copied. `length`: of its file. `wanted`: however little.
  bool CopyDue(std::int64_t added, std::int64_t length, bool wanted, std::int64_t now_ns) const;
  bool CutDue(std::int64_t now_ns) const { return too_long_ && now_ns >= cut_after_ns_; }

  // A copy was tried: `copied` of the `frames` in the WAL are in the database now, and this is the
  // length of the file. It was in somebody's way when it came no further than the one before.
  void NoteCopy(int frames, int copied, std::int64_t length, std::int64_t now_ns);
  // A cut was tried.
  void NoteCut(bool done, std::int64_t now_ns);

 private:
  std::int64_t wal_bytes_max_ = 0;
  std::int64_t copy_after_ns_ = 0;
  std::int64_t cut_after_ns_ = 0;
  int copied_ = 0;         // by the last try
  bool too_long_ = false;  // all is copied, and the file is longer than it may be
};

// REQUIRES of all three: the caller holds the writing connection and no transaction. They never
// fail: what does not work now is tried again. The first commits upon a closed file copy in any
// case, so that the file notes its WAL (wal_note.h).
void CopyWalIfDue(Core* core, DbConnection* writer);
void CopyWal(Core* core, DbConnection* writer);
// REQUIRES: inside the gate.
void CutWalIfDue(Core* core, DbConnection* writer);

}  // namespace seathold::sqlite
