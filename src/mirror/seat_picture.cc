#include "src/mirror/seat_picture.h"

#include <algorithm>
#include <cstring>

namespace seathold {
namespace {

// Lowest byte first, whatever the machine's order.
void PutBytes(std::uint64_t word, std::size_t bytes, std::uint8_t* to) {
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  std::memcpy(to, &word, bytes);
}

}  // namespace

SeatPicture::SeatPicture(const SeatOwners& owners)
    : owners_(owners),
      blocks_n_((owners.size() + kSeatsABlock - 1) / kSeatsABlock),
      blocks_(std::make_unique<Block[]>(blocks_n_)) {
  for (std::size_t block = 0; block < blocks_n_; ++block) blocks_[block].soonest.store(kNever);
  counts_[static_cast<std::size_t>(SeatState::kAvailable)].store(owners.size());
}

void SeatPicture::Count(SeatState state, std::uint64_t by) {
  SharedWord& count = counts_[static_cast<std::size_t>(state)];
  count.store(count.load() + by);
}

void SeatPicture::Change(std::uint32_t ordinal, SeatTerm before, SeatTerm now) {
  const std::size_t at = ordinal / kSeatsABlock;
  Block& block = blocks_[at];
  if (before.state() != now.state()) {
    const std::size_t shift = ordinal % kSeatsABlock * 2;
    const std::uint64_t flipped = (before.word ^ now.word) & 3;
    block.states.store(block.states.load() ^ flipped << shift);
    Count(before.state(), ~std::uint64_t{0});
    Count(now.state(), 1);
  }
  if (now.state() == SeatState::kHeld && now.expires_at().value < SoonestOf(at)) {
    block.soonest.store(static_cast<std::uint64_t>(now.expires_at().value));
  }
  if (before.state() != SeatState::kHeld || before.expires_at().value > SoonestOf(at)) return;
  // Neighbours mostly change together: once for all of them.
  if (unsettled_ != at) Settle();
  unsettled_ = at;
}

void SeatPicture::Settle() {
  if (unsettled_ == kNone) return;
  blocks_[unsettled_].soonest.store(
      static_cast<std::uint64_t>(SoonestIn(unsettled_, TimeUs{INT64_MIN})));
  unsettled_ = kNone;
}

std::int64_t SeatPicture::SoonestIn(std::size_t block, TimeUs after) const {
  const std::size_t first = block * kSeatsABlock;
  const std::size_t last = std::min(first + kSeatsABlock, owners_.size());
  std::int64_t soonest = kNever;
  for (std::size_t ordinal = first; ordinal < last; ++ordinal) {
    const SeatTerm term = owners_.TermAt(ordinal);
    const bool counts = term.state() == SeatState::kHeld && term.expires_at() > after;
    if (counts) soonest = std::min(soonest, term.expires_at().value);
  }
  return soonest;
}

// The block's states without its holds past their deadline.
std::uint64_t SeatPicture::PassDue(std::size_t block, TimeUs now, Seen* seen,
                                   std::int64_t* soonest) const {
  std::uint64_t states = blocks_[block].states.load();
  EachDueIn(block, now, [&](std::uint32_t ordinal, SeatTerm term) {
    states &= ~(std::uint64_t{3} << ordinal % kSeatsABlock * 2);
    --seen->counts[static_cast<std::size_t>(SeatState::kHeld)];
    ++seen->counts[static_cast<std::size_t>(SeatState::kAvailable)];
    seen->lapse = std::max(seen->lapse, term.expires_at());
  });
  *soonest = std::min(*soonest, SoonestIn(block, now));
  return states;
}

SeatPicture::Seen SeatPicture::At(TimeUs now, std::uint8_t* bits) const {
  Seen seen;
  for (std::size_t state = 0; state < seen.counts.size(); ++state) {
    seen.counts[state] = static_cast<std::uint32_t>(counts_[state].load());
  }
  const std::size_t whole = owners_.size() / kSeatsABlock;
  std::int64_t soonest = kNever;
  for (std::size_t block = 0; block < blocks_n_; ++block) {
    const std::int64_t first = SoonestOf(block);
    std::uint64_t states = bits != nullptr ? blocks_[block].states.load() : 0;
    if (first <= now.value) [[unlikely]] {
      states = PassDue(block, now, &seen, &soonest);
    } else {
      soonest = std::min(soonest, first);
    }
    if (bits == nullptr) continue;
    if (block < whole) [[likely]] {
      PutBytes(states, sizeof(states), bits + block * sizeof(states));
    } else {
      PutBytes(states, bits_bytes() - block * sizeof(states), bits + block * sizeof(states));
    }
  }
  if (soonest != kNever) seen.next_release_at = TimeUs{soonest};
  return seen;
}

}  // namespace seathold
