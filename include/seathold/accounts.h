// People: register, log in, prove who they are. Optional: a host may have users of its own.
//
// Passwords are hashed with Argon2id; access tokens are JWTs (HS256, 15 minutes). Objects elsewhere
// take user ids and never see a token. A view on an Engine, valid while it lives; thread-safe.
// Hashing takes tens of milliseconds of CPU and about 19 MiB; at most hash_concurrency run at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seathold/ids.h"
#include "seathold/status.h"
#include "seathold/time.h"

namespace seathold {

struct AccessToken {
  UserId user;
  std::string token;
  TimeUs expires_at;
};

struct Principal {
  UserId user;
  TimeUs expires_at;
};

class Accounts {
 public:
  virtual ~Accounts() = default;

  // Passwords: 8 .. 1,024 bytes, never cut. Errors in order: kInvalidArgument (e-mail),
  // kPasswordWeak, kClosed, kEmailTaken, kBusy, then storage's.
  virtual Result<UserId> Register(std::string_view email, std::string_view password,
                                  const CallOptions& options = {}) = 0;
  // Unknown e-mail and wrong password: the same code after the same work. Errors in order: kClosed,
  // kThrottled, kBadCredentials, kAccountDisabled (with the right password only), kBusy, storage's.
  virtual Result<AccessToken> Login(std::string_view email, std::string_view password,
                                    const CallOptions& options = {}) = 0;
  // Who a token speaks for. In memory, but for one look at the account when what is known of it is
  // over a second old. Errors: kClosed, kAccessDenied (forged, over, revoked: no detail),
  // storage's.
  virtual Result<Principal> Authenticate(std::string_view token,
                                         const CallOptions& options = {}) = 0;
  // Ends every access token given before. Errors in order: kPasswordWeak, kClosed, kUnknownUser,
  // kThrottled, kBadCredentials, kBusy, storage's.
  virtual Status ChangePassword(UserId user, std::string_view old_password,
                                std::string_view new_password, const CallOptions& options = {}) = 0;
  // Ends every access token and every later login. Errors: kClosed, kUnknownUser, storage's.
  virtual Status Disable(UserId user, const CallOptions& options = {}) = 0;
  // The number that stands for a host's own text id (1 .. 200 bytes); the same text always gets the
  // same one, until Erase. An id is one in every normal form of Unicode, since nobody sees which it
  // is in, and another with every other difference, of case and blanks too. Errors in order:
  // kInvalidArgument (empty), kInvalidText, kClosed, kUnsupported (no stable key), kBusy,
  // storage's.
  virtual Result<UserId> UserIdFor(std::string_view external_id,
                                   const CallOptions& options = {}) = 0;
  // Forgets who a user is: e-mail, password, external id. Reservations and money keep the number,
  // which is never given again. Errors: kClosed, kUnknownUser, storage's.
  virtual Status Erase(UserId user, const CallOptions& options = {}) = 0;
};

}  // namespace seathold
