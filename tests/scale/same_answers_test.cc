// One driver, one clock, seven engines: every storage, with and without Redis, and behind a
// journal, answers alike.
#include <memory>
#include <string>
#include <vector>

#include "seathold/adapter/parts.h"
#include "src/storage/journal/journal_storage.h"
#include "tests/model/script.h"
#include "tests/scale/stage.h"
#include "tests/support/counts.h"
#include "tests/support/local_start.h"

namespace seathold::testing {
namespace {

constexpr TimeUs kStandStart{1'700'000'000'000'000};
constexpr std::int64_t kStandTtlMs = 300'000;
constexpr int kSeatsPerHoldMax = 4;
constexpr std::uint64_t kVisitorsMax = 12;

// What a command of the waiting line is, for one user of the gated show.
enum class LineStep { kJoin, kPoll, kPollWithPass, kHold, kPay, kCancel, kLeave, kRevoke, kAdmit };

struct LineOp {
  LineStep step;
  std::uint64_t user;
  std::uint32_t ordinal;
  Uuid id;
};

std::string PlaceText(const Place& place) {
  return std::string(FindCode(place.status.code())->name) + " state " +
         std::to_string(static_cast<int>(place.state)) + " at " +
         std::to_string(place.sequence.value) + " ahead " + std::to_string(place.ahead) +
         " until " + std::to_string(place.admitted_until.value) +
         (place.pass.empty() ? "" : " pass");
}

// One engine with its own clock and its own copies of tokens and passes.
class Stand {
 public:
  // `storage`: of the test's own; null = what the options name.
  Stand(std::string name, EngineOptions options, std::unique_ptr<Storage> storage)
      : name_(std::move(name)), clock_(std::make_shared<ManualClock>(kStandStart)) {
    options.refusal_max_age_ms = 0;
    options.max_seats_per_hold = kSeatsPerHoldMax;
    options.hold_ttl_ms = kStandTtlMs;
    options.staff_ttl_max_ms = 3'600'000;
    options.cache_timeout_ms = 10'000;  // a slow machine is no reason to lose a claim
    EngineParts parts;
    parts.clock = clock_;
    parts.entropy = NewSeededEntropy(7);
    parts.storage = std::move(storage);
    auto engine = Engine::Open(options, std::move(parts));
    EXPECT_TRUE(engine.ok()) << name_ << ": " << engine.status().text();
    if (engine.ok()) engine_ = std::move(engine).value();
  }

  const std::string& name() const { return name_; }
  Engine* engine() { return engine_.get(); }

  void SetClock(TimeUs now) {
    clock_->Set(now);
    (void)engine_->Now();
  }
  // Those of another show are none here.
  void ForgetPlaces() { tokens_ = passes_ = {}; }
  std::string Do(const std::vector<Op>& ops, std::vector<Reply>* replies);
  std::string Do(const LineOp& op, ShowId show, PerformanceId gated, VenueId venue);
  std::string Sweep() {
    const auto swept = engine_->Sweep(100'000, kPatient);
    return swept.ok() ? "swept " + std::to_string(*swept) : swept.status().text();
  }
  // All that a reader sees of a performance.
  std::string Picture(PerformanceId performance);
  std::string Books();

 private:
  void DoWallet(const std::vector<Op>& ops, std::vector<Reply>* replies);
  std::string Line(const LineOp& op, ShowId show);
  std::string Gated(const LineOp& op, PerformanceId gated, VenueId venue);

  const std::string name_;
  const std::shared_ptr<ManualClock> clock_;  // shared with the engine
  std::unique_ptr<Engine> engine_;
  std::array<SignedText, kVisitorsMax + 1> tokens_, passes_;
  std::array<HoldId, kVisitorsMax + 1> holds_;
};

// One call for all of them. REQUIRES: all are of one alternative of Op, and charge or withdraw.
template <class Request, class Answer, std::size_t Kind, class Make, class Send>
void CallAll(const std::vector<Op>& ops, std::vector<Reply>* replies, const Make& make,
             const Send& send) {
  std::vector<Request> requests;
  for (const Op& op : ops) requests.push_back(make(std::get<Kind>(op)));
  std::vector<Answer> answers(ops.size());
  send(std::span<const Request>(requests), std::span<Answer>(answers));
  for (Answer& answer : answers) {
    replies->emplace_back(std::in_place_index<Kind>, std::move(answer));
  }
}

void Stand::DoWallet(const std::vector<Op>& ops, std::vector<Reply>* replies) {
  const bool charge = std::get<WalletOp>(ops[0]).kind == TransferKind::kCharge;
  CallAll<ChargeRequest, TransferReply, 5>(
      ops, replies,
      [](const WalletOp& op) {
        return ChargeRequest{op.id, op.user, op.amount, op.reference};
      },
      [&](auto requests, auto answers) {
        charge ? engine_->wallet().Charge(requests, answers, kPatient)
               : engine_->wallet().Withdraw(requests, answers, kPatient);
      });
}

std::string Stand::Do(const std::vector<Op>& ops, std::vector<Reply>* replies) {
  ReservationSystem& seats = engine_->reservations();
  switch (ops[0].index()) {
    case 0:
      CallAll<HoldRequest, HoldReply, 0>(
          ops, replies,
          [](const HoldOp& op) {
            return HoldRequest{op.id, op.user, op.performance, op.seats, "", op.ttl_ms, op.staff};
          },
          [&](auto requests, auto answers) { seats.Hold(requests, answers, kPatient); });
      break;
    case 1:
      CallAll<BestRequest, HoldReply, 1>(
          ops, replies,
          [](const BestOp& op) {
            return BestRequest{op.id,       op.user,        op.performance, op.seats,
                               op.category, op.ticket_type, op.allow_split, "",
                               op.ttl_ms,   op.staff};
          },
          [&](auto requests, auto answers) { seats.HoldBest(requests, answers, kPatient); });
      break;
    case 2:
      CallAll<ConfirmRequest, PayReply, 2>(
          ops, replies,
          [](const ConfirmOp& op) {
            return ConfirmRequest{op.performance, op.hold,      op.payment,       op.user,
                                  op.tender,      op.reference, op.expected_total};
          },
          [&](auto requests, auto answers) { seats.Confirm(requests, answers, kPatient); });
      break;
    case 3:
      CallAll<CancelRequest, Status, 3>(
          ops, replies,
          [](const CancelOp& op) {
            return CancelRequest{op.performance, op.hold, op.user};
          },
          [&](auto requests, auto answers) { seats.Cancel(requests, answers, kPatient); });
      break;
    case 4:
      CallAll<RefundRequest, PayReply, 4>(
          ops, replies,
          [](const RefundOp& op) {
            return RefundRequest{op.id, op.performance, op.hold};
          },
          [&](auto requests, auto answers) { seats.Refund(requests, answers, kPatient); });
      break;
    case 5:
      DoWallet(ops, replies);
      break;
    default: {
      const BlockOp& op = std::get<BlockOp>(ops[0]);
      BlockReplies answers(op.seats.size());
      op.block ? seats.Block(op.performance, op.seats, "reason", answers, kPatient)
               : seats.Unblock(op.performance, op.seats, answers, kPatient);
      replies->emplace_back(std::in_place_index<6>, std::move(answers));
    }
  }
  std::string text;
  for (const Reply& reply : *replies) text += Describe(reply) + '\n';
  return text;
}

std::string Stand::Line(const LineOp& op, ShowId show) {
  QueueManager& queue = engine_->queue();
  SignedText& token = tokens_[op.user];
  SignedText& pass = passes_[op.user];
  Place place;
  if (op.step == LineStep::kJoin) {
    const JoinRequest request{show, {op.user}};
    place = queue.Join(request, kPatient);
    if (place.status.ok()) token = place.token;
  } else if (op.step == LineStep::kPoll || op.step == LineStep::kPollWithPass) {
    const bool with_pass = op.step == LineStep::kPollWithPass && !pass.empty();
    const std::string_view shown = with_pass ? pass.view() : token.view();
    place = queue.Poll(shown, kPatient);
  } else if (op.step == LineStep::kLeave) {
    return std::string(FindCode(queue.Leave(token.view(), kPatient).code())->name);
  } else if (op.step == LineStep::kRevoke) {
    return std::string(FindCode(queue.Revoke(show, {op.user}, kPatient).code())->name);
  } else {
    const auto admitted = queue.Admit(show, 1 + static_cast<int>(op.ordinal % 3), kPatient);
    return admitted.ok() ? "admitted " + std::to_string(*admitted) : admitted.status().text();
  }
  if (!place.pass.empty()) pass = place.pass;
  return PlaceText(place);
}

std::string Stand::Gated(const LineOp& op, PerformanceId gated, VenueId venue) {
  HoldId& hold = holds_[op.user];
  std::vector<Reply> replies;
  if (op.step == LineStep::kPay) {
    return Do({ConfirmOp{gated, hold, {op.id}, {op.user}, Tender::kExternal, ToString(op.id), {}}},
              &replies);
  }
  if (op.step == LineStep::kCancel) return Do({CancelOp{gated, hold, {op.user}}}, &replies);
  const SeatTicket seat{MakeSeatId(venue, op.ordinal), 0};
  const HoldRequest request{{op.id}, {op.user}, gated, {&seat, 1}, passes_[op.user].view()};
  HoldReply reply = engine_->reservations().Hold(request, kPatient);
  if (reply.status.ok()) hold = {op.id};
  return Describe(Reply(std::in_place_index<0>, reply));
}

std::string Stand::Do(const LineOp& op, ShowId show, PerformanceId gated, VenueId venue) {
  const bool of_seats =
      op.step == LineStep::kHold || op.step == LineStep::kPay || op.step == LineStep::kCancel;
  std::string text = of_seats ? Gated(op, gated, venue) : Line(op, show);
  const auto stats = engine_->queue().Stats(show, kPatient);
  if (!stats.ok()) return text + ", stats: " + stats.status().text();
  for (const std::uint64_t count :
       {stats->epoch, stats->waiting, stats->active, stats->joined_total, stats->admitted_total,
        stats->dropped_total}) {
    text += ' ' + std::to_string(count);
  }
  return text;
}

void AddSorted(std::vector<std::string>* lines, std::string* text) {
  std::ranges::sort(*lines);
  for (const std::string& line : *lines) *text += line;
  lines->clear();
}

std::string Stand::Picture(PerformanceId performance) {
  ReservationSystem& seats = engine_->reservations();
  const auto map = seats.Map(performance, kPatient);
  const auto count = seats.Count(performance, kPatient);
  const auto feed = seats.Feed(performance, 0, 10'000, kPatient);
  if (!map.ok() || !count.ok() || !feed.ok()) return "not to be read";
  std::string text = "version " + std::to_string((*map)->version.feed) + '/' +
                     std::to_string((*map)->version.lapse.value) + " free " +
                     std::to_string(count->available) + " next " +
                     std::to_string(count->next_release_at.value) + " seats ";
  for (std::uint32_t seat = 0; seat < (*map)->seats; ++seat) {
    text += static_cast<char>('0' + static_cast<int>((*map)->at(seat)));
  }
  // Which of the holds that one sweep ends is first is open: the claims name them in another order
  // than storage does.
  std::vector<std::string> ended;
  for (const FeedEvent& event : *feed) {
    std::string line = '\n' + std::to_string(static_cast<int>(event.kind)) + ' ' +
                       ToString(event.hold.value) + ' ' + std::to_string(event.user.value) + ' ' +
                       std::to_string(event.at.value) + ' ' +
                       std::to_string(event.expires_at.value);
    for (const SeatId seat : event.seats) line += ' ' + std::to_string(OrdinalOf(seat));
    if (event.kind == FeedKind::kExpired) {
      ended.push_back(std::move(line));
      continue;
    }
    AddSorted(&ended, &text);
    text += line;
  }
  AddSorted(&ended, &text);
  return text;
}

std::string Stand::Books() {
  const auto report = engine_->Verify(kPatient);
  if (!report.ok()) return report.status().text();
  std::string text = "sold " + std::to_string(report->sold) + " transfers " +
                     std::to_string(report->transfers) + " holds " + std::to_string(report->holds);
  for (const Money& money : report->revenue) {
    text += ' ' + std::to_string(money.minor) + std::string(money.currency.text());
  }
  for (const AuditFinding& finding : report->findings) text += '\n' + finding.check;
  return text;
}

Plan StandPlan() {
  Plan plan;
  plan.name = "Hall";
  plan.categories = {{"Front", ""}, {"Back", ""}};
  plan.rows = {{"Stalls", "A", 0, 0}, {"Stalls", "B", 1, 0}, {"Gallery", "G", 0, 1}};
  for (std::uint32_t row = 0; row < plan.rows.size(); ++row) {
    for (std::uint32_t i = 0; i < 16; ++i) {
      PlanSeat seat;
      seat.guid = std::to_string(row) + "-" + std::to_string(i);
      seat.number = std::to_string(i + 1);
      seat.category = row == 0 ? 0 : 1;
      seat.row = row;
      seat.place = i >= 9 ? i + 1 : i;  // an aisle
      plan.seats.push_back(seat);
    }
  }
  return plan;
}

// Draws the operations, has every stand answer them, and stops at the first difference.
class Company {
 public:
  explicit Company(std::uint64_t seed)
      : model_(StandPlan(), kSeatsPerHoldMax, kStandTtlMs, 3'600'000), script_(seed, model_) {
    model_.now = kStandStart;
  }
  void Add(std::string name, const EngineOptions& options,
           std::unique_ptr<Storage> storage = nullptr) {
    stands_.push_back(std::make_unique<Stand>(std::move(name), options, std::move(storage)));
  }

  // A season: a house with two open dates and a gated one; what came before is looked at no more.
  void NewSeason();
  void Step();
  void CheckAll();

  int done() const { return done_; }
  int refused() const { return refused_; }
  int admitted() const { return admitted_; }
  std::size_t size() const { return stands_.size(); }

 private:
  // `ask(stand)` is to give the same text at each.
  template <class Ask>
  std::string Same(const std::string& what, const Ask& ask) {
    const std::string first = ask(*stands_[0]);
    for (std::size_t i = 1; i < stands_.size(); ++i) {
      const std::string other = ask(*stands_[i]);
      if (other == first) continue;
      ADD_FAILURE() << "operation " << done_ << ", " << what << "\n"
                    << stands_[0]->name() << ":\n"
                    << first << "\n"
                    << stands_[i]->name() << ":\n"
                    << other;
      break;
    }
    return first;
  }
  PerformanceId AddDate(ShowId show, const char* currency, std::uint32_t user_limit);
  void Calls();
  void InLine();
  void Pass();
  void Learn(const std::vector<Op>& ops, const std::vector<Reply>& replies);

  HallModel model_;  // what the script draws from; its own answers are tests/model's matter
  Script script_;
  std::vector<std::unique_ptr<Stand>> stands_;
  std::vector<PerformanceId> dates_;
  VenueId venue_;
  ShowId gated_show_;
  PerformanceId gated_;
  std::uint64_t line_ids_ = 0;
  int done_ = 0, refused_ = 0, admitted_ = 0;
};

PerformanceId Company::AddDate(ShowId show, const char* currency, std::uint32_t user_limit) {
  PerformanceSpec spec;
  spec.show = show;
  spec.venue = venue_;
  spec.currency = *ParseCurrency(currency);
  spec.user_limit = user_limit;
  spec.prices = {{"Front", 0, "full", 1'000}, {"Front", 1, "child", 400}, {"Back", 0, "full", 300}};
  SetStart(&spec);
  PerformanceId added;
  (void)Same("a new date", [&](Stand& stand) {
    const auto made = stand.engine()->catalog().AddPerformance(spec);
    if (made.ok()) added = *made;
    return made.ok() ? std::to_string(made->value) : made.status().text();
  });
  dates_.push_back(added);
  return added;
}

void Company::NewSeason() {
  for (const auto& stand : stands_) ASSERT_NE(stand->engine(), nullptr);
  model_.performances.clear();
  model_.holds.clear();
  dates_.clear();
  ShowId show;
  (void)Same("a new house", [&](Stand& stand) {
    Catalog& catalog = stand.engine()->catalog();
    stand.ForgetPlaces();
    venue_ = catalog.AddVenue(model_.plan(), "").value();
    show = catalog.AddShow({.title = "A play"}).value();
    ShowSpec gated{.title = "A rush", .requires_pass = true, .active_max = 4, .rate_per_s = 5};
    gated.grace_ms = 60'000;
    gated.pass_ms = 90'000;
    gated_show_ = catalog.AddShow(gated).value();
    return std::to_string(venue_.value) + ' ' + std::to_string(gated_show_.value);
  });
  for (const auto& [currency, limit] : {std::pair{"EUR", 5u}, std::pair{"JPY", 0u}}) {
    ModelPerformance p;
    p.venue = venue_;
    p.user_limit = limit;
    p.currency = *ParseCurrency(currency);
    p.prices = {{{0, 0}, 1'000}, {{0, 1}, 400}, {{1, 0}, 300}};
    model_.performances.emplace(AddDate(show, currency, limit), p);
  }
  gated_ = AddDate(gated_show_, "EUR", 0);
}

void Company::Step() {
  const int draw = script_.Below(100);
  if (draw < 15) return Pass();
  return draw < 55 ? InLine() : Calls();
}

// Time goes on; now and then somebody sweeps.
void Company::Pass() {
  ++done_;
  TimeUs to{model_.now.value + 1 + script_.Below(15'000'000)};
  for (const auto& [key, hold] : model_.holds) {
    const bool alive = hold.state == HoldState::kHeld && hold.expires_at > model_.now;
    if (!alive || !script_.Chance(4)) continue;
    to = TimeUs{hold.expires_at.value - 1 + script_.Below(3)};  // just before, at, just after
    break;
  }
  model_.now = std::max(model_.now, to);
  for (const auto& stand : stands_) stand->SetClock(model_.now);
  if (!script_.Chance(40)) return;
  (void)Same("sweep", [](Stand& stand) { return stand.Sweep(); });
  for (const HoldKey& key : model_.Lapsed()) model_.Expire(key);
}

void Company::InLine() {
  ++done_;
  constexpr LineStep kSteps[] = {LineStep::kJoin,  LineStep::kPoll,   LineStep::kPollWithPass,
                                 LineStep::kHold,  LineStep::kPay,    LineStep::kCancel,
                                 LineStep::kLeave, LineStep::kRevoke, LineStep::kAdmit};
  constexpr int kShares[] = {22, 24, 8, 20, 12, 4, 4, 1, 5};
  int draw = script_.Below(100);
  std::size_t at = 0;
  while (draw >= kShares[at]) draw -= kShares[at++];
  LineOp op{kSteps[at],
            1 + static_cast<std::uint64_t>(script_.Below(kVisitorsMax)),
            static_cast<std::uint32_t>(script_.Below(48)),
            {}};
  op.id[0] = 9;
  ++line_ids_;
  for (std::size_t i = 0; i < 8; ++i) op.id[15 - i] = static_cast<std::uint8_t>(line_ids_ >> 8 * i);
  const std::string text =
      Same("in the line, step " + std::to_string(at) + " of user " + std::to_string(op.user),
           [&](Stand& stand) { return stand.Do(op, gated_show_, gated_, venue_); });
  admitted_ += text.find(" pass") != std::string::npos;
}

void Company::Calls() {
  std::vector<Op> ops{script_.Next()};
  const bool alone = std::holds_alternative<BlockOp>(ops[0]);
  for (int more = alone ? 0 : script_.Below(24); more > 0; --more) {
    ops.push_back(script_.NextOf(ops[0].index()));
    if (auto* move = std::get_if<WalletOp>(&ops.back())) {
      move->kind = std::get<WalletOp>(ops[0]).kind;  // charge and withdraw are two calls
    }
  }
  done_ += static_cast<int>(ops.size());
  std::string what;
  for (const Op& op : ops) what += Describe(op) + '\n';
  std::vector<Reply> first;
  const std::string text = Same(what, [&](Stand& stand) {
    std::vector<Reply> replies;
    std::string said = stand.Do(ops, &replies);
    if (&stand == stands_[0].get()) first = std::move(replies);
    return said;
  });
  refused_ += text.find("SeatTaken") != std::string::npos;
  Learn(ops, first);
}

void Company::Learn(const std::vector<Op>& ops, const std::vector<Reply>& replies) {
  std::string wrong;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (const auto* hold = std::get_if<HoldOp>(&ops[i])) (void)model_.Hold(*hold);
    if (const auto* best = std::get_if<BestOp>(&ops[i])) {
      (void)model_.Best(*best, std::get<1>(replies[i]), &wrong);
    }
    if (const auto* confirm = std::get_if<ConfirmOp>(&ops[i])) (void)model_.Confirm(*confirm);
    if (const auto* cancel = std::get_if<CancelOp>(&ops[i])) (void)model_.Cancel(*cancel);
    if (const auto* refund = std::get_if<RefundOp>(&ops[i])) (void)model_.Refund(*refund);
    if (const auto* move = std::get_if<WalletOp>(&ops[i])) (void)model_.Move(*move);
    if (const auto* block = std::get_if<BlockOp>(&ops[i])) (void)model_.Block(*block);
  }
}

void Company::CheckAll() {
  for (const PerformanceId date : dates_) {
    (void)Same("the picture of date " + std::to_string(date.value),
               [&](Stand& stand) { return stand.Picture(date); });
  }
  const std::string books = Same("the books", [](Stand& stand) { return stand.Books(); });
  EXPECT_EQ(books.find('\n'), std::string::npos) << books;
}

class ScaleSameAnswers : public Stage {};

TEST_F(ScaleSameAnswers, OnEveryStorageWithAndWithoutRedis) {
  constexpr int kOperationsASeason = 2'500;
  const int wanted = Scaled(50'000);
  Company company(11);
  EngineOptions on_memory, on_sqlite;
  on_memory.storage = "memory:";
  on_sqlite.storage = "sqlite:" + folder_.File("plain.db");
  EngineOptions on_postgres = Options(Caches::kNone);
  // The line beside an SQLite file may drop who is silent a quarter of the grace later.
  on_sqlite.line = on_postgres.line = "memory:?scope=process";
  company.Add("memory", on_memory);
  company.Add("sqlite", on_sqlite);
  company.Add("postgres", on_postgres);
  // With a log that goes round every few hundred operations.
  EngineOptions on_journal = on_sqlite;
  on_journal.keys = folder_.File("journal.keys");
  company.Add("journal", on_journal,
              NewJournalStorage(NewSqliteStorage({.path = folder_.File("journal.db")}),
                                {.half_bytes = 32 << 10}));
  const PostgresHome second;
  on_sqlite.storage = "sqlite:" + folder_.File("redis.db");
  on_postgres.storage = second.uri();
  on_postgres.keys = folder_.File("second.keys");
  int db = 0;
  for (auto& [name, options] :
       {std::pair{"memory and redis", on_memory}, std::pair{"sqlite and redis", on_sqlite},
        std::pair{"postgres and redis", on_postgres}}) {
    EngineOptions with_redis = options;
    with_redis.claims = with_redis.line =
        redis_->Uri("/" + std::to_string(db++) + "?timeout_ms=10000");
    company.Add(name, with_redis);
  }
  for (int season = 0; company.done() < wanted && !HasFailure(); ++season) {
    ASSERT_NO_FATAL_FAILURE(company.NewSeason());
    const int until = std::min(wanted, (season + 1) * kOperationsASeason);
    while (company.done() < until && !HasFailure()) company.Step();
    if (!HasFailure()) company.CheckAll();
  }
  EXPECT_GT(company.refused(), wanted / 500);
  EXPECT_GT(company.admitted(), wanted / 200);
  std::printf("COUNT scale_same_answers %d\n%zu engines, %d places with a pass\n", company.done(),
              company.size(), company.admitted());
}

}  // namespace
}  // namespace seathold::testing
