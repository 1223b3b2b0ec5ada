// A heap that gives nothing when a test says so: malloc and its kin, for C++, SQLite and OpenSSL
// alike, and anonymous mappings. Counted and failed while armed, by the whole process.
#pragma once

#include <cstddef>

namespace seathold::testing {

inline constexpr std::size_t kNoFailure = 0;

// From now on the allocation number `at` (from 1 on) fails, or, with `for_ever`, each from there
// on.
void FailAllocations(std::size_t at, bool for_ever);
// Back to plenty; how many allocations were asked for.
std::size_t StopFailing();
// False where the heap belongs to a sanitizer.
bool CanFailAllocations();

}  // namespace seathold::testing
