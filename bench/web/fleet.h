// Connections to a host on this machine, kept open, each with one request on its way at most. One
// thread, by epoll. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "bench/web/asks.h"

namespace seathold::load {

class Fleet {
 public:
  using Hear = std::function<void(Ask& ask, const Heard& heard)>;

  // `hear` is told of each request once, and may send.
  Fleet(std::uint16_t port, int connections, Hear hear);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  bool idle() const { return !idle_.empty(); }  // one that could be sent on
  std::size_t under_way() const { return all_.size() - idle_.size(); }
  // REQUIRES: idle(). A host that is gone is heard of as status 0, then or later.
  void Send(Ask ask);
  // Hears what has come by then, and whatever comes first.
  void Wait(std::int64_t until_ns);

  std::uint64_t bytes_sent() const { return sent_; }
  std::uint64_t bytes_received() const { return received_; }

 private:
  struct Connection {
    int fd = -1;
    bool busy = false;
    Ask ask;
    std::string in;  // of a reply that is not complete
  };

  bool Open(std::size_t index);
  void Close(Connection& connection);
  void Read(std::size_t index);
  // Whether a whole reply has come.
  bool Take(std::size_t index, std::string_view text);
  void Finish(std::size_t index, const Heard& heard);

  const std::uint16_t port_;
  const Hear hear_;
  const int epoll_;
  std::vector<Connection> all_;
  std::deque<std::size_t> idle_;     // in turn, as browsers are: none is warmer than another
  std::vector<std::size_t> failed_;  // found out while sending, told by Wait
  std::vector<char> chunk_;
  std::uint64_t sent_ = 0, received_ = 0;
};

}  // namespace seathold::load
