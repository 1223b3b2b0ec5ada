#include "src/storage/sqlite/audit.h"

#include <string>
#include <string_view>

#include "src/sqlite/connection.h"
#include "src/storage/sqlite/audit_sql.h"
#include "src/storage/sqlite/control.h"

namespace seathold::sqlite {
namespace {

bool IsOverflow(std::string_view words) { return words == "integer overflow"; }

// Runs statements within the audit's deadline and keeps the first error.
class AuditRun {
 public:
  AuditRun(Connection* reader, TimeUs now, Deadline deadline)
      : reader_(reader), now_(now), deadline_(deadline) {}

  int code() const { return code_; }

  void Exec(const char* sql) {
    if (code_ == SQLITE_OK) code_ = reader_->ExecUntilDeadline(sql, deadline_);
  }

  // row(statement) for at most `rows_max` rows.
  template <class Row>
  void Query(const char* sql, int rows_max, const Row& row) {
    if (code_ != SQLITE_OK) return;
    sqlite3_stmt* statement = nullptr;
    code_ = sqlite3_prepare_v2(reader_->handle(), sql, -1, &statement, nullptr);
    const StatementPtr finalized(statement);
    if (code_ == SQLITE_OK && sqlite3_bind_parameter_count(statement) > 0) {
      code_ = sqlite3_bind_int64(statement, 1, now_.value);
    }
    for (int rows = 0; code_ == SQLITE_OK && rows < rows_max; ++rows) {
      const int step = reader_->StepUntilDeadline(statement, deadline_);
      if (step == SQLITE_DONE) break;
      if (step == SQLITE_ROW) {
        row(statement);
        code_ = ColumnsRead(statement);
      } else {
        code_ = step;
      }
    }
  }

  // A sum that overflows is a finding, not a failure; so may SQLITE_ERROR be where memory is short.
  bool TakeOverflow() {
    if (code_ != SQLITE_ERROR || !IsOverflow(sqlite3_errmsg(reader_->handle()))) return false;
    code_ = SQLITE_OK;
    return true;
  }

 private:
  Connection* const reader_;
  const TimeUs now_;
  const Deadline deadline_;
  int code_ = SQLITE_OK;
};

std::string ShownText(sqlite3_stmt* statement, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return text == nullptr ? "a value that should be there is NULL" : text;
}

void RunChecks(AuditRun* run, Connection* reader, AuditReport* report) {
  for (const AuditCheck& check : kAuditChecks) {
    run->Query(check.sql, AuditReport::kFindingsMax, [&](sqlite3_stmt* statement) {
      report->findings.push_back({check.name, ShownText(statement, 0)});
    });
    const std::string words = sqlite3_errmsg(reader->handle());
    if (run->TakeOverflow()) report->findings.push_back({check.name, words});
    if (run->code() != SQLITE_OK) return;
    report->checks.emplace_back(check.name);
  }
}

void Count(AuditRun* run, AuditReport* report) {
  std::uint64_t* const counts[] = {&report->seats,     &report->sold,  &report->held,
                                   &report->blocked,   &report->holds, &report->confirmed,
                                   &report->transfers, &report->users};
  run->Query(kAuditCounts, 1, [&](sqlite3_stmt* statement) {
    int column = 0;
    for (std::uint64_t* count : counts) {
      *count = static_cast<std::uint64_t>(sqlite3_column_int64(statement, column++));
    }
  });
}

void Sum(AuditRun* run, AuditReport* report) {
  run->Query(kAuditSums, 1'000, [&](sqlite3_stmt* statement) {
    const Currency currency = CurrencyOfLetters(ShownText(statement, 0)).value_or(Currency{});
    report->revenue.push_back({sqlite3_column_int64(statement, 1), currency});
    report->wallets.push_back({sqlite3_column_int64(statement, 2), currency});
    report->external.push_back({sqlite3_column_int64(statement, 3), currency});
  });
  (void)run->TakeOverflow();  // kLedgerSumsToZero has said so
}

}  // namespace

Status AuditDatabase(Connection* reader, bool owned, TimeUs now, AuditReport* report,
                     Deadline deadline) {
  *report = AuditReport();
  AuditRun run(reader, now, deadline);
  run.Exec("BEGIN");
  Control control;
  if (run.code() == SQLITE_OK) {
    const int code = ReadControl(reader, &control);
    const Status status =
        code == SQLITE_OK ? CheckControl(control, owned) : MapError(code, Phase::kWork, "control");
    if (!status.ok()) {
      reader->Rollback();
      return status;
    }
  }
  run.Exec(kAuditPrepare);
  RunChecks(&run, reader, report);
  Count(&run, report);
  Sum(&run, report);
  reader->Rollback();  // the temporary tables go with it
  return MapError(run.code(), Phase::kWork, "audit");
}

}  // namespace seathold::sqlite
