// A connection to a database of ours: with our functions, every commit synced, and its WAL in our
// hands.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "src/sqlite/connection.h"

namespace seathold::sqlite {

// How a file is read that must not change.
enum class ReadFrom {
  kFileAlone,  // as if nothing lay beside it and nobody could write it; makes no file, takes no
               // lock
  kFileAndLog  // with its WAL, by the locks of everybody else
};

class DbConnection : public Connection {
 public:
  // Opens a file that exists. `vfs` empty = the default.
  static Result<std::unique_ptr<DbConnection>> Open(const std::string& path, const std::string& vfs,
                                                    Deadline deadline);
  static Result<std::unique_ptr<DbConnection>> OpenToRead(const std::string& path, ReadFrom from,
                                                          Deadline deadline = {});

  // The length of the WAL file, 0 when there is none. It stays as long as it once was when the WAL
  // starts over at its front.
  std::int64_t WalBytes();
  // What it was when it was asked for, or is by what was committed since: SQLite's own question
  // would make the next sync write the file's times as well (see IdentityOf).
  std::int64_t wal_bytes_known() const {
    return std::max(wal_bytes_, wal_frames_ * kWalFrameBytes);
  }
  // Syncs the WAL, or writes all of it once more first. Neither changes what is in it. An SQLite
  // result code.
  int SyncWal();
  int RewriteWal();
  // What commits have added to the WAL since the last NoteCheckpoint, as this connection sees it.
  std::int64_t wal_bytes_added() const { return wal_frames_added_ * kWalFrameBytes; }
  void NoteCheckpoint() { wal_frames_added_ = 0; }
  // The next close leaves the WAL as it is: for connections that met an error of the disk.
  void KeepWalOnClose();

 private:
  DbConnection();
  static Result<std::unique_ptr<DbConnection>> OpenWith(Opening how);
  sqlite3_file* Wal();  // nullptr when there is none
  int WriteWalAgain();
  static int OnCommit(void* self, sqlite3*, const char*, int frames);
  static constexpr std::int64_t kWalFrameBytes = 4'096 + 24;  // a page and its header

  std::int64_t wal_bytes_ = 0;   // when WalBytes was called
  std::int64_t wal_frames_ = 0;  // in the WAL after this connection's last commit
  std::int64_t wal_frames_added_ = 0;
};

}  // namespace seathold::sqlite
