#include "src/rules/attempts.h"

#include <algorithm>
#include <array>

namespace seathold {
namespace {

ThrottleState StateOf(const AttemptRecord& row) {
  return {row.failures, row.last_failure_at, row.locked_until};
}

// No lock outlives the failures it came from, so these alone say which place counts less.
bool IsWeaker(const AttemptRecord& a, const AttemptRecord& b, TimeUs now) {
  const std::uint32_t left_a = FailuresLeft(StateOf(a), now);
  const std::uint32_t left_b = FailuresLeft(StateOf(b), now);
  return left_a != left_b ? left_a < left_b : a.last_failure_at < b.last_failure_at;
}

// The row that speaks for an address: its own, else the one whose place it would take. A place that
// was never used is a row without failures.
AttemptRecord RowFor(const Uuid& address, std::span<const AttemptRecord> rows, TimeUs now) {
  const auto own = std::ranges::find(rows, address, &AttemptRecord::address);
  if (own != rows.end()) return *own;
  for (std::uint32_t way = 0; way < kAttemptWays; ++way) {
    const std::uint32_t place = AttemptPlace(address, way);
    if (std::ranges::find(rows, place, &AttemptRecord::place) != rows.end()) continue;
    AttemptRecord unused;
    unused.place = place;
    return unused;
  }
  return *std::ranges::min_element(
      rows, [now](const AttemptRecord& a, const AttemptRecord& b) { return IsWeaker(a, b, now); });
}

using Rows = std::vector<AttemptRecord>;

Rows SetOf(const Uuid& address, WorkingSet& ws) {
  Rows rows;
  rows.reserve(kAttemptWays);
  for (std::uint32_t way = 0; way < kAttemptWays; ++way) {
    const AttemptRecord* row = ws.Find<AttemptRecord>({AttemptPlace(address, way)});
    if (row != nullptr) rows.push_back(*row);
  }
  return rows;
}

}  // namespace

std::uint32_t AttemptPlace(const Uuid& address, std::uint32_t way) {
  const std::uint32_t hash = static_cast<std::uint32_t>(address[0]) << 8 | address[1];
  return hash % kAttemptSets * kAttemptWays + way;
}

void AttemptKeys(const Uuid& address, KeySet* keys) {
  for (std::uint32_t way = 0; way < kAttemptWays; ++way) {
    keys->Add<AttemptRecord>({AttemptPlace(address, way)});
  }
}

ThrottleAnswer CheckAttempt(const Uuid& address, std::span<const AttemptRecord> rows, TimeUs now) {
  return CheckThrottle(StateOf(RowFor(address, rows, now)), now);
}

ThrottleAnswer CheckAttempt(const Uuid& address, WorkingSet& ws, TimeUs now) {
  return CheckAttempt(address, SetOf(address, ws), now);
}

void CountFailure(const Uuid& address, WorkingSet& ws, TimeUs now) {
  const Rows rows = SetOf(address, ws);
  if (ws.missed()) return;
  AttemptRecord row = RowFor(address, rows, now);
  const std::uint32_t left = FailuresLeft(StateOf(row), now);
  const bool own = row.address == address;
  row.inherited = own ? std::min(row.inherited, left) : left;
  row.address = address;
  const ThrottleState after = AfterFailure(StateOf(row), now);
  row.failures = after.failures;
  row.last_failure_at = after.last_failure;
  row.locked_until = after.locked_until;
  ws.Put(row);
}

void TakeBackFailures(const Uuid& address, WorkingSet& ws, TimeUs now) {
  const Rows rows = SetOf(address, ws);
  if (ws.missed()) return;
  const auto own = std::ranges::find(rows, address, &AttemptRecord::address);
  if (own == rows.end()) return;
  AttemptRecord row = *own;
  row.failures = row.inherited = std::min(row.inherited, FailuresLeft(StateOf(row), now));
  row.last_failure_at = now;
  row.locked_until = TimeUs{};
  row.failures == 0 ? ws.Remove<AttemptRecord>(row.key()) : ws.Put(row);
}

}  // namespace seathold
