// From handles to engines: which slots are open, and which calls are inside.
//
// A handle is (tag, generation, slot): a stale, foreign or made-up one is told from a live one
// without following a pointer. There is no lock anywhere, since a child of fork would inherit it
// taken: slots change state by compare-and-set, and calls count themselves in and out of a slot,
// spread over a few cache lines so that threads do not queue for one.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "seathold/status.h"

namespace seathold::capi {

struct Session;
struct Scratch;

inline constexpr std::size_t kEnginesMax = 1'024;
inline constexpr std::size_t kStripes = 16;

struct alignas(64) Stripe {
  std::atomic<std::uint64_t> calls{0};
  // Scratch of the call that found nobody inside: there is one such at a time, until it leaves.
  Scratch* own = nullptr;
  // Scratch for those who found somebody.
  std::atomic<Scratch*> spare{nullptr};
};

struct Slot {
  // generation << kStateBits | state
  std::atomic<std::uint64_t> word{0};
  Session* session = nullptr;  // constant while open; set before, deleted after
  std::array<Stripe, kStripes> stripes;

  std::uint64_t calls_inside() const;
};

enum class SlotState : std::uint64_t {
  kFree = 0,
  kOpening = 1,
  kOpen = 2,
  kClosing = 3,   // a thread is closing it
  kDraining = 4,  // closing was given up with calls inside: it takes no new ones
};

// A call inside an engine, from construction to destruction.
class Pin {
 public:
  // `closing`: for the call that closes, which may go on where another has given up.
  explicit Pin(std::uint64_t handle, bool closing = false);
  ~Pin() {
    if (stripe_ != nullptr) stripe_->calls.fetch_sub(1);
  }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;

  // kOk, kBadHandle, kClosed or kForked. The rest only where it is kOk.
  Code code() const { return code_; }
  Session& session() const { return *slot_->session; }
  Stripe& stripe() const { return *stripe_; }
  // This call owns Stripe::own.
  bool first_inside() const { return first_inside_; }
  Slot& slot() const { return *slot_; }

 private:
  Slot* slot_ = nullptr;
  Stripe* stripe_ = nullptr;
  bool first_inside_ = false;
  Code code_ = Code::kOk;
};

// A free slot, taken for opening; nullptr when kEnginesMax are in use.
Slot* TakeSlot();
// Makes a taken slot live; the handle of it.
std::uint64_t PublishSlot(Slot* slot, Session* session);
// Gives back a slot that was taken or closed; its handles are stale from here on.
void ReleaseSlot(Slot* slot);
// Moves a live slot on. False when it is not in `from`.
bool MoveSlot(Slot* slot, SlotState from, SlotState to);

}  // namespace seathold::capi
