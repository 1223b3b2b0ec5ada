#include "examples/cli/demo/tally.h"

namespace seathold::demo {

std::string_view FateText(Fate fate) {
  static constexpr std::string_view kTexts[kFates] = {
      "undecided",     "paid",           "walked away from the line",
      "told sold out", "gave up",        "let the hold lapse",
      "cancelled",     "short of money", "paid too late",
  };
  return kTexts[static_cast<std::size_t>(fate)];
}

std::uint64_t Tally::finished() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 1; i < kFates; ++i) sum += fates[i];
  return sum;
}

std::uint64_t Tally::refused() const {
  std::uint64_t sum = 0;
  for (const auto& [code, count] : refusals) sum += count;
  return sum;
}

std::int64_t Tally::paid_minor() const {
  std::int64_t sum = 0;
  for (const Receipt& receipt : receipts) sum += receipt.paid_minor;
  return sum;
}

void Tally::Note(Code code) {
  const CodeInfo* info = FindCode(code);
  if (info != nullptr && info->outcome == Outcome::kRefused) {
    ++refusals[code];
  } else {
    ++busy;
  }
}

void Tally::Add(const Tally& other) {
  for (std::size_t i = 0; i < kFates; ++i) fates[i] += other.fates[i];
  for (const auto& [code, count] : other.refusals) refusals[code] += count;
  joins += other.joins;
  polls += other.polls;
  hold_asks += other.hold_asks;
  holds += other.holds;
  seats_held += other.seats_held;
  payments += other.payments;
  cancels += other.cancels;
  repeats += other.repeats;
  replays += other.replays;
  top_ups += other.top_ups;
  busy += other.busy;
  rejoins += other.rejoins;
  receipts.insert(receipts.end(), other.receipts.begin(), other.receipts.end());
}

}  // namespace seathold::demo
