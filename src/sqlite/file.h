// The files that SQLite works on, from outside.
//
// A file that exists is only ever looked at by name (lstat): opening and closing it here would drop
// the POSIX locks that SQLite holds on it in this process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "seathold/status.h"
#include "src/sqlite/error_map.h"

namespace seathold::sqlite {

struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};
// Of what is there by this name, and its length; zero when nothing is.
FileIdentity IdentityOf(const std::string& path, std::int64_t* bytes = nullptr);

// An empty file of mode 0600 whatever the umask is; SQLite's -wal and -shm take the mode from it.
// 0, or an errno: EEXIST when something has the name.
int CreatePrivateFile(const std::string& path);

// Its folder, as it was given.
std::string FolderOf(const std::string& path);
// Syncs it: a name in it that is new, or gone, lasts.
Status SyncFolderOf(const std::string& path);
// The path with every symbolic link of its folder resolved: SQLite is told to follow none.
Status ResolvePath(const std::string& path, std::string* resolved);

}  // namespace seathold::sqlite
