// A database that nothing can be written into for a while, or that fails.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "seathold/adapter/storage_wrapper.h"

namespace seathold::testing {

// Counts the rows that scans give.
class ScannedUnit final : public UnitWrapper {
 public:
  ScannedUnit(std::unique_ptr<StorageUnit> inner, std::atomic<std::size_t>* rows)
      : UnitWrapper(std::move(inner)), rows_(*rows) {}
  Status Scan(const ScanSpec& scan, RecordSet* into, bool* more) override {
    RecordSet found;
    const Status status = UnitWrapper::Scan(scan, &found, more);
    found.ForEach([&]<class R>(RowsOf<R>& slot) {
      rows_ += slot.rows.size();
      auto& out = into->of<R>().rows;
      out.insert(out.end(), slot.rows.begin(), slot.rows.end());
    });
    return status;
  }

 private:
  std::atomic<std::size_t>& rows_;
};

// It takes nothing while it is `busy`, and keeps who begins to write waiting while it `hangs`: what
// is to be settled stays where it is.
class BusyStorage final : public StorageWrapper {
 public:
  using StorageWrapper::StorageWrapper;
  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    if (fails) return Code::kStorageFailed;
    if (busy && access == Access::kWrite) return Code::kBusy;
    if (access == Access::kWrite) {
      ++begun;
      while (hangs) std::this_thread::yield();
    }
    auto unit = StorageWrapper::Begin(access, deadline);
    if (!unit.ok()) return unit;
    return std::unique_ptr<StorageUnit>(
        std::make_unique<ScannedUnit>(std::move(unit).value(), &rows_scanned));
  }
  std::atomic<bool> busy{false};
  std::atomic<bool> hangs{false};
  std::atomic<bool> fails{false};
  std::atomic<std::size_t> rows_scanned{0};
  std::atomic<int> begun{0};
};

}  // namespace seathold::testing
