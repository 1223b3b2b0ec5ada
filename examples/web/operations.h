// The operations of openapi.json, each by its operationId. On a thread that may wait; thread-safe.
// Those that come in turns answer each of them; a Glance has nothing where it would have to wait.
#pragma once

#include <optional>
#include <span>

#include "examples/web/call.h"
#include "examples/web/host.h"
#include "examples/web/http.h"

namespace seathold::web {

// accounts.cc
Reply Register(Host& host, Call& call);
Reply Login(Host& host, Call& call);
Reply Me(Host& host, Call& call);
// shows.cc
Reply ListShows(Host& host, Call& call);
Reply ListPerformances(Host& host, Call& call);
Reply EditPerformance(Host& host, Call& call);
// maps.cc
Reply GetHall(Host& host, Call& call);
Reply GetMap(Host& host, Call& call);
std::optional<Reply> GlanceAtMap(Host& host, Call& call);
Reply GetEvents(Host& host, Call& call);
// queue.cc
Reply JoinQueue(Host& host, Call& call);
void PollQueues(Host& host, std::span<Turn* const> turns);
Reply LeaveQueue(Host& host, Call& call);
// holds.cc
void PutHolds(Host& host, std::span<Turn* const> turns);
Reply GetHold(Host& host, Call& call);
void CancelHolds(Host& host, std::span<Turn* const> turns);
Reply ListReservations(Host& host, Call& call);
// payments.cc
void PutPayments(Host& host, std::span<Turn* const> turns);
Reply PutRefund(Host& host, Call& call);
// wallet.cc
Reply GetWallet(Host& host, Call& call);
Reply GetStatement(Host& host, Call& call);
Reply PutCharge(Host& host, Call& call);
// tickets.cc
Reply GetTickets(Host& host, Call& call);
Reply CheckTicket(Host& host, Call& call);
// box_office.cc
Reply GetDoor(Host& host, Call& call);
Reply GetDoorCsv(Host& host, Call& call);
Reply BlockSeats(Host& host, Call& call);
Reply UnblockSeats(Host& host, Call& call);
Reply GetSales(Host& host, Call& call);
// about.cc
Reply GetOpenapi(Host& host, Call& call);
Reply GetMetrics(Host& host, Call& call);
Reply GetHealth(Host& host, Call& call);
Reply GetReady(Host& host, Call& call);

// With its ETag, or 304 where the browser has it already.
Reply Cached(const Request& request, const std::string& etag, std::string_view type,
             SharedText body);
// The hold of whoever asks; nobody else's exists (kUnknownHold).
Result<HoldView> OwnHold(Host& host, const Call& call, PerformanceId performance, HoldId hold);

}  // namespace seathold::web
