#include "tests/oom/short_memory.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "tests/support/sanitizers.h"

namespace seathold::testing {
namespace {

std::atomic<bool> armed{false};
std::atomic<std::size_t> asked{0};
std::atomic<std::size_t> fail_at{kNoFailure};
std::atomic<bool> fail_for_ever{false};

[[maybe_unused]] bool Fails() {
  if (!armed.load(std::memory_order_relaxed)) return false;
  const std::size_t number = ++asked;
  const std::size_t at = fail_at.load();
  const bool fails = at != kNoFailure && (number == at || (number > at && fail_for_ever.load()));
  if (fails) errno = ENOMEM;
  return fails;
}

}  // namespace

void FailAllocations(std::size_t at, bool for_ever) {
  asked = 0;
  fail_at = at;
  fail_for_ever = for_ever;
  armed = true;
}

std::size_t StopFailing() {
  armed = false;
  return asked;
}

bool CanFailAllocations() { return SEATHOLD_SANITIZED == 0; }

}  // namespace seathold::testing

#if SEATHOLD_SANITIZED == 0

using seathold::testing::Fails;

extern "C" {

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* at, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size) { return Fails() ? nullptr : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return Fails() ? nullptr : __libc_calloc(count, size); }
void* realloc(void* at, size_t size) { return Fails() ? nullptr : __libc_realloc(at, size); }
void* memalign(size_t alignment, size_t size) {
  return Fails() ? nullptr : __libc_memalign(alignment, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  return Fails() ? nullptr : __libc_memalign(alignment, size);
}
int posix_memalign(void** out, size_t alignment, size_t size) {
  void* at = Fails() ? nullptr : __libc_memalign(alignment, size);
  if (at == nullptr) return ENOMEM;
  *out = at;
  return 0;
}

void* mmap(void* at, size_t size, int protection, int flags, int fd, off_t offset) {
  if ((flags & MAP_ANONYMOUS) != 0 && Fails()) return MAP_FAILED;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel's own word for an address
  return reinterpret_cast<void*>(::syscall(SYS_mmap, at, size, protection, flags, fd, offset));
}

}  // extern "C"

#endif
