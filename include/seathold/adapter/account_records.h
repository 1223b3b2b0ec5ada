// The records of accounts, as records.h keeps them: the only tables with personal data.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "seathold/ids.h"
#include "seathold/time.h"
#include "seathold/types.h"

namespace seathold {

// An account with a password.
struct LoginRecord {
  static constexpr const char* kTable = "logins";
  UserId user;
  std::string email;              // empty for a user who is known by a host's text id only
  Uuid external{};                // the key of that user's ExternalUserRecord
  std::string password_hash;      // PHC string
  std::uint64_t token_epoch = 1;  // access tokens of an older epoch are refused
  bool disabled = false;
  std::uint32_t failures = 0;  // this one and the next two: where release 0.1 counted failures;
  TimeUs last_failure_at;      // nobody reads them
  TimeUs locked_until;
  TimeUs created_at;

  using Key = std::tuple<UserId>;
  Key key() const { return {user}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("user", s.user);
    v.fixed("email", s.email);
    v.fixed("external", s.external);
    v.fixed("created_at_us", s.created_at);
    v.field("password_hash", s.password_hash);
    v.field("token_epoch", s.token_epoch);
    v.field("disabled", s.disabled);
    v.field("failures", s.failures);
    v.field("last_failure_at_us", s.last_failure_at);
    v.field("locked_until_us", s.locked_until);
  }
};

struct EmailRecord {
  static constexpr const char* kTable = "emails";
  Uuid digest{};
  UserId user;

  using Key = std::tuple<Uuid>;
  Key key() const { return {digest}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("digest", s.digest);
    v.field("user", s.user);
  }
};

// A host's own text id, as a keyed hash, and the number it was given.
struct ExternalUserRecord {
  static constexpr const char* kTable = "external_users";
  Uuid digest{};
  UserId user;

  using Key = std::tuple<Uuid>;
  Key key() const { return {digest}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("digest", s.digest);
    v.field("user", s.user);
  }
};

// Failed logins of one address, whether or not it has an account, as src/rules/attempts.h keeps
// them.
struct AttemptRecord {
  static constexpr const char* kTable = "attempts";
  std::uint32_t place = 0;
  Uuid address{};               // a keyed hash
  std::uint32_t failures = 0;   // of these,
  std::uint32_t inherited = 0;  // so many are those of who had the place before
  TimeUs last_failure_at;
  TimeUs locked_until;

  using Key = std::tuple<std::uint32_t>;
  Key key() const { return {place}; }
  template <class Self, class V>
  static void Columns(Self& s, V&& v) {
    v.key("place", s.place);
    v.field("address", s.address);
    v.field("failures", s.failures);
    v.field("inherited", s.inherited);
    v.field("last_failure_at_us", s.last_failure_at);
    v.field("locked_until_us", s.locked_until);
  }
};

}  // namespace seathold
