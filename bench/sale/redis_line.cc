// The waiting line of a box office on Redis, for the scenario `line`: a sorted set by when each
// came, the plain commands pipelined. No tokens, no heartbeats, no rate: less than a line needs.
#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include "bench/hall.h"
#include "bench/sale/scenarios.h"

namespace seathold::sale {
namespace {

constexpr std::size_t kBatch = 1'000;

class PlainLine {
 public:
  explicit PlainLine(int port) : redis_(redisConnect("127.0.0.1", port)) {
    if (redis_ == nullptr || redis_->err != 0) Fail("cannot connect");
    redisAppendCommand(redis_, "FLUSHALL");
    (void)Take();
  }
  ~PlainLine() { redisFree(redis_); }
  PlainLine(const PlainLine&) = delete;
  PlainLine& operator=(const PlainLine&) = delete;

  std::uint64_t size() const { return last_ - first_; }
  void Join() {
    for (std::size_t i = 0; i < kBatch; ++i, ++last_) {
      redisAppendCommand(redis_, "ZADD line NX %lu u%lu", last_, last_);
    }
    for (std::size_t i = 0; i < kBatch; ++i) (void)Take();
  }
  // False: somebody was told another number than is ahead.
  bool Poll(std::uint64_t from) {
    bool exact = true;
    for (std::size_t i = 0; i < kBatch; ++i) {
      redisAppendCommand(redis_, "ZRANK line u%lu", first_ + from + i);
    }
    for (std::size_t i = 0; i < kBatch; ++i) {
      exact = Take() == static_cast<long long>(from + i) && exact;
    }
    return exact;
  }
  void Admit() {
    redisAppendCommand(redis_, "ZPOPMIN line %d", static_cast<int>(kBatch));
    (void)Take();
    first_ += kBatch;
  }

 private:
  static void Fail(const char* why) { bench::Check(Status(Code::kInternal, why), "a Redis line"); }
  long long Take() {
    void* reply = nullptr;
    if (redisGetReply(redis_, &reply) != REDIS_OK) Fail(redis_->errstr);
    const auto* taken = static_cast<redisReply*>(reply);
    if (taken->type == REDIS_REPLY_ERROR) Fail(taken->str);
    const long long number = taken->type == REDIS_REPLY_INTEGER ? taken->integer : -1;
    freeReplyObject(reply);
    return number;
  }

  redisContext* const redis_;
  std::uint64_t first_ = 0, last_ = 0;
};

}  // namespace

void RunRedisLine(const Options& options, std::uint64_t waiters, Report* report) {
  const auto contestant = NewRedis(Aof::kOff, Shape::kSingle);
  if (contestant == nullptr) return;
  PlainLine line(std::atoi(bench::Setting("SEATHOLD_SALE_REDIS").c_str()));
  for (int round = 1; round <= options.rounds; ++round) {
    Values values;
    const Meter meter(*contestant);
    const std::uint64_t joined = waiters / static_cast<std::uint64_t>(options.rounds) / kBatch;
    for (std::uint64_t n = 0; n < joined; ++n) line.Join();
    AddUsage("join", meter.Spent(), joined * kBatch, &values);
    report->Add("line", *contestant, "join", round, values);
  }
  for (int round = 1; round <= options.rounds; ++round) {
    Values values;
    const Meter meter(*contestant);
    const std::int64_t ends = MonotonicNs() + static_cast<std::int64_t>(options.seconds * 1e9);
    std::uint64_t calls = 0;
    bool exact = true;
    for (; MonotonicNs() < ends; ++calls) {
      exact = line.Poll(calls * 7'919'000 % (line.size() - kBatch)) && exact;
    }
    AddUsage("poll", meter.Spent(), calls * kBatch, &values);
    if (!exact) report->Judge("line", contestant->name(), "a waiter was told a wrong place");
    report->Add("line", *contestant, "poll", round, values);
  }
  Values values;
  const Meter meter(*contestant);
  const std::uint64_t admissions = options.quick ? 3 : 50;
  for (std::uint64_t n = 0; n < admissions; ++n) line.Admit();
  AddUsage("admit", meter.Spent(), admissions * kBatch, &values);
  report->Add("line", *contestant, "admit", 1, values);
}

}  // namespace seathold::sale
