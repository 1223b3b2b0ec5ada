// A server that answers as a test wants it to, on this machine.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "src/redis/uri.h"

namespace seathold::testing {

class FakeServer {
 public:
  // `serve` has each connection on a thread of its own, and returns soon once *over.
  using Serve = std::function<void(int socket, const std::atomic<bool>& over)>;

  // `port`: one that somebody had until now; 0 = a free one.
  explicit FakeServer(Serve serve, std::uint16_t port = 0) : serve_(std::move(serve)) {
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const int on = 1;  // what is left of old connections is in nobody's way
    (void)::setsockopt(listening_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    (void)::bind(listening_, generic, size);
    (void)::getsockname(listening_, generic, &size);
    (void)::listen(listening_, 16);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { Accept(); });
  }
  ~FakeServer() {
    over_ = true;
    accepting_.join();
    for (std::thread& thread : serving_) thread.join();
    ::close(listening_);
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  RedisOptions Options(std::int64_t timeout_ms) const {
    RedisOptions options;
    options.host = "127.0.0.1";
    options.port = port_;
    options.timeout_ms = timeout_ms;
    return options;
  }
  int connections() const { return connections_; }

  // What has come within a moment; "" = nothing, or the end.
  static std::string Heard(int socket, int moment_ms = 10) {
    pollfd waited{.fd = socket, .events = POLLIN, .revents = 0};
    char bytes[4096];
    if (::poll(&waited, 1, moment_ms) != 1) return "";
    const ssize_t n = ::recv(socket, bytes, sizeof bytes, 0);
    if (n == 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));  // readable for ever
    return n > 0 ? std::string(bytes, static_cast<std::size_t>(n)) : "";
  }
  static void Say(int socket, std::string_view text) {
    (void)::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
  }
  // Answers whatever is asked with `text`.
  static Serve Always(std::string text) {
    return [text](int socket, const std::atomic<bool>& over) {
      while (!over) {
        if (!Heard(socket).empty()) Say(socket, text);
      }
    };
  }

 private:
  void Accept() {
    while (!over_) {
      pollfd waited{.fd = listening_, .events = POLLIN, .revents = 0};
      if (::poll(&waited, 1, 10) != 1) continue;
      const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      const int on = 1;  // each word leaves when it is said
      (void)::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      ++connections_;
      serving_.emplace_back([this, socket] {
        serve_(socket, over_);
        ::close(socket);
      });
    }
  }

  const Serve serve_;
  int listening_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_{false};
  std::atomic<int> connections_{0};
  std::thread accepting_;
  std::vector<std::thread> serving_;  // used by accepting_, then by the destructor
};

}  // namespace seathold::testing
