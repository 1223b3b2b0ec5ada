#include "src/storage/postgres/examine.h"

#include <cstdlib>
#include <map>
#include <utility>

#include "seathold/clock.h"
#include "src/storage/postgres/pool.h"
#include "src/storage/postgres/schema.h"

namespace seathold::postgres {
namespace {

constexpr int kOldestServer = 130000;  // as server_version_num
constexpr std::int64_t kClocksApartMs = 1'000;
constexpr int kConnectionsAHost = 1 + kReadersMax;

// Told in this order.
constexpr const char* kSettings[] = {"server_version",
                                     "fsync",
                                     "full_page_writes",
                                     "synchronous_commit",
                                     "synchronous_standby_names",
                                     "default_transaction_isolation",
                                     "max_connections",
                                     "lock_timeout",
                                     "deadlock_timeout",
                                     "statement_timeout",
                                     "server_encoding"};

const Sql kBeginReadSql{"BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"};
const Sql kStandingSql{R"sql(
SELECT pg_backend_pid()::text, pg_is_in_recovery()::text,
       (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::text,
       (to_regclass('control') IS NOT NULL)::text,
       CASE WHEN to_regnamespace($1) IS NULL
            THEN has_database_privilege(current_database(), 'CREATE')
            ELSE has_schema_privilege($1, 'CREATE') END::text)sql"};
const Sql kTablesSql{R"sql(
SELECT schema_version::text, oldest_writer::text, (SELECT count(*) - 1 FROM writers)::text,
       (has_table_privilege('seats', 'UPDATE') AND has_table_privilege('holds', 'INSERT') AND
        has_table_privilege('writers', 'UPDATE'))::text
FROM control)sql"};

std::string SettingsSql() {
  std::string sql;
  for (const char* name : kSettings) {
    sql += sql.empty() ? "SELECT " : ", ";
    sql += "current_setting('" + std::string(name) + "')";
  }
  return sql;
}

std::vector<std::string> FirstRow(const PGresult* result) {
  std::vector<std::string> texts;
  if (Pq().ntuples(result) < 1) return texts;
  for (int i = 0; i < Pq().nfields(result); ++i) texts.emplace_back(Pq().getvalue(result, 0, i));
  return texts;
}

std::int64_t NumberOf(const std::string& text) { return std::strtoll(text.c_str(), nullptr, 10); }

class Examination {
 public:
  Examination(Target target, Deadline deadline) : target_(std::move(target)), deadline_(deadline) {
    target_.prepare = false;  // behind a pooler a name may be another's
    report_.place = "PostgreSQL, " + target_.name;
  }

  DoctorReport Run() {
    auto opened = Connection::Open(target_, deadline_);
    if (!opened.ok()) {
      Tell("reachable", "no", Health::kFault, std::string(opened.status().detail()));
      return std::move(report_);
    }
    connection_ = std::move(opened).value();
    Tell("reachable", "yes");
    if (const Status status = Look(); !status.ok()) {
      Tell("settings", "not told", Health::kFault, std::string(status.text()));
    }
    return std::move(report_);
  }

 private:
  void Tell(std::string name, std::string value, Health health = Health::kFine,
            std::string note = "") {
    report_.lines.push_back({std::move(name), std::move(value), health, std::move(note)});
  }

  // Runs `sql` with our schema in front; gives the texts of each one's first row.
  Status Ask(const std::vector<std::pair<Sql, Params>>& questions,
             std::vector<std::vector<std::string>>* answers) {
    Params schema;
    schema.Add(target_.schema);
    connection_->Queue(kBeginReadSql);
    connection_->Queue(kSetPathSql, schema);
    for (const auto& [sql, params] : questions) connection_->Queue(sql, params);
    connection_->Queue(kRollbackSql);
    std::vector<ResultPtr> results;
    const Status status = connection_->Run(Phase::kOpen, deadline_, &results);
    if (!status.ok()) return status;
    for (std::size_t i = 0; i < questions.size(); ++i) {
      answers->push_back(FirstRow(results[i + 2].get()));
    }
    return status;
  }

  Status Look() {
    Params schema;
    schema.Add(target_.schema);
    std::vector<std::vector<std::string>> answers;
    const TimeUs asked = NewSystemClock()->Now();
    Status status = Ask({{{SettingsSql()}, {}}, {kStandingSql, schema}}, &answers);
    if (!status.ok()) return status;
    const TimeUs heard = NewSystemClock()->Now();
    std::map<std::string, std::string> settings;
    for (std::size_t i = 0; i < std::size(kSettings); ++i) settings[kSettings[i]] = answers[0][i];
    const std::vector<std::string>& standing = answers[1];
    TellSettings(settings, NumberOf(standing[3]));
    TellStanding(standing[1] == "true", NumberOf(standing[0]));
    const std::int64_t here_ms = (asked.value + heard.value) / 2 / kUsPerMs;
    TellClock(NumberOf(standing[2]) - here_ms);
    TellTables(standing[4] == "true", standing[5] == "true");
    return status;
  }

  void TellSettings(std::map<std::string, std::string>& settings, std::int64_t connections) {
    for (const char* name : kSettings) {
      const auto [health, note] = Judge(name, settings, connections);
      Tell(name, settings[name], health, note);
    }
  }

  struct Judgement {
    Health health = Health::kFine;
    std::string note;
  };
  Judgement Judge(std::string_view name, std::map<std::string, std::string>& settings,
                  std::int64_t connections) const {
    const std::string& value = settings[std::string(name)];
    if (name == "server_version" && connection_->server_version() < kOldestServer) {
      return {Health::kFault, "older than 13"};
    }
    if ((name == "fsync" || name == "full_page_writes") && value != "on") {
      return {Health::kFault, "a power cut takes back or breaks what was sold"};
    }
    if (name == "synchronous_commit" && value == "off") {
      return {Health::kFine, "each of our transactions says on"};
    }
    const bool alone = settings["synchronous_commit"] == "local";
    if (name == "synchronous_standby_names" && !value.empty() && !alone) {
      return {Health::kWarning, "while no standby answers, every sale ends as unknown"};
    }
    if (name == "default_transaction_isolation" && value != "read committed") {
      return {Health::kFine, "each of our transactions says its own"};
    }
    if (name == "lock_timeout" && value != "0") {
      return {Health::kFine, "each of our transactions says its own"};
    }
    if (name == "statement_timeout" && value != "0") {
      return {Health::kWarning, "cuts verify and copy where they take longer"};
    }
    if (name == "server_encoding" && value != "UTF8") {
      return {Health::kWarning, "a name that it cannot write is refused"};
    }
    if (name == "max_connections") return JudgeConnections(NumberOf(value) - connections);
    return {};
  }

  static Judgement JudgeConnections(std::int64_t free) {
    const std::string note =
        std::to_string(free) + " are free; a host takes up to " + std::to_string(kConnectionsAHost);
    return {free < kConnectionsAHost ? Health::kWarning : Health::kFine, note};
  }

  void TellStanding(bool recovers, std::int64_t backend) {
    Tell("role", recovers ? "standby" : "primary", recovers ? Health::kFault : Health::kFine,
         recovers ? "nothing can be written to it; name the primary" : "");
    // A pooler invents the number that it tells its clients.
    const bool pooler = backend != connection_->backend_pid();
    Tell("pooler", pooler ? "in the way" : "none", Health::kFine,
         pooler ? "no statement is named, so it may be in transaction mode" : "");
  }

  void TellClock(std::int64_t ahead_ms) {
    const bool apart = ahead_ms > kClocksApartMs || ahead_ms < -kClocksApartMs;
    Tell("clock", std::to_string(ahead_ms) + " ms ahead of this machine",
         apart ? Health::kWarning : Health::kFine,
         apart ? "all hosts go by the server's clock, whatever their own say" : "");
  }

  void TellTables(bool there, bool may_create) {
    if (!there) {
      Tell("tables", "none in schema " + target_.schema,
           may_create ? Health::kFine : Health::kFault,
           may_create ? "`seathold init` makes them" : "and this user may not make them");
      return;
    }
    std::vector<std::vector<std::string>> answers;
    const Status status = Ask({{kTablesSql, {}}}, &answers);
    if (!status.ok() || answers[0].empty()) {
      Tell("tables", "cannot be read", Health::kFault, std::string(status.text()));
      return;
    }
    const std::vector<std::string>& row = answers[0];
    const bool newer = NumberOf(row[1]) > static_cast<std::int64_t>(kSchemaVersion);
    Tell("schema", "version " + row[0] + ", writers from version " + row[1] + " on",
         newer ? Health::kFault : Health::kFine, newer ? "this release is too old for it" : "");
    Tell("rights", row[3] == "true" ? "may sell" : "may only read",
         row[3] == "true" ? Health::kFine : Health::kFault);
    Tell("hosts", row[2], Health::kFine, "that have it open, or did not say goodbye");
  }

  Target target_;
  const Deadline deadline_;
  std::unique_ptr<Connection> connection_;
  DoctorReport report_;
};

}  // namespace

Result<DoctorReport> ExamineDatabase(const std::string& uri, Deadline deadline) {
  if (Status status = LoadLibpq(); !status.ok()) return status;
  auto target = ParseTarget(uri);
  if (!target.ok()) return target.status();
  return Examination(std::move(target).value(), deadline).Run();
}

}  // namespace seathold::postgres
