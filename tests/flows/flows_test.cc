// Every arrow of the four flows, in order, on every combination of adapters.
#include <gtest/gtest.h>

#include "seathold/adapter/parts.h"
#include "src/claims/memory/memory_claim_cache.h"
#include "src/line/memory/memory_line.h"
#include "src/line/sqlite/sqlite_line.h"
#include "tests/support/spy_adapters.h"
#include "tests/support/spy_hall.h"

namespace seathold::testing {
namespace {

enum class LineKind { kNone, kMemory, kSqlite };
struct Adapters {
  bool sqlite = false;
  bool claims = false;
  LineKind line = LineKind::kNone;
};

std::vector<Adapters> AllAdapters() {
  std::vector<Adapters> all;
  for (const bool sqlite : {false, true}) {
    for (const bool claims : {false, true}) {
      for (const LineKind line : {LineKind::kNone, LineKind::kMemory, LineKind::kSqlite}) {
        all.push_back({sqlite, claims, line});
      }
    }
  }
  return all;
}

std::string NameOf(const ::testing::TestParamInfo<Adapters>& info) {
  const char* const lines[] = {"NoLine", "MemoryLine", "SqliteLine"};
  return std::string(info.param.sqlite ? "Sqlite" : "Memory") +
         (info.param.claims ? "WithClaims" : "NoClaims") + lines[static_cast<int>(info.param.line)];
}

class Flows : public ::testing::TestWithParam<Adapters> {
 protected:
  Flows() : hall_(Spec()) {
    if (Gated()) Admit(kAnn);
    EXPECT_TRUE(hall_.Charge(900, kAnn, 5'000).status.ok());
    // The first sweep looks at storage's own index; from then on the cache is asked.
    EXPECT_EQ(hall_.Sweep(), 0);
    journal_.clear();
  }
  void TearDown() override { EXPECT_EQ(hall_.Audit(), ""); }

  bool Gated() const { return GetParam().line != LineKind::kNone; }

  HallSpec Spec() {
    HallSpec spec;
    spec.claims = "none";
    spec.parts = [this](const std::filesystem::path& folder, EngineParts& parts) {
      const SqliteOptions file{.path = (folder / "hall.db").string()};
      parts.storage = std::make_unique<SpyStorage>(
          GetParam().sqlite ? NewSqliteStorage(file) : NewMemoryStorage(), journal_);
      if (GetParam().claims) {
        parts.claims = std::make_unique<SpyClaims>(NewMemoryClaimCache(), journal_);
      }
      if (!Gated()) return;
      auto line = GetParam().line == LineKind::kMemory
                      ? NewMemoryLine()
                      : NewSqliteLine((folder / "line.db").string(), {}).value();
      parts.line = std::make_unique<SpyLine>(std::move(line), journal_);
    };
    spec.options = [](EngineOptions& o) { o.test_only_cheap_password_hash = true; };
    spec.show = [this](ShowSpec& show) { show.requires_pass = Gated(); };
    return spec;
  }

  void Admit(UserId user) {
    const JoinRequest request{hall_.show(), user};
    place_ = hall_.engine().queue().Join(request);
    ASSERT_TRUE(place_.status.ok()) << place_.status.text();
    ASSERT_EQ(place_.state, LineState::kAdmitted);
  }
  HoldReply Hold(int id, std::uint32_t first) {
    const SeatTicket seats[] = {{hall_.Seat(first), 0}, {hall_.Seat(first + 1), 0}};
    return hall_.Hold({HoldNo(id), kAnn, hall_.performance(), seats, place_.pass.view()});
  }
  // `storage`, then what the caches hear, as far as there are caches.
  Journal Arrows(std::string storage, std::string claims, std::string line) const {
    Journal wanted{std::move(storage)};
    if (GetParam().claims && !claims.empty()) wanted.push_back(std::move(claims));
    if (Gated() && !line.empty()) wanted.push_back(std::move(line));
    return wanted;
  }
  Journal Taken() { return std::exchange(journal_, {}); }

  Journal journal_;
  SpyHall hall_;
  Place place_;
};
INSTANTIATE_TEST_SUITE_P(Adapters, Flows, ::testing::ValuesIn(AllAdapters()), NameOf);

TEST_P(Flows, LoginLooksUpTheAccountThenGivesATokenThatSpeaksForIt) {
  Accounts& accounts = hall_.engine().accounts();
  const auto user = accounts.Register("ann@example.org", "correct horse battery");
  ASSERT_TRUE(user.ok()) << user.status().text();
  Taken();
  EXPECT_EQ(accounts.Login("ann@example.org", "wrong horse").code(), Code::kBadCredentials);
  Taken();
  const auto login = accounts.Login("ann@example.org", "correct horse battery");
  ASSERT_TRUE(login.ok()) << login.status().text();
  const Journal journal = Taken();
  ASSERT_GE(journal.size(), 2u);
  EXPECT_EQ(journal[0], "load e-mail");
  EXPECT_EQ(journal[1], "load login");
  const auto principal = accounts.Authenticate(login->token);
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->user, *user);
}

TEST_P(Flows, ReserveGoesFromTheQueueToTheSeatToTheMoney) {
  const auto dates = hall_.engine().catalog().List({});
  ASSERT_EQ(dates->size(), 1u);
  EXPECT_TRUE((*dates)[0].availability.on_sale);
  EXPECT_EQ((*dates)[0].availability.available, 12u);
  const auto seats = hall_.engine().catalog().ListSeats(hall_.performance());
  EXPECT_EQ((*seats)[0].state, SeatState::kAvailable);
  EXPECT_EQ(Taken(), Journal{}) << "looking writes nothing and asks no cache";

  const HoldReply held = Hold(1, 0);
  ASSERT_TRUE(held.status.ok()) << held.status.text();
  EXPECT_EQ(held.expires_at, AddMs(kHallStart, kHallTtlMs));
  EXPECT_EQ(Taken(), Arrows("commit held 2", "claims put 2", "line keep 1"));
  EXPECT_EQ(hall_.Balance(kAnn), 5'000);

  ASSERT_TRUE(hall_.Pay(1, 1, kAnn).status.ok());
  const std::string sold = "commit sold 2 transfers 1 balances 1";
  EXPECT_EQ(Taken(), Arrows(Gated() ? sold + " spent 1" : sold, "claims drop 2", "line leave 1"));
  EXPECT_EQ(hall_.Balance(kAnn), 3'000);
  EXPECT_EQ(hall_.StateOf(0), SeatState::kSold);
  EXPECT_EQ(Hold(2, 4).status.code(), Gated() ? Code::kPassSpent : Code::kOk);
}

TEST_P(Flows, JoiningIsOneCallOfTheLineIfThereIsOne) {
  const JoinRequest request{hall_.show(), kBob};
  Place place = hall_.engine().queue().Join(request);
  EXPECT_EQ(place.status.code(), Gated() ? Code::kOk : Code::kNoLine);
  EXPECT_EQ(Taken(), Gated() ? Journal{"line join 1"} : Journal{});
}

TEST_P(Flows, CancelFreesTheSeatsThenTheClaimsAndTheBuyerStays) {
  ASSERT_TRUE(Hold(1, 0).status.ok());
  Taken();
  EXPECT_EQ(hall_.Cancel(1, kAnn), Code::kOk);
  EXPECT_EQ(Taken(), Arrows("commit free 2", "claims drop 2", ""));
  EXPECT_EQ(hall_.StateOf(0), SeatState::kAvailable);
  EXPECT_EQ(hall_.Cancel(1, kAnn), Code::kOk);
  EXPECT_EQ(Taken(), Journal{}) << "a second cancel writes nothing";
  EXPECT_TRUE(Hold(2, 0).status.ok()) << "the buyer is still inside";
}

TEST_P(Flows, ARefusedPaymentIsNotedAndTouchesNothingElse) {
  ASSERT_TRUE(Hold(1, 0).status.ok());
  const ChargeRequest out{TransferNo(901), kAnn, Money{4'999, hall_.eur()}, ""};
  TransferReply withdrawn = hall_.wallet().Withdraw(out);
  ASSERT_TRUE(withdrawn.status.ok());
  Taken();
  EXPECT_EQ(hall_.Pay(1, 1, kAnn).status.code(), Code::kInsufficientFunds);
  EXPECT_EQ(Taken(), Journal{"commit transfers 1"});
  EXPECT_EQ(hall_.Balance(kAnn), 1);
  const auto view = hall_.seats().Get(hall_.performance(), HoldNo(1));
  EXPECT_EQ(view->state, HoldState::kHeld);
  EXPECT_EQ(view->expires_at, AddMs(kHallStart, kHallTtlMs));
}

TEST_P(Flows, SweepAsksTheCacheThenRollsBackThenClearsTheDueList) {
  ASSERT_TRUE(Hold(1, 0).status.ok());
  hall_.clock().AdvanceMs(kHallTtlMs);
  Taken();
  EXPECT_EQ(hall_.Sweep(), 1);
  const Journal journal = Taken();
  ASSERT_GE(journal.size(), 2u);
  if (GetParam().claims) {
    EXPECT_EQ(journal[0], "claims due 2");
    EXPECT_EQ(journal[1], "commit free 2");
    ASSERT_GE(journal.size(), 3u);
    for (std::size_t i = 2; i < journal.size(); ++i) EXPECT_EQ(journal[i], "claims drop 2");
  } else {
    EXPECT_EQ(journal, (Journal{"scan holds due", "commit free 2"}));
  }
  EXPECT_EQ(hall_.StateOfHold(1), HoldState::kExpired);
  Taken();
  EXPECT_EQ(hall_.Sweep(), 0);
  EXPECT_EQ(Taken(), Journal{GetParam().claims ? "claims due 0" : "scan holds due"});
}

TEST_P(Flows, SweepLeavesAPaidHoldAlone) {
  ASSERT_TRUE(Hold(1, 0).status.ok());
  ASSERT_TRUE(hall_.Pay(1, 1, kAnn).status.ok());
  hall_.clock().AdvanceMs(kHallTtlMs);
  EXPECT_EQ(hall_.Sweep(), 0);
  EXPECT_EQ(hall_.StateOf(0), SeatState::kSold);
}

}  // namespace
}  // namespace seathold::testing
