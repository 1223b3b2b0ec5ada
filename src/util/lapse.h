// When a hold lapses, and with it its seats, its claim, and a buyer's pass: alive before its
// deadline, lapsed from the deadline on. Every comparison of such a deadline is here, but for texts
// in SQL, which name this file, and for an audit that counts for itself.
#pragma once

#include "seathold/time.h"

namespace seathold {

inline bool HasLapsed(TimeUs deadline, TimeUs now) { return now >= deadline; }

// Keeps the sooner of the two in *soonest, where zero is none.
inline void KeepSoonest(TimeUs* soonest, TimeUs deadline) {
  if (soonest->value == 0 || deadline < *soonest) *soonest = deadline;
}

}  // namespace seathold
