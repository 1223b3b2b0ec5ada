// An engine behind its C handle, with a hall to sell: what most tests of the C library start from.
#pragma once

#include <gtest/gtest.h>
#include <seathold.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace seathold_test {

inline constexpr std::int64_t kWait = SEATHOLD_TIMEOUT_DEFAULT;
inline constexpr std::int64_t kStartUs = 1'800'000'000'000'000;
inline constexpr std::uint64_t kAnn = 7, kBob = 8;
inline constexpr std::uint32_t kSeats = 120;  // of the hall: 10 rows of 12
inline constexpr std::int64_t kPriceMinor = 4'500;

using Id = std::array<std::uint8_t, 16>;

inline seathold_str Str(std::string_view text) { return {text.data(), text.size()}; }

// Small distinct ids, so that a failure reads well.
inline Id MakeId(std::uint8_t kind, std::uint32_t number) {
  Id id{};
  id[0] = kind;
  std::memcpy(&id[12], &number, sizeof number);
  return id;
}

// Calls a function that gives text until its buffer is large enough.
template <class Call>
std::string TextOf(Call&& call) {
  std::string text(16, '\0');
  std::size_t needed = 0;
  while (call(text.data(), text.size(), &needed) == SEATHOLD_E_BUFFER_TOO_SMALL) {
    text.assign(needed + 1, '\0');
  }
  text.resize(needed);
  return text;
}

// Where what a storage does not bring itself is; empty = the default.
struct Beside {
  std::string cache, keys;  // `cache` is for claims and line
};

class Office {
 public:
  explicit Office(const std::string& storage = "memory:", bool queue = false,
                  const Beside& beside = {});
  ~Office() { seathold_close(engine, kWait, nullptr); }
  Office(const Office&) = delete;
  Office& operator=(const Office&) = delete;

  std::uint64_t Seat(std::uint32_t ordinal) const { return seathold_seat_id(venue, ordinal); }
  std::uint64_t AddPerformance();

  seathold_hold_request HoldRequest(std::uint32_t number, std::uint64_t user) const;
  seathold_confirm_request ConfirmRequest(std::uint32_t number, const Id& hold,
                                          std::uint64_t user) const;
  // Single calls; the error of the last one stands in `error`.
  seathold_hold_result Hold(std::uint32_t number, std::uint64_t user,
                            std::vector<std::uint32_t> ordinals);
  seathold_pay_result Confirm(std::uint32_t number, const Id& hold, std::uint64_t user);
  void Charge(std::uint32_t number, std::uint64_t user, std::int64_t minor);
  std::int64_t Balance(std::uint64_t user);
  std::int64_t Now();
  void SetClock(std::int64_t now_us);
  bool Clean();
  // All that can be read of the books and the seats: equal texts = nothing has changed.
  std::string Digest();
  std::string VerifyReport();

  seathold_engine engine = 0;
  std::uint64_t venue = 0, show = 0, performance = 0;
  seathold_error error{};
};

// `storage` must outlive the options.
seathold_options OptionsFor(std::string_view storage);

}  // namespace seathold_test
