// A box office written by hand on SQLite: one writer, statements prepared once, one owner of the
// file, every transaction synced. `sqlite` has a transaction an operation, `sqlite_batch` one a
// call, whose writes are sorted by key.
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <numeric>

#include "bench/hall.h"
#include "bench/sale/contestant.h"
#include "bench/sale/forward.h"
#include "bench/sale/sqlite_schema.h"

namespace seathold::sale {
namespace {

void CheckCode(int code, sqlite3* db) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  bench::Check(Status(Code::kStorageFailed, sqlite3_errmsg(db)), "SQLite by hand");
}

class Statement {
 public:
  Statement(sqlite3* db, const char* sql) : db_(db) {
    CheckCode(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr), db);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // The rows that it changed.
  template <class... Values>
  int Run(const Values&... values) {
    (void)Start(values...);
    sqlite3_reset(statement_);
    return sqlite3_changes(db_);
  }
  // True: there is a row. Reset when it was read.
  template <class... Values>
  bool Start(const Values&... values) {
    int at = 0;
    (Bind(++at, values), ...);
    return Next();
  }
  bool Next() {
    const int code = sqlite3_step(statement_);
    CheckCode(code, db_);
    return code == SQLITE_ROW;
  }
  void Reset() { sqlite3_reset(statement_); }
  std::int64_t Int(int column) { return sqlite3_column_int64(statement_, column); }
  Uuid Id(int column) {
    Uuid id{};
    const void* bytes = sqlite3_column_blob(statement_, column);
    if (bytes != nullptr) std::memcpy(id.data(), bytes, id.size());
    return id;
  }

 private:
  void Bind(int at, std::int64_t value) { sqlite3_bind_int64(statement_, at, value); }
  void Bind(int at, std::uint64_t value) { Bind(at, static_cast<std::int64_t>(value)); }
  void Bind(int at, const Uuid& id) {
    sqlite3_bind_blob(statement_, at, id.data(), static_cast<int>(id.size()), nullptr);
  }

  sqlite3* const db_;
  sqlite3_stmt* statement_ = nullptr;
};

struct Statements {
  explicit Statements(sqlite3* db)
      : begin(db, "BEGIN IMMEDIATE"),
        commit(db, "COMMIT"),
        claim(db, kClaimSeats),
        release(db, kFreeSeats),
        insert_hold(db, kInsertHold),
        find_hold(db, kFindHold),
        sell_hold(db, kSellHold),
        sell_seats(db, kSellSeats),
        debit(db, kDebit),
        credit(db, kCredit),
        insert_line(db, kInsertLine),
        find_line(db, kFindLine),
        find_due(db, kFindDue),
        end_hold(db, kEndHold),
        taken_seats(db, kTakenSeats) {}
  Statement begin, commit, claim, release, insert_hold, find_hold, sell_hold, sell_seats, debit,
      credit, insert_line, find_line, find_due, end_hold, taken_seats;
};

std::int64_t KeyOf(const HoldAsk& ask) {
  return (std::int64_t{ask.performance} << 20) | ask.first_seat;
}

// A table n of 0 .. count - 1.
std::string CountTo(std::uint64_t count) {
  return "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < " +
         std::to_string(count) + ") ";
}

class Sqlite final : public Contestant {
 public:
  explicit Sqlite(Shape shape) : shape_(shape) {}
  ~Sqlite() override { Close(); }
  std::string name() const override { return shape_ == Shape::kBatch ? "sqlite_batch" : "sqlite"; }
  std::string durability() const override { return "each transaction synced"; }
  void Reset(const HallSpec& spec) override;
  std::unique_ptr<Caller> NewCaller() override { return std::make_unique<Forward<Sqlite>>(this); }
  Books Read() override;
  std::size_t Sweep(std::size_t max) override;
  void Grow(std::uint32_t performances) override;
  void Settle() override { Exec("PRAGMA wal_checkpoint(TRUNCATE)"); }
  void Hold(std::span<const HoldAsk> asks, std::span<Answer> answers) {
    Run(asks, KeyOf, [&](std::size_t i) { answers[i] = HoldOne(asks[i]); });
  }
  void Pay(std::span<const PayAsk> asks, std::span<Answer> answers) {
    Run(
        asks, [](const PayAsk& ask) { return ask.hold; },
        [&](std::size_t i) { answers[i] = PayOne(asks[i]); });
  }
  void ReadMap(std::uint32_t performance, TakenSeats* taken) {
    const std::lock_guard lock(mutex_);
    Statement& seats = on_->taken_seats;
    for (bool row = seats.Start(std::int64_t{performance} << 20, NowUs()); row;
         row = seats.Next()) {
      taken->emplace_back(static_cast<std::uint32_t>(seats.Int(0)),
                          static_cast<SeatState>(seats.Int(1)));
    }
    seats.Reset();
  }

 private:
  void Exec(const std::string& sql) {
    CheckCode(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr), db_);
  }
  void Close() {
    on_.reset();
    sqlite3_close(db_);
    db_ = nullptr;
    folder_.reset();
  }
  // `one` for each ask, by the order of their keys, which is the order of the table.
  template <class Ask, class Key, class Fn>
  void Run(std::span<const Ask> asks, Key key, Fn one);
  Answer HoldOne(const HoldAsk& ask);
  Answer PayOne(const PayAsk& ask);

  const Shape shape_;
  HallSpec spec_;
  std::mutex mutex_;  // SQLite has one writer; who waits here does not poll for its lock
  std::unique_ptr<bench::WorkFolder> folder_;
  sqlite3* db_ = nullptr;
  std::unique_ptr<Statements> on_;
  std::int64_t now_us_ = 0;
};

void Sqlite::Reset(const HallSpec& spec) {
  Close();
  spec_ = spec;
  folder_ = std::make_unique<bench::WorkFolder>();
  CheckCode(sqlite3_open(folder_->File("sale.db").c_str(), &db_), db_);
  Exec(kSqlitePragmas);
  Exec(kSqliteSchema);
  spec_.performances = 0;
  Grow(spec.performances);
  Exec(CountTo(spec.users) + "INSERT INTO wallets SELECT i + 1, " + std::to_string(kWalletMinor) +
       " FROM n");
  Settle();
  on_ = std::make_unique<Statements>(db_);
}

void Sqlite::Grow(std::uint32_t performances) {
  for (; performances > 0; --performances, ++spec_.performances) {
    Exec(CountTo(spec_.seats) + "INSERT INTO seats SELECT i + " +
         std::to_string(std::int64_t{spec_.performances} << 20) + ", 0, 0, NULL FROM n");
  }
}

template <class Ask, class Key, class Fn>
void Sqlite::Run(std::span<const Ask> asks, Key key, Fn one) {
  const std::lock_guard lock(mutex_);
  if (shape_ == Shape::kSingle) {
    for (std::size_t i = 0; i < asks.size(); ++i) {
      now_us_ = NowUs();
      on_->begin.Run();
      one(i);
      on_->commit.Run();
    }
    return;
  }
  std::vector<std::size_t> order(asks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return key(asks[i]); });
  now_us_ = NowUs();
  on_->begin.Run();
  for (const std::size_t i : order) one(i);
  on_->commit.Run();
}

Answer Sqlite::HoldOne(const HoldAsk& ask) {
  const std::int64_t expires = now_us_ + spec_.ttl_ms * 1'000;
  const int claimed = on_->claim.Run(KeyOf(ask), expires, ask.hold, now_us_);
  if (claimed != kSeatsAHold) {
    if (claimed > 0) on_->release.Run(KeyOf(ask), ask.hold);
    return Answer::kRefused;
  }
  on_->insert_hold.Run(ask.hold, ask.user, KeyOf(ask), kTotalMinor, now_us_, expires);
  return Answer::kDone;
}

Answer Sqlite::PayOne(const PayAsk& ask) {
  if (!on_->find_hold.Start(ask.hold, ask.user, now_us_)) {
    on_->find_hold.Reset();
    const bool again = on_->find_line.Start(ask.payment, ask.hold);
    on_->find_line.Reset();
    return again ? Answer::kDone : Answer::kRefused;
  }
  const std::int64_t first = on_->find_hold.Int(0), total = on_->find_hold.Int(1);
  on_->find_hold.Reset();
  if (on_->debit.Run(ask.user, total) != 1) return Answer::kRefused;
  if (on_->insert_line.Run(ask.payment, ask.user, ask.hold, total, now_us_) != 1) {
    on_->credit.Run(ask.user, total);
    return Answer::kRefused;
  }
  on_->sell_hold.Run(ask.hold, ask.payment);
  on_->sell_seats.Run(first, ask.hold);
  return Answer::kDone;
}

std::size_t Sqlite::Sweep(std::size_t max) {
  const std::lock_guard lock(mutex_);
  now_us_ = NowUs();
  on_->begin.Run();
  std::vector<std::pair<Uuid, std::int64_t>> due;
  for (bool row = on_->find_due.Start(now_us_, std::uint64_t{max}); row;
       row = on_->find_due.Next()) {
    due.emplace_back(on_->find_due.Id(0), on_->find_due.Int(1));
  }
  on_->find_due.Reset();
  for (const auto& [hold, first] : due) {
    on_->end_hold.Run(hold);
    on_->release.Run(first, hold);
  }
  on_->commit.Run();
  return due.size();
}

Books Sqlite::Read() {
  Books books;
  Statement seats(db_, "SELECT state, hold FROM seats ORDER BY seat");
  for (bool row = seats.Start(); row; row = seats.Next()) {
    books.seats.push_back({static_cast<SeatState>(seats.Int(0)), seats.Id(1)});
  }
  Statement sums(db_,
                 "SELECT (SELECT count(*) FROM ledger), (SELECT total(amount_minor) FROM ledger), "
                 "(SELECT sum(balance_minor) FROM wallets), "
                 "(SELECT count(*) FROM holds INDEXED BY holds_due WHERE state = 1)");
  (void)sums.Start();
  books.payments = static_cast<std::uint64_t>(sums.Int(0));
  books.paid_minor = sums.Int(1);
  books.wallets_minor = sums.Int(2);
  books.deadlines = static_cast<std::uint64_t>(sums.Int(3));
  return books;
}

}  // namespace

std::unique_ptr<Contestant> NewSqlite(Shape shape) { return std::make_unique<Sqlite>(shape); }

}  // namespace seathold::sale
