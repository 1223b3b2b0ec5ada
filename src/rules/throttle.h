// How often a password may be tried at one address. Pure functions over a plain record, which
// src/rules/attempts.h keeps; `now` is engine time.
//
// The first kFreeFailures - 1 failures cost nothing. From then on each failure locks the account
// for 1 s, 2 s, 4 s, ... up to kLockMaxS. An hour without a failure forgets one; a success forgets
// all. A guesser thus gets about 100 tries a day at an account, whatever the number of machines.
//
// The trade-off, decided: a stranger who keeps failing on purpose can make the owner wait. Never
// for longer than kLockMaxS at a time, never for good: tries while locked are refused without being
// counted, sessions that are open stay open, and nobody has to unlock anything. A host that is
// attacked in this way puts its own challenge (by address, by captcha) before Login.
#pragma once

#include <cstdint>

#include "seathold/time.h"

namespace seathold {

inline constexpr std::uint32_t kFreeFailures = 5;  // this failure is the first to lock
inline constexpr std::int64_t kLockMaxS = 900;
inline constexpr std::uint32_t kFailuresMax =
    15;  // where the lock reaches kLockMaxS; no more counted
inline constexpr std::int64_t kForgetOneS = 3'600;

struct ThrottleState {
  std::uint32_t failures = 0;
  TimeUs last_failure{};
  TimeUs locked_until{};

  bool operator==(const ThrottleState&) const = default;
};

struct ThrottleAnswer {
  bool allowed = true;
  TimeUs wait_until{};  // when not allowed: the first moment that is
};

// May the password be tried at `now`? A stored state that no clock of ours can have written (a
// failure in the future, a lock longer than kLockMaxS) never locks for longer than a true one.
ThrottleAnswer CheckThrottle(const ThrottleState& state, TimeUs now);

// The failures that are not forgotten at `now`.
std::uint32_t FailuresLeft(const ThrottleState& state, TimeUs now);

// The state after a failure at `now`. Store it in the same transaction that checked: callers that
// check, hash for 20 ms and count afterwards let as many guesses through as arrive meanwhile.
// Whoever checked before hashing checks again when counting, and tells nobody whether a password
// was right that the second check did not allow.
ThrottleState AfterFailure(const ThrottleState& state, TimeUs now);

}  // namespace seathold
