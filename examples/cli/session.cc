#include "examples/cli/session.h"

#include <fmt/format.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <clocale>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

#include "examples/cli/text.h"

namespace seathold::cli {
namespace {

constexpr std::int64_t kTimeoutMs = 5'000;
constexpr std::int64_t kLongTimeoutMs = 600'000;
constexpr std::int64_t kTimeoutMsMax = 86'400'000;

std::string_view OutcomeName(Outcome outcome) {
  static constexpr std::array<std::string_view, 4> kNames = {"done", "refused", "busy", "unknown"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

// "an argument is out of its range" says nothing that the detail does not say better.
std::string ErrorText(const Status& status) {
  if (status == Code::kInvalidArgument && !status.detail().empty()) {
    return std::string(status.detail());
  }
  return status.text();
}

Json ErrorJson(const Status& status, const Json& facts) {
  const CodeInfo& info = *FindCode(status.code());
  Json json = Json::Object();
  json.Set("code", info.name);
  json.Set("number", static_cast<std::int32_t>(info.code));
  json.Set("outcome", OutcomeName(info.outcome));
  json.Set("retryable", info.retryable);
  json.Set("text", ErrorText(status));
  for (const Json::Member& fact : facts.members()) json.Set(fact.key, fact.value);
  return json;
}

bool WriteAll(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

bool IsSet(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

}  // namespace

ExitCode ExitCodeOf(const Status& status) {
  switch (status.code()) {
    case Code::kInvalidArgument:
    case Code::kInvalidText:
    case Code::kDuplicateSeat:
      return kExitUsage;
    default:
      break;
  }
  switch (status.outcome()) {
    case Outcome::kDone:
      return kExitDone;
    case Outcome::kRefused:
      return kExitRefused;
    case Outcome::kBusy:
      return kExitBusy;
    case Outcome::kUnknown:
      return kExitUnknown;
  }
  return kExitRefused;
}

std::vector<Option> DescribeGlobalOptions(GlobalOptions* options) {
  return {
      {"--db", "FILE", "the database; also SEATHOLD_DB [seathold.db]", FileName{&options->db}},
      {"--json", "", "answers and errors as JSON: one object on standard output or standard error",
       Flag{&options->json}},
      {"--timeout-ms", "MS",
       "how long a call may wait, in milliseconds [5000; imports, verify and backup 600000]",
       Number{&options->timeout_ms, 0, kTimeoutMsMax}},
      {"-q,--quiet", "", "print only what a script goes on with: the id, the token, the number",
       Flag{&options->quiet}},
  };
}

std::string Session::db() const {
  if (!global_.db.empty()) return global_.db;
  const char* db = std::getenv("SEATHOLD_DB");
  return db != nullptr && *db != '\0' ? db : "seathold.db";
}

CallOptions Session::call() const {
  return {.timeout_ms = global_.timeout_ms < 0 ? kTimeoutMs : global_.timeout_ms};
}
CallOptions Session::long_call() const {
  return {.timeout_ms = global_.timeout_ms < 0 ? kLongTimeoutMs : global_.timeout_ms};
}

Status Session::Open(Opens opens) {
  if (opens == Opens::kNothing) return Status();
  EngineOptions options;
  options.storage = "sqlite:" + db();
  options.create = opens == Opens::kNewDatabase;
  if (!options.create && ::access(db().c_str(), F_OK) != 0 && errno == ENOENT) {
    return Status(Code::kCannotOpen, db() + ": there is no such file; `seathold init` makes one");
  }
  Result<std::unique_ptr<Engine>> engine = Engine::Open(options);
  if (!engine.ok()) return engine.status();
  engine_ = std::move(engine.value());
  return Status();
}

Status Session::Close() {
  if (engine_ == nullptr) return Status();
  Status status = engine_->Close(call());
  engine_.reset();
  return status;
}

int Session::Done(const Answer& answer) const {
  const std::string brief = answer.brief.empty() ? "" : answer.brief + "\n";
  const std::string text = global_.json    ? answer.json.Dump(2) + "\n"
                           : global_.quiet ? brief
                                           : answer.text;
  if (WriteAll(text)) return kExitDone;
  // The call was done, but whoever asked does not know its answer.
  std::fprintf(stderr, "seathold: kOutcomeUnknown: the answer could not be written: %s\n",
               std::strerror(errno));
  return kExitUnknown;
}

int Session::Fail(const Status& status, const Json& facts, std::string_view hint) const {
  if (global_.json) {
    fmt::print(stderr, "{}\n", ErrorJson(status, facts).Dump());
  } else {
    fmt::print(stderr, "seathold: {}: {}{}\n", FindCode(status.code())->name,
               Printable(ErrorText(status)), hint);
  }
  return ExitCodeOf(status);
}

void Session::Warn(std::string_view text) const {
  if (global_.json) {
    fmt::print(stderr, "{}\n", Json::Object().Set("warning", text).Dump());
  } else {
    fmt::print(stderr, "seathold: warning: {}\n", Printable(text));
  }
}

struct Progress::Ticker {
  explicit Ticker(std::string_view text) : what(text), thread([this] { Run(); }) {}
  ~Ticker() {
    {
      const std::lock_guard lock(mutex);
      over = true;
    }
    wake.notify_all();
    thread.join();
  }

  void Run() {
    const auto began = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex);
    bool shown = false;
    while (!wake.wait_for(lock, std::chrono::milliseconds(500), [this] { return over; })) {
      const auto elapsed = std::chrono::steady_clock::now() - began;
      fmt::print(stderr, "\r{} ... {} s", what,
                 std::chrono::duration_cast<std::chrono::seconds>(elapsed).count());
      std::fflush(stderr);
      shown = true;
    }
    if (shown) fmt::print(stderr, "\r\033[K");
  }

  const std::string what;
  std::mutex mutex;
  std::condition_variable wake;
  bool over = false;   // guarded by mutex
  std::thread thread;  // last: it uses all of the above
};

Progress::Progress(const Session& session, std::string_view what) {
  const GlobalOptions& global = session.global();
  if (global.json || global.quiet || ::isatty(STDERR_FILENO) == 0) return;
  ticker_ = std::make_unique<Ticker>(what);
}
Progress::~Progress() = default;

bool ColorWanted() {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return ::isatty(STDOUT_FILENO) != 0 && !dumb && !IsSet("NO_COLOR");
}

bool Utf8Wanted() {
  std::setlocale(LC_CTYPE, "");
  return std::string_view(nl_langinfo(CODESET)) == "UTF-8";
}

TerminalSize SizeOfTerminal() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
  return {.columns = size.ws_col, .lines = size.ws_row};
}

}  // namespace seathold::cli
