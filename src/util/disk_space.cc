#include "src/util/disk_space.h"

#include <sys/statvfs.h>

#include <cstdint>

namespace seathold {
namespace {

constexpr std::uint64_t kNeededBytes = 256 << 10;

std::string FolderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

bool IsDiskFull(const std::string& path) {
  struct statvfs disk {};
  if (statvfs(FolderOf(path).c_str(), &disk) != 0) return false;
  return std::uint64_t{disk.f_bavail} * disk.f_frsize < kNeededBytes;
}

}  // namespace seathold
