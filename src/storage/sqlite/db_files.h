// The files of a database: where they are, how they come to be, and whether they still are what was
// opened. Constant after Prepare().
//
// A file that exists is only ever looked at by name (lstat): opening and closing it here would drop
// the POSIX locks that SQLite holds on it in this process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "seathold/status.h"

namespace seathold::sqlite {

struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};
// Of what is there by this name; zero when nothing is.
FileIdentity IdentityOf(const std::string& path);

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

// An empty file of mode 0600 whatever the umask is; it must not exist. The folder is synced.
Status CreatePrivateFile(const std::string& path);
// "x.db: Permission denied", with the code that fits.
Status FileError(const std::string& path, int error);
// The path with every symbolic link of its folder resolved: SQLite is told to follow none.
Status ResolvePath(const std::string& path, std::string* resolved);
Status SyncFolderOf(const std::string& path);

}  // namespace seathold::sqlite
