// Seats: hold them, pay for them, give them back, look at them.
//
//   ReservationSystem& seats = engine->reservations();
//   HoldReply hold = seats.HoldBest(
//       {.id = engine->NewHoldId(), .user = ann, .performance = evening, .seats = 2});
//   if (!hold.ok()) return Explain(hold.status);
//   PayReply paid = seats.Confirm({.performance = evening, .hold = hold.id,
//                                  .payment = engine->NewTransferId(), .user = ann});
//
// Part of an Engine, valid while it lives. Thread-safe. Every changing call comes in two forms: one
// request, one reply; and a batch, n requests in, n replies out, same index, each decided as if
// alone and in order, each with its own status. A batch is not atomic as a whole; it is the faster
// form, since it shares a transaction. Calls block at most `timeout_ms`; a request that could not
// be answered in time is kBusy (nothing was done) or kOutcomeUnknown (send the same ids again).
// Refusals allocate nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seathold/ids.h"
#include "seathold/money.h"
#include "seathold/status.h"
#include "seathold/time.h"
#include "seathold/types.h"

namespace seathold {

// A seat and the kind of ticket it is wanted as. Ticket type 0 is the default.
struct SeatTicket {
  SeatId seat;
  std::uint32_t ticket_type = 0;
  auto operator<=>(const SeatTicket&) const = default;
};

// `id` is the caller's, unique in the performance, and makes the call safe to repeat. `ttl_ms` 0 =
// the performance's. `pass` is needed where the show requires admission and `staff` is not set.
// `staff`: no pass, no per-user limit, and the longer TTL cap of EngineOptions.
struct HoldRequest {
  HoldId id;    // made before the first try, kept for the next: Engine::NewHoldId
  UserId user;  // who alone may pay it or give it back
  PerformanceId performance;
  std::span<const SeatTicket> seats;  // 1 .. max_seats_per_hold, no seat twice
  std::string_view pass = {};         // from QueueManager::Poll; read during the call only
  std::int64_t ttl_ms = 0;            // up to the cap; a short one frees idle seats sooner
  bool staff = false;                 // for the house: the host decides who may
};

// The other fields as in HoldRequest. The engine chooses: side by side in one row, then split in
// one row, then in adjacent rows, then in one section, then anywhere.
struct BestRequest {
  HoldId id;
  UserId user;
  PerformanceId performance;
  int seats = 1;                               // 1 .. max_seats_per_hold
  std::optional<std::uint32_t> category = {};  // index in the plan; none = any
  std::uint32_t ticket_type = 0;
  bool allow_split = true;  // false: side by side or kNoAdjacentSeats
  std::string_view pass = {};
  std::int64_t ttl_ms = 0;
  bool staff = false;
};

// Why a seat could not be had, and when it may come free (0 = not by itself).
struct SeatConflict {
  SeatId seat;
  Code reason = Code::kSeatTaken;
  TimeUs free_at;
};

// What came of a hold, or what stands in its way. A refusal has no seats, a hold no conflicts.
struct [[nodiscard]] HoldReply {
  Status status;
  HoldId id;              // the request's
  bool replayed = false;  // the id was known: this is its first answer; `state` is the present one
  bool advisory = false;  // refused from the mirror, at most refusal_max_age_ms old
  HoldState state = HoldState::kNone;                    // kNone when refused
  TimeUs expires_at;                                     // pay before; at this moment it has lapsed
  Money total;                                           // what it costs, fixed now
  InlineList<SeatTicket, kSeatsPerHoldCap> seats;        // what is held, sorted by seat
  InlineList<SeatConflict, kSeatsPerHoldCap> conflicts;  // every seat that is in the way
  TimeUs next_release_at;                                // kAllHeld: when the first of them ends
  // kNotEnoughSeats, kNoAdjacentSeats: how many seats of the wanted category are free.
  std::uint32_t seats_free = 0;

  bool ok() const { return status.ok(); }
};

// `payment` is the caller's id of the transfer. Tender kWallet moves the total from the user's
// wallet to the performance's revenue; kExternal books it as paid outside under `reference`, which
// pays once, ever. `expected_total`: refuse unless this is what it costs.
struct ConfirmRequest {
  PerformanceId performance;
  HoldId hold;
  TransferId payment;
  UserId user;
  Tender tender = Tender::kWallet;
  std::string_view reference = {};  // kExternal: 1 .. 200 bytes; kWallet: empty
  std::optional<Money> expected_total = {};
};

// What came of a payment or a refund: a receipt.
struct [[nodiscard]] PayReply {
  Status status;
  bool replayed = false;  // this transfer id was known: its first answer again
  bool already = false;   // the hold was confirmed under another id; nothing was paid twice
  // The transfer that stands: yours, or with `already` the one that paid. A refund's is its own.
  // Zero when refused.
  TransferId payment;
  Money total;
  Money balance_after;  // of the user's wallet, when it took part

  bool ok() const { return status.ok(); }
};

// Gives a hold back before it was paid. `user` is whoever holds it.
struct CancelRequest {
  PerformanceId performance;
  HoldId hold;
  UserId user;
};

// Gives the money of a paid hold back, all of it. `id` is the caller's, of the new transfer. No
// user: who may refund is for the host to decide.
struct RefundRequest {
  TransferId id;
  PerformanceId performance;
  HoldId hold;
};

// A hold as it stands: a reservation, once confirmed.
struct HoldView {
  HoldId hold;
  PerformanceId performance;
  VenueId venue;  // with an ordinal: the id of a seat
  UserId user;
  HoldState state = HoldState::kNone;
  TimeUs created_at;
  TimeUs expires_at;         // the deadline, kept when the hold has ended
  TimeUs ended_at;           // paid, cancelled, refunded or expired; 0 while held
  std::int64_t left_ms = 0;  // while held: until it expires
  Money total;               // as agreed when it was held
  std::vector<HoldSeat> seats;
  TransferId payment;  // that paid for it, once confirmed
  TransferId refund;   // that gave it back, once refunded
  bool staff = false;
};

// The version of a map, to compare, or to ask for what changed since: how many events it has seen,
// and the latest deadline among the holds that it counts as lapsed.
struct MapVersion {
  std::uint64_t feed = 0;  // FeedEvent::counter of the last one
  TimeUs lapse;            // 0 = none has lapsed
  auto operator<=>(const MapVersion&) const = default;
};

// All seats of a performance at one moment, 2 bits a seat (a SeatState, by ordinal, four a byte,
// lowest bits first). Lapsed holds count as available. Immutable.
struct SeatMap {
  PerformanceId performance;
  MapVersion version;  // to hand to Changes
  std::uint32_t seats = 0;
  std::uint32_t available = 0, held = 0, sold = 0, blocked = 0;
  TimeUs next_release_at;  // when the next hold ends; 0 = none is held
  std::vector<std::uint8_t> bits;

  SeatState at(std::uint32_t ordinal) const {
    return static_cast<SeatState>(bits[ordinal / 4] >> (ordinal % 4 * 2) & 3);
  }
};

// A seat whose state is another than in the map before.
struct SeatChange {
  std::uint32_t ordinal = 0;
  SeatState state = SeatState::kAvailable;
};

// kAllHeld: nothing is free, but something is held and may come back. kSoldOut: nothing will,
// unless somebody refunds or unblocks.
enum class SaleState : std::uint8_t { kAvailable = 0, kAllHeld = 1, kSoldOut = 2 };

// How many seats of a performance are in which state; a lapsed hold counts as available.
struct Availability {
  SaleState state = SaleState::kSoldOut;
  std::uint32_t available = 0, held = 0, sold = 0, blocked = 0;
  TimeUs next_release_at;  // kAllHeld: when seats may come back
  bool on_sale = false;    // switched on, begun and not over: new holds may be made
};

// What happened to seats, in the order in which it did: `counter` is 1, 2, 3 .. without a gap, one
// transaction's after another's. For a host's own books, screens and mails.
struct FeedEvent {
  std::uint64_t counter = 0;
  FeedKind kind{};
  HoldId hold;        // zero where seats were blocked or unblocked
  UserId user;        // likewise
  TimeUs expires_at;  // kHeld: until when
  TimeUs at;          // engine time of the transaction
  std::vector<SeatId> seats;
};

class ReservationSystem {
 public:
  virtual ~ReservationSystem() = default;

  // Holds seats, all or nothing. Errors in the order in which they are decided: kInvalidArgument,
  // kTooManySeats (over the hard cap), kDuplicateSeat, kClosed, kIdempotencyMismatch,
  // kUnknownPerformance, kSaleEnded, kSaleNotOpen, kUnknownSeat, kUnknownTicketType, kNotAdmitted,
  // kPassInvalid, kPassOver, kPassSpent, kTooManySeats, kHoldTooLong, kSeatTaken or kSeatBlocked
  // (with every conflict), kAmountOutOfRange, kUserLimit, then storage's. A refused hold leaves no
  // trace: its id may be used again. Seats that are known to be taken are refused from memory
  // (`advisory`), before the id is looked up and before it is known whether another process saw the
  // pass spent: either way they are not the caller's. A replay has `status` ok and the present
  // `state`: look at it before you ask for money. Where there are not as many replies as requests,
  // here and below, every reply is kInvalidArgument and nothing is done.
  virtual void Hold(std::span<const HoldRequest> requests, std::span<HoldReply> replies,
                    const CallOptions& options = {}) = 0;
  HoldReply Hold(const HoldRequest& request, const CallOptions& options = {}) {
    HoldReply reply;
    Hold({&request, 1}, {&reply, 1}, options);
    return reply;
  }
  // As Hold, with kNoAdjacentSeats, kNotEnoughSeats (with how many are free), kAllHeld (nothing is
  // free, something is held; with the time at which the first of it ends) or kSoldOut (nothing is
  // free or held) in the place of kSeatTaken. Nobody is refused while as many seats are free as
  // were asked for (with allow_split).
  virtual void HoldBest(std::span<const BestRequest> requests, std::span<HoldReply> replies,
                        const CallOptions& options = {}) = 0;
  HoldReply HoldBest(const BestRequest& request, const CallOptions& options = {}) {
    HoldReply reply;
    HoldBest({&request, 1}, {&reply, 1}, options);
    return reply;
  }
  // Pays for a hold: seats sold, money moved, pass spent, in one transaction. Errors in order:
  // kInvalidArgument, kInvalidText, kClosed, kIdempotencyMismatch, kUnknownPerformance,
  // kUnknownHold, kNotHoldOwner, kHoldCancelled, kHoldRefunded, kHoldExpired, kCurrencyMismatch,
  // kPriceMismatch, kReferenceUsed, kInsufficientFunds (the hold stays alive), kAmountOutOfRange,
  // then storage's. kPriceMismatch and kInsufficientFunds are kept under the payment id: pay again
  // under a new one.
  virtual void Confirm(std::span<const ConfirmRequest> requests, std::span<PayReply> replies,
                       const CallOptions& options = {}) = 0;
  PayReply Confirm(const ConfirmRequest& request, const CallOptions& options = {}) {
    PayReply reply;
    Confirm({&request, 1}, {&reply, 1}, options);
    return reply;
  }
  // Gives a hold back. Expired or cancelled already: done. Errors in order: kInvalidArgument,
  // kClosed, kUnknownPerformance, kUnknownHold, kNotHoldOwner, kHoldConfirmed, kHoldRefunded, then
  // storage's.
  virtual void Cancel(std::span<const CancelRequest> requests, std::span<Status> replies,
                      const CallOptions& options = {}) = 0;
  Status Cancel(const CancelRequest& request, const CallOptions& options = {}) {
    Status reply;
    Cancel({&request, 1}, {&reply, 1}, options);
    return reply;
  }
  // Reverses the payment of a whole reservation and puts its seats on sale again. Errors in order:
  // kInvalidArgument, kClosed, kIdempotencyMismatch, kUnknownPerformance, kUnknownHold,
  // kNotConfirmed, kHoldRefunded, kAmountOutOfRange, then storage's.
  virtual void Refund(std::span<const RefundRequest> requests, std::span<PayReply> replies,
                      const CallOptions& options = {}) = 0;
  PayReply Refund(const RefundRequest& request, const CallOptions& options = {}) {
    PayReply reply;
    Refund({&request, 1}, {&reply, 1}, options);
    return reply;
  }
  // Takes seats off sale, or puts them back. Each seat has its own status: kSeatTaken for one that
  // is held or sold, kOk for one that is as wanted. Errors in order: kInvalidArgument, kInvalidText
  // (reason: at most 200 bytes), kDuplicateSeat (all seats), kClosed, kUnknownPerformance,
  // kUnknownSeat, kSeatTaken, then storage's.
  //
  //   std::vector<Status> answers(seats.size());
  //   seats.Block(evening, house_seats, "press", answers);
  virtual void Block(PerformanceId performance, std::span<const SeatId> seats,
                     std::string_view reason, std::span<Status> replies,
                     const CallOptions& options = {}) = 0;
  virtual void Unblock(PerformanceId performance, std::span<const SeatId> seats,
                       std::span<Status> replies, const CallOptions& options = {}) = 0;

  // A hold as it stands. With `settle` it is read behind the write lock, so that no call in flight
  // can still change the answer; without, an absent or held one says nothing about calls in flight.
  // A hold whose deadline has passed shows as kExpired, here and in lists, written or not.
  // Errors: kInvalidArgument, kClosed, kUnknownHold, kBusy, then storage's.
  virtual Result<HoldView> Get(PerformanceId performance, HoldId hold, bool settle = false,
                               const CallOptions& options = {}) = 0;
  // At most rows_max (1 .. 10,000) holds after `after`, ordered by (performance, hold) or by hold.
  // Errors in order: kInvalidArgument, kClosed, then storage's.
  virtual Result<std::vector<HoldView>> ListByUser(UserId user, PerformanceId after_performance,
                                                   HoldId after, int rows_max,
                                                   const CallOptions& options = {}) = 0;
  virtual Result<std::vector<HoldView>> ListByPerformance(PerformanceId performance, HoldId after,
                                                          int rows_max,
                                                          const CallOptions& options = {}) = 0;

  // The map, shared by its readers; the same object while nothing changed. To draw a hall: load it
  // once, then ask for Changes. Exact where this process
  // alone writes, else at most refusal_max_age_ms old. Errors: kClosed, kUnknownPerformance,
  // storage's.
  virtual Result<std::shared_ptr<const SeatMap>> Map(PerformanceId performance,
                                                     const CallOptions& options = {}) = 0;
  // Seats whose state differs between the map of version `after` and now; `next` is the version
  // reached. The version of zeros is the start, when every seat was available. Errors in order:
  // kClosed, kUnknownPerformance, storage's, kFeedTruncated (further back than the mirror
  // remembers: as many changes as there are seats, none from before it was opened; load the map).
  virtual Result<std::vector<SeatChange>> Changes(PerformanceId performance,
                                                  const MapVersion& after, MapVersion* next,
                                                  const CallOptions& options = {}) = 0;
  // As old as a map may be. Errors: kClosed, kUnknownPerformance, storage's.
  virtual Result<Availability> Count(PerformanceId performance,
                                     const CallOptions& options = {}) = 0;
  // What happened, for who keeps books, sends mails or draws screens: remember the last counter
  // that was worked through and go on from there. Events with a counter above `after`, gap-free, at
  // most events_max (1 .. 10,000). A lapse is an event only when something writes it; a reader
  // counts it from the deadline of the kHeld event. Errors: kInvalidArgument, kClosed,
  // kUnknownPerformance, kFeedTruncated, then storage's.
  virtual Result<std::vector<FeedEvent>> Feed(PerformanceId performance, std::uint64_t after,
                                              int events_max, const CallOptions& options = {}) = 0;
  // As Feed; while there is no event it waits for one, at most wait_ms (0 .. 86,400,000), and then
  // answers with none. Events of this process end the wait at once, those of others within
  // refusal_max_age_ms (and 20 ms); one reading of storage serves all who wait for a performance.
  // `options` bounds each reading. Errors as Feed; kClosed also while it waits.
  virtual Result<std::vector<FeedEvent>> AwaitFeed(PerformanceId performance, std::uint64_t after,
                                                   int events_max, std::int64_t wait_ms,
                                                   const CallOptions& options = {}) = 0;
  // Forgets events with a counter of `through` or less. Explicit, never by itself. Errors in order:
  // kInvalidArgument, kClosed, kUnknownPerformance, then storage's.
  virtual Status TrimFeed(PerformanceId performance, std::uint64_t through,
                          const CallOptions& options = {}) = 0;
};

}  // namespace seathold
