#include "examples/cli/demo/script.h"

#include <cmath>

namespace seathold::demo {
namespace {

constexpr int kHoldSeconds = 300;

int DrawSeats(Dice& dice) {
  const double x = dice.Share();
  return x < 0.22 ? 1 : x < 0.74 ? 2 : x < 0.88 ? 3 : 4;
}

Purse DrawPurse(Dice& dice) {
  const double x = dice.Share();
  return x < 0.55 ? Purse::kWallet : x < 0.65 ? Purse::kShort : Purse::kCard;
}

Ending DrawEnding(Dice& dice) {
  const double x = dice.Share();
  return x < 0.78 ? Ending::kPays : x < 0.92 ? Ending::kLetsLapse : Ending::kCancels;
}

// Most pay within a few minutes; some reach the end of their hold while the provider still thinks.
void DrawPayment(Dice& dice, BuyerScript* script) {
  script->provider_s = dice.Between(2, 12);
  script->pays_after_s =
      dice.Chance(0.06) ? kHoldSeconds - dice.Between(1, 14) : dice.Between(10, 200);
}

}  // namespace

Dice::Dice(std::uint64_t seed, std::uint64_t stream)
    : state_(seed * 0x9E3779B97F4A7C15ull ^ (stream + 1) * 0xD6E8FEB86659FD93ull) {
  Next();
}

std::uint64_t Dice::Next() {  // SplitMix64
  std::uint64_t z = state_ += 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

int Dice::Between(int least, int most) {
  return least + static_cast<int>(Next() % static_cast<std::uint64_t>(most - least + 1));
}

double Dice::Share() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

bool Dice::Chance(double share) { return Share() < share; }

BuyerScript WriteScript(std::uint64_t seed, std::uint32_t buyer) {
  Dice dice(seed, buyer);
  BuyerScript script;
  script.arrives_s = static_cast<int>(600 * std::pow(dice.Share(), 4));
  script.seats = DrawSeats(dice);
  script.asks_best = dice.Chance(0.25);
  script.wish = std::pow(dice.Share(), 2.5);
  script.stays = dice.Chance(0.03);
  script.tries = dice.Between(2, 6);
  if (dice.Chance(0.08)) script.walks_after_s = dice.Between(30, 400);
  script.ending = DrawEnding(dice);
  script.purse = DrawPurse(dice);
  script.tops_up = dice.Chance(0.6);
  DrawPayment(dice, &script);
  script.repeats = dice.Chance(0.05);
  script.says_goodbye = dice.Chance(0.05);
  if (script.stays) {
    script.walks_after_s = 0;
    script.ending = Ending::kPays;
    script.tops_up = true;
    script.repeats = false;
    script.pays_after_s = dice.Between(10, 60);
  }
  return script;
}

}  // namespace seathold::demo
