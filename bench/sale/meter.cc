#include "bench/sale/meter.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "bench/sale/contestant.h"

namespace seathold::sale {
namespace {

struct Process {
  pid_t pid = 0, parent = 0;
  double cpu_s = 0;
};

// The fields of /proc/PID/stat behind the name, which may have spaces in it.
Process ReadProcess(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const std::size_t name_ends = text.rfind(')');
  if (name_ends == text.npos) return {};
  const char* at = text.c_str() + name_ends + 4;
  Process process{.pid = pid};
  char* next = nullptr;
  process.parent = static_cast<pid_t>(std::strtol(at, &next, 10));
  double ticks = 0;
  for (int field = 5; field <= 17; ++field) {
    const auto value = static_cast<double>(std::strtoll(next, &next, 10));
    if (field >= 14) ticks += value;  // its own time, and that of children it waited for
  }
  process.cpu_s = ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return process;
}

bool Among(const std::vector<pid_t>& pids, pid_t pid) {
  return std::ranges::find(pids, pid) != pids.end();
}

}  // namespace

double Contestant::written_bytes() const {
  std::ifstream file("/proc/self/io");
  std::string word;
  double bytes = 0;
  while (file >> word) {
    if (word == "wchar:") file >> bytes;
  }
  return bytes;
}

std::int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::int64_t MonotonicNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Usage Meter::Read() const {
  Usage usage;
  rusage own{};
  ::getrusage(RUSAGE_SELF, &own);
  for (const timeval& time : {own.ru_utime, own.ru_stime}) {
    usage.cpu_s += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  }
  usage.written_bytes = of_.written_bytes();
  const std::vector<pid_t> servers = of_.servers();
  if (!servers.empty()) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const pid_t pid = std::atoi(entry.path().filename().c_str());
      const Process process = pid > 0 ? ReadProcess(pid) : Process{};
      if (pid > 0 && (Among(servers, pid) || Among(servers, process.parent))) {
        usage.cpu_s += process.cpu_s;
      }
    }
  }
  usage.wall_s = static_cast<double>(MonotonicNs()) / 1e9;
  return usage;
}

Usage Meter::Spent() const {
  const double ended_s = static_cast<double>(MonotonicNs()) / 1e9;
  const Usage now = Read();
  return {ended_s - begun_.wall_s, now.cpu_s - begun_.cpu_s,
          now.written_bytes - begun_.written_bytes};
}

}  // namespace seathold::sale
