// The last lines of an engine's log, kept in memory until C asks for them. Thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "seathold/log.h"
#include "seathold/status.h"
#include "src/util/mutex.h"

namespace seathold::capi {

class LogRing final : public LogSink {
 public:
  static constexpr std::size_t kLineBytesMax = 1'023;

  LogRing(LogLevel least, std::size_t bytes_max) : least_(least), bytes_max_(bytes_max) {}

  void Write(LogLevel level, std::string_view line) noexcept override;
  // Moves as many whole lines as fit into out[0, cap), with a NUL. kBufferTooSmall: the next line
  // does not fit; *needed says what it takes.
  Code Take(char* out, std::size_t cap, std::size_t* needed);

 private:
  std::string Lost() const REQUIRES(mutex_);

  const LogLevel least_;
  const std::size_t bytes_max_;
  Mutex mutex_;
  std::deque<std::string> lines_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  std::uint64_t lost_ GUARDED_BY(mutex_) = 0;  // older than every line that is kept
};

}  // namespace seathold::capi
