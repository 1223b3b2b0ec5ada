// What every entry of the C library goes through: its arguments are looked at, its handle is found,
// nothing thrown gets out, and the caller's error is filled.
//
// An entry is a few lines: the checks that C needs (pointers, lengths, flags), then one call of the
// C++ library between two conversions. What is decided is decided there.
#pragma once

#include <cstring>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include "capi/handle_table.h"
#include "capi/include/seathold.h"
#include "capi/scratch.h"
#include "capi/session.h"
#include "src/util/status_of.h"

namespace seathold::capi {

inline constexpr std::size_t kTextBytesMax = 64 << 10;
inline constexpr std::size_t kJsonBytesMax = 1 << 20;
// Of texts that strangers bring: what is too long is theirs to be told in the words of the call.
inline constexpr std::size_t kAnyBytes = SIZE_MAX;

// Convention 6, for every text that comes in. NULL keeps its size, which does not belong to it.
inline std::size_t SizeOf(const char* text, std::size_t size) {
  return size == SEATHOLD_NUL_ENDED && text != nullptr ? std::strlen(text) : size;
}

// How a call ended, and which item is to blame.
struct Answer {
  Status status;
  std::uint32_t index = SEATHOLD_NO_INDEX;

  Answer() = default;
  Answer(Status s) : status(std::move(s)) {}  // NOLINT: implicit on purpose, here and below
  Answer(Code code) : status(code) {}         // NOLINT
  Answer(Status s, std::size_t i) : status(std::move(s)), index(static_cast<std::uint32_t>(i)) {}
};

// Fills `error`, which may be null, and returns the code.
seathold_status Tell(seathold_error* error, const Answer& answer) noexcept;
std::uint32_t FlagsOf(const CodeInfo& info);

// The checks of an entry's arguments; the first that fails is told. Allocates only then.
class Arguments {
 public:
  Arguments& Need(const void* pointer, const char* name) {
    if (pointer == nullptr) [[unlikely]]
      Bad(name, " is NULL");
    return *this;
  }
  Arguments& Array(const void* pointer, std::size_t n, const char* name) {
    if (pointer == nullptr && n != 0) [[unlikely]]
      Bad(name, " is NULL, but not its count");
    return *this;
  }
  Arguments& Batch(std::size_t n) {
    if (n > SEATHOLD_BATCH_MAX) [[unlikely]]
      Bad("n", " is over SEATHOLD_BATCH_MAX");
    return *this;
  }
  Arguments& Rows(std::size_t n) {
    if (n < 1 || n > SEATHOLD_ROWS_MAX) [[unlikely]]
      Bad("cap", " is not within 1 .. SEATHOLD_ROWS_MAX");
    return *this;
  }
  // From here on `size` is what the text has, also where it came as SEATHOLD_NUL_ENDED.
  Arguments& Text(const char* pointer, std::size_t& size, const char* name,
                  std::size_t bytes_max = kTextBytesMax) {
    size = SizeOf(pointer, size);
    if (size > bytes_max) [[unlikely]]
      Bad(name, " is too long");
    return Array(pointer, size, name);
  }
  Arguments& Flags(std::uint32_t flags, std::uint32_t known) {
    if ((flags & ~known) != 0) [[unlikely]]
      Bad("flags", " has an unknown bit");
    return *this;
  }
  Arguments& That(bool holds, const char* name, const char* why) {
    if (!holds) [[unlikely]]
      Bad(name, why);
    return *this;
  }
  Arguments& Timeout(std::int64_t timeout_ms) {
    if (timeout_ms < SEATHOLD_TIMEOUT_DEFAULT || timeout_ms > SEATHOLD_TIMEOUT_MAX_MS)
        [[unlikely]] {
      Bad("timeout_ms", " is not within -1 .. SEATHOLD_TIMEOUT_MAX_MS");
    }
    return *this;
  }

  bool ok() const { return name_ == nullptr; }
  Status status() const { return Status(Code::kInvalidArgument, std::string(name_).append(why_)); }

 private:
  [[gnu::cold, gnu::noinline]] void Bad(const char* name, const char* why) {
    if (name_ == nullptr) name_ = name, why_ = why;
  }

  const char* name_ = nullptr;
  const char* why_ = nullptr;
};

inline CallOptions OptionsOf(std::int64_t timeout_ms) {
  return timeout_ms == SEATHOLD_TIMEOUT_DEFAULT ? CallOptions{} : CallOptions{timeout_ms};
}

// Runs `fn`, which gives an Answer and lets nothing thrown out. Once `fn` has set *sent, what is
// thrown may have had its effect: the outcome is unknown.
template <class Fn>
Answer GuardedCall(const bool* sent, Fn&& fn) noexcept {
  try {
    return fn();
  } catch (const std::bad_alloc&) {
    return *sent ? Code::kOutcomeUnknown : Code::kOutOfMemory;
  } catch (...) {
    return *sent ? Code::kOutcomeUnknown : Code::kInternal;
  }
}

// An entry without an engine.
template <class Fn>
seathold_status Plain(const Arguments& arguments, seathold_error* error, Fn&& fn) noexcept {
  const bool sent = false;
  return Tell(error, GuardedCall(&sent, [&]() -> Answer {
                if (!arguments.ok()) return arguments.status();
                return fn();
              }));
}

// Runs `fn(pin)` inside the engine of a handle.
template <class Fn>
Answer Inside(seathold_engine handle, const Arguments& arguments, const bool* sent,
              Fn&& fn) noexcept {
  return GuardedCall(sent, [&]() -> Answer {
    if (!arguments.ok()) [[unlikely]]
      return arguments.status();
    const Pin pin(handle);
    if (pin.code() != Code::kOk) [[unlikely]]
      return pin.code();
    return fn(pin);
  });
}

// An entry with one answer.
template <class Fn>
seathold_status Single(seathold_engine handle, const Arguments& arguments, seathold_error* error,
                       Fn&& fn) noexcept {
  const bool sent = false;
  return Tell(error, Inside(handle, arguments, &sent,
                            [&](const Pin& pin) -> Answer { return fn(pin.session()); }));
}

inline void GiveCode(seathold_status* out, Code code) { *out = static_cast<seathold_status>(code); }
template <class Result>
void GiveCode(Result* out, Code code) {
  *out = Result{};
  out->code = static_cast<seathold_status>(code);
}

// A batch on its way: room for its conversions, then the engine, after which there is no way back.
class Sending {
 public:
  Sending(const Pin& pin, bool* sent) : pin_(pin), sent_(sent), loan_(pin) {}

  template <class T>
  std::span<T> Room(std::vector<T> Scratch::*list, std::size_t n) {
    return loan_.Room(list, n);
  }
  Engine& engine() {
    *sent_ = true;
    return *pin_.session().engine;
  }

 private:
  const Pin& pin_;
  bool* sent_;
  ScratchLoan loan_;
};

// An entry with an answer an item, given by `fn(sending)`. A failure of the call as a whole is
// given to every item.
template <class Result, class Fn>
seathold_status Batch(seathold_engine handle, Arguments arguments, std::size_t n, Result* out,
                      seathold_error* error, Fn&& fn) noexcept {
  arguments.Batch(n).Array(out, n, "out");
  bool sent = false;
  const Answer answer = Inside(handle, arguments, &sent, [&](const Pin& pin) -> Answer {
    Sending sending(pin, &sent);
    return fn(sending);
  });
  if (answer.index == SEATHOLD_NO_INDEX && !answer.status.ok() && out != nullptr &&
      n <= SEATHOLD_BATCH_MAX) {
    for (std::size_t i = 0; i < n; ++i) GiveCode(&out[i], answer.status.code());
  }
  return Tell(error, answer);
}

// What is wrong with an item that C++ has no words for. Such an item is sent on with a zero id, so
// that it is refused in its turn; here stands why.
class Malformed {
 public:
  void Note(std::size_t index, const char* why) {
    if (why_ == nullptr) index_ = index, why_ = why;
  }
  bool any() const { return why_ != nullptr; }
  // The answer for the first item that failed.
  Answer Blame(const Status& status, std::size_t index) const {
    if (why_ != nullptr && index == index_) return {Status(status.code(), why_), index};
    return {status, index};
  }

 private:
  std::size_t index_ = 0;
  const char* why_ = nullptr;
};

// Writes the results of a batch by `write(reply, result)`. The call's answer is the first failure.
template <class Reply, class Result, class Fn>
Answer WriteEach(std::span<const Reply> replies, const Malformed& malformed, Result* out,
                 const Fn& write) {
  std::size_t failed = replies.size();
  for (std::size_t i = 0; i < replies.size(); ++i) {
    write(replies[i], &out[i]);
    if (!StatusOf(replies[i]).ok() && failed == replies.size()) failed = i;
  }
  if (failed == replies.size()) return {};
  return malformed.Blame(StatusOf(replies[failed]), failed);
}

// The results of a batch that are codes alone.
inline Answer WriteCodes(std::span<const Status> statuses, const Malformed& malformed,
                         seathold_status* out) {
  return WriteEach(statuses, malformed, out, [](const Status& status, seathold_status* code) {
    *code = static_cast<seathold_status>(status.code());
  });
}

constexpr std::uint32_t Bit(bool set, std::uint32_t bit) { return set ? bit : 0; }

// A part of a side array.
inline bool Fits(std::uint32_t at, std::uint32_t n, std::size_t size) {
  return n == 0 || std::uint64_t{at} + n <= size;
}
inline std::string_view Part(const char* side, std::uint32_t at, std::uint32_t n) {
  return n == 0 ? std::string_view() : std::string_view(side + at, n);
}

inline std::string_view Text(const char* data, std::size_t size) {
  return size == 0 ? std::string_view() : std::string_view(data, size);
}
inline Uuid ReadId(const std::uint8_t* id) {
  Uuid out{};
  if (id != nullptr) std::memcpy(out.data(), id, out.size());
  return out;
}
inline void WriteId(std::uint8_t* out, const Uuid& id) { std::memcpy(out, id.data(), id.size()); }
inline void WriteCurrency(char* out, Currency currency) {
  std::memcpy(out, currency.code.data(), 4);
}
// Nothing = not three capital letters and a NUL. Reads no further than the first byte that is
// wrong, since a shorter text in the place of a currency is an easy mistake.
inline std::optional<Currency> ReadCurrency(const char* code) {
  for (int i = 0; i < 3; ++i) {
    if (code[i] < 'A' || code[i] > 'Z') return std::nullopt;
  }
  return code[3] == '\0' ? CurrencyOfLetters({code, 3}) : std::nullopt;
}

// Gives a text and its NUL to a caller's buffer, or what it would take.
Status GiveText(std::string_view text, char* out, std::size_t cap, std::size_t* needed);
// Cuts to `size - 1` bytes at the end of a character; the number of bytes before the NUL.
std::uint32_t CopyText(std::string_view text, char* out, std::size_t size);

// Gives records to a caller's array, or says how many there are.
template <class From, class To, class Convert>
Status GiveRecords(const From& from, To* out, std::size_t cap, std::size_t* needed,
                   Convert&& convert) {
  if (needed != nullptr) *needed = from.size();
  if (from.size() > cap) return Status(Code::kBufferTooSmall);
  for (std::size_t i = 0; i < from.size(); ++i) convert(from[i], &out[i]);
  return Status();
}

}  // namespace seathold::capi
