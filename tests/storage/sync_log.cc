#include "tests/storage/sync_log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <mutex>

#include "tests/storage/sqlite_tools.h"

namespace seathold::testing {
namespace {

std::mutex mutex;
bool on = false;           // these: guarded by mutex
std::string fails, kills;  // the last parts of paths
std::vector<std::string> synced;
std::map<std::string, std::string> contents;  // of files, by path

std::string PathOf(int file) {
  char name[40], path[512];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  const ssize_t size = readlink(name, path, sizeof path);
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : "";
}

bool Names(const std::string& path, const std::string& name) {
  return !name.empty() && path.substr(path.rfind('/') + 1) == name;
}

int Sync(int file, long call) {
  {
    const std::lock_guard lock(mutex);
    if (on) {
      const std::string path = PathOf(file);
      if (Names(path, kills)) kill(getpid(), SIGKILL);
      if (Names(path, fails)) {
        errno = EIO;
        return -1;
      }
      synced.push_back(path);
      if (std::filesystem::is_regular_file(path)) contents[path] = Bytes(path);
    }
  }
  return static_cast<int>(syscall(call, file));
}

void Set(bool wanted) {
  const std::lock_guard lock(mutex);
  on = wanted;
  fails.clear();
  kills.clear();
  synced.clear();
  contents.clear();
}

}  // namespace

SyncLog::SyncLog() { Set(true); }
SyncLog::~SyncLog() { Set(false); }

void SyncLog::Fail(const std::string& name) {
  const std::lock_guard lock(mutex);
  fails = name;
}

void SyncLog::Kill(const std::string& name) {
  const std::lock_guard lock(mutex);
  kills = name;
}

std::vector<std::string> SyncLog::paths() const {
  const std::lock_guard lock(mutex);
  return synced;
}

std::string SyncLog::content(const std::string& path) const {
  const std::lock_guard lock(mutex);
  const auto found = contents.find(path);
  return found == contents.end() ? "" : found->second;
}

void SyncLog::Clear() {
  const std::lock_guard lock(mutex);
  synced.clear();
  contents.clear();
}

}  // namespace seathold::testing

extern "C" int fsync(int file) { return seathold::testing::Sync(file, SYS_fsync); }
extern "C" int fdatasync(int file) { return seathold::testing::Sync(file, SYS_fdatasync); }
