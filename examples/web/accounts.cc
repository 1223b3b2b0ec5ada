#include <algorithm>

#include "examples/web/operations.h"
#include "examples/web/wire.h"
#include "src/util/text.h"

namespace seathold::web {
namespace {

constexpr std::size_t kEmailBytes = 320, kPasswordBytes = 1'024;

// Who is an operator is staff as well, and all are buyers.
Json RolesJson(Role role) {
  Json roles = Json::Array();
  roles.Push("buyer");
  if (role == Role::kStaff || role == Role::kOperator) roles.Push("staff");
  if (role == Role::kOperator) roles.Push("operator");
  return roles;
}

Reply LogIn(Host& host, const std::string& email, const std::string& password, int status) {
  const auto access = host.engine.accounts().Login(email, password);
  if (!access.ok()) return Problem(access.status());
  const Role role = host.RoleOf(email);
  return JsonReply(Json::Object()
                       .Set("token", host.key.WithRole(access->token, role))
                       .Set("user", IdJson(access->user.value))
                       .Set("roles", RolesJson(role))
                       .Set("expires_at", InstantText(access->expires_at))
                       .Set("server_time", InstantText(host.engine.Now())),
                   status);
}

}  // namespace

// As the engine tells addresses apart: whoever could take one that it takes for this one would be
// staff.
Role Host::RoleOf(std::string_view email) const {
  const auto names = [&](const std::vector<std::string>& list) {
    const auto who = Normalized(email.substr(0, kEmailBytes), TextForm::kFolded);
    return who && std::ranges::any_of(list, [&](const std::string& one) {
             return Normalized(one, TextForm::kFolded) == who;
           });
  };
  if (names(options.operators)) return Role::kOperator;
  return names(options.staff) ? Role::kStaff : Role::kBuyer;
}

Reply Register(Host& host, Call& call) {
  const std::string email = call.BodyText("email", kEmailBytes);
  const std::string password = call.BodyText("password", kPasswordBytes);
  if (!call.ok()) return call.wrong();
  // Nobody here has shown that the address is theirs.
  if (host.RoleOf(email) != Role::kBuyer) {
    return Problem(403, "forbidden", "accounts of staff are made by the operator");
  }
  const auto user = host.engine.accounts().Register(email, password);
  if (!user.ok()) return Problem(user.status());
  return LogIn(host, email, password, 201);
}

Reply Login(Host& host, Call& call) {
  const std::string email = call.BodyText("email", kEmailBytes);
  const std::string password = call.BodyText("password", kPasswordBytes);
  if (!call.ok()) return call.wrong();
  return LogIn(host, email, password, 200);
}

Reply Me(Host& host, Call& call) {
  return JsonReply(Json::Object()
                       .Set("user", IdJson(call.who.user.value))
                       .Set("roles", RolesJson(call.role))
                       .Set("expires_at", InstantText(call.who.expires_at))
                       .Set("server_time", InstantText(host.engine.Now())));
}

}  // namespace seathold::web
