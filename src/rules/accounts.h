// Who may log in. Hashing happens outside; these decide over records only.
#pragma once

#include <string>
#include <vector>

#include "src/rules/attempts.h"
#include "src/rules/rule_context.h"

namespace seathold {

struct AccountReply {
  Status status;
  UserId user;
  std::uint64_t token_epoch = 0;
};

struct RegisterArgs {
  std::vector<Uuid>
      email_digests;  // the one to be stored first, then those it was stored as before
  std::string email;
  std::string password_hash;
};
void RegisterKeys(const RegisterArgs& args, KeySet* keys);
void DecideRegister(const RegisterArgs& args, WorkingSet& ws, const RuleContext& context,
                    AccountReply* reply);

// A password was tried for an address: counts a failure, or takes back those of before and stores
// a stronger or a new hash. Checked for the throttle here, where it is counted: whatever was found
// outside, a guess that came while the address was locked hears nothing but that.
struct SettleArgs {
  Uuid address{};         // a keyed hash
  UserId user;            // none: the address has no account; asked for all the same
  std::string seen_hash;  // what the password was compared with
  std::uint64_t seen_epoch = 0;
  bool matches = false;
  std::string new_hash;     // empty = keep
  bool end_tokens = false;  // the password is changed
};
void SettleKeys(const SettleArgs& args, KeySet* keys);
void DecideSettle(const SettleArgs& args, WorkingSet& ws, const RuleContext& context,
                  AccountReply* reply);

// kThrottled, with the time until the answer allows a try.
Status ThrottledStatus(const ThrottleAnswer& answer, TimeUs now);

struct DisableArgs {
  UserId user;
};
void DisableKeys(const DisableArgs& args, KeySet* keys);
void DecideDisable(const DisableArgs& args, WorkingSet& ws, const RuleContext& context,
                   AccountReply* reply);

struct ExternalArgs {
  Uuid digest{};
};
void ExternalKeys(const ExternalArgs& args, KeySet* keys);
void DecideExternal(const ExternalArgs& args, WorkingSet& ws, const RuleContext& context,
                    AccountReply* reply);

struct EraseArgs {
  UserId user;
};
void EraseKeys(const EraseArgs& args, KeySet* keys);
void DecideErase(const EraseArgs& args, WorkingSet& ws, const RuleContext& context,
                 AccountReply* reply);

Uuid EmailDigest(std::string_view canonical_email);

}  // namespace seathold
