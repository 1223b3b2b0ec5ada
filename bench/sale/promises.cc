#include "bench/sale/promises.h"

#include <fmt/format.h>

#include <algorithm>

namespace seathold::sale {
namespace {

struct Sale {
  std::vector<SeatBook> seats;
  std::string twice;
};

std::string SeatText(const HallSpec& spec, std::size_t index) {
  return fmt::format("performance {}, seat {}", index / spec.seats, index % spec.seats);
}

// The seats as the answers say that they are.
Sale Promised(const HallSpec& spec, const std::vector<HoldAsk>& held, std::vector<Uuid> paid) {
  Sale sale{.seats = std::vector<SeatBook>(std::size_t{spec.performances} * spec.seats)};
  std::ranges::sort(paid);
  if (const auto twin = std::ranges::adjacent_find(paid); twin != paid.end()) {
    sale.twice = "a hold was paid for twice";
  }
  for (const HoldAsk& ask : held) {
    for (std::uint32_t s = 0; s < kSeatsAHold; ++s) {
      const std::size_t index = std::size_t{ask.performance} * spec.seats + ask.first_seat + s;
      if (sale.seats[index].state != SeatState::kFree) {
        sale.twice = "two were given " + SeatText(spec, index);
      }
      const bool sold = std::ranges::binary_search(paid, ask.hold);
      sale.seats[index] = {sold ? SeatState::kSold : SeatState::kHeld, ask.hold};
    }
  }
  return sale;
}

std::string Compare(const char* what, std::int64_t promised, std::int64_t kept) {
  if (promised == kept) return "";
  return fmt::format("{}: {} were promised, the books have {}", what, promised, kept);
}

}  // namespace

void Promises::Note(std::span<const HoldAsk> asks, std::span<const Answer> answers) {
  for (std::size_t i = 0; i < asks.size(); ++i) {
    if (answers[i] == Answer::kDone) held_.push_back(asks[i]);
    refused_ += answers[i] == Answer::kRefused;
    failed_ += answers[i] == Answer::kFailed;
  }
}

void Promises::Note(std::span<const PayAsk> asks, std::span<const Answer> answers) {
  for (std::size_t i = 0; i < asks.size(); ++i) {
    if (answers[i] == Answer::kDone) paid_.push_back(asks[i]);
    refused_ += answers[i] == Answer::kRefused;
    failed_ += answers[i] == Answer::kFailed;
  }
}

void Promises::Join(const Promises& other) {
  held_.insert(held_.end(), other.held_.begin(), other.held_.end());
  paid_.insert(paid_.end(), other.paid_.begin(), other.paid_.end());
  refused_ += other.refused_;
  failed_ += other.failed_;
}

std::string Promises::Broken(const HallSpec& spec, const Books& books, bool deadlines) const {
  if (failed_ > 0) return fmt::format("{} calls failed", failed_);
  std::vector<Uuid> paid;
  for (const PayAsk& ask : paid_) paid.push_back(ask.hold);
  const Sale sale = Promised(spec, held_, std::move(paid));
  if (!sale.twice.empty()) return sale.twice;
  if (books.seats.size() != sale.seats.size()) return "the books have another number of seats";
  for (std::size_t i = 0; i < sale.seats.size(); ++i) {
    if (books.seats[i].state != sale.seats[i].state || books.seats[i].hold != sale.seats[i].hold) {
      return SeatText(spec, i) + ": the books name another state or owner than was promised";
    }
  }
  const auto sold = static_cast<std::int64_t>(paid_.size());
  const auto live = static_cast<std::int64_t>(held_.size()) - sold;
  const auto wallets = static_cast<std::int64_t>(spec.users) * kWalletMinor - sold * kTotalMinor;
  for (const std::string& difference :
       {Compare("payments", sold, static_cast<std::int64_t>(books.payments)),
        Compare("money paid", sold * kTotalMinor, books.paid_minor),
        Compare("money in wallets", wallets, books.wallets_minor),
        Compare("deadlines", deadlines ? live : 0,
                deadlines ? static_cast<std::int64_t>(books.deadlines) : 0)}) {
    if (!difference.empty()) return difference;
  }
  return books.broken;
}

}  // namespace seathold::sale
