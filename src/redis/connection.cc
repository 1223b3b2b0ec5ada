#include "src/redis/connection.h"

#include <hiredis/hiredis.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <new>

namespace seathold {
namespace {

constexpr std::size_t kReadBytes = 16 << 10;

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
struct FreeReply {
  void operator()(redisReply* reply) const { ::freeReplyObject(reply); }
};

Status Lost(const std::string& what) { return Status(Code::kBusy, "redis: " + what); }
Status LostErrno() { return Lost(std::strerror(errno)); }

Status WaitFor(int socket, short events, Deadline deadline) {
  for (;;) {
    const std::int64_t left_ns = deadline.remaining_ns();
    if (left_ns == 0) return Lost("no answer in time");
    pollfd waited{.fd = socket, .events = events, .revents = 0};
    const std::int64_t left_ms = left_ns / 1'000'000 + 1;  // never a wait of 0, which would spin
    const int n = ::poll(&waited, 1, static_cast<int>(std::min<std::int64_t>(left_ms, INT_MAX)));
    if (n > 0) return Status();
    if (n < 0 && errno != EINTR) return LostErrno();
  }
}

Status ConnectSocket(int socket, const addrinfo& address, Deadline deadline) {
  const int on = 1;
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  (void)::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (::connect(socket, address.ai_addr, address.ai_addrlen) == 0) return Status();
  if (errno != EINPROGRESS) return LostErrno();
  if (Status s = WaitFor(socket, POLLOUT, deadline); !s.ok()) return s;
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return LostErrno();
  if (error != 0) return Lost(std::strerror(error));
  return Status();
}

// A connected socket. The first address that answers is taken.
Result<int> OpenSocket(const RedisOptions& options, Deadline deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(options.port);
  const int error = ::getaddrinfo(options.host.c_str(), port.c_str(), &hints, &found);
  if (error == EAI_MEMORY) throw std::bad_alloc();
  if (error != 0) return Lost(options.host + ": " + ::gai_strerror(error));
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  Status failed;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    const int socket = ::socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    failed = socket < 0 ? LostErrno() : ConnectSocket(socket, *at, deadline);
    if (failed.ok()) return socket;
    if (socket >= 0) ::close(socket);
  }
  return failed;
}

bool IsRole(const RedisReply& reply) {
  return reply.kind == RedisReply::Kind::kArray && !reply.items.empty() &&
         reply.items[0].kind == RedisReply::Kind::kText;
}

RedisReply Taken(const redisReply& from) {
  RedisReply out;
  switch (from.type) {
    case REDIS_REPLY_INTEGER:
      out.kind = RedisReply::Kind::kInteger;
      out.integer = from.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      out.kind =
          from.type == REDIS_REPLY_ERROR ? RedisReply::Kind::kError : RedisReply::Kind::kText;
      out.text.assign(from.str, static_cast<std::size_t>(from.len));
      break;
    case REDIS_REPLY_ARRAY:
      out.kind = RedisReply::Kind::kArray;
      out.items.reserve(from.elements);
      for (std::size_t i = 0; i < from.elements; ++i) out.items.push_back(Taken(*from.element[i]));
      break;
    default:  // nil; the protocol's version 3, which nobody asked for, is not spoken here
      break;
  }
  return out;
}

}  // namespace

void AppendRedisCommand(std::span<const std::string_view> words, std::string* out) {
  std::vector<const char*> data;
  std::vector<std::size_t> sizes;
  for (const std::string_view word : words) {
    data.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* command = nullptr;
  const auto size =
      ::redisFormatCommandArgv(&command, static_cast<int>(words.size()), data.data(), sizes.data());
  if (size < 0) throw std::bad_alloc();
  const std::unique_ptr<char, decltype(&::redisFreeCommand)> owned(command, &::redisFreeCommand);
  out->append(command, static_cast<std::size_t>(size));
}

void RedisConnection::FreeReader::operator()(redisReader* reader) const {
  ::redisReaderFree(reader);
}

RedisConnection::RedisConnection(int socket) : socket_(socket), reader_(::redisReaderCreate()) {}

RedisConnection::~RedisConnection() { ::close(socket_); }

Result<std::unique_ptr<RedisConnection>> RedisConnection::Connect(const RedisOptions& options,
                                                                  Deadline deadline) {
  auto socket = OpenSocket(options, deadline);
  if (!socket.ok()) return socket.status();
  std::unique_ptr<RedisConnection> made;
  try {
    made.reset(new RedisConnection(*socket));
  } catch (...) {
    ::close(*socket);
    throw;
  }
  if (made->reader_ == nullptr) throw std::bad_alloc();
  if (Status s = made->LogIn(options, deadline); !s.ok()) return s;
  return made;
}

Status RedisConnection::LogIn(const RedisOptions& options, Deadline deadline) {
  std::string commands;
  std::size_t count = 0;
  const auto add = [&](std::initializer_list<std::string_view> words) {
    AppendRedisCommand({words.begin(), words.size()}, &commands);
    ++count;
  };
  if (!options.user.empty()) {
    add({"AUTH", options.user, options.password});
  } else if (!options.password.empty()) {
    add({"AUTH", options.password});
  }
  if (options.db != 0) add({"SELECT", std::to_string(options.db)});
  if (!options.sentinel.empty()) add({"ROLE"});
  std::vector<RedisReply> replies;
  if (Status s = Exchange(commands, count, deadline, &replies); !s.ok()) return s;
  for (const RedisReply& reply : replies) {
    if (reply.kind == RedisReply::Kind::kText && reply.text == "OK") continue;
    if (IsRole(reply)) {
      if (reply.items[0].text != "master") return Lost("the server is no master any more");
      continue;
    }
    if (reply.kind != RedisReply::Kind::kError) return NotAsked();
    const Status refused = FromRedisError(reply.text);
    // Of a login and a database nothing else is expected: no such database, no password wanted.
    return refused == Code::kInternal ? Status(Code::kCannotOpen, std::string(refused.detail()))
                                      : refused;
  }
  return Status();
}

Status RedisConnection::Exchange(std::string_view commands, std::size_t count, Deadline deadline,
                                 std::vector<RedisReply>* replies) {
  Status s = Send(commands, deadline);
  return s.ok() ? Receive(count, deadline, replies) : s;
}

Status RedisConnection::Receive(std::size_t count, Deadline deadline,
                                std::vector<RedisReply>* replies) {
  replies->clear();
  while (replies->size() < count) {
    void* found = nullptr;
    if (::redisReaderGetReply(reader_.get(), &found) != REDIS_OK) {
      return Lost("answers nonsense");
    }
    if (found == nullptr) {
      if (Status s = Read(deadline); !s.ok()) return s;
      continue;
    }
    const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(found));
    replies->push_back(Taken(*reply));
  }
  if (reader_->pos < reader_->len) return Lost("answers more than was asked");
  return Status();
}

Status RedisConnection::Send(std::string_view commands, Deadline deadline) {
  while (!commands.empty()) {
    const ssize_t n = ::send(socket_, commands.data(), commands.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      commands.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (Status s = WaitFor(socket_, POLLOUT, deadline); !s.ok()) return s;
    } else if (errno != EINTR) {
      return LostErrno();
    }
  }
  return Status();
}

// Waits first, so that a server which never stops sending meets the deadline too.
Status RedisConnection::Read(Deadline deadline) {
  if (Status s = WaitFor(socket_, POLLIN, deadline); !s.ok()) return s;
  char bytes[kReadBytes];
  const ssize_t n = ::recv(socket_, bytes, sizeof bytes, 0);
  if (n == 0) return Lost("the server has closed the connection");
  if (n < 0) return errno == EAGAIN || errno == EINTR ? Status() : LostErrno();
  if (::redisReaderFeed(reader_.get(), bytes, static_cast<std::size_t>(n)) != REDIS_OK) {
    throw std::bad_alloc();
  }
  return Status();
}

bool RedisConnection::IsQuiet() const {
  pollfd waited{.fd = socket_, .events = POLLIN, .revents = 0};
  return ::poll(&waited, 1, 0) == 0;
}

}  // namespace seathold
