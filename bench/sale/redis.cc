// A box office on Redis alone. `redis_...` sends a script for each operation, those of a call in
// one pipeline; `redis_..._batch` sends scripts of kMany operations, in one pipeline likewise.
#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <cstring>
#include <string_view>

#include "bench/hall.h"
#include "bench/sale/contestant.h"
#include "bench/sale/redis_scripts.h"

namespace seathold::sale {
namespace {

constexpr std::size_t kMany = 100;  // a script of some more is no faster, and keeps others waiting
// Where the servers are, and their processes.
constexpr const char* kPorts[] = {"SEATHOLD_SALE_REDIS", "SEATHOLD_SALE_REDIS_AOF"};
constexpr const char* kPids[] = {"SEATHOLD_SALE_REDIS_PID", "SEATHOLD_SALE_REDIS_AOF_PID"};

void Fail(const std::string& why) {
  bench::Check(Status(Code::kInternal, why.c_str()), "Redis by hand");
}

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

// A connection whose commands are queued, then sent together.
class Pipeline {
 public:
  explicit Pipeline(int port) : redis_(redisConnect("127.0.0.1", port)) {
    if (redis_ == nullptr || redis_->err != 0) Fail("cannot connect");
  }
  ~Pipeline() { redisFree(redis_); }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void Queue(const std::vector<std::string_view>& words) {
    texts_.clear();
    sizes_.clear();
    for (const std::string_view word : words) {
      texts_.push_back(word.data());
      sizes_.push_back(word.size());
    }
    redisAppendCommandArgv(redis_, static_cast<int>(words.size()), texts_.data(), sizes_.data());
  }
  Reply Take() {
    void* reply = nullptr;
    if (redisGetReply(redis_, &reply) != REDIS_OK) Fail(redis_->errstr);
    Reply taken(static_cast<redisReply*>(reply));
    if (taken->type == REDIS_REPLY_ERROR) Fail(taken->str);
    return taken;
  }
  Reply Do(const std::vector<std::string_view>& words) {
    Queue(words);
    return Take();
  }

 private:
  redisContext* const redis_;
  std::vector<const char*> texts_;
  std::vector<std::size_t> sizes_;
};

std::string_view Bytes(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}
std::string_view TextOf(const redisReply& reply) { return {reply.str, reply.len}; }

struct Scripts {
  std::string hold, pay;  // their digests
};

class RedisCaller final : public Caller {
 public:
  RedisCaller(int port, const HallSpec& spec, const Scripts& scripts, std::size_t many)
      : pipeline_(port), spec_(spec), scripts_(scripts), many_(many) {}

  void Hold(std::span<const HoldAsk> asks, std::span<Answer> answers) override {
    const std::int64_t now = NowUs();
    const std::string now_text = fmt::format("{:016}", now);
    const std::string deadline = fmt::format("{:016}", now + spec_.ttl_ms * 1'000);
    const auto add = [&](const HoldAsk& ask) {
      words_.push_back(Bytes(ask.hold));
      words_.push_back(Keep(fmt::format_int(ask.first_seat).str()));
      words_.push_back(Keep(fmt::format_int(ask.first_seat + 1).str()));
      words_.push_back(Keep(fmt::format("{:08}{:012}{}", ask.first_seat, kTotalMinor, ask.user)));
    };
    Send(asks, scripts_.hold, {"seats:", "holds:", "due:"}, {}, {now_text, deadline}, add);
    Receive(answers);
  }
  void Pay(std::span<const PayAsk> asks, std::span<Answer> answers) override {
    const std::string now_text = fmt::format("{:016}", NowUs());
    const auto add = [&](const PayAsk& ask) {
      words_.push_back(Bytes(ask.hold));
      words_.push_back(Bytes(ask.payment));
      words_.push_back(Keep(fmt::format_int(ask.user).str()));
    };
    Send(asks, scripts_.pay, {"seats:", "holds:", "due:"}, {"wallets", "ledger"}, {now_text}, add);
    Receive(answers);
  }
  // A field is a seat; what stands in it begins with the deadline, behind which is the state.
  bool ReadMap(std::uint32_t performance, TakenSeats* taken) override {
    const std::string now = fmt::format("{:016}", NowUs());
    const Reply all = pipeline_.Do({"HGETALL", "seats:" + Number(performance)});
    for (std::size_t i = 0; i + 1 < all->elements; i += 2) {
      const std::string_view claim = TextOf(*all->element[i + 1]);
      const bool sold = claim[16] == 'S';
      if (!sold && claim.substr(0, 16) <= now) continue;
      taken->emplace_back(static_cast<std::uint32_t>(std::atoi(all->element[i]->str)),
                          sold ? SeatState::kSold : SeatState::kHeld);
    }
    return true;
  }

 private:
  std::string_view Keep(std::string text) { return kept_.emplace_back(std::move(text)); }

  // Scripts of at most many_ asks of one performance.
  template <class Ask, class Add>
  void Send(std::span<const Ask> asks, const std::string& script,
            std::initializer_list<const char*> own_keys,
            std::initializer_list<const char*> shared_keys,
            std::initializer_list<std::string_view> head, Add add) {
    sent_.clear();
    for (std::size_t i = 0; i < asks.size(); i += sent_.back()) {
      std::size_t n = 1;
      while (n < many_ && i + n < asks.size() && asks[i + n].performance == asks[i].performance) {
        ++n;
      }
      kept_.clear();
      kept_.reserve(own_keys.size() + 1 + 3 * n);  // what words_ points at stays where it is
      words_.assign({"EVALSHA", script});
      words_.push_back(Keep(fmt::format_int(own_keys.size() + shared_keys.size()).str()));
      for (const char* key : own_keys) words_.push_back(Keep(key + Number(asks[i].performance)));
      words_.insert(words_.end(), shared_keys.begin(), shared_keys.end());
      words_.insert(words_.end(), head.begin(), head.end());
      for (std::size_t k = 0; k < n; ++k) add(asks[i + k]);
      pipeline_.Queue(words_);
      sent_.push_back(n);
    }
  }
  void Receive(std::span<Answer> answers) {
    std::size_t at = 0;
    const auto told = [](const redisReply& reply) {
      return reply.integer == 1 ? Answer::kDone : Answer::kRefused;
    };
    for (const std::size_t n : sent_) {
      const Reply reply = pipeline_.Take();
      if (reply->type == REDIS_REPLY_INTEGER) {
        answers[at++] = told(*reply);
        continue;
      }
      if (reply->elements != n) Fail("a script answered something else");
      for (std::size_t k = 0; k < n; ++k) answers[at++] = told(*reply->element[k]);
    }
  }
  static std::string Number(std::uint64_t n) { return fmt::format_int(n).str(); }

  Pipeline pipeline_;
  const HallSpec spec_;
  const Scripts scripts_;
  const std::size_t many_;
  std::vector<std::string_view> words_;
  std::vector<std::string> kept_;
  std::vector<std::size_t> sent_;
};

class Redis final : public Contestant {
 public:
  Redis(Aof aof, Shape shape) : aof_(aof), shape_(shape), port_(Number(kPorts)) {}

  std::string name() const override {
    return std::string(aof_ == Aof::kOff ? "redis_off" : "redis_always") +
           (shape_ == Shape::kBatch ? "_batch" : "");
  }
  std::string durability() const override {
    return aof_ == Aof::kOff ? "none (memory)" : "AOF, appendfsync always";
  }
  void Reset(const HallSpec& spec) override;
  std::unique_ptr<Caller> NewCaller() override {
    return std::make_unique<RedisCaller>(port_, spec_, scripts_,
                                         shape_ == Shape::kBatch ? kMany : 1);
  }
  Books Read() override;
  std::vector<pid_t> servers() const override { return {Number(kPids)}; }
  double written_bytes() const override {
    Pipeline redis(port_);
    const Reply info = redis.Do({"INFO", "persistence"});
    const std::size_t at = TextOf(*info).find("aof_current_size:");
    return at == std::string_view::npos ? 0 : std::atof(info->str + at + 17);
  }

 private:
  int Number(const char* const (&names)[2]) const {
    return std::atoi(bench::Setting(names[aof_ == Aof::kAlways]).c_str());
  }

  const Aof aof_;
  const Shape shape_;
  const int port_;
  HallSpec spec_;
  Scripts scripts_;
};

void Redis::Reset(const HallSpec& spec) {
  spec_ = spec;
  Pipeline redis(port_);
  (void)redis.Do({"FLUSHALL"});
  const bool many = shape_ == Shape::kBatch;
  scripts_.hold = TextOf(*redis.Do({"SCRIPT", "LOAD", many ? kHoldMany : kHoldOne}));
  scripts_.pay = TextOf(*redis.Do({"SCRIPT", "LOAD", many ? kPayMany : kPayOne}));
  const std::string full = fmt::format("{}", kWalletMinor);
  for (std::uint64_t user = 1; user <= spec.users; ++user) {
    redis.Queue({"HSET", "wallets", fmt::format_int(user).c_str(), full});
    if (user % 10'000 != 0 && user != spec.users) continue;
    for (std::uint64_t n = (user - 1) % 10'000 + 1; n > 0; --n) (void)redis.Take();
  }
}

Books Redis::Read() {
  Books books;
  Pipeline redis(port_);
  for (std::uint32_t p = 0; p < spec_.performances; ++p) {
    std::vector<SeatBook> seats(spec_.seats);
    const Reply all = redis.Do({"HGETALL", fmt::format("seats:{}", p)});
    for (std::size_t i = 0; i + 1 < all->elements; i += 2) {
      const std::string_view claim = TextOf(*all->element[i + 1]);
      SeatBook& seat = seats[static_cast<std::size_t>(std::atoi(all->element[i]->str))];
      seat.state = claim[16] == 'S' ? SeatState::kSold : SeatState::kHeld;
      std::memcpy(seat.hold.data(), claim.data() + 17, seat.hold.size());
    }
    books.seats.insert(books.seats.end(), seats.begin(), seats.end());
    books.deadlines +=
        static_cast<std::uint64_t>(redis.Do({"ZCARD", fmt::format("due:{}", p)})->integer);
  }
  const Reply ledger = redis.Do({"HGETALL", "ledger"});
  books.payments = ledger->elements / 2;
  for (std::size_t i = 1; i < ledger->elements; i += 2) {
    const std::string_view line = TextOf(*ledger->element[i]);
    books.paid_minor += std::atoll(line.data() + line.find(' ', 16) + 1);
  }
  const Reply wallets = redis.Do({"HVALS", "wallets"});
  for (std::size_t i = 0; i < wallets->elements; ++i) {
    books.wallets_minor += std::atoll(wallets->element[i]->str);
  }
  return books;
}

}  // namespace

std::unique_ptr<Contestant> NewRedis(Aof aof, Shape shape) {
  if (bench::Setting(kPorts[aof == Aof::kAlways]).empty()) return nullptr;
  return std::make_unique<Redis>(aof, shape);
}

}  // namespace seathold::sale
