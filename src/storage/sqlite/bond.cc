#include "src/storage/sqlite/bond.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <list>
#include <mutex>

namespace seathold::sqlite {
namespace {

static_assert(sizeof(off_t) == 8);

// SQLite locks bytes around 1 GiB. No file is ever so long that these are in it.
constexpr off_t kFirstByte = off_t{1} << 62;
constexpr off_t kBytes = off_t{1} << 61;

off_t ByteOf(const FileIdentity& gate) {
  std::uint64_t mixed = gate.inode * 0x9E37'79B9'7F4A'7C15u ^ gate.device;
  mixed = (mixed ^ (mixed >> 29)) * 0xBF58'476D'1CE4'E5B9u;
  return kFirstByte + 1 + static_cast<off_t>(mixed % (kBytes - 2));
}

int CallLock(int file, int operation, short type, off_t first, off_t length, short* found) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = first;
  lock.l_len = length;
  while (fcntl(file, operation, &lock) != 0) {
    if (errno != EINTR) return errno;
  }
  if (found != nullptr) *found = lock.l_type;
  return 0;
}

Status SecondName(const std::string& path) {
  return Status(Code::kSecondName,
                path +
                    ": is open under another name (a hard link, a mount of the file, a name it "
                    "had before), or its -gate was replaced; open it by that name, or close it "
                    "there first");
}

// Whether other descriptions have locks within [first, end).
Status CheckNoLock(int file, off_t first, off_t end, const std::string& path) {
  short found = F_UNLCK;
  const int error = CallLock(file, F_OFD_GETLK, F_WRLCK, first, end - first, &found);
  if (error != 0) return FileError(path, error);
  return found == F_UNLCK ? Status() : SecondName(path);
}

Status CheckOthers(int file, off_t byte, const std::string& path) {
  if (Status status = CheckNoLock(file, kFirstByte, byte, path); !status.ok()) return status;
  return CheckNoLock(file, byte + 1, kFirstByte + kBytes, path);
}

// What the kernel tells of a descriptor are the locks that were taken through it. True also when it
// does not tell.
bool TellsPosixLock(int file) {
  char name[40], line[256];
  snprintf(name, sizeof name, "/proc/self/fdinfo/%d", file);
  FILE* const info = fopen(name, "re");
  if (info == nullptr) return true;
  bool found = false;
  while (!found && fgets(line, sizeof line, info) != nullptr) {
    found = strncmp(line, "lock:", 5) == 0 && strstr(line, " POSIX ") != nullptr;
  }
  fclose(info);
  return found;
}

// Whether this process has POSIX locks on the file, which it then has through one of its
// descriptors.
bool HasPosixLocks(const FileIdentity& identity) {
  DIR* const folder = opendir("/proc/self/fd");
  if (folder == nullptr) return true;
  bool found = false;
  while (const dirent* entry = found ? nullptr : readdir(folder)) {
    // By its name: a number belongs to who opened it, and may be closed and another's meanwhile.
    struct stat info;
    found = fstatat(dirfd(folder), entry->d_name, &info, 0) == 0 &&
            identity == FileIdentity{info.st_dev, info.st_ino} &&
            TellsPosixLock(atoi(entry->d_name));
  }
  closedir(folder);
  return found;
}

struct BoundFile {
  std::uint64_t number = 0;
  FileIdentity identity, gate;
  int descriptor = -1;
  int bonds = 0;  // 0 = it could not be closed yet
};

// The files that this process has bound.
class Table {
 public:
  Table() {
    pthread_atfork([] { Files().mutex_.lock(); }, [] { Files().mutex_.unlock(); },
                   [] { Files().ClearInChild(); });
  }
  // Never destroyed: an engine may be closed while the process ends.
  static Table& Files() {
    static auto* const table = new Table;
    return *table;
  }

  Status CheckUnbound(const std::string& path) {
    const std::lock_guard lock(mutex_);
    BoundFile* file = nullptr;
    Status status = Find(path, &file);
    if (status.ok() && file->bonds > 0) return SecondName(path);
    if (status.ok()) {
      status = CheckNoLock(file->descriptor, kFirstByte, kFirstByte + kBytes, path);
    }
    CloseUnused();
    return status;
  }

  Status Tie(const std::string& path, const FileIdentity& gate, std::uint64_t* number) {
    const std::lock_guard lock(mutex_);
    BoundFile* file = nullptr;
    Status status = Find(path, &file);
    if (status.ok() && file->bonds > 0 && !(file->gate == gate)) return SecondName(path);
    if (status.ok() && file->bonds == 0) status = Lock(file->descriptor, ByteOf(gate), path);
    if (status.ok()) {
      file->gate = gate;
      ++file->bonds;
      *number = file->number;
    }
    CloseUnused();
    return status;
  }

  void Untie(std::uint64_t number) {
    const std::lock_guard lock(mutex_);
    for (BoundFile& file : files_) {
      if (file.number != number || --file.bonds > 0) continue;
      CallLock(file.descriptor, F_OFD_SETLK, F_UNLCK, kFirstByte, kBytes, nullptr);
    }
    CloseUnused();
  }

 private:
  Status Find(const std::string& path, BoundFile** found) {
    struct stat info;
    if (lstat(path.c_str(), &info) != 0) return FileError(path, errno);
    for (BoundFile& file : files_) {
      if (!(file.identity == FileIdentity{info.st_dev, info.st_ino})) continue;
      *found = &file;
      return Status();
    }
    files_.emplace_front();  // before the open: nothing may fail behind it
    BoundFile& file = files_.front();
    file.number = ++last_number_;
    file.descriptor = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (file.descriptor < 0 || fstat(file.descriptor, &info) != 0) return FileError(path, errno);
    file.identity = {info.st_dev, info.st_ino};
    *found = &file;
    return Status();
  }

  // Looked for before, so that a name which is refused never stands in the way of the other, and
  // behind it, since another process may have done the same meanwhile.
  static Status Lock(int descriptor, off_t byte, const std::string& path) {
    if (Status status = CheckOthers(descriptor, byte, path); !status.ok()) return status;
    const int error = CallLock(descriptor, F_OFD_SETLK, F_RDLCK, byte, 1, nullptr);
    if (error != 0) return FileError(path, error);
    const Status status = CheckOthers(descriptor, byte, path);
    if (!status.ok()) CallLock(descriptor, F_OFD_SETLK, F_UNLCK, byte, 1, nullptr);
    return status;
  }

  void CloseUnused() {
    files_.remove_if([](const BoundFile& file) {
      if (file.bonds > 0) return false;
      if (file.descriptor >= 0 && HasPosixLocks(file.identity)) return false;
      if (file.descriptor >= 0) close(file.descriptor);
      return true;
    });
  }

  // A child shares the descriptions: they would keep a killed parent's locks alive.
  void ClearInChild() {
    for (const BoundFile& file : files_) close(file.descriptor);
    files_.clear();
    mutex_.unlock();
  }

  std::mutex mutex_;  // a std::mutex: a fork takes it in one function and releases it in another
  std::list<BoundFile> files_;     // guarded by mutex_
  std::uint64_t last_number_ = 0;  // guarded by mutex_
};

}  // namespace

Status Bond::CheckUnbound(const std::string& path) { return Table::Files().CheckUnbound(path); }

Status Bond::Tie(const std::string& path, const FileIdentity& gate) {
  return Table::Files().Tie(path, gate, &file_);
}

void Bond::Untie() {
  if (file_ != 0) Table::Files().Untie(file_);
  file_ = 0;
}

}  // namespace seathold::sqlite
