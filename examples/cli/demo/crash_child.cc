// The process that is killed: it sells as fast as it can and says what was acknowledged.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "examples/cli/demo/crash.h"
#include "examples/cli/demo/demo.h"
#include "examples/cli/demo/script.h"
#include "seathold/engine.h"

namespace seathold::demo {
namespace {

constexpr int kSellers = 4;

class Seller {
 public:
  Seller(Engine& engine, PerformanceId performance, int ack_fd, std::uint64_t seed, int number)
      : engine_(engine),
        performance_(performance),
        ack_fd_(ack_fd),
        dice_(seed, static_cast<std::uint64_t>(number)) {}

  // Until nothing is left, or an answer that is no sale.
  void Run() {
    while (Hold() && Pay()) {
    }
  }

 private:
  bool Hold() {
    BestRequest request;
    request.id = hold_ = HoldId{engine_.NewId()};
    request.user = user_ = UserId{5'000'000 + (dice_.Next() >> 24)};
    request.performance = performance_;
    request.seats = dice_.Between(1, 4);
    HoldReply reply = engine_.reservations().HoldBest(request);
    return reply.status.ok() && Acknowledge('H');
  }

  bool Pay() {
    const std::string reference = ToString(hold_.value);
    ConfirmRequest request;
    request.performance = performance_;
    request.hold = hold_;
    request.payment = TransferId{engine_.NewId()};
    request.user = user_;
    request.tender = Tender::kExternal;
    request.reference = reference;
    PayReply reply = engine_.reservations().Confirm(request);
    return reply.status.ok() && Acknowledge('P');
  }

  // One write below PIPE_BUF: whole or not at all, also among threads.
  bool Acknowledge(char kind) {
    Acknowledgement ack;
    ack.kind = kind;
    ack.hold = hold_.value;
    return write(ack_fd_, &ack, sizeof ack) == static_cast<ssize_t>(sizeof ack);
  }

  Engine& engine_;
  PerformanceId performance_;
  int ack_fd_;
  Dice dice_;
  HoldId hold_;
  UserId user_;
};

}  // namespace

int RunDemoChild(EngineOptions options, int ack_fd, std::uint64_t seed) {
  options.create = false;
  Result<std::unique_ptr<Engine>> engine = Engine::Open(options);
  if (!engine.ok()) return 3;
  Result<std::vector<PerformanceView>> dates = (*engine)->catalog().List({});
  if (!dates.ok() || dates->empty()) return 3;
  const PerformanceId performance = dates->front().id;
  std::vector<std::thread> sellers;
  for (int i = 0; i < kSellers; ++i) {
    sellers.emplace_back([&, i] { Seller(**engine, performance, ack_fd, seed, i).Run(); });
  }
  for (std::thread& seller : sellers) seller.join();
  return 0;
}

}  // namespace seathold::demo
