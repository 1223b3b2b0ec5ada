// The way back: a backup in the place of a database, whatever the database left behind.
//
// In this order, so that a crash at any moment leaves the old database whole, the backup in its
// place, or the backup beside a WAL that opening refuses (wal_note.h) until this is run again:
// the copy is made and synced under another name; it takes the name; what belonged to the old
// database goes.
#include "seathold/restore.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <new>
#include <string>

#include "seathold/adapter/storage.h"
#include "src/storage/sqlite/backup.h"
#include "src/storage/sqlite/bond.h"
#include "src/storage/sqlite/control.h"
#include "src/storage/sqlite/db_connection.h"
#include "src/storage/sqlite/db_files.h"
#include "src/storage/sqlite/gate.h"
#include "src/storage/sqlite/schema.h"

namespace seathold {
namespace sqlite {
namespace {

bool Exists(const std::string& path) {
  struct stat info;
  return lstat(path.c_str(), &info) == 0;
}
bool IsLink(const std::string& path) {
  struct stat info;
  return lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
}

Status CheckPaths(const DbFiles& backup, const std::string& target, bool replace) {
  if (backup.path() == target) {
    return Status(Code::kInvalidArgument, "the backup and the database are one file");
  }
  if (backup.WalBytes() > 0) {
    return Status(Code::kCannotOpen, backup.path() +
                                         ": has a -wal, so it is in use or crashed, "
                                         "and no backup; open it, and back it up");
  }
  if (IsLink(target)) {
    return Status(Code::kCannotOpen, target + ": is a symbolic link, which is refused");
  }
  if (Exists(target) && !replace) {
    return Status(Code::kAlreadyExists, target +
                                            ": is there; --replace puts the backup in its "
                                            "place, and what it holds is gone then");
  }
  return Status();
}

Status CheckBackup(Connection* backup, const std::string& path) {
  std::int64_t application = 0, version = 0;
  int code = backup->QueryInt("PRAGMA application_id", &application);
  if (code == SQLITE_OK) code = backup->QueryInt("PRAGMA user_version", &version);
  if (code != SQLITE_OK) return MapError(code, Phase::kOpen, path);
  if (application != kApplicationId) {
    return Status(Code::kCannotOpen, path + ": is no database of SeatHold");
  }
  return version > kSchemaVersion ? Status(Code::kNewerSchema, path) : Status();
}

// A damaged backup replaces nothing. Copying reads all of its rows; what they must hold to is asked
// of the copy, since SQLite passes over CHECK constraints where a file was opened to read.
Status CheckCopy(const std::string& part, const std::string& backup, Deadline deadline) {
  auto copy = DbConnection::Open(part, "", deadline);
  if (!copy.ok()) return copy.status();
  std::string found;
  const int code = (*copy)->QueryText("PRAGMA integrity_check(1)", &found, deadline);
  if (code != SQLITE_OK) return MapError(code, Phase::kOpen, backup);
  return found == "ok" ? Status() : Status(Code::kStorageCorrupt, backup + ": " + found);
}

Status MakePart(Connection* backup, const std::string& path, const std::string& part,
                Deadline deadline) {
  if (Status status = StartPart(part); !status.ok()) return status;
  if (const int code = VacuumInto(backup, part, deadline); code != SQLITE_OK) {
    return MapError(code, Phase::kOpen, path);
  }
  if (Status status = BecomeCopy(part, deadline); !status.ok()) return status;
  if (Status status = CheckCopy(part, path, deadline); !status.ok()) return status;
  return SyncFile(part);
}

// What belonged to the old database. Its line comes back by the tokens; its keys stay, they are the
// backup's as well.
Status RemoveLeftovers(const std::string& target) {
  for (const char* suffix :
       {"-wal", "-shm", "-journal", "-log", "-line", "-line-wal", "-line-shm"}) {
    const std::string path = target + suffix;
    if (unlink(path.c_str()) != 0 && errno != ENOENT) return FileError(path, errno);
  }
  return SyncFolderOf(target);
}

Status CloseOut(const std::string& target, Deadline deadline, Gate* gate) {
  if (Status status = gate->Open(target + "-gate"); !status.ok()) return status;
  if (Exists(target)) {
    Bond bond;  // refuses a file that is open under another name
    if (Status status = bond.Tie(target, gate->identity()); !status.ok()) return status;
  }
  if (Status status = gate->Enter(deadline); !status.ok()) return status;
  bool alone = true;
  if (Status status = gate->Join(&alone); !status.ok()) return status;
  return alone ? Status()
               : Status(Code::kBusy, target + ": is open in another process; close it first");
}

Status Restore(const SqliteRestore& how, Deadline deadline) {
  DbFiles files;
  std::string target;
  if (Status status = files.Prepare(how.backup, false); !status.ok()) return status;
  if (Status status = ResolvePath(how.path, &target); !status.ok()) return status;
  if (Status status = CheckPaths(files, target, how.replace); !status.ok()) return status;
  auto backup = DbConnection::OpenToRead(files.path(), ReadFrom::kFileAlone, deadline);
  if (!backup.ok()) return backup.status();
  if (Status status = CheckBackup(backup->get(), files.path()); !status.ok()) return status;
  Gate gate;  // held to the end: nobody opens what is half there
  if (Status status = CloseOut(target, deadline, &gate); !status.ok()) return status;
  const std::string part = PartOf(target);
  RemovedUnlessKept removed{part};
  if (Status status = MakePart(backup->get(), files.path(), part, deadline); !status.ok()) {
    return status;
  }
  if (rename(part.c_str(), target.c_str()) != 0) return FileError(target, errno);
  removed.kept = true;
  if (Status status = SyncFolderOf(target); !status.ok()) return status;
  return RemoveLeftovers(target);
}

}  // namespace
}  // namespace sqlite

Status RestoreSqlite(const SqliteRestore& how) {
  if (how.path.empty() || how.path.find('\0') != std::string::npos || how.path.back() == '/') {
    return Status(Code::kInvalidArgument, "the path of the database is empty or no file name");
  }
  try {
    return sqlite::Restore(how, Deadline::After({how.timeout_ms}));
  } catch (const std::bad_alloc&) {
    return Status(Code::kOutOfMemory);
  }
}

}  // namespace seathold
