// The waiting room: one line a show, off unless the show requires admission.
//
//   Place place = engine->queue().Join({.show = show, .user = ann});
//   while (place.ok() && place.state == LineState::kWaiting) {
//     ...                                          // tell her `place.ahead`, wait a few seconds
//     place = engine->queue().Poll(place.token.view());
//   }
//   if (!place.pass.empty()) ...                   // HoldRequest::pass
//
// A buyer joins and gets a token, which is a place. Polling with the token is a heartbeat; once it
// is their turn the answer carries a pass, and only a pass starts a hold. Tokens and passes are
// signed strings of at most 95 bytes. A lost line is rebuilt from the tokens that come back: nobody
// loses their place. Part of an Engine, valid while it lives; thread-safe; batches as in
// ReservationSystem.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "seathold/ids.h"
#include "seathold/status.h"
#include "seathold/time.h"
#include "seathold/types.h"

namespace seathold {

struct JoinRequest {
  ShowId show;
  UserId user;  // an authenticated one: who it is, the host or Accounts has checked
};

// A short signed string, stored inline.
class SignedText {
 public:
  SignedText() {}
  explicit SignedText(std::string_view text);  // REQUIRES: at most 95 bytes
  std::string_view view() const { return {text_, size_}; }
  bool empty() const { return size_ == 0; }

 private:
  std::uint8_t size_ = 0;
  char text_[95];  // what lies beyond size_ is never looked at
};

// Where somebody stands. kAbsent with status ok: the place was dropped for silence, or its pass has
// expired; join again.
struct [[nodiscard]] Place {
  Status status;
  LineState state = LineState::kAbsent;
  Sequence sequence;        // who came first has the lower one
  std::uint64_t ahead = 0;  // living waiters in front
  TimeUs admitted_until;    // once admitted: when the pass expires
  SignedText token;         // the place itself: keep it, show it with each poll
  SignedText pass;          // once admitted: what starts a hold

  bool ok() const { return status.ok(); }
};

class QueueManager {
 public:
  virtual ~QueueManager() = default;

  // One place a (show, user): joining again gives the same place while that one waits or its pass
  // runs, and the same token unless the keys were rotated since (both count then). Once the pass
  // has expired it gives a place at the back; a hold made under that pass may still be paid, and
  // counts as inside until its deadline. Errors in order: kInvalidArgument, kClosed, kReadOnly,
  // kUnknownShow, kNoLine, kBusy (the line cannot be reached, or is being rebuilt), storage's.
  virtual void Join(std::span<const JoinRequest> requests, std::span<Place> replies,
                    const CallOptions& options = {}) = 0;
  Place Join(const JoinRequest& request, const CallOptions& options = {}) {
    Place reply;
    Join({&request, 1}, {&reply, 1}, options);
    return reply;
  }
  // A heartbeat, and how things stand; now and then it lets in whom there is room for, so that a
  // host need not call Admit. Each text is a place token or a pass: a buyer
  // admitted before a line was lost shows the pass and stays admitted until it expires; with the
  // token alone they wait at their old place. Errors in order: kClosed, kReadOnly, kTokenInvalid,
  // kUnknownShow, kNoLine, kBusy, storage's, kPassSpent (spent, left or revoked: join again). An
  // entry that was dropped for silence, or whose pass has expired, answers kOk with state kAbsent:
  // join again, at the back.
  virtual void Poll(std::span<const std::string_view> tokens, std::span<Place> replies,
                    const CallOptions& options = {}) = 0;
  Place Poll(std::string_view token, const CallOptions& options = {}) {
    Place reply;
    Poll({&token, 1}, {&reply, 1}, options);
    return reply;
  }
  // Lets in as many as `max`, the cap and the rate of the show allow; returns how many. Poll and
  // Engine::Sweep do too. `max` is at least 1. Errors in order:
  // kInvalidArgument, kClosed, kReadOnly, kUnknownShow, kNoLine, kBusy, storage's.
  virtual Result<int> Admit(ShowId show, int max, const CallOptions& options = {}) = 0;
  // Gives the places of tokens, or of passes, back; all of a call in one transaction (of at most
  // batch_max). Idempotent. Errors of each in order: kClosed, kReadOnly, kTokenInvalid,
  // kUnknownShow, kNoLine, storage's.
  virtual void Leave(std::span<const std::string_view> tokens, std::span<Status> replies,
                     const CallOptions& options = {}) = 0;
  Status Leave(std::string_view token, const CallOptions& options = {}) {
    Status reply;
    Leave({&token, 1}, {&reply, 1}, options);
    return reply;
  }
  // Takes a user out of the line and voids the tokens and passes given to them so far; one who
  // joins again starts at the back. Errors in order: kInvalidArgument, kClosed, kReadOnly,
  // kUnknownShow, kNoLine, kBusy, storage's (after which the user may hold a place; revoke again).
  virtual Status Revoke(ShowId show, UserId user, const CallOptions& options = {}) = 0;
  // Counts of a line. Errors in order: kInvalidArgument, kClosed, kUnknownShow, kNoLine, kBusy,
  // storage's.
  virtual Result<LineStats> Stats(ShowId show, const CallOptions& options = {}) = 0;
};

}  // namespace seathold
