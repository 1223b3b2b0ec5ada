// A buyer's way through a waiting line, one visit after the other.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "tests/processes/hall.h"
#include "tests/processes/rendezvous.h"

namespace seathold::testing {

// How many are inside, and the most that ever were. In shared memory.
struct Inside {
  std::atomic<std::int32_t> now{0}, most{0};

  void Enter() {
    const std::int32_t here = ++now;
    std::int32_t seen = most.load();
    while (seen < here && !most.compare_exchange_weak(seen, here)) {
    }
  }
  void Leave() { --now; }
};

// From joining until the pass is spent or given back. A buyer is counted while no other may have
// their slot yet: from the answer that lets them in to the call that gives the slot up.
class Visit {
 public:
  Visit(Engine& engine, ShowId show, UserId user, Inside* inside)
      : engine_(engine), show_(show), user_(user), inside_(inside) {}

  // False: not within a minute.
  bool GetIn() {
    const std::int64_t until = MonotonicNs() + 240'000'000'000;
    for (Join(); place_.state != LineState::kAdmitted; Look()) {
      if (MonotonicNs() > until) return false;
      NapMs(2);
    }
    inside_->Enter();
    return true;
  }
  // The slot is given up by the call that follows this.
  std::string_view Out() {
    inside_->Leave();
    return place_.token.view();
  }
  std::string_view pass() const { return place_.pass.view(); }
  const Place& place() const { return place_; }

 private:
  void Join() {
    const JoinRequest request{show_, user_};
    place_ = engine_.queue().Join(request, {60'000});
    ASSERT_TRUE(place_.status.ok()) << place_.status.text();
  }
  void Look() {
    const SignedText token = place_.token;
    const std::string_view text = token.view();
    place_ = engine_.queue().Poll(text, {60'000});
    ASSERT_TRUE(place_.status.ok()) << place_.status.text();
  }

  Engine& engine_;
  const ShowId show_;
  const UserId user_;
  Inside* const inside_;
  Place place_;
};

}  // namespace seathold::testing
