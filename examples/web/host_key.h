// The host's own key: it signs tickets and who is staff. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "seathold/ids.h"
#include "seathold/status.h"

namespace seathold::web {

enum class Role : std::uint8_t { kAnyone, kBuyer, kStaff, kOperator };

// A seat that somebody paid for, as its ticket names it.
struct TicketName {
  PerformanceId performance;
  HoldId hold;
  std::uint32_t ordinal = 0;
  auto operator<=>(const TicketName&) const = default;
};

class HostKey {
 public:
  // Reads the key at `path`, or makes it (0600). Empty: a key of this process alone, gone with it.
  // Errors: kCannotOpen, kKeysMissing (what is there is no key).
  static Result<HostKey> Open(const std::string& path);

  // The engine's access token, with the role of whoever it was given to. A buyer's is as it was.
  std::string WithRole(std::string_view access_token, Role role) const;
  struct Bearer {
    std::string_view access_token;
    Role role = Role::kBuyer;
  };
  // What WithRole made; nullopt where the role is forged. Whether the access token is good is for
  // the engine to say.
  std::optional<Bearer> OpenBearer(std::string_view bearer) const;

  std::string SignTicket(const TicketName& ticket) const;
  std::optional<TicketName> CheckTicket(std::string_view text) const;

 private:
  std::string Mac(std::string_view purpose, std::string_view text) const;

  std::array<std::uint8_t, 32> key_{};
};

}  // namespace seathold::web
