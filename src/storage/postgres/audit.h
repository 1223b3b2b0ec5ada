// Recounts the database with SQL of its own: none of the engine's rules, none of its memory.
#pragma once

#include "seathold/adapter/storage.h"
#include "src/storage/postgres/connection.h"

namespace seathold::postgres {

// One snapshot. Errors: kBusy at the deadline, and those of reading.
Status AuditDatabase(Connection* connection, const Target& target, TimeUs now, AuditReport* report,
                     Deadline deadline);

}  // namespace seathold::postgres
