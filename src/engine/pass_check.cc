#include "src/engine/pass_check.h"

#include "src/accounts/signed_token.h"

namespace seathold {

PassCheck CheckPassText(const KeyRing& keys, std::string_view pass, ShowId show, UserId user) {
  if (pass.empty()) return PassCheck{};
  const Result<Pass> verified = VerifyPass(keys, pass);
  if (!verified.ok() || verified->show != show || verified->user != user) {
    return PassCheck{.code = Code::kPassInvalid, .sequence = {}, .until = {}};
  }
  return PassCheck{Code::kOk, verified->sequence, verified->admitted_until};
}

PassCheck CheckPassText(KeyRing& keys, KeyWatch& watch, std::string_view pass, ShowId show,
                        UserId user) {
  const PassCheck check = CheckPassText(keys, pass, show, user);
  if (check.code != Code::kPassInvalid || !watch.Follow(keys, pass, KeyPurpose::kPass)) {
    return check;
  }
  return CheckPassText(keys, pass, show, user);
}

}  // namespace seathold
