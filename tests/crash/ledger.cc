#include "tests/crash/ledger.h"

#include <map>

namespace seathold::testing {
namespace {

enum class Fate { kThere, kNotThere, kEither };

// Decisions about money are kept under their id although they have no effect.
bool IsKept(const Answer& answer) {
  return answer.outcome() == Outcome::kDone || answer.code == Code::kInsufficientFunds;
}

Fate FateOf(const Told& told) {
  if (!told.answer || told.answer->outcome() == Outcome::kUnknown) return Fate::kEither;
  return IsKept(*told.answer) ? Fate::kThere : Fate::kNotThere;
}

std::string Name(const Op& op) {
  static constexpr const char* kNames[] = {"charge", "hold", "confirm", "cancel", "refund"};
  return std::string(kNames[static_cast<int>(op.kind)]) + " " + std::to_string(op.number >> 32) +
         "." + std::to_string(op.number & 0xFFFFFFFF) + " of user " + std::to_string(op.user);
}

class Books {
 public:
  Books(Engine& engine, const Hall& hall) : engine_(engine), hall_(hall) {}

  std::optional<HoldView> FindHold(const Uuid& id) {
    auto view = engine_.reservations().Get(hall_.performance, {id});
    if (view.ok()) return std::move(view).value();
    EXPECT_EQ(view.code(), Code::kUnknownHold) << view.status().text();
    return std::nullopt;
  }
  std::optional<TransferView> FindTransfer(const Uuid& id) {
    auto view = engine_.wallet().GetTransfer({id});
    if (view.ok()) return std::move(view).value();
    EXPECT_EQ(view.code(), Code::kUnknownTransfer) << view.status().text();
    return std::nullopt;
  }

  // True if the op left its trace; expects all of it.
  bool ExpectWhole(const Told& told) {
    switch (told.op.kind) {
      case OpKind::kCharge:
        return WholeCharge(told);
      case OpKind::kHold:
        return WholeHold(told);
      case OpKind::kCancel: {
        const auto hold = FindHold(told.op.hold);
        return hold && hold->state == HoldState::kCancelled;
      }
      default:
        return WholePayment(told);
    }
  }

  // No seat in two holds, none sold or held without one.
  void ExpectSeatsMatchHolds() {
    std::vector<SeatState> seats(hall_.seats, SeatState::kAvailable);
    HoldId after{};
    for (bool more = true; more;) {
      const auto page = engine_.reservations().ListByPerformance(hall_.performance, after, 1'000);
      ASSERT_TRUE(page.ok()) << page.status().text();
      for (const HoldView& hold : *page) TakeSeats(hold, &seats);
      more = !page->empty();
      if (more) after = page->back().hold;
    }
    const auto map = engine_.reservations().Map(hall_.performance);
    ASSERT_TRUE(map.ok()) << map.status().text();
    ASSERT_EQ((*map)->seats, hall_.seats);
    for (std::uint32_t i = 0; i < hall_.seats; ++i) {
      EXPECT_EQ((*map)->at(i), seats[i]) << "seat " << i;
    }
  }

 private:
  bool WholeCharge(const Told& told) {
    const auto transfer = FindTransfer(told.op.transfer);
    if (!transfer) return false;
    EXPECT_EQ(transfer->code, Code::kOk);
    EXPECT_EQ(transfer->amount.minor, told.op.amount_minor);
    EXPECT_EQ(transfer->user.value, told.op.user);
    return true;
  }

  bool WholeHold(const Told& told) {
    const auto hold = FindHold(told.op.hold);
    if (!hold) return false;
    EXPECT_EQ(hold->user.value, told.op.user);
    EXPECT_EQ(hold->seats.size(), told.op.n_seats);
    for (std::size_t i = 0; i < hold->seats.size() && i < told.op.n_seats; ++i) {
      EXPECT_EQ(hold->seats[i].ordinal, told.op.seats.at(i));
    }
    if (told.answer && told.answer->code == Code::kOk) {
      EXPECT_EQ(hold->expires_at.value, told.answer->expires_at_us);
      EXPECT_EQ(hold->total.minor, told.answer->total_minor);
    }
    return true;
  }

  // A debit and its seats go together, as do a refund and theirs.
  bool WholePayment(const Told& told) {
    const auto transfer = FindTransfer(told.op.transfer);
    const auto hold = FindHold(told.op.hold);
    const bool moved = transfer && transfer->code == Code::kOk;
    const bool refund = told.op.kind == OpKind::kRefund;
    const bool marked =
        hold &&
        (refund
             ? hold->state == HoldState::kRefunded && hold->refund == TransferId{told.op.transfer}
             : (hold->state == HoldState::kConfirmed || hold->state == HoldState::kRefunded) &&
                   hold->payment == TransferId{told.op.transfer});
    EXPECT_EQ(moved, marked) << "money and seats came apart";
    if (transfer && told.answer && IsKept(*told.answer)) {
      EXPECT_EQ(transfer->code, told.answer->code);
    }
    if (moved && hold) {
      EXPECT_EQ(transfer->amount.minor, hold->total.minor);
    }
    return transfer.has_value();
  }

  static void TakeSeats(const HoldView& hold, std::vector<SeatState>* seats) {
    const bool held = hold.state == HoldState::kHeld, sold = hold.state == HoldState::kConfirmed;
    if (!held && !sold) return;
    for (const HoldSeat& seat : hold.seats) {
      EXPECT_EQ(seats->at(seat.ordinal), SeatState::kAvailable)
          << "seat " << seat.ordinal << " is in two holds";
      seats->at(seat.ordinal) = sold ? SeatState::kSold : SeatState::kHeld;
    }
  }

  Engine& engine_;
  const Hall& hall_;
};

// What the answers add up to.
struct Sums {
  std::map<std::uint64_t, std::int64_t> wallets;
  std::map<Uuid, Op> paid;  // by hold
  std::int64_t revenue = 0;
  std::uint64_t sold = 0;

  void Add(const Op& op, const Answer& answer) {
    wallets[op.user];
    if (answer.code != Code::kOk) return;
    if (op.kind == OpKind::kCharge) wallets[op.user] += op.amount_minor;
    if (op.kind == OpKind::kConfirm) {
      if (!op.external) wallets[op.user] -= answer.total_minor;
      revenue += answer.total_minor;
      sold += op.n_seats;
      paid[op.hold] = op;
    }
    if (op.kind == OpKind::kRefund) {
      if (!paid[op.hold].external) wallets[op.user] += answer.total_minor;
      revenue -= answer.total_minor;
      sold -= op.n_seats;
    }
  }
};

// The mirror may tell a late retry of a hold that has ended that its seats are another's.
bool EndedAndTaken(Engine& engine, const Hall& hall, const Op& op, const Answer& answer) {
  if (op.kind != OpKind::kHold || answer.code != Code::kSeatTaken || !answer.advisory) return false;
  const auto hold = engine.reservations().Get(hall.performance, {op.hold});
  return hold.ok() && hold->state != HoldState::kHeld && hold->state != HoldState::kConfirmed;
}

// Sends the op twice: one effect, and the same answer for ever.
Answer ExpectOneEffect(Engine& engine, const Hall& hall, const Op& op, bool was_there) {
  const Answer first = Perform(engine, hall, op);
  if (was_there && EndedAndTaken(engine, hall, op, first)) return first;
  EXPECT_TRUE(first.outcome() == Outcome::kDone || first.outcome() == Outcome::kRefused)
      << FindCode(first.code)->name;
  const bool can_tell = op.kind != OpKind::kCancel && IsKept(first);
  if (can_tell) {
    EXPECT_EQ(first.replayed, was_there);
  }
  if (was_there) {
    EXPECT_TRUE(IsKept(first)) << FindCode(first.code)->name;
  }
  const Answer second = Perform(engine, hall, op);
  EXPECT_TRUE(SameAnswer(first, second));
  if (can_tell) {
    EXPECT_TRUE(second.replayed);
  }
  return first;
}

void ExpectReplay(Engine& engine, const Hall& hall, const Told& told) {
  const Answer again = Perform(engine, hall, told.op);
  if (EndedAndTaken(engine, hall, told.op, again)) return;
  EXPECT_TRUE(SameAnswer(again, *told.answer)) << FindCode(again.code)->name;
  if (told.op.kind != OpKind::kCancel) {
    EXPECT_TRUE(again.replayed);
  }
}

void ExpectSums(Engine& engine, const Sums& sums) {
  for (const auto& [user, minor] : sums.wallets) {
    const auto balance = engine.wallet().Balance(UserId{user}, Euro());
    ASSERT_TRUE(balance.ok()) << balance.status().text();
    EXPECT_EQ(balance->minor, minor) << "user " << user;
  }
  ExpectBooks(engine, sums.sold, sums.revenue);
}

}  // namespace

std::vector<Told> ReadJournal(const Journal& journal) {
  std::vector<Told> told;
  std::map<std::uint64_t, std::size_t> at;
  for (const Entry& entry : journal) {
    if (!entry.answered) {
      at[entry.op.number] = told.size();
      told.push_back({entry.op, std::nullopt});
    } else {
      told.at(at.at(entry.op.number)).answer = entry.answer;
    }
  }
  return told;
}

void LedgerCounts::Add(const LedgerCounts& other) {
  acknowledged += other.acknowledged;
  in_flight += other.in_flight;
  there += other.there;
  without_effect += other.without_effect;
}

void ExpectLedger(Engine& engine, const Hall& hall, const std::vector<Told>& told,
                  LedgerCounts* counts) {
  Books books(engine, hall);
  books.ExpectSeatsMatchHolds();
  std::vector<bool> there;
  for (const Told& one : told) {
    SCOPED_TRACE(Name(one.op));
    there.push_back(books.ExpectWhole(one));
    const Fate fate = FateOf(one);
    if (fate != Fate::kEither) {
      EXPECT_EQ(there.back(), fate == Fate::kThere);
    }
    counts->acknowledged += fate == Fate::kThere;
    counts->without_effect += fate == Fate::kNotThere;
    counts->in_flight += fate == Fate::kEither;
    counts->there += fate == Fate::kEither && there.back();
  }
  Sums sums;
  for (std::size_t i = 0; i < told.size() && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(Name(told[i].op));
    const bool refused = told[i].answer && told[i].answer->outcome() == Outcome::kRefused;
    if (FateOf(told[i]) == Fate::kThere) {
      ExpectReplay(engine, hall, told[i]);
      sums.Add(told[i].op, *told[i].answer);
    } else if (!refused) {
      sums.Add(told[i].op, ExpectOneEffect(engine, hall, told[i].op, there[i]));
    }
  }
  if (::testing::Test::HasFailure()) return;  // the sums would only repeat it
  books.ExpectSeatsMatchHolds();
  ExpectSums(engine, sums);
}

}  // namespace seathold::testing
