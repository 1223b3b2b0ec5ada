// One connection to a Redis server: a socket of our own, hiredis for the protocol.
//
// The socket is ours because hiredis writes without MSG_NOSIGNAL (a server that has gone would end
// the host by SIGPIPE), counts its timeout per read, and lets children inherit its sockets.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/time.h"
#include "src/redis/reply.h"
#include "src/redis/uri.h"

struct redisReader;

namespace seathold {

// A command in the protocol's form, to the end of *out. Throws std::bad_alloc.
void AppendRedisCommand(std::span<const std::string_view> words, std::string* out);

// Not thread-safe. After a failure a connection is of no use any more: a late answer would be taken
// for that of the next question.
class RedisConnection {
 public:
  // Connects, logs in, selects the database and, where sentinels name the master, asks whether it
  // is one. kBusy: not by the deadline, nobody is there, or it is none; else what FromRedisError
  // says. A host's name is looked up by the system, which knows no
  // deadline: an address is never waited for.
  static Result<std::unique_ptr<RedisConnection>> Connect(const RedisOptions& options,
                                                          Deadline deadline);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // Sends `count` commands at once and reads as many replies; error replies are replies. kBusy: not
  // all of them by the deadline, the connection broke, or what came is not the protocol. The server
  // may have done all of it even then.
  Status Exchange(std::string_view commands, std::size_t count, Deadline deadline,
                  std::vector<RedisReply>* replies);
  // The two halves of it, for who asks several servers at once.
  Status Send(std::string_view commands, Deadline deadline);
  Status Receive(std::size_t count, Deadline deadline, std::vector<RedisReply>* replies);
  // Nothing waits to be read, not even the end: between two exchanges anything would be wrong.
  bool IsQuiet() const;

 private:
  explicit RedisConnection(int socket);
  Status LogIn(const RedisOptions& options, Deadline deadline);
  Status Read(Deadline deadline);

  struct FreeReader {
    void operator()(redisReader* reader) const;
  };

  const int socket_;
  const std::unique_ptr<redisReader, FreeReader> reader_;
};

}  // namespace seathold
