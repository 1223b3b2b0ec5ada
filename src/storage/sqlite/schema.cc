#include "src/storage/sqlite/schema.h"

#include <string>

#include "src/sqlite/connection.h"
#include "src/storage/sqlite/schema_1_frozen.h"
#include "src/storage/sqlite/schema_2.h"

namespace seathold::sqlite {
namespace {

// The first control row. `created_by` is for people.
const std::string& FirstStepSql() {
  static const std::string sql = std::string(kSchemaTables) + kSchemaViews +
                                 "PRAGMA application_id = " + std::to_string(kApplicationId) +
                                 ";INSERT INTO control VALUES (1, 'shared', 1, 0, 1, 0, 0, 0, "
                                 "randomblob(16), 'seathold 0.2');";
  return sql;
}

const std::string& SecondStepSql() {
  static const std::string sql = std::string(kStep2Tables) + kStep2Views;
  return sql;
}

// REQUIRES: a write transaction.
int TakeSteps(Connection* connection, std::span<const MigrationStep> steps,
              std::uint32_t* version) {
  std::int64_t found = 0;
  int code = connection->QueryInt("PRAGMA user_version", &found);
  *version = static_cast<std::uint32_t>(found);
  for (const MigrationStep& step : steps) {
    if (code != SQLITE_OK || step.from != *version) continue;
    code = connection->Exec(step.sql);
    if (code != SQLITE_OK) break;
    const std::string now = std::to_string(step.from + 1);
    // Numbers of this release, in a pragma that takes no parameters.
    const std::string marks = "UPDATE control SET schema_version = " + now +  // tidy: sql
                              ", oldest_writer = " + std::to_string(step.oldest_writer) +
                              ";PRAGMA user_version = " + now + ";";
    code = connection->Exec(marks.c_str());
    *version = step.from + 1;
  }
  return code;
}

}  // namespace

std::span<const MigrationStep> MigrationSteps() {
  static const MigrationStep steps[] = {{0, FirstStepSql().c_str(), kOldestWriter},
                                        {1, SecondStepSql().c_str(), kOldestWriter}};
  return steps;
}

int Migrate(Connection* connection, std::span<const MigrationStep> steps, std::uint32_t* version) {
  int code = connection->Exec("BEGIN IMMEDIATE");
  if (code != SQLITE_OK) return code;
  code = TakeSteps(connection, steps, version);
  if (code == SQLITE_OK) code = connection->Exec("COMMIT");
  connection->Rollback();
  return code;
}

}  // namespace seathold::sqlite
