// Storage in this process: one writer, or any number of readers.
#include <memory>
#include <new>
#include <utility>

#include "seathold/adapter/storage.h"
#include "src/storage/memory/memory_audit.h"
#include "src/storage/memory/memory_tables.h"
#include "src/storage/page.h"
#include "src/storage/unit_gate.h"
#include "src/util/guarded.h"

namespace seathold {
namespace {

using memory::Tables;

// Close waits this long for units in flight.
constexpr std::int64_t kCloseMs = 10'000;

class MemoryUnit final : public StorageUnit {
 public:
  // The caller has entered the gate; this unit leaves it.
  MemoryUnit(Access access, UnitGate* gate, Tables* tables)
      : access_(access), gate_(gate), tables_(tables) {}
  ~MemoryUnit() override {
    if (staged_) Discard();
    gate_->Leave(access_);
  }

  TimeUs time_mark() const override { return tables_->time_mark; }
  Status AwaitOthers() override { return Status(); }

  Status Load(const KeySet& keys, RecordSet* into) override {
    if (ended_) return Ended();
    return Guarded([&] {
      keys.ForEach([&](const auto& slot) { LoadTable(slot, into); });
      return Status();
    });
  }

  Status Scan(const ScanSpec& scan, RecordSet* into, bool* more) override {
    if (ended_) return Ended();
    if (scan.rows_max == 0) return Status(Code::kInvalidArgument, "rows_max is at least 1");
    return Guarded([&] {
      memory::ScanTables(*tables_, scan, into, more);
      return Status();
    });
  }

  Status Page(std::uint32_t rows_max, RecordSet* io) override {
    if (ended_) return Ended();
    if (rows_max == 0) return Status(Code::kInvalidArgument, "rows_max is at least 1");
    return Guarded([&] {
      return NextPage(io, [&]<class R>(const R* after, std::vector<R>* rows) {
        const auto& all = tables_->of<R>().rows();
        for (auto it = after ? all.upper_bound(after->key()) : all.begin();
             it != all.end() && rows->size() < rows_max; ++it) {
          rows->push_back(it->second);
        }
        return Status();
      });
    });
  }

  Status Apply(const ChangeSet& changes, TimeUs mark) override {
    if (ended_ || resets_) return Ended();
    if (access_ == Access::kRead) return Status(Code::kReadOnly, "this unit only reads");
    staged_ = true;
    const Status status = Guarded([&] { return Stage(changes); });
    if (status.ok()) {
      mark_ = mark;
    } else {
      Discard();
      ended_ = true;
    }
    return status;
  }

  Status SetTimeMark(TimeUs mark) override {
    if (ended_ || staged_) return Ended();
    if (access_ == Access::kRead) return Status(Code::kReadOnly, "this unit only reads");
    staged_ = resets_ = true;
    mark_ = mark;
    return Status();
  }

  Status Commit() override {
    if (ended_) return Ended();
    ended_ = true;
    if (!staged_) return Status();
    staged_ = false;
    tables_->ForEach([](auto& table) { table.Publish(); });
    if (resets_ || tables_->time_mark < mark_) tables_->time_mark = mark_;
    return Status();
  }

 private:
  static Status Ended() { return Status(Code::kInternal, "the unit has ended"); }

  template <class R>
  void LoadTable(const KeysOf<R>& slot, RecordSet* into) {
    const auto& table = tables_->of<R>();
    auto& rows = into->of<R>().rows;
    for (const auto& key : slot.keys) {
      if (const R* row = table.Find(key)) rows.push_back(*row);
    }
  }

  Status Stage(const ChangeSet& changes) {
    bool fits = true;
    changes.ForEach([&](const auto& slot) { fits = fits && StageTable(slot); });
    return fits ? Status() : Status(Code::kAborted);
  }

  template <class R>
  bool StageTable(const ChangesOf<R>& slot) {
    auto& table = tables_->of<R>();
    for (const auto& change : slot.changes) {
      if (!table.Stage(change)) return false;
    }
    return true;
  }

  void Discard() {
    tables_->ForEach([](auto& table) { table.Discard(); });
    staged_ = false;
  }

  const Access access_;
  UnitGate* const gate_;
  Tables* const tables_;
  bool staged_ = false;
  bool ended_ = false;
  bool resets_ = false;  // the mark may fall
  TimeUs mark_;
};

class MemoryStorage final : public Storage {
 public:
  Result<StorageInfo> Open(const StorageOptions&) override {
    if (Status status = gate_.Open(); !status.ok()) return status;
    StorageInfo info;
    info.description = "memory";
    info.durability = "none (memory)";
    info.schema = 1;
    return info;
  }

  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    if (Status status = gate_.Enter(access, deadline); !status.ok()) return status;
    std::unique_ptr<StorageUnit> unit(new (std::nothrow) MemoryUnit(access, &gate_, &tables_));
    if (unit) return unit;
    gate_.Leave(access);
    return Code::kOutOfMemory;
  }

  Status Audit(TimeUs now, AuditReport* report, Deadline deadline) override {
    if (Status status = gate_.Enter(Access::kRead, deadline); !status.ok()) return status;
    const Status status = Guarded([&] {
      memory::AuditTables(tables_, now, report);
      return Status();
    });
    gate_.Leave(Access::kRead);
    return status;
  }

  Status Backup(const std::string&, Deadline) override {
    return Status(Code::kUnsupported, "memory storage has no backup");
  }
  Status Maintain(Deadline) override { return Status(); }
  std::uint64_t bytes_on_disk() const override { return 0; }

  Status Close() override {
    if (Status status = gate_.Close(Deadline::After({kCloseMs})); !status.ok()) return status;
    tables_ = Tables();
    return Status();
  }

 private:
  UnitGate gate_;
  Tables tables_;  // guarded by gate_: written by the one writer, read by units
};

}  // namespace

std::unique_ptr<Storage> NewMemoryStorage() { return std::make_unique<MemoryStorage>(); }

}  // namespace seathold
