// A wire between a storage and the server that is cut at COMMIT, in the ways in which wires are.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace seathold::testing {

enum class AtCommit {
  kPass,       // on to the server, and its answer back
  kLoseIt,     // cut before the server sees it
  kLoseReply,  // the server answers, and then the wire is cut
  kSwallow,    // the server answers, and nobody ever hears it
  kHoldBack,   // cut for the client; the server gets it `hold_back_ms` later
};

class PgProxy {
 public:
  // Listens on a unix socket in a folder of its own below `folder`.
  PgProxy(const std::string& folder, std::string server_socket);
  ~PgProxy();
  PgProxy(const PgProxy&) = delete;
  PgProxy& operator=(const PgProxy&) = delete;

  const std::string& sockets() const { return sockets_; }
  // What happens to the next COMMIT; once.
  void Arm(AtCommit what) { at_commit_ = what; }
  std::atomic<int> hold_back_ms{300};

 private:
  void Serve();
  void Carry(int client);
  // False: this connection is over.
  bool Forward(int client, int server, const std::string& bytes);

  const std::string sockets_, server_socket_;
  const int listener_;
  std::atomic<bool> stop_{false};
  std::atomic<AtCommit> at_commit_{AtCommit::kPass};
  std::vector<std::thread> carriers_;  // of thread_
  std::thread thread_;                 // last: it uses all of the above
};

}  // namespace seathold::testing
