#include "src/storage/sqlite/checkpoint.h"

#include <sqlite3.h>

#include <algorithm>

#include "seathold/time.h"
#include "src/storage/sqlite/core.h"
#include "src/storage/sqlite/db_connection.h"

namespace seathold::sqlite {
namespace {

// A WAL that grew by less is left alone: about four batches of a thousand holds.
constexpr std::int64_t kCopyBytes = 16 << 20;

constexpr int kNothing = -2;  // copied; SQLite says -1 frames when it did not look

struct Try {
  bool ok = false;  // else somebody else does it just now, or the disk failed
  int frames = 0, copied = 0;
};

Try TryCheckpoint(DbConnection* writer, int mode) {
  Try tried;
  writer->set_deadline(Deadline{0});
  const int code =
      sqlite3_wal_checkpoint_v2(writer->handle(), "main", mode, &tried.frames, &tried.copied);
  tried.ok = code == SQLITE_OK;
  return tried;
}

}  // namespace

bool CheckpointPlan::CopyDue(std::int64_t added, std::int64_t length, bool wanted,
                             std::int64_t now_ns) const {
  if (now_ns < copy_after_ns_) return false;
  const bool longer = length > wal_bytes_max_ && !too_long_;
  return wanted || longer || added >= std::min(kCopyBytes, wal_bytes_max_ / 2);
}

void CheckpointPlan::NoteCopy(int frames, int copied, std::int64_t length, std::int64_t now_ns) {
  const bool all = copied == frames;
  copy_after_ns_ = all || copied != copied_ ? 0 : now_ns + kPauseNs;
  copied_ = copied;
  too_long_ = all && length > wal_bytes_max_;
}

void CheckpointPlan::NoteCut(bool done, std::int64_t now_ns) {
  cut_after_ns_ = done ? 0 : now_ns + kPauseNs;
  if (done) too_long_ = false;
}

void CopyWalIfDue(Core* core, DbConnection* writer) {
  const bool wanted = core->wal != kWalNoted;
  if (core->plan.CopyDue(writer->wal_bytes_added(), writer->wal_bytes_known(), wanted,
                         MonotonicNs())) {
    CopyWal(core, writer);
  }
}

void CopyWal(Core* core, DbConnection* writer) {
  writer->NoteCheckpoint();
  // Only a copy made after the row said "in use" brings that into the file.
  int in_use = core->wal == kWalInUse ? kWalInUse : -1;
  const Try tried = TryCheckpoint(writer, SQLITE_CHECKPOINT_PASSIVE);
  const int copied = tried.ok ? tried.copied : kNothing;
  core->plan.NoteCopy(tried.frames, copied, writer->WalBytes(), MonotonicNs());
  if (tried.frames == copied) core->wal.compare_exchange_strong(in_use, kWalNoted);
}

void CutWalIfDue(Core* core, DbConnection* writer) {
  if (!core->plan.CutDue(MonotonicNs())) return;
  core->plan.NoteCut(TryCheckpoint(writer, SQLITE_CHECKPOINT_TRUNCATE).ok, MonotonicNs());
  (void)writer->WalBytes();
}

}  // namespace seathold::sqlite
