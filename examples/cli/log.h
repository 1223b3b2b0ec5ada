// The log of the tool: lines of key=value fields on standard error, through spdlog.
//
//   time=2026-12-31T19:30:00.123Z level=warning pid=4711 msg="the waiting line was not told of all"
//
// Never secrets, never what was typed. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "seathold/log.h"

namespace seathold::cli {

class Log final : public LogSink {
 public:
  // `least`: off, error, warning, info or debug.
  explicit Log(std::string_view least);
  ~Log() override;

  // Whether lines of that level are written at all.
  bool Writes(LogLevel level) const noexcept;
  void Write(LogLevel level, std::string_view line) noexcept override;
  // `fields` follow the message: " command=\"hold\" code=0".
  void Write(LogLevel level, std::string_view line, std::string_view fields) noexcept;

 private:
  class Sink;
  const std::unique_ptr<Sink> sink_;
};

// A value of a field: in quotes, with what would end them or the line escaped.
std::string Quoted(std::string_view text);

}  // namespace seathold::cli
