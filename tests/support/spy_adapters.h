// Adapters that write down what the engine asks of them, in one journal, and pass it on.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "seathold/adapter/claim_cache.h"
#include "seathold/adapter/line.h"
#include "seathold/adapter/storage_wrapper.h"

namespace seathold::testing {

// What happened, in order. For one thread.
using Journal = std::vector<std::string>;

// Names what a change set does: "commit held 2 transfers 1".
inline std::string NameChanges(const ChangeSet& changes) {
  const char* const states[] = {"free", "held", "sold", "blocked"};
  int seats[4] = {};
  for (const auto& c : changes.of<SeatRecord>().changes) ++seats[static_cast<int>(c.row.state)];
  std::string text = "commit";
  const auto add = [&](const char* what, std::size_t count) {
    if (count > 0) text += std::string(" ") + what + " " + std::to_string(count);
  };
  for (int i = 0; i < 4; ++i) add(states[i], static_cast<std::size_t>(seats[i]));
  add("transfers", changes.of<TransferRecord>().changes.size());
  add("balances", changes.of<BalanceRecord>().changes.size());
  add("spent", changes.of<SpentRecord>().changes.size());
  return text;
}

class SpyUnit final : public UnitWrapper {
 public:
  SpyUnit(std::unique_ptr<StorageUnit> unit, Journal& journal)
      : UnitWrapper(std::move(unit)), journal_(journal) {}

  Status Load(const KeySet& keys, RecordSet* into) override {
    if (!keys.of<EmailRecord>().keys.empty()) journal_.push_back("load e-mail");
    if (!keys.of<LoginRecord>().keys.empty()) journal_.push_back("load login");
    return UnitWrapper::Load(keys, into);
  }
  Status Scan(const ScanSpec& scan, RecordSet* into, bool* more) override {
    if (scan.index == ScanSpec::Index::kHoldsDue) journal_.push_back("scan holds due");
    return UnitWrapper::Scan(scan, into, more);
  }
  Status Apply(const ChangeSet& changes, TimeUs mark) override {
    applied_ = NameChanges(changes);
    return UnitWrapper::Apply(changes, mark);
  }
  Status Commit() override {
    const Status status = UnitWrapper::Commit();
    if (status.ok()) journal_.push_back(applied_);
    return status;
  }

 private:
  Journal& journal_;
  std::string applied_;
};

class SpyStorage final : public StorageWrapper {
 public:
  SpyStorage(std::unique_ptr<Storage> storage, Journal& journal)
      : StorageWrapper(std::move(storage)), journal_(journal) {}

  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    auto unit = StorageWrapper::Begin(access, deadline);
    if (!unit.ok()) return unit.status();
    return std::unique_ptr<StorageUnit>(
        std::make_unique<SpyUnit>(std::move(unit).value(), journal_));
  }

 private:
  Journal& journal_;
};

class SpyClaims final : public ClaimCache {
 public:
  SpyClaims(std::unique_ptr<ClaimCache> claims, Journal& journal)
      : claims_(std::move(claims)), journal_(journal) {}

  Status Put(std::span<const Claim> claims, TimeUs now, Deadline deadline) override {
    journal_.push_back("claims put " + std::to_string(claims.size()));
    return claims_->Put(claims, now, deadline);
  }
  Status Drop(std::span<const Claim> claims, Deadline deadline) override {
    journal_.push_back("claims drop " + std::to_string(claims.size()));
    return claims_->Drop(claims, deadline);
  }
  Status Due(TimeUs now, std::span<Claim> out, std::size_t* n, Deadline deadline) override {
    const Status status = claims_->Due(now, out, n, deadline);
    journal_.push_back("claims due " + std::to_string(*n));
    return status;
  }
  Status Get(PerformanceId performance, SeatId seat, TimeUs now, Claim* out, bool* found,
             Deadline deadline) override {
    journal_.push_back("claims get");
    return claims_->Get(performance, seat, now, out, found, deadline);
  }
  Status Forget(PerformanceId performance, Deadline deadline) override {
    return claims_->Forget(performance, deadline);
  }

 private:
  std::unique_ptr<ClaimCache> claims_;
  Journal& journal_;
};

class SpyLine final : public Line {
 public:
  SpyLine(std::unique_ptr<Line> line, Journal& journal)
      : line_(std::move(line)), journal_(journal) {}

  Status OpenLine(ShowId show, const LineConfig& config, TimeUs now, Deadline deadline) override {
    return line_->OpenLine(show, config, now, deadline);
  }
  Status Join(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
              Deadline deadline) override {
    journal_.push_back("line join " + std::to_string(io.size()));
    return line_->Join(show, epoch, io, now, deadline);
  }
  Status Poll(ShowId show, std::uint64_t epoch, std::span<LineEntry> io, TimeUs now,
              Deadline deadline) override {
    return line_->Poll(show, epoch, io, now, deadline);
  }
  Status Admit(ShowId show, std::uint64_t epoch, std::uint32_t max, TimeUs now, Deadline deadline,
               std::uint32_t* admitted) override {
    return line_->Admit(show, epoch, max, now, deadline, admitted);
  }
  Status Keep(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
              Deadline deadline) override {
    journal_.push_back("line keep " + std::to_string(entries.size()));
    return line_->Keep(show, epoch, entries, deadline);
  }
  Status Leave(ShowId show, std::uint64_t epoch, std::span<const LineEntry> entries,
               Deadline deadline) override {
    journal_.push_back("line leave " + std::to_string(entries.size()));
    return line_->Leave(show, epoch, entries, deadline);
  }
  Status Stats(ShowId show, TimeUs now, LineStats* out, Deadline deadline) override {
    return line_->Stats(show, now, out, deadline);
  }

 private:
  std::unique_ptr<Line> line_;
  Journal& journal_;
};

}  // namespace seathold::testing
