#include "tests/support/traced.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "tests/processes/child.h"

namespace seathold::testing {
namespace {

constexpr std::uint64_t kChanging[] = {
    SYS_write,     SYS_pwrite64, SYS_writev,    SYS_pwritev,  SYS_fsync,     SYS_fdatasync,
    SYS_ftruncate, SYS_truncate, SYS_fallocate, SYS_unlinkat, SYS_renameat2, SYS_linkat,
    SYS_mkdirat,   SYS_fchmod,   SYS_fchmodat,  SYS_msync,    SYS_fcntl,     SYS_sync_file_range,
#ifdef SYS_unlink
    SYS_unlink,    SYS_rename,   SYS_renameat,  SYS_link,     SYS_mkdir,     SYS_chmod,
#endif
};

bool Changes(const __ptrace_syscall_info& info) {
  const std::uint64_t number = info.entry.nr;
  if (number == SYS_openat) return (info.entry.args[2] & O_CREAT) != 0;
#ifdef SYS_open
  if (number == SYS_open) return (info.entry.args[1] & O_CREAT) != 0;
#endif
  return std::ranges::find(kChanging, number) != std::end(kChanging);
}

bool AtEntry(pid_t child, __ptrace_syscall_info* info) {
  const long size = ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof *info, info);
  return size > 0 && info->op == PTRACE_SYSCALL_INFO_ENTRY;
}

void Follow(pid_t child, int kill_before, TracedEnd* end) {
  int status = 0, deliver = 0;
  while (true) {
    ptrace(PTRACE_SYSCALL, child, nullptr, deliver);
    if (waitpid(child, &status, 0) != child) return;
    if (!WIFSTOPPED(status)) break;
    const int signal = WSTOPSIG(status);
    deliver = signal == (SIGTRAP | 0x80) ? 0 : signal;
    __ptrace_syscall_info info{};
    if (deliver != 0 || !AtEntry(child, &info) || !Changes(info)) continue;
    if (++end->calls == kill_before) kill(child, SIGKILL);
  }
  end->killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  if (WIFEXITED(status)) end->exit_code = WEXITSTATUS(status);
}

}  // namespace

std::optional<TracedEnd> RunTraced(int kill_before, const std::function<void()>& body) {
  constexpr int kRefused = 99;
  const pid_t child = Spawn([&] {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(kRefused);
    raise(SIGSTOP);
    body();
  });
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return std::nullopt;
  ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  TracedEnd end;
  Follow(child, kill_before, &end);
  return end;
}

}  // namespace seathold::testing
