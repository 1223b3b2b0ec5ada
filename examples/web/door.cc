#include "examples/web/door.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

#include "examples/web/wire.h"

namespace seathold::web {

Result<std::unique_ptr<Door>> Door::Open(const std::string& path) {
  std::unique_ptr<Door> door(new Door);
  if (path.empty()) return door;
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  door->Read(text);
  door->fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (door->fd_ < 0) return Status(Code::kCannotOpen, path + ": " + std::strerror(errno));
  const bool torn = !text.empty() && text.back() != '\n';
  if (torn && ::write(door->fd_, "\n", 1) != 1) return Status(Code::kCannotOpen, path);
  return door;
}

Door::~Door() {
  if (fd_ >= 0) ::close(fd_);
}

// A line that a power cut tore is no ticket, and is left out.
void Door::Read(const std::string& text) {
  const MutexLock lock(mutex_);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    TicketName ticket;
    std::string hold, end;
    TimeUs at;
    words >> ticket.performance.value >> hold >> ticket.ordinal >> at.value >> end;
    const auto id = ParseHex(hold);
    if (!id || end != ".") continue;
    ticket.hold.value = *id;
    seen_.emplace(ticket, at);
  }
}

Result<TimeUs> Door::Enter(const TicketName& ticket, TimeUs now) {
  const MutexLock lock(mutex_);
  if (const auto seen = seen_.find(ticket); seen != seen_.end()) return seen->second;
  const std::string line = fmt::format("{} {} {} {} .\n", ticket.performance.value,
                                       HexText(ticket.hold.value), ticket.ordinal, now.value);
  if (fd_ >= 0) {
    const bool written =
        ::write(fd_, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
        ::fdatasync(fd_) == 0;
    if (!written) return Status(Code::kStorageFailed, "the file of the door");
  }
  seen_.emplace(ticket, now);
  return TimeUs{};
}

TimeUs Door::FirstSeen(const TicketName& ticket) {
  const MutexLock lock(mutex_);
  const auto seen = seen_.find(ticket);
  return seen == seen_.end() ? TimeUs{} : seen->second;
}

}  // namespace seathold::web
