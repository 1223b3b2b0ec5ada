// Copying a database: page by page into one transaction, then its books are counted.
#include "seathold/copy.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "seathold/clock.h"
#include "src/accounts/key_file.h"
#include "src/engine/open_storage.h"
#include "src/util/guarded.h"

namespace seathold {
namespace {

constexpr std::uint32_t kPageRows = 5'000;

Status CheckPlace(const char* which, const std::string& uri) {
  if (uri.starts_with("memory:")) {
    return Status(Code::kUnsupported, std::string(which) + ": memory is gone with this process");
  }
  const auto storage = MakeStorage(uri, false);
  if (storage.ok()) return Status();
  return Status(storage.code(), std::string(which) + ": " + std::string(storage.status().detail()));
}

std::uint64_t CountRows(const RecordSet& page) {
  std::uint64_t rows = 0;
  page.ForEach([&](const auto& slot) { rows += slot.rows.size(); });
  return rows;
}

ChangeSet InsertsOf(const RecordSet& page) {
  ChangeSet changes;
  page.ForEach([&]<class R>(const RowsOf<R>& slot) {
    auto& inserts = changes.of<R>().changes;
    inserts.reserve(slot.rows.size());
    for (const R& row : slot.rows) inserts.push_back({row, ChangeKind::kInsert, 0});
  });
  return changes;
}

// `take` sees each page; the rows of all are counted.
template <class Take>
Status ReadAll(StorageUnit& unit, Deadline deadline, std::uint64_t* rows, Take&& take) {
  RecordSet page;
  while (true) {
    if (deadline.passed()) return Status(Code::kBusy, "the time is over");
    if (Status status = unit.Page(kPageRows, &page); !status.ok()) return status;
    const std::uint64_t count = CountRows(page);
    if (count == 0) return Status();
    *rows += count;
    if (Status status = take(page); !status.ok()) return status;
  }
}

// One copy, from its opening to its end.
class Copy {
 public:
  explicit Copy(const CopyRequest& how) : how_(how), deadline_(Deadline::After({how.timeout_ms})) {}
  ~Copy() {
    if (from_) (void)from_->Close();
    if (to_) (void)to_->Close();
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  Status Open() {
    if (Status status = CheckPlace("from", how_.from); !status.ok()) return status;
    if (Status status = CheckPlace("to", how_.to); !status.ok()) return status;
    if (Status status =
            OpenOne(how_.from, {.create = false, .read_only = true}, &from_, &from_info_);
        !status.ok()) {
      return status;
    }
    if (Status status = OpenOne(how_.to, {}, &to_, &to_info_); !status.ok()) return status;
    report_.from = from_info_.description;
    report_.to = to_info_.description;
    if (to_info_.fresh) return Status();
    return Status(Code::kAlreadyExists, "to: " + to_info_.description + " holds something already");
  }

  // Before the rows: a database without its keys would be of no use.
  Status CopyKeys() {
    if (from_info_.keys_path.empty() || !StatKeyFile(from_info_.keys_path)) return Status();
    auto keys = ReadKeyFile(from_info_.keys_path);
    if (!keys.ok()) return keys.status();
    report_.keys_from = from_info_.keys_path;
    if (to_info_.keys_path.empty()) return Status();
    keys->set.pair = to_info_.pair;
    const auto made = CreateKeyFile(to_info_.keys_path, keys->set);
    if (!made.ok()) return made.status();
    report_.keys_to = to_info_.keys_path;
    return *made ? Status() : CheckKeys(keys->set);
  }

  Status CopyRows() {
    const auto before = from_->ForeignCommits(deadline_);
    if (!before.ok()) return before.status();
    auto reading = from_->Begin(Access::kRead, deadline_);
    if (!reading.ok()) return reading.status();
    auto writing = to_->Begin(Access::kWrite, deadline_);
    if (!writing.ok()) return writing.status();
    StorageUnit& unit = **writing;
    if (Status status = unit.AwaitOthers(); !status.ok()) return status;
    mark_ = (*reading)->time_mark();
    Status status = ReadAll(**reading, deadline_, &report_.rows, [&](const RecordSet& page) {
      if (how_.progress) how_.progress(report_.rows);
      return unit.Apply(InsertsOf(page), mark_);
    });
    if (!status.ok()) return status;
    const auto after = from_->ForeignCommits(deadline_);
    if (!after.ok()) return after.status();
    if (*before != *after) {
      return Status(Code::kBusy, "from: was written meanwhile; end the hosts that have it open");
    }
    return unit.Commit();
  }

  Status Verify() {
    std::uint64_t rows = 0;
    {
      auto unit = to_->Begin(Access::kRead, deadline_);
      if (!unit.ok()) return unit.status();
      const Status read =
          ReadAll(**unit, deadline_, &rows, [](const RecordSet&) { return Status(); });
      if (!read.ok()) return read;
    }
    if (rows != report_.rows) {
      return Status(Code::kStorageCorrupt, "the copy has " + std::to_string(rows) + " of " +
                                               std::to_string(report_.rows) + " rows");
    }
    const TimeUs now = std::max(mark_, NewSystemClock()->Now());
    return to_->Audit(now, &report_.audit, deadline_);
  }

  CopyReport Take() { return std::move(report_); }

 private:
  static Status OpenOne(const std::string& uri, const StorageOptions& options,
                        std::unique_ptr<Storage>* out, StorageInfo* info) {
    auto opened = OpenStorage(uri, options, false, out);
    if (opened.ok()) *info = *std::move(opened);
    return opened.status();
  }

  // A copy that was cut short has left the same ones.
  Status CheckKeys(const FileKeys& wanted) const {
    const auto found = ReadKeyFile(to_info_.keys_path);
    if (!found.ok()) return found.status();
    const bool same = found->set.pair == wanted.pair && found->set.current == wanted.current;
    if (same) return Status();
    return Status(Code::kAlreadyExists, to_info_.keys_path + ": keys of something else");
  }

  const CopyRequest& how_;
  const Deadline deadline_;
  std::unique_ptr<Storage> from_, to_;
  StorageInfo from_info_, to_info_;
  TimeUs mark_{};
  CopyReport report_;
};

}  // namespace

Result<CopyReport> CopyDatabase(const CopyRequest& request) try {
  if (request.timeout_ms < 0) return Status(Code::kInvalidArgument, "timeout_ms is negative");
  Copy copy(request);
  Status status = copy.Open();
  if (status.ok()) status = copy.CopyKeys();
  if (status.ok()) status = copy.CopyRows();
  if (status.ok()) status = copy.Verify();
  if (!status.ok()) return status;
  return copy.Take();
} catch (...) {
  return CaughtStatus();
}

}  // namespace seathold
