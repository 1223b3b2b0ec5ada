// All sorts of things happen to the Redis server that has the claims of a sale.
#include "tests/redis/fake_server.h"
#include "tests/scale/trading.h"

namespace seathold::testing {
namespace {

class ScaleClaims : public ScaleTrading {
 protected:
  void NonsenseFor(const char* what, const FakeServer::Serve& serve);
  // As often as it can for so long.
  static void Repeat(std::int64_t ms, const std::function<void()>& what) {
    for (const Deadline until = Deadline::After({ms}); !until.passed(); NapMs(10)) what();
  }
  void OtherTypes() {
    redis_->Ask({"EVAL",
                 "for _, key in ipairs(redis.call('KEYS', 'seathold*')) do "
                 "local kind = redis.call('TYPE', key).ok redis.call('DEL', key) "
                 "if kind == 'string' then redis.call('RPUSH', key, 'x') "
                 "else redis.call('SET', key, 'x') end end return 0",
                 "0"});
  }
  void Fill() {
    const std::string much(100'000, 'x');
    static int filled = 0;
    (void)redis_->Ask({"SET", "other:" + std::to_string(++filled), much});
  }
};

// Somebody else stands where the server stood.
void ScaleClaims::NonsenseFor(const char* what, const FakeServer::Serve& serve) {
  std::optional<FakeServer> other;
  Suffer(
      what, LongMs(),
      [&] {
        redis_->Kill();
        other.emplace(serve, redis_->port());
      },
      [&] {
        other.reset();
        redis_->Start();
      });
}

TEST_F(ScaleClaims, NothingThatBecomesOfRedisChangesASaleOrHoldsItUp) {
  ASSERT_NO_FATAL_FAILURE(StartTrading(redis_->Options(kClaimTimeoutMs)));

  Suffer(
      "killed", LongMs(), [&] { redis_->Kill(); }, [&] { redis_->Start(); });
  Suffer(
      "stopped", FullCounts() ? 3'000 : 1'500, [&] { redis_->Stop(); },
      [&] { redis_->Continue(); });
  Suffer(
      "flushed", LongMs(), [&] { Repeat(LongMs(), [&] { redis_->Ask({"FLUSHALL"}); }); }, [] {});
  Suffer(
      "restarted empty", 1, [&] { redis_->Kill(), redis_->Start(); }, [] {});
  Suffer(
      "full and evicting", LongMs(),
      [&] {
        redis_->Ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-random"});
        redis_->Ask({"CONFIG", "SET", "maxmemory", "3mb"});
        Repeat(LongMs(), [&] { Fill(); });
      },
      [&] {
        redis_->Ask({"CONFIG", "SET", "maxmemory", "0"});
      });
  Suffer(
      "full and not evicting", LongMs(),
      [&] {
        redis_->Ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
        redis_->Ask({"CONFIG", "SET", "maxmemory", "1mb"});
      },
      [&] {
        redis_->Ask({"CONFIG", "SET", "maxmemory", "0"});
      });
  Suffer(
      "every key of another type", LongMs(), [&] { Repeat(LongMs(), [&] { OtherTypes(); }); },
      [] {});
  NonsenseFor("nonsense", FakeServer::Always("What do you want?\r\n"));
  NonsenseFor("answers to other questions", FakeServer::Always("$5\r\nhello\r\n"));
  NonsenseFor("one byte at a time", [](int socket, const std::atomic<bool>& over) {
    while (!over && FakeServer::Heard(socket).empty()) continue;
    for (std::string_view text = "$4096\r\n"; !over; text = "x") {
      for (const char c : text) {
        FakeServer::Say(socket, {&c, 1});
        NapMs(5);
      }
    }
  });

  EndTrading();
}

}  // namespace
}  // namespace seathold::testing
