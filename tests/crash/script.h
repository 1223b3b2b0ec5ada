// A short sale with every kind of op, the same each time.
#pragma once

#include <vector>

#include "tests/crash/ledger.h"

namespace seathold::testing {

// Two users, five holds; the second user cannot pay for the fifth until charged.
std::vector<Op> ShortSale();
// Four such sales one after the other: sixty ops. It needs a hall of three rows of ten.
std::vector<Op> LongSale();

// Plays the ops in order, whatever is answered.
std::vector<Told> PlayScript(Engine& engine, const Hall& hall, const std::vector<Op>& script);

}  // namespace seathold::testing
