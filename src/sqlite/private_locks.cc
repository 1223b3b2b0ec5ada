#include "src/sqlite/private_locks.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <list>
#include <mutex>
#include <new>
#include <unordered_map>

namespace seathold::sqlite {
namespace {

static_assert(sizeof(off_t) == 8, "the struct flock of SQLite and ours must be one");

// 0 to 2 stay free for what they are known as: a stray line of output would land in the database.
constexpr int kDescriptorMin = 3;

// One file that SQLite locks.
struct LockedFile {
  dev_t device = 0;
  ino_t inode = 0;
  int descriptor = -1;  // of the description that holds the locks
  int users = 0;        // descriptors of SQLite's that were seen locking it
};

// Another open file description of the file behind `file`. Where there is no /proc, or it may no
// longer be opened, the same one must do: then a fork that lives on keeps the locks of a parent
// that was killed.
int OpenAgain(int file) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  const int mode = fcntl(file, F_GETFL) & O_ACCMODE;
  const int again = open(path, mode | O_CLOEXEC);
  if (again >= kDescriptorMin) return again;
  const int high = fcntl(again >= 0 ? again : file, F_DUPFD_CLOEXEC, kDescriptorMin);
  if (again >= 0) close(again);
  return high;
}

// What SQLite's descriptors lock. A file stays here while SQLite has one of them open; SQLite
// itself keeps open what it may still hold a lock through.
class LockTable {
 public:
  // The descriptor to lock instead of `file`; -1 with errno set. 0 when there is none and `make` is
  // false: then this copy holds nothing on that file.
  int Find(int file, bool make) {
    const std::lock_guard lock(mutex_);
    if (const auto it = users_.find(file); it != users_.end()) return it->second->descriptor;
    struct stat info;
    if (fstat(file, &info) != 0) return -1;
    const auto known = FindFile(info);
    if (known != files_.end()) return Join(file, known);
    return make ? Add(file, info) : 0;
  }

  // To be called before `file` is closed: its number may be another file's at once.
  void Forget(int file) {
    const std::lock_guard lock(mutex_);
    const auto it = users_.find(file);
    if (it == users_.end()) return;
    const auto locked = it->second;
    users_.erase(it);
    if (--locked->users > 0) return;
    close(locked->descriptor);
    files_.erase(locked);
  }

  void HoldForFork() { mutex_.lock(); }
  void ReleaseInParent() { mutex_.unlock(); }
  // A child of fork holds no lock, as with POSIX locks: what it inherited is its parent's.
  void ClearInChild() {
    for (const LockedFile& file : files_) close(file.descriptor);
    users_.clear();
    files_.clear();
    mutex_.unlock();
  }

 private:
  using Files = std::list<LockedFile>;

  Files::iterator FindFile(const struct stat& info) {
    auto it = files_.begin();
    while (it != files_.end() && (it->inode != info.st_ino || it->device != info.st_dev)) ++it;
    return it;
  }

  int Join(int file, Files::iterator locked) {
    users_.emplace(file, locked);
    ++locked->users;
    return locked->descriptor;
  }

  int Add(int file, const struct stat& info) {
    const int descriptor = OpenAgain(file);
    if (descriptor < 0) return -1;
    try {
      files_.push_front({info.st_dev, info.st_ino, descriptor, 0});
    } catch (const std::bad_alloc&) {
      close(descriptor);
      throw;
    }
    try {
      return Join(file, files_.begin());
    } catch (const std::bad_alloc&) {
      close(descriptor);
      files_.pop_front();
      throw;
    }
  }

  std::mutex mutex_;  // a std::mutex: a fork takes it in one function and releases it in another
  Files files_;       // guarded by mutex_
  std::unordered_map<int, Files::iterator> users_;  // by SQLite's descriptor; guarded by mutex_
};

// Never destroyed: SQLite may close files while the process ends.
LockTable& SqliteLocks() {
  static auto* const table = new LockTable;
  return *table;
}

int LockOperation(int operation) {
  switch (operation) {
    case F_GETLK:
      return F_OFD_GETLK;
    case F_SETLK:
      return F_OFD_SETLK;
    case F_SETLKW:
      return F_OFD_SETLKW;
    default:
      return -1;
  }
}

int LockThroughTable(int file, int operation, struct flock* lock) {
  struct flock asked = *lock;
  asked.l_pid = 0;  // the kernel insists
  int descriptor = -1;
  try {
    descriptor = SqliteLocks().Find(file, asked.l_type != F_UNLCK);
  } catch (const std::bad_alloc&) {
    errno = ENOLCK;
  }
  if (descriptor <= 0) return descriptor;
  const int result = fcntl(descriptor, operation, &asked);
  if (result == 0 && operation == F_OFD_GETLK) *lock = asked;
  return result;
}

// What SQLite calls instead of fcntl.
int FcntlForSqlite(int file, int operation, ...) {
  va_list arguments;
  va_start(arguments, operation);
  void* const argument = va_arg(arguments, void*);  // an int fits, as in the C library's own
  va_end(arguments);
  const int lock_operation = LockOperation(operation);
  if (lock_operation < 0) return fcntl(file, operation, argument);
  return LockThroughTable(file, lock_operation, static_cast<struct flock*>(argument));
}

// What SQLite calls instead of close.
int CloseForSqlite(int file) {
  SqliteLocks().Forget(file);
  return close(file);
}

Status InstallLocks() {
  sqlite3_vfs* const vfs = sqlite3_vfs_find("unix");
  if (vfs == nullptr || vfs->iVersion < 3 || vfs->xSetSystemCall == nullptr) {
    return Status(Code::kUnsupported, "this SQLite does not let its locks be replaced");
  }
  pthread_atfork([] { SqliteLocks().HoldForFork(); }, [] { SqliteLocks().ReleaseInParent(); },
                 [] { SqliteLocks().ClearInChild(); });
  const auto set = [&](const char* name, auto* call) {
    return vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(call)) == SQLITE_OK;
  };
  if (set("close", &CloseForSqlite) && set("fcntl", &FcntlForSqlite)) return Status();
  return Status(Code::kUnsupported, "this SQLite did not take other locks");
}

}  // namespace

Status UsePrivateLocks() {
  static const Status installed = InstallLocks();
  return installed;
}

Status PreparePrivateLocks() {
#ifdef SEATHOLD_PRIVATE_SQLITE
  return UsePrivateLocks();
#else
  return Status();
#endif
}

}  // namespace seathold::sqlite
