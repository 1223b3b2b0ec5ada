// What can be read from the engine, against what the model knows.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/model/world.h"

namespace seathold::testing {

void World::Check() {
  ++counts_.checks;
  for (const auto& [performance, p] : model_->performances) {
    CheckMap(performance);
    CheckFeed(performance);
  }
  AuditReport report;
  const Status audited = core_.storage->Audit(core_.Now(), &report, Deadline::After({}));
  EXPECT_TRUE(audited.ok()) << audited.text();
  EXPECT_GT(report.checks.size(), 5u);
  for (const AuditFinding& finding : report.findings) {
    ADD_FAILURE() << finding.check << ": " << finding.detail;
  }
  for (const auto& [account, balance] : model_->balances) {
    const auto got = wallet_->Balance(account.first, account.second);
    ASSERT_TRUE(got.ok());
    EXPECT_EQ(got->minor, balance) << "user " << account.first.value;
  }
}

void World::CheckMap(PerformanceId performance) {
  const auto map = reservations_->Map(performance);
  const auto count = reservations_->Count(performance);
  ASSERT_TRUE(map.ok() && count.ok());
  const auto seats = static_cast<std::uint32_t>(model_->plan().seats.size());
  ASSERT_EQ((*map)->seats, seats);
  std::array<std::uint32_t, 4> of{};
  std::vector<SeatState> states;
  for (std::uint32_t o = 0; o < seats; ++o) {
    states.push_back(model_->SeatAt(performance, o));
    EXPECT_EQ((*map)->at(o), states.back()) << "seat " << o;
    ++of[static_cast<std::size_t>(states.back())];
  }
  const TimeUs next = model_->NextRelease(performance, std::nullopt);
  const SeatMap& m = **map;
  EXPECT_EQ((std::array{m.available, m.held, m.sold, m.blocked}), of);
  EXPECT_EQ(m.next_release_at, next);
  EXPECT_EQ(m.version.feed, model_->events[performance]);
  EXPECT_EQ((std::array{count->available, count->held, count->sold, count->blocked}), of);
  const SaleState sale = of[0] > 0   ? SaleState::kAvailable
                         : of[1] > 0 ? SaleState::kAllHeld
                                     : SaleState::kSoldOut;
  EXPECT_EQ(count->state, sale);
  EXPECT_EQ(count->next_release_at, sale == SaleState::kAllHeld ? next : TimeUs{});
  const Code on_sale = model_->CheckSale(model_->performances.at(performance));
  EXPECT_EQ(count->on_sale, on_sale == Code::kOk);

  auto& [version, seen] = readers_[performance];
  seen.resize(seats, SeatState::kAvailable);
  MapVersion reached;
  const auto changes = reservations_->Changes(performance, version, &reached);
  ASSERT_TRUE(changes.ok());
  for (const SeatChange& change : *changes) seen[change.ordinal] = change.state;
  EXPECT_EQ(seen, states) << "a reader of changes sees another hall";
  EXPECT_GE(reached, version);
  version = reached;
}

void World::CheckFeed(PerformanceId performance) {
  std::vector<FeedEvent> events;
  for (bool more = true; more;) {
    const auto page = reservations_->Feed(performance, events.size(), 100);
    ASSERT_TRUE(page.ok()) << page.status().text();
    events.insert(events.end(), page->begin(), page->end());
    more = page->size() == 100;
  }
  EXPECT_EQ(events.size(), model_->events[performance]);
  std::map<HoldId, std::vector<FeedKind>> history;
  std::map<std::uint32_t, FeedEvent> last;  // by seat
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].counter, i + 1);
    if (events[i].hold) history[events[i].hold].push_back(events[i].kind);
    for (const SeatId seat : events[i].seats) last[OrdinalOf(seat)] = events[i];
  }
  for (std::uint32_t o = 0; o < model_->plan().seats.size(); ++o) {
    SeatState state = SeatState::kAvailable;
    if (const auto at = last.find(o); at != last.end()) {
      const FeedEvent& event = at->second;
      const bool alive = event.kind == FeedKind::kHeld && model_->now < event.expires_at;
      if (alive) state = SeatState::kHeld;
      if (event.kind == FeedKind::kConfirmed) state = SeatState::kSold;
      if (event.kind == FeedKind::kBlocked) state = SeatState::kBlocked;
    }
    EXPECT_EQ(state, model_->SeatAt(performance, o)) << "seat " << o << " rebuilt from the feed";
  }
  for (const auto& [key, hold] : model_->holds) {
    if (key.first != performance) continue;
    EXPECT_EQ(history[key.second], hold.history);
  }
}

void World::CheckHold(const HoldKey& key, const ModelHold& hold) {
  const auto view = reservations_->Get(key.first, key.second);
  ASSERT_TRUE(view.ok()) << view.status().text();
  EXPECT_EQ(view->user, hold.user);
  const bool lapsed = hold.state == HoldState::kHeld && hold.expires_at <= model_->now;
  EXPECT_EQ(view->state, lapsed ? HoldState::kExpired : hold.state) << "written or not";
  EXPECT_EQ(view->staff, hold.staff);
  EXPECT_EQ(view->created_at, hold.created_at);
  EXPECT_EQ(view->expires_at, hold.expires_at);
  EXPECT_EQ(view->ended_at, lapsed ? hold.expires_at : hold.ended_at);
  EXPECT_EQ(view->payment, hold.payment);
  EXPECT_EQ(view->refund, hold.refund);
  EXPECT_EQ(view->total.minor, hold.total);
  std::vector<HoldSeat> seats;
  for (const auto& [ordinal, ticket] : hold.seats) {
    seats.push_back({ordinal, ticket.first, ticket.second});
  }
  EXPECT_EQ(view->seats, seats);
}

void World::CheckStatement(const AccountKey& account, const std::vector<TransferId>& lines) {
  const auto got = wallet_->Statement(account.first, account.second, 0, 10'000);
  ASSERT_TRUE(got.ok());
  ASSERT_EQ(got->size(), lines.size());
  std::int64_t balance = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const ModelTransfer& t = model_->transfers.at(lines[i]);
    const bool in = t.kind == TransferKind::kCharge || t.kind == TransferKind::kRefund;
    balance += in ? t.amount.minor : -t.amount.minor;
    EXPECT_EQ((*got)[i].id, lines[i]);
    EXPECT_EQ((*got)[i].line, i + 1);
    EXPECT_EQ((*got)[i].amount_minor, in ? t.amount.minor : -t.amount.minor);
    EXPECT_EQ((*got)[i].balance_after_minor, balance);
  }
}

void World::CheckAll() {
  Check();
  std::map<UserId, std::size_t> of_user;
  for (const auto& [key, hold] : model_->holds) {
    CheckHold(key, hold);
    ++of_user[hold.user];
  }
  for (const auto& [user, count] : of_user) {
    const auto list = reservations_->ListByUser(user, PerformanceId{}, HoldId{}, 10'000);
    ASSERT_TRUE(list.ok());
    EXPECT_EQ(list->size(), count);
  }
  for (const auto& [id, t] : model_->transfers) {
    const auto view = wallet_->GetTransfer(id);
    ASSERT_TRUE(view.ok());
    EXPECT_EQ(view->code, t.code);
    EXPECT_EQ(view->kind, t.kind);
    EXPECT_EQ(view->amount, t.amount);
    EXPECT_EQ(view->user, t.user);
  }
  for (const auto& [account, lines] : model_->statements) CheckStatement(account, lines);
}

}  // namespace seathold::testing
