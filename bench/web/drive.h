// Sends requests when they are due, whether or not the host keeps up, and times each from then: a
// host that stalls makes every request late that came meanwhile, not only the one it sat on.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "bench/web/asks.h"

namespace seathold::load {

// Whose requests they are. Not thread-safe.
class Source {
 public:
  virtual ~Source() = default;

  // The next request; its due_ns is set by who asks.
  virtual Ask Next() = 0;
  // What was answered; a request that follows from it at once.
  virtual std::optional<Ask> Learn(const Ask& ask, const Heard& heard) = 0;
  // Whether such an answer is one of those that are wanted.
  virtual bool Expects(Kind kind, int status) const = 0;
  // True: nothing more is sent.
  virtual bool over() const { return false; }
};

struct Pace {
  double rate = 1'000;         // a second; the gaps are as of people who know nothing of each other
  std::uint64_t requests = 0;  // besides those that follow from answers
  std::int64_t patience_ms = 5'000;  // behind the last that is due: what is not answered then fails
  std::uint64_t seed = 1;
};

struct Tally {
  std::array<std::vector<std::int64_t>, kKinds> took_ns;  // of what was answered, from when due
  std::map<int, std::uint64_t> statuses;                  // 0: the connection ended
  std::uint64_t asked = 0, answered = 0;
  std::uint64_t unwanted = 0;  // answers that Source does not expect, and ended connections
  std::uint64_t given_up = 0;  // never sent, or not answered, when patience ended
  double seconds = 0;          // from the first that was due to the last answer
  double own_cpu_s = 0;
  std::uint64_t bytes_sent = 0, bytes_received = 0;
};

Tally Drive(Source& source, std::uint16_t port, int connections, const Pace& pace);

}  // namespace seathold::load
