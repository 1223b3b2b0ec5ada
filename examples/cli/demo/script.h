// What each buyer is going to do, drawn from the seed alone: the same people stand in front of
// every box office. Pure and thread-safe.
#pragma once

#include <cstdint>

namespace seathold::demo {

enum class Ending : std::uint8_t { kPays, kLetsLapse, kCancels };
enum class Purse : std::uint8_t {
  kWallet,  // funded before the sale
  kShort,   // a wallet with too little in it
  kCard,    // pays at a provider; the engine books it as external
};

struct BuyerScript {
  int arrives_s = 0;       // after the opening, on the sale clock
  int walks_after_s = 0;   // leaves the line after so long; 0 = stays
  int seats = 1;           // 1 .. 4
  bool asks_best = false;  // leaves the choice to the box office
  double wish = 0;         // 0 .. 1: where in the plan the eye falls first; 0 = the best seats
  int tries = 1;           // attempts at seats before giving up
  bool stays = false;      // until sold out, and pays for what they get
  Ending ending = Ending::kPays;
  Purse purse = Purse::kWallet;
  bool tops_up = false;       // when short: charges the wallet and pays again, or gives up
  int pays_after_s = 0;       // after the hold
  int provider_s = 0;         // how long the payment step takes
  bool repeats = false;       // clicks twice: every request is sent again with the same id
  bool says_goodbye = false;  // gives the place back when giving up; others just close the page
};

BuyerScript WriteScript(std::uint64_t seed, std::uint32_t buyer);

// A small generator for what is decided along the way.
class Dice {
 public:
  Dice(std::uint64_t seed, std::uint64_t stream);
  std::uint64_t Next();
  int Between(int least, int most);  // both ends included
  bool Chance(double share);
  double Share();  // 0 <= x < 1

 private:
  std::uint64_t state_;
};

}  // namespace seathold::demo
