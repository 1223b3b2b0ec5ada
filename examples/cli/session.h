// One run of the tool: the global options, the open engine, and the way answers and errors go out.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "examples/cli/command.h"
#include "seathold/engine.h"
#include "seathold/status.h"
#include "src/util/json.h"

namespace seathold::cli {

enum ExitCode : int {
  kExitDone = 0,
  kExitRefused = 1,
  kExitUsage = 2,
  kExitBusy = 3,
  kExitUnknown = 4,
  kExitBroken = 5,
};
// By the outcome; arguments that no state of the database could make right are usage errors.
ExitCode ExitCodeOf(const Status& status);

struct GlobalOptions {
  std::string db;  // empty = SEATHOLD_DB, else seathold.db
  bool json = false;
  bool quiet = false;
  std::int64_t timeout_ms = -1;  // -1 = not given
};
std::vector<Option> DescribeGlobalOptions(GlobalOptions* options);

// What a command has to say, in its three forms.
struct Answer {
  Json json = Json::Object();
  std::string text;   // for people, with line ends
  std::string brief;  // --quiet: the id, the token, the number a script goes on with
};

class Session {
 public:
  explicit Session(const GlobalOptions& global) : global_(global) {}

  Status Open(Opens opens);
  Engine& engine() { return *engine_; }  // REQUIRES: Open answered ok
  // Gives the database back.
  Status Close();

  const GlobalOptions& global() const { return global_; }
  std::string db() const;
  CallOptions call() const;       // 5 s unless --timeout-ms says otherwise
  CallOptions long_call() const;  // 10 minutes: imports, verify, backup

  // Both print and return the exit code.
  int Done(const Answer& answer) const;
  // `facts` are added to the JSON form; `hint` to the text, after the status.
  int Fail(const Status& status, const Json& facts = Json::Object(),
           std::string_view hint = "") const;
  // One line on standard error beside an answer that stands.
  void Warn(std::string_view text) const;

 private:
  const GlobalOptions global_;
  std::unique_ptr<Engine> engine_;
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
