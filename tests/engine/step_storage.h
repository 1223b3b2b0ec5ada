// Storage that stops between its steps, and an eye on what the file holds.
#pragma once

#include <sqlite3.h>

#include <array>
#include <functional>

#include "tests/engine/hall.h"

namespace seathold::testing {

inline constexpr std::uint32_t kSeats = 6;  // of a date

// Where another one may come in between.
enum class Point {
  kBeforeWrite,   // before the write lock is asked for
  kAfterCommit,   // durable, and no mirror has heard of it
  kBeforeRead,    // before a snapshot
  kInRead,        // the snapshot is taken: what comes now is not in it
  kBeforeListen,  // it is read, and no mirror has heard of it
};
inline constexpr int kPoints = 5;

using Hook = std::function<void(Point)>;

class StepUnit final : public UnitWrapper {
 public:
  StepUnit(std::unique_ptr<StorageUnit> inner, Access access, const Hook& hook)
      : UnitWrapper(std::move(inner)), access_(access), hook_(hook) {}

  Status Load(const KeySet& keys, RecordSet* into) override {
    const Status status = UnitWrapper::Load(keys, into);
    if (access_ == Access::kRead && !keys.of<PerformanceStateRecord>().keys.empty()) {
      hook_(Point::kInRead);
    }
    return status;
  }
  Status Scan(const ScanSpec& scan, RecordSet* into, bool* more) override {
    const Status status = UnitWrapper::Scan(scan, into, more);
    if (access_ == Access::kRead) hook_(Point::kBeforeListen);
    return status;
  }
  Status Commit() override {
    const Status status = UnitWrapper::Commit();
    if (status.ok()) hook_(Point::kAfterCommit);
    return status;
  }

 private:
  const Access access_;
  const Hook& hook_;
};

class StepStorage final : public StorageWrapper {
 public:
  // `hook` and `begun` outlive this. `begun` hears of every write lock that was had.
  StepStorage(const std::string& path, const Hook& hook, const std::function<void()>& begun)
      : StorageWrapper(NewSqliteStorage({.path = path, .vfs = ""})), hook_(hook), begun_(begun) {}

  Result<std::unique_ptr<StorageUnit>> Begin(Access access, Deadline deadline) override {
    hook_(access == Access::kWrite ? Point::kBeforeWrite : Point::kBeforeRead);
    auto unit = StorageWrapper::Begin(access, deadline);
    if (!unit.ok()) return unit.status();
    if (access == Access::kWrite) begun_();
    return std::unique_ptr<StorageUnit>(
        std::make_unique<StepUnit>(std::move(unit).value(), access, hook_));
  }

 private:
  const Hook& hook_;
  const std::function<void()>& begun_;
};

struct SeatNow {
  SeatState state = SeatState::kAvailable;
  std::int64_t expires_at_us = 0;
  std::uint64_t user = 0;
};

// A performance as the file held it after one commit.
struct Moment {
  std::uint64_t feed = 0;
  bool on_sale = false;
  std::array<SeatNow, kSeats> seats;
};

// By plain SQL, on a connection that stays open.
class Witness {
 public:
  explicit Witness(const std::string& path) {
    EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
    seats_ = Prepare(
        "SELECT ordinal, state, expires_at_us, user, feed, on_sale FROM seats"
        " JOIN performance_state USING (performance) WHERE performance = ?1");
  }
  ~Witness() {
    sqlite3_finalize(seats_);
    sqlite3_close(db_);
  }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  Moment See(PerformanceId date) {
    Moment moment;
    sqlite3_bind_int64(seats_, 1, static_cast<sqlite3_int64>(date.value));
    while (sqlite3_step(seats_) == SQLITE_ROW) {
      SeatNow& seat = moment.seats.at(static_cast<std::size_t>(sqlite3_column_int(seats_, 0)));
      seat.state = static_cast<SeatState>(sqlite3_column_int(seats_, 1));
      seat.expires_at_us = sqlite3_column_int64(seats_, 2);
      seat.user = static_cast<std::uint64_t>(sqlite3_column_int64(seats_, 3));
      moment.feed = static_cast<std::uint64_t>(sqlite3_column_int64(seats_, 4));
      moment.on_sale = sqlite3_column_int(seats_, 5) != 0;
    }
    sqlite3_reset(seats_);
    return moment;
  }

 private:
  sqlite3_stmt* Prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr), SQLITE_OK)
        << sqlite3_errmsg(db_);
    return statement;
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* seats_ = nullptr;
};

}  // namespace seathold::testing
