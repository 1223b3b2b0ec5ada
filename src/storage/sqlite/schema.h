// The database as SQL: tables and views that any SQL tool can read, and the steps from one version
// of the schema to the next.
#pragma once

#include <cstdint>
#include <span>

#include "seathold/status.h"

namespace seathold::sqlite {

class Connection;

inline constexpr std::uint32_t kSchemaVersion = 2;
// The oldest release that may write what this one writes. A minor release only adds, so this stays.
inline constexpr std::uint32_t kOldestWriter = 1;
inline constexpr std::int32_t kApplicationId = 0x53484C44;  // "SHLD"

// A step from schema `from` to `from + 1`. `sql` changes tables and views; version marks are
// Migrate's.
struct MigrationStep {
  std::uint32_t from = 0;
  const char* sql = "";
  std::uint32_t oldest_writer = 1;  // once this step was taken
};

// All steps, from the empty file (0) on.
std::span<const MigrationStep> MigrationSteps();

// Brings the database to the version behind the last of `steps`, in one transaction: all of it or
// nothing. A database that is newer stays as it is. An SQLite result code; *version is what the
// database then has.
int Migrate(Connection* connection, std::span<const MigrationStep> steps, std::uint32_t* version);

}  // namespace seathold::sqlite
