#include "src/storage/postgres/audit.h"

#include <string>
#include <vector>

#include "src/storage/postgres/audit_sql.h"
#include "src/storage/postgres/core.h"
#include "src/storage/postgres/row_reader.h"
#include "src/storage/postgres/schema.h"

namespace seathold::postgres {
namespace {

const Sql kBeginAuditSql{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
// Every check looks at all there is. Until a new hall is analysed the planner takes its lists for
// short, and would go through the hall once for each seat that is sold.
const Sql kPlanForAllSql{
    "SELECT set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)"};

Params AuditParams(TimeUs now) {
  Params params;
  params.Add(now);
  params.Add(static_cast<std::int64_t>(AuditReport::kFindingsMax));
  return params;
}

std::string TextAt(const PGresult* result, int row) {
  if (Pq().getisnull(result, row, 0) != 0) return "a value that should be there is NULL";
  return Pq().getvalue(result, row, 0);
}

void AddFindings(const PGresult* result, const char* check, AuditReport* report) {
  for (int row = 0; row < Pq().ntuples(result); ++row) {
    report->findings.push_back({check, TextAt(result, row)});
  }
  report->checks.emplace_back(check);
}

Status ReadCounts(const PGresult* result, AuditReport* report) {
  RowReader reader(result, 0);
  for (std::uint64_t* count :
       {&report->seats, &report->sold, &report->held, &report->blocked, &report->holds,
        &report->confirmed, &report->transfers, &report->users}) {
    reader.Read(count);
  }
  return reader.ok() ? Status() : Status(Code::kStorageCorrupt, "counts");
}

Status ReadSums(const PGresult* result, AuditReport* report) {
  for (int row = 0; row < Pq().ntuples(result); ++row) {
    RowReader reader(result, row);
    std::string letters;
    Money revenue, wallets, external;
    reader.Read(&letters);
    reader.Read(&revenue.minor);
    reader.Read(&wallets.minor);
    reader.Read(&external.minor);
    if (!reader.ok()) return Status(Code::kStorageCorrupt, "sums");
    const Currency currency = CurrencyOfLetters(letters).value_or(Currency{});
    revenue.currency = wallets.currency = external.currency = currency;
    report->revenue.push_back(revenue);
    report->wallets.push_back(wallets);
    report->external.push_back(external);
  }
  return Status();
}

}  // namespace

Status AuditDatabase(Connection* connection, const Target& target, TimeUs now, AuditReport* report,
                     Deadline deadline) {
  *report = AuditReport();
  connection->Queue(kBeginAuditSql);
  Params path;
  path.Add(target.schema);
  connection->Queue(kSetPathSql, path);
  connection->Queue(kPlanForAllSql);
  for (const AuditCheck& check : kAuditChecks) {
    connection->Queue({AuditText(check)}, AuditParams(now));
  }
  connection->Queue({kAuditCounts}, AuditParams(now));
  connection->Queue({kAuditSums}, AuditParams(now));
  connection->Queue(kRollbackSql);
  std::vector<ResultPtr> results;
  Status status = connection->Run(Phase::kWork, WithAllowance(deadline), &results);
  if (!status.ok()) {
    connection->Queue(kRollbackSql);
    if (connection->usable()) (void)connection->Run(Phase::kWork, WithAllowance(deadline));
    return status;
  }
  std::size_t next = 3;
  for (const AuditCheck& check : kAuditChecks) {
    AddFindings(results[next++].get(), check.name, report);
  }
  status = ReadCounts(results[next++].get(), report);
  return status.ok() ? ReadSums(results[next].get(), report) : status;
}

}  // namespace seathold::postgres
