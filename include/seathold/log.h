// Where the engine's log lines go: EngineParts::log (adapter/parts.h). The engine logs rarely:
// openings, faults, repairs; never secrets and never personal data.
//
//   struct Errors : seathold::LogSink {
//     void Write(seathold::LogLevel level, std::string_view line) noexcept override {
//       if (level == seathold::LogLevel::kError) page_somebody(line);
//     }
//   };
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "seathold/cxx20.h"

namespace seathold {

// kError: sales stand still, or the books are in danger, until somebody looks. kWarning: something
// went on by another way than it should. kInfo: openings, closings, repairs that went well.
enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

class LogSink {
 public:
  virtual ~LogSink() = default;

  // must provide: takes one line without a line end. Called from any thread; must not call the
  // engine.
  virtual void Write(LogLevel level, std::string_view line) noexcept = 0;
};

// Drops everything: the default of a library. Programs bring their own (examples/cli: spdlog).
std::unique_ptr<LogSink> NewNullLogSink();

}  // namespace seathold
