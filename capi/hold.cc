#include "capi/shim.h"

namespace seathold::capi {
namespace {

// One more than any hold may have: enough to be told that there are too many.
constexpr std::uint32_t kTicketsReadMax = kSeatsPerHoldCap + 1;

struct Sides {
  const seathold_seat_ticket* seats;
  std::size_t seats_n;
  const char* passes;
  std::size_t passes_n;
  SeatTicket* tickets = nullptr;  // room for kTicketsReadMax of each request
};

const char* ReadTickets(const Sides& sides, std::uint32_t at, std::uint32_t n, SeatTicket* room,
                        std::span<const SeatTicket>* out) {
  if (std::uint64_t{at} + n > sides.seats_n) return "its seats leave the side array";
  for (std::uint32_t i = 0; i < n; ++i) {
    const seathold_seat_ticket& seat = sides.seats[at + std::size_t{i}];
    if (seat.reserved != 0) return "reserved of a seat is not zero";
    if (i < kTicketsReadMax) room[i] = {SeatId{seat.seat}, seat.ticket_type};
  }
  *out = {room, std::min(n, kTicketsReadMax)};
  return nullptr;
}

const char* Read(const seathold_hold_request& in, std::size_t i, const Sides& sides,
                 HoldRequest* out) {
  std::memcpy(&out->id.value, in.id, sizeof in.id);
  out->user.value = in.user;
  out->performance.value = in.performance;
  out->ttl_ms = in.ttl_ms;
  out->staff = in.flags == SEATHOLD_STAFF;
  out->seats = {};
  out->pass = {};
  if (in.flags > SEATHOLD_STAFF) return "flags has an unknown bit";
  if (in.reserved != 0) return "reserved is not zero";
  if (!Fits(in.pass_at, in.pass_n, sides.passes_n)) return "its pass leaves the side array";
  if (in.pass_n != 0) out->pass = {sides.passes + in.pass_at, in.pass_n};
  return ReadTickets(sides, in.seats_at, in.seats_n, sides.tickets + i * kTicketsReadMax,
                     &out->seats);
}

const char* Read(const seathold_best_request& in, std::size_t, const Sides& sides,
                 BestRequest* out) {
  constexpr std::uint32_t kKnown = SEATHOLD_STAFF | SEATHOLD_NO_SPLIT;
  std::memcpy(&out->id.value, in.id, sizeof in.id);
  out->user.value = in.user;
  out->performance.value = in.performance;
  out->seats = static_cast<int>(std::min(in.seats_n, std::uint32_t{1} << 20));
  out->category.reset();
  if (in.category != SEATHOLD_ANY_CATEGORY) out->category = in.category;
  out->ticket_type = in.ticket_type;
  out->allow_split = (in.flags & SEATHOLD_NO_SPLIT) == 0;
  out->staff = (in.flags & SEATHOLD_STAFF) != 0;
  out->ttl_ms = in.ttl_ms;
  out->pass = {};
  if (!Fits(in.pass_at, in.pass_n, sides.passes_n)) return "its pass leaves the side array";
  out->pass = Part(sides.passes, in.pass_at, in.pass_n);
  return (in.flags & ~kKnown) != 0 ? "flags has an unknown bit" : nullptr;
}

// All but what goes into a side array.
void Write(const HoldReply& reply, seathold_hold_result* out) {
  out->code = static_cast<seathold_status>(reply.status.code());
  out->flags = Bit(reply.replayed, SEATHOLD_REPLAYED) | Bit(reply.advisory, SEATHOLD_ADVISORY);
  out->state = static_cast<std::uint32_t>(reply.state);
  WriteCurrency(out->currency, reply.total.currency);
  out->total_minor = reply.total.minor;
  out->expires_at_us = reply.expires_at.value;
  out->next_release_at_us = reply.next_release_at.value;
  out->seats_at = 0;
  out->seats_n = static_cast<std::uint32_t>(reply.seats.size());
  out->conflicts_at = 0;
  out->conflicts_n = static_cast<std::uint32_t>(reply.conflicts.size());
  out->seats_free = reply.seats_free;
  out->reserved = 0;
}

// A side array that is filled from the front. Where a list does not fit, nothing of it is written.
template <class Record>
class SideOut {
 public:
  SideOut(Record* records, std::size_t cap) : records_(records), cap_(cap) {}

  template <class List, class Convert>
  void Append(const List& list, std::uint32_t* at, std::uint32_t* flags, Convert&& convert) {
    if (list.empty()) return;
    if (list.size() > cap_ - used_) {
      *flags |= SEATHOLD_CUT;
      return;
    }
    *at = static_cast<std::uint32_t>(used_);
    for (const auto& item : list) convert(item, &records_[used_++]);
  }
  std::size_t used() const { return used_; }

 private:
  Record* records_;
  std::size_t cap_;
  std::size_t used_ = 0;
};

void WriteConflict(const SeatConflict& conflict, seathold_seat_conflict* out) {
  out->seat = conflict.seat.value;
  out->reason = static_cast<seathold_status>(conflict.reason);
  out->reserved = 0;
  out->free_at_us = conflict.free_at.value;
}

void WriteTicket(const SeatTicket& ticket, seathold_seat_ticket* out) {
  out->seat = ticket.seat.value;
  out->ticket_type = ticket.ticket_type;
  out->reserved = 0;
}

template <class In, class Request>
Malformed ReadAll(const In* in, const Sides& sides, std::span<Request> requests) {
  Malformed malformed;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const char* bad = Read(in[i], i, sides, &requests[i]);
    if (bad == nullptr) [[likely]]
      continue;
    malformed.Note(i, bad);
    requests[i].id = {};
  }
  return malformed;
}

// Writes the results; `side(reply, result)` writes what belongs to one of them elsewhere.
template <class Side>
Answer WriteAll(std::span<const HoldReply> replies, const Malformed& malformed,
                seathold_hold_result* out, const Side& side) {
  return WriteEach(replies, malformed, out, [&](const HoldReply& reply, auto* result) {
    Write(reply, result);
    side(reply, result);
  });
}

}  // namespace
}  // namespace seathold::capi

using namespace seathold;        // NOLINT: the entries below are C's
using namespace seathold::capi;  // NOLINT

extern "C" {

seathold_status seathold_hold(seathold_engine engine, const seathold_hold_request* in, size_t n,
                              const seathold_seat_ticket* seats, size_t seats_size,
                              const char* passes, size_t passes_size, seathold_hold_result* out,
                              seathold_seat_conflict* conflicts, size_t conflicts_cap,
                              size_t* conflicts_n, int64_t timeout_ms, seathold_error* error) {
  Arguments arguments;
  arguments.Array(in, n, "in")
      .Array(seats, seats_size, "seats")
      .Text(passes, passes_size, "passes", kAnyBytes);
  arguments.Array(conflicts, conflicts_cap, "conflicts").Timeout(timeout_ms);
  if (conflicts_n != nullptr) *conflicts_n = 0;
  return Batch(engine, arguments, n, out, error, [&](Sending& sending) {
    const auto requests = sending.Room(&Scratch::holds, n);
    const auto replies = sending.Room(&Scratch::hold_replies, n);
    const auto tickets = sending.Room(&Scratch::tickets, n * kTicketsReadMax);
    const Malformed malformed =
        ReadAll(in, Sides{seats, seats_size, passes, passes_size, tickets.data()}, requests);
    sending.engine().reservations().Hold(requests, replies, OptionsOf(timeout_ms));
    SideOut<seathold_seat_conflict> side(conflicts, conflicts_cap);
    const Answer answer = WriteAll(replies, malformed, out, [&](const auto& reply, auto* result) {
      side.Append(reply.conflicts, &result->conflicts_at, &result->flags, WriteConflict);
    });
    if (conflicts_n != nullptr) *conflicts_n = side.used();
    return answer;
  });
}

seathold_status seathold_hold_best(seathold_engine engine, const seathold_best_request* in,
                                   size_t n, const char* passes, size_t passes_size,
                                   seathold_hold_result* out, seathold_seat_ticket* seats,
                                   size_t seats_cap, size_t* seats_n, int64_t timeout_ms,
                                   seathold_error* error) {
  Arguments arguments;
  arguments.Array(in, n, "in").Text(passes, passes_size, "passes", kAnyBytes);
  arguments.Array(seats, seats_cap, "seats").Timeout(timeout_ms);
  if (seats_n != nullptr) *seats_n = 0;
  return Batch(engine, arguments, n, out, error, [&](Sending& sending) {
    const auto requests = sending.Room(&Scratch::bests, n);
    const auto replies = sending.Room(&Scratch::hold_replies, n);
    const Malformed malformed = ReadAll(in, Sides{nullptr, 0, passes, passes_size}, requests);
    sending.engine().reservations().HoldBest(requests, replies, OptionsOf(timeout_ms));
    SideOut<seathold_seat_ticket> side(seats, seats_cap);
    const Answer answer = WriteAll(replies, malformed, out, [&](const auto& reply, auto* result) {
      side.Append(reply.seats, &result->seats_at, &result->flags, WriteTicket);
    });
    if (seats_n != nullptr) *seats_n = side.used();
    return answer;
  });
}

}  // extern "C"
