// What somebody may have meant by a word that is no command or option. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace seathold::cli {

// Letters to insert, delete, exchange or swap with their neighbour until one is the other.
std::size_t EditDistance(std::string_view a, std::string_view b);

// Those of `known` that `typed` is a slip of the finger away from, the nearest first, at most
// three.
std::vector<std::string> Nearest(std::string_view typed, const std::vector<std::string>& known);

// " (did you mean --token or --to?)", or nothing.
std::string DidYouMean(const std::vector<std::string>& nearest);

}  // namespace seathold::cli
