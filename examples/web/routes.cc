#include "examples/web/routes.h"

#include <algorithm>
#include <array>

#include "examples/web/operations.h"

namespace seathold::web {
namespace {

constexpr Method GET = Method::kGet, POST = Method::kPost, PUT = Method::kPut;
constexpr Method PATCH = Method::kPatch, DELETE = Method::kDelete;
constexpr Role kAnyone = Role::kAnyone, kBuyer = Role::kBuyer, kStaff = Role::kStaff;

constexpr Route Together(Method method, std::string_view path, std::string_view operation,
                         void (*handle)(Host& host, std::span<Turn* const> turns)) {
  return {method, path, operation, kBuyer, nullptr, Lane::kTogether, Rate::kNone, handle};
}

constexpr Route kRoutes[] = {
    {POST, "/api/register", "register", kAnyone, Register, Lane::kLogin, Rate::kLogins},
    {POST, "/api/login", "login", kAnyone, Login, Lane::kLogin, Rate::kLogins},
    {GET, "/api/me", "me", kBuyer, Me},
    {GET, "/api/shows", "listShows", kAnyone, ListShows},
    {GET, "/api/shows/{show}/performances", "listPerformances", kAnyone, ListPerformances},
    {GET, "/api/performances/{performance}/hall", "getHall", kAnyone, GetHall},
    {GET, "/api/performances/{performance}/map", "getMap", kAnyone, GetMap, Lane::kWork,
     Rate::kNone, nullptr, GlanceAtMap},
    {GET, "/api/performances/{performance}/events", "getEvents", kAnyone, GetEvents},
    {POST, "/api/shows/{show}/queue", "joinQueue", kBuyer, JoinQueue, Lane::kWork, Rate::kJoins},
    Together(POST, "/api/queue/poll", "pollQueue", PollQueues),
    {POST, "/api/queue/leave", "leaveQueue", kBuyer, LeaveQueue},
    Together(PUT, "/api/holds/{id}", "putHold", PutHolds),
    {GET, "/api/holds/{id}", "getHold", kBuyer, GetHold},
    Together(DELETE, "/api/holds/{id}", "cancelHold", CancelHolds),
    Together(PUT, "/api/payments/{id}", "putPayment", PutPayments),
    {GET, "/api/reservations", "listReservations", kBuyer, ListReservations},
    {GET, "/api/wallet", "getWallet", kBuyer, GetWallet},
    {GET, "/api/wallet/statement", "getStatement", kBuyer, GetStatement},
    {PUT, "/api/wallet/charges/{id}", "putCharge", kBuyer, PutCharge},
    {PUT, "/api/refunds/{id}", "putRefund", kStaff, PutRefund},
    {GET, "/api/tickets/{hold}", "getTickets", kBuyer, GetTickets},
    {POST, "/api/door/check", "checkTicket", kStaff, CheckTicket},
    {GET, "/api/performances/{performance}/door", "getDoor", kStaff, GetDoor},
    {GET, "/api/performances/{performance}/door.csv", "getDoorCsv", kStaff, GetDoorCsv},
    {POST, "/api/performances/{performance}/block", "blockSeats", kStaff, BlockSeats},
    {POST, "/api/performances/{performance}/unblock", "unblockSeats", kStaff, UnblockSeats},
    {PATCH, "/api/performances/{performance}", "editPerformance", Role::kOperator, EditPerformance},
    {GET, "/api/performances/{performance}/sales", "getSales", kStaff, GetSales},
    {GET, "/api/openapi.json", "getOpenapi", kAnyone, GetOpenapi},
    {GET, "/metrics", "getMetrics", kAnyone, GetMetrics, Lane::kAbout},
    {GET, "/healthz", "getHealth", kAnyone, GetHealth, Lane::kAbout},
    {GET, "/readyz", "getReady", kAnyone, GetReady, Lane::kAbout},
};

// The next piece between slashes; false at the end.
bool NextPiece(std::string_view* path, std::string_view* piece) {
  if (path->empty()) return false;
  path->remove_prefix(1);
  *piece = path->substr(0, path->find('/'));
  path->remove_prefix(piece->size());
  return true;
}

bool Fits(std::string_view pattern, std::string_view path, std::vector<Param>* params) {
  params->clear();
  std::string_view wanted, given;
  while (NextPiece(&pattern, &wanted)) {
    if (!NextPiece(&path, &given)) return false;
    if (wanted.starts_with('{'))
      params->emplace_back(wanted.substr(1, wanted.size() - 2), given);
    else if (wanted != given)
      return false;
  }
  return path.empty();
}

void Allow(Method method, std::string* allowed) {
  static constexpr std::array<std::string_view, kMethods> kNames = {"GET, HEAD", "",      "POST",
                                                                    "PUT",       "PATCH", "DELETE"};
  if (!allowed->empty()) *allowed += ", ";
  *allowed += kNames[static_cast<std::size_t>(method)];
}

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

Match FindRoute(Method method, std::string_view path) {
  Match match;
  const Method wanted = method == Method::kHead ? Method::kGet : method;
  for (std::size_t i = 0; i < std::size(kRoutes); ++i) {
    std::vector<Param> params;
    if (!Fits(kRoutes[i].path, path, &params)) continue;
    if (kRoutes[i].method == wanted) {
      match.route = i;
      match.params = std::move(params);
      return match;
    }
    Allow(kRoutes[i].method, &match.allowed);
  }
  return match;
}

}  // namespace seathold::web
