#include "bench/bare_postgres.h"

#include <cstdio>

#include "seathold/adapter/storage.h"

namespace seathold::bench {
namespace {

using postgres::Array;
using postgres::Params;
using postgres::Sql;
using postgres::Type;

constexpr std::uint32_t kSeats = 50'000;
constexpr std::int64_t kTtlUs = 86'400'000'000;
constexpr std::int64_t kTotal = kPriceMinor * kSeatsAHold;

const Sql kInsertHolds{R"sql(
INSERT INTO holds (performance, hold, "user", seats, currency, total_minor, flags, asked_category,
                   asked_ttl_ms, sequence, created_at_us, state, expires_at_us, ended_at_us)
SELECT $1, h, u, s, 'EUR', $2, 0, 4294967295, 0, 0, $3, 1, $4, 0
FROM unnest($5, $6, $7) AS k(h, u, s))sql",
                       "bare_insert_holds"};
const Sql kPayHolds{R"sql(
UPDATE holds t SET state = 2, ended_at_us = $1, payment = k.p
FROM unnest($3, $4) AS k(h, p) WHERE t.performance = $2 AND t.hold = k.h)sql",
                    "bare_pay_holds"};
const Sql kUpdateSeats{R"sql(
UPDATE seats t SET state = $1, hold = k.h, "user" = k.u, expires_at_us = $2, version = k.v
FROM unnest($4, $5, $6, $7) AS k(o, h, u, v) WHERE t.performance = $3 AND t.ordinal = k.o)sql",
                       "bare_update_seats"};
const Sql kInsertFeed{R"sql(
INSERT INTO feed (performance, counter, kind, hold, "user", expires_at_us, at_us, seats)
SELECT $1, c, $2, h, u, $3, $4, s FROM unnest($5, $6, $7, $8) AS k(c, h, u, s))sql",
                      "bare_insert_feed"};
const Sql kInsertTransfers{R"sql(
INSERT INTO transfers (transfer, kind, code, debit, credit, "user", currency, amount_minor,
                       performance, hold, tender, reference, expected_minor, balance_after_minor,
                       line, created_at_us)
SELECT t, 3, 0, 1, 2, u, 'EUR', $1, $2, h, 1, '', -1, 1000000, l, $3
FROM unnest($4, $5, $6, $7) AS k(t, u, h, l))sql",
                           "bare_insert_transfers"};
const Sql kUpdateBalances{R"sql(
UPDATE balances t SET balance_minor = balance_minor - $1, transfers = k.l
FROM unnest($2, $3) AS k(u, l) WHERE t."user" = k.u AND t.currency = 'EUR')sql",
                          "bare_update_balances"};
const Sql kUpdateState{
    "UPDATE performance_state SET on_sale = 1, feed = $1, sold = sold + $2, blocked = 0 "
    "WHERE performance = $3",
    "bare_update_state"};
const Sql kUpdateWriter{
    "UPDATE writers SET commits = commits + 1, time_mark_us = $1, seen_at = clock_timestamp() "
    "WHERE writer = 0",
    "bare_update_writer"};

std::string List(const BareSale& sale, bool priced) {
  char text[96];
  if (priced) {
    std::snprintf(text, sizeof text, "[[%u,0,%lld],[%u,0,%lld]]", sale.first_seat,
                  static_cast<long long>(kPriceMinor), sale.first_seat + 1,
                  static_cast<long long>(kPriceMinor));
  } else {
    std::snprintf(text, sizeof text, "[%u,%u]", sale.first_seat, sale.first_seat + 1);
  }
  return text;
}

template <class... Values>
Params With(const Values&... values) {
  Params params;
  (params.Add(values), ...);
  return params;
}

template <class Fn>
Array Column(Type type, const std::vector<BareSale>& sales, Fn&& value) {
  Array column(type);
  for (const BareSale& sale : sales) column.Add(value(sale));
  return column;
}
Array Holds(const std::vector<BareSale>& sales) {
  return Column(Type::kBytea, sales, [](const BareSale& sale) { return sale.hold; });
}
Array Payments(const std::vector<BareSale>& sales) {
  return Column(Type::kBytea, sales, [](const BareSale& sale) { return sale.payment; });
}
Array Users(const std::vector<BareSale>& sales) {
  return Column(Type::kInt8, sales, [](const BareSale& sale) { return sale.user; });
}
Array Lists(const std::vector<BareSale>& sales, bool priced) {
  return Column(Type::kJson, sales, [&](const BareSale& sale) { return List(sale, priced); });
}

}  // namespace

BarePostgres::BarePostgres() : stock_(kSeats), feed_(1, 0), balances_(kFundedUsers + 1, 0) {
  const std::string uri = PostgresUri("bare");
  (void)Must(NewPostgresStorage({.uri = uri})->Open({}), "making the tables");
  const postgres::Target target = Must(postgres::ParseTarget(uri), "reading the URI");
  connection_ = Must(postgres::Connection::Open(target, {}), "connecting");
  Exec("SET search_path = " + target.schema);
  // As the engine asks for: by key, planned once.
  for (const char* off : {"enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"}) {
    Exec(std::string("SET ") + off + " = off");
  }
  Exec("SET plan_cache_mode = force_generic_plan");
  Exec("INSERT INTO balances SELECT i, 'EUR', 250000000000000, 0 FROM generate_series(1, " +
       std::to_string(kFundedUsers) + ") i");
}

void BarePostgres::Exec(const std::string& sql) {
  connection_->Queue({sql});
  Check(connection_->Run(postgres::Phase::kWork, {}), sql.c_str());
}

void BarePostgres::AddPerformance() {
  const std::string id = std::to_string(feed_.size());
  Exec("INSERT INTO performance_state VALUES (" + id + ", 1, 0, 1, 0, 0)");
  Exec("INSERT INTO seats SELECT " + id + ", i, 0, NULL, 0, 0, 0 FROM generate_series(0, " +
       std::to_string(kSeats - 1) + ") i");
  stock_.Add(PerformanceId{feed_.size()});
  feed_.push_back(0);
}

void BarePostgres::Reserve(std::uint64_t holds) {
  for (std::size_t n = stock_.Missing(holds * kSeatsAHold); n > 0; --n) AddPerformance();
}

BareSale BarePostgres::NextSale(std::uint64_t user) {
  const SeatStock::Seats seats = stock_.Take();
  return {NextId(), NextId(), user, seats.first, seats.performance};
}

void BarePostgres::UpdateSeats(const std::vector<BareSale>& sales, int state) {
  Array ordinals(Type::kInt8), holds(Type::kBytea), users(Type::kInt8), versions(Type::kInt8);
  std::uint64_t counter = feed_[sales.front().performance.value];
  for (const BareSale& sale : sales) {
    ++counter;
    for (std::uint32_t i = 0; i < kSeatsAHold; ++i) {
      ordinals.Add(sale.first_seat + i);
      holds.Add(sale.hold);
      users.Add(sale.user);
      versions.Add(counter);
    }
  }
  connection_->Queue(kUpdateSeats,
                     With(std::int64_t{state}, now_us_ + kTtlUs, sales.front().performance.value,
                          ordinals, holds, users, versions));
}

void BarePostgres::InsertFeed(const std::vector<BareSale>& sales, int kind) {
  std::uint64_t& feed = feed_[sales.front().performance.value];
  const Array counters = Column(Type::kInt8, sales, [&](const BareSale&) { return ++feed; });
  connection_->Queue(kInsertFeed,
                     With(sales.front().performance.value, std::int64_t{kind}, now_us_ + kTtlUs,
                          now_us_, counters, Holds(sales), Users(sales), Lists(sales, false)));
}

void BarePostgres::Commit(PerformanceId performance, std::uint64_t sold) {
  connection_->Queue(kUpdateState, With(feed_[performance.value], sold, performance.value));
  connection_->Queue(kUpdateWriter, With(now_us_));
  connection_->Queue(postgres::kCommitSql);
  Check(connection_->Run(postgres::Phase::kWork, {}), "bare libpq");
  now_us_ += 1'000;
}

void BarePostgres::Hold(const std::vector<BareSale>& sales) {
  connection_->Queue({"BEGIN"});
  connection_->Queue(kInsertHolds,
                     With(sales.front().performance.value, kTotal, now_us_, now_us_ + kTtlUs,
                          Holds(sales), Users(sales), Lists(sales, true)));
  UpdateSeats(sales, 1);
  InsertFeed(sales, 1);
  Commit(sales.front().performance, 0);
}

void BarePostgres::Pay(const std::vector<BareSale>& sales) {
  connection_->Queue({"BEGIN"});
  const std::uint64_t performance = sales.front().performance.value;
  connection_->Queue(kPayHolds, With(now_us_, performance, Holds(sales), Payments(sales)));
  UpdateSeats(sales, 2);
  InsertFeed(sales, 2);
  const Array lines =
      Column(Type::kInt8, sales, [&](const BareSale& sale) { return ++balances_[sale.user]; });
  connection_->Queue(kInsertTransfers, With(kTotal, performance, now_us_, Payments(sales),
                                            Users(sales), Holds(sales), lines));
  connection_->Queue(kUpdateBalances, With(kTotal, Users(sales), lines));
  Commit(sales.front().performance, sales.size() * kSeatsAHold);
}

}  // namespace seathold::bench
