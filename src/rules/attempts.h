// Where failed logins are counted: by address, whether or not it has an account, so that nothing
// about the count tells the two apart.
//
// The table is bounded: kAttemptSets sets of kAttemptWays places; an address belongs to the set
// that its keyed hash names, and nobody without the key can tell which. A new address takes a free
// place of its set, or one whose failures are forgotten; in a full set it takes the place that has
// the fewest failures left, *with them*. So taking places never lowers anybody's count: whoever
// lost theirs comes back to a set in which each place counts at least as much, and a lock is never
// lost before its time. A success takes back what its own address added and no more.
// The price: who floods the whole table (131,072 places, five hashes each) makes newcomers start
// with the flood's count until an hour forgets one. That is no cheaper than locking as many
// accounts one by one, which no throttle by address prevents.
#pragma once

#include <span>

#include "src/rules/throttle.h"
#include "src/rules/working_set.h"

namespace seathold {

inline constexpr std::uint32_t kAttemptWays = 8;
inline constexpr std::uint32_t kAttemptSets = 16'384;

// The place of a set, way 0 .. kAttemptWays - 1, that belongs to an address (a keyed hash).
std::uint32_t AttemptPlace(const Uuid& address, std::uint32_t way);
void AttemptKeys(const Uuid& address, KeySet* keys);

// May a password be tried for this address? `rows`: those of its set that are there.
ThrottleAnswer CheckAttempt(const Uuid& address, std::span<const AttemptRecord> rows, TimeUs now);
// The same inside a transaction. REQUIRES, of the three: the set is loaded; else a miss is left.
ThrottleAnswer CheckAttempt(const Uuid& address, WorkingSet& ws, TimeUs now);
void CountFailure(const Uuid& address, WorkingSet& ws, TimeUs now);
void TakeBackFailures(const Uuid& address, WorkingSet& ws, TimeUs now);

}  // namespace seathold
