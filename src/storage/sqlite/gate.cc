#include "src/storage/sqlite/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

namespace seathold::sqlite {
namespace {

enum Byte : off_t { kNext = 0, kTurn = 1, kUsers = 2 };

// Everyone waits in steps of about the same length, however long they have waited: a growing step
// would favour newcomers.
constexpr std::int64_t kStepNs = 200'000;

int SetLock(int file, short type, Byte byte) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  while (fcntl(file, F_OFD_SETLK, &lock) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

Status LockUntil(int file, Byte byte, Deadline deadline) {
  while (true) {
    const int error = SetLock(file, F_WRLCK, byte);
    if (error == 0) return Status();
    if (error != EAGAIN && error != EACCES) return FileError("the gate", error);
    const std::int64_t left = deadline.remaining_ns();
    if (left == 0) return Status(Code::kBusy);
    const timespec span{0, static_cast<long>(std::min(left, kStepNs))};
    nanosleep(&span, nullptr);
  }
}

// A forked child shares the open file description, and with it the locks: were its descriptors left
// open, a parent killed inside the gate would keep it closed for as long as the child lives. So
// they are closed in the child.
constexpr std::size_t kGatesMax = 1'024;
std::array<std::atomic<int>, kGatesMax> open_files;  // descriptor + 1, 0 = free

void CloseInChild() {
  for (auto& entry : open_files) {
    const int file = entry.exchange(0) - 1;
    if (file >= 0) close(file);
  }
}

// False when there are too many.
bool NoteOpen(int file) {
  static std::once_flag once;
  std::call_once(once, [] { pthread_atfork(nullptr, nullptr, &CloseInChild); });
  for (auto& entry : open_files) {
    int free = 0;
    if (entry.compare_exchange_strong(free, file + 1)) return true;
  }
  return false;
}

// False when this process is a fork and the descriptor is closed already.
bool NoteClosed(int file) {
  for (auto& entry : open_files) {
    int noted = file + 1;
    if (entry.compare_exchange_strong(noted, 0)) return true;
  }
  return false;
}

}  // namespace

Gate::~Gate() { Close(); }

void Gate::Close() {
  if (file_ >= 0 && NoteClosed(file_)) close(file_);
  file_ = -1;
}

Status Gate::Open(const std::string& path) {
  constexpr int kFlags = O_RDWR | O_NOFOLLOW | O_CLOEXEC;
  file_ = open(path.c_str(), kFlags);
  if (file_ < 0 && errno == ENOENT) {
    // O_EXCL leaves the mode to its maker; whoever comes second opens what the first one made.
    file_ = open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0600);
    if (file_ >= 0) (void)fchmod(file_, 0600);
    if (file_ < 0 && errno == EEXIST) file_ = open(path.c_str(), kFlags);
  }
  if (file_ < 0) return FileError(path, errno);
  if (NoteOpen(file_)) return Status();
  close(file_);
  file_ = -1;
  return Status(Code::kTooManyEngines, "1,024 databases are open in this process");
}

Status Gate::Enter(Deadline deadline) {
  if (file_ < 0) return Status();
  if (Status status = LockUntil(file_, kNext, deadline); !status.ok()) return status;
  const Status status = LockUntil(file_, kTurn, deadline);
  SetLock(file_, F_UNLCK, kNext);
  inside_ = status.ok();
  return status;
}

void Gate::Leave() {
  if (!inside_) return;
  inside_ = false;
  SetLock(file_, F_UNLCK, kTurn);
}

bool Gate::StayAlone() { return file_ < 0 || SetLock(file_, F_WRLCK, kUsers) == 0; }

Status Gate::Join(bool* alone) {
  *alone = true;
  if (file_ < 0) return Status();
  *alone = SetLock(file_, F_WRLCK, kUsers) == 0;
  const int error = SetLock(file_, F_RDLCK, kUsers);
  if (error == EAGAIN || error == EACCES) {
    return Status(Code::kNotOwner, "another process has this database to itself");
  }
  return error == 0 ? Status() : FileError("the gate", error);
}

void Gate::Part() {
  if (file_ >= 0) SetLock(file_, F_UNLCK, kUsers);
}

FileIdentity Gate::identity() const {
  struct stat info;
  if (fstat(file_, &info) != 0) return {};
  return {info.st_dev, info.st_ino};
}

}  // namespace seathold::sqlite
