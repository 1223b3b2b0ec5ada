// The database as SQL: tables made from the records' column lists, and views that any SQL tool can
// read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/storage/postgres/connection.h"

namespace seathold::postgres {

inline constexpr std::uint32_t kSchemaVersion = 1;
// The oldest schema version whose releases may write what this one writes.
inline constexpr std::uint32_t kOldestWriter = 1;

// Every statement that an empty schema needs, in order: one a text, since the extended protocol
// takes no more.
std::vector<std::string> CreationSql();

// Takes the search path to `schema` until the transaction ends: behind a pooler the session is
// somebody else's next. $1 the schema.
extern const Sql kSetPathSql;

// Makes what is not there, in one transaction; of many that open at once the first makes it and the
// others find it. Errors: kCannotOpen (not there, and `create` is false), kNewerSchema, kBusy,
// those of Phase::kOpen.
Status PrepareSchema(Connection* connection, const std::string& schema, bool create,
                     Deadline deadline);

}  // namespace seathold::postgres
