// A wire between storages and the server that knows one message of the protocol from the next: it
// counts them, writes down what is asked, and is cut at any one of them.
//
// Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "src/util/mutex.h"

namespace seathold::testing {

// Where the wire is cut: in front of a message, or behind it.
struct WireCut {
  bool to_server = true;  // whose messages count
  int message = 0;        // from 1; 0 = nowhere
  bool forwarded = false;
  bool stays_down = false;  // all connections end, and no new one is had until Mend
};
struct WireCount {
  int to_server = 0, to_client = 0;
};
// A message to the server. `text` is what follows the length.
struct WireMessage {
  int connection = 0;
  char type = 0;
  std::string text;
};

class PgWire {
 public:
  // Listens on a unix socket in a folder of its own below `folder`.
  PgWire(const std::string& folder, std::string server_socket);
  ~PgWire();
  PgWire(const PgWire&) = delete;
  PgWire& operator=(const PgWire&) = delete;

  const std::string& sockets() const { return sockets_; }
  // Counts from here; cuts once.
  void Arm(const WireCut& cut) EXCLUDES(mutex_);
  // True if the wire was cut since Arm. It is whole again.
  bool Mend() EXCLUDES(mutex_);
  WireCount counted() EXCLUDES(mutex_);
  // What was asked since the last call.
  std::vector<WireMessage> TakeMessages() EXCLUDES(mutex_);

 private:
  struct Pair;

  void Serve();
  std::unique_ptr<Pair> Accept();
  // False: this connection is over.
  bool Carry(Pair* pair, bool to_server);
  bool Pass(Pair* pair, bool to_server, const std::string& message) EXCLUDES(mutex_);
  bool down() EXCLUDES(mutex_);

  const std::string sockets_, server_socket_;
  const int listener_;
  int connections_ = 0;  // of thread_
  std::atomic<bool> stop_{false};

  Mutex mutex_;
  WireCut cut_ GUARDED_BY(mutex_);
  WireCount count_ GUARDED_BY(mutex_);
  bool was_cut_ GUARDED_BY(mutex_) = false;
  std::vector<WireMessage> messages_ GUARDED_BY(mutex_);

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace seathold::testing
