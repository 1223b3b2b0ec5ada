#include "capi/shim.h"

namespace seathold::capi {
namespace {

void Write(const HoldView& view, seathold_hold_view* out) {
  *out = seathold_hold_view{};
  WriteId(out->hold, view.hold.value);
  WriteId(out->payment, view.payment.value);
  WriteId(out->refund, view.refund.value);
  out->performance = view.performance.value;
  out->user = view.user.value;
  out->created_at_us = view.created_at.value;
  out->expires_at_us = view.expires_at.value;
  out->ended_at_us = view.ended_at.value;
  out->left_ms = view.left_ms;
  out->total_minor = view.total.minor;
  WriteCurrency(out->currency, view.total.currency);
  out->state = static_cast<std::uint32_t>(view.state);
  out->flags = Bit(view.staff, SEATHOLD_STAFF_HOLD);
  for (const HoldSeat& seat : view.seats) {
    out->seats[out->seats_n++] = {MakeSeatId(view.venue, seat.ordinal).value, seat.price_minor,
                                  seat.ticket_type, 0};
  }
}

Answer GiveViews(const Result<std::vector<HoldView>>& views, seathold_hold_view* out,
                 std::size_t* n) {
  if (!views.ok()) return views.status();
  *n = views->size();
  for (std::size_t i = 0; i < views->size(); ++i) Write((*views)[i], &out[i]);
  return {};
}

}  // namespace
}  // namespace seathold::capi

using namespace seathold;        // NOLINT: the entries below are C's
using namespace seathold::capi;  // NOLINT

extern "C" {

seathold_status seathold_hold_get(seathold_engine engine, uint64_t performance,
                                  const uint8_t hold[16], uint32_t flags, seathold_hold_view* out,
                                  int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Need(hold, "hold").Flags(flags, SEATHOLD_SETTLE).Need(out, "out").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    const auto view = session.engine->reservations().Get(
        PerformanceId{performance}, HoldId{ReadId(hold)}, flags != 0, OptionsOf(timeout_ms));
    if (!view.ok()) return view.status();
    Write(*view, out);
    return {};
  });
}

seathold_status seathold_hold_list_user(seathold_engine engine, uint64_t user,
                                        uint64_t after_performance, const uint8_t after_hold[16],
                                        seathold_hold_view* out, size_t cap, size_t* n,
                                        int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Rows(cap).Need(out, "out").Need(n, "n").Timeout(timeout_ms);
  arguments.That(after_performance <= INT64_MAX, "after_performance", " is out of range");
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    return GiveViews(session.engine->reservations().ListByUser(
                         UserId{user}, PerformanceId{after_performance}, HoldId{ReadId(after_hold)},
                         static_cast<int>(cap), OptionsOf(timeout_ms)),
                     out, n);
  });
}

seathold_status seathold_hold_list_performance(seathold_engine engine, uint64_t performance,
                                               const uint8_t after_hold[16],
                                               seathold_hold_view* out, size_t cap, size_t* n,
                                               int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Rows(cap).Need(out, "out").Need(n, "n").Timeout(timeout_ms);
  return Single(engine, arguments, error, [&](Session& session) -> Answer {
    return GiveViews(session.engine->reservations().ListByPerformance(
                         PerformanceId{performance}, HoldId{ReadId(after_hold)},
                         static_cast<int>(cap), OptionsOf(timeout_ms)),
                     out, n);
  });
}

}  // extern "C"
