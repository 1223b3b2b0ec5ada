// Sales over PostgreSQL beside the same rows by libpq alone; the waiting line on Redis beside the
// plain commands of a sorted set. Registered where SEATHOLD_BENCH_POSTGRES and SEATHOLD_BENCH_REDIS
// say where the servers are (bench/servers.sh).
#include <benchmark/benchmark.h>
#include <hiredis/hiredis.h>
#include <unistd.h>

#include "bench/bare_postgres.h"
#include "bench/sales.h"
#include "bench/suites.h"
#include "src/line/redis/redis_line.h"
#include "src/redis/client.h"
#include "src/redis/uri.h"

namespace seathold::bench {
namespace {

constexpr std::size_t kDepth = 10'000;  // who waits before the clock starts
constexpr std::size_t kStep = 100;
constexpr std::uint64_t kEpoch = 1;

void SellBesideLibpq(benchmark::State& state, Medium medium) {
  static BarePostgres bare;
  SellInTurnWith(state, SharedHall("in_turn", {.medium = medium}), bare);
}

// A line by hand: a sorted set and nothing else.
class PlainSet {
 public:
  explicit PlainSet(const RedisOptions& options)
      : redis_(redisConnect(options.host.c_str(), options.port)) {
    if (redis_ == nullptr || redis_->err != 0) Check(Status(Code::kBusy), "connecting to Redis");
    Queue({"DEL", "plain"});
    Take(1);
  }
  ~PlainSet() { redisFree(redis_); }
  PlainSet(const PlainSet&) = delete;
  PlainSet& operator=(const PlainSet&) = delete;

  void Add(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      const std::string number = std::to_string(++last_);
      Queue({"ZADD", "plain", number, "u" + number});
    }
    Take(n);
  }
  void Rank(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      Queue({"ZRANK", "plain", "u" + std::to_string(first_ + 1 + next_++ % (last_ - first_))});
    }
    Take(n);
  }
  void Pop(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) Queue({"ZPOPMIN", "plain"});
    Take(n);
    first_ += n;
  }

 private:
  void Queue(const std::vector<std::string>& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string& word : words) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
    redisAppendCommandArgv(redis_, static_cast<int>(words.size()), texts.data(), sizes.data());
  }
  void Take(std::size_t n) {
    for (; n > 0; --n) {
      void* reply = nullptr;
      const bool good = redisGetReply(redis_, &reply) == REDIS_OK &&
                        static_cast<redisReply*>(reply)->type != REDIS_REPLY_ERROR &&
                        static_cast<redisReply*>(reply)->type != REDIS_REPLY_NIL;
      if (!good) Check(Status(Code::kInternal), "a plain command");
      freeReplyObject(reply);
    }
  }

  redisContext* const redis_;
  std::size_t first_ = 0, last_ = 0, next_ = 0;
};

// The adapter and the plain set in turn, steps of a hundred; what `kind` says is timed.
class LineBesideSet {
 public:
  LineBesideSet()
      : options_(Must(ParseRedisUri(Setting("SEATHOLD_BENCH_REDIS") + "&prefix=bench"), "a URI")),
        line_(NewRedisLine(std::make_shared<RedisClient>(options_))),
        plain_(options_) {
    LineConfig config;
    config.active_max = kStep;
    Check(line_->OpenLine(show_, config, now_, {}), "opening a line");
    inside_ = JoinNew(kStep);
    for (std::size_t n = 0; n < kDepth; n += kStep) Grow();
  }

  void Join(Spent* ours, Spent* theirs) {
    ours->Add([&] { waiting_.push_back(JoinNew(kStep)); });
    theirs->Add([&] { plain_.Add(kStep); });
  }
  void Poll(Spent* ours, Spent* theirs) {
    std::vector<LineEntry>& entries = waiting_[next_++ % waiting_.size()];
    ours->Add([&] { Check(line_->Poll(show_, kEpoch, entries, now_, {}), "polling"); });
    if (entries[0].state != LineState::kWaiting) Check(Status(Code::kInternal), "who waited");
    theirs->Add([&] { plain_.Rank(kStep); });
  }
  // Those inside leave, as many are let in; as many join behind them, so that the depth stays.
  void Admit(Spent* ours, Spent* theirs) {
    Grow();
    Check(line_->Leave(show_, kEpoch, inside_, {}), "leaving");
    now_.value += kUsPerMs;
    std::uint32_t admitted = 0;
    ours->Add([&] { Check(line_->Admit(show_, kEpoch, kStep, now_, {}, &admitted), "admitting"); });
    if (admitted != kStep) Check(Status(Code::kInternal), "admitting a hundred");
    inside_ = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    theirs->Add([&] { plain_.Pop(kStep); });
  }

 private:
  std::vector<LineEntry> JoinNew(std::size_t n) {
    std::vector<LineEntry> entries(n);
    for (LineEntry& entry : entries) entry = {.user = UserId{++user_}};
    Check(line_->Join(show_, kEpoch, entries, now_, {}), "joining");
    return entries;
  }
  void Grow() {
    waiting_.push_back(JoinNew(kStep));
    plain_.Add(kStep);
  }

  static std::uint64_t NextShow() {
    static std::uint64_t made = 0;
    return (static_cast<std::uint64_t>(::getpid()) << 16) + ++made;
  }

  const ShowId show_{NextShow()};
  const RedisOptions options_;
  const std::unique_ptr<Line> line_;
  PlainSet plain_;
  TimeUs now_{1'800'000'000'000'000};
  std::uint64_t user_ = 10'000'000;
  std::vector<LineEntry> inside_;
  std::vector<std::vector<LineEntry>> waiting_;
  std::size_t next_ = 0;
};

void StepLine(benchmark::State& state, void (LineBesideSet::*step)(Spent*, Spent*)) {
  LineBesideSet lines;
  std::vector<double> ratios;
  Spent ours_all, theirs_all;
  for ([[maybe_unused]] auto _ : state) {
    Spent ours, theirs;
    (lines.*step)(&ours, &theirs);
    ratios.push_back(theirs.wall_s / ours.wall_s);
    ours_all.wall_s += ours.wall_s;
    theirs_all.wall_s += theirs.wall_s;
  }
  const double items = static_cast<double>(state.iterations()) * kStep;
  state.counters["ratio"] = Median(ratios);
  state.counters["per_s"] = items / ours_all.wall_s;
  state.counters["plain_per_s"] = items / theirs_all.wall_s;
  state.SetLabel("of the plain command, pipelined, steps of 100 in turn; 10,000 wait");
}

}  // namespace

void RegisterServers() {
  if (Setting("SEATHOLD_BENCH_POSTGRES").empty() || Setting("SEATHOLD_BENCH_REDIS").empty()) return;
  const auto add = [](const char* name, auto fn, auto... args) {
    return benchmark::RegisterBenchmark(name, fn, args...)->UseRealTime();
  };
  for (const auto& [name, medium] : {std::pair("postgres", Medium::kPostgres),
                                     std::pair("postgres_redis", Medium::kPostgresRedis)}) {
    const auto named = [&](const char* what) { return std::string("sell/") + what + "/" + name; };
    add(named("batch_1000").c_str(), SellBatches, medium)->Unit(benchmark::kMillisecond);
    add(named("in_turn").c_str(), SellBesideLibpq, medium)->Unit(benchmark::kMillisecond);
    add(named("one_caller").c_str(), SellSingly, medium, "single");
    add(named("32_callers").c_str(), SellSingly, medium, "callers")->Threads(32);
  }
  add("redis/join_100/in_turn", StepLine, &LineBesideSet::Join);
  add("redis/poll_100/in_turn", StepLine, &LineBesideSet::Poll);
  add("redis/admit_100/in_turn", StepLine, &LineBesideSet::Admit);
}

}  // namespace seathold::bench
