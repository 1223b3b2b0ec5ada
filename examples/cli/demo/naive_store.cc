#include "examples/cli/demo/naive_store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <map>
#include <mutex>
#include <thread>

namespace seathold::demo {
namespace {

constexpr int kBusyMs = 60'000;
constexpr const char* kSchema =
    "CREATE TABLE seats(seat INTEGER PRIMARY KEY, state TEXT NOT NULL DEFAULT 'free', user "
    "INTEGER);"
    "CREATE TABLE reservations(id INTEGER PRIMARY KEY, user INTEGER, until_us INTEGER,"
    " state TEXT NOT NULL DEFAULT 'held');"
    "CREATE INDEX reservations_until ON reservations(state, until_us);"
    "CREATE TABLE reservation_seats(reservation INTEGER, seat INTEGER,"
    " PRIMARY KEY(reservation, seat)) WITHOUT ROWID;"
    "CREATE TABLE wallets(user INTEGER PRIMARY KEY, minor INTEGER NOT NULL);"
    "CREATE TABLE payments(id INTEGER PRIMARY KEY, reservation INTEGER, minor INTEGER);"
    "CREATE INDEX payments_reservation ON payments(reservation);";

// One connection. One that could not be opened answers every call with that error.
class Connection {
 public:
  explicit Connection(const std::string& path) : opened_(Open(path)) {}
  ~Connection() {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(db_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Status Script(const char* sql) {
    if (!opened_.ok()) return opened_;
    return sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK ? Status() : Error();
  }

  // Runs one statement; `row` is called for each row of its answer.
  template <class Row>
  Status Run(const char* sql, std::initializer_list<std::int64_t> values, Row&& row) {
    if (!opened_.ok()) return opened_;
    sqlite3_stmt*& statement = statements_[sql];
    if (statement == nullptr &&
        sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr) != SQLITE_OK) {
      return Error();
    }
    int at = 0;
    for (const std::int64_t value : values) sqlite3_bind_int64(statement, ++at, value);
    int step = SQLITE_ROW;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) row(statement);
    const Status status = step == SQLITE_DONE ? Status() : Error();
    sqlite3_reset(statement);
    return status;
  }
  Status Run(const char* sql, std::initializer_list<std::int64_t> values = {}) {
    return Run(sql, values, [](sqlite3_stmt*) {});
  }

  std::int64_t last_id() const { return sqlite3_last_insert_rowid(db_); }

 private:
  Status Open(const std::string& path) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) return Error();
    sqlite3_busy_timeout(db_, kBusyMs);
    const char* pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
    return sqlite3_exec(db_, pragmas, nullptr, nullptr, nullptr) == SQLITE_OK ? Status() : Error();
  }

  Status Error() const { return Status(Code::kStorageFailed, sqlite3_errmsg(db_)); }

  sqlite3* db_ = nullptr;
  std::map<std::string, sqlite3_stmt*> statements_;
  Status opened_;  // last: opening uses the others
};

std::int64_t Column(sqlite3_stmt* row, int column) { return sqlite3_column_int64(row, column); }

UserId UserColumn(sqlite3_stmt* row, int column) {
  return UserId{static_cast<std::uint64_t>(Column(row, column))};
}

std::int64_t Number(UserId user) { return static_cast<std::int64_t>(user.value); }

SeatState StateColumn(sqlite3_stmt* row, int column) {
  switch (sqlite3_column_text(row, column)[0]) {
    case 'h':
      return SeatState::kHeld;
    case 's':
      return SeatState::kSold;
    default:
      return SeatState::kAvailable;
  }
}

class SqliteNaiveStore final : public NaiveStore {
 public:
  explicit SqliteNaiveStore(const std::string& path) : path_(path) {}

  Status Prepare(std::uint32_t seats) {
    seats_ = seats;
    Connection& db = Mine();
    if (Status status = db.Script(kSchema); !status.ok()) return status;
    return InTransaction(db, [&] {
      for (std::uint32_t seat = 0; seat < seats; ++seat) {
        Status status = db.Run("INSERT INTO seats(seat) VALUES(?)", {seat});
        if (!status.ok()) return status;
      }
      return Status();
    });
  }

  Status Fund(std::span<const std::pair<UserId, std::int64_t>> fundings) override {
    Connection& db = Mine();
    return InTransaction(db, [&] {
      for (const auto& [user, minor] : fundings) {
        Status status = db.Run("INSERT INTO wallets VALUES(?, ?)", {Number(user), minor});
        if (!status.ok()) return status;
      }
      return Status();
    });
  }

  Result<bool> AreFree(const Seats& seats) override {
    bool free = true;
    for (const std::uint32_t seat : seats) {
      Status status = Mine().Run("SELECT state FROM seats WHERE seat = ?", {seat}, [&](auto* row) {
        free = free && StateColumn(row, 0) == SeatState::kAvailable;
      });
      if (!status.ok()) return status;
    }
    return free;
  }

  Result<Seats> FirstFree(int count) override {
    Seats seats;
    Status status =
        Mine().Run("SELECT seat FROM seats WHERE state = 'free' ORDER BY seat LIMIT ?", {count},
                   [&](auto* row) { seats.push_back(static_cast<std::uint32_t>(Column(row, 0))); });
    if (!status.ok()) return status;
    return seats;
  }

  Result<ReservationNumber> Take(const Seats& seats, UserId user, TimeUs until) override {
    Connection& db = Mine();
    ReservationNumber reservation = 0;
    Status status = InTransaction(db, [&] {
      Status done = db.Run("INSERT INTO reservations(user, until_us) VALUES(?, ?)",
                           {Number(user), until.value});
      reservation = db.last_id();
      for (const std::uint32_t seat : seats) {
        if (done.ok())
          done = db.Run("INSERT INTO reservation_seats VALUES(?, ?)", {reservation, seat});
        if (done.ok()) {
          done = db.Run("UPDATE seats SET state = 'held', user = ? WHERE seat = ?",
                        {Number(user), seat});
        }
      }
      return done;
    });
    if (!status.ok()) return status;
    return reservation;
  }

  Result<bool> LockStands(ReservationNumber reservation, TimeUs now) override {
    bool stands = false;
    Status status =
        Mine().Run("SELECT 1 FROM reservations WHERE id = ? AND state = 'held' AND until_us > ?",
                   {reservation, now.value}, [&](auto*) { stands = true; });
    if (!status.ok()) return status;
    return stands;
  }

  Status MarkSold(ReservationNumber reservation, const Seats& seats, UserId user) override {
    Connection& db = Mine();
    return InTransaction(db, [&] {
      Status done = db.Run("UPDATE reservations SET state = 'paid' WHERE id = ?", {reservation});
      for (const std::uint32_t seat : seats) {
        if (done.ok()) {
          done = db.Run("UPDATE seats SET state = 'sold', user = ? WHERE seat = ?",
                        {Number(user), seat});
        }
      }
      return done;
    });
  }

  Status GiveBack(ReservationNumber reservation) override {
    Connection& db = Mine();
    return InTransaction(db, [&] {
      Status done = db.Run("UPDATE reservations SET state = 'over' WHERE id = ?", {reservation});
      if (!done.ok()) return done;
      return db.Run(
          "UPDATE seats SET state = 'free', user = NULL WHERE seat IN"
          " (SELECT seat FROM reservation_seats WHERE reservation = ?)",
          {reservation});
    });
  }

  Result<std::vector<ReservationNumber>> Lapsed(TimeUs now) override {
    std::vector<ReservationNumber> lapsed;
    Status status = Mine().Run("SELECT id FROM reservations WHERE state = 'held' AND until_us <= ?",
                               {now.value}, [&](auto* row) { lapsed.push_back(Column(row, 0)); });
    if (!status.ok()) return status;
    return lapsed;
  }

  Result<std::int64_t> BalanceMinor(UserId user) override {
    std::int64_t minor = 0;
    Status status = Mine().Run("SELECT minor FROM wallets WHERE user = ?", {Number(user)},
                               [&](auto* row) { minor = Column(row, 0); });
    if (!status.ok()) return status;
    return minor;
  }

  Status SetBalance(UserId user, std::int64_t minor) override {
    return Mine().Run("INSERT OR REPLACE INTO wallets VALUES(?, ?)", {Number(user), minor});
  }

  Status BookPayment(ReservationNumber reservation, std::int64_t minor) override {
    return Mine().Run("INSERT INTO payments(reservation, minor) VALUES(?, ?)",
                      {reservation, minor});
  }

  Result<HallMap> ReadMap() override {
    HallMap map;
    Status status = Mine().Run("SELECT state FROM seats ORDER BY seat", {}, [&](auto* row) {
      const SeatState state = StateColumn(row, 0);
      map.seats.push_back(state);
      map.available += state == SeatState::kAvailable;
      map.held += state == SeatState::kHeld;
      map.sold += state == SeatState::kSold;
    });
    if (!status.ok()) return status;
    return map;
  }

  Result<SaleRecord> ReadSale() override {
    SaleRecord record;
    record.owners.resize(seats_);
    std::map<std::int64_t, PaidOrder> orders;
    Status status = Mine().Run(
        "SELECT r.id, r.user, p.minor FROM payments p JOIN reservations r ON r.id = p.reservation",
        {}, [&](auto* row) {
          PaidOrder& order = orders[Column(row, 0)];
          order.user = UserColumn(row, 1);
          order.payments.push_back(Column(row, 2));
        });
    if (status.ok()) {
      status = Mine().Run(
          "SELECT reservation, seat FROM reservation_seats WHERE reservation IN"
          " (SELECT reservation FROM payments)",
          {}, [&](auto* row) {
            orders[Column(row, 0)].seats.push_back(static_cast<std::uint32_t>(Column(row, 1)));
          });
    }
    if (status.ok()) {
      status = Mine().Run("SELECT seat, user FROM seats WHERE state = 'sold'", {}, [&](auto* row) {
        record.owners[static_cast<std::size_t>(Column(row, 0))] = UserColumn(row, 1);
      });
    }
    if (!status.ok()) return status;
    for (auto& [id, order] : orders) record.orders.push_back(std::move(order));
    return record;
  }

 private:
  template <class Body>
  static Status InTransaction(Connection& db, Body&& body) {
    if (Status status = db.Run("BEGIN IMMEDIATE"); !status.ok()) return status;
    const Status status = body();
    if (status.ok()) return db.Run("COMMIT");
    Status rolled_back = db.Run("ROLLBACK");
    return rolled_back.ok() ? status : rolled_back;
  }

  Connection& Mine() {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Connection>& mine = connections_[std::this_thread::get_id()];
    if (mine == nullptr) {
      mine = std::make_unique<Connection>(path_);
    }
    return *mine;
  }

  std::string path_;
  std::uint32_t seats_ = 0;
  std::mutex mutex_;
  std::map<std::thread::id, std::unique_ptr<Connection>> connections_;
};

}  // namespace

Result<std::unique_ptr<NaiveStore>> NaiveStore::Create(const std::string& path,
                                                       std::uint32_t seats) {
  auto store = std::make_unique<SqliteNaiveStore>(path);
  if (Status status = store->Prepare(seats); !status.ok()) return status;
  return std::unique_ptr<NaiveStore>(std::move(store));
}

}  // namespace seathold::demo
