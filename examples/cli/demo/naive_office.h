// The textbook way, for comparison: what many a first box office looks like.
//
//   hold   SELECT the seats; all free? then, in a second transaction, UPDATE them to held and write
//   a
//          reservation with a time to live.
//   pay    SELECT: does the reservation still stand? The provider takes its seconds; then the money
//   is
//          booked; then, in another transaction, the seats are UPDATEd to sold.
//   sweep  SELECT reservations past their time; UPDATE their seats, by seat id, to free.
//
// Nothing here sleeps or is staged. What goes wrong is in the gaps: between the look and the write
// when two threads serve at once, and between the check and the end of a payment on the sale clock.
// Each statement by itself is right, and each transaction as durable as SeatHold's.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "examples/cli/demo/box_office.h"
#include "examples/cli/demo/naive_store.h"
#include "seathold/clock.h"

namespace seathold::demo {

class NaiveOffice final : public BoxOffice {
 public:
  // Borrows all three. `active_max` buyers are let in at a time.
  NaiveOffice(NaiveStore& store, const Hall& hall, Clock& clock, std::uint32_t active_max);

  Status Fund(std::span<const Funding> fundings) override { return store_.Fund(fundings); }
  Status Tick(TimeUs now) override;
  Result<std::shared_ptr<const HallMap>> Look() override;
  std::uint64_t waiting() override;
  std::uint64_t inside() override;
  void Join(Visits visits) override;
  void Poll(Visits visits) override;
  void Leave(Visit& visit) override;
  void Hold(Visits visits) override;
  void HoldBest(Visits visits) override;
  void Cancel(Visit& visit) override;
  void TopUp(Visit& visit, std::int64_t amount_minor) override;
  void BeginPayment(Visit& visit, Purse purse) override;
  void FinishPayment(Visit& visit, Purse purse) override;

 private:
  void Admit(TimeUs now);
  void Place(Visit& visit);
  void Take(Visit& visit);
  Code TakeMoney(const Visit& visit);

  NaiveStore& store_;
  const Hall& hall_;
  Clock& clock_;
  const std::uint32_t active_max_;

  std::mutex mutex_;  // guards the line
  std::deque<UserId> waiting_;
  std::unordered_set<UserId> in_line_;
  std::unordered_map<UserId, TimeUs> admitted_;  // until
};

}  // namespace seathold::demo
