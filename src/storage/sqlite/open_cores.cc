#include "src/storage/sqlite/open_cores.h"

#include <pthread.h>

#include <algorithm>
#include <mutex>
#include <vector>

#include "src/storage/sqlite/core.h"

namespace seathold::sqlite {
namespace {

std::mutex& CoresMutex() {
  static std::mutex mutex;
  return mutex;
}

// Guarded by CoresMutex().
std::vector<Core*>& OpenCores() {
  static std::vector<Core*> cores;
  return cores;
}

// A fork must not happen while another thread has the list: its child could never take the lock.
void HoldForFork() { CoresMutex().lock(); }
void ReleaseAfterFork() { CoresMutex().unlock(); }

}  // namespace

void AddOpenCore(Core* core) {
  static std::once_flag once;
  std::call_once(once, [] { pthread_atfork(&HoldForFork, &ReleaseAfterFork, &ReleaseAfterFork); });
  const std::lock_guard lock(CoresMutex());
  OpenCores().push_back(core);
}

void RemoveOpenCore(Core* core) {
  const std::lock_guard lock(CoresMutex());
  std::erase(OpenCores(), core);
}

Status CloseInheritedCores(const std::string& path) {
  const std::lock_guard lock(CoresMutex());
  auto& cores = OpenCores();
  for (auto it = cores.begin(); it != cores.end();) {
    const bool inherited = (*it)->fork.forked();
    if (inherited && (*it)->pool.CloseInherited()) {
      it = cores.erase(it);
      continue;
    }
    if (inherited && (*it)->files.path() == path) {
      return Status(Code::kForked, path + ": the parent was using it when it forked");
    }
    ++it;
  }
  return Status();
}

}  // namespace seathold::sqlite
