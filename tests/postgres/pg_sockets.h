// What stands between storages and the server listens and speaks on unix sockets.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

namespace seathold::testing {

// How long who stands in between waits before it looks whether it is over.
inline constexpr int kTurnMs = 20;

inline sockaddr_un SocketAddress(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

// A listener where libpq looks for a server in `folder`, which is made.
inline int ListenIn(const std::string& folder) {
  std::filesystem::create_directories(folder);
  const std::string path = folder + "/.s.PGSQL.5432";
  unlink(path.c_str());
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = SocketAddress(path);
  (void)bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  (void)chmod(path.c_str(), 0777);  // a pooler is another user
  (void)listen(listener, 64);
  return listener;
}

// A socket, connected if somebody listens at `path`.
inline int ConnectTo(const std::string& path, bool* connected) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = SocketAddress(path);
  *connected = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  return fd;
}

inline bool SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace seathold::testing
