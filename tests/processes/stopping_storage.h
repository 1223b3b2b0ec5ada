// An SQLite storage whose process stops itself (SIGSTOP) inside a transaction, before its COMMIT.
#pragma once

#include <signal.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "seathold/adapter/storage_wrapper.h"

namespace seathold::testing {

class StoppingUnit final : public UnitWrapper {
 public:
  StoppingUnit(std::unique_ptr<StorageUnit> inner, std::atomic<bool>* stop)
      : UnitWrapper(std::move(inner)), stop_(stop) {}

  Status Commit() override {
    if (stop_->exchange(false)) raise(SIGSTOP);
    return UnitWrapper::Commit();
  }

 private:
  std::atomic<bool>* const stop_;
};

class StoppingStorage final : public StorageWrapper {
 public:
  // `stop` makes the next commit stop; it outlives this.
  StoppingStorage(const std::string& path, std::atomic<bool>* stop)
      : StorageWrapper(NewSqliteStorage({.path = path, .vfs = ""})), stop_(stop) {}

  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    auto unit = StorageWrapper::Begin(access, deadline);
    if (!unit.ok() || access == Access::kRead) return unit;
    return std::unique_ptr<StorageUnit>(
        std::make_unique<StoppingUnit>(std::move(unit).value(), stop_));
  }

 private:
  std::atomic<bool>* const stop_;
};

}  // namespace seathold::testing
