#include "src/accounts/password.h"

#include <argon2.h>

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace seathold {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
// Base64 without padding of the salt and the hash.
constexpr std::size_t kSaltText = 22;
constexpr std::size_t kHashText = 43;
constexpr std::size_t kEncodedMax = 128;
constexpr Argon2Cost kCostMax{.memory_kib = 1u << 20, .passes = 64, .lanes = 16};
constexpr int kConcurrencyMax = 64;

bool IsInRange(const Argon2Cost& cost) {
  return cost.lanes >= 1 && cost.lanes <= kCostMax.lanes && cost.passes >= 1 &&
         cost.passes <= kCostMax.passes && cost.memory_kib >= 8 * cost.lanes &&
         cost.memory_kib <= kCostMax.memory_kib;
}

// The one place where libargon2's errors become codes.
Status FromArgon2(int error) {
  if (error == ARGON2_OK) return Status();
  if (error == ARGON2_MEMORY_ALLOCATION_ERROR || error == ARGON2_THREAD_FAIL) {
    return Status(Code::kOutOfMemory, "hashing a password");
  }
  return Status(Code::kInternal, argon2_error_message(error));
}

bool TakeWord(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

bool TakeNumber(std::string_view& text, std::uint32_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// The cost of a hash in the one form that Hash makes. Read here and not left to the library: a
// damaged or planted row could ask for terabytes.
std::optional<Argon2Cost> CostOf(std::string_view encoded) {
  Argon2Cost cost;
  const bool whole = encoded.size() <= kEncodedMax && TakeWord(encoded, "$argon2id$v=19$m=") &&
                     TakeNumber(encoded, cost.memory_kib) && TakeWord(encoded, ",t=") &&
                     TakeNumber(encoded, cost.passes) && TakeWord(encoded, ",p=") &&
                     TakeNumber(encoded, cost.lanes) && TakeWord(encoded, "$");
  if (!whole || !IsInRange(cost)) return std::nullopt;
  const bool sizes = encoded.size() == kSaltText + 1 + kHashText && encoded[kSaltText] == '$' &&
                     encoded.find('\0') == encoded.npos;
  return sizes ? std::optional(cost) : std::nullopt;
}

}  // namespace

bool IsStrongEnough(const Argon2Cost& cost) {
  static constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 5> kFloor = {
      {{47'104, 1}, {19'456, 2}, {12'288, 3}, {9'216, 4}, {7'168, 5}}};
  for (const auto& [memory_kib, passes] : kFloor) {
    if (cost.memory_kib >= memory_kib && cost.passes >= passes) return true;
  }
  return false;
}

// One of the places for running hashes, while it lives.
class PasswordHasher::Turn {
 public:
  Turn(PasswordHasher& hasher, Deadline deadline) : hasher_(hasher) {
    const MutexLock lock(hasher_.mutex_);
    while (hasher_.running_ >= hasher_.options_.hash_concurrency) {
      if (deadline.passed()) return;
      hasher_.turn_free_.Wait(hasher_.mutex_, deadline);
    }
    ++hasher_.running_;
    taken_ = true;
  }
  ~Turn() {
    if (!taken_) return;
    const MutexLock lock(hasher_.mutex_);
    --hasher_.running_;
    hasher_.turn_free_.NotifyOne();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  bool taken() const { return taken_; }

 private:
  PasswordHasher& hasher_;
  bool taken_ = false;
};

PasswordHasher::PasswordHasher(PasswordOptions options, Entropy& entropy)
    : options_(std::move(options)), entropy_(entropy) {}

Result<std::unique_ptr<PasswordHasher>> PasswordHasher::Create(PasswordOptions options,
                                                               Entropy& entropy) {
  if (!IsInRange(options.cost) || options.hash_concurrency < 1 ||
      options.hash_concurrency > kConcurrencyMax) {
    return Status(Code::kInvalidArgument, "cost or concurrency of password hashing");
  }
  if (!options.allow_weak_for_tests && !IsStrongEnough(options.cost)) {
    return Status(Code::kInvalidArgument, "cost of password hashing is below the floor");
  }
  return std::unique_ptr<PasswordHasher>(new PasswordHasher(std::move(options), entropy));
}

Result<std::string> PasswordHasher::Hash(std::string_view password, Deadline deadline) {
  Status policy = CheckPasswordPolicy(password, options_.is_blocked);
  if (!policy.ok()) return policy;
  const std::string taken = TakePassword(password).value();
  std::array<std::uint8_t, kSaltBytes> salt;
  entropy_.Fill(salt);
  std::array<char, kEncodedMax> encoded{};
  const Turn turn(*this, deadline);
  if (!turn.taken()) return Code::kBusy;
  const Argon2Cost& cost = options_.cost;
  Status status = FromArgon2(
      argon2id_hash_encoded(cost.passes, cost.memory_kib, cost.lanes, taken.data(), taken.size(),
                            salt.data(), salt.size(), kHashBytes, encoded.data(), encoded.size()));
  if (!status.ok()) return status;
  return std::string(encoded.data());
}

Result<bool> PasswordHasher::Verify(std::string_view password, std::string_view encoded,
                                    Deadline deadline) {
  if (!CostOf(encoded)) return Status(Code::kStorageCorrupt, "a stored password hash");
  if (password.size() > kPasswordBytesMax) return false;  // DummyVerify does the same
  const std::string terminated(encoded);
  const Turn turn(*this, deadline);
  if (!turn.taken()) return Code::kBusy;
  bool matches = false;
  for (const std::string& form :
       PasswordForms(password)) {  // all of them: wrong ones cost the same
    const int error = argon2id_verify(terminated.c_str(), form.data(), form.size());
    if (error == ARGON2_DECODING_FAIL) {
      return Status(Code::kStorageCorrupt, "a stored password hash");
    }
    matches = matches || error == ARGON2_OK;
    if (error == ARGON2_OK || error == ARGON2_VERIFY_MISMATCH) continue;
    return FromArgon2(error);
  }
  return matches;
}

Status PasswordHasher::DummyVerify(std::string_view password, Deadline deadline) {
  if (password.size() > kPasswordBytesMax) return Status();
  static constexpr std::array<std::uint8_t, kSaltBytes> kSalt{};
  std::array<std::uint8_t, kHashBytes> hash{};
  const Turn turn(*this, deadline);
  if (!turn.taken()) return Status(Code::kBusy);
  const Argon2Cost& cost = options_.cost;
  for (const std::string& form : PasswordForms(password)) {
    Status status = FromArgon2(argon2id_hash_raw(cost.passes, cost.memory_kib, cost.lanes,
                                                 form.data(), form.size(), kSalt.data(),
                                                 kSalt.size(), hash.data(), hash.size()));
    if (!status.ok()) return status;
  }
  return Status();
}

bool PasswordHasher::NeedsRehash(std::string_view encoded) const {
  const std::optional<Argon2Cost> cost = CostOf(encoded);
  return !cost || cost->memory_kib < options_.cost.memory_kib ||
         cost->passes < options_.cost.passes;
}

}  // namespace seathold
