#include "examples/web/host_key.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

#include "seathold/adapter/entropy.h"
#include "src/util/base64url.h"

namespace seathold::web {
namespace {

constexpr std::size_t kMacBytes = 16;
constexpr std::size_t kTicketBytes = 8 + 16 + 4;
constexpr std::string_view kStaff = "staff", kOperator = "operator";

Status CannotOpen(const std::string& path) {
  return Status(Code::kCannotOpen, path + ": " + std::strerror(errno));
}

// Complete or not there: it is written beside and linked, so that two hosts that start at once end
// up with one key.
Status MakeKeyFile(const std::string& path, std::span<const std::uint8_t> key) {
  const std::string draft = path + "." + std::to_string(::getpid());
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return CannotOpen(draft);
  const bool written =
      ::write(fd, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && ::fsync(fd) == 0;
  ::close(fd);
  const bool linked = written && (::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const Status status = linked ? Status() : CannotOpen(path);
  ::unlink(draft.c_str());
  return status;
}

void PutBigEndian(std::uint64_t value, int bytes, std::string* out) {
  for (int i = bytes - 1; i >= 0; --i) out->push_back(static_cast<char>(value >> (8 * i) & 0xFF));
}

std::uint64_t TakeBigEndian(std::string_view* in, std::size_t bytes) {
  std::uint64_t value = 0;
  for (const char c : in->substr(0, bytes)) value = value << 8 | static_cast<std::uint8_t>(c);
  in->remove_prefix(bytes);
  return value;
}

bool SameMac(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Result<HostKey> HostKey::Open(const std::string& path) {
  HostKey key;
  NewSystemEntropy()->Fill(key.key_);
  if (path.empty()) return key;
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) {
    if (Status status = MakeKeyFile(path, key.key_); !status.ok()) return status;
    fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  }
  if (fd < 0) return CannotOpen(path);
  std::array<std::uint8_t, 33> bytes{};
  const ssize_t size = ::read(fd, bytes.data(), bytes.size());
  ::close(fd);
  if (size != 32) return Status(Code::kKeysMissing, path + " is no key of 32 bytes");
  std::copy_n(bytes.begin(), 32, key.key_.begin());
  return key;
}

std::string HostKey::Mac(std::string_view purpose, std::string_view text) const {
  std::string message(purpose);
  message.push_back('\0');
  message += text;
  std::array<std::uint8_t, 32> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac.data(), &size);
  return {reinterpret_cast<const char*>(mac.data()), kMacBytes};
}

std::string HostKey::WithRole(std::string_view access_token, Role role) const {
  std::string text(access_token);
  if (role != Role::kStaff && role != Role::kOperator) return text;
  text += '.';
  text += role == Role::kStaff ? kStaff : kOperator;
  return text + '.' + EncodeBase64Url(Mac("role", text));
}

std::optional<HostKey::Bearer> HostKey::OpenBearer(std::string_view bearer) const {
  if (std::ranges::count(bearer, '.') != 4) return Bearer{bearer, Role::kBuyer};
  const std::size_t mac_at = bearer.rfind('.');
  const std::string_view named = bearer.substr(0, mac_at);
  if (!SameMac(bearer.substr(mac_at + 1), EncodeBase64Url(Mac("role", named)))) {
    return std::nullopt;
  }
  const std::size_t role_at = named.rfind('.');
  const Role role = named.substr(role_at + 1) == kOperator ? Role::kOperator : Role::kStaff;
  return Bearer{named.substr(0, role_at), role};
}

std::string HostKey::SignTicket(const TicketName& ticket) const {
  std::string text;
  PutBigEndian(ticket.performance.value, 8, &text);
  text.append(ticket.hold.value.begin(), ticket.hold.value.end());
  PutBigEndian(ticket.ordinal, 4, &text);
  return EncodeBase64Url(text + Mac("ticket", text));
}

std::optional<TicketName> HostKey::CheckTicket(std::string_view text) const {
  const std::optional<std::string> bytes = DecodeBase64Url(text.substr(0, 200));
  if (!bytes || bytes->size() != kTicketBytes + kMacBytes) return std::nullopt;
  std::string_view rest(*bytes);
  const std::string_view named = rest.substr(0, kTicketBytes);
  if (!SameMac(rest.substr(kTicketBytes), Mac("ticket", named))) return std::nullopt;
  TicketName ticket;
  ticket.performance.value = TakeBigEndian(&rest, 8);
  std::copy_n(rest.begin(), 16, ticket.hold.value.begin());
  rest.remove_prefix(16);
  ticket.ordinal = static_cast<std::uint32_t>(TakeBigEndian(&rest, 4));
  return ticket;
}

}  // namespace seathold::web
