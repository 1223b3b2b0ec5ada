#include "bench/bare_sqlite.h"

#include <cstdio>
#include <cstring>

#include "src/storage/sqlite/schema_1_frozen.h"

namespace seathold::bench {
namespace {

constexpr std::uint32_t kSeats = 50'000;
constexpr std::int64_t kTtlUs = 86'400'000'000;

void CheckCode(int code, sqlite3* db) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  std::cerr << "bench: bare SQLite: " << sqlite3_errmsg(db) << '\n';
  std::exit(1);
}

// A prepared statement whose parameters are bound in order.
class Statement {
 public:
  Statement(sqlite3* db, const char* sql) : db_(db) {
    CheckCode(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr), db);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  template <class... Values>
  void Run(const Values&... values) {
    next_ = 1;
    (Bind(values), ...);
    CheckCode(sqlite3_step(statement_), db_);
    sqlite3_reset(statement_);
  }

 private:
  void Bind(std::int64_t value) { sqlite3_bind_int64(statement_, next_++, value); }
  void Bind(const Uuid& id) {
    sqlite3_bind_blob(statement_, next_++, id.data(), static_cast<int>(id.size()), nullptr);
  }
  void Bind(const char* text) { sqlite3_bind_text(statement_, next_++, text, -1, nullptr); }

  sqlite3* const db_;
  sqlite3_stmt* statement_ = nullptr;
  int next_ = 1;
};

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

struct BareSqlite::Statements {
  explicit Statements(sqlite3* db)
      : begin(db, "BEGIN IMMEDIATE"),
        commit(db, "COMMIT"),
        insert_hold(db,
                    "INSERT INTO holds VALUES (?, ?, ?, ?, 'EUR', ?, 0, 4294967295, 0, 0, ?, 1, ?, "
                    "0, NULL, NULL)"),
        pay_hold(db,
                 "UPDATE holds SET state = 2, ended_at_us = ?, payment = ?, refund = NULL "
                 "WHERE performance = ? AND hold = ?"),
        update_seat(db,
                    "UPDATE seats SET state = ?, hold = ?, user = ?, expires_at_us = ?, "
                    "version = ? WHERE performance = ? AND ordinal = ?"),
        insert_feed(db, "INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
        insert_transfer(db,
                        "INSERT INTO transfers VALUES (?, 3, 0, 1, 2, ?, 'EUR', ?, ?, ?, 1, '', "
                        "-1, 1000000, ?, ?)"),
        update_balance(db,
                       "UPDATE balances SET balance_minor = balance_minor - ?, transfers = ? "
                       "WHERE user = ? AND currency = 'EUR'"),
        update_state(db,
                     "UPDATE performance_state SET on_sale = 1, feed = ?, feed_first = 1, "
                     "sold = sold + ?, blocked = 0 WHERE performance = ?"),
        update_control(db,
                       "UPDATE control SET time_mark_us = ?, commits = commits + 1, writer = 1 "
                       "WHERE id = 1") {}

  Statement begin, commit, insert_hold, pay_hold, update_seat, insert_feed, insert_transfer,
      update_balance, update_state, update_control;
};

BareSqlite::BareSqlite() : stock_(kSeats), feed_(1, 0), balances_(kFundedUsers + 1, 0) {
  CheckCode(sqlite3_open(folder_.File("bare.db").c_str(), &db_), db_);
  // As the engine sets its own connection: checkpoints of 16 MiB, 32 MiB of page cache.
  Exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4096;"
      "PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;");
  Exec(sqlite::kSchemaTables);
  Exec("INSERT INTO control VALUES (1, 'shared', 1, 1, 1, 0, 0, 0, x'00', 'bench')");
  Exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
       std::to_string(kFundedUsers) +
       ") INSERT INTO balances SELECT i, 'EUR', 250000000000000, 0 FROM n");
  on_ = std::make_unique<Statements>(db_);
}

BareSqlite::~BareSqlite() {
  on_.reset();
  sqlite3_close(db_);
}

void BareSqlite::Exec(const std::string& sql) {
  CheckCode(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr), db_);
}

void BareSqlite::AddPerformance() {
  const std::string id = std::to_string(feed_.size());
  Exec("INSERT INTO performance_state VALUES (" + id + ", 1, 0, 1, 0, 0)");
  Exec("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < " +
       std::to_string(kSeats - 1) + ") INSERT INTO seats SELECT " + id +
       ", i, 0, NULL, 0, 0, 0 FROM n");
  stock_.Add(PerformanceId{feed_.size()});
  feed_.push_back(0);
}

void BareSqlite::Reserve(std::uint64_t holds) {
  for (std::size_t n = stock_.Missing(holds * kSeatsAHold); n > 0; --n) AddPerformance();
}

BareSale BareSqlite::NextSale(std::uint64_t user) {
  const SeatStock::Seats seats = stock_.Take();
  return {NextId(), NextId(), user, seats.first, seats.performance};
}

void BareSqlite::UpdateSeats(const BareSale& sale, int state, std::uint64_t version) {
  for (std::uint32_t i = 0; i < kSeatsAHold; ++i) {
    on_->update_seat.Run(std::int64_t{state}, sale.hold, Signed(sale.user), now_us_ + kTtlUs,
                         Signed(version), Signed(sale.performance.value),
                         std::int64_t{sale.first_seat + i});
  }
}

void BareSqlite::InsertFeed(const BareSale& sale, int kind, std::uint64_t counter) {
  char seats[32];
  std::snprintf(seats, sizeof seats, "[%u,%u]", sale.first_seat, sale.first_seat + 1);
  on_->insert_feed.Run(Signed(sale.performance.value), Signed(counter), std::int64_t{kind},
                       sale.hold, Signed(sale.user), now_us_ + kTtlUs, now_us_, seats);
}

void BareSqlite::EndTransaction(PerformanceId performance, std::uint64_t sold) {
  on_->update_state.Run(Signed(feed_[performance.value]), Signed(sold), Signed(performance.value));
  on_->update_control.Run(now_us_);
  on_->commit.Run();
  now_us_ += 1'000;
}

void BareSqlite::Hold(const std::vector<BareSale>& sales) {
  on_->begin.Run();
  for (const BareSale& sale : sales) {
    char seats[96];
    std::snprintf(seats, sizeof seats, "[[%u,0,%lld],[%u,0,%lld]]", sale.first_seat,
                  static_cast<long long>(kPriceMinor), sale.first_seat + 1,
                  static_cast<long long>(kPriceMinor));
    const std::uint64_t counter = ++feed_[sale.performance.value];
    on_->insert_hold.Run(Signed(sale.performance.value), sale.hold, Signed(sale.user), seats,
                         kPriceMinor * kSeatsAHold, now_us_, now_us_ + kTtlUs);
    UpdateSeats(sale, 1, counter);
    InsertFeed(sale, 1, counter);
  }
  EndTransaction(sales.front().performance, 0);
}

void BareSqlite::Pay(const std::vector<BareSale>& sales) {
  on_->begin.Run();
  for (const BareSale& sale : sales) {
    const std::uint64_t counter = ++feed_[sale.performance.value];
    const std::uint64_t line = ++balances_[sale.user];
    const std::int64_t total = kPriceMinor * kSeatsAHold;
    on_->pay_hold.Run(now_us_, sale.payment, Signed(sale.performance.value), sale.hold);
    UpdateSeats(sale, 2, counter);
    InsertFeed(sale, 2, counter);
    on_->insert_transfer.Run(sale.payment, Signed(sale.user), total, Signed(sale.performance.value),
                             sale.hold, Signed(line), now_us_);
    on_->update_balance.Run(total, Signed(line), Signed(sale.user));
  }
  EndTransaction(sales.front().performance, sales.size() * kSeatsAHold);
}

}  // namespace seathold::bench
