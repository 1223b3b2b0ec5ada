// Every allocation of a call fails, once or from then on for ever, and with it the host does not
// end, no answer is wrong, and the call sent again goes through.
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <new>
#include <ostream>
#include <random>

#include "seathold/adapter/parts.h"
#include "tests/engine/hall.h"
#include "tests/oom/short_memory.h"
#include "tests/support/counts.h"

namespace seathold::testing {
namespace {

constexpr std::string_view kEmail = "known@example.org";
constexpr std::string_view kPassword = "a long enough phrase";
constexpr std::string_view kNewEmail = "new@example.org";
constexpr CallOptions kPatient{60'000};
constexpr UserId kBuyer{7}, kRich{8};

// What the file holds before each call: made once, copied for each.
struct Prepared {
  HallFolder folder;
  VenueId venue;
  ShowId lined;
  PerformanceId performance;
  std::string access, place;
  HoldId held, paid, lapsed;
  Uuid fresh{};  // an id that nobody has used

  std::string File() const { return folder.File("hall.db"); }

  void Make() {
    Hall hall;
    hall.path = File();
    ASSERT_NO_FATAL_FAILURE(hall.Build(4, 10));
    venue = hall.venue;
    performance = hall.performance;
    ShowSpec spec;
    spec.title = "Lined";
    spec.requires_pass = true;
    spec.active_max = 1;
    lined = *hall.engine->catalog().AddShow(spec);
    ASSERT_TRUE(hall.engine->accounts().Register(kEmail, kPassword).ok());
    access = hall.engine->accounts().Login(kEmail, kPassword)->token;
    for (int i = 0; i < 2; ++i) (void)hall.engine->accounts().Login(kEmail, "a wrong one");
    ASSERT_TRUE(hall.Charge(kBuyer.value, 10 * kSeatPriceMinor).status.ok());
    ASSERT_TRUE(hall.Charge(kRich.value, 10 * kSeatPriceMinor).status.ok());
    const JoinRequest joins[] = {{lined, UserId{30}}, {lined, UserId{31}}};
    Place places[2];
    hall.engine->queue().Join(joins, places);
    ASSERT_TRUE(places[1].status.ok()) << places[1].status.text();
    place = std::string(places[1].token.view());
    paid = hall.Held(kRich.value, {0, 1});
    ASSERT_TRUE(hall.Pay(kRich.value, paid, hall.NewTransfer()).status.ok());
    held = hall.Held(kBuyer.value, {2, 3});
    lapsed = hall.NewHold();
    ASSERT_TRUE(hall.Hold(9, {4}, lapsed, 5'000, 1'000).status.ok());
    fresh = hall.engine->NewId();
    ASSERT_TRUE(hall.engine->Close().ok());
  }
};

// One engine on a copy of the file.
struct Stage {
  const Prepared& made;
  HallFolder folder;
  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(kHallStart);
  EngineOptions options;
  EngineParts parts;
  std::unique_ptr<Engine> engine;
  std::string backup;
  std::size_t at = kNoFailure;
  bool for_ever = false;
  std::size_t asked = 0;

  explicit Stage(const Prepared& prepared) : made(prepared) {
    for (const char* tail : {"", "-line", ".keys"}) {
      std::filesystem::copy_file(made.File() + tail, folder.File("hall.db") + tail);
    }
    options.storage = "sqlite:" + folder.File("hall.db");
    options.claims = "memory:";  // which needs some, too
    options.test_only_cheap_password_hash = true;
    options.sweeper_thread = false;
    backup = folder.File("backup.db");
  }
  void Open() {
    engine.reset();
    NewParts();
    auto opened = Engine::Open(options, std::move(parts));
    if (!opened.ok()) throw std::runtime_error("does not open: " + opened.status().text());
    engine = std::move(opened).value();
  }
  void NewParts() {
    parts = EngineParts();
    parts.clock = clock;
  }
  // Runs one call of the library with a heap that fails.
  template <class Fn>
  void Short(Fn&& call) {
    FailAllocations(at, for_ever);
    try {
      call();
    } catch (...) {
      asked = StopFailing();
      throw;
    }
    asked = StopFailing();
  }
  std::int64_t Sql(const char* query) { return SqlNumber(folder.File("hall.db"), query); }
};

struct Call {
  const char* name;
  std::function<Status(Stage&)> act;
  // Whether it has had its effect; absent: it has none.
  std::function<bool(Stage&)> effect = nullptr;
  // Its answer once it has had its effect.
  Code again = Code::kOk;
  bool opens = true;    // the engine before the call
  bool repeats = true;  // sent again it has the same effect once

  friend void PrintTo(const Call& call, std::ostream* out) { *out << call.name; }
};

Status CheckCount(std::size_t found, std::size_t expected) {
  return found == expected ? Status() : Status(Code::kInternal, "another number of rows");
}

HoldState StateOf(Stage& stage, HoldId hold) {
  const auto view = stage.engine->reservations().Get(stage.made.performance, hold);
  return view.ok() ? view->state : HoldState::kNone;
}
std::int64_t BalanceOf(Stage& stage, UserId user) {
  return stage.engine->wallet().Balance(user, kEuro)->minor;
}
SeatState SeatOf(Stage& stage, std::uint32_t ordinal) {
  return (*stage.engine->reservations().Map(stage.made.performance))->at(ordinal);
}

Status ActOpen(Stage& stage) {
  stage.engine.reset();
  stage.NewParts();
  stage.options.sweeper_thread = true;  // starting it needs memory; it sleeps through the test
  stage.options.sweep_every_ms = 60'000;
  Result<std::unique_ptr<Engine>> opened = Code::kInternal;
  stage.Short([&] { opened = Engine::Open(stage.options, std::move(stage.parts)); });
  if (opened.ok()) stage.engine = std::move(opened).value();
  return opened.ok() ? Status() : opened.status();
}
Status ActRegister(Stage& stage) {
  Result<UserId> made = Code::kInternal;
  stage.Short([&] { made = stage.engine->accounts().Register(kNewEmail, kPassword, kPatient); });
  return made.status();
}
Status ActLogin(Stage& stage) {
  Result<AccessToken> token = Code::kInternal;
  stage.Short([&] { token = stage.engine->accounts().Login(kEmail, kPassword, kPatient); });
  return token.status();
}
Status ActAuthenticate(Stage& stage) {
  Result<Principal> who = Code::kInternal;
  stage.Short([&] { who = stage.engine->accounts().Authenticate(stage.made.access, kPatient); });
  return who.status();
}
Status ActJoin(Stage& stage) {
  const JoinRequest request{stage.made.lined, UserId{32}};
  Place place;
  stage.Short([&] { stage.engine->queue().Join({&request, 1}, {&place, 1}, kPatient); });
  if (place.status.ok() && place.token.empty()) return Status(Code::kInternal, "no token");
  return place.status;
}
Status ActPoll(Stage& stage) {
  const std::string_view token = stage.made.place;
  Place place;
  stage.Short([&] { stage.engine->queue().Poll({&token, 1}, {&place, 1}, kPatient); });
  if (place.status.ok() && place.state == LineState::kAbsent) {
    return Status(Code::kInternal, "a place was lost");
  }
  return place.status;
}
Status ActAdmit(Stage& stage) {
  Result<int> admitted = Code::kInternal;
  stage.Short([&] { admitted = stage.engine->queue().Admit(stage.made.lined, 5, kPatient); });
  return admitted.status();
}
Status ActHold(Stage& stage) {
  const SeatTicket seats[] = {{MakeSeatId(stage.made.venue, 10), 0},
                              {MakeSeatId(stage.made.venue, 11), 0}};
  HoldRequest request;
  request.id = HoldId{stage.made.fresh};
  request.user = kBuyer;
  request.performance = stage.made.performance;
  request.seats = seats;
  HoldReply reply;
  stage.Short([&] { stage.engine->reservations().Hold({&request, 1}, {&reply, 1}, kPatient); });
  return reply.status;
}
Status ActBest(Stage& stage) {
  BestRequest request;
  request.id = HoldId{stage.made.fresh};
  request.user = kBuyer;
  request.performance = stage.made.performance;
  request.seats = 3;
  HoldReply reply;
  stage.Short([&] { stage.engine->reservations().HoldBest({&request, 1}, {&reply, 1}, kPatient); });
  return reply.status;
}
Status ActConfirm(Stage& stage) {
  ConfirmRequest request;
  request.performance = stage.made.performance;
  request.hold = stage.made.held;
  request.payment = TransferId{stage.made.fresh};
  request.user = kBuyer;
  PayReply reply;
  stage.Short([&] { stage.engine->reservations().Confirm({&request, 1}, {&reply, 1}, kPatient); });
  return reply.status;
}
Status ActCancel(Stage& stage) {
  const CancelRequest request{stage.made.performance, stage.made.held, kBuyer};
  Status reply;
  stage.Short([&] { stage.engine->reservations().Cancel({&request, 1}, {&reply, 1}, kPatient); });
  return reply;
}
Status ActRefund(Stage& stage) {
  const RefundRequest request{TransferId{stage.made.fresh}, stage.made.performance,
                              stage.made.paid};
  PayReply reply;
  stage.Short([&] { stage.engine->reservations().Refund({&request, 1}, {&reply, 1}, kPatient); });
  return reply.status;
}
ChargeRequest MoneyOf(Stage& stage) {
  return {TransferId{stage.made.fresh}, kBuyer, Money{500, kEuro}, "a card of the longer kind"};
}
Status ActCharge(Stage& stage) {
  const ChargeRequest request = MoneyOf(stage);
  TransferReply reply;
  stage.Short([&] { stage.engine->wallet().Charge({&request, 1}, {&reply, 1}, kPatient); });
  return reply.status;
}
Status ActWithdraw(Stage& stage) {
  const ChargeRequest request = MoneyOf(stage);
  TransferReply reply;
  stage.Short([&] { stage.engine->wallet().Withdraw({&request, 1}, {&reply, 1}, kPatient); });
  return reply.status;
}
Status ActBlock(Stage& stage) {
  const SeatId seat = MakeSeatId(stage.made.venue, 20);
  Status reply;
  stage.Short([&] {
    stage.engine->reservations().Block(stage.made.performance, {&seat, 1}, "a rope, for the press",
                                       {&reply, 1}, kPatient);
  });
  return reply;
}
Status ActMap(Stage& stage) {
  Result<std::shared_ptr<const SeatMap>> map = Code::kInternal;
  stage.Short([&] { map = stage.engine->reservations().Map(stage.made.performance, kPatient); });
  if (!map.ok()) return map.status();
  return (*map)->at(0) == SeatState::kSold ? Status() : Status(Code::kInternal, "another map");
}
Status ActList(Stage& stage) {
  Result<std::vector<HoldView>> list = Code::kInternal;
  stage.Short(
      [&] { list = stage.engine->reservations().ListByUser(kBuyer, {}, {}, 10, kPatient); });
  return list.ok() ? CheckCount(list->size(), 1) : list.status();
}
Status ActGet(Stage& stage) {
  Result<HoldView> view = Code::kInternal;
  stage.Short([&] {
    view =
        stage.engine->reservations().Get(stage.made.performance, stage.made.held, true, kPatient);
  });
  return view.ok() ? CheckCount(view->seats.size(), 2) : view.status();
}
Status ActFeed(Stage& stage) {
  Result<std::vector<FeedEvent>> feed = Code::kInternal;
  stage.Short(
      [&] { feed = stage.engine->reservations().Feed(stage.made.performance, 0, 100, kPatient); });
  return feed.ok() ? CheckCount(feed->size(), 4) : feed.status();
}
Status ActStatement(Stage& stage) {
  Result<std::vector<StatementLine>> lines = Code::kInternal;
  stage.Short([&] { lines = stage.engine->wallet().Statement(kRich, kEuro, 0, 10, kPatient); });
  return lines.ok() ? CheckCount(lines->size(), 2) : lines.status();
}
Status ActSweep(Stage& stage) {
  stage.clock->AdvanceMs(2'000);
  Result<int> ended = Code::kInternal;
  stage.Short([&] { ended = stage.engine->Sweep(100, kPatient); });
  return ended.status();
}
Status ActVerify(Stage& stage) {
  Result<AuditReport> report = Code::kInternal;
  stage.Short([&] { report = stage.engine->Verify(kPatient); });
  return report.ok() ? CheckCount(report->findings.size(), 0) : report.status();
}
Status ActBackup(Stage& stage) {
  Status status;
  stage.Short([&] { status = stage.engine->Backup(stage.backup, kPatient); });
  return status;
}
Status ActRotate(Stage& stage) {
  Status status;
  stage.Short([&] { status = stage.engine->RotateKeys(); });
  return status;
}
Status ActClose(Stage& stage) {
  Status status;
  stage.Short([&] { status = stage.engine->Close(kPatient); });
  return status;
}

std::size_t KeysIn(Stage& stage) {
  FILE* file = std::fopen((stage.folder.File("hall.db") + ".keys").c_str(), "r");
  std::size_t keys = 0;
  char line[256];
  while (std::fgets(line, sizeof line, file) != nullptr)
    keys += std::string_view(line).starts_with("key ");
  std::fclose(file);
  return keys;
}

const std::vector<Call>& Calls() {
  static const std::vector<Call> calls = {
      {"open", ActOpen, nullptr, Code::kOk, false},
      {"register", ActRegister,
       [](Stage& s) { return s.engine->accounts().Login(kNewEmail, kPassword).ok(); },
       Code::kEmailTaken},
      {"login", ActLogin,
       [](Stage& s) { return s.Sql("SELECT ifnull(sum(failures), 0) FROM attempts") == 0; }},
      {"authenticate", ActAuthenticate},
      {"join", ActJoin},
      {"poll", ActPoll},
      {"admit", ActAdmit},
      {"hold", ActHold,
       [](Stage& s) { return StateOf(s, HoldId{s.made.fresh}) == HoldState::kHeld; }},
      {"best", ActBest,
       [](Stage& s) { return StateOf(s, HoldId{s.made.fresh}) == HoldState::kHeld; }},
      {"confirm", ActConfirm,
       [](Stage& s) { return StateOf(s, s.made.held) == HoldState::kConfirmed; }},
      {"cancel", ActCancel,
       [](Stage& s) { return StateOf(s, s.made.held) == HoldState::kCancelled; }},
      {"refund", ActRefund,
       [](Stage& s) { return StateOf(s, s.made.paid) == HoldState::kRefunded; }},
      {"charge", ActCharge,
       [](Stage& s) { return BalanceOf(s, kBuyer) == 10 * kSeatPriceMinor + 500; }},
      {"withdraw", ActWithdraw,
       [](Stage& s) { return BalanceOf(s, kBuyer) == 10 * kSeatPriceMinor - 500; }},
      {"block", ActBlock, [](Stage& s) { return SeatOf(s, 20) == SeatState::kBlocked; }},
      {"map", ActMap},
      {"list", ActList},
      {"get", ActGet},
      {"feed", ActFeed},
      {"statement", ActStatement},
      {"sweep", ActSweep,
       [](Stage& s) { return s.Sql("SELECT count(*) FROM holds WHERE state = 4") == 1; }},
      {"verify", ActVerify},
      {"backup", ActBackup, [](Stage& s) { return std::filesystem::exists(s.backup); },
       Code::kAlreadyExists},
      {"rotate", ActRotate, [](Stage& s) { return KeysIn(s) == 2; }, Code::kOk, true, false},
      {"close", ActClose},
  };
  return calls;
}

// "" or what is wrong. The engine goes on once there is memory, but for one that does not know what
// it has committed: that one has to be opened again.
std::string Judge(Stage& stage, const Call& call, const Status& told) {
  const bool unknown = told == Code::kOutcomeUnknown;
  const auto has_effect = [&] { return call.effect != nullptr && call.effect(stage); };
  if (!told.ok() && !unknown && told.code() != Code::kOutOfMemory) return "said " + told.text();
  if (unknown && call.effect == nullptr) return "said unknown of a call without effect";
  if (unknown && stage.engine->Verify().ok()) return "said unknown before anything was committed";
  if (unknown) stage.Open();
  const bool done = has_effect();
  if (call.effect != nullptr && told.ok() && !done) return "said done and was not";
  if (!told.ok() && !unknown && done) return "said no effect and had it: " + told.text();
  stage.at = kNoFailure;
  if (call.repeats) {
    const Status again = call.act(stage);
    const Code expected = done ? call.again : Code::kOk;
    if (again.code() != expected) return "sent again said " + again.text();
  }
  stage.Open();
  if (call.effect != nullptr && has_effect() != (done || call.repeats)) return "another effect";
  const auto report = stage.engine->Verify(kPatient);
  if (!report.ok()) return "verify said " + report.status().text();
  return report->findings.empty() ? "" : "verify found " + report->findings[0].detail;
}

constexpr int kFine = 0, kWrong = 1, kNotReached = 2;

// How many allocations the call of a child asked for: in memory that it shares.
std::size_t* Asked() {
  static void* const page = ::mmap(nullptr, sizeof(std::size_t), PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return static_cast<std::size_t*>(page);
}

int RunOne(const Prepared& made, const Call& call, std::size_t at, bool for_ever) {
  Stage stage(made);
  if (call.opens) stage.Open();
  stage.at = at;
  stage.for_ever = for_ever;
  Status told;
  try {
    told = call.act(stage);
  } catch (const std::bad_alloc&) {
    std::printf("  %s, %s from %zu on: threw\n", call.name, for_ever ? "for ever" : "once", at);
    return kWrong;
  }
  *Asked() = stage.asked;
  const bool reached = stage.asked >= at;
  const std::string wrong = Judge(stage, call, told);
  if (!wrong.empty()) {
    std::printf("  %s, %s at %zu: %s\n", call.name, for_ever ? "for ever" : "once", at,
                wrong.c_str());
    return kWrong;
  }
  return reached ? kFine : kNotReached;
}

// In a process of its own, so that its end is counted and not suffered.
int InChild(const std::function<int()>& run) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    int code = kWrong;
    try {
      code = run();
    } catch (const std::exception& error) {
      std::printf("  threw: %s\n", error.what());
    }
    std::fflush(nullptr);
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

const Prepared& Made() {
  static const Prepared* const made = [] {
    // Small allocations of SQLite's would else be from a block of its own, which cannot fail.
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
    auto* prepared = new Prepared;
    prepared->Make();
    return prepared;
  }();
  return *made;
}

unsigned Seed() {
  static const unsigned seed = [] {
    const char* given = std::getenv("SEATHOLD_SEED");
    const unsigned drawn = given != nullptr
                               ? static_cast<unsigned>(std::strtoul(given, nullptr, 10))
                               : std::random_device{}();
    std::printf("seed %u; SEATHOLD_SEED=%u tests the same points\n", drawn, drawn);
    return drawn;
  }();
  return seed;
}

// Which of the allocations of a call fail: with SEATHOLD_FULL=1 each of them. Else about kSpread
// all over, others every time, and the last ones: there lies what comes behind the commit.
std::vector<std::size_t> PointsOf(std::size_t asked, bool for_ever) {
  constexpr std::size_t kSpread = 12, kLast = 16;
  const std::size_t step = FullCounts() ? 1 : asked / kSpread + 1;
  const std::size_t last = asked - std::min(asked, kLast);
  std::vector<std::size_t> points;
  for (std::size_t at = (Seed() + (for_ever ? step / 2 : 0)) % step; at < last; at += step) {
    points.push_back(at + 1);
  }
  for (std::size_t at = last; at < asked; ++at) points.push_back(at + 1);
  return points;
}

class ShortMemory : public ::testing::TestWithParam<Call> {};

TEST_P(ShortMemory, NeitherEndsTheHostNorMakesAnAnswerWrong) {
  if (!CanFailAllocations()) GTEST_SKIP() << "the heap is a sanitizer's";
  const Prepared& made = Made();
  *Asked() = 0;  // mapped before the first child
  ASSERT_FALSE(made.access.empty());
  const Call& call = GetParam();
  ASSERT_EQ(InChild([&] { return RunOne(made, call, kNoFailure, false); }), kFine);
  const std::size_t asked = *Asked();
  std::size_t points = 0;
  int ended = 0, wrong = 0;
  for (const bool for_ever : {false, true}) {
    for (const std::size_t at : PointsOf(asked, for_ever)) {
      const int code = InChild([&] { return RunOne(made, call, at, for_ever); });
      points += code != kNotReached;
      ended += code < 0;
      wrong += code == kWrong;
      if (code < 0) {
        std::printf("  %s, %s at %zu: ended by signal %d\n", call.name,
                    for_ever ? "for ever" : "once", at, -code);
      }
    }
  }
  std::printf("COUNT short_memory_%s %zu\n", call.name, points);
  EXPECT_EQ(ended, 0);
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(points, 0u);
}

INSTANTIATE_TEST_SUITE_P(Calls, ShortMemory, ::testing::ValuesIn(Calls()),
                         [](const auto& call) { return std::string(call.param.name); });

}  // namespace
}  // namespace seathold::testing
