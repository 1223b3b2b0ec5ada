#include "bench/web/drive.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <random>

#include "bench/web/fleet.h"
#include "seathold/time.h"

namespace seathold::load {
namespace {

constexpr std::int64_t kLookMs = 100;  // how long it sleeps at most

double OwnCpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Driver {
 public:
  Driver(Source& source, std::uint16_t port, int connections, const Pace& pace)
      : source_(source),
        pace_(pace),
        random_(pace.seed),
        gap_s_(pace.rate),
        fleet_(port, connections, [this](Ask& ask, const Heard& heard) { Hear(ask, heard); }) {}

  Tally Run() {
    const double cpu_before_s = OwnCpuSeconds();
    const std::int64_t began_ns = MonotonicNs();
    next_ns_ = last_heard_ns_ = began_ns;
    for (std::int64_t now_ns = began_ns; !Finished(now_ns); now_ns = MonotonicNs()) {
      ComeDue(now_ns);
      SendDue();
      const std::int64_t look_ns = now_ns + kLookMs * 1'000'000;
      fleet_.Wait(came_ < pace_.requests ? std::min(next_ns_, look_ns) : look_ns);
    }
    tally_.given_up = due_.size() + follows_.size() + fleet_.under_way();
    tally_.seconds = static_cast<double>(last_heard_ns_ - began_ns) / 1e9;
    tally_.own_cpu_s = OwnCpuSeconds() - cpu_before_s;
    tally_.bytes_sent = fleet_.bytes_sent();
    tally_.bytes_received = fleet_.bytes_received();
    return std::move(tally_);
  }

 private:
  bool Finished(std::int64_t now_ns) {
    if (source_.over()) {
      due_.clear();
      follows_.clear();
      came_ = pace_.requests;
    }
    if (came_ < pace_.requests) return false;
    if (due_.empty() && follows_.empty() && fleet_.under_way() == 0) return true;
    return now_ns > next_ns_ + pace_.patience_ms * 1'000'000;
  }

  void ComeDue(std::int64_t now_ns) {
    for (; came_ < pace_.requests && next_ns_ <= now_ns; ++came_) {
      due_.push_back(next_ns_);
      next_ns_ += std::llround(gap_s_(random_) * 1e9);
    }
  }

  // Who holds seats already goes first: the others only lose time.
  void SendDue() {
    while (fleet_.idle() && !follows_.empty()) {
      Send(std::move(follows_.front()));
      follows_.pop_front();
    }
    while (fleet_.idle() && !due_.empty()) {
      Ask ask = source_.Next();
      ask.due_ns = due_.front();
      due_.pop_front();
      Send(std::move(ask));
    }
  }

  void Send(Ask ask) {
    ++tally_.asked;
    fleet_.Send(std::move(ask));
  }

  void Hear(Ask& ask, const Heard& heard) {
    last_heard_ns_ = MonotonicNs();
    ++tally_.statuses[heard.status];
    if (heard.status != 0) {
      ++tally_.answered;
      tally_.took_ns[static_cast<std::size_t>(ask.kind)].push_back(last_heard_ns_ - ask.due_ns);
    }
    if (!source_.Expects(ask.kind, heard.status)) ++tally_.unwanted;
    if (std::optional<Ask> follows = source_.Learn(ask, heard)) {
      follows->due_ns = last_heard_ns_;
      follows_.push_back(std::move(*follows));
    }
  }

  Source& source_;
  const Pace pace_;
  std::mt19937_64 random_;
  std::exponential_distribution<double> gap_s_;
  Fleet fleet_;
  std::deque<std::int64_t> due_;  // when each was meant to be sent
  std::deque<Ask> follows_;
  std::uint64_t came_ = 0;
  std::int64_t next_ns_ = 0, last_heard_ns_ = 0;
  Tally tally_;
};

}  // namespace

Tally Drive(Source& source, std::uint16_t port, int connections, const Pace& pace) {
  return Driver(source, port, connections, pace).Run();
}

}  // namespace seathold::load
