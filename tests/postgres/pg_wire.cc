#include "tests/postgres/pg_wire.h"

#include <utility>

#include "tests/postgres/pg_sockets.h"

namespace seathold::testing {
namespace {

std::size_t BigEndian(std::string_view bytes) {
  std::size_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

// Both ends, and what came from each that is not yet a whole message.
struct PgWire::Pair {
  ~Pair() { close(client), close(server); }
  int client = -1, server = -1, number = 0;
  std::string from_client, from_server;
  bool greeted = false;  // the first message of a client has no type
};

PgWire::PgWire(const std::string& folder, std::string server_socket)
    : sockets_(folder + "/wire"),
      server_socket_(std::move(server_socket)),
      listener_(ListenIn(sockets_)),
      thread_([this] { Serve(); }) {}

PgWire::~PgWire() {
  stop_ = true;
  thread_.join();
  close(listener_);
}

void PgWire::Arm(const WireCut& cut) {
  const MutexLock lock(mutex_);
  cut_ = cut;
  count_ = {};
  was_cut_ = false;
}

bool PgWire::Mend() {
  const MutexLock lock(mutex_);
  cut_ = {};
  return std::exchange(was_cut_, false);
}

WireCount PgWire::counted() {
  const MutexLock lock(mutex_);
  return count_;
}

std::vector<WireMessage> PgWire::TakeMessages() {
  const MutexLock lock(mutex_);
  return std::exchange(messages_, {});
}

bool PgWire::down() {
  const MutexLock lock(mutex_);
  return was_cut_ && cut_.stays_down;
}

std::unique_ptr<PgWire::Pair> PgWire::Accept() {
  auto pair = std::make_unique<Pair>();
  pair->client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  bool connected = false;
  pair->server = ConnectTo(server_socket_, &connected);
  pair->number = ++connections_;
  return connected && !down() ? std::move(pair) : nullptr;
}

void PgWire::Serve() {
  std::vector<std::unique_ptr<Pair>> pairs;
  while (!stop_) {
    std::vector<pollfd> polled{{listener_, POLLIN, 0}};
    for (const auto& pair : pairs) {
      polled.push_back({pair->client, POLLIN, 0});
      polled.push_back({pair->server, POLLIN, 0});
    }
    (void)poll(polled.data(), polled.size(), kTurnMs);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      bool open = polled[2 * i + 2].revents == 0 || Carry(pairs[i].get(), false);
      if (open && polled[2 * i + 1].revents != 0) open = Carry(pairs[i].get(), true);
      if (!open) pairs[i].reset();
    }
    if (down()) pairs.clear();
    std::erase(pairs, nullptr);
    if (polled[0].revents == 0) continue;
    if (auto pair = Accept()) pairs.push_back(std::move(pair));
  }
}

bool PgWire::Carry(Pair* pair, bool to_server) {
  std::string& waiting = to_server ? pair->from_client : pair->from_server;
  char bytes[64 << 10];
  const ssize_t got = recv(to_server ? pair->client : pair->server, bytes, sizeof bytes, 0);
  if (got <= 0) return false;
  waiting.append(bytes, static_cast<std::size_t>(got));
  for (;;) {
    const bool typed = !to_server || pair->greeted;
    const std::size_t head = typed ? 1 : 0;
    if (waiting.size() < head + 4) return true;
    const std::size_t size = head + BigEndian(std::string_view(waiting).substr(head));
    if (waiting.size() < size) return true;
    const std::string message = waiting.substr(0, size);
    waiting.erase(0, size);
    if (!Pass(pair, to_server, message)) return false;
    if (to_server) pair->greeted = true;
  }
}

bool PgWire::Pass(Pair* pair, bool to_server, const std::string& message) {
  bool cut = false, forwarded = true;
  {
    const MutexLock lock(mutex_);
    int& count = to_server ? count_.to_server : count_.to_client;
    ++count;
    cut = !was_cut_ && cut_.to_server == to_server && cut_.message == count;
    was_cut_ = was_cut_ || cut;
    forwarded = !cut || cut_.forwarded;
    if (to_server && pair->greeted) {
      messages_.push_back({pair->number, message[0], message.substr(5)});
    }
  }
  if (forwarded && !SendAll(to_server ? pair->server : pair->client, message)) return false;
  return !cut;
}

}  // namespace seathold::testing
