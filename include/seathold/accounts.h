// People: register, log in, prove who they are. Optional: a host may have users of its own.
//
//   const AccessToken token = engine->accounts().Login(email, password).value();
//   const auto who = engine->accounts().Authenticate(token.token);  // with each request
//   if (who.ok()) Serve(who->user);
//
// Passwords are hashed with Argon2id; access tokens are JWTs (HS256, 15 minutes). Objects elsewhere
// take user ids and never see a token. Part of an Engine, valid while it lives; thread-safe.
// Hashing takes tens of milliseconds of CPU and about 19 MiB; at most hash_concurrency run at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seathold/ids.h"
#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold {

// What a login gives: sent with each request, a secret for as long as it lives.
struct AccessToken {
  UserId user;
  std::string token;
  TimeUs expires_at;
};

// Who a token speaks for.
struct Principal {
  UserId user;
  TimeUs expires_at;
};

class Accounts {
 public:
  virtual ~Accounts() = default;

  // Passwords: 8 characters .. 1,024 bytes, never cut. Errors in order: kInvalidText and
  // kInvalidArgument (the e-mail), kPasswordWeak and kInvalidText (the password), kClosed,
  // kReadOnly, kBusy (no turn to hash by the deadline), kEmailTaken, storage's.
  virtual Result<UserId> Register(std::string_view email, std::string_view password,
                                  const CallOptions& options = {}) = 0;
  // Unknown e-mail and wrong password: the same code after the same work, whatever the text, and
  // counted alike. The fifth failure of an address locks it for a second, each further one for
  // twice as long, up to 15 minutes: kThrottled, with Status::retry_after_ms. An hour without a
  // failure forgets one, a success all. Errors in order: kClosed, kReadOnly, kThrottled, kBusy (no
  // turn to hash by the deadline; nothing is counted), kBadCredentials, kAccountDisabled (with the
  // right password only), storage's.
  virtual Result<AccessToken> Login(std::string_view email, std::string_view password,
                                    const CallOptions& options = {}) = 0;
  // Who a token speaks for. In memory, but for one look at the account when what is known of it is
  // over a second old. Errors in order: kClosed, kKeysMissing, kAccessDenied (no token at all,
  // forged, over, revoked, of an account that is disabled or erased: no detail), storage's.
  virtual Result<Principal> Authenticate(std::string_view token,
                                         const CallOptions& options = {}) = 0;
  // Ends every access token given before. Wrong old passwords count as failed logins do. Errors in
  // order: kPasswordWeak and kInvalidText (the new one), kClosed, kReadOnly, kUnknownUser,
  // kThrottled, kBusy (no turn to hash by the deadline), kBadCredentials, kAccountDisabled (with
  // the right password only; nothing is changed), storage's.
  virtual Status ChangePassword(UserId user, std::string_view old_password,
                                std::string_view new_password, const CallOptions& options = {}) = 0;
  // Ends every access token and every later login. Errors in order: kClosed, kReadOnly,
  // kUnknownUser, storage's.
  virtual Status Disable(UserId user, const CallOptions& options = {}) = 0;
  // The number that stands for a host's own text id (1 .. 200 bytes); the same text always gets the
  // same one, until Erase. An id is one in every normal form of Unicode, since nobody sees which it
  // is in, and another with every other difference, of case and blanks too. Errors in order:
  // kInvalidArgument (empty), kInvalidText, kClosed, kKeysMissing, kInvalidText (no normal form, or
  // a longer one), kReadOnly (a text that has no number yet), storage's.
  virtual Result<UserId> UserIdFor(std::string_view external_id,
                                   const CallOptions& options = {}) = 0;
  // Forgets who a user is: e-mail, password, external id. Reservations and money keep the number,
  // which is never given again. Failed logins of the address still count, under a keyed hash, as
  // they do for an address that never had an account, until they are forgotten: 15 hours at most.
  // Errors in order: kClosed, kReadOnly, kUnknownUser, storage's.
  virtual Status Erase(UserId user, const CallOptions& options = {}) = 0;
};

}  // namespace seathold
