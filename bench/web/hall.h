// The database that the host serves, made beforehand by the library: evenings of one show, buyers
// with money and a login, places in the waiting line of another show.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "seathold/ids.h"
#include "seathold/status.h"

namespace seathold::load {

struct HallSpec {
  std::string db;  // a path where nothing is
  int rows = 50, row_seats = 100;
  int evenings = 1;
  int buyers = 500;
};

struct Buyer {
  std::string token;  // of a login, good for a quarter of an hour
  std::string place;  // of the waiting line
};

struct Hall {
  std::uint64_t venue = 0, show = 0, crowded_show = 0;
  std::vector<std::uint64_t> evenings;  // performances, of `seats` seats each
  std::uint32_t seats = 0;
  std::vector<Buyer> buyers;
};

// A login takes the host tens of milliseconds of a core for its hash: here the logins are made with
// a cheap one, by the library, before the host starts; the tokens are those that it would give.
Result<Hall> MakeHall(const HallSpec& spec);

}  // namespace seathold::load
