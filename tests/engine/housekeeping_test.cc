// Storage keeps house when a sweep is made, at most every sweep_full_ms.
#include <atomic>

#include "seathold/adapter/parts.h"
#include "tests/engine/hall.h"

namespace seathold::testing {
namespace {

class CountingStorage final : public StorageWrapper {
 public:
  CountingStorage(std::unique_ptr<Storage> inner, std::shared_ptr<std::atomic<int>> calls)
      : StorageWrapper(std::move(inner)), calls_(std::move(calls)) {}
  Status Maintain(Deadline deadline) override {
    ++*calls_;
    EXPECT_TRUE(deadline.passed()) << "it must not wait for who writes";
    return StorageWrapper::Maintain(deadline);
  }

 private:
  const std::shared_ptr<std::atomic<int>> calls_;
};

std::unique_ptr<Engine> OpenCounting(std::int64_t sweep_full_ms,
                                     std::shared_ptr<std::atomic<int>> calls) {
  EngineOptions options;
  options.sweeper_thread = false;
  options.sweep_full_ms = sweep_full_ms;
  EngineParts parts;
  parts.storage = std::make_unique<CountingStorage>(NewMemoryStorage(), std::move(calls));
  auto engine = Engine::Open(options, std::move(parts));
  EXPECT_TRUE(engine.ok()) << engine.status().text();
  return engine.ok() ? std::move(engine).value() : nullptr;
}

TEST(Housekeeping, IsDoneBySweepsAtMostEverySweepFullMs) {
  const auto calls = std::make_shared<std::atomic<int>>(0);
  const auto engine = OpenCounting(60'000, calls);
  ASSERT_NE(engine, nullptr);
  EXPECT_EQ(*calls, 0);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(engine->Sweep(10).ok());
  EXPECT_EQ(*calls, 1);
}

}  // namespace
}  // namespace seathold::testing
