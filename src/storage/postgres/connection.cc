#include "src/storage/postgres/connection.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

#include <utility>

namespace seathold::postgres {
namespace {

constexpr int kBinary = 1;

// False once the deadline has passed, or when waiting is not possible.
bool WaitFor(int fd, short events, Deadline deadline) {
  if (fd < 0) return false;
  for (;;) {
    pollfd one{fd, events, 0};
    const std::int64_t left = deadline.remaining_ns();
    const timespec wait{left / 1'000'000'000, left % 1'000'000'000};
    const int ready = ppoll(&one, 1, &wait, nullptr);
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

// True when connected; false with the connection's own words, or at the deadline.
bool Connect(PGconn* connection, Deadline deadline) {
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (Pq().status(connection) != CONNECTION_BAD) {
    const short events = next == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;
    if (!WaitFor(Pq().socket(connection), events, deadline)) return false;
    next = Pq().connectPoll(connection);
    if (next == PGRES_POLLING_OK) return true;
    if (next == PGRES_POLLING_FAILED) return false;
  }
  return false;
}

std::string OnOneLine(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  for (std::size_t at = 0; (at = text.find_first_of("\n\t", at)) != text.npos; ++at) text[at] = ' ';
  return text;
}

std::string_view Field(const PGresult* result, int field) {
  const char* text = Pq().resultErrorField(result, field);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace

// FNV-1a.
std::string Sql::Fingerprint(std::string_view text) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01B3;
  std::string hex;
  for (int shift = 60; shift >= 0; shift -= 4) hex += "0123456789abcdef"[hash >> shift & 15];
  return hex;
}

Result<std::unique_ptr<Connection>> Connection::Open(const Target& target, Deadline deadline) {
  const char* const names[] = {"dbname", "fallback_application_name", "client_encoding", nullptr};
  const char* const values[] = {target.conninfo.c_str(), "seathold", "UTF8", nullptr};
  PGconn* const raw = Pq().connectStartParams(names, values, /*expand_dbname=*/1);
  if (raw == nullptr) return Code::kOutOfMemory;
  std::unique_ptr<Connection> connection(new Connection(raw, target.prepare));
  if (!Connect(raw, deadline)) {
    if (deadline.passed()) return Status(Code::kBusy, "the PostgreSQL server did not answer");
    return Status(Code::kCannotOpen, OnOneLine(Pq().errorMessage(raw)));
  }
  if (Status status = connection->Enter(); !status.ok()) return status;
  return connection;
}

Status Connection::Enter() {
  Pq().setNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
  const bool ready =
      Pq().setnonblocking(connection_, 1) == 0 && Pq().enterPipelineMode(connection_) == 1;
  return ready ? Status() : Status(Code::kCannotOpen, Pq().errorMessage(connection_));
}

Connection::~Connection() { Pq().finish(connection_); }

int Connection::server_version() const { return Pq().serverVersion(connection_); }
int Connection::backend_pid() const { return Pq().backendPID(connection_); }

void Connection::Queue(const Sql& sql, const Params& params) {
  const bool named = prepare_ && !sql.name.empty();
  if (named && !prepared_.contains(sql.name)) {
    bool on_its_way = false;
    for (const Queued& queued : queued_) on_its_way = on_its_way || queued.prepares == sql.name;
    if (!on_its_way) {
      const auto types = params.types();
      usable_ = usable_ && Pq().sendPrepare(connection_, sql.name.c_str(), sql.text.c_str(),
                                            static_cast<int>(types.size()), types.data()) == 1;
      queued_.push_back({sql.name});
    }
  }
  Send(sql, params);
  queued_.emplace_back();
}

void Connection::Send(const Sql& sql, const Params& params) {
  if (!usable_) return;
  const ParamArrays arrays(params);
  const int count = static_cast<int>(params.types().size());
  const int sent =
      prepare_ && !sql.name.empty()
          ? Pq().sendQueryPrepared(connection_, sql.name.c_str(), count, arrays.values.data(),
                                   arrays.lengths.data(), arrays.formats.data(), kBinary)
          : Pq().sendQueryParams(connection_, sql.text.c_str(), count, params.types().data(),
                                 arrays.values.data(), arrays.lengths.data(), arrays.formats.data(),
                                 kBinary);
  usable_ = sent == 1;
}

Status Connection::Run(Phase phase, Deadline deadline) {
  std::vector<ResultPtr> results;
  return Run(phase, deadline, &results);
}

Status Connection::Run(Phase phase, Deadline deadline, std::vector<ResultPtr>* results) {
  results->clear();
  Failure failure;
  answered_ = 0;
  // Whoever leaves by an exception leaves answers behind.
  const bool sent = std::exchange(usable_, false) && Pq().pipelineSync(connection_) == 1;
  if (!sent) {
    NoteLost(Pq().errorMessage(connection_), &failure);
  } else if (Gather(deadline, results, &failure)) {
    usable_ = true;
  } else if (!failure.any) {
    NoteLost("no answer in time", &failure);
  }
  queued_.clear();
  if (failure.any) {
    failure.error.state = failure.state;
    // A statement that the server knows under a name and does not find good any more.
    const bool stale = failure.state == "0A000" || failure.state == "26000";
    if (stale || LosesConnection(failure.error)) usable_ = false;
    return MapError(failure.error, phase, "PostgreSQL", failure.message);
  }
  return Status();
}

bool Connection::Gather(Deadline deadline, std::vector<ResultPtr>* results, Failure* failure) {
  for (;;) {
    const int unsent = Pq().flush(connection_);
    // What the server said before it closed is still to be read.
    if (unsent < 0 && Pq().consumeInput(connection_) != 1) {
      NoteLost(Pq().errorMessage(connection_), failure);
    }
    if (TakeResults(results, failure)) return true;
    if (failure->any && LosesConnection(failure->error)) return false;
    const short events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
    if (!WaitFor(Pq().socket(connection_), events, deadline)) return false;
    if (Pq().consumeInput(connection_) != 1) {
      (void)TakeResults(results, failure);
      NoteLost(Pq().errorMessage(connection_), failure);
      return false;
    }
  }
}

bool Connection::TakeResults(std::vector<ResultPtr>* results, Failure* failure) {
  bool ended = false;  // the results of a command, just now
  while (Pq().isBusy(connection_) == 0) {
    ResultPtr result(Pq().getResult(connection_));
    if (!result) {
      // Twice in a row: nothing more is here, or ever comes.
      if (ended) {
        if (Pq().status(connection_) == CONNECTION_BAD) {
          NoteLost(Pq().errorMessage(connection_), failure);
        }
        return false;
      }
      ended = true;
      ++answered_;
      continue;
    }
    ended = false;
    if (Pq().resultStatus(result.get()) == PGRES_PIPELINE_SYNC) return true;
    TakeResult(std::move(result), results, failure);
    if (failure->any && LosesConnection(failure->error)) return false;
  }
  return false;
}

void Connection::TakeResult(ResultPtr result, std::vector<ResultPtr>* results, Failure* failure) {
  switch (Pq().resultStatus(result.get())) {
    case PGRES_PIPELINE_ABORTED:
      return;
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
      // An answer that belongs to no statement would be an error, see below.
      if (answered_ >= queued_.size()) return;
      if (const std::string& name = queued_[answered_].prepares; !name.empty()) {
        prepared_.insert(name);
      } else {
        results->push_back(std::move(result));
      }
      return;
    default:  // also behind the last statement: what its implicit commit met
      return NoteFailure(result.get(), failure);
  }
}

void Connection::NoteFailure(const PGresult* result, Failure* failure) {
  const std::string_view severity = Field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  const bool fatal = severity == "FATAL" || severity == "PANIC";
  // That the server ends the session counts more than what it said before.
  if (failure->any && !fatal) return;
  failure->any = true;
  failure->state = Field(result, PG_DIAG_SQLSTATE);
  failure->message = Field(result, PG_DIAG_MESSAGE_PRIMARY);
  failure->error = {failure->state, fatal};
}

void Connection::NoteLost(std::string message, Failure* failure) {
  usable_ = false;
  failure->any = true;
  failure->error = {};
  failure->state.clear();
  failure->message = message.empty() ? "the connection was lost" : std::move(message);
}

}  // namespace seathold::postgres
