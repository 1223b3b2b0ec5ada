#include "examples/cli/demo/naive_office.h"

#include <cstring>

namespace seathold::demo {
namespace {

constexpr std::int64_t kHoldMs = 300'000, kPassMs = 120'000;

// A reservation's number travels in the place of a hold's id.
HoldId Wrap(ReservationNumber number) {
  HoldId id;
  std::memcpy(id.value.data(), &number, sizeof number);
  return id;
}

ReservationNumber Unwrap(HoldId id) {
  ReservationNumber number = 0;
  std::memcpy(&number, id.value.data(), sizeof number);
  return number;
}

}  // namespace

NaiveOffice::NaiveOffice(NaiveStore& store, const Hall& hall, Clock& clock,
                         std::uint32_t active_max)
    : store_(store), hall_(hall), clock_(clock), active_max_(active_max) {}

Status NaiveOffice::Tick(TimeUs now) {
  Result<std::vector<ReservationNumber>> lapsed = store_.Lapsed(now);
  if (!lapsed.ok()) return lapsed.status();
  for (const ReservationNumber reservation : *lapsed) {
    if (Status status = store_.GiveBack(reservation); !status.ok()) return status;
  }
  Admit(now);
  return Status();
}

Result<std::shared_ptr<const HallMap>> NaiveOffice::Look() {
  Result<HallMap> map = store_.ReadMap();
  if (!map.ok()) return map.status();
  return std::shared_ptr<const HallMap>(std::make_shared<HallMap>(std::move(*map)));
}

// ---- the line: first come, first served, in memory ---------------------------------------------

void NaiveOffice::Admit(TimeUs now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(admitted_, [&](const auto& entry) { return entry.second <= now; });
  while (!waiting_.empty() && admitted_.size() < active_max_) {
    const UserId user = waiting_.front();
    waiting_.pop_front();
    if (in_line_.erase(user) > 0) admitted_[user] = AddMs(now, kPassMs);
  }
}

std::uint64_t NaiveOffice::waiting() {
  const std::lock_guard lock(mutex_);
  return in_line_.size();
}

std::uint64_t NaiveOffice::inside() {
  const std::lock_guard lock(mutex_);
  return admitted_.size();
}

void NaiveOffice::Place(Visit& visit) {
  visit.code = Code::kOk;
  visit.place = admitted_.contains(visit.user)  ? LineState::kAdmitted
                : in_line_.contains(visit.user) ? LineState::kWaiting
                                                : LineState::kAbsent;
}

void NaiveOffice::Join(Visits visits) {
  const std::lock_guard lock(mutex_);
  for (Visit* visit : visits) {
    if (!admitted_.contains(visit->user) && in_line_.insert(visit->user).second) {
      waiting_.push_back(visit->user);
    }
    Place(*visit);
  }
}

void NaiveOffice::Poll(Visits visits) {
  const std::lock_guard lock(mutex_);
  for (Visit* visit : visits) Place(*visit);
}

void NaiveOffice::Leave(Visit& visit) {
  const std::lock_guard lock(mutex_);
  in_line_.erase(visit.user);
  admitted_.erase(visit.user);
  visit.code = Code::kOk;
}

// ---- seats and money ---------------------------------------------------------------------------

void NaiveOffice::Hold(Visits visits) {
  for (Visit* visit : visits) {
    Result<bool> free = store_.AreFree(visit->seats);
    visit->code = !free.ok() ? free.code() : *free ? Code::kOk : Code::kSeatTaken;
    if (visit->code == Code::kOk) Take(*visit);
  }
}

void NaiveOffice::HoldBest(Visits visits) {
  for (Visit* visit : visits) {
    Result<Seats> seats = store_.FirstFree(visit->wanted);
    visit->code = seats.code();
    if (!seats.ok()) continue;
    visit->seats = *seats;
    if (static_cast<int>(seats->size()) < visit->wanted)
      visit->code = Code::kAllHeld;
    else
      Take(*visit);
  }
}

void NaiveOffice::Take(Visit& visit) {
  Result<ReservationNumber> reservation =
      store_.Take(visit.seats, visit.user, AddMs(clock_.Now(), kHoldMs));
  visit.code = reservation.code();
  if (!reservation.ok()) return;
  visit.hold = Wrap(*reservation);
  visit.total_minor = hall_.TotalMinor(visit.seats);
}

void NaiveOffice::Cancel(Visit& visit) {
  Result<bool> stands = store_.LockStands(Unwrap(visit.hold), clock_.Now());
  visit.code = stands.code();
  if (stands.ok() && *stands) visit.code = store_.GiveBack(Unwrap(visit.hold)).code();
}

void NaiveOffice::TopUp(Visit& visit, std::int64_t amount_minor) {
  Result<std::int64_t> balance = store_.BalanceMinor(visit.user);
  visit.code = balance.code();
  if (balance.ok()) visit.code = store_.SetBalance(visit.user, *balance + amount_minor).code();
}

void NaiveOffice::BeginPayment(Visit& visit, Purse) {
  Result<bool> stands = store_.LockStands(Unwrap(visit.hold), clock_.Now());
  visit.code = !stands.ok() ? stands.code() : *stands ? Code::kOk : Code::kHoldExpired;
}

void NaiveOffice::FinishPayment(Visit& visit, Purse purse) {
  visit.replayed = false;
  visit.code = purse == Purse::kCard ? Code::kOk : TakeMoney(visit);
  if (visit.code != Code::kOk) return;
  const ReservationNumber reservation = Unwrap(visit.hold);
  visit.code = store_.BookPayment(reservation, visit.total_minor).code();
  if (visit.code != Code::kOk) return;
  visit.code = store_.MarkSold(reservation, visit.seats, visit.user).code();
}

Code NaiveOffice::TakeMoney(const Visit& visit) {
  Result<std::int64_t> balance = store_.BalanceMinor(visit.user);
  if (!balance.ok()) return balance.code();
  if (*balance < visit.total_minor) return Code::kInsufficientFunds;
  return store_.SetBalance(visit.user, *balance - visit.total_minor).code();
}

}  // namespace seathold::demo
