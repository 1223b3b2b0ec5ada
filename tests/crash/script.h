// A short sale with every kind of op, the same each time.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/crash/ledger.h"

namespace seathold::testing {

// Two users, five holds; the second user cannot pay for the fifth until charged.
std::vector<Op> ShortSale();
// Four such sales one after the other: sixty ops. It needs a hall of three rows of ten.
std::vector<Op> LongSale();
// As many. For every five of them it needs three rows of ten; at most seventeen.
std::vector<Op> SaleOfRounds(std::uint32_t rounds);

// Plays the ops in order, whatever is answered.
std::vector<Told> PlayScript(Engine& engine, const Hall& hall, const std::vector<Op>& script);

}  // namespace seathold::testing
