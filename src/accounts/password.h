// Password hashing: Argon2id in the PHC string form, "$argon2id$v=19$m=19456,t=2,p=1$salt$hash".
//
// Each hash takes memory_kib of memory and some 20 ms. At most hash_concurrency run at once; the
// rest wait for their turn up to their deadline, so that a rush of logins can take neither the
// memory nor all processors. The memory of a hash goes back to the system with its end.
//
// Thread rule: constant after construction but for the count of running hashes; any thread may call
// anything. Entropy must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "seathold/adapter/entropy.h"
#include "seathold/status.h"
#include "seathold/time.h"
#include "src/accounts/password_policy.h"
#include "src/util/mutex.h"

namespace seathold {

struct Argon2Cost {
  std::uint32_t memory_kib = 19'456;  // 8 .. 1,048,576
  std::uint32_t passes = 2;           // 1 .. 64
  std::uint32_t lanes = 1;            // 1 .. 16; more than one starts threads

  bool operator==(const Argon2Cost&) const = default;
};

// At or above one of OWASP's equivalent settings: 46 MiB / 1, 19 MiB / 2, 12 MiB / 3, 9 MiB / 4,
// 7 MiB / 5 passes.
bool IsStrongEnough(const Argon2Cost& cost);

struct PasswordOptions {
  Argon2Cost cost;
  int hash_concurrency = 2;  // 1 .. 64
  PasswordBlocklist is_blocked;
  bool allow_weak_for_tests = false;  // lets the cost be below the floor; never in production
};

class PasswordHasher {
 public:
  // kInvalidArgument: an option out of its range, or a cost below the floor.
  static Result<std::unique_ptr<PasswordHasher>> Create(PasswordOptions options, Entropy& entropy);

  // For a password that is being chosen. Errors in order: as CheckPasswordPolicy; kBusy (no turn by
  // the deadline); kOutOfMemory.
  Result<std::string> Hash(std::string_view password, Deadline deadline);
  // Whether `encoded` is the hash of one of its PasswordForms; the policy is not asked. Errors:
  // kStorageCorrupt (not a hash that this class could have made, or one that would take more than
  // the ranges of Argon2Cost), kBusy, kOutOfMemory.
  Result<bool> Verify(std::string_view password, std::string_view encoded, Deadline deadline);
  // Verify against a hash of this cost that no password has, for an account that is not there.
  // (A stored hash of another cost takes another time until it is rehashed at its next login.)
  // Errors: kBusy, kOutOfMemory.
  Status DummyVerify(std::string_view password, Deadline deadline);
  // True when a stored hash has less memory or fewer passes than are asked now, or is no such hash.
  bool NeedsRehash(std::string_view encoded) const;

  PasswordHasher(const PasswordHasher&) = delete;
  PasswordHasher& operator=(const PasswordHasher&) = delete;

 private:
  class Turn;

  PasswordHasher(PasswordOptions options, Entropy& entropy);

  const PasswordOptions options_;
  const std::string dummy_;
  Entropy& entropy_;
  Mutex mutex_;
  CondVar turn_free_;
  int running_ GUARDED_BY(mutex_) = 0;
};

}  // namespace seathold
