// What the host counts of itself, and how all of it is told to Prometheus. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "examples/web/server.h"
#include "seathold/stats.h"

namespace seathold::web {

// Requests of one operation, by class of status, and how long they took from the last byte of the
// request to the answer.
class OperationCounts {
 public:
  static constexpr std::array<double, 10> kBoundsS = {0.001, 0.0025, 0.005, 0.01, 0.025,
                                                      0.05,  0.1,    0.25,  1,    5};

  void Count(int status, std::int64_t took_ns);
  // Appends the samples of one operation.
  void TellRequests(std::string_view operation, std::string* out) const;
  void TellSeconds(std::string_view operation, std::string* out) const;

 private:
  std::array<std::atomic<std::uint64_t>, 6> by_class_{};  // 2xx at 2
  std::array<std::atomic<std::uint64_t>, kBoundsS.size() + 1> buckets_{};
  std::atomic<std::uint64_t> sum_us_{0};
};

// The text of /metrics, but for the operations.
struct Gauges {
  ServerCounts server;
  Stats engine;
  std::uint64_t frames_total = 0;
  std::uint64_t work_waiting = 0, logins_waiting = 0;
  std::uint64_t throttled_total = 0, rejected_total = 0;
};
void TellGauges(const Gauges& gauges, std::string* out);

}  // namespace seathold::web
