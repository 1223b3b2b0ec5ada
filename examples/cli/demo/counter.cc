#include "examples/cli/demo/counter.h"

#include <algorithm>
#include <utility>

namespace seathold::demo {
namespace {

constexpr int kPollSeconds = 20;

std::vector<Visit*> VisitsOf(const auto& buyers) {
  std::vector<Visit*> visits;
  visits.reserve(buyers.size());
  for (auto* buyer : buyers) visits.push_back(&buyer->visit);
  return visits;
}

bool IsBusy(Code code) {
  const CodeInfo* info = FindCode(code);
  return info != nullptr && (info->outcome == Outcome::kBusy || info->outcome == Outcome::kUnknown);
}

}  // namespace

Counter::Counter(BoxOffice& office, const Hall& hall, int steps_max)
    : office_(office), hall_(hall), due_(static_cast<std::size_t>(steps_max) + 1) {}

void Counter::Expect(std::uint64_t seed, std::uint32_t index, UserId user,
                     std::string access_token) {
  Buyer& buyer = buyers_.emplace_back(
      Buyer{.script = WriteScript(seed, index), .dice = Dice(~seed, index), .visit = {}});
  buyer.visit.buyer = index;
  buyer.visit.user = user;
  buyer.visit.access_token = std::move(access_token);
  buyer.visit.wanted = buyer.script.seats;
  buyer.tries_left = buyer.script.tries;
  if (buyer.script.walks_after_s > 0) {
    buyer.gone_at_step = (buyer.script.arrives_s + buyer.script.walks_after_s) / kStepSeconds;
  }
  After(buyer, Stage::kJoining, buyer.script.arrives_s);
}

// Beyond the last step nobody is served any more; such buyers stay undecided and are reported so.
void Counter::After(Buyer& buyer, Stage stage, int seconds) {
  buyer.stage = stage;
  const int step = step_ + std::max(1, seconds / kStepSeconds);
  if (static_cast<std::size_t>(step) < due_.size())
    due_[static_cast<std::size_t>(step)].push_back(&buyer);
}

void Counter::End(Buyer&, Fate fate) { ++tally_.fates[static_cast<std::size_t>(fate)]; }

void Counter::GoHome(Buyer& buyer, Fate fate) {
  if (buyer.script.says_goodbye && !buyer.visit.token.empty()) {
    office_.Leave(buyer.visit);
    if (buyer.visit.code != Code::kOk) tally_.Note(buyer.visit.code);
  }
  End(buyer, fate);
}

void Counter::ComeAgain(Buyer& buyer) {
  ++tally_.rejoins;
  After(buyer, Stage::kJoining, buyer.dice.Between(2, 10));
}

void Counter::Serve(int step, TimeUs now, const HallMap& map) {
  step_ = step;
  now_ = now;
  const Buyers due = std::exchange(due_[static_cast<std::size_t>(step)], {});
  std::array<Buyers, kStages> at;  // sorted first: serving moves a buyer to another stage
  for (Buyer* buyer : due) at[static_cast<std::size_t>(buyer->stage)].push_back(buyer);
  const auto of = [&](Stage stage) -> const Buyers& { return at[static_cast<std::size_t>(stage)]; };
  ServeJoins(of(Stage::kJoining));
  ServePolls(of(Stage::kWaiting), map);
  ServeChoosers(of(Stage::kChoosing), map);
  for (Buyer* buyer : of(Stage::kPaying)) Pay(*buyer);
  for (Buyer* buyer : of(Stage::kSettling)) Settle(*buyer);
  for (Buyer* buyer : of(Stage::kCancelling)) Cancel(*buyer);
}

// ---- the line ----------------------------------------------------------------------------------

void Counter::ServeJoins(const Buyers& buyers) {
  if (buyers.empty()) return;
  office_.Join(VisitsOf(buyers));
  tally_.joins += buyers.size();
  for (Buyer* buyer : buyers) AfterLine(*buyer);
}

void Counter::ServePolls(const Buyers& buyers, const HallMap& map) {
  const bool sold_out = map.sold == hall_.seats();
  Buyers polling;
  for (Buyer* buyer : buyers) {
    const bool gone = buyer->gone_at_step > 0 && step_ >= buyer->gone_at_step;
    if (sold_out || gone)
      End(*buyer, sold_out ? Fate::kSoldOut : Fate::kWalkedAway);
    else
      polling.push_back(buyer);
  }
  if (polling.empty()) return;
  office_.Poll(VisitsOf(polling));
  tally_.polls += polling.size();
  for (Buyer* buyer : polling) AfterLine(*buyer);
}

void Counter::AfterLine(Buyer& buyer) {
  const Visit& visit = buyer.visit;
  if (visit.code != Code::kOk) {
    tally_.Note(visit.code);
    return IsBusy(visit.code) ? After(buyer, buyer.stage, 2) : ComeAgain(buyer);
  }
  switch (visit.place) {
    case LineState::kAdmitted:
      return After(buyer, Stage::kChoosing, buyer.dice.Between(2, 20));
    case LineState::kAbsent:
      return ComeAgain(buyer);
    case LineState::kWaiting:
      return After(buyer, Stage::kWaiting, kPollSeconds + buyer.dice.Between(-4, 4));
  }
}

// ---- seats -------------------------------------------------------------------------------------

void Counter::ServeChoosers(const Buyers& buyers, const HallMap& map) {
  Buyers pointing, trusting;
  for (Buyer* buyer : buyers) {
    if (!SeesSeats(*buyer, map)) continue;
    Visit& visit = buyer->visit;
    visit.wanted = std::min(buyer->script.seats, static_cast<int>(map.available));
    visit.hold = HoldId{DrawId(*buyer)};
    visit.seats.clear();
    if (!buyer->script.asks_best) {
      visit.seats = hall_.Choose(map, visit.wanted, buyer->script.wish);
    }
    (visit.seats.empty() ? trusting : pointing).push_back(buyer);
  }
  AskForSeats(pointing, false);
  AskForSeats(trusting, true);
}

bool Counter::SeesSeats(Buyer& buyer, const HallMap& map) {
  if (map.sold == hall_.seats())
    GoHome(buyer, Fate::kSoldOut);
  else if (map.available == 0)
    TryAgain(buyer);
  else
    return true;
  return false;
}

void Counter::AskForSeats(const Buyers& buyers, bool best) {
  if (buyers.empty()) return;
  const auto ask = [&](const Buyers& who) {
    if (best)
      office_.HoldBest(VisitsOf(who));
    else
      office_.Hold(VisitsOf(who));
    tally_.hold_asks += who.size();
  };
  ask(buyers);
  Buyers again;  // the answer got lost, so they say
  for (Buyer* buyer : buyers) {
    if (buyer->visit.code == Code::kOk && buyer->script.repeats) again.push_back(buyer);
  }
  if (!again.empty()) {
    ask(again);
    tally_.repeats += again.size();
    for (Buyer* buyer : again) tally_.replays += buyer->visit.replayed;
  }
  for (Buyer* buyer : buyers) AfterHold(*buyer);
}

void Counter::AfterHold(Buyer& buyer) {
  if (buyer.visit.code != Code::kOk) return AfterHoldRefused(buyer);
  ++tally_.holds;
  tally_.seats_held += buyer.visit.seats.size();
  switch (buyer.script.ending) {
    case Ending::kLetsLapse:
      return End(buyer, Fate::kLetLapse);
    case Ending::kCancels:
      return After(buyer, Stage::kCancelling, buyer.script.pays_after_s);
    case Ending::kPays:
      buyer.visit.payment = TransferId{DrawId(buyer)};
      return After(buyer, Stage::kPaying, buyer.script.pays_after_s);
  }
}

void Counter::AfterHoldRefused(Buyer& buyer) {
  const Code code = buyer.visit.code;
  tally_.Note(code);
  switch (code) {
    case Code::kSeatTaken:
    case Code::kAllHeld:
    case Code::kNoAdjacentSeats:
    case Code::kNotEnoughSeats:
      return TryAgain(buyer);
    case Code::kSoldOut:
      return GoHome(buyer, Fate::kSoldOut);
    case Code::kPassOver:
    case Code::kPassSpent:
      return buyer.script.stays ? ComeAgain(buyer) : End(buyer, Fate::kGaveUp);
    default:
      return IsBusy(code) ? After(buyer, Stage::kChoosing, 2) : End(buyer, Fate::kGaveUp);
  }
}

void Counter::TryAgain(Buyer& buyer) {
  if (!buyer.script.stays && --buyer.tries_left <= 0) return GoHome(buyer, Fate::kGaveUp);
  After(buyer, Stage::kChoosing, buyer.dice.Between(4, 20));
}

// ---- money -------------------------------------------------------------------------------------

void Counter::Pay(Buyer& buyer) {
  const int clicks = buyer.script.repeats ? 2 : 1;
  int accepted = 0;
  for (int i = 0; i < clicks; ++i) {
    office_.BeginPayment(buyer.visit, buyer.script.purse);
    accepted += buyer.visit.code == Code::kOk;
  }
  if (accepted > 0) return After(buyer, Stage::kSettling, buyer.script.provider_s);
  tally_.Note(buyer.visit.code);
  if (IsBusy(buyer.visit.code)) return After(buyer, Stage::kPaying, 2);
  AfterHoldLost(buyer);
}

void Counter::Settle(Buyer& buyer) {
  Visit& visit = buyer.visit;
  office_.FinishPayment(visit, buyer.script.purse);
  if (visit.code == Code::kOk && buyer.script.repeats) ClickAgain(buyer);
  if (visit.code == Code::kOk) {
    ++tally_.payments;
    tally_.receipts.push_back({visit.user, visit.hold, visit.seats, visit.total_minor});
    return End(buyer, Fate::kPaid);
  }
  tally_.Note(visit.code);
  if (IsBusy(visit.code)) return After(buyer, Stage::kSettling, 2);
  if (visit.code == Code::kInsufficientFunds) return AfterShort(buyer);
  AfterHoldLost(buyer);
}

// The buyer knows already that it is paid: the second answer changes nothing for them.
void Counter::ClickAgain(Buyer& buyer) {
  office_.FinishPayment(buyer.visit, buyer.script.purse);
  ++tally_.repeats;
  if (buyer.visit.code == Code::kOk)
    tally_.replays += buyer.visit.replayed;
  else
    tally_.Note(buyer.visit.code);
  buyer.visit.code = Code::kOk;
}

// The refusal is kept under its payment id, so the next attempt is a new payment.
void Counter::AfterShort(Buyer& buyer) {
  if (!buyer.script.tops_up) return End(buyer, Fate::kNoMoney);
  office_.TopUp(buyer.visit, buyer.visit.total_minor);
  if (buyer.visit.code == Code::kOk)
    ++tally_.top_ups;
  else
    tally_.Note(buyer.visit.code);
  buyer.visit.payment = TransferId{DrawId(buyer)};
  After(buyer, Stage::kPaying, 2);
}

void Counter::AfterHoldLost(Buyer& buyer) {
  if (buyer.script.stays)
    ComeAgain(buyer);
  else
    End(buyer, Fate::kTooLate);
}

void Counter::Cancel(Buyer& buyer) {
  office_.Cancel(buyer.visit);
  if (buyer.visit.code == Code::kOk)
    ++tally_.cancels;
  else
    tally_.Note(buyer.visit.code);
  End(buyer, Fate::kCancelled);
}

// A UUIDv7 of the sale clock: the caller's own ids, the same in every run of a seed.
Uuid Counter::DrawId(Buyer& buyer) const {
  Uuid id{};
  const std::uint64_t ms = static_cast<std::uint64_t>(now_.value / kUsPerMs);
  for (std::size_t i = 0; i < 6; ++i) id[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  const std::uint64_t a = buyer.dice.Next(), b = buyer.dice.Next();
  for (std::size_t i = 0; i < 5; ++i) id[6 + i] = static_cast<std::uint8_t>(a >> (8 * i));
  for (std::size_t i = 0; i < 5; ++i) id[11 + i] = static_cast<std::uint8_t>(b >> (8 * i));
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0F) | 0x70);
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3F) | 0x80);
  return id;
}

}  // namespace seathold::demo
