#include "src/util/fork_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <new>

namespace seathold {
namespace {

std::size_t PageSize() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

void* MapWipedPage() {
#ifdef MADV_WIPEONFORK
  void* page =
      mmap(nullptr, PageSize(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return nullptr;
  if (madvise(page, PageSize(), MADV_WIPEONFORK) == 0) return page;
  munmap(page, PageSize());
#endif
  return nullptr;
}

}  // namespace

ForkGuard::ForkGuard(bool wiping) : process_(getpid()) {
  if (!wiping) return;
  if (void* page = MapWipedPage()) page_ = new (page) std::atomic<int>(1);
}

ForkGuard::~ForkGuard() {
  if (page_ != nullptr) munmap(page_, PageSize());
}

bool ForkGuard::IsAnotherProcess() const { return getpid() != process_; }

}  // namespace seathold
