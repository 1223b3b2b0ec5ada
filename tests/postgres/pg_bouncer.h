// PgBouncer in front of the tests' server, in transaction mode: a transaction has a connection of
// the server's for itself, and the next one has whichever is free. It ends with the process,
// however that ends.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

namespace seathold::testing {

class PgBouncer {
 public:
  // In front of who listens in `server_sockets`. nullptr, and *why_not: the tests skip.
  static std::unique_ptr<PgBouncer> Start(const std::string& server_sockets, int pool_size,
                                          std::string* why_not);
  ~PgBouncer();
  PgBouncer(const PgBouncer&) = delete;
  PgBouncer& operator=(const PgBouncer&) = delete;

  void Kill();
  // As it was, in the same place. False: it does not answer.
  bool Return();

  // A folder of its own.
  const std::string& sockets() const { return folder_; }
  std::string SocketFile() const { return folder_ + "/.s.PGSQL.5432"; }

 private:
  PgBouncer(std::string program, std::string folder);

  const std::string program_, folder_;
  pid_t pid_ = -1;
};

}  // namespace seathold::testing
