// The files of a database: where they are, how they come to be, and whether they still are what was
// opened. Constant after Prepare().
//
// A file that exists is only ever looked at by name (lstat): opening and closing it here would drop
// the POSIX locks that SQLite holds on it in this process.
#pragma once

#include <cstdint>
#include <string>

#include "seathold/status.h"
#include "src/sqlite/file.h"

namespace seathold::sqlite {

class DbFiles {
 public:
  // Resolves the folder, refuses what is no regular file, is a symbolic link or has several names,
  // and creates an empty file of mode 0600 where there is none, nor files of one that was there.
  // Errors: kInvalidArgument, kCannotOpen, kSecondName, kWrongFile, kReadOnly, kStorageFull.
  Status Prepare(const std::string& path, bool create);

  const std::string& path() const { return path_; }
  std::string wal_path() const { return path_ + "-wal"; }
  std::string gate_path() const { return path_ + "-gate"; }
  bool HasGate() const;

  // Remembers which files these are; called once SQLite has both open.
  void Remember();
  // False when the database, its WAL or the -shm with the locks of the WAL is no longer the file
  // that was remembered.
  bool Unchanged() const;
  // As above, of the database alone: for readers, whose -wal and -shm come and go with others.
  bool SameDatabase() const;
  bool HasWal() const;
  // Whether this user may change the database and make files beside it.
  bool Writable() const;
  std::uint64_t WalBytes() const;
  std::uint64_t BytesOnDisk() const;

 private:
  Status CheckLeftovers() const;

  std::string path_;
  std::string wal_path_, shm_path_;
  FileIdentity database_, wal_, shm_;
};

// CreatePrivateFile of something whose name must last: the folder is synced.
Status CreateSyncedFile(const std::string& path);

}  // namespace seathold::sqlite
