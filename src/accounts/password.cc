#include "src/accounts/password.h"

#include <argon2.h>
#include <openssl/crypto.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include "src/util/base64url.h"

namespace seathold {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
// Base64 without padding of the salt and the hash.
constexpr std::size_t kSaltText = 22;
constexpr std::size_t kHashText = 43;
constexpr std::size_t kEncodedMax = 128;
using Salt = std::array<std::uint8_t, kSaltBytes>;
using Digest = std::array<std::uint8_t, kHashBytes>;
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

// As Hash writes them: without leading zeros.
bool TakeNumber(std::string_view& text, std::uint32_t& value) {
  if (text.starts_with('0')) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// PHC strings are in plain base64, without padding.
std::string PlainBase64(std::span<const std::uint8_t> bytes) {
  std::string text = EncodeBase64Url(bytes);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  return text;
}

template <std::size_t kText>
bool FromPlainBase64(std::string_view text, std::span<std::uint8_t> out) {
  std::array<char, kText> url;
  for (std::size_t i = 0; i < kText; ++i) {
    const char c = text[i];
    if (c == '-' || c == '_') return false;
    url[i] = c == '+' ? '-' : c == '/' ? '_' : c;
  }
  return DecodeBase64UrlTo({url.data(), url.size()}, out) == out.size();
}

struct Encoded {
  Argon2Cost cost;
  Salt salt{};
  Digest digest{};
};

// A hash in the one form that Hash makes. Read here and not left to the library: a damaged or
// planted row could ask for terabytes.
std::optional<Encoded> Parse(std::string_view text) {
  Encoded out;
  const bool costs = text.size() <= kEncodedMax && TakeWord(text, "$argon2id$v=19$m=") &&
                     TakeNumber(text, out.cost.memory_kib) && TakeWord(text, ",t=") &&
                     TakeNumber(text, out.cost.passes) && TakeWord(text, ",p=") &&
                     TakeNumber(text, out.cost.lanes) && TakeWord(text, "$");
  if (!costs || !IsInRange(out.cost)) return std::nullopt;
  if (text.size() != kSaltText + 1 + kHashText || text[kSaltText] != '$') return std::nullopt;
  const bool bytes = FromPlainBase64<kSaltText>(text.substr(0, kSaltText), out.salt) &&
                     FromPlainBase64<kHashText>(text.substr(kSaltText + 1), out.digest);
  return bytes ? std::optional(out) : std::nullopt;
}

std::string Format(const Argon2Cost& cost, const Salt& salt, const Digest& digest) {
  return "$argon2id$v=19$m=" + std::to_string(cost.memory_kib) +
         ",t=" + std::to_string(cost.passes) + ",p=" + std::to_string(cost.lanes) + "$" +
         PlainBase64(salt) + "$" + PlainBase64(digest);
}

// The block of a hash comes from the system and goes back to it. malloc would keep one for every
// thread that ever hashed. With huge pages it costs no more than a block that is kept: 5,000 page
// faults are half of a hash's time.
int MapBlock(std::uint8_t** block, std::size_t bytes) {
  void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return ARGON2_MEMORY_ALLOCATION_ERROR;
  ::madvise(at, bytes, MADV_HUGEPAGE);  // a wish; works without
  *block = static_cast<std::uint8_t*>(at);
  return ARGON2_OK;
}
void UnmapBlock(std::uint8_t* block, std::size_t bytes) { ::munmap(block, bytes); }

// Allocates nothing but the block (and threads, for more than one lane).
Status RunArgon2(const Argon2Cost& cost, std::string_view password, Salt salt, Digest* digest) {
  argon2_context context{};
  context.out = digest->data();
  context.outlen = static_cast<std::uint32_t>(digest->size());
  // Not written to: the flag that wipes the password after use is off.
  context.pwd = reinterpret_cast<std::uint8_t*>(const_cast<char*>(password.data()));
  context.pwdlen = static_cast<std::uint32_t>(password.size());
  context.salt = salt.data();
  context.saltlen = static_cast<std::uint32_t>(salt.size());
  context.t_cost = cost.passes;
  context.m_cost = cost.memory_kib;
  context.lanes = context.threads = cost.lanes;
  context.version = ARGON2_VERSION_13;
  context.allocate_cbk = &MapBlock;
  context.free_cbk = &UnmapBlock;
  return FromArgon2(argon2id_ctx(&context));
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
    : options_(std::move(options)),
      dummy_(Format(options_.cost, Salt{}, Digest{})),
      entropy_(entropy) {}

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
  Salt salt;
  Digest digest;
  entropy_.Fill(salt);
  {
    const Turn turn(*this, deadline);
    if (!turn.taken()) return Code::kBusy;
    if (Status status = RunArgon2(options_.cost, taken, salt, &digest); !status.ok()) return status;
  }
  return Format(options_.cost, salt, digest);
}

Result<bool> PasswordHasher::Verify(std::string_view password, std::string_view encoded,
                                    Deadline deadline) {
  const std::optional<Encoded> stored = Parse(encoded);
  if (!stored) return Status(Code::kStorageCorrupt, "a stored password hash");
  if (password.size() > kPasswordBytesMax) return false;
  const std::vector<std::string> forms = PasswordForms(password);
  const Turn turn(*this, deadline);
  if (!turn.taken()) return Code::kBusy;
  for (const std::string& form : forms) {  // a wrong one costs the same for every account
    Digest digest;
    Status status = RunArgon2(stored->cost, form, stored->salt, &digest);
    if (!status.ok()) return status;
    if (CRYPTO_memcmp(digest.data(), stored->digest.data(), digest.size()) == 0) return true;
  }
  return false;
}

Status PasswordHasher::DummyVerify(std::string_view password, Deadline deadline) {
  return Verify(password, dummy_, deadline).status();
}

bool PasswordHasher::NeedsRehash(std::string_view encoded) const {
  const std::optional<Encoded> stored = Parse(encoded);
  return !stored || stored->cost.memory_kib < options_.cost.memory_kib ||
         stored->cost.passes < options_.cost.passes;
}

}  // namespace seathold
