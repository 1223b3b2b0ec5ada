// Which operation answers which address: one table, the same as openapi.json.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "examples/web/call.h"
#include "examples/web/host.h"
#include "examples/web/http.h"

namespace seathold::web {

// Which threads do it: hashing a password takes a core for tens of milliseconds, and must not stand
// in the way of holds; and who asks how the host is must hear it when all others are busy.
enum class Lane : std::uint8_t { kWork, kTogether, kLogin, kAbout };
// What of one address is counted.
enum class Rate : std::uint8_t { kNone, kLogins, kJoins };

struct Route {
  Method method = Method::kGet;
  std::string_view path;       // "/api/holds/{id}"
  std::string_view operation;  // its operationId
  Role who = Role::kAnyone;    // at least
  Reply (*handle)(Host& host, Call& call) = nullptr;
  Lane lane = Lane::kWork;
  Rate rate = Rate::kNone;
  // Instead of `handle`, on threads of its own: all that wait at once, for they share a commit.
  void (*handle_together)(Host& host, std::span<Turn* const> turns) = nullptr;
  // Before `handle`, on the server's thread: nothing where it would have to wait.
  std::optional<Reply> (*glance)(Host& host, Call& call) = nullptr;
};

std::span<const Route> Routes();

struct Match {
  std::optional<std::size_t> route;  // index in Routes
  std::vector<Param> params;
  std::string allowed;  // the methods of an address that knows this one not: "GET, HEAD"
};
Match FindRoute(Method method, std::string_view path);

}  // namespace seathold::web
