#include "capi/handle_table.h"

#include "capi/session.h"

namespace seathold::capi {
namespace {

constexpr std::uint64_t kStateBits = 3;
constexpr std::uint64_t kStateMask = (1 << kStateBits) - 1;
constexpr std::uint64_t kSlotBits = 16;
constexpr std::uint64_t kGenerationBits = 40;
constexpr std::uint64_t kGenerationMask = (std::uint64_t{1} << kGenerationBits) - 1;
constexpr std::uint64_t kTag = 0x5E;

static_assert(kStripes == 16, "StripeOfThread gives four bits");

constinit std::array<Slot, kEnginesMax> slots;

std::uint64_t WordOf(std::uint64_t generation, SlotState state) {
  return generation << kStateBits | static_cast<std::uint64_t>(state);
}
std::uint64_t GenerationOf(std::uint64_t word) { return word >> kStateBits; }
SlotState StateOf(std::uint64_t word) { return static_cast<SlotState>(word & kStateMask); }

// Two copies of the library in one process have handles that do not look alike.
std::uint64_t Salt() {
  return (reinterpret_cast<std::uintptr_t>(&slots) >> 6) * 0x9E3779B97F4A7C15u >> 24;
}

std::uint64_t HandleOf(const Slot* slot, std::uint64_t generation) {
  const auto number = static_cast<std::uint64_t>(slot - slots.data()) + 1;
  return kTag << (kSlotBits + kGenerationBits) |
         ((generation ^ Salt()) & kGenerationMask) << kSlotBits | number;
}

// Threads have stacks far apart, so where this call's stack is tells them apart well enough.
std::size_t StripeOfThread() {
  const char here = 0;
  return (reinterpret_cast<std::uintptr_t>(&here) >> 20) * 0x9E3779B97F4A7C15u >> 60;
}

}  // namespace

std::uint64_t Slot::calls_inside() const {
  std::uint64_t sum = 0;
  for (const Stripe& stripe : stripes) sum += stripe.calls.load();
  return sum;
}

Pin::Pin(std::uint64_t handle, bool closing) {
  const std::uint64_t number = handle & ((1 << kSlotBits) - 1);
  const std::uint64_t generation = (handle >> kSlotBits & kGenerationMask) ^ Salt();
  code_ = Code::kBadHandle;
  if (handle >> (kSlotBits + kGenerationBits) != kTag || number == 0 || number > kEnginesMax)
    return;
  slot_ = &slots[number - 1];
  Stripe& stripe = slot_->stripes[StripeOfThread()];
  // Counted first, looked at second: whoever closes marks first and counts second.
  first_inside_ = stripe.calls.fetch_add(1) == 0;
  const std::uint64_t word = slot_->word.load();
  const SlotState state = StateOf(word);
  if ((GenerationOf(word) & kGenerationMask) == generation && state >= SlotState::kOpen) {
    const bool enter = state == SlotState::kOpen || (closing && state == SlotState::kDraining);
    code_ = enter ? Code::kOk : Code::kClosed;
    if (enter && slot_->session->fork_guard.forked()) code_ = Code::kForked;
  }
  if (code_ == Code::kOk) {
    stripe_ = &stripe;
  } else {
    stripe.calls.fetch_sub(1);
  }
}

Slot* TakeSlot() {
  for (Slot& slot : slots) {
    std::uint64_t word = slot.word.load();
    if (StateOf(word) != SlotState::kFree) continue;
    const std::uint64_t taken = WordOf(GenerationOf(word), SlotState::kOpening);
    if (slot.word.compare_exchange_strong(word, taken)) return &slot;
  }
  return nullptr;
}

std::uint64_t PublishSlot(Slot* slot, Session* session) {
  const std::uint64_t generation = GenerationOf(slot->word.load());
  slot->session = session;
  slot->word.store(WordOf(generation, SlotState::kOpen));
  return HandleOf(slot, generation);
}

void ReleaseSlot(Slot* slot) {
  slot->session = nullptr;
  slot->word.store(WordOf(GenerationOf(slot->word.load()) + 1, SlotState::kFree));
}

bool MoveSlot(Slot* slot, SlotState from, SlotState to) {
  std::uint64_t word = slot->word.load();
  return StateOf(word) == from &&
         slot->word.compare_exchange_strong(word, WordOf(GenerationOf(word), to));
}

}  // namespace seathold::capi
