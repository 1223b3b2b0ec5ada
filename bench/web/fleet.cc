#include "bench/web/fleet.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "seathold/time.h"

namespace seathold::load {
namespace {

constexpr std::size_t kChunkBytes = 256 << 10;
constexpr std::size_t kHeadLeast = 12;  // "HTTP/1.1 200"

int NumberAt(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

timespec SpanOf(std::int64_t ns) {
  return {.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
}

}  // namespace

std::string_view Heard::field(std::string_view name) const {
  std::string line("\r\n");
  line.append(name).append(": ");
  const std::size_t at = head.find(line);
  if (at == std::string_view::npos) return "";
  const std::string_view value = head.substr(at + line.size());
  return value.substr(0, value.find("\r\n"));
}

Fleet::Fleet(std::uint16_t port, int connections, Hear hear)
    : port_(port),
      hear_(std::move(hear)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      all_(static_cast<std::size_t>(connections)),
      chunk_(kChunkBytes) {
  for (std::size_t i = 0; i < all_.size(); ++i) idle_.push_back(i);
}

Fleet::~Fleet() {
  for (Connection& connection : all_) Close(connection);
  ::close(epoll_);
}

bool Fleet::Open(std::size_t index) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{.events = EPOLLIN, .data = {.u64 = index}};
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) {
    ::close(fd);
    return false;
  }
  all_[index].fd = fd;
  return true;
}

void Fleet::Close(Connection& connection) {
  if (connection.fd >= 0) ::close(connection.fd);
  connection.fd = -1;
  connection.in.clear();
}

void Fleet::Send(Ask ask) {
  const std::size_t index = idle_.front();
  idle_.pop_front();
  Connection& connection = all_[index];
  connection.ask = std::move(ask);
  connection.busy = true;
  const std::string& text = connection.ask.text;
  // A request is far smaller than what the kernel keeps for a connection with nothing on its way.
  if ((connection.fd < 0 && !Open(index)) ||
      ::send(connection.fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) !=
          static_cast<ssize_t>(text.size())) {
    failed_.push_back(index);
    return;
  }
  sent_ += text.size();
}

void Fleet::Wait(std::int64_t until_ns) {
  std::array<epoll_event, 256> events;
  const timespec span =
      SpanOf(failed_.empty() ? std::max<std::int64_t>(until_ns - MonotonicNs(), 0) : 0);
  const int count = ::epoll_pwait2(epoll_, events.data(), events.size(), &span, nullptr);
  for (int i = 0; i < count; ++i) Read(events[static_cast<std::size_t>(i)].data.u64);
  for (const std::size_t index : std::exchange(failed_, {})) {
    Close(all_[index]);
    Finish(index, {});
  }
}

void Fleet::Read(std::size_t index) {
  Connection& connection = all_[index];
  if (connection.fd < 0) return;
  const ssize_t got = ::recv(connection.fd, chunk_.data(), chunk_.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    Close(connection);
    if (connection.busy) Finish(index, {});
    return;
  }
  received_ += static_cast<std::uint64_t>(got);
  const std::string_view news(chunk_.data(), static_cast<std::size_t>(got));
  if (connection.in.empty()) {
    if (!Take(index, news)) connection.in = news;
    return;
  }
  connection.in += news;
  const std::string whole = std::move(connection.in);
  connection.in.clear();
  if (!Take(index, whole)) connection.in = whole;
}

bool Fleet::Take(std::size_t index, std::string_view text) {
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos || text.size() < kHeadLeast) return false;
  Heard heard;
  heard.status = NumberAt(text.substr(9, 3));
  heard.head = text.substr(0, end + 2);
  heard.body = text.substr(end + 4);
  if (heard.status != 304 && heard.status != 204 &&
      heard.body.size() < static_cast<std::size_t>(NumberAt(heard.field("Content-Length")))) {
    return false;
  }
  if (heard.field("Connection") == "close") Close(all_[index]);
  Finish(index, heard);
  return true;
}

void Fleet::Finish(std::size_t index, const Heard& heard) {
  Ask ask = std::move(all_[index].ask);
  all_[index].busy = false;
  idle_.push_back(index);
  hear_(ask, heard);
}

}  // namespace seathold::load
