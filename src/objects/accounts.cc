// Accounts: passwords are hashed outside of transactions, tokens are checked in memory.
#include "src/rules/accounts.h"

#include <algorithm>
#include <unordered_map>

#include "src/accounts/email.h"
#include "src/accounts/jwt.h"
#include "src/accounts/password.h"
#include "src/commit/submit.h"
#include "src/engine/engine_core.h"
#include "src/util/text.h"

namespace seathold {
namespace {

using RegisterCommand = RuleCommand<RegisterArgs, AccountReply, RegisterKeys, DecideRegister>;
using SettleCommand = RuleCommand<SettleArgs, AccountReply, SettleKeys, DecideSettle>;
using DisableCommand = RuleCommand<DisableArgs, AccountReply, DisableKeys, DecideDisable>;
using ExternalCommand = RuleCommand<ExternalArgs, AccountReply, ExternalKeys, DecideExternal>;
using EraseCommand = RuleCommand<EraseArgs, AccountReply, EraseKeys, DecideErase>;

constexpr std::size_t kExternalIdBytesMax = 200;
constexpr std::int64_t kEpochAgeMaxNs = 1'000'000'000;
constexpr std::size_t kEpochsMax = 100'000;  // about 5 MiB

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

// Who a password is tried for, as storage has them. Who is not there looks like somebody whose
// password nobody knows: from here on both go one way.
struct Suspect {
  Uuid address{};  // keyed hash of the e-mail
  UserId user;     // none: nobody has this address
  std::string password_hash;
  std::uint64_t token_epoch = 0;
  Status throttle;
};

bool IsAsTyped(std::string_view form, std::string_view email) {
  return std::ranges::equal(form, email, [](char f, char e) {
    return f == (e >= 'A' && e <= 'Z' ? static_cast<char>(e - 'A' + 'a') : e);
  });
}

// Never empty: what no account can have goes the same way as what none has. All that is longer than
// any address is one, and not read.
std::vector<std::string> FormsOf(std::string_view email) {
  std::vector<std::string> forms = EmailForms(email);
  if (forms.empty()) forms.emplace_back(email.size() > kEmailBytesMax ? std::string_view() : email);
  return forms;
}

// Release 0.1 may have given two forms of one address an account each: the one as typed is meant.
UserId UserOf(std::span<const std::string> forms, std::string_view email,
              std::span<const EmailRecord> found) {
  UserId user;
  for (const std::string& form : forms) {
    const auto at = std::ranges::find(found, EmailDigest(form), &EmailRecord::digest);
    if (at == found.end()) continue;
    if (IsAsTyped(form, email)) return at->user;
    if (!user) user = at->user;
  }
  return user;
}

class AccountsImpl final : public Accounts {
 public:
  AccountsImpl(EngineCore& core, std::unique_ptr<PasswordHasher> hasher,
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
  Result<AccountReply> Run(decltype(C::args) args, Deadline deadline);
  template <class R>
  Result<std::optional<R>> Read(const typename R::Key& key, Deadline deadline);
  Result<Suspect> FindByEmail(std::string_view email, Deadline deadline);
  Result<Suspect> FindByUser(UserId user, Deadline deadline);
  // Whether a password may be tried. It comes before any look at the account: how long it takes to
  // hear no must not tell whether there is one.
  Status CheckThrottle(StorageUnit& unit, Suspect* suspect);
  // Who stands behind `suspect->user`.
  Status Complete(StorageUnit& unit, Suspect* suspect);
  Result<Uuid> AddressOf(std::string_view email) const;
  // Compares, unless the address is throttled.
  Result<bool> Compare(const Suspect& suspect, std::string_view password, Deadline deadline);
  Result<AccessToken> Issue(const Suspect& suspect);
  Result<Uuid> ExternalDigest(std::string_view external_id) const;
  // Zero: nobody.
  Result<UserId> KnownAs(std::string_view external_id, Deadline deadline);
  Result<AccessClaims> VerifyToken(std::string_view token);

  EngineCore& core_;
  const std::unique_ptr<PasswordHasher> hasher_;
  const std::unique_ptr<AccessTokens> tokens_;
  EpochCache epochs_;
};

template <class C>
Result<AccountReply> AccountsImpl::Run(decltype(C::args) args, Deadline deadline) {
  C done{decltype(C::args){}};
  const Status status = SubmitOne(*core_.commits, C(std::move(args)), deadline, &done);
  if (!status.ok()) return status;
  if (!done.reply.status.ok()) return done.reply.status;
  return std::move(done.reply);
}

template <class R>
Result<std::optional<R>> AccountsImpl::Read(const typename R::Key& key, Deadline deadline) {
  KeySet keys;
  keys.Add<R>(key);
  RecordSet rows;
  const Status status = core_.InUnit(Access::kRead, deadline,
                                     [&](StorageUnit& unit) { return unit.Load(keys, &rows); });
  if (!status.ok()) return status;
  auto& found = rows.of<R>().rows;
  return found.empty() ? std::optional<R>() : std::optional<R>(std::move(found[0]));
}

Result<UserId> AccountsImpl::Register(std::string_view email, std::string_view password,
                                      const CallOptions& options) try {
  const auto canonical = CanonicalEmail(email);
  if (!canonical.ok()) return canonical.status();
  if (Status weak = CheckPasswordPolicy(password, {}); !weak.ok()) return weak;
  if (Status usable = core_.Writable(); !usable.ok()) return usable;
  const Deadline deadline = Deadline::After(options);
  auto hash = hasher_->Hash(password, deadline);
  if (!hash.ok()) return hash.status();
  RegisterArgs args{{}, *canonical, *std::move(hash)};
  for (const std::string& form : EmailForms(email)) args.email_digests.push_back(EmailDigest(form));
  const auto done = Run<RegisterCommand>(std::move(args), deadline);
  if (!done.ok()) return done.status();
  return done->user;
} catch (...) {
  return CaughtStatus();
}

Result<Uuid> AccountsImpl::AddressOf(std::string_view email) const {
  const auto mac = core_.keys->HashAddress(email);
  if (!mac.ok()) return mac.status();
  Uuid address;
  std::copy_n(mac->begin(), address.size(), address.begin());
  return address;
}

Status AccountsImpl::CheckThrottle(StorageUnit& unit, Suspect* suspect) {
  KeySet keys;
  AttemptKeys(suspect->address, &keys);
  RecordSet rows;
  if (Status status = unit.Load(keys, &rows); !status.ok()) return status;
  const TimeUs now = core_.NowIn(unit);
  const ThrottleAnswer answer = CheckAttempt(suspect->address, rows.of<AttemptRecord>().rows, now);
  if (!answer.allowed) suspect->throttle = ThrottledStatus(answer, now);
  return Status();
}

Status AccountsImpl::Complete(StorageUnit& unit, Suspect* suspect) {
  KeySet key;
  key.Add<LoginRecord>({suspect->user});
  RecordSet rows;
  if (Status status = unit.Load(key, &rows); !status.ok()) return status;
  const auto& logins = rows.of<LoginRecord>().rows;
  if (suspect->user && logins.empty()) {
    return Status(Code::kStorageCorrupt, "an e-mail without its account");
  }
  if (!logins.empty()) {
    suspect->password_hash = logins[0].password_hash;
    suspect->token_epoch = logins[0].token_epoch;
  }
  return Status();
}

Result<Suspect> AccountsImpl::FindByEmail(std::string_view email, Deadline deadline) {
  const std::vector<std::string> forms = FormsOf(email);
  const auto address = AddressOf(forms[0]);
  if (!address.ok()) return address.status();
  Suspect suspect;
  suspect.address = *address;
  KeySet keys;
  for (const std::string& form : forms) keys.Add<EmailRecord>({EmailDigest(form)});
  const Status status = core_.InUnit(Access::kRead, deadline, [&](StorageUnit& unit) {
    const Status allowed = CheckThrottle(unit, &suspect);
    if (!allowed.ok() || !suspect.throttle.ok()) return allowed;
    RecordSet rows;
    if (Status loaded = unit.Load(keys, &rows); !loaded.ok()) return loaded;
    suspect.user = UserOf(forms, email, rows.of<EmailRecord>().rows);
    return Complete(unit, &suspect);
  });
  if (!status.ok()) return status;
  return suspect;
}

Result<Suspect> AccountsImpl::FindByUser(UserId user, Deadline deadline) {
  const auto login = Read<LoginRecord>({user}, deadline);
  if (!login.ok()) return login.status();
  if (!*login) return Code::kUnknownUser;
  // Who is known by a text id only has no password that could be guessed; tries are counted anyway.
  const std::string email =
      (*login)->email.empty() ? "user " + std::to_string(user.value) : (*login)->email;
  const auto address = AddressOf(FormsOf(email)[0]);
  if (!address.ok()) return address.status();
  Suspect suspect;
  suspect.address = *address;
  suspect.user = user;
  const Status status = core_.InUnit(Access::kRead, deadline, [&](StorageUnit& unit) {
    const Status allowed = CheckThrottle(unit, &suspect);
    return allowed.ok() && suspect.throttle.ok() ? Complete(unit, &suspect) : allowed;
  });
  if (!status.ok()) return status;
  return suspect;
}

Result<bool> AccountsImpl::Compare(const Suspect& suspect, std::string_view password,
                                   Deadline deadline) {
  if (!suspect.throttle.ok()) return suspect.throttle;
  if (!suspect.password_hash.empty()) {
    return hasher_->Verify(password, suspect.password_hash, deadline);
  }
  if (const Status waited = hasher_->DummyVerify(password, deadline); !waited.ok()) return waited;
  return false;
}

Result<AccessToken> AccountsImpl::Issue(const Suspect& suspect) {
  Uuid id;
  core_.entropy->Fill(id);
  const TimeUs now = core_.Now();
  auto token = tokens_->Sign(suspect.user, suspect.token_epoch, id, now);
  if (!token.ok()) return token.status();
  return AccessToken{suspect.user, *std::move(token),
                     TimeUs{(now.value / kUsPerSecond + kJwtLifetimeS) * kUsPerSecond}};
}

Result<AccessToken> AccountsImpl::Login(std::string_view email, std::string_view password,
                                        const CallOptions& options) try {
  if (Status usable = core_.Writable(); !usable.ok()) return usable;
  const Deadline deadline = Deadline::After(options);
  const auto suspect = FindByEmail(email, deadline);
  if (!suspect.ok()) return suspect.status();
  const auto matches = Compare(*suspect, password, deadline);
  if (!matches.ok()) return matches.status();
  SettleArgs args{suspect->address,
                  suspect->user,
                  suspect->password_hash,
                  suspect->token_epoch,
                  *matches,
                  "",
                  false};
  if (*matches && hasher_->NeedsRehash(suspect->password_hash)) {
    // A password that an older policy took still logs in; it is only not hashed anew.
    auto stronger = hasher_->Hash(password, deadline);
    if (stronger.ok()) args.new_hash = *std::move(stronger);
  }
  // Made before it is deserved: nothing may fail once the failures are taken back.
  auto token = *matches ? Issue(*suspect) : Result<AccessToken>(Code::kBadCredentials);
  if (*matches && !token.ok()) return token;
  const auto account = Run<SettleCommand>(std::move(args), deadline);
  if (!account.ok()) return account.status();
  return token;
} catch (...) {
  return CaughtStatus();
}

Result<AccessClaims> AccountsImpl::VerifyToken(std::string_view token) {
  JwtDenial denial = JwtDenial::kNone;
  auto claims = tokens_->Verify(token, core_.Now(), &denial);
  if (denial != JwtDenial::kUnknownKey) return claims;
  core_.key_watch.Look(*core_.keys);
  return tokens_->Verify(token, core_.Now());
}

Result<Principal> AccountsImpl::Authenticate(std::string_view token,
                                             const CallOptions& options) try {
  if (Status usable = core_.HasKeys(); !usable.ok()) return usable;
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
} catch (...) {
  return CaughtStatus();
}

Status AccountsImpl::ChangePassword(UserId user, std::string_view old_password,
                                    std::string_view new_password, const CallOptions& options) try {
  if (Status weak = CheckPasswordPolicy(new_password, {}); !weak.ok()) return weak;
  if (Status usable = core_.Writable(); !usable.ok()) return usable;
  const Deadline deadline = Deadline::After(options);
  const auto suspect = FindByUser(user, deadline);
  if (!suspect.ok()) return suspect.status();
  const auto matches = Compare(*suspect, old_password, deadline);
  if (!matches.ok()) return matches.status();
  SettleArgs args{
      suspect->address, user, suspect->password_hash, suspect->token_epoch, *matches, "", *matches};
  if (*matches) {
    auto hash = hasher_->Hash(new_password, deadline);
    if (!hash.ok()) return hash.status();
    args.new_hash = *std::move(hash);
  }
  const auto done = Run<SettleCommand>(std::move(args), deadline);
  epochs_.Forget(user);
  return done.status();
} catch (...) {
  return CaughtStatus();
}

Status AccountsImpl::Disable(UserId user, const CallOptions& options) try {
  if (Status usable = core_.Writable(); !usable.ok()) return usable;
  const auto done = Run<DisableCommand>(DisableArgs{user}, Deadline::After(options));
  epochs_.Forget(user);
  return done.status();
} catch (...) {
  return CaughtStatus();
}

Result<Uuid> AccountsImpl::ExternalDigest(std::string_view external_id) const {
  const auto mac = core_.keys->HashExternalId(external_id);
  if (!mac.ok()) return mac.status();
  Uuid digest;
  std::copy_n(mac->begin(), digest.size(), digest.begin());
  return digest;
}

Result<UserId> AccountsImpl::KnownAs(std::string_view external_id, Deadline deadline) {
  const auto digest = ExternalDigest(external_id);
  if (!digest.ok()) return digest.status();
  const auto known = Read<ExternalUserRecord>({*digest}, deadline);
  if (!known.ok()) return known.status();
  return *known ? (*known)->user : UserId{};
}

Result<UserId> AccountsImpl::UserIdFor(std::string_view external_id,
                                       const CallOptions& options) try {
  if (external_id.empty()) return Status(Code::kInvalidArgument, "the external id is empty");
  if (!IsCleanText(external_id, kExternalIdBytesMax)) {
    return Status(Code::kInvalidText, "the external id");
  }
  if (Status usable = core_.HasKeys(); !usable.ok()) return usable;
  const auto taken = Normalized(external_id, TextForm::kComposed);
  const Deadline deadline = Deadline::After(options);
  // Release 0.1 knew an id as it was given. Where that is another form, its user is meant.
  if (taken != external_id) {
    const auto known = KnownAs(external_id, deadline);
    if (!known.ok() || *known) return known;
  }
  if (!taken || taken->size() > kExternalIdBytesMax) {
    return Status(Code::kInvalidText, "the external id");
  }
  const auto known = KnownAs(*taken, deadline);
  if (!known.ok() || *known) return known;
  const auto digest = ExternalDigest(*taken);
  if (!digest.ok()) return digest.status();
  const auto done = Run<ExternalCommand>(ExternalArgs{*digest}, deadline);
  if (!done.ok()) return done.status();
  return done->user;
} catch (...) {
  return CaughtStatus();
}

Status AccountsImpl::Erase(UserId user, const CallOptions& options) try {
  if (Status usable = core_.Writable(); !usable.ok()) return usable;
  const auto done = Run<EraseCommand>(EraseArgs{user}, Deadline::After(options));
  epochs_.Forget(user);
  return done.status();
} catch (...) {
  return CaughtStatus();
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
      std::make_unique<AccountsImpl>(core, std::move(hasher).value(), std::move(tokens).value()));
}

}  // namespace seathold
