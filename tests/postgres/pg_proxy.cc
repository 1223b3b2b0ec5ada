#include "tests/postgres/pg_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace seathold::testing {
namespace {

constexpr int kTurnMs = 20;

sockaddr_un Address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return address;
}

// Empty: the other side is gone.
std::string ReadSome(int fd) {
  std::string bytes(64 << 10, '\0');
  const ssize_t got = recv(fd, bytes.data(), bytes.size(), 0);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}
bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}
void SleepMs(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

}  // namespace

PgProxy::PgProxy(const std::string& folder, std::string server_socket)
    : sockets_(folder + "/proxy"), server_socket_(std::move(server_socket)) {
  std::filesystem::create_directories(sockets_);
  const std::string path = sockets_ + "/.s.PGSQL.5432";
  unlink(path.c_str());
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = Address(path);
  (void)bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  (void)listen(listener_, 16);
  thread_ = std::thread([this] { Serve(); });
}

PgProxy::~PgProxy() {
  stop_ = true;
  thread_.join();
  for (auto& carrier : carriers_) carrier.join();
  close(listener_);
}

void PgProxy::Serve() {
  while (!stop_) {
    pollfd one{listener_, POLLIN, 0};
    if (poll(&one, 1, kTurnMs) != 1) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) carriers_.emplace_back([this, client] { Carry(client); });
  }
}

void PgProxy::Carry(int client) {
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = Address(server_socket_);
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  while (open && !stop_) {
    pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(both, 2, kTurnMs) <= 0) continue;
    if (both[1].revents != 0) {
      const std::string bytes = ReadSome(server);
      open = !bytes.empty() && WriteAll(client, bytes);
    }
    if (open && both[0].revents != 0) {
      const std::string bytes = ReadSome(client);
      open = !bytes.empty() && Forward(client, server, bytes);
    }
  }
  close(client), close(server);
}

bool PgProxy::Forward(int client, int server, const std::string& bytes) {
  using namespace std::string_view_literals;
  const bool commit = bytes.find("COMMIT\0"sv) != bytes.npos;
  const AtCommit what = commit ? at_commit_.exchange(AtCommit::kPass) : AtCommit::kPass;
  switch (what) {
    case AtCommit::kPass:
      return WriteAll(server, bytes);
    case AtCommit::kLoseIt:
      return false;
    case AtCommit::kLoseReply:
      return WriteAll(server, bytes) && ReadSome(server).empty();
    case AtCommit::kSwallow:
      if (!WriteAll(server, bytes) || ReadSome(server).empty()) return false;
      while (!stop_) {
        pollfd one{client, POLLIN, 0};
        if (poll(&one, 1, kTurnMs) > 0 && ReadSome(client).empty()) break;
      }
      return false;
    case AtCommit::kHoldBack:
      shutdown(client, SHUT_RDWR);
      SleepMs(hold_back_ms);
      (void)WriteAll(server, bytes);
      (void)ReadSome(server);
      return false;
  }
  return false;
}

}  // namespace seathold::testing
