#include "capi/shim.h"

namespace seathold::capi {
namespace {

const char* Read(const seathold_confirm_request& in, std::string_view references,
                 ConfirmRequest* out) {
  std::memcpy(&out->hold.value, in.hold, sizeof in.hold);
  std::memcpy(&out->payment.value, in.payment, sizeof in.payment);
  out->performance.value = in.performance;
  out->user.value = in.user;
  out->tender =
      in.tender <= SEATHOLD_TENDER_EXTERNAL ? static_cast<Tender>(in.tender) : Tender::kNone;
  out->reference = {};
  out->expected_total.reset();
  if (in.reserved != 0) return "reserved is not zero";
  if ((in.flags & ~std::uint32_t{SEATHOLD_EXPECT_TOTAL}) != 0) return "flags has an unknown bit";
  if (!Fits(in.reference_at, in.reference_n, references.size())) {
    return "its reference leaves the side array";
  }
  out->reference = Part(references.data(), in.reference_at, in.reference_n);
  if ((in.flags & SEATHOLD_EXPECT_TOTAL) == 0) {
    const bool any = in.expected_total_minor != 0 || in.currency[0] != '\0';
    return any ? "an expected total without SEATHOLD_EXPECT_TOTAL" : nullptr;
  }
  const auto currency = ReadCurrency(in.currency);
  if (!currency) return "currency is not three capital letters and a NUL";
  out->expected_total = Money{in.expected_total_minor, *currency};
  return nullptr;
}

const char* Read(const seathold_cancel_request& in, std::string_view, CancelRequest* out) {
  std::memcpy(&out->hold.value, in.hold, sizeof in.hold);
  out->performance.value = in.performance;
  out->user.value = in.user;
  return in.reserved != 0 ? "reserved is not zero" : nullptr;
}

const char* Read(const seathold_refund_request& in, std::string_view, RefundRequest* out) {
  std::memcpy(&out->id.value, in.id, sizeof in.id);
  std::memcpy(&out->hold.value, in.hold, sizeof in.hold);
  out->performance.value = in.performance;
  return in.reserved != 0 ? "reserved is not zero" : nullptr;
}

template <class In, class Request>
Malformed ReadPayments(const In* in, std::string_view references, std::span<Request> requests) {
  Malformed malformed;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const char* bad = Read(in[i], references, &requests[i]);
    if (bad == nullptr) [[likely]]
      continue;
    malformed.Note(i, bad);
    requests[i].hold = {};
  }
  return malformed;
}

void Write(const PayReply& reply, seathold_pay_result* out) {
  out->code = static_cast<seathold_status>(reply.status.code());
  out->flags = Bit(reply.replayed, SEATHOLD_REPLAYED) | Bit(reply.already, SEATHOLD_ALREADY);
  WriteId(out->payment, reply.payment.value);
  out->total_minor = reply.total.minor;
  out->balance_minor = reply.balance_after.minor;
  WriteCurrency(out->currency, reply.total.currency);
  std::memset(out->reserved, 0, sizeof out->reserved);
}

Answer WritePayments(std::span<const PayReply> replies, const Malformed& malformed,
                     seathold_pay_result* out) {
  return WriteEach(replies, malformed, out, [](const PayReply& reply, seathold_pay_result* result) {
    Write(reply, result);
  });
}

std::span<const SeatId> ReadSeats(const std::uint64_t* seats, std::span<SeatId> room) {
  for (std::size_t i = 0; i < room.size(); ++i) room[i].value = seats[i];
  return room;
}

}  // namespace
}  // namespace seathold::capi

using namespace seathold;        // NOLINT: the entries below are C's
using namespace seathold::capi;  // NOLINT

extern "C" {

seathold_status seathold_confirm(seathold_engine engine, const seathold_confirm_request* in,
                                 size_t n, const char* references, size_t references_size,
                                 seathold_pay_result* out, int64_t timeout_ms,
                                 seathold_error* error) {
  Arguments arguments;
  arguments.Array(in, n, "in")
      .Text(references, references_size, "references", kAnyBytes)
      .Timeout(timeout_ms);
  return Batch(engine, arguments, n, out, error, [&](Sending& sending) {
    const auto requests = sending.Room(&Scratch::confirms, n);
    const auto replies = sending.Room(&Scratch::pay_replies, n);
    const Malformed malformed = ReadPayments(in, {references, references_size}, requests);
    sending.engine().reservations().Confirm(requests, replies, OptionsOf(timeout_ms));
    return WritePayments(replies, malformed, out);
  });
}

seathold_status seathold_cancel(seathold_engine engine, const seathold_cancel_request* in, size_t n,
                                seathold_status* out, int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Array(in, n, "in").Timeout(timeout_ms);
  return Batch(engine, arguments, n, out, error, [&](Sending& sending) {
    const auto requests = sending.Room(&Scratch::cancels, n);
    const auto replies = sending.Room(&Scratch::statuses, n);
    const Malformed malformed = ReadPayments(in, {}, requests);
    sending.engine().reservations().Cancel(requests, replies, OptionsOf(timeout_ms));
    return WriteCodes(replies, malformed, out);
  });
}

seathold_status seathold_refund(seathold_engine engine, const seathold_refund_request* in, size_t n,
                                seathold_pay_result* out, int64_t timeout_ms,
                                seathold_error* error) {
  Arguments arguments;
  arguments.Array(in, n, "in").Timeout(timeout_ms);
  return Batch(engine, arguments, n, out, error, [&](Sending& sending) {
    const auto requests = sending.Room(&Scratch::refunds, n);
    const auto replies = sending.Room(&Scratch::pay_replies, n);
    const Malformed malformed = ReadPayments(in, {}, requests);
    sending.engine().reservations().Refund(requests, replies, OptionsOf(timeout_ms));
    return WritePayments(replies, malformed, out);
  });
}

seathold_status seathold_block(seathold_engine engine, uint64_t performance, const uint64_t* seats,
                               size_t n, const char* reason, size_t reason_size,
                               seathold_status* out, int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Array(seats, n, "seats").Text(reason, reason_size, "reason").Timeout(timeout_ms);
  return Batch(engine, arguments, n, out, error, [&](Sending& sending) {
    const auto wanted = ReadSeats(seats, sending.Room(&Scratch::seats, n));
    const auto replies = sending.Room(&Scratch::statuses, n);
    sending.engine().reservations().Block(PerformanceId{performance}, wanted,
                                          Text(reason, reason_size), replies,
                                          OptionsOf(timeout_ms));
    return WriteCodes(replies, {}, out);
  });
}

seathold_status seathold_unblock(seathold_engine engine, uint64_t performance,
                                 const uint64_t* seats, size_t n, seathold_status* out,
                                 int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Array(seats, n, "seats").Timeout(timeout_ms);
  return Batch(engine, arguments, n, out, error, [&](Sending& sending) {
    const auto wanted = ReadSeats(seats, sending.Room(&Scratch::seats, n));
    const auto replies = sending.Room(&Scratch::statuses, n);
    sending.engine().reservations().Unblock(PerformanceId{performance}, wanted, replies,
                                            OptionsOf(timeout_ms));
    return WriteCodes(replies, {}, out);
  });
}

}  // extern "C"
