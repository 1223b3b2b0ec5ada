#include "bench/web/mixes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace seathold::load {
namespace {

constexpr std::uint32_t kSeatsAHold = 2;
constexpr int kEveningsLeast = 5;

struct Share {
  Kind kind;
  std::uint32_t of_20;
};
constexpr std::array<Share, 4> kReads = {
    {{Kind::kMap, 13}, {Kind::kMapInFull, 3}, {Kind::kDates, 2}, {Kind::kPlace, 2}}};
constexpr std::array<Share, 3> kHolds = {
    {{Kind::kNamed, 8}, {Kind::kBest, 2}, {Kind::kCancel, 10}}};
constexpr std::array<Share, 7> kJourney = {{{Kind::kMap, 8},
                                            {Kind::kMapInFull, 2},
                                            {Kind::kDates, 2},
                                            {Kind::kPlace, 2},
                                            {Kind::kNamed, 3},
                                            {Kind::kPay, 2},
                                            {Kind::kCancel, 1}}};

template <std::size_t kCount>
Kind KindAt(const std::array<Share, kCount>& shares, std::uint32_t of_20) {
  for (const Share& share : shares) {
    if (of_20 < share.of_20) return share.kind;
    of_20 -= share.of_20;
  }
  return shares.back().kind;
}

Kind KindOf(Mix mix, std::uint32_t of_20) {
  if (mix == Mix::kReads) return KindAt(kReads, of_20);
  return mix == Mix::kHolds ? KindAt(kHolds, of_20) : KindAt(kJourney, of_20);
}

}  // namespace

std::optional<Mix> ParseMix(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Mix>, 3> kNames = {
      {{"reads", Mix::kReads}, {"holds", Mix::kHolds}, {"journey", Mix::kJourney}}};
  for (const auto& [known, mix] : kNames) {
    if (known == name) return mix;
  }
  return std::nullopt;
}

int EveningsFor(Mix mix, std::uint64_t requests, std::uint32_t seats) {
  if (mix == Mix::kReads) return kEveningsLeast;
  // Half of all requests at most are holds; what is asked for instead of an end that has nothing to
  // end is within the rest.
  const std::uint64_t needed = requests * kSeatsAHold * 6 / 10 / seats + 2;
  return std::max(kEveningsLeast, static_cast<int>(needed));
}

Crowd::Crowd(const Hall& hall, Mix mix, std::uint64_t seed)
    : mix_(mix), buyers_(hall, seed), known_(hall.buyers.size()) {}

Ask Crowd::Next() {
  const Kind kind = KindOf(mix_, buyers_.Draw(20));
  switch (kind) {
    case Kind::kMap:
    case Kind::kMapInFull:
      return NextMap(kind == Kind::kMapInFull);
    case Kind::kDates:
      return buyers_.Dates(buyers_.AnyBuyer());
    case Kind::kPlace:
      return buyers_.Place(buyers_.AnyBuyer());
    case Kind::kBest:
      return buyers_.Best(buyers_.AnyBuyer(), 0, kSeatsAHold);
    case Kind::kCancel:
    case Kind::kPay:
      return NextEnd(kind);
    case Kind::kNamed:
    case Kind::kFind:
      break;
  }
  return NextNamed();
}

// Where seats are sold all look at that evening, else each at one.
Ask Crowd::NextMap(bool in_full) {
  const std::uint32_t buyer = buyers_.AnyBuyer();
  const auto evenings = static_cast<std::uint32_t>(buyers_.hall().evenings.size());
  const std::uint32_t evening = mix_ == Mix::kReads ? buyer % evenings : evening_;
  const Known& known = known_[buyer];
  const bool knows = !in_full && known.evening == evening;
  return buyers_.Map(buyer, evening, knows ? known.etag : "");
}

Ask Crowd::NextNamed() {
  if (next_seat_ + kSeatsAHold > buyers_.hall().seats) {
    evening_ =
        std::min(evening_ + 1, static_cast<std::uint32_t>(buyers_.hall().evenings.size()) - 1);
    next_seat_ = 0;
  }
  const std::uint32_t first = std::exchange(next_seat_, next_seat_ + kSeatsAHold);
  return buyers_.Named(buyers_.AnyBuyer(), evening_, first, kSeatsAHold);
}

Ask Crowd::NextEnd(Kind kind) {
  if (held_.empty()) return NextNamed();
  const Ask held = std::move(held_.front());
  held_.pop_front();
  return kind == Kind::kPay ? buyers_.Pay(held) : buyers_.Cancel(held);
}

std::optional<Ask> Crowd::Learn(const Ask& ask, const Heard& heard) {
  if (heard.status == 201 && (ask.kind == Kind::kNamed || ask.kind == Kind::kBest)) {
    held_.push_back({.buyer = ask.buyer, .evening = ask.evening, .hold = ask.hold});
  }
  if (heard.status == 200 && (ask.kind == Kind::kMap || ask.kind == Kind::kMapInFull)) {
    known_[ask.buyer] = {ask.evening, std::string(heard.field("ETag"))};
  }
  return std::nullopt;
}

bool Crowd::Expects(Kind kind, int status) const {
  switch (kind) {
    case Kind::kMap:
      return status == 200 || status == 304;
    case Kind::kNamed:
    case Kind::kBest:
    case Kind::kPay:
      return status == 201;
    case Kind::kCancel:
      return status == 204;
    case Kind::kMapInFull:
    case Kind::kDates:
    case Kind::kPlace:
    case Kind::kFind:
      break;
  }
  return status == 200;
}

}  // namespace seathold::load
