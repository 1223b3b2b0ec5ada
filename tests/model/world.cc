#include "tests/model/world.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "seathold/adapter/parts.h"
#include "src/engine/engine_open.h"
#include "tests/support/local_start.h"

namespace seathold::testing {
namespace {

constexpr TimeUs kStart{1'700'000'000'000'000};
constexpr std::int64_t kTtlMs = 300'000;
constexpr std::int64_t kStaffTtlMaxMs = 3'600'000;

// Two sections, three rows and one, an aisle, two categories.
Plan SmallHall(int seats_per_row) {
  Plan plan;
  plan.name = "Small hall";
  plan.categories = {{"Front", ""}, {"Back", ""}};
  plan.rows = {
      {"Stalls", "A", 0, 0}, {"Stalls", "B", 1, 0}, {"Stalls", "C", 2, 0}, {"Gallery", "G", 0, 1}};
  for (std::uint32_t row = 0; row < plan.rows.size(); ++row) {
    for (int i = 0; i < seats_per_row; ++i) {
      PlanSeat seat;
      seat.guid = std::to_string(row) + "-" + std::to_string(i);
      seat.number = std::to_string(i + 1);
      seat.category = row == 0 || (row == 1 && i < 2) ? 0 : 1;
      seat.row = row;
      seat.place = static_cast<std::uint32_t>(i >= 3 ? i + 1 : i);  // an aisle behind the third
      plan.seats.push_back(seat);
    }
  }
  return plan;
}

}  // namespace

World::World(std::uint64_t seed, std::unique_ptr<Storage> storage, const std::string& keys)
    : clock_(std::make_shared<ManualClock>(kStart)) {
  std::mt19937_64 random(seed);
  const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  EngineOptions options;
  options.storage = "memory:";
  options.claims = below(3) == 0 ? "none" : "memory:";
  options.line = "none";
  options.keys = keys;
  options.batch_max = below(2) == 0 ? 40 : 1 + below(40);
  options.waves_max = 1 + below(4);
  options.max_seats_per_hold = 2 + below(4);
  options.hold_ttl_ms = kTtlMs;
  options.staff_ttl_max_ms = kStaffTtlMaxMs;
  options.cache_timeout_ms = 10'000;  // a slow machine is no reason to lose a claim
  EngineParts parts;
  parts.clock = clock_;
  parts.entropy = NewSeededEntropy(seed);
  parts.storage = std::move(storage);
  const Status opened = OpenCore(options, std::move(parts), &core_);
  EXPECT_TRUE(opened.ok()) << opened.text();
  catalog_ = NewCatalog(core_);
  reservations_ = NewReservationSystem(core_);
  wallet_ = NewWallet(core_);
  sweeper_ = std::make_unique<Sweeper>(core_);
  model_ = std::make_unique<HallModel>(SmallHall(3 + below(5)), options.max_seats_per_hold, kTtlMs,
                                       kStaffTtlMaxMs);
  model_->now = kStart;
  script_ = std::make_unique<Script>(seed * 31 + 7, *model_);
  AddPerformances();
}

World::~World() = default;

void World::AddPerformances() {
  const auto venue = catalog_->AddVenue(model_->plan(), "");
  const auto show = catalog_->AddShow(ShowSpec{.title = "A play"});
  ASSERT_TRUE(venue.ok() && show.ok());
  AddPerformance(*venue, *show, 0);
  AddPerformance(*venue, *show, 1);
}

void World::AddPerformance(VenueId venue, ShowId show, int which) {
  PerformanceSpec spec;
  spec.show = show;
  spec.venue = venue;
  spec.currency = *ParseCurrency(which == 0 ? "EUR" : "JPY");
  spec.user_limit = which == 0 ? 5 : 0;
  spec.hold_ttl_ms = which == 0 ? 0 : 60'000;
  if (script_->Chance(30)) spec.sale_opens_at = AddMs(kStart, script_->Below(120'000));
  if (script_->Chance(30)) spec.sale_ends_at = AddMs(kStart, 600'000 + script_->Below(1'200'000));
  TimeUs starts_at;
  if (script_->Chance(30)) starts_at = AddMs(kStart, 900'000 + script_->Below(1'800'000));
  SetStart(&spec, starts_at);
  if (starts_at.value != 0 && spec.sale_ends_at > starts_at) spec.sale_ends_at = starts_at;
  spec.prices = {{"Front", 0, "full", 1'000}, {"Front", 1, "child", 400}, {"Back", 0, "full", 0}};
  if (which == 1) spec.prices.push_back({"Back", 1, "child", 90});
  const auto added = catalog_->AddPerformance(spec);
  ASSERT_TRUE(added.ok()) << added.status().text();

  ModelPerformance p;
  p.venue = venue;
  p.starts_at = spec.starts_at;
  p.opens_at = spec.sale_opens_at;
  p.ends_at = spec.sale_ends_at;
  p.ttl_ms = spec.hold_ttl_ms;
  p.user_limit = spec.user_limit;
  p.currency = spec.currency;
  p.prices = {{{0, 0}, 1'000}, {{0, 1}, 400}, {{1, 0}, 0}};
  if (which == 1) p.prices[{1, 1}] = 90;
  model_->performances.emplace(*added, std::move(p));
}

void World::Step() {
  const int draw = script_->Below(100);
  if (draw < 12) return Advance();
  if (draw < 17) return Sweep();
  if (draw < 18) return SetSale();
  if (draw < 70) return RunSingle();
  return draw < 85 ? RunBatch() : RunMixed();
}

void World::Advance() {
  std::vector<TimeUs> deadlines;
  for (const auto& [key, hold] : model_->holds) {
    if (hold.state == HoldState::kHeld && hold.expires_at > model_->now) {
      deadlines.push_back(hold.expires_at);
    }
  }
  TimeUs to{model_->now.value + 1 + script_->Below(15'000'000)};
  if (!deadlines.empty() && script_->Chance(50)) {
    std::ranges::sort(deadlines);
    const auto at = static_cast<std::size_t>(
        script_->Below(static_cast<int>(std::min<std::size_t>(deadlines.size(), 3))));
    to = TimeUs{deadlines[at].value - 1 + script_->Below(3)};  // just before, at, just after
  }
  model_->now = std::max(model_->now, to);
  clock_->Set(model_->now);
  (void)core_.Now();
  // A clock that is set back after it was read moves nothing.
  if (script_->Chance(10)) clock_->Set(TimeUs{model_->now.value - 3'600'000'000});
}

void World::Sweep() {
  ++counts_.sweeps;
  const std::vector<HoldKey> lapsed = model_->Lapsed();
  const int holds_max = script_->Chance(50) ? 1'000 : 1 + script_->Below(3);
  const auto swept = sweeper_->Sweep(holds_max, Deadline::After({}));
  ASSERT_TRUE(swept.ok()) << swept.status().text();
  EXPECT_EQ(*swept, std::min<int>(holds_max, static_cast<int>(lapsed.size())));
  // Which ones is the engine's choice; what it wrote stands in the feed.
  std::set<HoldKey> written;
  for (const auto& [performance, known] : model_->events) {
    const auto news = reservations_->Feed(performance, known, 10'000);
    ASSERT_TRUE(news.ok()) << news.status().text();
    for (const FeedEvent& event : *news) written.insert({performance, event.hold});
  }
  int ended = 0;
  for (const HoldKey& key : lapsed) {
    if (!written.contains(key)) continue;
    model_->Expire(key);
    ++ended;
  }
  EXPECT_EQ(ended, *swept);
}

void World::SetSale() {
  auto at = model_->performances.begin();
  std::advance(at, script_->Below(2));
  const bool on_sale = script_->Chance(75);
  EXPECT_TRUE(catalog_->SetSale(at->first, on_sale).ok());
  model_->SetSale(at->first, on_sale);
  EXPECT_EQ(catalog_->SetSale(PerformanceId{99}, true).code(), Code::kUnknownPerformance);
}

void World::RunSingle() {
  const std::vector<Op> ops{script_->Next()};
  Compare(ops, Call(ops));
}

void World::RunBatch() {
  ++counts_.batches;
  const Op first = script_->Next();
  std::vector<Op> ops{first};
  const bool block = std::holds_alternative<BlockOp>(first);
  for (int more = block ? 0 : script_->Below(40); more > 0; --more) {
    ops.push_back(script_->NextOf(first.index()));
    // Charge and Withdraw are two calls.
    if (auto* move = std::get_if<WalletOp>(&ops.back()))
      move->kind = std::get<WalletOp>(first).kind;
  }
  Compare(ops, Call(ops));
}

void World::RunMixed() {
  ++counts_.mixed;
  std::vector<Op> ops;
  const int size = 1 + script_->Below(static_cast<int>(core_.commits->batch_max()));
  for (int i = 0; i < size; ++i) ops.push_back(script_->Next());
  Compare(ops, Mix(ops));
}

void World::Compare(const std::vector<Op>& ops, const std::vector<Reply>& got) {
  ASSERT_EQ(ops.size(), got.size());
  // Memory refuses by what was committed when the call came in.
  std::vector<std::optional<HoldReply>> may_refuse;
  for (const Op& op : ops) {
    const auto* hold = std::get_if<HoldOp>(&op);
    may_refuse.push_back(hold != nullptr ? model_->MayRefuse(*hold) : std::nullopt);
  }
  for (std::size_t i = 0; i < ops.size() && !::testing::Test::HasFailure(); ++i) {
    ++counts_.steps;
    CompareOne(ops[i], got[i], may_refuse[i]);
  }
}

void World::CompareOne(const Op& op, const Reply& got, const std::optional<HoldReply>& may_refuse) {
  Reply want = got;
  std::string wrong;
  const auto* reply = std::get_if<0>(&got);
  if (reply != nullptr && reply->advisory) {
    ++counts_.advisory;
    // Or by what those before it in the call have left.
    const std::optional<HoldReply> since = model_->MayRefuse(std::get<HoldOp>(op));
    ASSERT_TRUE(may_refuse || since)
        << Describe(op) << "\n  was refused from memory: " << Describe(got);
    if (since) want.emplace<0>(*since);
    const bool at_once =
        may_refuse &&
        (!since || Describe(Reply(std::in_place_index<0>, *may_refuse)) == Describe(got));
    if (at_once) want.emplace<0>(*may_refuse);
  } else if (const auto* hold = std::get_if<HoldOp>(&op)) {
    want.emplace<0>(model_->Hold(*hold));
  } else if (const auto* best = std::get_if<BestOp>(&op)) {
    want.emplace<1>(model_->Best(*best, std::get<1>(got), &wrong));
  } else if (const auto* confirm = std::get_if<ConfirmOp>(&op)) {
    want.emplace<2>(model_->Confirm(*confirm));
  } else if (const auto* cancel = std::get_if<CancelOp>(&op)) {
    want.emplace<3>(model_->Cancel(*cancel));
  } else if (const auto* refund = std::get_if<RefundOp>(&op)) {
    want.emplace<4>(model_->Refund(*refund));
  } else if (const auto* move = std::get_if<WalletOp>(&op)) {
    want.emplace<5>(model_->Move(*move));
  } else {
    want.emplace<6>(model_->Block(std::get<BlockOp>(op)));
  }
  EXPECT_EQ(wrong, "") << Describe(op) << "\n  " << Describe(got);
  const std::string text = Describe(got);
  EXPECT_EQ(text, Describe(want)) << Describe(op) << "\n  at " << model_->now.value;
  counts_.replayed += text.find(" replayed") != std::string::npos;
  if (const auto* h = std::get_if<0>(&got)) ++counts_.codes[h->status.code()];
  if (const auto* h = std::get_if<1>(&got)) ++counts_.codes[h->status.code()];
  if (const auto* p = std::get_if<2>(&got)) ++counts_.codes[p->status.code()];
  if (const auto* s = std::get_if<3>(&got)) ++counts_.codes[s->code()];
  if (const auto* p = std::get_if<4>(&got)) ++counts_.codes[p->status.code()];
  if (const auto* t = std::get_if<5>(&got)) ++counts_.codes[t->status.code()];
}

}  // namespace seathold::testing
