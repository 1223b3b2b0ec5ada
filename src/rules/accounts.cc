#include "src/rules/accounts.h"

#include <algorithm>

#include "src/rules/catalog.h"
#include "src/util/digest.h"

namespace seathold {
namespace {

UserId TakeUser(WorkingSet& ws) {
  const std::uint64_t number = TakeId(SequenceName::kUser, ws);
  return UserId{number | kEngineUserBit};
}

// nullptr: refused in `reply`, or missed.
const LoginRecord* FindLogin(UserId user, WorkingSet& ws, AccountReply* reply) {
  const LoginRecord* login = ws.Find<LoginRecord>({user});
  if (login == nullptr) reply->status = Status(Code::kUnknownUser);
  return login;
}

void Show(const LoginRecord& login, AccountReply* reply) {
  reply->user = login.user;
  reply->token_epoch = login.token_epoch;
}

}  // namespace

Uuid EmailDigest(std::string_view canonical_email) {
  return Digest128("seathold/email", canonical_email);
}

void RegisterKeys(const RegisterArgs& args, KeySet* keys) {
  for (const Uuid& digest : args.email_digests) keys->Add<EmailRecord>({digest});
  keys->Add<SequenceRecord>({SequenceName::kUser});
}

void DecideRegister(const RegisterArgs& args, WorkingSet& ws, const RuleContext& context,
                    AccountReply* reply) {
  bool taken = false;
  for (const Uuid& digest : args.email_digests) {
    taken = ws.Find<EmailRecord>({digest}) != nullptr || taken;
  }
  if (ws.missed()) return;
  if (taken) {
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
  ws.Put(EmailRecord{args.email_digests[0], user});
  Show(login, reply);
}

Status ThrottledStatus(const ThrottleAnswer& answer, TimeUs now) {
  const std::int64_t wait_us = std::max<std::int64_t>(1, answer.wait_until.value - now.value);
  const std::int64_t wait_ms = (wait_us + kUsPerMs - 1) / kUsPerMs;
  const std::int64_t wait_s = (wait_ms + 999) / 1'000;
  return Status(Code::kThrottled, "try again in " + std::to_string(wait_s) + " s")
      .RetryAfterMs(wait_ms);
}

void SettleKeys(const SettleArgs& args, KeySet* keys) {
  AttemptKeys(args.address, keys);
  keys->Add<LoginRecord>({args.user});
}

void DecideSettle(const SettleArgs& args, WorkingSet& ws, const RuleContext& context,
                  AccountReply* reply) {
  const LoginRecord* found = ws.Find<LoginRecord>({args.user});
  const ThrottleAnswer throttle = CheckAttempt(args.address, ws, context.now);
  if (ws.missed()) return;
  if (!throttle.allowed) {
    reply->status = ThrottledStatus(throttle, context.now);
    return;
  }
  // A login beside this one may have stored a stronger hash of the same password.
  const bool same_hash = found != nullptr && found->password_hash == args.seen_hash;
  const bool stands = same_hash || (found != nullptr && found->token_epoch == args.seen_epoch);
  if (!args.matches || !stands) {
    CountFailure(args.address, ws, context.now);
    reply->status = Status(Code::kBadCredentials);
    return;
  }
  TakeBackFailures(args.address, ws, context.now);
  LoginRecord login = *found;
  if (login.disabled) {
    reply->status = Status(Code::kAccountDisabled);
    return;
  }
  if (!args.new_hash.empty() && (same_hash || args.end_tokens)) login.password_hash = args.new_hash;
  if (args.end_tokens) ++login.token_epoch;
  if (!(login.password_hash == found->password_hash) || args.end_tokens) ws.Put(login);
  Show(login, reply);
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
