#include "src/rules/accounts.h"

#include "src/rules/catalog.h"
#include "src/util/digest.h"

namespace seathold {
namespace {

UserId TakeUser(WorkingSet& ws) {
  const std::uint64_t number = TakeId(SequenceName::kUser, ws);
  return UserId{number | kEngineUserBit};
}

ThrottleState ThrottleOf(const LoginRecord& login) {
  return {login.failures, login.last_failure_at, login.locked_until};
}

void SetThrottle(const ThrottleState& state, LoginRecord* login) {
  login->failures = state.failures;
  login->last_failure_at = state.last_failure;
  login->locked_until = state.locked_until;
}

// nullptr: refused in `reply`, or missed.
const LoginRecord* FindLogin(UserId user, WorkingSet& ws, AccountReply* reply) {
  const LoginRecord* login = ws.Find<LoginRecord>({user});
  if (login == nullptr) reply->status = Status(Code::kUnknownUser);
  return login;
}

void Show(const LoginRecord& login, AccountReply* reply) {
  reply->user = login.user;
  reply->password_hash = login.password_hash;
  reply->token_epoch = login.token_epoch;
}

}  // namespace

Uuid EmailDigest(std::string_view canonical_email) {
  return Digest128("seathold/email", canonical_email);
}

void RegisterKeys(const RegisterArgs& args, KeySet* keys) {
  keys->Add<EmailRecord>({args.email_digest});
  keys->Add<SequenceRecord>({SequenceName::kUser});
}

void DecideRegister(const RegisterArgs& args, WorkingSet& ws, const RuleContext& context,
                    AccountReply* reply) {
  const EmailRecord* taken = ws.Find<EmailRecord>({args.email_digest});
  if (ws.missed()) return;
  if (taken != nullptr) {
    reply->status = Status(Code::kEmailTaken);
    return;
  }
  const UserId user = TakeUser(ws);
  if (ws.missed()) return;
  LoginRecord login;
  login.user = user;
  login.email = args.email;
  login.password_hash = args.password_hash;
  login.created_at = context.now;
  ws.Insert(login);
  ws.Put(EmailRecord{args.email_digest, user});
  Show(login, reply);
}

void AttemptKeys(const AttemptArgs& args, KeySet* keys) { keys->Add<LoginRecord>({args.user}); }

void DecideAttempt(const AttemptArgs& args, WorkingSet& ws, const RuleContext& context,
                   AccountReply* reply) {
  const LoginRecord* found = FindLogin(args.user, ws, reply);
  if (found == nullptr) return;
  LoginRecord login = *found;
  if (!CheckThrottle(ThrottleOf(login), context.now).allowed) {
    reply->status = Status(Code::kThrottled);
    return;
  }
  SetThrottle(AfterFailure(ThrottleOf(login), context.now), &login);
  ws.Put(login);
  Show(login, reply);
}

void SucceedKeys(const SucceedArgs& args, KeySet* keys) { keys->Add<LoginRecord>({args.user}); }

void DecideSucceed(const SucceedArgs& args, WorkingSet& ws, const RuleContext&,
                   AccountReply* reply) {
  const LoginRecord* found = FindLogin(args.user, ws, reply);
  if (found == nullptr) return;
  LoginRecord login = *found;
  if (login.password_hash != args.seen_hash) {
    reply->status = Status(Code::kBadCredentials);
    return;
  }
  SetThrottle(AfterSuccess(), &login);
  if (!args.new_hash.empty()) login.password_hash = args.new_hash;
  if (args.end_tokens) ++login.token_epoch;
  ws.Put(login);
  Show(login, reply);
  if (login.disabled) reply->status = Status(Code::kAccountDisabled);
}

void DisableKeys(const DisableArgs& args, KeySet* keys) { keys->Add<LoginRecord>({args.user}); }

void DecideDisable(const DisableArgs& args, WorkingSet& ws, const RuleContext&,
                   AccountReply* reply) {
  const LoginRecord* found = FindLogin(args.user, ws, reply);
  if (found == nullptr || found->disabled) return;
  LoginRecord login = *found;
  login.disabled = true;
  ++login.token_epoch;
  ws.Put(login);
}

void ExternalKeys(const ExternalArgs& args, KeySet* keys) {
  keys->Add<ExternalUserRecord>({args.digest});
  keys->Add<SequenceRecord>({SequenceName::kUser});
}

void DecideExternal(const ExternalArgs& args, WorkingSet& ws, const RuleContext& context,
                    AccountReply* reply) {
  const ExternalUserRecord* known = ws.Find<ExternalUserRecord>({args.digest});
  if (ws.missed()) return;
  if (known != nullptr) {
    reply->user = known->user;
    return;
  }
  const UserId user = TakeUser(ws);
  if (ws.missed()) return;
  LoginRecord login;
  login.user = user;
  login.external = args.digest;
  login.created_at = context.now;
  ws.Insert(login);
  ws.Put(ExternalUserRecord{args.digest, user});
  reply->user = user;
}

void EraseKeys(const EraseArgs& args, KeySet* keys) { keys->Add<LoginRecord>({args.user}); }

void DecideErase(const EraseArgs& args, WorkingSet& ws, const RuleContext&, AccountReply* reply) {
  const LoginRecord* found = FindLogin(args.user, ws, reply);
  if (found == nullptr) return;
  const LoginRecord login = *found;
  const Uuid email = EmailDigest(login.email);
  if (!login.email.empty()) ws.Find<EmailRecord>({email});
  if (login.external != Uuid{}) ws.Find<ExternalUserRecord>({login.external});
  if (ws.missed()) return;
  if (!login.email.empty()) ws.Remove<EmailRecord>({email});
  if (login.external != Uuid{}) ws.Remove<ExternalUserRecord>({login.external});
  ws.Remove<LoginRecord>({login.user});
}

}  // namespace seathold
