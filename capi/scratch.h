// Room for the conversions of one call, kept for the next: a batch allocates when it is larger than
// every batch before it, and then once.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "capi/handle_table.h"
#include "seathold/engine.h"

namespace seathold::capi {

struct Scratch {
  // What is larger is given back after the call.
  static constexpr std::size_t kItemsKeptMax = 4'096;

  std::vector<HoldRequest> holds;
  std::vector<BestRequest> bests;
  std::vector<HoldReply> hold_replies;
  std::vector<ConfirmRequest> confirms;
  std::vector<CancelRequest> cancels;
  std::vector<RefundRequest> refunds;
  std::vector<PayReply> pay_replies;
  std::vector<ChargeRequest> charges;
  std::vector<TransferReply> transfer_replies;
  std::vector<JoinRequest> joins;
  std::vector<std::string_view> texts;
  std::vector<Place> places;
  std::vector<SeatId> seats;
  std::vector<SeatTicket> tickets;
  std::vector<Status> statuses;
};

// Takes the scratch of a call's stripe, or makes one.
class ScratchLoan {
 public:
  explicit ScratchLoan(const Pin& pin)
      : stripe_(pin.stripe()),
        first_(pin.first_inside()),
        scratch_(first_ ? std::exchange(stripe_.own, nullptr) : stripe_.spare.exchange(nullptr)) {
    if (scratch_ == nullptr) scratch_ = std::make_unique<Scratch>().release();
  }
  ~ScratchLoan() {
    if (items_ > Scratch::kItemsKeptMax) {
      delete scratch_;
    } else if (first_) {
      stripe_.own = scratch_;
    } else {
      delete stripe_.spare.exchange(scratch_);
    }
  }
  ScratchLoan(const ScratchLoan&) = delete;
  ScratchLoan& operator=(const ScratchLoan&) = delete;

  // n elements, left as the last call left them.
  template <class T>
  std::span<T> Room(std::vector<T> Scratch::*list, std::size_t n) {
    std::vector<T>& items = scratch_->*list;
    if (items.size() < n) items.resize(n);
    items_ = std::max(items_, n);
    return {items.data(), n};
  }

 private:
  Stripe& stripe_;
  const bool first_;
  Scratch* scratch_;
  std::size_t items_ = 0;
};

}  // namespace seathold::capi
