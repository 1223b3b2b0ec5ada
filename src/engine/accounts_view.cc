#include <algorithm>
#include <unordered_map>

#include "src/accounts/email.h"
#include "src/accounts/jwt.h"
#include "src/accounts/password.h"
#include "src/engine/engine_core.h"
#include "src/rules/accounts.h"
#include "src/util/text.h"

namespace seathold {
namespace {

using RegisterCommand = RuleCommand<RegisterArgs, AccountReply, RegisterKeys, DecideRegister>;
using AttemptCommand = RuleCommand<AttemptArgs, AccountReply, AttemptKeys, DecideAttempt>;
using SucceedCommand = RuleCommand<SucceedArgs, AccountReply, SucceedKeys, DecideSucceed>;
using DisableCommand = RuleCommand<DisableArgs, AccountReply, DisableKeys, DecideDisable>;
using ExternalCommand = RuleCommand<ExternalArgs, AccountReply, ExternalKeys, DecideExternal>;
using EraseCommand = RuleCommand<EraseArgs, AccountReply, EraseKeys, DecideErase>;

constexpr std::size_t kExternalIdBytesMax = 200;
constexpr std::int64_t kEpochAgeMaxNs = 1'000'000'000;
constexpr std::size_t kEpochsMax = 100'000;  // about 5 MiB
constexpr std::size_t kStrangersMax = 10'000;

// What was last seen of the accounts behind access tokens, so that most checks touch no storage.
class EpochCache {
 public:
  // nullopt: not known, or seen too long ago.
  std::optional<std::uint64_t> Find(UserId user, std::int64_t now_ns) {
    const MutexLock lock(mutex_);
    const auto at = seen_.find(user);
    if (at == seen_.end() || now_ns - at->second.at_ns > kEpochAgeMaxNs) return std::nullopt;
    return at->second.epoch;
  }
  void Note(UserId user, std::uint64_t epoch, std::int64_t at_ns) {
    const MutexLock lock(mutex_);
    if (seen_.size() >= kEpochsMax) seen_.clear();
    seen_[user] = {epoch, at_ns};
  }
  void Forget(UserId user) {
    const MutexLock lock(mutex_);
    seen_.erase(user);
  }

 private:
  struct Seen {
    std::uint64_t epoch = 0;
    std::int64_t at_ns = 0;
  };
  Mutex mutex_;
  std::unordered_map<UserId, Seen> seen_ GUARDED_BY(mutex_);
};

// Throttles e-mails without an account as those with one are, so that being throttled tells
// nothing.
class Strangers {
 public:
  bool Attempt(const Uuid& digest, TimeUs now) {
    const MutexLock lock(mutex_);
    if (seen_.size() >= kStrangersMax) seen_.clear();
    ThrottleState& state = seen_[HoldId{digest}];
    if (!CheckThrottle(state, now).allowed) return false;
    state = AfterFailure(state, now);
    return true;
  }

 private:
  Mutex mutex_;
  std::unordered_map<HoldId, ThrottleState> seen_ GUARDED_BY(mutex_);
};

class AccountsView final : public Accounts {
 public:
  AccountsView(EngineCore& core, std::unique_ptr<PasswordHasher> hasher,
               std::unique_ptr<AccessTokens> tokens)
      : core_(core), hasher_(std::move(hasher)), tokens_(std::move(tokens)) {}

  Result<UserId> Register(std::string_view email, std::string_view password,
                          const CallOptions& options) override;
  Result<AccessToken> Login(std::string_view email, std::string_view password,
                            const CallOptions& options) override;
  Result<Principal> Authenticate(std::string_view token, const CallOptions& options) override;
  Status ChangePassword(UserId user, std::string_view old_password, std::string_view new_password,
                        const CallOptions& options) override;
  Status Disable(UserId user, const CallOptions& options) override;
  Result<UserId> UserIdFor(std::string_view external_id, const CallOptions& options) override;
  Status Erase(UserId user, const CallOptions& options) override;

 private:
  template <class C>
  Result<AccountReply> Run(C command, Deadline deadline);
  template <class R>
  Result<std::optional<R>> Read(const typename R::Key& key, Deadline deadline);
  Result<UserId> UserOf(const Uuid& email_digest, Deadline deadline);
  // Counts an attempt and compares; the hash that matched.
  Result<std::string> Prove(UserId user, std::string_view password, Deadline deadline);
  Result<AccessToken> Issue(const AccountReply& account);
  Result<AccessClaims> VerifyToken(std::string_view token);

  EngineCore& core_;
  const std::unique_ptr<PasswordHasher> hasher_;
  const std::unique_ptr<AccessTokens> tokens_;
  EpochCache epochs_;
  Strangers strangers_;
};

template <class C>
Result<AccountReply> AccountsView::Run(C command, Deadline deadline) {
  C done = command;
  const Status status = SubmitOne(core_, std::move(command), deadline, &done);
  if (!status.ok()) return status;
  if (!done.reply.status.ok()) return done.reply.status;
  return done.reply;
}

template <class R>
Result<std::optional<R>> AccountsView::Read(const typename R::Key& key, Deadline deadline) {
  KeySet keys;
  keys.Add<R>(key);
  RecordSet rows;
  const Status status = core_.InUnit(Access::kRead, deadline,
                                     [&](StorageUnit& unit) { return unit.Load(keys, &rows); });
  if (!status.ok()) return status;
  auto& found = rows.of<R>().rows;
  return found.empty() ? std::optional<R>() : std::optional<R>(std::move(found[0]));
}

Result<UserId> AccountsView::Register(std::string_view email, std::string_view password,
                                      const CallOptions& options) {
  const auto canonical = CanonicalEmail(email);
  if (!canonical.ok()) return canonical.status();
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const Deadline deadline = Deadline::After(options);
  auto hash = hasher_->Hash(password, deadline);
  if (!hash.ok()) return hash.status();
  RegisterArgs args{EmailDigest(*canonical), *canonical, *std::move(hash)};
  const auto done = Run(RegisterCommand(std::move(args)), deadline);
  if (!done.ok()) return done.status();
  return done->user;
}

Result<UserId> AccountsView::UserOf(const Uuid& email_digest, Deadline deadline) {
  const auto found = Read<EmailRecord>({email_digest}, deadline);
  if (!found.ok()) return found.status();
  return *found ? (*found)->user : UserId{};
}

Result<std::string> AccountsView::Prove(UserId user, std::string_view password, Deadline deadline) {
  const auto account = Run(AttemptCommand(AttemptArgs{user}), deadline);
  if (!account.ok()) return account.status();
  if (account->password_hash.empty()) {  // known by a text id only: there is no password to match
    const Status waited = hasher_->DummyVerify(password, deadline);
    return waited.ok() ? Status(Code::kBadCredentials) : waited;
  }
  const auto matches = hasher_->Verify(password, account->password_hash, deadline);
  if (!matches.ok()) return matches.status();
  if (!*matches) return Code::kBadCredentials;
  return account->password_hash;
}

Result<AccessToken> AccountsView::Issue(const AccountReply& account) {
  Uuid id;
  core_.entropy->Fill(id);
  const TimeUs now = core_.Now();
  auto token = tokens_->Sign(account.user, account.token_epoch, id, now);
  if (!token.ok()) return token.status();
  return AccessToken{account.user, *std::move(token),
                     TimeUs{(now.value / kUsPerSecond + kJwtLifetimeS) * kUsPerSecond}};
}

Result<AccessToken> AccountsView::Login(std::string_view email, std::string_view password,
                                        const CallOptions& options) {
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const Deadline deadline = Deadline::After(options);
  const auto canonical = CanonicalEmail(email);
  const Uuid digest = EmailDigest(canonical.ok() ? *canonical : std::string(email));
  const auto user = canonical.ok() ? UserOf(digest, deadline) : Result<UserId>(UserId{});
  if (!user.ok()) return user.status();
  if (!*user) {
    if (!strangers_.Attempt(digest, core_.Now())) return Code::kThrottled;
    const Status waited = hasher_->DummyVerify(password, deadline);
    return waited.ok() ? Status(Code::kBadCredentials) : waited;
  }
  const auto proved = Prove(*user, password, deadline);
  if (!proved.ok()) {
    const bool gone = proved.code() == Code::kUnknownUser;  // erased meanwhile
    return gone ? Status(Code::kBadCredentials) : proved.status();
  }
  SucceedArgs args{*user, *proved, "", false};
  if (hasher_->NeedsRehash(*proved)) {
    // A password that an older policy took still logs in; it is only not hashed anew.
    auto stronger = hasher_->Hash(password, deadline);
    if (stronger.ok()) args.new_hash = *std::move(stronger);
  }
  const auto account = Run(SucceedCommand(std::move(args)), deadline);
  if (!account.ok()) return account.status();
  return Issue(*account);
}

Result<AccessClaims> AccountsView::VerifyToken(std::string_view token) {
  JwtDenial denial = JwtDenial::kNone;
  auto claims = tokens_->Verify(token, core_.Now(), &denial);
  if (denial != JwtDenial::kUnknownKey) return claims;
  core_.key_watch.Look(*core_.keys);
  return tokens_->Verify(token, core_.Now());
}

Result<Principal> AccountsView::Authenticate(std::string_view token, const CallOptions& options) {
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const auto claims = VerifyToken(token);
  if (!claims.ok()) return claims.status();
  const std::int64_t now_ns = MonotonicNs();
  auto epoch = epochs_.Find(claims->user, now_ns);
  if (!epoch) {
    const auto login = Read<LoginRecord>({claims->user}, Deadline::After(options));
    if (!login.ok()) return login.status();
    if (!*login || (*login)->disabled) return Code::kAccessDenied;
    epoch = (*login)->token_epoch;
    epochs_.Note(claims->user, *epoch, now_ns);
  }
  if (claims->token_epoch != *epoch) return Code::kAccessDenied;
  return Principal{claims->user, claims->expires_at};
}

Status AccountsView::ChangePassword(UserId user, std::string_view old_password,
                                    std::string_view new_password, const CallOptions& options) {
  if (Status weak = CheckPasswordPolicy(new_password, {}); !weak.ok()) return weak;
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const Deadline deadline = Deadline::After(options);
  const auto proved = Prove(user, old_password, deadline);
  if (!proved.ok()) return proved.status();
  auto hash = hasher_->Hash(new_password, deadline);
  if (!hash.ok()) return hash.status();
  const auto done =
      Run(SucceedCommand(SucceedArgs{user, *proved, *std::move(hash), true}), deadline);
  epochs_.Forget(user);
  return done.status();
}

Status AccountsView::Disable(UserId user, const CallOptions& options) {
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const auto done = Run(DisableCommand(DisableArgs{user}), Deadline::After(options));
  epochs_.Forget(user);
  return done.status();
}

Result<UserId> AccountsView::UserIdFor(std::string_view external_id, const CallOptions& options) {
  if (external_id.empty()) return Status(Code::kInvalidArgument, "the external id is empty");
  if (!IsCleanText(external_id, kExternalIdBytesMax)) {
    return Status(Code::kInvalidText, "the external id");
  }
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const auto mac = core_.keys->HashExternalId(external_id);
  if (!mac.ok()) return mac.status();
  ExternalArgs args;
  std::copy_n(mac->begin(), args.digest.size(), args.digest.begin());
  const Deadline deadline = Deadline::After(options);
  const auto known = Read<ExternalUserRecord>({args.digest}, deadline);
  if (!known.ok()) return known.status();
  if (*known) return (*known)->user;
  const auto done = Run(ExternalCommand(args), deadline);
  if (!done.ok()) return done.status();
  return done->user;
}

Status AccountsView::Erase(UserId user, const CallOptions& options) {
  if (Status usable = core_.Usable(); !usable.ok()) return usable;
  const auto done = Run(EraseCommand(EraseArgs{user}), Deadline::After(options));
  epochs_.Forget(user);
  return done.status();
}

}  // namespace

Result<std::unique_ptr<Accounts>> NewAccounts(EngineCore& core) {
  PasswordOptions options;
  options.hash_concurrency = core.options.hash_concurrency;
  if (core.options.test_only_cheap_password_hash) {
    options.cost = {8, 1, 1};
    options.allow_weak_for_tests = true;
  }
  auto hasher = PasswordHasher::Create(options, *core.entropy);
  if (!hasher.ok()) return hasher.status();
  auto tokens = AccessTokens::Create(*core.keys);
  if (!tokens.ok()) return tokens.status();
  return std::unique_ptr<Accounts>(
      std::make_unique<AccountsView>(core, std::move(hasher).value(), std::move(tokens).value()));
}

}  // namespace seathold
