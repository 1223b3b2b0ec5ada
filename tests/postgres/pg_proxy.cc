#include "tests/postgres/pg_proxy.h"

#include <chrono>
#include <utility>

#include "tests/postgres/pg_sockets.h"

namespace seathold::testing {
namespace {

// Empty: the other side is gone.
std::string ReadSome(int fd) {
  std::string bytes(64 << 10, '\0');
  const ssize_t got = recv(fd, bytes.data(), bytes.size(), 0);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}
void SleepMs(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

}  // namespace

PgProxy::PgProxy(const std::string& folder, std::string server_socket)
    : sockets_(folder + "/proxy"),
      server_socket_(std::move(server_socket)),
      listener_(ListenIn(sockets_)),
      thread_([this] { Serve(); }) {}

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
  bool open = false;
  const int server = ConnectTo(server_socket_, &open);
  while (open && !stop_) {
    pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(both, 2, kTurnMs) <= 0) continue;
    if (both[1].revents != 0) {
      const std::string bytes = ReadSome(server);
      open = !bytes.empty() && SendAll(client, bytes);
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
      return SendAll(server, bytes);
    case AtCommit::kLoseIt:
      return false;
    case AtCommit::kLoseReply:
      return SendAll(server, bytes) && ReadSome(server).empty();
    case AtCommit::kSwallow:
      if (!SendAll(server, bytes) || ReadSome(server).empty()) return false;
      while (!stop_) {
        pollfd one{client, POLLIN, 0};
        if (poll(&one, 1, kTurnMs) > 0 && ReadSome(client).empty()) break;
      }
      return false;
    case AtCommit::kHoldBack:
      shutdown(client, SHUT_RDWR);
      SleepMs(hold_back_ms);
      (void)SendAll(server, bytes);
      (void)ReadSome(server);
      return false;
  }
  return false;
}

}  // namespace seathold::testing
