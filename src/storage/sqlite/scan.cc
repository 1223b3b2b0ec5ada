// Named indexes as queries of bounded size.
#include <string>

#include "src/storage/sqlite/rows.h"

namespace seathold::sqlite {
namespace {

// ?1 key, ?2 after, ?3 after_id, ?4 currency, ?5 until, ?6 rows. Every statement names ?6, so all
// six exist and one function binds them.
template <class R>
std::string ScanSql(const char* where_and_order) {
  return SelectSql<R>() + " WHERE " + where_and_order +  // tidy: sql, constants of this file
         " LIMIT ?6";
}

int BindScan(sqlite3_stmt* statement, const ScanSpec& scan) {
  const std::string_view currency = scan.currency.text();
  const char* currency_data = currency.empty() ? "" : currency.data();
  const std::int64_t rows = static_cast<std::int64_t>(scan.rows_max) + 1;
  const int codes[] = {
      sqlite3_bind_int64(statement, 1, static_cast<sqlite3_int64>(scan.key)),
      sqlite3_bind_int64(statement, 2, scan.after),
      sqlite3_bind_blob(statement, 3, scan.after_id.data(), 16, nullptr),
      sqlite3_bind_text64(statement, 4, currency_data, currency.size(), nullptr, SQLITE_UTF8),
      sqlite3_bind_int64(statement, 5, scan.until.value),
      sqlite3_bind_int64(statement, 6, rows),
  };
  for (const int code : codes) {
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

template <class R>
Status RunScan(Connection* connection, const std::string& sql, const ScanSpec& scan,
               RecordSet* into, bool* more) {
  int code = SQLITE_OK;
  sqlite3_stmt* statement = connection->Prepared(sql, &code);
  if (statement == nullptr) return MapError(code, Phase::kWork, R::kTable);
  const ScopedReset reset(statement);
  code = BindScan(statement, scan);
  if (code != SQLITE_OK) return MapError(code, Phase::kWork, R::kTable);
  return CollectRows<R>(statement, scan.rows_max, &into->of<R>().rows, more);
}

const std::string kVenuesSql = ScanSql<VenueRecord>("venue > ?2 ORDER BY venue");
const std::string kShowsSql = ScanSql<ShowRecord>("show > ?2 ORDER BY show");
const std::string kPerformancesSql =
    ScanSql<PerformanceRecord>("performance > ?2 ORDER BY performance");
const std::string kCategoriesSql =
    ScanSql<CategoryRecord>("venue = ?1 AND category > ?2 ORDER BY category");
const std::string kRowsSql = ScanSql<PlanRowRecord>(R"(venue = ?1 AND "row" > ?2 ORDER BY "row")");
const std::string kPlanSeatsSql =
    ScanSql<PlanSeatRecord>("venue = ?1 AND ordinal > ?2 ORDER BY ordinal");
const std::string kPricesSql =
    ScanSql<PriceRecord>("performance = ?1 ORDER BY category, ticket_type");
const std::string kSeatsSql =
    ScanSql<SeatRecord>("performance = ?1 AND ordinal > ?2 ORDER BY ordinal");
const std::string kBlocksSql =
    ScanSql<BlockRecord>("performance = ?1 AND ordinal > ?2 ORDER BY ordinal");
// As src/util/lapse.h has it.
const std::string kHoldsDueSql = ScanSql<HoldRecord>(
    "state = 1 AND expires_at_us <= ?5 ORDER BY expires_at_us, performance, hold");
const std::string kHoldsOfUserSql = ScanSql<HoldRecord>(
    R"("user" = ?1 AND (performance, hold) > (?2, ?3) ORDER BY performance, hold)");
const std::string kHoldsOfPerformanceSql =
    ScanSql<HoldRecord>("performance = ?1 AND hold > ?3 ORDER BY hold");
// The terms of the partial index are repeated, so that SQLite sees that it may use it.
const std::string kTransfersOfAccountSql = ScanSql<TransferRecord>(
    R"("user" = ?1 AND currency = ?4 AND line > ?2 AND line > 0 AND code = 0 ORDER BY line)");
const std::string kFeedSql =
    ScanSql<FeedRecord>("performance = ?1 AND counter > ?2 ORDER BY counter");
const std::string kLastHoldsSql = ScanSql<HoldRecord>("performance = ?1 ORDER BY hold DESC");
const std::string kLastTransfersSql = ScanSql<TransferRecord>("true ORDER BY transfer DESC");

}  // namespace

Status ScanRows(Connection* c, const ScanSpec& scan, RecordSet* into, bool* more) {
  using Index = ScanSpec::Index;
  switch (scan.index) {
    case Index::kVenues:
      return RunScan<VenueRecord>(c, kVenuesSql, scan, into, more);
    case Index::kCategoriesOfVenue:
      return RunScan<CategoryRecord>(c, kCategoriesSql, scan, into, more);
    case Index::kRowsOfVenue:
      return RunScan<PlanRowRecord>(c, kRowsSql, scan, into, more);
    case Index::kSeatsOfVenue:
      return RunScan<PlanSeatRecord>(c, kPlanSeatsSql, scan, into, more);
    case Index::kShows:
      return RunScan<ShowRecord>(c, kShowsSql, scan, into, more);
    case Index::kPerformances:
      return RunScan<PerformanceRecord>(c, kPerformancesSql, scan, into, more);
    case Index::kPricesOfPerformance:
      return RunScan<PriceRecord>(c, kPricesSql, scan, into, more);
    case Index::kSeatsOfPerformance:
      return RunScan<SeatRecord>(c, kSeatsSql, scan, into, more);
    case Index::kBlocksOfPerformance:
      return RunScan<BlockRecord>(c, kBlocksSql, scan, into, more);
    case Index::kHoldsDue:
      return RunScan<HoldRecord>(c, kHoldsDueSql, scan, into, more);
    case Index::kHoldsOfUser:
      return RunScan<HoldRecord>(c, kHoldsOfUserSql, scan, into, more);
    case Index::kHoldsOfPerformance:
      return RunScan<HoldRecord>(c, kHoldsOfPerformanceSql, scan, into, more);
    case Index::kTransfersOfAccount:
      return RunScan<TransferRecord>(c, kTransfersOfAccountSql, scan, into, more);
    case Index::kFeedAfter:
      return RunScan<FeedRecord>(c, kFeedSql, scan, into, more);
    case Index::kLastHolds:
      return RunScan<HoldRecord>(c, kLastHoldsSql, scan, into, more);
    case Index::kLastTransfers:
      return RunScan<TransferRecord>(c, kLastTransfersSql, scan, into, more);
  }
  return Status(Code::kInvalidArgument, "no such index");
}

}  // namespace seathold::sqlite
