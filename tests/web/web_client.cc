#include "tests/web/web_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "seathold/time.h"

namespace seathold::testing {
namespace {

WebReply ParseReplyHead(std::string head) {
  WebReply reply;
  reply.head = std::move(head);
  reply.status = std::stoi(reply.head.substr(9, 3));
  std::size_t line = reply.head.find("\r\n") + 2;
  while (line < reply.head.size()) {
    const std::size_t end = reply.head.find("\r\n", line);
    const std::size_t colon = reply.head.find(": ", line);
    if (end == line || colon == std::string::npos) break;
    std::string name = reply.head.substr(line, colon - line);
    std::ranges::transform(name, name.begin(), [](char c) { return std::tolower(c); });
    reply.fields.emplace_back(name, reply.head.substr(colon + 2, end - colon - 2));
    line = end + 2;
  }
  return reply;
}

}  // namespace

std::string WebReply::field(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, [](const auto& f) { return f.first; });
  return found == fields.end() ? "" : found->second;
}

bool WebReply::has(std::string_view name) const {
  return std::ranges::any_of(fields, [&](const auto& f) { return f.first == name; });
}

Json WebReply::json() const {
  auto parsed = Json::Parse(body);
  return parsed.ok() ? *parsed : Json();
}

std::string WebReply::code() const {
  const Json problem = json();
  const Json* code = problem.Find("code");
  return code == nullptr || code->AsString() == nullptr ? "" : *code->AsString();
}

WebConnection::WebConnection(std::uint16_t port, int receive_bytes) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_bytes > 0) {
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) Close();
}

WebConnection::WebConnection(WebConnection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), ended_(other.ended_), in_(std::move(other.in_)) {}

WebConnection::~WebConnection() { Close(); }

void WebConnection::Close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void WebConnection::Send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the other side has ended it: the reply says why, if anything does
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void WebConnection::ShutDownSending() { ::shutdown(fd_, SHUT_WR); }

bool WebConnection::More(std::int64_t until_ns) {
  const std::int64_t left_ms = (until_ns - MonotonicNs()) / 1'000'000;
  pollfd waiting{fd_, POLLIN, 0};
  if (ended_ || left_ms <= 0 || ::poll(&waiting, 1, static_cast<int>(left_ms)) <= 0) return false;
  char chunk[16'384];
  const ssize_t got = ::recv(fd_, chunk, sizeof chunk, 0);
  if (got <= 0) {
    ended_ = true;
    return false;
  }
  in_.append(chunk, static_cast<std::size_t>(got));
  return true;
}

WebReply WebConnection::Read(int timeout_ms, bool bodiless) {
  const std::int64_t until_ns = MonotonicNs() + timeout_ms * std::int64_t{1'000'000};
  std::size_t end;
  while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
    if (!More(until_ns)) return {};
  }
  WebReply reply = ParseReplyHead(in_.substr(0, end + 4));
  in_.erase(0, end + 4);
  const std::string length = reply.field("content-length");
  const std::size_t bytes = bodiless || length.empty() ? 0 : std::stoul(length);
  while (in_.size() < bytes) {
    if (!More(until_ns)) return {};
  }
  reply.body = in_.substr(0, bytes);
  in_.erase(0, bytes);
  return reply;
}

std::string WebConnection::ReadUntil(std::string_view text, int timeout_ms) {
  const std::int64_t until_ns = MonotonicNs() + timeout_ms * std::int64_t{1'000'000};
  std::size_t at;
  while ((at = in_.find(text)) == std::string::npos && More(until_ns)) {
  }
  const std::size_t bytes = at == std::string::npos ? in_.size() : at + text.size();
  std::string got = in_.substr(0, bytes);
  in_.erase(0, bytes);
  return got;
}

bool WebConnection::Ends(int timeout_ms) {
  const std::int64_t until_ns = MonotonicNs() + timeout_ms * std::int64_t{1'000'000};
  while (More(until_ns)) in_.clear();
  return ended_;
}

std::string RequestText(const WebAsk& ask) {
  std::string text = ask.method + " " + ask.path + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!ask.token.empty()) text += "Authorization: Bearer " + ask.token + "\r\n";
  for (const std::string& field : ask.fields) text += field + "\r\n";
  if (!ask.body.empty()) text += "Content-Length: " + std::to_string(ask.body.size()) + "\r\n";
  return text + "\r\n" + ask.body;
}

WebReply Ask(std::uint16_t port, const WebAsk& ask) {
  WebConnection connection(port);
  if (!connection.open()) return {};
  connection.Send(RequestText(ask));
  return connection.Read(10'000, ask.method == "HEAD");
}

}  // namespace seathold::testing
