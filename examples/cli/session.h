// One run of the tool: the global options, the open engine, and the way answers and errors go out.
// Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "examples/cli/command.h"
#include "seathold/engine.h"
#include "seathold/status.h"
#include "src/util/json.h"

namespace seathold::cli {

class Log;

enum ExitCode : int {
  kExitDone = 0,
  kExitRefused = 1,
  kExitUsage = 2,
  kExitBusy = 3,
  kExitUnknown = 4,
  kExitBroken = 5,
  kExitPipeClosed = 141,  // as a shell shows SIGPIPE: the reader has seen what it wanted
};
// By the outcome; arguments that no state of the database could make right are usage errors.
ExitCode ExitCodeOf(const Status& status);

struct GlobalOptions {
  std::string db;            // empty = SEATHOLD_DB, else seathold.db
  std::string keys;          // empty = SEATHOLD_KEYS, else beside the database
  std::string claims, line;  // empty = SEATHOLD_CLAIMS and SEATHOLD_LINE, else "auto"
  bool json = false;
  bool quiet = false;
  bool read_only = false;
  bool new_keys = false;
  std::int64_t timeout_ms = -1;  // -1 = not given
  std::string log_level = "warning";
};
std::vector<Option> DescribeGlobalOptions(GlobalOptions* options);
// For a database on a server where nobody named them.
Status KeysMissing();

// What a command has to say, in its three forms.
struct Answer {
  Json json = Json::Object();
  std::string text;     // for people, with line ends
  std::string brief;    // --quiet: the id, the token, the number a script goes on with
  bool secret = false;  // `brief` is a token: it goes to standard output and nowhere else
};

// Opens what is closed of standard input, output and error, so that no file of the database gets
// one of their numbers; a closed pipe is an error of the write, not the end of the process.
void GuardStandardStreams();

class Session {
 public:
  explicit Session(const GlobalOptions& global);
  ~Session();

  // Opens what the command needs, runs it, gives the database back. Returns the exit code.
  int Run(const Command& command);
  // For a command that has a database only once it has made one.
  Status Open(Opens opens);
  Engine& engine() { return *engine_; }  // REQUIRES: within a command that opens a database

  const GlobalOptions& global() const { return global_; }
  // The URI of the database. It may hold a password: it is for opening, not for telling.
  std::string storage() const;
  // What a person knows it by: its file, or how the storage that is open describes itself.
  std::string db() const;
  // Where its keys are.
  std::string keys() const;
  // Sets where keys, claims and line are to be.
  void NameParts(EngineOptions* options) const;
  // What is left of the time that a command has: 5 s, or --timeout-ms, from when the database was
  // open. It counts for all calls of a command together.
  CallOptions call() const;
  CallOptions long_call() const;  // 10 minutes: imports, verify, backup
  CallOptions one_call() const;   // all of the time again, for a command without an end of its own

  // All print and return the exit code.
  int Done(const Answer& answer) const;
  int Print(std::string_view text) const;  // as it is
  // `facts` are added to the JSON form; `hint` to the text, after the status.
  int Fail(const Status& status, const Json& facts = Json::Object(),
           std::string_view hint = "") const;

 private:
  Status Close();
  CallOptions Remaining(std::int64_t default_ms) const;
  Status CheckPlace(const EngineOptions& options) const;
  std::string_view WayToLine(Code code) const;
  int FailToWrite(const Answer& answer, int error) const;
  int Tell(Code code, std::string_view text, const Json& facts, std::string_view hint) const;

  const GlobalOptions global_;
  const std::shared_ptr<Log> log_;
  std::unique_ptr<Engine> engine_;
  bool reads_ = true;  // the command changes nothing; until one runs there is only help
  std::chrono::steady_clock::time_point opened_at_;
};

// Shows on a terminal that something long goes on, and for how long already.
class Progress {
 public:
  Progress(const Session& session, std::string_view what);
  ~Progress();

 private:
  struct Ticker;
  std::unique_ptr<Ticker> ticker_;
};

// Standard output is a terminal that wants colours (NO_COLOR is honoured).
bool ColorWanted();
// The locale writes UTF-8.
bool Utf8Wanted();
// Of the terminal, else 100 columns and 0 lines.
struct TerminalSize {
  int columns = 100;
  int lines = 0;
};
TerminalSize SizeOfTerminal();

}  // namespace seathold::cli
