// The log that goes nowhere.
#include "seathold/log.h"

namespace seathold {
namespace {

class NullLogSink final : public LogSink {
 public:
  void Write(LogLevel, std::string_view) noexcept override {}
};

}  // namespace

std::unique_ptr<LogSink> NewNullLogSink() { return std::make_unique<NullLogSink>(); }

}  // namespace seathold
