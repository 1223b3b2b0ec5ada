// What a sale was told before it crashed, and whether the books still say so.
#pragma once

#include <optional>
#include <vector>

#include "tests/crash/sale.h"

namespace seathold::testing {

// An op of the sale. Without an answer it was in flight.
struct Told {
  Op op;
  std::optional<Answer> answer;
};

// In the order in which the ops started.
std::vector<Told> ReadJournal(const Journal& journal);

struct LedgerCounts {
  int acknowledged = 0;  // ops with an answer that must be found
  int in_flight = 0;     // without an answer, or unknown
  int there = 0;         // of those in flight: found whole
  int without_effect = 0;

  void Add(const LedgerCounts& other);
};

// Expects, of an engine on what the crash left:
//   what was acknowledged is there with the acknowledged result; what was answered `refused` or
//   `busy` is not; what was in flight is there as a whole or not at all; sent again, everything
//   answers as it did, and what was in flight takes effect exactly once; seats, wallets and takings
//   are what the answers add up to; Verify is clean.
void ExpectLedger(Engine& engine, const Hall& hall, const std::vector<Told>& told,
                  LedgerCounts* counts);

}  // namespace seathold::testing
