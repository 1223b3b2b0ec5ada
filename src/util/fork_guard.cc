#include "src/util/fork_guard.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

namespace seathold {

ForkGuard::ForkGuard() {
  const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* page = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return;
  if (madvise(page, size, MADV_WIPEONFORK) != 0) {
    munmap(page, size);
    return;
  }
  page_ = static_cast<volatile unsigned char*>(page);
  *page_ = 1;
}

ForkGuard::~ForkGuard() {
  if (page_ == nullptr) return;
  munmap(const_cast<unsigned char*>(page_), static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));
}

}  // namespace seathold
