// Batches whose replies are not as many as their requests: every reply says so, and nothing is done
// or written past either.
#include <span>
#include <utility>
#include <vector>

#include "src/objects/dispatch.h"
#include "tests/bad_input/bad_hall.h"

namespace seathold::testing {
namespace {

// More requests than replies, and the other way round.
template <class Reply, class Request, class Call>
void Mismatch(const Request& request, Call call) {
  for (const auto& [requests_n, replies_n] :
       std::vector<std::pair<std::size_t, std::size_t>>{{3, 1}, {1, 3}, {2, 0}, {0, 2}}) {
    const std::vector<Request> requests(requests_n, request);
    std::vector<Reply> room(3);
    call(std::span<const Request>(requests), std::span(room).first(replies_n));
    for (std::size_t i = 0; i < room.size(); ++i) {
      const Code wanted = i < replies_n ? Code::kInvalidArgument : Code::kOk;
      EXPECT_EQ(StatusOf(room[i]).code(), wanted) << i << " of " << replies_n;
    }
  }
}

class Spans : public BadInput {};

TEST_F(Spans, OfTheSaleThatDifferAreRefused) {
  ReservationSystem& sales = hall_.sales();
  Mismatch<HoldReply>(GoodHold(), [&](auto in, auto out) { sales.Hold(in, out); });
  Mismatch<HoldReply>(GoodBest(), [&](auto in, auto out) { sales.HoldBest(in, out); });
  Mismatch<PayReply>(GoodConfirm(), [&](auto in, auto out) { sales.Confirm(in, out); });
  Mismatch<Status>(CancelRequest{hall_.performance, held_, UserId{1}},
                   [&](auto in, auto out) { sales.Cancel(in, out); });
  Mismatch<PayReply>(RefundRequest{hall_.NewTransfer(), hall_.performance, held_},
                     [&](auto in, auto out) { sales.Refund(in, out); });
  Mismatch<Status>(hall_.Seat(5),
                   [&](auto in, auto out) { sales.Block(hall_.performance, in, "rope", out); });
  Mismatch<Status>(hall_.Seat(9),
                   [&](auto in, auto out) { sales.Unblock(hall_.performance, in, out); });
}

TEST_F(Spans, OfTheWalletThatDifferAreRefused) {
  const ChargeRequest charge{hall_.NewTransfer(), UserId{1}, Money{100, kEuro}, ""};
  Wallet& wallet = hall_.engine->wallet();
  Mismatch<TransferReply>(charge, [&](auto in, auto out) { wallet.Charge(in, out); });
  Mismatch<TransferReply>(charge, [&](auto in, auto out) { wallet.Withdraw(in, out); });
}

TEST_F(Spans, OfTheQueueThatDifferAreRefused) {
  QueueManager& queue = hall_.engine->queue();
  const std::string_view token = "x";
  Mismatch<Place>(JoinRequest{hall_.show, UserId{1}},
                  [&](auto in, auto out) { queue.Join(in, out); });
  Mismatch<Place>(token, [&](auto in, auto out) { queue.Poll(in, out); });
  Mismatch<Status>(token, [&](auto in, auto out) { queue.Leave(in, out); });
}

}  // namespace
}  // namespace seathold::testing
