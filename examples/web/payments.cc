#include <optional>
#include <vector>

#include "examples/web/operations.h"
#include "examples/web/wire.h"

namespace seathold::web {
namespace {

Reply Receipt(Host& host, PerformanceId performance, HoldId hold, const PayReply& paid) {
  if (!paid.ok()) return Problem(paid.status);
  const bool wallet = static_cast<bool>(paid.balance_after.currency);
  return JsonReply(Json::Object()
                       .Set("payment", HexText(paid.payment.value))
                       .Set("performance", IdJson(performance.value))
                       .Set("hold", HexText(hold.value))
                       .Set("replayed", paid.replayed)
                       .Set("already", paid.already)
                       .Set("total", MoneyJson(paid.total))
                       .Set("balance_after", wallet ? MoneyJson(paid.balance_after) : Json())
                       .Set("server_time", InstantText(host.engine.Now())),
                   paid.replayed || paid.already ? 200 : 201);
}

// Nothing where it is wrong: that is the reply.
std::optional<ConfirmRequest> ReadPayment(Host& host, Turn* turn) {
  Call& call = turn->call;
  ConfirmRequest request;
  request.payment.value = call.PathHex("id");
  request.performance.value = call.BodyId("performance");
  request.hold.value = call.BodyHex("hold");
  request.user = call.who.user;
  const bool expects = call.body.Find("expected_minor") != nullptr;
  const std::int64_t expected = expects ? call.BodyNumber("expected_minor", 0, kAmountMinorMax) : 0;
  if (!call.ok()) {
    turn->reply = call.wrong();
    return std::nullopt;
  }
  if (expects) {
    const auto facts = host.performances.Get(request.performance);
    if (!facts.ok()) {
      turn->reply = Problem(facts.status());
      return std::nullopt;
    }
    request.expected_total = Money{expected, (*facts)->view.currency};
  }
  return request;
}

}  // namespace

void PutPayments(Host& host, std::span<Turn* const> turns) {
  std::vector<ConfirmRequest> requests;
  std::vector<Turn*> asking;
  for (Turn* turn : turns) {
    const auto request = ReadPayment(host, turn);
    if (!request) continue;
    requests.push_back(*request);
    asking.push_back(turn);
  }
  std::vector<PayReply> paid(requests.size());
  host.engine.reservations().Confirm(requests, paid);
  for (std::size_t i = 0; i < paid.size(); ++i) {
    asking[i]->reply = Receipt(host, requests[i].performance, requests[i].hold, paid[i]);
  }
}

Reply PutRefund(Host& host, Call& call) {
  RefundRequest request;
  request.id.value = call.PathHex("id");
  request.performance.value = call.BodyId("performance");
  request.hold.value = call.BodyHex("hold");
  if (!call.ok()) return call.wrong();
  return Receipt(host, request.performance, request.hold,
                 host.engine.reservations().Refund(request));
}

}  // namespace seathold::web
