// A box office on PostgreSQL by hand, three ways: one statement that does it all; the steps of a
// service between BEGIN and COMMIT; one statement for all of a call.
#include <algorithm>
#include <cstring>

#include "bench/hall.h"
#include "bench/sale/contestant.h"
#include "bench/sale/postgres_session.h"
#include "bench/sale/postgres_sql.h"

namespace seathold::sale {
namespace {

std::string Uri() { return bench::Setting("SEATHOLD_SALE_POSTGRES"); }

std::int64_t KeyOf(const HoldAsk& ask) {
  return (std::int64_t{ask.performance} << 20) | ask.first_seat;
}

std::int64_t BigAt(const PGresult* rows, int row, int column) {
  std::int64_t value = 0;
  for (int i = 0; i < PQgetlength(rows, row, column); ++i) {
    value = value << 8 | static_cast<std::uint8_t>(PQgetvalue(rows, row, column)[i]);
  }
  return value;
}

Uuid IdAt(const PGresult* rows, int row, int column) {
  Uuid id{};
  if (PQgetisnull(rows, row, column) == 0) {
    std::memcpy(id.data(), PQgetvalue(rows, row, column), id.size());
  }
  return id;
}

Answer Told(bool done) { return done ? Answer::kDone : Answer::kRefused; }

// An ask after the other, each a transaction.
class OneByOne : public Caller {
 public:
  OneByOne(const HallSpec& spec, bool steps) : session_(Uri()), spec_(spec), steps_(steps) {}

  void Hold(std::span<const HoldAsk> asks, std::span<Answer> answers) override {
    for (std::size_t i = 0; i < asks.size(); ++i) {
      answers[i] = Told(steps_ ? HoldInSteps(asks[i]) : HoldAtOnce(asks[i]));
    }
  }
  void Pay(std::span<const PayAsk> asks, std::span<Answer> answers) override {
    for (std::size_t i = 0; i < asks.size(); ++i) {
      const bool paid = steps_ ? PayInSteps(asks[i]) : PayAtOnce(asks[i]);
      answers[i] = Told(paid || WasPaid(asks[i]));
    }
  }

 private:
  bool HoldAtOnce(const HoldAsk& ask) {
    const std::int64_t now = NowUs();
    return PQntuples(session_
                         .Run(kHoldOneSql, KeyOf(ask), now, now + spec_.ttl_ms * 1'000, ask.hold,
                              ask.user, kTotalMinor)
                         .get()) == 1;
  }
  bool PayAtOnce(const PayAsk& ask) {
    const Rows rows = session_.Run(kPayOneSql, NowUs(), ask.hold, ask.payment, ask.user);
    return rows != nullptr && PQntuples(rows.get()) == 1;
  }
  bool HoldInSteps(const HoldAsk& ask);
  bool PayInSteps(const PayAsk& ask);
  bool WasPaid(const PayAsk& ask) {
    return PQntuples(session_.Run(kFindLineSql, ask.payment, ask.hold).get()) == 1;
  }
  bool Undo() {
    session_.Exec("ROLLBACK");
    return false;
  }

  Session session_;
  const HallSpec spec_;
  const bool steps_;
};

bool OneByOne::HoldInSteps(const HoldAsk& ask) {
  session_.Exec("BEGIN");
  const Rows seats = session_.Run(kLockSeatsSql, KeyOf(ask));
  const std::int64_t now = NowUs();
  int free = 0;
  for (int row = 0; row < PQntuples(seats.get()); ++row) {
    const std::int64_t state = BigAt(seats.get(), row, 0);
    free += state == 0 || (state == 1 && BigAt(seats.get(), row, 1) <= now);
  }
  if (free != kSeatsAHold) return Undo();
  const std::int64_t deadline = now + spec_.ttl_ms * 1'000;
  (void)session_.Run(kClaimSeatsSql, KeyOf(ask), deadline, ask.hold);
  (void)session_.Run(kInsertHoldSql, ask.hold, ask.user, KeyOf(ask), kTotalMinor, now, deadline);
  session_.Exec("COMMIT");
  return true;
}

bool OneByOne::PayInSteps(const PayAsk& ask) {
  session_.Exec("BEGIN");
  const std::int64_t now = NowUs();
  const Rows hold = session_.Run(kLockHoldSql, ask.hold, ask.user, now);
  if (PQntuples(hold.get()) != 1) return Undo();
  const std::int64_t first = BigAt(hold.get(), 0, 0), total = BigAt(hold.get(), 0, 1);
  const Rows debited = session_.Run(kDebitSql, ask.user, total);
  if (std::string_view(PQcmdTuples(debited.get())) != "1") return Undo();
  (void)session_.Run(kSellHoldSql, ask.hold, ask.payment);
  (void)session_.Run(kSellSeatsSql, first, ask.hold);
  if (session_.Run(kInsertLineSql, ask.payment, ask.user, ask.hold, total, now) == nullptr) {
    return Undo();
  }
  session_.Exec("COMMIT");
  return true;
}

// All asks of a call as a set. One that wishes what another of the call wishes already is refused:
// either that one has it, or somebody else had.
class AsSet final : public Caller {
 public:
  explicit AsSet(const HallSpec& spec) : session_(Uri()), spec_(spec) {
    session_.Exec("SET plan_cache_mode = force_custom_plan");  // plans that know how many there are
    session_.Exec("SET jit = off");
    session_.Exec("SET random_page_cost = 1.1");  // everything is in memory
  }

  void Hold(std::span<const HoldAsk> asks, std::span<Answer> answers) override {
    const std::int64_t now = NowUs();
    Column<Uuid> holds;
    Column<std::int64_t> users, firsts, seats;
    Seen<std::int64_t> wished(asks.size());
    for (std::size_t i = 0; i < asks.size(); ++i) {
      if (!wished.Add(KeyOf(asks[i]))) continue;
      holds.Add(asks[i].hold);
      users.Add(static_cast<std::int64_t>(asks[i].user));
      firsts.Add(KeyOf(asks[i]));
      for (std::int64_t s = 0; s < kSeatsAHold; ++s) seats.Add(KeyOf(asks[i]) + s);
    }
    const Rows rows = session_.Run(kHoldManySql, now, now + spec_.ttl_ms * 1'000, kTotalMinor,
                                   holds, users, firsts, seats);
    TellByHold(rows.get(), asks, answers);
  }
  void Pay(std::span<const PayAsk> asks, std::span<Answer> answers) override {
    Column<Uuid> holds, payments;
    Column<std::int64_t> users;
    Seen<Uuid> wished(asks.size());
    for (std::size_t i = 0; i < asks.size(); ++i) {
      if (!wished.Add(asks[i].hold)) continue;
      holds.Add(asks[i].hold);
      payments.Add(asks[i].payment);
      users.Add(static_cast<std::int64_t>(asks[i].user));
    }
    const Rows rows = session_.Run(kPayManySql, NowUs(), holds, payments, users);
    if (rows != nullptr) TellByHold(rows.get(), asks, answers);
    for (std::size_t i = 0; i < asks.size(); ++i) {
      if (rows == nullptr || answers[i] == Answer::kRefused) answers[i] = PayAgain(asks[i]);
    }
  }
  bool ReadMap(std::uint32_t performance, TakenSeats* taken) override {
    const Rows rows = session_.Run(kTakenSeatsSql, std::int64_t{performance} << 20, NowUs());
    for (int row = 0; row < PQntuples(rows.get()); ++row) {
      taken->emplace_back(static_cast<std::uint32_t>(BigAt(rows.get(), row, 0)),
                          static_cast<SeatState>(BigAt(rows.get(), row, 1)));
    }
    return true;
  }

 private:
  // Whether an ask is the first of a call with its key.
  template <class Key>
  class Seen {
   public:
    explicit Seen(std::size_t size) { seen_.reserve(size); }
    bool Add(const Key& key) { return seen_.insert(key).second; }

   private:
    struct Hash {
      std::size_t operator()(const Key& key) const {
        std::size_t tail = 0;
        std::memcpy(&tail, reinterpret_cast<const char*>(&key) + sizeof key - sizeof tail,
                    sizeof tail);
        return tail;
      }
    };
    std::unordered_set<Key, Hash> seen_;
  };

  template <class Ask>
  static void TellByHold(const PGresult* rows, std::span<const Ask> asks,
                         std::span<Answer> answers) {
    std::vector<Uuid> done;
    for (int row = 0; row < PQntuples(rows); ++row) done.push_back(IdAt(rows, row, 0));
    std::ranges::sort(done);
    for (std::size_t i = 0; i < asks.size(); ++i) {
      answers[i] = Told(std::ranges::binary_search(done, asks[i].hold));
    }
  }
  Answer PayAgain(const PayAsk& ask) {
    if (PQntuples(session_.Run(kFindLineSql, ask.payment, ask.hold).get()) == 1) {
      return Answer::kDone;
    }
    const Rows rows = session_.Run(kPayOneSql, NowUs(), ask.hold, ask.payment, ask.user);
    return Told(rows != nullptr && PQntuples(rows.get()) == 1);
  }

  Session session_;
  const HallSpec spec_;
};

class Postgres final : public Contestant {
 public:
  explicit Postgres(PostgresWay way) : way_(way) {}
  std::string name() const override {
    if (way_ == PostgresWay::kSet) return "postgres_set";
    return way_ == PostgresWay::kService ? "postgres_service" : "postgres";
  }
  std::string durability() const override { return "WAL synced each commit"; }
  void Reset(const HallSpec& spec) override;
  std::unique_ptr<Caller> NewCaller() override {
    if (way_ == PostgresWay::kSet) return std::make_unique<AsSet>(spec_);
    return std::make_unique<OneByOne>(spec_, way_ == PostgresWay::kService);
  }
  Books Read() override;
  void Rest() override {
    for (const char* table : {"seats", "holds", "wallets", "ledger"}) {
      Session(Uri()).Exec(std::string("ANALYZE ") + table);
    }
  }
  double written_bytes() const override {
    Session session(Uri());
    const Rows row = session.Run("SELECT (pg_current_wal_lsn() - '0/0')::bigint");
    return static_cast<double>(BigAt(row.get(), 0, 0));
  }
  std::vector<pid_t> servers() const override {
    return {std::atoi(bench::Setting("SEATHOLD_SALE_POSTGRES_PID").c_str())};
  }

 private:
  const PostgresWay way_;
  HallSpec spec_;
};

void Postgres::Reset(const HallSpec& spec) {
  spec_ = spec;
  Session session(Uri());
  // No checkpoint falls into a round, nor between laying out and selling, so that no page is logged
  // whole.
  session.Exec("ALTER SYSTEM SET max_wal_size = '8GB'");
  session.Exec("ALTER SYSTEM SET checkpoint_timeout = '30min'");
  session.Exec("SELECT pg_reload_conf()");
  session.Exec(kPostgresSchema);
  for (std::uint32_t p = 0; p < spec.performances; ++p) {
    session.Exec("INSERT INTO seats SELECT i, 0, 0, NULL FROM generate_series(" +
                 std::to_string(std::int64_t{p} << 20) + "::bigint, " +
                 std::to_string((std::int64_t{p} << 20) + spec.seats - 1) + ") i");
  }
  session.Exec("INSERT INTO wallets SELECT i, " + std::to_string(kWalletMinor) +
               " FROM generate_series(1, " + std::to_string(spec.users) + ") i");
  session.Exec("VACUUM ANALYZE");
}

Books Postgres::Read() {
  Books books;
  Session session(Uri());
  const Rows seats = session.Run("SELECT state, hold FROM seats ORDER BY seat");
  for (int row = 0; row < PQntuples(seats.get()); ++row) {
    books.seats.push_back(
        {static_cast<SeatState>(BigAt(seats.get(), row, 0)), IdAt(seats.get(), row, 1)});
  }
  const Rows sums = session.Run(
      "SELECT (SELECT count(*) FROM ledger), "
      "(SELECT coalesce(sum(amount_minor), 0)::bigint FROM ledger), "
      "(SELECT sum(balance_minor)::bigint FROM wallets), "
      "(SELECT count(*) FROM holds WHERE state = 1)");
  books.payments = static_cast<std::uint64_t>(BigAt(sums.get(), 0, 0));
  books.paid_minor = BigAt(sums.get(), 0, 1);
  books.wallets_minor = BigAt(sums.get(), 0, 2);
  books.deadlines = static_cast<std::uint64_t>(BigAt(sums.get(), 0, 3));
  return books;
}

}  // namespace

std::unique_ptr<Contestant> NewPostgres(PostgresWay way) {
  if (Uri().empty()) return nullptr;
  return std::make_unique<Postgres>(way);
}

}  // namespace seathold::sale
