#include "src/waiting_room/pass_check.h"

#include "src/accounts/signed_token.h"

namespace seathold {

PassCheck CheckPassText(const KeyRing& keys, std::string_view pass, UserId user) {
  if (pass.empty()) return PassCheck{};
  const Result<Pass> verified = VerifyPass(keys, pass);
  if (!verified.ok() || verified->user != user) return PassCheck{.code = Code::kPassInvalid};
  return PassCheck{Code::kOk, verified->show, verified->sequence, verified->admitted_until};
}

PassCheck CheckPassText(KeyRing& keys, KeyWatch& watch, std::string_view pass, UserId user) {
  const PassCheck check = CheckPassText(keys, pass, user);
  if (check.code != Code::kPassInvalid || !watch.Follow(keys, pass, KeyPurpose::kPass)) {
    return check;
  }
  return CheckPassText(keys, pass, user);
}

}  // namespace seathold
