// One connection to a server: statements go out in groups and their answers come back together,
// never later than a deadline of ours. libpq waits for nothing here: the server's timeouts count
// for one statement or one lock, and neither connecting nor cancelling has one worth the name.
//
// Not thread-safe: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "seathold/status.h"
#include "seathold/time.h"
#include "src/storage/postgres/error_map.h"
#include "src/storage/postgres/libpq.h"
#include "src/storage/postgres/params.h"
#include "src/storage/postgres/target.h"

namespace seathold::postgres {

// A statement. One with a name is prepared once a connection, where the target allows that.
struct Sql {
  std::string text;
  std::string name = {};
};
inline const Sql kCommitSql{"COMMIT"}, kRollbackSql{"ROLLBACK"};

struct ResultClear {
  void operator()(PGresult* result) const { Pq().clear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ResultClear>;

class Connection {
 public:
  // REQUIRES: LoadLibpq was ok. kBusy at the deadline; kCannotOpen with libpq's words. Looking up a
  // host's name is the one step that can outlast the deadline.
  static Result<std::unique_ptr<Connection>> Open(const Target& target, Deadline deadline);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Adds a statement to the group that Run sends. All values are copied.
  void Queue(const Sql& sql, const Params& params = {});
  // Sends the group and gathers one result a statement. At the first error the server does none of
  // the rest, and *results is of no use. What is not answered by the deadline counts as a lost
  // connection, since its answer could still come.
  Status Run(Phase phase, Deadline deadline, std::vector<ResultPtr>* results);
  Status Run(Phase phase, Deadline deadline);

  // False: to be thrown away.
  bool usable() const { return usable_; }
  int server_version() const;
  // As whoever answers us says; a pooler invents one.
  int backend_pid() const;

 private:
  struct Queued {
    std::string prepares;  // the name of a statement that is being prepared, else empty
  };
  // What is known of the first thing that went wrong.
  struct Failure {
    bool any = false;
    ServerError error;
    std::string state, message;
  };

  Connection(PGconn* connection, bool prepare) : connection_(connection), prepare_(prepare) {}

  Status Enter();
  void Send(const Sql& sql, const Params& params);
  // False when the connection was lost or the deadline passed.
  bool Gather(Deadline deadline, std::vector<ResultPtr>* results, Failure* failure);
  // Takes the results that are here. True once the group is through.
  bool TakeResults(std::vector<ResultPtr>* results, Failure* failure);
  void TakeResult(ResultPtr result, std::vector<ResultPtr>* results, Failure* failure);
  void NoteFailure(const PGresult* result, Failure* failure);
  void NoteLost(std::string message, Failure* failure);

  PGconn* const connection_;
  const bool prepare_;
  bool usable_ = true;
  std::vector<Queued> queued_;
  std::size_t answered_ = 0;  // of queued_
  std::unordered_set<std::string> prepared_;
};

}  // namespace seathold::postgres
