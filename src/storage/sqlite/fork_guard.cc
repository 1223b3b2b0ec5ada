#include "src/storage/sqlite/fork_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <new>

namespace seathold::sqlite {
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

ForkGuard::ForkGuard() : process_(getpid()) {
  if (void* page = MapWipedPage()) page_ = new (page) std::atomic<int>(1);
}

ForkGuard::~ForkGuard() {
  if (page_ != nullptr) munmap(page_, PageSize());
}

bool ForkGuard::forked() const {
  if (page_ != nullptr) return page_->load(std::memory_order_relaxed) == 0;
  return getpid() != process_;
}

}  // namespace seathold::sqlite
