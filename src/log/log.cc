#include "seathold/log.h"

#ifdef SEATHOLD_HAVE_SPDLOG
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#else
#include <cstdio>
#include <mutex>
#include <string>
#endif

namespace seathold {
namespace {

class NullLogSink final : public LogSink {
 public:
  void Write(LogLevel, std::string_view) noexcept override {}
};

#ifdef SEATHOLD_HAVE_SPDLOG

// A logger of its own: the host's registry and default logger are left alone.
class StderrLogSink final : public LogSink {
 public:
  explicit StderrLogSink(LogLevel least)
      : logger_("seathold", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()) {
    logger_.set_level(LevelOf(least));
  }
  void Write(LogLevel level, std::string_view line) noexcept override {
    logger_.log(LevelOf(level), spdlog::string_view_t(line.data(), line.size()));
  }

 private:
  static spdlog::level::level_enum LevelOf(LogLevel level) {
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

  spdlog::logger logger_;
};

#else

class StderrLogSink final : public LogSink {
 public:
  explicit StderrLogSink(LogLevel least) : least_(least) {}
  void Write(LogLevel level, std::string_view line) noexcept override {
    static constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
    if (level < least_) return;
    std::fprintf(stderr, "seathold %s: %.*s\n", kNames[static_cast<int>(level)],
                 static_cast<int>(line.size()), line.data());
  }

 private:
  const LogLevel least_;
};

#endif

}  // namespace

std::unique_ptr<LogSink> NewNullLogSink() { return std::make_unique<NullLogSink>(); }
std::unique_ptr<LogSink> NewStderrLogSink(LogLevel least) {
  return std::make_unique<StderrLogSink>(least);
}

}  // namespace seathold
