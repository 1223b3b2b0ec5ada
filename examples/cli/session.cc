#include "examples/cli/session.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <clocale>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

#include "examples/cli/log.h"
#include "examples/cli/place.h"
#include "examples/cli/text.h"
#include "seathold/adapter/parts.h"

namespace seathold::cli {
namespace {

constexpr std::int64_t kTimeoutMs = 5'000;
constexpr std::int64_t kLongTimeoutMs = 600'000;
constexpr std::int64_t kTimeoutMsMax = 86'400'000;

// "an argument is out of its range" says nothing that the detail does not say better.
std::string ErrorText(const Status& status) {
  if (status == Code::kInvalidArgument && !status.detail().empty()) {
    return std::string(status.detail());
  }
  return status.text();
}

Json ErrorJson(Code code, std::string_view text, const Json& facts) {
  const CodeInfo& info = *FindCode(code);
  Json json = Json::Object();
  json.Set("code", info.name);
  json.Set("number", static_cast<std::int32_t>(info.code));
  json.Set("outcome", OutcomeName(info.outcome));
  json.Set("retryable", info.retryable);
  json.Set("text", text);
  for (const Json::Member& fact : facts.members()) json.Set(fact.key, fact.value);
  return json;
}

// 0, or the error.
int WriteAll(std::string_view text) {
  errno = 0;
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written) return 0;
  return errno != 0 ? errno : EIO;
}

// What a person may do about it, where the code alone leads nowhere.
std::string_view WayOn(Code code) {
  switch (code) {
    case Code::kUnknownVenue:
      return "; `seathold venue list` shows those there are";
    case Code::kUnknownShow:
      return "; `seathold show list` shows those there are";
    case Code::kUnknownPerformance:
      return "; `seathold performance list` shows those there are";
    case Code::kUnknownSeat:
      return "; `seathold seats N --list` shows those there are";
    case Code::kNotAdmitted:
      return "; `seathold queue join` and `queue status` give one, --pass takes it";
    case Code::kAccessDenied:
      return "; `seathold account login` gives a new one";
    case Code::kSaleNotOpen:
      return "; `seathold performance list` shows when, `performance open` opens it";
    case Code::kBusy:
      return "; --timeout-ms waits longer";
    case Code::kFeedTruncated:
      return "; `seathold seats` shows how things stand, --after N goes on from there";
    default:
      return "";
  }
}

bool IsSet(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

std::string GivenOr(const std::string& given, const char* variable, const char* otherwise) {
  if (!given.empty()) return given;
  return IsSet(variable) ? std::getenv(variable) : otherwise;
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

Status KeysMissing() {
  return Status(Code::kInvalidArgument,
                "--keys FILE (or SEATHOLD_KEYS) is missing: beside a database on a server there is "
                "no place for the signing keys; every host has the same file");
}

std::vector<Option> DescribeGlobalOptions(GlobalOptions* options) {
  return {
      {"--db", "FILE|URI",
       "the database: a file, or postgresql://user@host/database; also SEATHOLD_DB, which keeps a "
       "password out of `ps` [seathold.db]",
       FileName{&options->db}},
      {"--keys", "FILE",
       "the signing keys, the same for every host; a database on a server needs them named; also "
       "SEATHOLD_KEYS [beside the database]",
       FileName{&options->keys}},
      {"--claims", "URI", "where claims are cached: redis://host; also SEATHOLD_CLAIMS [auto]",
       FileName{&options->claims}},
      {"--line", "URI",
       "where the waiting line is: redis://host, sqlite:FILE, or none; also SEATHOLD_LINE [beside "
       "the database]",
       FileName{&options->line}},
      {"--json", "", "answers and errors as JSON: one object on standard output or standard error",
       Flag{&options->json}},
      {"--timeout-ms", "MS",
       "how long a command may wait for others, in milliseconds [5000; imports, verify and backup "
       "600000]",
       Number{&options->timeout_ms, 0, kTimeoutMsMax}},
      {"-q,--quiet", "", "print only what a script goes on with: the id, the token, the number",
       Flag{&options->quiet}},
      {"--log-level", "LEVEL",
       "what is logged to standard error: off, error, warning, info or debug [warning]",
       Choice{&options->log_level, {"off", "error", "warning", "info", "debug"}}},
      {"--read-only", "", "change nothing and make no file; commands that only read always do so",
       Flag{&options->read_only}},
      {"--new-keys", "",
       "make new signing keys where the database's are lost: every token, pass and login is void",
       Flag{&options->new_keys}},
  };
}

std::string Session::storage() const {
  return StorageUri(GivenOr(global_.db, "SEATHOLD_DB", "seathold.db"));
}

std::string Session::db() const {
  const std::string uri = storage();
  if (const std::string path = PathOf(uri); !path.empty()) return path;
  return engine_ == nullptr ? "the database" : engine_->stats().storage.description;
}

std::string Session::keys() const {
  return GivenOr(global_.keys, "SEATHOLD_KEYS",
                 engine_ == nullptr ? "" : engine_->stats().storage.keys_path.c_str());
}

CallOptions Session::Remaining(std::int64_t default_ms) const {
  const auto used = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - opened_at_);
  const std::int64_t given = global_.timeout_ms < 0 ? default_ms : global_.timeout_ms;
  return {.timeout_ms = std::max<std::int64_t>(0, given - used.count())};
}
CallOptions Session::call() const { return Remaining(kTimeoutMs); }
CallOptions Session::long_call() const { return Remaining(kLongTimeoutMs); }

CallOptions Session::one_call() const {
  return {.timeout_ms = global_.timeout_ms < 0 ? kTimeoutMs : global_.timeout_ms};
}

Session::Session(const GlobalOptions& global)
    : global_(global), log_(std::make_shared<Log>(global.log_level)) {}
Session::~Session() = default;

// What the engine would say in its own words, or would let pass: a database that is gone with this
// command.
Status Session::CheckPlace(const EngineOptions& options) const {
  const std::string path = PathOf(options.storage);
  if (!path.empty() && !options.create && ::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    return Status(Code::kCannotOpen, path + ": there is no such file; `seathold init` makes one");
  }
  if (options.storage.starts_with("memory:")) {
    return Status(Code::kUnsupported, "--db memory: would be gone with this command; name a file");
  }
  if (OnServer(options.storage) && options.keys == "auto" && !options.read_only) {
    return KeysMissing();
  }
  return Status();
}

void Session::NameParts(EngineOptions* options) const {
  options->keys = GivenOr(global_.keys, "SEATHOLD_KEYS", "auto");
  options->claims = GivenOr(global_.claims, "SEATHOLD_CLAIMS", "auto");
  options->line = GivenOr(global_.line, "SEATHOLD_LINE", "auto");
}

Status Session::Open(Opens opens) {
  if (opens == Opens::kNothing) return Status();
  EngineOptions options;
  options.storage = storage();
  NameParts(&options);
  options.create = opens == Opens::kNewDatabase;
  options.read_only = opens == Opens::kReading || global_.read_only;
  options.new_keys = global_.new_keys;
  if (Status status = CheckPlace(options); !status.ok()) return status;
  EngineParts parts;
  parts.log = log_;
  Result<std::unique_ptr<Engine>> engine = Engine::Open(options, std::move(parts));
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

int Session::Run(const Command& command) {
  const auto began = std::chrono::steady_clock::now();
  reads_ = command.reads;
  const Status opened = Open(command.opens);
  opened_at_ = std::chrono::steady_clock::now();
  int code = opened.ok() ? command.run(*this) : Fail(opened);
  const Status closed = Close();
  if (code == kExitDone && !closed.ok()) code = Fail(closed);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  log_->Write(
      LogLevel::kInfo, "command ended",
      fmt::format(" command={} exit_code={} took_ms={}", Quoted(command.path), code, took.count()));
  return code;
}

int Session::Print(std::string_view text) const {
  const int error = WriteAll(text);
  return error == 0 ? kExitDone : FailToWrite({}, error);
}

int Session::Done(const Answer& answer) const {
  const std::string brief = answer.brief.empty() ? "" : answer.brief + "\n";
  const std::string text = global_.json    ? answer.json.Dump(2) + "\n"
                           : global_.quiet ? brief
                                           : answer.text;
  const int error = WriteAll(text);
  return error == 0 ? kExitDone : FailToWrite(answer, error);
}

// Whoever asked does not know the answer. Nothing is lost where only something was read; what has
// happened is said where it still can be.
int Session::FailToWrite(const Answer& answer, int error) const {
  if (reads_ && error == EPIPE) return kExitPipeClosed;
  const std::string failed = fmt::format("could not be written: {}", std::strerror(error));
  if (reads_) return Tell(Code::kBusy, "the answer " + failed, Json::Object(), "");
  std::string text = "it is done, but the answer " + failed;
  if (!answer.secret) {
    std::string said = answer.brief.empty() ? answer.text : answer.brief;
    if (said.ends_with('\n')) said.pop_back();
    std::ranges::replace(said, '\n', ' ');
    text += ": " + said;
  }
  return Tell(Code::kOutcomeUnknown, text, answer.secret ? Json::Object() : answer.json, "");
}

int Session::Fail(const Status& status, const Json& facts, std::string_view hint) const {
  Json told = facts;
  if (status.retry_after_ms() > 0) told.Set("retry_after_ms", status.retry_after_ms());
  return Tell(status.code(), ErrorText(status), told,
              fmt::format("{}{}{}", hint, WayOn(status.code()), WayToLine(status.code())));
}

// A file has its line beside it.
std::string_view Session::WayToLine(Code code) const {
  const bool none = engine_ != nullptr && engine_->stats().line == "none";
  return code == Code::kNoLine && none ? "; --line redis://HOST names one" : "";
}

int Session::Tell(Code code, std::string_view text, const Json& facts,
                  std::string_view hint) const {
  if (global_.json) {
    fmt::print(stderr, "{}\n", ErrorJson(code, text, facts).Dump());
  } else {
    fmt::print(stderr, "seathold: {}: {}{}\n", FindCode(code)->name, Printable(text), hint);
  }
  return ExitCodeOf(Status(code));
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

void GuardStandardStreams() {
  // Each the wrong way round: a read of closed input and a write to closed output still fail.
  if (::fcntl(STDIN_FILENO, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_WRONLY));
  if (::fcntl(STDOUT_FILENO, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_RDONLY));
  if (::fcntl(STDERR_FILENO, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_RDONLY));
  std::signal(SIGPIPE, SIG_IGN);
}

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