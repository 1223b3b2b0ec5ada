// One request on its way to an operation: who it is from, and what it says. What is missing or out
// of its range is noted, once, and told by `wrong`.
//
//   const HoldId id{call.PathHex("id")};
//   const PerformanceId performance{call.BodyId("performance")};
//   if (!call.ok()) return call.wrong();
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "examples/web/host_key.h"
#include "examples/web/http.h"
#include "examples/web/wire.h"
#include "seathold/accounts.h"
#include "src/util/json.h"

namespace seathold::web {

using Param = std::pair<std::string_view, std::string_view>;

class Call {
 public:
  Call(const Request& a_request, std::vector<Param> params)
      : request(a_request), params_(std::move(params)) {}

  const Request& request;
  Principal who;  // of whoever is logged in
  Role role = Role::kAnyone;
  Json body;

  std::uint64_t PathId(std::string_view name);
  Uuid PathHex(std::string_view name);
  // Empty when it is not there.
  std::string_view Query(std::string_view name) const;
  std::uint64_t QueryId(std::string_view name);
  Uuid QueryHex(std::string_view name);
  bool HasQuery(std::string_view name) const { return !Query(name).empty(); }
  std::int64_t QueryNumber(std::string_view name, std::int64_t least, std::int64_t most,
                           std::int64_t fallback);

  std::uint64_t BodyId(std::string_view name);
  Uuid BodyHex(std::string_view name);
  std::string BodyText(std::string_view name, std::size_t bytes_max);
  std::int64_t BodyNumber(std::string_view name, std::int64_t least, std::int64_t most);

  void Note(std::string_view name, std::string_view what);
  bool ok() const { return wrong_.empty(); }
  Reply wrong() const { return Problem(Status(Code::kInvalidArgument, wrong_)); }

 private:
  std::string_view Path(std::string_view name) const;

  const std::vector<Param> params_;
  std::string wrong_;
};

// One of several calls that are answered together.
struct Turn {
  Call call;
  Reply reply;
};

}  // namespace seathold::web
