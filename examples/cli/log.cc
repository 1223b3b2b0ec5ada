#include "examples/cli/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "examples/cli/text.h"

namespace seathold::cli {
namespace {

spdlog::level::level_enum LevelOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

}  // namespace

// A logger of its own; spdlog's registry is not used.
class Log::Sink {
 public:
  explicit Sink(std::string_view least)
      : logger_("seathold", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "time=%Y-%m-%dT%H:%M:%S.%eZ level=%l pid=%P %v", spdlog::pattern_time_type::utc));
    logger_.set_level(spdlog::level::from_str(std::string(least)));
  }

  bool Writes(LogLevel level) const { return logger_.should_log(LevelOf(level)); }

  void Write(LogLevel level, std::string_view line, std::string_view fields) {
    if (!Writes(level)) return;
    logger_.log(LevelOf(level), "msg={}{}", Quoted(line), fields);
  }

 private:
  spdlog::logger logger_;
};

Log::Log(std::string_view least) : sink_(std::make_unique<Sink>(least)) {}
Log::~Log() = default;

bool Log::Writes(LogLevel level) const noexcept { return sink_->Writes(level); }

void Log::Write(LogLevel level, std::string_view line) noexcept { Write(level, line, ""); }

void Log::Write(LogLevel level, std::string_view line, std::string_view fields) noexcept {
  try {
    sink_->Write(level, line, fields);
  } catch (const std::exception&) {
    // Out of memory: a line of log is not worth the call it tells of.
  }
}

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : Printable(text)) {
    if (c == '"') out.push_back('\\');
    out.push_back(c);
  }
  return out + '"';
}

}  // namespace seathold::cli
