// Who may log in. Hashing happens outside; these decide over records only.
#pragma once

#include <string>

#include "src/rules/rule_context.h"
#include "src/rules/throttle.h"

namespace seathold {

struct AccountReply {
  Status status;
  UserId user;
  std::string password_hash;
  std::uint64_t token_epoch = 0;
};

struct RegisterArgs {
  Uuid email_digest{};
  std::string email;
  std::string password_hash;
};
void RegisterKeys(const RegisterArgs& args, KeySet* keys);
void DecideRegister(const RegisterArgs& args, WorkingSet& ws, const RuleContext& context,
                    AccountReply* reply);

// Counts a failure before the password is looked at, so that guesses that arrive together are all
// counted; a right one takes it back. Gives the hash to compare with.
struct AttemptArgs {
  UserId user;
};
void AttemptKeys(const AttemptArgs& args, KeySet* keys);
void DecideAttempt(const AttemptArgs& args, WorkingSet& ws, const RuleContext& context,
                   AccountReply* reply);

// The password was right: takes the failures back and stores a stronger or a new hash.
struct SucceedArgs {
  UserId user;
  std::string seen_hash;    // the one that matched: another one by now = kBadCredentials
  std::string new_hash;     // empty = keep
  bool end_tokens = false;  // the password was changed
};
void SucceedKeys(const SucceedArgs& args, KeySet* keys);
void DecideSucceed(const SucceedArgs& args, WorkingSet& ws, const RuleContext& context,
                   AccountReply* reply);

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
