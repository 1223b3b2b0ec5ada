// Named indexes as queries of bounded size.
#include <string>

#include "src/storage/postgres/rows.h"

namespace seathold::postgres {
namespace {

// $1 key, $2 after, $3 after_id, $4 currency, $5 until, $6 rows: the same six for every index.
template <class R>
Sql ScanSql(const char* name, const char* where_and_order) {
  return {"SELECT " + JoinColumns(ColumnsOf<R>().all, "", ", ") +  // tidy: sql
              " FROM " + R::kTable + " WHERE " +                   // tidy: sql
              where_and_order +  // tidy: sql, constants of this file
              " LIMIT $6",
          std::string("scan_") + name};
}

const Sql kVenuesSql = ScanSql<VenueRecord>("venues", "venue > $2 ORDER BY venue");
const Sql kShowsSql = ScanSql<ShowRecord>("shows", "show > $2 ORDER BY show");
const Sql kPerformancesSql =
    ScanSql<PerformanceRecord>("performances", "performance > $2 ORDER BY performance");
const Sql kCategoriesSql =
    ScanSql<CategoryRecord>("categories", "venue = $1 AND category > $2 ORDER BY category");
const Sql kRowsSql = ScanSql<PlanRowRecord>("rows", R"(venue = $1 AND "row" > $2 ORDER BY "row")");
const Sql kPlanSeatsSql =
    ScanSql<PlanSeatRecord>("plan_seats", "venue = $1 AND ordinal > $2 ORDER BY ordinal");
const Sql kPricesSql =
    ScanSql<PriceRecord>("prices", "performance = $1 ORDER BY category, ticket_type");
const Sql kSeatsSql =
    ScanSql<SeatRecord>("seats", "performance = $1 AND ordinal > $2 ORDER BY ordinal");
const Sql kBlocksSql =
    ScanSql<BlockRecord>("blocks", "performance = $1 AND ordinal > $2 ORDER BY ordinal");
// As src/util/lapse.h has it. The terms of a partial index are repeated, so that the planner sees
// that it may use it.
const Sql kHoldsDueSql = ScanSql<HoldRecord>(
    "holds_due", "state = 1 AND expires_at_us <= $5 ORDER BY expires_at_us, performance, hold");
const Sql kHoldsOfUserSql = ScanSql<HoldRecord>(
    "holds_of_user",
    R"("user" = $1 AND (performance, hold) > ($2, $3) ORDER BY performance, hold)");
const Sql kHoldsOfPerformanceSql =
    ScanSql<HoldRecord>("holds_of_performance", "performance = $1 AND hold > $3 ORDER BY hold");
const Sql kTransfersOfAccountSql = ScanSql<TransferRecord>(
    "transfers_of_account",
    R"("user" = $1 AND currency = $4 AND line > $2 AND line > 0 AND code = 0 ORDER BY line)");
const Sql kFeedSql =
    ScanSql<FeedRecord>("feed", "performance = $1 AND counter > $2 ORDER BY counter");
const Sql kLastHoldsSql = ScanSql<HoldRecord>("last_holds", "performance = $1 ORDER BY hold DESC");
const Sql kLastTransfersSql =
    ScanSql<TransferRecord>("last_transfers", "true ORDER BY transfer DESC");

// fn.operator()<Record>(sql) for the index; kInvalidArgument when there is none.
template <class Fn>
Status WithIndex(ScanSpec::Index index, const Fn& fn) {
  using Index = ScanSpec::Index;
  switch (index) {
    case Index::kVenues:
      return fn.template operator()<VenueRecord>(kVenuesSql);
    case Index::kCategoriesOfVenue:
      return fn.template operator()<CategoryRecord>(kCategoriesSql);
    case Index::kRowsOfVenue:
      return fn.template operator()<PlanRowRecord>(kRowsSql);
    case Index::kSeatsOfVenue:
      return fn.template operator()<PlanSeatRecord>(kPlanSeatsSql);
    case Index::kShows:
      return fn.template operator()<ShowRecord>(kShowsSql);
    case Index::kPerformances:
      return fn.template operator()<PerformanceRecord>(kPerformancesSql);
    case Index::kPricesOfPerformance:
      return fn.template operator()<PriceRecord>(kPricesSql);
    case Index::kSeatsOfPerformance:
      return fn.template operator()<SeatRecord>(kSeatsSql);
    case Index::kBlocksOfPerformance:
      return fn.template operator()<BlockRecord>(kBlocksSql);
    case Index::kHoldsDue:
      return fn.template operator()<HoldRecord>(kHoldsDueSql);
    case Index::kHoldsOfUser:
      return fn.template operator()<HoldRecord>(kHoldsOfUserSql);
    case Index::kHoldsOfPerformance:
      return fn.template operator()<HoldRecord>(kHoldsOfPerformanceSql);
    case Index::kTransfersOfAccount:
      return fn.template operator()<TransferRecord>(kTransfersOfAccountSql);
    case Index::kFeedAfter:
      return fn.template operator()<FeedRecord>(kFeedSql);
    case Index::kLastHolds:
      return fn.template operator()<HoldRecord>(kLastHoldsSql);
    case Index::kLastTransfers:
      return fn.template operator()<TransferRecord>(kLastTransfersSql);
  }
  return Status(Code::kInvalidArgument, "no such index");
}

}  // namespace

Status QueueScan(Connection* connection, const ScanSpec& scan) {
  return WithIndex(scan.index, [&]<class R>(const Sql& sql) {
    Params params;
    params.Add(scan.key);
    params.Add(scan.after);
    params.AddKey(scan.after_id);
    params.Add(scan.currency);
    params.Add(scan.until);
    params.Add(static_cast<std::int64_t>(scan.rows_max) + 1);
    connection->Queue(sql, params);
    return Status();
  });
}

Status ReadScan(const PGresult* result, const ScanSpec& scan, RecordSet* into, bool* more) {
  *more = Pq().ntuples(result) > static_cast<std::int64_t>(scan.rows_max);
  return WithIndex(scan.index, [&]<class R>(const Sql&) {
    return ReadRows(result, scan.rows_max, &into->of<R>().rows);
  });
}

}  // namespace seathold::postgres
