// A commit queue over a runner that a test holds still, and callers in threads of their own.
#pragma once

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "src/commit/group_commit.h"

namespace seathold::testing {

class StageCommand final : public Command {
 public:
  StageCommand(int number, std::size_t bytes) : number_(number), bytes_(bytes) {}
  void Keys(const PerformanceCatalog&, KeySet*) const override {}
  void Decide(WorkingSet&, const RuleContext&) override {}
  void Fail(const Status&) override {}
  std::size_t bytes() const override { return bytes_; }
  int number() const { return number_; }

 private:
  int number_;
  std::size_t bytes_;
};

// A runner whose Begin and Run wait while they are held, and that notes what it was given.
class StageRunner final : public BatchRunner {
 public:
  std::atomic<bool> hold_begin{false}, hold_run{false};
  std::atomic<Code> begin_code{Code::kOk};
  std::atomic<int> answer_max{1'000'000};  // commands answered a batch
  std::atomic<int> begins{0}, runs{0}, in_begin{0}, in_run{0};

  Status Begin(Deadline) override {
    ++begins;
    WaitWhile(hold_begin, &in_begin);
    return Status(begin_code.load());
  }
  std::size_t Run(const std::vector<Command*>& commands, Deadline) override {
    ++runs;
    std::vector<int> batch;
    for (const Command* command : commands) {
      batch.push_back(static_cast<const StageCommand*>(command)->number());
    }
    {
      const MutexLock lock(mutex_);
      batches_.push_back(std::move(batch));
    }
    WaitWhile(hold_run, &in_run);
    return std::min(commands.size(), static_cast<std::size_t>(answer_max.load()));
  }
  void End() override {}
  void TellCaches(Deadline) override {}

  std::vector<std::vector<int>> batches() const {
    const MutexLock lock(mutex_);
    return batches_;
  }

 private:
  static void WaitWhile(const std::atomic<bool>& held, std::atomic<int>* inside) {
    ++*inside;
    while (held) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --*inside;
  }

  mutable Mutex mutex_;
  std::vector<std::vector<int>> batches_ GUARDED_BY(mutex_);
};

template <class Condition>
void Await(Condition condition) {
  const Deadline deadline = Deadline::After({30'000});
  while (!condition()) {
    ASSERT_FALSE(deadline.passed()) << "waited 30 s in vain";
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

// True once the thread waits in the kernel: a caller in Execute then stands in the queue.
inline bool IsAsleep(long thread_id) {
  std::ifstream stat("/proc/self/task/" + std::to_string(thread_id) + "/stat");
  std::string line;
  std::getline(stat, line);
  const std::size_t name_end = line.rfind(')');
  return name_end != line.npos && line.substr(name_end, 4) == ") S ";
}

// One caller of Execute.
class Caller {
 public:
  Caller(GroupCommit& queue, std::vector<int> numbers, std::int64_t timeout_ms = 60'000,
         std::size_t bytes = 1) {
    auto request = std::make_shared<ParcelOf<StageCommand>>();
    for (const int number : numbers) request->commands.emplace_back(number, bytes);
    seen_ = request;
    thread_ = std::thread([this, &queue, request = std::move(request), timeout_ms]() mutable {
      const std::int64_t from_ns = MonotonicNs();
      thread_id_ = ::syscall(SYS_gettid);
      answered_ = queue.Execute(request, Deadline::After({timeout_ms}), &rest_);
      took_ms_ = (MonotonicNs() - from_ns) / 1'000'000;
      request.reset();
      done_ = true;
    });
  }
  ~Caller() { thread_.join(); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  // Returns once the call waits in the queue.
  void AwaitQueued() {
    Await([&] { return thread_id_ != 0; });
    int asleep = 0;  // more than once: a sleep on the queue's own mutex is short
    Await([&] {
      asleep = IsAsleep(thread_id_) ? asleep + 1 : 0;
      return asleep >= 5 || done_;
    });
  }
  void AwaitDone() {
    Await([&] { return done_.load(); });
  }
  bool done() const { return done_; }
  // REQUIRES, for all three: done.
  std::size_t answered() const { return answered_; }
  Code rest() const { return rest_.code(); }
  std::int64_t took_ms() const { return took_ms_; }
  // The queue may still use the request.
  bool request_alive() const { return !seen_.expired(); }

 private:
  std::weak_ptr<ParcelOf<StageCommand>> seen_;
  std::size_t answered_ = 0;
  Status rest_;
  std::int64_t took_ms_ = 0;
  std::atomic<long> thread_id_{0};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace seathold::testing
