// What a call answers: Status, or Result<T> = Status or a value. Plain values; copying never
// throws.
//
// Every code belongs to one of four outcomes, and there is never a fifth:
//   done      it happened, and is durable;
//   refused   no effect, and the same request would be refused again until something changes;
//   busy      no effect, retry (retryable() == false: reopen the engine first);
//   unknown   it may have happened: send the same request with the same id again, or read with
//   `settle`.
// "No effect" speaks of this call, never of an earlier one with the same id.
//
//   const HoldReply hold = seats.Hold(request);
//   if (hold.status == Code::kSeatTaken) ...                   // one code
//   if (hold.status.outcome() == Outcome::kBusy) ...           // a family
//   std::puts(hold.status.text().c_str());                     // for people
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "seathold/cxx20.h"

namespace seathold {

enum class Outcome : std::uint8_t { kDone = 0, kRefused = 1, kBusy = 2, kUnknown = 3 };
// "done", "refused", "busy" or "unknown". Ends in a NUL.
std::string_view OutcomeName(Outcome outcome);

// Numbers are stable and never reused. The hundreds are families, in the order in which a request
// is checked: argument, handle, replay, catalogue, pass, request limits, seat, owner and state,
// price, funds, storage; accounts stand apart.
//       name                     number outcome   retryable text
#define SEATHOLD_CODES(X)                                                                          \
  X(kOk, 0, kDone, false, "done")                                                                  \
  X(kInvalidArgument, 101, kRefused, false, "an argument is out of its range")                     \
  X(kInvalidText, 102, kRefused, false, "text is not valid UTF-8, has a NUL, or is too long")      \
  X(kDuplicateSeat, 103, kRefused, false, "a seat is named twice")                                 \
  X(kAmountOutOfRange, 104, kRefused, false, "an amount or a sum is out of range")                 \
  X(kInvalidPlan, 105, kRefused, false, "the seating plan is refused; nothing was imported")       \
  X(kBufferTooSmall, 106, kRefused, false, "the buffer is too small")                              \
  X(kClosed, 201, kBusy, false, "the engine is closed")                                            \
  X(kBadHandle, 202, kRefused, false, "the handle is not an open engine")                          \
  X(kForked, 203, kRefused, false,                                                                 \
    "the engine was opened before a fork; open one in this process")                               \
  X(kUnsupported, 204, kRefused, false, "this build or adapter does not offer that")               \
  X(kTooManyEngines, 205, kRefused, false, "too many engines are open in this process")            \
  X(kIdempotencyMismatch, 301, kRefused, false, "this id was used before with other arguments")    \
  X(kUnknownVenue, 401, kRefused, false, "no such venue")                                          \
  X(kUnknownShow, 402, kRefused, false, "no such show")                                            \
  X(kUnknownPerformance, 403, kRefused, false, "no such performance")                              \
  X(kUnknownSeat, 404, kRefused, false, "no such seat at this venue")                              \
  X(kUnknownTicketType, 405, kRefused, false, "no price for this category and ticket type")        \
  X(kUnknownHold, 406, kRefused, false, "no such hold")                                            \
  X(kUnknownTransfer, 407, kRefused, false, "no such transfer")                                    \
  X(kUnknownUser, 408, kRefused, false, "no such user")                                            \
  X(kAlreadyExists, 409, kRefused, false, "it exists already")                                     \
  X(kSaleNotOpen, 410, kRefused, false, "the sale is not open")                                    \
  X(kSaleEnded, 411, kRefused, false, "the sale has ended")                                        \
  X(kNotAdmitted, 501, kRefused, false, "this show needs a pass from its queue")                   \
  X(kPassInvalid, 502, kRefused, false, "the pass is forged, or for another user or show")         \
  X(kPassOver, 503, kRefused, false, "the pass has expired; join the queue again")                 \
  X(kPassSpent, 504, kRefused, false, "the pass was spent or revoked; join the queue again")       \
  X(kTokenInvalid, 505, kRefused, false, "the token is forged, malformed, or for something else")  \
  X(kNoLine, 506, kRefused, false, "this show has no queue, or the engine has no line")            \
  X(kTooManySeats, 601, kRefused, false, "more seats than one hold may have")                      \
  X(kHoldTooLong, 602, kRefused, false, "a longer hold than is allowed")                           \
  X(kSeatTaken, 701, kRefused, true, "a seat is taken")                                            \
  X(kSeatBlocked, 702, kRefused, false, "a seat is blocked")                                       \
  X(kSoldOut, 703, kRefused, false, "sold out")                                                    \
  X(kAllHeld, 704, kRefused, true, "all held; some may come back")                                 \
  X(kNoAdjacentSeats, 705, kRefused, true, "no seats side by side; single ones may be free")       \
  X(kNotEnoughSeats, 706, kRefused, true, "fewer seats are free than were asked for")              \
  X(kNotHoldOwner, 801, kRefused, false, "the hold is another user's")                             \
  X(kHoldExpired, 802, kRefused, false, "the hold has expired")                                    \
  X(kHoldCancelled, 803, kRefused, false, "the hold was cancelled")                                \
  X(kHoldConfirmed, 804, kRefused, false, "the hold is confirmed; to undo it is a refund")         \
  X(kHoldRefunded, 805, kRefused, false, "the reservation was refunded")                           \
  X(kNotConfirmed, 806, kRefused, false, "the hold is not confirmed")                              \
  X(kPriceMismatch, 901, kRefused, false,                                                          \
    "the total is not the expected one; pay again under a new id")                                 \
  X(kCurrencyMismatch, 902, kRefused, false, "another currency than the performance's")            \
  X(kUserLimit, 903, kRefused, false, "more seats than one user may have at this performance")     \
  X(kInsufficientFunds, 1001, kRefused, false, "the balance is too low; pay again under a new id") \
  X(kReferenceUsed, 1002, kRefused, false, "this provider reference paid for something else")      \
  X(kEmailTaken, 1101, kRefused, false, "this e-mail has an account")                              \
  X(kPasswordWeak, 1102, kRefused, false, "the password is too short, too long or too common")     \
  X(kBadCredentials, 1103, kRefused, false, "e-mail or password is wrong")                         \
  X(kThrottled, 1104, kRefused, true, "too many attempts; wait")                                   \
  X(kAccountDisabled, 1105, kRefused, false, "the account is disabled")                            \
  X(kAccessDenied, 1106, kRefused, false, "the access token is missing, forged, over or revoked")  \
  X(kTooManyKeys, 1107, kRefused, true, "too many signing keys may still be in use; wait")         \
  X(kBusy, 1201, kBusy, true, "busy; nothing was done")                                            \
  X(kStorageFull, 1202, kBusy, true, "the disk is full; nothing was done")                         \
  X(kOutOfMemory, 1203, kBusy, true, "out of memory; nothing was done")                            \
  X(kStorageFailed, 1204, kBusy, false, "storage failed; reopen the engine")                       \
  X(kStorageCorrupt, 1205, kBusy, false, "the database is damaged")                                \
  X(kOutcomeUnknown, 1206, kUnknown, true,                                                         \
    "the outcome is unknown; send it again with the same id")                                      \
  X(kReadOnly, 1207, kRefused, false, "the database cannot be written")                            \
  X(kNewerSchema, 1208, kRefused, false, "the database was written by a newer release")            \
  X(kNotOwner, 1209, kRefused, false, "another process owns the database")                         \
  X(kCannotOpen, 1210, kRefused, false, "the database cannot be opened")                           \
  X(kFeedTruncated, 1211, kRefused, false,                                                         \
    "the feed no longer reaches back that far; load the map")                                      \
  X(kAborted, 1212, kBusy, true, "a record changed underneath; nothing was done")                  \
  X(kLineLost, 1213, kBusy, true, "the waiting line is being rebuilt")                             \
  X(kKeysMissing, 1214, kRefused, false, "the signing keys of this database are missing")          \
  X(kWrongFile, 1215, kRefused, false, "a file beside the database is another database's")         \
  X(kSecondName, 1216, kRefused, false, "the database file goes by a second name")                 \
  X(kLineFailed, 1217, kBusy, true, "the file of the waiting line cannot be used")                 \
  X(kInternal, 1299, kBusy, false, "an internal error; nothing was done")

enum class Code : std::int32_t {
#define SEATHOLD_CODE_ENUM(name, number, outcome, retryable, text) name = number,
  SEATHOLD_CODES(SEATHOLD_CODE_ENUM)
#undef SEATHOLD_CODE_ENUM
};

// What stands in the table of codes, for hosts that hand codes on: to a page, a log, a language.
struct CodeInfo {
  Code code;
  Outcome outcome;
  bool retryable;
  std::string_view name;  // "kSeatTaken"
  std::string_view text;
};
// nullptr for a number that is no code.
const CodeInfo* FindCode(Code code);
std::size_t CodeCount();
const CodeInfo& CodeAt(std::size_t index);  // index < CodeCount(); in ascending order of number

// What came of a call: a code, and for people what and where.
// A refusal made from a code alone allocates nothing; `detail` says where and what, for people.
// Branch by code or outcome, never by text: texts change.
class [[nodiscard]] Status {
 public:
  Status() = default;
  explicit Status(Code code) : code_(code) {}
  Status(Code code, std::string detail)
      : code_(code), detail_(std::make_shared<const std::string>(std::move(detail))) {}

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  // Which of the four families it belongs to: enough for most callers to go by.
  Outcome outcome() const;
  // The same request may go well, later. False with kBusy: not before the engine is opened again.
  bool retryable() const;
  // What and where, where the code alone does not say; may be empty.
  std::string_view detail() const { return detail_ ? std::string_view(*detail_) : ""; }
  std::string text() const;  // "a seat is taken", or "cannot open: x.db: Permission denied"

  // When the same request may go well, in milliseconds from the answer; 0 = not known. Told with
  // kThrottled.
  std::int64_t retry_after_ms() const { return retry_after_ms_; }
  // Sets it, on a status that is being made.
  Status&& RetryAfterMs(std::int64_t ms) && {
    retry_after_ms_ = ms;
    return std::move(*this);
  }

  friend bool operator==(const Status& a, Code b) { return a.code_ == b; }

 private:
  Code code_ = Code::kOk;
  std::int64_t retry_after_ms_ = 0;
  std::shared_ptr<const std::string>
      detail_;  // shared: a batch may give one detail to many replies
};

// Says why on stderr and ends the process.
[[noreturn]] void EndWithoutValue(const Status& status);

// A value, or the Status that says why there is none. Ask first where the program can go on without
// it; take value() where it cannot.
//
//   Result<HoldView> view = seats.Get(evening, hold);
//   if (!view.ok()) return Explain(view.status());
//   Show(view->total);
//   const VenueId hall = catalog.AddVenue(plan, "UTC").value();  // or the program ends, with why
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}  // NOLINT: implicit on purpose
  Result(Status status) : status_(std::move(status)) { assert(!status_.ok()); }  // NOLINT
  Result(Code code) : status_(code) { assert(!status_.ok()); }                   // NOLINT

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  Code code() const { return status_.code(); }
  // The value; where there is none, ends the process and says why on stderr.
  T& value() & {
    Check();
    return *value_;
  }
  const T& value() const& {
    Check();
    return *value_;
  }
  T&& value() && {
    Check();
    return *std::move(value_);
  }
  // REQUIRES: ok().
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }
  T& operator*() & {
    assert(ok());
    return *value_;
  }
  const T& operator*() const& {
    assert(ok());
    return *value_;
  }

 private:
  void Check() const {
    if (!ok()) [[unlikely]]
      EndWithoutValue(status_);
  }

  Status status_;
  std::optional<T> value_;
};

}  // namespace seathold
