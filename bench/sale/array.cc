// The least that can be done: arrays, a hash table and a queue under one mutex. Nothing survives.
#include <cstring>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "bench/sale/contestant.h"
#include "bench/sale/forward.h"

namespace seathold::sale {
namespace {

struct IdHash {
  std::size_t operator()(const Uuid& id) const {
    std::size_t tail = 0;
    std::memcpy(&tail, id.data() + 8, sizeof tail);
    return tail;
  }
};

class Arrays final : public Contestant {
 public:
  std::string name() const override { return "array"; }
  std::string durability() const override { return "none (memory)"; }
  void Reset(const HallSpec& spec) override {
    spec_ = spec;
    seats_.assign(std::size_t{spec.performances} * spec.seats, {});
    holds_.clear();
    ledger_.clear();
    due_.clear();
    wallets_.assign(spec.users + 1, kWalletMinor);
    wallets_[0] = 0;
  }
  std::unique_ptr<Caller> NewCaller() override { return std::make_unique<Forward<Arrays>>(this); }
  Books Read() override;
  std::size_t Sweep(std::size_t max) override;

  void Hold(std::span<const HoldAsk> asks, std::span<Answer> answers) {
    const std::lock_guard lock(mutex_);
    const std::int64_t now = NowUs();
    for (std::size_t i = 0; i < asks.size(); ++i) answers[i] = HoldOne(asks[i], now);
  }
  void Pay(std::span<const PayAsk> asks, std::span<Answer> answers) {
    const std::lock_guard lock(mutex_);
    const std::int64_t now = NowUs();
    for (std::size_t i = 0; i < asks.size(); ++i) answers[i] = PayOne(asks[i], now);
  }
  void ReadMap(std::uint32_t performance, TakenSeats* taken) {
    const std::lock_guard lock(mutex_);
    const std::int64_t now = NowUs();
    const Seat* const seats = &seats_[std::size_t{performance} * spec_.seats];
    for (std::uint32_t s = 0; s < spec_.seats; ++s) {
      const bool free = seats[s].state == SeatState::kFree ||
                        (seats[s].state == SeatState::kHeld && seats[s].expires_at_us <= now);
      if (!free) taken->emplace_back(s, seats[s].state);
    }
  }

 private:
  struct Seat {
    SeatState state = SeatState::kFree;
    std::int64_t expires_at_us = 0;
    Uuid hold{};
  };
  struct Record {
    std::uint64_t user = 0;
    std::size_t first_seat = 0;
    std::int64_t expires_at_us = 0, total_minor = 0;
    SeatState state = SeatState::kHeld;
  };
  struct Line {
    Uuid hold{};
    std::uint64_t user = 0;
    std::int64_t amount_minor = 0;
  };

  Answer HoldOne(const HoldAsk& ask, std::int64_t now);
  Answer PayOne(const PayAsk& ask, std::int64_t now);

  HallSpec spec_;
  std::mutex mutex_;
  std::vector<Seat> seats_;
  std::unordered_map<Uuid, Record, IdHash> holds_;
  std::unordered_map<Uuid, Line, IdHash> ledger_;
  std::deque<std::pair<std::int64_t, Uuid>> due_;  // one time to live, so in order by itself
  std::vector<std::int64_t> wallets_;
};

Answer Arrays::HoldOne(const HoldAsk& ask, std::int64_t now) {
  const std::size_t first = std::size_t{ask.performance} * spec_.seats + ask.first_seat;
  for (std::size_t s = first; s < first + kSeatsAHold; ++s) {
    const bool free = seats_[s].state == SeatState::kFree ||
                      (seats_[s].state == SeatState::kHeld && seats_[s].expires_at_us <= now);
    if (!free) return Answer::kRefused;
  }
  const std::int64_t expires = now + spec_.ttl_ms * 1'000;
  for (std::size_t s = first; s < first + kSeatsAHold; ++s) {
    seats_[s] = {SeatState::kHeld, expires, ask.hold};
  }
  holds_[ask.hold] = {ask.user, first, expires, kTotalMinor};
  due_.emplace_back(expires, ask.hold);
  return Answer::kDone;
}

Answer Arrays::PayOne(const PayAsk& ask, std::int64_t now) {
  if (const auto known = ledger_.find(ask.payment); known != ledger_.end()) {
    return known->second.hold == ask.hold ? Answer::kDone : Answer::kRefused;
  }
  const auto found = holds_.find(ask.hold);
  if (found == holds_.end()) return Answer::kRefused;
  Record& record = found->second;
  const bool valid = record.state == SeatState::kHeld && record.user == ask.user &&
                     now < record.expires_at_us && wallets_[ask.user] >= record.total_minor;
  if (!valid) return Answer::kRefused;
  record.state = SeatState::kSold;
  for (std::size_t s = 0; s < kSeatsAHold; ++s) {
    seats_[record.first_seat + s].state = SeatState::kSold;
  }
  wallets_[ask.user] -= record.total_minor;
  ledger_[ask.payment] = {ask.hold, ask.user, record.total_minor};
  return Answer::kDone;
}

std::size_t Arrays::Sweep(std::size_t max) {
  const std::lock_guard lock(mutex_);
  const std::int64_t now = NowUs();
  std::size_t ended = 0;
  while (ended < max && !due_.empty() && due_.front().first <= now) {
    const auto found = holds_.find(due_.front().second);
    due_.pop_front();
    if (found == holds_.end() || found->second.state != SeatState::kHeld) continue;
    found->second.state = SeatState::kFree;
    for (std::size_t s = 0; s < kSeatsAHold; ++s) {
      Seat& seat = seats_[found->second.first_seat + s];
      if (seat.hold == found->first) seat = {};
    }
    ++ended;
  }
  return ended;
}

Books Arrays::Read() {
  Books books;
  for (const Seat& seat : seats_) books.seats.push_back({seat.state, seat.hold});
  books.payments = ledger_.size();
  for (const auto& [payment, line] : ledger_) books.paid_minor += line.amount_minor;
  for (const std::int64_t wallet : wallets_) books.wallets_minor += wallet;
  for (const auto& [at, hold] : due_) books.deadlines += holds_[hold].state == SeatState::kHeld;
  return books;
}

}  // namespace

std::unique_ptr<Contestant> NewArray() { return std::make_unique<Arrays>(); }

}  // namespace seathold::sale
